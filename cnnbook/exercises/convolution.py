"""The exercises of the chapter on convolution."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from cnnbook import arithmetic
from cnnbook.exercises.mechanics import Array, Choice, Function, Number, Parts, exercise
from cnnbook.exercises.reading import shown
from cnnbook.exercises.words import say
from cnnbook.reference import conv2d

STEP_SIZE = 0.05  # of the chapter's gradient descent


@exercise
def sixteen_filters() -> Number:
    """Parameters of sixteen filters of 5×5 on a colour image."""
    right = arithmetic.conv_parameters(5, 3, 16)
    return Number(
        right,
        "count for one filter first, a weight for each cell of its window and each channel, and a bias; then take all filters",
        mistakes=[
            (arithmetic.conv_parameters(5, 3, 16, use_bias=False), "the biases are missing, one for each filter"),
            (arithmetic.conv_parameters(5, 1, 16), "the channels are missing: on a colour image each filter is three deep"),
            (arithmetic.conv_parameters(5, 1, 16, use_bias=False), "the channels are missing, and so are the biases"),
            (
                arithmetic.conv_parameters(5, 3, 16, use_bias=False) + 1,
                "each filter has a bias of its own; there is not just one for the whole layer",
            ),
            (16 * 3 * arithmetic.conv_parameters(5, 1, 1), "a filter has one bias, not one for each channel"),
            (arithmetic.conv_parameters((5, 1), 3, 16), "a 5×5 filter has five rows of five weights"),
            (arithmetic.conv_parameters(5, 3, 1), "that is one filter; the layer has sixteen"),
        ],
    )


def kernel(row: int, column: int) -> np.ndarray:
    """Zeros, and a one at one place of 3×3."""
    one = np.zeros((3, 3))
    one[row, column] = 1
    return one


IMAGE = np.random.default_rng(0).integers(0, 10, (6, 6))  # on which a wrong filter is tried


@dataclass(frozen=True)
class GreyFilter(Array):
    """A filter known by what it does: a wrong one is described by what it makes of an image."""

    what: str = "a filter for a grey image"

    def difference(self, value: np.ndarray) -> str:
        """The place of a random image that comes out most differently; in fractions, so that no rounding decides between places."""
        made, wanted = responses(value), responses(self.right)
        row, column = max(made, key=lambda place: abs(made[place] - wanted[place]))
        pixels = IMAGE[row : row + 3, column : column + 3].tolist()
        return say("filtered", pixels=pixels, made=shown(made[row, column]), wanted=shown(wanted[row, column]))


def responses(kernel: np.ndarray) -> dict[tuple[int, int], Fraction]:
    """What a filter of 3×3 makes of `IMAGE`, by row and column."""
    weights = [[Fraction(weight) for weight in row] for row in np.asarray(kernel, float).tolist()]
    places = np.ndindex(len(IMAGE) - 2, len(IMAGE) - 2)
    return {(r, c): sum(weights[i][j] * int(IMAGE[r + i, c + j]) for i in range(3) for j in range(3)) for r, c in places}


@exercise
def copying_filter() -> GreyFilter:
    """The filter that leaves an image as it is."""
    return GreyFilter(
        kernel(1, 1),
        mistakes=[
            (np.ones((1, 1)), "a 1×1 filter with the weight 1 copies the image too, but here a 3×3 filter is asked for"),
            (np.ones((3, 3)), "it adds up all nine pixels, which blurs the image and makes it brighter"),
            (np.full((3, 3), 1 / 9), "it takes the mean of nine pixels, which blurs the image"),
            (np.eye(3), "in a matrix product the identity matrix leaves a vector as it is; as a filter it adds up three pixels"),
            (np.zeros((3, 3)), "with only zeros every sum is zero, so the image comes out black"),
            (kernel(0, 0), "it fetches the neighbour above and to the left; the pixel itself lies under the middle of the filter"),
        ],
    )


@exercise
def moving_filter() -> GreyFilter:
    """The filter that moves an image one pixel to the left."""
    return GreyFilter(
        kernel(1, 2),
        mistakes=[
            (
                kernel(1, 0),
                "it moves the image to the right: each place gets the pixel of its left neighbour, since the kernel is not flipped",
            ),
            (kernel(2, 1), "it moves the image up: the first index counts rows, the second columns"),
            (kernel(0, 1), "it moves the image down: the first index counts rows, the second columns"),
            (kernel(1, 1), "it leaves the image where it is"),
        ],
    )


COLOUR_PATCH = np.array([[[4, 1], [2, 3]], [[0, 2], [5, 1]], [[1, 3], [2, 2]]])  # red, green, blue
COLOUR_FILTER = np.array([[[1, 0], [0, -1]], [[0, 2], [1, 0]], [[-1, 1], [0, 2]]])
COLOUR_BIAS = -3


@exercise
def one_colour_unit() -> Number:
    """One unit of a convolution on a colour patch, with its bias."""
    products = COLOUR_PATCH * COLOUR_FILTER
    total = int(products.sum())
    return Number(
        total + COLOUR_BIAS,
        "multiply each weight by the pixel beneath it, in all three channels, add everything up, and add the bias",
        mistakes=[
            (total, "the bias is missing"),
            (total - COLOUR_BIAS, "the bias is negative here; add it with its sign"),
            (total + 3 * COLOUR_BIAS, "a filter has one bias, not one for each channel"),
            (int(products[0].sum()) + COLOUR_BIAS, "that is the red channel alone; the products from all three are added up"),
            (int((COLOUR_PATCH * COLOUR_FILTER[:, ::-1, ::-1]).sum()) + COLOUR_BIAS, "the layer does not flip the filter"),
            (int((COLOUR_PATCH * COLOUR_FILTER.transpose(0, 2, 1)).sum()) + COLOUR_BIAS, "the filter's rows and columns have been swapped"),
        ],
    )


def after_three(side: int, one_layer) -> int:
    """A side after three layers."""
    for _ in range(3):
        side = one_layer(side)
    return side


@exercise
def three_strides() -> Parts:
    """Side of the last map of three 3×3 layers with stride two on one hundred pixels, with "same" and with "valid"."""
    side, kernel_size, stride = 100, 3, 2

    def size(padding):
        return lambda side: arithmetic.conv_output_size(side, kernel_size, stride, padding)

    same, valid = after_three(side, size("same")), after_three(side, size("valid"))
    no_last_window = after_three(side, lambda side: (side - kernel_size) // stride)
    rounded_up = after_three(side, lambda side: -(-(side - kernel_size) // stride) + 1)
    steps = [
        (size("same")(side), "that is the side after one layer; there are three"),
        (size("same")(size("same")(side)), "that is the side after two layers; there are three"),
        (side, "that is the side of the image; each stride of two makes it smaller"),
    ]
    return Parts(
        {
            "same": Number(
                same,
                "divide by the stride once for each layer, and round up each time",
                mistakes=[
                    (side // stride**3, 'with "same" a side is rounded up, not down'),
                    (side / stride**3, "a side is a whole number of pixels; each layer rounds it up"),
                    (valid, 'that is the side with "valid"'),
                    *steps,
                ],
            ),
            "valid": Number(
                valid,
                "subtract the kernel, divide by the stride, round down and add one; do this once for each layer",
                mistakes=[
                    (same, 'that is the side with "same"; with "valid" the filter stays inside the image'),
                    (rounded_up, 'with "valid" only whole windows count, so each layer rounds down'),
                    (no_last_window, "the first window counts too: add one after each division"),
                    (size("valid")(side), "that is the side after one layer; there are three"),
                    (size("valid")(size("valid")(side)), "that is the side after two layers; there are three"),
                ],
            ),
        }
    )


def slid(image, kernel, stride, padding):
    """The map of one filter on a grey image."""
    images, kernels = np.asarray(image, float)[None, :, :, None], np.asarray(kernel, float)[:, :, None, None]
    return conv2d(images, kernels, stride=stride, padding=padding)[0, :, :, 0]


def padded_by_hand(share):
    """The same, but with "same" only `share` of the zeros go before the image."""

    def slide(image, kernel, stride, padding):
        if padding == "valid":
            return slid(image, kernel, stride, padding)
        zeros = [sum(arithmetic.same_padding(side, size, stride)) for side, size in zip(image.shape, kernel.shape, strict=True)]
        before = [share(all_of_them) for all_of_them in zeros]
        return slid(np.pad(image, [(b, z - b) for b, z in zip(before, zeros, strict=True)]), kernel, stride, "valid")

    return slide


def without_steps(image, kernel, stride, padding):
    """Each place of the map with the window of that place, not of stride times it."""
    rows, columns = slid(image, kernel, stride, padding).shape
    if padding == "same":
        image = np.pad(image, [arithmetic.same_padding(side, size, stride) for side, size in zip(image.shape, kernel.shape, strict=True)])
    return slid(image, kernel, 1, "valid")[:rows, :columns]


@exercise
def sliding_loop() -> Function:
    """A function (image, kernel, stride, padding): the map of one filter on a grey image."""
    rng = np.random.default_rng(3)
    settings = [((5, 7), 3, 1, "valid"), ((7, 8), 3, 2, "valid"), ((6, 6), 3, 2, "same"), ((8, 5), 4, 1, "same"), ((7, 7), 5, 3, "same")]
    cases = [(rng.integers(0, 10, shape), rng.integers(-3, 4, (size, size)), stride, padding) for shape, size, stride, padding in settings]
    return Function(
        slid,
        cases,
        mistakes=[
            (lambda image, kernel, *how: slid(image, kernel[::-1, ::-1], *how), "the layer does not flip the kernel"),
            (lambda image, kernel, *how: slid(image, kernel.T, *how), "the kernel's rows and columns have been swapped"),
            (lambda image, kernel, *how: slid(image, kernel, *how) / kernel.size, "add the products up; do not take their mean"),
            (without_steps, "the window has to move by the stride: it starts at its place in the map times the stride"),
            (
                padded_by_hand(lambda zeros: zeros - zeros // 2),
                "if the number of zeros is odd, TensorFlow puts the extra one after the image",
            ),
            (padded_by_hand(lambda zeros: zeros), "the zeros go on all sides, not only before the image"),
            (padded_by_hand(lambda zeros: 0), "the zeros go on all sides, not only after the image"),
        ],
    )


def descend(pixels, wanted, start, steps, *, factor=2.0, mean=True):
    """The chapter's gradient descent; with other settings, the usual slips."""
    learned = np.array(start, float)
    for _ in range(steps):
        gradient = factor * pixels.T @ (pixels @ learned - wanted)
        learned -= STEP_SIZE * (gradient / len(wanted) if mean else gradient)
    return learned


