"""The exercises of the chapter on drifting activations."""

import numpy as np

from cnnbook.exercises.mechanics import Choice, Function, Number, exercise

BRIGHTEST = 255


def scaled(pixels):
    """From 0..255 to -1..1."""
    return np.asarray(pixels, np.float32) / (BRIGHTEST / 2) - 1


@exercise
def scale_pixels() -> Function:
    """A function that brings uint8 pixels to the range from -1 to 1."""
    rows = np.array([[0, 51, 102], [153, 204, 255]], np.uint8)
    return Function(
        scaled,
        cases=[(rows,), (np.array([[[0, 127, 3], [127, 5, 0]]], np.uint8),), (np.array([[255]], np.uint8),)],
        mistakes=[
            (lambda pixels: np.asarray(pixels, np.float32) / BRIGHTEST, "that is the range from 0 to 1"),
            (
                lambda pixels: np.asarray(pixels, np.float32) / 128 - 1,
                "the brightest pixel, 255, stays below 1; half of it is 127.5",
            ),
            (
                lambda pixels: np.asarray(pixels, np.float32) / 127 - 1,
                "the brightest pixel, 255, comes out above 1; half of it is 127.5",
            ),
            (
                lambda pixels: 2 * pixels / BRIGHTEST - 1,
                "2 · pixels does not fit into uint8 and wraps around; divide first, or convert to floats",
            ),
            (
                lambda pixels: np.asarray(pixels, np.float32) / (pixels.max() / 2) - 1,
                "the scale must not depend on the image: 255 is the brightest a pixel can be",
            ),
            (lambda pixels: 1 - np.asarray(pixels, np.float32) / (BRIGHTEST / 2), "black and white have been swapped"),
            (lambda pixels: np.asarray(pixels, np.float32) / BRIGHTEST - 1, "that is the range from -1 to 0"),
            (lambda pixels: np.asarray(pixels, np.float32) / BRIGHTEST - 0.5, "that is the range from -0.5 to 0.5"),
            (lambda pixels: np.asarray(pixels, np.float32) - BRIGHTEST / 2, "the middle is right, at 0, but the range is still 255 wide"),
        ],
        tolerance=1e-5,
    )


@exercise
def how_much_smaller() -> Number:
    """By what factor the mean square of pixels falls when they are divided by 255."""
    return Number(
        float(BRIGHTEST**2),
        "every pixel becomes smaller by a factor of 255; what does that do to its square",
        mistakes=[
            (BRIGHTEST, "that is the factor for the pixels; the question is about their squares"),
            (2 * BRIGHTEST, "a square is the number times itself, not times two"),
            (1 / BRIGHTEST**2, "that is one divided by the factor: how many times smaller is it"),
        ],
    )


@exercise
def where_nan_comes_from() -> Choice:
    """What made a loss infinite and then NaN, given three facts."""
    return Choice(
        "the logarithm of zero",
        wrong={
            "weights that grew too large": "they are small, and so was the last gradient; nothing was growing",
            "a pixel that is NaN": "all pixels are finite, and a NaN among them would have made the loss NaN at once, not infinite first",
            "a learning rate that is too high": "that shows in the weights first, and they are small",
        },
    )


def moved(before, after):
    """Mean over channels of how far a channel's mean moves, in its standard deviations before."""
    return np.mean(np.abs(after.mean(0) - before.mean(0)) / before.std(0))


@exercise
def how_far_moved() -> Function:
    """A function of two arrays (images, channels), before and after an update: the mean movement in standard deviations."""
    rng = np.random.default_rng(4)
    cases = []
    for channels in (2, 3, 5):
        before = rng.normal(rng.normal(size=channels), rng.uniform(0.5, 3, channels), (40, channels))
        cases.append((before, before * rng.uniform(0.5, 1.5, channels) + rng.normal(size=channels)))
    return Function(
        moved,
        cases,
        mistakes=[
            (
                lambda before, after: np.mean((after.mean(0) - before.mean(0)) / before.std(0)),
                "movements up and down cancel: take absolute values",
            ),
            (
                lambda before, after: np.abs(np.mean((after.mean(0) - before.mean(0)) / before.std(0))),
                "take absolute values before averaging over channels",
            ),
            (
                lambda before, after: np.mean(np.abs(after.mean(0) - before.mean(0))),
                "it is not yet in units of the channel's standard deviation",
            ),
            (
                lambda before, after: np.mean(np.abs(after.mean(0) - before.mean(0)) / before.std(0, ddof=1)),
                "for the standard deviation it divides by the number of images minus one; NumPy's std divides by their full number",
            ),
            (
                lambda before, after: np.mean(np.abs(after.mean(0) - before.mean(0)) / before.var(0)),
                "it divides by the variance; the standard deviation is its square root",
            ),
            (
                lambda before, after: np.mean(np.abs(after.mean(0) - before.mean(0)) / after.std(0)),
                "it divides by the standard deviation after the update",
            ),
            (
                lambda before, after: np.mean(np.abs(after - before) / before.std(0)),
                "take each channel's mean over the images first, and then see how far that has moved",
            ),
            (
                lambda before, after: np.mean(np.abs(after.mean(0) - before.mean(0))) / before.std(),
                "each channel has a standard deviation of its own",
            ),
            (
                lambda before, after: np.mean(np.abs(after.mean(1) - before.mean(1)) / before.std(1)),
                "the mean is taken over the images, and those are counted by the first axis",
            ),
        ],
    )


def clipped(gradient, limit, size=np.linalg.norm):
    """The gradient, made as long as the limit where it is longer, by whatever size is taken for its length."""
    length = size(np.ravel(gradient))
    return np.array(gradient, float) * (limit / length if length > limit else 1)


@exercise
def clip_by_norm() -> Function:
    """A function (gradient, limit): the gradient, shortened to the limit where its norm is larger."""
    rng = np.random.default_rng(2)
    cases = [
        (np.array([3.0, -4.0]), 1.0),
        (rng.normal(size=(3, 4)), 0.5),
        (np.array([0.3, 0.0, -0.4]), 1.0),
        (rng.normal(size=6), 0.1),
        (np.zeros(4), 1.0),
    ]

    def whatever_its_length(gradient, limit):
        return gradient * limit / (np.linalg.norm(gradient) or 1)

    return Function(
        clipped,
        cases,
        mistakes=[
            (lambda gradient, limit: np.clip(gradient, -limit, limit), "it cuts off each number separately, which changes the direction"),
            (whatever_its_length, "it makes short gradients longer, but those should stay as they are"),
            (
                lambda gradient, limit: clipped(gradient, limit, lambda row: np.abs(row).max()),
                "that takes the largest number as the length; the norm is the square root of the sum of the squares",
            ),
            (
                lambda gradient, limit: clipped(gradient, limit, lambda row: np.abs(row).sum()),
                "that adds up the numbers without their signs; the norm is the square root of the sum of their squares",
            ),
            (
                lambda gradient, limit: clipped(gradient, limit, lambda row: row @ row),
                "the root is missing: that is the square of the norm",
            ),
            (
                lambda gradient, limit: clipped(gradient, limit, lambda row: np.sqrt(np.mean(row**2))),
                "that takes the mean of the squares; for the norm they are added up",
            ),
            (
                lambda gradient, limit: gradient * (np.linalg.norm(gradient) <= limit),
                "a long gradient is not thrown away: it keeps its direction",
            ),
            (lambda gradient, limit: gradient, "nothing is shortened"),
        ],
    )
