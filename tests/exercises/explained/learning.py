"""What the explanations in the chapter on learning come to."""

from functools import partial
from math import log, log2, log10

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.signal import convolve2d, correlate2d
from scipy.special import softmax

IMAGE, ERROR = np.array([[1, 2, 0], [0, 1, 3], [2, 0, 1]]), np.array([[1, -1], [0, 2]])
DRAW = np.random.default_rng(0).normal
LAYER = {"x": DRAW(size=(4, 3)), "w": DRAW(size=(3, 2)), "b": DRAW(size=2)}
HANDED = DRAW(size=(4, 2))  # the error of tanh(x @ w + b)


def guessing(classes):
    return {
        "the logarithm of a probability is negative; the loss is minus that": lambda: log(1 / classes),
        "that is the logarithm to base ten; cross-entropy takes the natural one": lambda: -log10(1 / classes),
        "that is the logarithm to base two; cross-entropy takes the natural one": lambda: -log2(1 / classes),
        "that is the probability of the right class; the loss is minus its logarithm": lambda: 1 / classes,
        "that is how often guessing is wrong; cross-entropy takes a logarithm": lambda: (classes - 1) / classes,
        "only the right class counts, since the label is zero for the others": lambda: -sum([log(1 / classes)] * classes),
    }


def of_kernel(image, error):
    """For each weight, the pixels that it meets times the errors."""
    return np.einsum("ijrc,rc", sliding_window_view(image, error.shape), error)


def of_image(kernel, error):
    """Each error, handed back through the kernel to the pixels beneath it."""
    given = np.zeros(np.add(kernel.shape, error.shape) - 1)
    for row, column in np.ndindex(error.shape):
        given[row : row + len(kernel), column : column + kernel.shape[1]] += error[row, column] * kernel
    return given


def in_a_row(*arrays):
    return np.concatenate([array.ravel() for array in arrays])


def through_tanh(x, w, b):
    return np.tanh(x @ w + b)


def agrees(slope, names="xwb"):
    """Does the way back of the exercise, with this slope of tanh, agree with central differences?"""
    error = HANDED * slope(through_tanh(**LAYER))
    claimed = {"x": error @ LAYER["w"].T, "w": LAYER["x"].T @ error, "b": error.sum(0)}
    for name in names:
        nudges = 1e-6 * np.eye(LAYER[name].size).reshape(-1, *LAYER[name].shape)
        moved = [through_tanh(**LAYER | {name: LAYER[name] + n}) - through_tanh(**LAYER | {name: LAYER[name] - n}) for n in nudges]
        if not np.allclose(np.tensordot(moved, HANDED) / 2e-6, claimed[name].ravel(), atol=1e-6):
            return False
    return True


def with_tanh(out):
    return 1 - out


def with_its_square(out):
    return 1 - out**2


def trained(x, labels, w1, b1, w2, b2, rate, steps, *, examples=None, gate=True, early=False, learn=(1, 1, 1, 1)):
    """The losses before each update: of w1, b1, w2 and b2, so much as they `learn`."""
    weights, losses = [w1, b1, w2, b2], []
    for _ in range(steps):
        w1, b1, w2, b2 = weights
        sums = x @ w1 + b1
        hidden = np.maximum(sums, 0)
        shares = softmax(hidden @ w2 + b2, axis=1)
        losses.append(-np.mean(np.log((shares * labels).sum(1))))
        error = (shares - labels) / (examples or len(x))
        back = error @ (w2 - rate * hidden.T @ error if early else w2).T * (sums > 0 if gate else 1)
        gradients = x.T @ back, back.sum(0), hidden.T @ error, error.sum(0)
        weights = [weight - much * rate * slope for weight, much, slope in zip(weights, learn, gradients, strict=True)]
    return np.array(losses)