@exercise
def gradient_descent() -> Function:
    """A function (pixels, wanted, start, steps) that gives the weights after that many steps of gradient descent."""
    rng = np.random.default_rng(0)
    pixels, secret, start = rng.normal(size=(30, 9)), rng.normal(size=9), rng.normal(size=9)
    return Function(
        descend,
        cases=[(pixels, pixels @ secret, start, steps) for steps in (1, 3, 20)],
        mistakes=[
            (lambda *case: descend(*case, factor=1.0), "the derivative of a square brings in a factor of two"),
            (lambda *case: descend(*case, factor=-2.0), "it climbs: subtract the gradient, or the error grows"),
            (lambda *case: descend(*case, mean=False), "the loss is the mean over the examples, so divide the gradient by their number"),
            (lambda pixels, wanted, start, steps: descend(pixels, wanted, start, steps - 1), "one step is missing"),
            (lambda pixels, wanted, start, steps: descend(pixels, wanted, start, steps + 1), "it takes one step too many"),
            (lambda pixels, wanted, start, steps: descend(pixels, wanted, start, min(steps, 1)), "it returns after the first step"),
            (lambda pixels, wanted, start, steps: start, "the weights never change"),
            (lambda pixels, wanted, start, steps: descend(pixels, wanted, 0 * start, steps), "it begins at zero instead of at start"),
        ],
    )


@exercise
def slow_on_photographs() -> Choice:
    """Why the filter is learned more slowly from a photograph than from noise."""
    return Choice(
        "neighbours are alike",
        wrong={
            "too few patches": "the photograph gives more examples than the noise did",
            "pixels too bright": "it has been scaled to a mean of zero and a standard deviation of one, as the noise has",
            "edges are missing": "it has plenty of edges; ask how much one pixel of a patch tells you that its neighbour does not",
        },
    )
