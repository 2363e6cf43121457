"""What the explanations in the chapter on convolution come to."""

from functools import cache

import numpy as np
from scipy.signal import correlate2d

from cnnbook import data

PIXELS = np.random.default_rng(1).integers(0, 10, (6, 7))
INNER = PIXELS[1:-1, 1:-1]
PATCH = np.array([[[4, 1], [2, 3]], [[0, 2], [5, 1]], [[1, 3], [2, 2]]])  # red, green, blue
WEIGHTS = np.array([[[1, 0], [0, -1]], [[0, 2], [1, 0]], [[-1, 1], [0, 2]]])


@cache
def photograph():
    """That of the tower, in grey, as the chapter shows it."""
    return data.grey(data.photograph("temple", crop=(20, 40, 420, 380))).astype(float)


@cache
def small_photograph():
    """As the last exercise takes it: every fourth pixel, with a mean of about zero and a standard deviation of about one."""
    return (photograph()[::4, ::4] - photograph().mean()) / photograph().std()


def makes(image):
    """Is this what a filter makes of `PIXELS`?"""
    return lambda kernel: np.array_equal(np.round(correlate2d(PIXELS, kernel, "valid"), 9), np.round(image, 9))


def same(side, stride=2):
    return -(-side // stride)


def valid(side):
    return (side - 3) // 2 + 1


def thrice(layer):
    return layer(layer(layer(100)))


def slid(image, kernel, stride, padding, *, before=lambda zeros: zeros // 2, step=None):
    if padding == "same":
        sides = zip(image.shape, kernel.shape, strict=True)
        zeros = [max((same(side, stride) - 1) * stride + size - side, 0) for side, size in sides]
        image = np.pad(image, [(before(both), both - before(both)) for both in zeros])
    places = correlate2d(image, kernel, "valid")
    rows, columns = places[::stride, ::stride].shape
    return places[:: step or stride, :: step or stride][:rows, :columns]


def descended(pixels, wanted, start, steps, rate=2 * 0.05 / 30):
    """What is left of the way to the weights that fit shrinks with every step by the same matrix."""
    fit = np.linalg.lstsq(pixels, wanted, rcond=None)[0]
    return fit + np.linalg.matrix_power(np.eye(9) - rate * pixels.T @ pixels, steps) @ (start - fit)


EXPLAINED = {
    "sixteen_filters": {
        "the biases are missing, one for each filter": lambda: 16 * 3 * 5 * 5,
        "the channels are missing: on a colour image each filter is three deep": lambda: 16 * (5 * 5 + 1),
        "the channels are missing, and so are the biases": lambda: 16 * 5 * 5,
        "each filter has a bias of its own; there is not just one for the whole layer": lambda: 16 * 3 * 5 * 5 + 1,
        "a filter has one bias, not one for each channel": lambda: 16 * 3 * (5 * 5 + 1),
        "a 5×5 filter has five rows of five weights": lambda: 16 * (3 * 5 + 1),
        "that is one filter; the layer has sixteen": lambda: 3 * 5 * 5 + 1,
    },
    "copying_filter": {
        "a 1×1 filter with the weight 1 copies the image too, but here a 3×3 filter is asked for": makes(PIXELS),
        "it adds up all nine pixels, which blurs the image and makes it brighter": makes(correlate2d(PIXELS, np.ones((3, 3)), "valid")),
        "it takes the mean of nine pixels, which blurs the image": makes(correlate2d(PIXELS, np.ones((3, 3)), "valid") / 9),
        "in a matrix product the identity matrix leaves a vector as it is; as a filter it adds up three pixels": lambda kernel: (
            makes(PIXELS[:-2, :-2] + INNER + PIXELS[2:, 2:])(kernel) and (kernel @ [2, 5, 3] == [2, 5, 3]).all()
        ),
        "with only zeros every sum is zero, so the image comes out black": makes(0 * INNER),
        "it fetches the neighbour above and to the left; the pixel itself lies under the middle of the filter": makes(PIXELS[:-2, :-2]),
    },
    "moving_filter": {
        "it moves the image to the right: each place gets the pixel of its left neighbour, since the kernel is not flipped": makes(
            PIXELS[1:-1, :-2]
        ),
        "it moves the image up: the first index counts rows, the second columns": makes(PIXELS[2:, 1:-1]),
        "it moves the image down: the first index counts rows, the second columns": makes(PIXELS[:-2, 1:-1]),
        "it leaves the image where it is": makes(INNER),
    },
    "one_colour_unit": {
        "the bias is missing": lambda: np.vdot(PATCH, WEIGHTS),
        "the bias is negative here; add it with its sign": lambda: np.vdot(PATCH, WEIGHTS) + 3,
        "a filter has one bias, not one for each channel": lambda: np.vdot(PATCH, WEIGHTS) - 3 * 3,
        "that is the red channel alone; the products from all three are added up": lambda: np.vdot(PATCH[0], WEIGHTS[0]) - 3,
        "the layer does not flip the filter": lambda: np.vdot(PATCH, WEIGHTS[:, ::-1, ::-1]) - 3,
        "the filter's rows and columns have been swapped": lambda: np.vdot(PATCH, WEIGHTS.swapaxes(1, 2)) - 3,
    },
    "three_strides: same": {
        'with "same" a side is rounded up, not down': lambda: thrice(lambda side: side // 2),
        "a side is a whole number of pixels; each layer rounds it up": lambda: thrice(lambda side: side / 2),
        'that is the side with "valid"': lambda: thrice(valid),
        "that is the side after one layer; there are three": lambda: same(100),
        "that is the side after two layers; there are three": lambda: same(same(100)),
        "that is the side of the image; each stride of two makes it smaller": lambda: 100,
    },
    "three_strides: valid": {
        'that is the side with "same"; with "valid" the filter stays inside the image': lambda: thrice(same),
        'with "valid" only whole windows count, so each layer rounds down': lambda: thrice(lambda side: same(side - 3) + 1),
        "the first window counts too: add one after each division": lambda: thrice(lambda side: (side - 3) // 2),
        "that is the side after one layer; there are three": lambda: valid(100),
        "that is the side after two layers; there are three": lambda: valid(valid(100)),
    },
    "sliding_loop": {
        "the layer does not flip the kernel": lambda image, kernel, *how: slid(image, kernel[::-1, ::-1], *how),
        "the kernel's rows and columns have been swapped": lambda image, kernel, *how: slid(image, kernel.T, *how),
        "add the products up; do not take their mean": lambda image, kernel, *how: slid(image, kernel, *how) / kernel.size,
        "the window has to move by the stride: it starts at its place in the map times the stride": lambda *case: slid(*case, step=1),
        "if the number of zeros is odd, TensorFlow puts the extra one after the image": lambda *case: slid(*case, before=same),
        "the zeros go on all sides, not only before the image": lambda *case: slid(*case, before=lambda zeros: zeros),
        "the zeros go on all sides, not only after the image": lambda *case: slid(*case, before=lambda zeros: 0),
    },
    "gradient_descent": {
        "the derivative of a square brings in a factor of two": lambda *case: descended(*case, 0.05 / 30),
        "it climbs: subtract the gradient, or the error grows": lambda *case: descended(*case, -2 * 0.05 / 30),
        "the loss is the mean over the examples, so divide the gradient by their number": lambda *case: descended(*case, 2 * 0.05),
        "one step is missing": lambda *case: descended(*case[:-1], case[-1] - 1),
        "it takes one step too many": lambda *case: descended(*case[:-1], case[-1] + 1),
        "it returns after the first step": lambda *case: descended(*case[:-1], 1),
        "the weights never change": lambda pixels, wanted, start, steps: start,
        "it begins at zero instead of at start": lambda pixels, wanted, start, steps: descended(pixels, wanted, np.zeros(9), steps),
    },
    "slow_on_photographs": {
        # the noise: 20 images of 16×16; the photograph: every fourth pixel of 340×400
        "the photograph gives more examples than the noise did": lambda: (85 - 2) * (100 - 2) > 20 * 14 * 14 and "too few patches",
        "it has been scaled to a mean of zero and a standard deviation of one, as the noise has": "pixels too bright",
        "it has plenty of edges; ask how much one pixel of a patch tells you that its neighbour does not": "edges are missing",
    },
}
