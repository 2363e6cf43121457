"""The exercises of the chapter on the whole network."""

import math

import numpy as np

from cnnbook import arithmetic, article
from cnnbook.exercises.mechanics import Choice, Function, Number, Parts, exercise

(SIDE, _, CHANNELS), UNITS, CLASSES = article.INPUT_SHAPE, article.DENSE_UNITS, article.CLASSES


def costs() -> dict[str, tuple[int, int]]:
    """Parameters and multiply–accumulates of each convolution and dense layer of the network."""
    side, channels, found = SIDE, CHANNELS, {}
    for name, (filters, stride) in zip(("first", "second", "third", "fourth"), article.CONVOLUTIONS, strict=True):
        side = arithmetic.conv_output_size(side, 3, stride, "same")
        work = arithmetic.conv_multiply_accumulates((side, side), 3, channels, filters)
        found[f"{name} convolution"] = arithmetic.conv_parameters(3, channels, filters), work
        channels = filters
    inputs = side * side * channels
    for name, units in (("first", UNITS), ("second", CLASSES)):
        found[f"{name} dense"] = arithmetic.dense_parameters(inputs, units), arithmetic.dense_multiply_accumulates(inputs, units)
        inputs = units
    return found


@exercise
def largest_layers() -> Parts:
    """The layer with the most parameters and the one with the most multiply–accumulates."""
    counted = costs()
    most_parameters = max(counted, key=lambda name: counted[name][0])
    most_work = max(counted, key=lambda name: counted[name][1])
    size = "it has {0:,} parameters; count the layer after Flatten"
    work = "it does {1:,}; multiply the weights by the places of the map"
    parameters_wrong = {name: size.format(*counts) for name, counts in counted.items() if name != most_parameters}
    work_wrong = {name: work.format(*counts) for name, counts in counted.items() if name != most_work}
    parameters_wrong[most_work] += ", and do not mistake work for size"
    work_wrong[most_parameters] = "it has the most parameters, but each is used only once per image"
    work_wrong["first convolution"] = "its map is the largest, but only three channels come in"
    work_wrong["fourth convolution"] = "it has the most weights of all convolutions, but its map has a quarter of the places"
    return Parts({"most parameters": Choice(most_parameters, parameters_wrong), "most work": Choice(most_work, work_wrong)})


