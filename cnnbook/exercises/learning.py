"""The exercises of the chapter on learning."""

import math

import numpy as np
from scipy.signal import convolve2d, correlate2d

from cnnbook import reference
from cnnbook.exercises.mechanics import Array, Choice, Function, Number, Parts, exercise

SMALL_IMAGE = np.array([[1, 2, 0], [0, 1, 3], [2, 0, 1]])
SMALL_ERROR = np.array([[1, -1], [0, 2]])


@exercise
def loss_of_guessing() -> Parts:
    """Cross-entropy where each of ten classes, and each of a hundred, gets the same probability."""

    def expected(classes: int) -> Number:
        return Number(
            math.log(classes),
            "find the probability that the right class gets, then take minus the logarithm of it",
            mistakes=[
                (-math.log(classes), "the logarithm of a probability is negative; the loss is minus that"),
                (math.log10(classes), "that is the logarithm to base ten; cross-entropy takes the natural one"),
                (math.log2(classes), "that is the logarithm to base two; cross-entropy takes the natural one"),
                (1 / classes, "that is the probability of the right class; the loss is minus its logarithm"),
                (1 - 1 / classes, "that is how often guessing is wrong; cross-entropy takes a logarithm"),
                (classes * math.log(classes), "only the right class counts, since the label is zero for the others"),
            ],
        )

    return Parts({"ten classes": expected(10), "a hundred classes": expected(100)})


@exercise
def kernel_gradient_by_hand() -> Array:
    """Gradient of a 2×2 kernel, from an image of 3×3 and the errors of its map."""
    right = correlate2d(SMALL_IMAGE, SMALL_ERROR, "valid")
    return Array(
        right,
        "a 2×2 kernel's gradient",
        mistakes=[
            (convolve2d(SMALL_IMAGE, SMALL_ERROR, "valid"), "the errors slide over the image as they are; here they have been flipped"),
            (right.T, "rows and columns have been swapped"),
            (right / 4, "the contributions of the places are added up, not averaged"),
            (
                SMALL_IMAGE[:2, :2] * SMALL_ERROR,
                "those are the four products for the first weight, not added up yet; each weight has four of its own",
            ),
        ],
    )


@exercise
def convolution_backwards() -> Function:
    """A function (image, kernel, error): the image's gradient and the kernel's, in one row; stride one, no padding."""
    rng = np.random.default_rng(4)
    sizes = [((4, 4), (3, 3)), ((5, 4), (2, 3)), ((6, 6), (1, 2))]
    cases = [
        (rng.normal(size=image), rng.normal(size=kernel), rng.normal(size=tuple(np.subtract(image, kernel) + 1))) for image, kernel in sizes
    ]

    def row(of_image: np.ndarray, of_kernel: np.ndarray) -> np.ndarray:
        return np.concatenate([of_image.ravel(), of_kernel.ravel()])

    def of_image(kernel: np.ndarray, error: np.ndarray) -> np.ndarray:
        return convolve2d(error, kernel, "full")

    def of_kernel(image: np.ndarray, error: np.ndarray) -> np.ndarray:
        return correlate2d(image, error, "valid")

    return Function(
        lambda image, kernel, error: row(of_image(kernel, error), of_kernel(image, error)),
        cases,
        mistakes=[
            (
                lambda image, kernel, error: row(of_image(kernel[::-1, ::-1], error), of_kernel(image, error)),
                "for the image the kernel has to be flipped, left to right and top to bottom",
            ),
            (
                lambda image, kernel, error: row(of_image(kernel, error), of_kernel(image, error[::-1, ::-1])),
                "for the kernel the errors slide over the image as they are, not flipped",
            ),
            (
                lambda image, kernel, error: np.concatenate([of_kernel(image, error).ravel(), of_image(kernel, error).ravel()]),
                "both are right, but the gradient of the image comes first",
            ),
            (
                lambda image, kernel, error: row(of_image(kernel, error), of_kernel(image, error) / error.size),
                "the kernel's gradient adds the places up; here it is their mean",
            ),
        ],
    )


@exercise
def find_the_bug() -> Parts:
    """Which results of a wrong way back of tanh(x @ w + b) are wrong, and what the mistake is."""
    not_only = "is wrong, but perhaps it is not the only one; compare all three with central differences"
    return Parts(
        {
            "which": Choice("all", wrong={name: f"the gradient of {name} {not_only}" for name in "xwb"}),
            "what": Choice(
                "the slope of tanh",
                wrong={
                    "the sum over the batch": "the matrix product and the sum over the rows add up the batch as they should",
                    "a transposed matrix": "the shapes fit, and with the right error all three come out right",
                    "the sign": "change the sign, and see whether it then agrees with central differences",
                },
            ),
        }
    )


