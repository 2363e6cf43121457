"""What the explanations in the chapter on drifting activations come to."""

import numpy as np


def distance(before, after):
    return after.mean(0) - before.mean(0)


def shortened(length):
    """The gradient, clipped by whatever is taken for its length."""
    return lambda gradient, limit: gradient if length(gradient) <= limit else gradient * limit / length(gradient)


EXPLAINED = {
    "scale_pixels": {
        "that is the range from 0 to 1": lambda pixels: pixels / 255,
        "the brightest pixel, 255, stays below 1; half of it is 127.5": lambda pixels: pixels / 128 - 1,
        "the brightest pixel, 255, comes out above 1; half of it is 127.5": lambda pixels: pixels / 127 - 1,
        "2 · pixels does not fit into uint8 and wraps around; divide first, or convert to floats": lambda pixels: (
            (2 * pixels.astype(int) % 256) / 255 - 1
        ),
        "the scale must not depend on the image: 255 is the brightest a pixel can be": lambda pixels: 2 * (pixels / pixels.max()) - 1,
        "black and white have been swapped": lambda pixels: 1 - pixels / 127.5,
        "that is the range from -1 to 0": lambda pixels: pixels / 255 - 1,
        "that is the range from -0.5 to 0.5": lambda pixels: pixels / 255 - 0.5,
        "the middle is right, at 0, but the range is still 255 wide": lambda pixels: pixels - 127.5,
    },
    "how_much_smaller": {
        "that is the factor for the pixels; the question is about their squares": lambda: 255,
        "a square is the number times itself, not times two": lambda: 255 * 2,
        "that is one divided by the factor: how many times smaller is it": lambda: 1 / (255 * 255),
    },
    "where_nan_comes_from": {
        "they are small, and so was the last gradient; nothing was growing": "weights that grew too large",
        "all pixels are finite, and a NaN among them would have made the loss NaN at once, not infinite first": lambda: (
            np.isnan(np.mean([np.nan, 1.0])) and "a pixel that is NaN"
        ),
        "that shows in the weights first, and they are small": "a learning rate that is too high",
    },
    "how_far_moved": {
        "movements up and down cancel: take absolute values": lambda before, after: np.mean(distance(before, after) / before.std(0)),
        "take absolute values before averaging over channels": lambda before, after: abs(np.mean(distance(before, after) / before.std(0))),
        "it is not yet in units of the channel's standard deviation": lambda before, after: np.mean(abs(distance(before, after))),
        "for the standard deviation it divides by the number of images minus one; NumPy's std divides by their full number": (
            lambda before, after: np.mean(abs(distance(before, after)) / np.sqrt(np.diag(np.cov(before.T))))
        ),
        "it divides by the variance; the standard deviation is its square root": lambda before, after: np.mean(
            abs(distance(before, after)) / before.std(0) ** 2
        ),
        "it divides by the standard deviation after the update": lambda before, after: np.mean(abs(distance(before, after)) / after.std(0)),
        "take each channel's mean over the images first, and then see how far that has moved": lambda before, after: np.mean(
            abs(after - before) / before.std(0)
        ),
        "each channel has a standard deviation of its own": lambda before, after: np.mean(abs(distance(before, after)) / before.std()),
        "the mean is taken over the images, and those are counted by the first axis": lambda before, after: np.mean(
            abs(distance(before.T, after.T)) / before.T.std(0)
        ),
    },
    "clip_by_norm": {
        "it cuts off each number separately, which changes the direction": lambda gradient, limit: (
            np.sign(gradient) * np.minimum(abs(gradient), limit)
        ),
        "it makes short gradients longer, but those should stay as they are": lambda gradient, limit: (
            gradient * limit / (np.sqrt((gradient**2).sum()) or 1)
        ),
        "that takes the largest number as the length; the norm is the square root of the sum of the squares": shortened(
            lambda gradient: abs(gradient).max()
        ),
        "that adds up the numbers without their signs; the norm is the square root of the sum of their squares": shortened(
            lambda gradient: abs(gradient).sum()
        ),
        "the root is missing: that is the square of the norm": shortened(lambda gradient: (gradient**2).sum()),
        "that takes the mean of the squares; for the norm they are added up": shortened(lambda gradient: np.sqrt((gradient**2).mean())),
        "a long gradient is not thrown away: it keeps its direction": lambda gradient, limit: (
            0 * gradient if (gradient**2).sum() > limit**2 else gradient
        ),
        "nothing is shortened": lambda gradient, limit: gradient,
    },
}