EXPLAINED = {
    "loss_of_guessing: ten classes": guessing(10),
    "loss_of_guessing: a hundred classes": guessing(100),
    "kernel_gradient_by_hand": {
        "the errors slide over the image as they are; here they have been flipped": lambda: of_kernel(IMAGE, ERROR[::-1, ::-1]),
        "rows and columns have been swapped": lambda: of_kernel(IMAGE, ERROR).T,
        "the contributions of the places are added up, not averaged": lambda: of_kernel(IMAGE, ERROR) / 4,
        "those are the four products for the first weight, not added up yet; each weight has four of its own": lambda: (
            IMAGE[:2, :2] * ERROR
        ),
    },
    "convolution_backwards": {
        "for the image the kernel has to be flipped, left to right and top to bottom": lambda image, kernel, error: in_a_row(
            correlate2d(error, kernel, "full"), of_kernel(image, error)
        ),
        "for the kernel the errors slide over the image as they are, not flipped": lambda image, kernel, error: in_a_row(
            of_image(kernel, error), convolve2d(image, error, "valid")
        ),
        "both are right, but the gradient of the image comes first": lambda image, kernel, error: in_a_row(
            of_kernel(image, error), of_image(kernel, error)
        ),
        "the kernel's gradient adds the places up; here it is their mean": lambda image, kernel, error: in_a_row(
            of_image(kernel, error), of_kernel(image, error) / error.size
        ),
    },
    "find_the_bug: which": {
        f"the gradient of {name} is wrong, but perhaps it is not the only one; compare all three with central differences": name
        for name in "xwb"
        if not agrees(with_tanh, name)
    },
    "find_the_bug: what": {
        "the matrix product and the sum over the rows add up the batch as they should": lambda: (
            agrees(with_its_square, "wb") and "the sum over the batch"
        ),
        "the shapes fit, and with the right error all three come out right": lambda: agrees(with_its_square) and "a transposed matrix",
        "change the sign, and see whether it then agrees with central differences": lambda: (
            not any(agrees(lambda out: out - 1, name) for name in "xwb") and "the sign"
        ),
    },
    "equal_weights: equal kernels": {
        "filters that start equal get equal gradients, and nothing ever tells them apart": lambda: 16,
        "equal filters are still one kind of filter, not none": lambda: 0,
    },
    "equal_weights: equal biases only": {"the kernels are drawn at random, so the filters differ from the start": lambda: 1},
    **{
        f"shape_after_pooling: {axis}": {
            "that would be windows that move by one; in pooling they move by their own size": lambda: 10 - 2 + 1,
            "that is the size before pooling": lambda: 10,
        }
        for axis in ("height", "width")
    },
    "shape_after_pooling: channels": {
        "the largest is taken in each channel, not over all of them": lambda: np.zeros((8, 5, 5, 6)).max(3, keepdims=True).shape[3],
        "pooling halves height and width, not the channels": lambda: 6 / 2,
    },
    "places_with_an_error": {
        "that is every place; a number that was not the largest of its window gets nothing": lambda: 8 * 10 * 10 * 6,
        "each channel has maxima of its own": lambda: 8 * 5 * 5,
        "that is for one image of the batch": lambda: 5 * 5 * 6,
        "those are the places that get nothing": lambda: 8 * 5 * 5 * 6 * (2 * 2 - 1),
    },
    "train_by_hand": {
        "the loss is the mean over the batch, so divide the error by the number of examples": partial(trained, examples=1),
        "on the way back the error passes only where the sum before the ReLU was positive": partial(trained, gate=False),
        "the error goes back through the weights as they were: find all gradients before you change anything": partial(trained, early=True),
        "the biases learn too": partial(trained, learn=(1, 0, 1, 0)),
        "only the second layer learns; hand the error on to the first one": partial(trained, learn=(0, 0, 1, 1)),
        "it climbs: subtract the gradients, or the loss grows": partial(trained, learn=(-1, -1, -1, -1)),
        "the first loss is the one before any update": lambda *case: trained(*case[:-1], case[-1] + 1)[1:],
        "the weights never change": partial(trained, learn=(0, 0, 0, 0)),
    },
}