@exercise
def equal_weights() -> Parts:
    """Different filters of a layer of sixteen after training, from equal kernels and from equal biases only."""
    filters = 16
    return Parts(
        {
            "equal kernels": Number(
                1,
                "two filters with the same weights give the same map and get the same error; think what that does to their gradients",
                mistakes=[
                    (filters, "filters that start equal get equal gradients, and nothing ever tells them apart"),
                    (0, "equal filters are still one kind of filter, not none"),
                ],
            ),
            "equal biases only": Number(
                filters,
                "kernels that differ give different maps, whatever the biases are",
                mistakes=[(1, "the kernels are drawn at random, so the filters differ from the start")],
            ),
        }
    )


POOLED = {"batch": 8, "height": 5, "width": 5, "channels": 6}


@exercise
def shape_after_pooling() -> Parts:
    """Shape after a 2×2 max pooling of eight maps of 10×10 with six channels."""
    why = {
        "batch": "pooling treats each image by itself",
        "height": "the windows lie side by side, two rows each",
        "width": "the windows lie side by side, two columns each",
        "channels": "pooling treats each channel by itself",
    }
    wrong = {"batch": [], "height": [9, 10], "width": [9, 10], "channels": [1, 3]}
    said = {
        9: "that would be windows that move by one; in pooling they move by their own size",
        10: "that is the size before pooling",
        1: "the largest is taken in each channel, not over all of them",
        3: "pooling halves height and width, not the channels",
    }
    return Parts({axis: Number(size, why[axis], [(n, said[n]) for n in wrong[axis]]) for axis, size in POOLED.items()})


@exercise
def places_with_an_error() -> Number:
    """How many numbers get an error back through that pooling."""
    right = math.prod(POOLED.values())
    return Number(
        right,
        "each number that came out hands one error back; count the places that it goes to",
        mistakes=[
            (4 * right, "that is every place; a number that was not the largest of its window gets nothing"),
            (right // POOLED["channels"], "each channel has maxima of its own"),
            (right // POOLED["batch"], "that is for one image of the batch"),
            (3 * right, "those are the places that get nothing"),
        ],
    )


def losses(x, labels, w1, b1, w2, b2, rate, steps, *, slip=""):
    """The loss before each update of a network with one hidden layer; with a slip, what people get who make it."""
    w1, b1, w2, b2 = (np.array(weights, float) for weights in (w1, b1, w2, b2))
    found, sign = [], -1 if slip == "climbs" else 1
    for _ in range(steps):
        sums = reference.dense(x, w1, b1)
        hidden = reference.relu(sums)
        logits = reference.dense(hidden, w2, b2)
        found.append(reference.softmax_cross_entropy(logits, labels))
        error = reference.softmax_cross_entropy_gradients(logits, labels) * (len(x) if slip == "sum" else 1)
        of_hidden, of_w2, of_b2 = reference.dense_gradients(hidden, w2, error)
        if slip == "early":
            of_hidden, _, _ = reference.dense_gradients(hidden, w2 - rate * of_w2, error)
        _, of_w1, of_b1 = reference.dense_gradients(x, w1, of_hidden if slip == "no relu" else reference.relu_gradients(sums, of_hidden))
        w2 -= sign * rate * of_w2
        w1 -= sign * rate * of_w1 * (slip != "last layer")
        b2 -= sign * rate * of_b2 * (slip != "no biases")
        b1 -= sign * rate * of_b1 * (slip not in ("no biases", "last layer"))
    return np.array(found)


@exercise
def train_by_hand() -> Function:
    """A function that trains a network with one hidden layer by SGD: the loss before each update."""
    rng = np.random.default_rng(9)
    cases = []
    for examples, inputs, units, classes, steps in ((6, 2, 4, 2, 3), (9, 3, 5, 3, 5)):
        labels = np.eye(classes)[rng.integers(0, classes, examples)]
        weights = [rng.normal(size=shape) for shape in ((inputs, units), units, (units, classes), classes)]
        cases.append((rng.normal(size=(examples, inputs)), labels, *weights, 0.2, steps))

    def slipped(slip):
        return lambda *case: losses(*case, slip=slip)

    return Function(
        losses,
        cases,
        mistakes=[
            (slipped("sum"), "the loss is the mean over the batch, so divide the error by the number of examples"),
            (slipped("no relu"), "on the way back the error passes only where the sum before the ReLU was positive"),
            (slipped("early"), "the error goes back through the weights as they were: find all gradients before you change anything"),
            (slipped("no biases"), "the biases learn too"),
            (slipped("last layer"), "only the second layer learns; hand the error on to the first one"),
            (slipped("climbs"), "it climbs: subtract the gradients, or the loss grows"),
            (lambda *case: losses(*case[:-1], case[-1] + 1)[1:], "the first loss is the one before any update"),
            (lambda *case: np.repeat(losses(*case)[:1], case[-1]), "the weights never change"),
        ],
    )