@exercise
def seven_tenths() -> Parts:
    """How many test images seven tenths of a point are, and whether one network is better for it."""
    images = 7 * article.TEST_IMAGES // 1000
    return Parts(
        {
            "images": Number(
                images,
                "a point is one per cent of the test images",
                mistakes=[
                    (7 * article.TEST_IMAGES // 100, "that is seven points, not seven tenths of one"),
                    (7 * article.TEST_IMAGES // 10, "that is seven tenths of all test images; a point is one per cent of them"),
                    (
                        7 * article.TRAINING_IMAGES // 1000,
                        "accuracy is measured on the test images, and those are fewer than the training images",
                    ),
                ],
            ),
            "better": Choice(
                "no", wrong={"yes": "another seed or other test images would change an accuracy by as much; one run of each cannot tell"}
            ),
        }
    )


@exercise
def shuffled_pixels() -> Parts:
    """What becomes of the convolutional network on shuffled images, and which network could be mended by moving weights."""
    return Parts(
        {
            "accuracy": Choice(
                "near guessing",
                wrong={
                    "as before": "a filter responds to neighbouring pixels, and after shuffling the neighbours are different ones",
                    "somewhat lower": "hardly any pixel keeps its neighbours, so no first-layer filter finds what it was trained for",
                },
            ),
            "can be mended": Choice(
                "fully connected",
                wrong={
                    "convolutional": "its filters see only three by three neighbours, and former neighbours now lie all over the image",
                    "both": "no order of its weights helps the convolutional one: former neighbours lie out of the reach of a small filter",
                    "neither": "in a dense layer each weight belongs to one pixel, and can follow it to its new place",
                },
            ),
        }
    )


@exercise
def two_intervals() -> Choice:
    """What two recipes' intervals, which overlap, and that of their paired difference say."""
    return Choice(
        "B is better",
        wrong={
            "nobody can tell": "the intervals of two means may overlap although that of their difference leaves out zero; look at that one",
            "A is better": "the difference is B minus A, and its whole interval is positive",
            "both are alike": "then the interval of the difference would contain zero",
        },
    )


def variance_of_mean(values, ddof: int = 1) -> float:
    """The squared standard error of a mean."""
    return np.var(values, ddof=ddof) / len(values)


def pooled(a, b) -> float:
    """The standard error if both lists had the same variance."""
    degrees = len(a) + len(b) - 2
    variance = ((len(a) - 1) * np.var(a, ddof=1) + (len(b) - 1) * np.var(b, ddof=1)) / degrees
    return math.sqrt(variance * (1 / len(a) + 1 / len(b)))


@exercise
def standard_error() -> Function:
    """A function of two lists of accuracies: the standard error of the difference of their means."""
    return Function(
        lambda a, b: math.sqrt(variance_of_mean(a) + variance_of_mean(b)),
        cases=[([0.70, 0.72, 0.71], [0.73, 0.78, 0.74]), ([0.5, 0.9], [0.4, 0.41, 0.45, 0.44]), ([0.7, 0.7, 0.71], [0.6, 0.61])],
        mistakes=[
            (
                lambda a, b: math.sqrt(variance_of_mean(a, 0) + variance_of_mean(b, 0)),
                "it takes the variance of the values themselves; to estimate the spread of further runs divide by n − 1 (ddof=1)",
            ),
            (
                lambda a, b: math.sqrt(np.var(a, ddof=1) + np.var(b, ddof=1)),
                "that is for single runs; a mean varies less, so divide each variance by its number of runs",
            ),
            (lambda a, b: math.sqrt(np.var(a) + np.var(b)), "that is for single runs, and with n instead of n − 1 (ddof=1)"),
            (lambda a, b: variance_of_mean(a) + variance_of_mean(b), "that is its square; the square root is missing"),
            (
                lambda a, b: math.sqrt(variance_of_mean(a)) + math.sqrt(variance_of_mean(b)),
                "the two errors partly cancel: add the squares, then take the square root",
            ),
            (lambda a, b: math.sqrt(abs(variance_of_mean(a) - variance_of_mean(b))), "variances add up, even for a difference"),
            (lambda a, b: math.sqrt(np.var([*a, *b], ddof=1)), "put into one list, the values also vary because the two means differ"),
            (pooled, "that takes one variance for both lists; two networks need not vary alike, so take each list's own"),
            (lambda a, b: np.mean(a) - np.mean(b), "that is the difference itself, not its standard error"),
            (lambda a, b: np.mean(b) - np.mean(a), "that is the difference itself, second minus first, not its standard error"),
            (
                lambda a, b: math.hypot(np.std(a, ddof=1) / len(a), np.std(b, ddof=1) / len(b)),
                "the standard error of a mean is the standard deviation divided by the square root of the number of runs",
            ),
        ],
    )


@exercise
def seeds_needed() -> Function:
    """A function (difference, sd): runs of each network until the difference is at least twice its standard error."""
    return Function(
        lambda difference, sd: math.ceil(8 * (sd / difference) ** 2),
        cases=[(0.02, 0.007), (0.005, 0.007), (0.013, 0.011), (0.03, 0.011)],
        mistakes=[
            (lambda difference, sd: math.floor(8 * (sd / difference) ** 2), "rounded down, it is one run too few"),
            (lambda difference, sd: round(8 * (sd / difference) ** 2), "round up, not to the nearest whole number"),
            (lambda difference, sd: 8 * (sd / difference) ** 2, "a number of runs is whole: round up"),
            (
                lambda difference, sd: math.ceil(4 * (sd / difference) ** 2),
                "both means vary, so the variance of the difference is twice that of one",
            ),
            (lambda difference, sd: math.ceil(2 * (sd / difference) ** 2), "the difference is to be twice its standard error, not once"),
            (
                lambda difference, sd: 2 * math.ceil(8 * (sd / difference) ** 2),
                "that is for both networks together; the question is about each",
            ),
            (
                lambda difference, sd: math.ceil(math.sqrt(8) * sd / difference),
                "the standard error falls with the square root of the number of runs",
            ),
        ],
    )
