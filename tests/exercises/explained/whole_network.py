"""What the explanations in the chapter on the whole network come to."""

from math import ceil, floor, hypot, sqrt
from statistics import mean, pvariance, stdev, variance

import numpy as np
from scipy.stats import sem, ttest_ind

from cnnbook import records
from cnnbook.data.changes import pixel_order

SIDES = {"first convolution": 32, "second convolution": 16, "third convolution": 16, "fourth convolution": 8}
CHANNELS = dict(zip(SIDES, ((3, 32), (32, 32), (32, 64), (64, 64)), strict=True))  # that come in, and that go out
DENSE = {"first dense": (8 * 8 * 64, 128), "second dense": (128, 10)}
PARAMETERS = {name: (9 * inputs + 1) * outputs for name, (inputs, outputs) in CHANNELS.items()}
PARAMETERS |= {name: (inputs + 1) * outputs for name, (inputs, outputs) in DENSE.items()}
WORK = {name: SIDES[name] ** 2 * 9 * inputs * outputs for name, (inputs, outputs) in CHANNELS.items()}
WORK |= {name: inputs * outputs for name, (inputs, outputs) in DENSE.items()}


def runs(difference, sd):
    """Of each network, until the difference is twice the root of both means' variances."""
    return 2 * sd**2 / (difference / 2) ** 2


EXPLAINED = {
    "largest_layers: most parameters": {
        **{
            f"it has {PARAMETERS[name]:,} parameters; count the layer after Flatten": name
            for name in ("first convolution", "second convolution", "fourth convolution", "second dense")
        },
        "it has 18,496 parameters; count the layer after Flatten, and do not mistake work for size": lambda: (
            PARAMETERS["third convolution"] == 18_496 and max(WORK, key=WORK.get)
        ),
    },
    "largest_layers: most work": {
        "its map is the largest, but only three channels come in": lambda: (
            CHANNELS["first convolution"][0] == 3 and max(SIDES, key=SIDES.get)
        ),
        f"it does {WORK['second convolution']:,}; multiply the weights by the places of the map": "second convolution",
        "it has the most weights of all convolutions, but its map has a quarter of the places": lambda: (
            SIDES["fourth convolution"] ** 2 == SIDES["third convolution"] ** 2 / 4 and max(SIDES, key=PARAMETERS.get)
        ),
        "it has the most parameters, but each is used only once per image": lambda: max(PARAMETERS, key=PARAMETERS.get),
        f"it does {WORK['second dense']:,}; multiply the weights by the places of the map": "second dense",
    },
    "seven_tenths: images": {
        "that is seven points, not seven tenths of one": lambda: 7 * 10_000 / 100,
        "that is seven tenths of all test images; a point is one per cent of them": lambda: 7 / 10 * 10_000,
        "accuracy is measured on the test images, and those are fewer than the training images": lambda: 7 / 10 * 50_000 / 100,
    },
    "seven_tenths: better": {
        "another seed or other test images would change an accuracy by as much; one run of each cannot tell": lambda: (
            np.ptp(records.test_accuracies("cnn")) > 0.007 and "yes"
        ),
    },
    "shuffled_pixels: accuracy": {
        "a filter responds to neighbouring pixels, and after shuffling the neighbours are different ones": "as before",
        "hardly any pixel keeps its neighbours, so no first-layer filter finds what it was trained for": lambda: (
            np.isin(abs(np.diff(pixel_order(32 * 32))), (1, 32)).mean() < 0.01 and "somewhat lower"
        ),
    },
    "shuffled_pixels: can be mended": {
        "its filters see only three by three neighbours, and former neighbours now lie all over the image": "convolutional",
        "no order of its weights helps the convolutional one: former neighbours lie out of the reach of a small filter": "both",
        "in a dense layer each weight belongs to one pixel, and can follow it to its new place": "neither",
    },
    "two_intervals": {
        "the intervals of two means may overlap although that of their difference leaves out zero; look at that one": lambda: (
            74.3 < 74.6 and 0.3 > 0 and "nobody can tell"
        ),
        "the difference is B minus A, and its whole interval is positive": lambda: min(0.3, 1.3) > 0 and "A is better",
        "then the interval of the difference would contain zero": lambda: not 0.3 <= 0 <= 1.3 and "both are alike",
    },
    "standard_error": {
        "it takes the variance of the values themselves; to estimate the spread of further runs divide by n − 1 (ddof=1)": lambda a, b: (
            sqrt(pvariance(a) / len(a) + pvariance(b) / len(b))
        ),
        "that is for single runs; a mean varies less, so divide each variance by its number of runs": lambda a, b: sqrt(
            variance(a) + variance(b)
        ),
        "that is for single runs, and with n instead of n − 1 (ddof=1)": lambda a, b: sqrt(pvariance(a) + pvariance(b)),
        "that is its square; the square root is missing": lambda a, b: sem(a) ** 2 + sem(b) ** 2,
        "the two errors partly cancel: add the squares, then take the square root": lambda a, b: sem(a) + sem(b),
        "variances add up, even for a difference": lambda a, b: sqrt(abs(sem(a) ** 2 - sem(b) ** 2)),
        "put into one list, the values also vary because the two means differ": lambda a, b: stdev([*a, *b]),
        "that takes one variance for both lists; two networks need not vary alike, so take each list's own": lambda a, b: (
            (mean(a) - mean(b)) / ttest_ind(a, b, equal_var=True).statistic
        ),
        "that is the difference itself, not its standard error": lambda a, b: mean(a) - mean(b),
        "that is the difference itself, second minus first, not its standard error": lambda a, b: mean(b) - mean(a),
        "the standard error of a mean is the standard deviation divided by the square root of the number of runs": lambda a, b: hypot(
            stdev(a) / len(a), stdev(b) / len(b)
        ),
    },
    "seeds_needed": {
        "rounded down, it is one run too few": lambda *case: floor(runs(*case)),
        "round up, not to the nearest whole number": lambda *case: floor(runs(*case) + 1 / 2),
        "a number of runs is whole: round up": runs,
        "both means vary, so the variance of the difference is twice that of one": lambda *case: ceil(runs(*case) / 2),
        "the difference is to be twice its standard error, not once": lambda difference, sd: ceil(runs(2 * difference, sd)),
        "that is for both networks together; the question is about each": lambda *case: 2 * ceil(runs(*case)),
        "the standard error falls with the square root of the number of runs": lambda *case: ceil(sqrt(runs(*case))),
    },
}
