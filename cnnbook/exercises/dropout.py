"""The exercises of the chapter on Dropout."""

import math

import numpy as np

from cnnbook.exercises.mechanics import Array, Choice, Function, Number, Parts, exercise


@exercise
def scale_of_survivors() -> Number:
    """What survivors are multiplied by at a rate of 0.8."""
    return Number(
        1 / (1 - 0.8),
        "what share of the units survives, and by what must they be multiplied to make up for the rest",
        mistakes=[
            (1 / 0.8, "that is 1/rate; what counts is the share that survives"),
            (1 - 0.8, "that is the share that survives; they are multiplied by what makes up for the others"),
            (0.8, "that is the share that is dropped"),
            (1 + 0.8, "adding the rate is not enough: one unit in five has to stand for five"),
            (1, "without scaling, the next layer receives a fifth of what it gets in prediction"),
        ],
    )


@exercise
def errors_behind_dropout() -> Array:
    """The errors that four units get back through a Dropout with a rate of 0.5 and a known mask."""
    outputs, kept, errors, rate = np.array([3, -1, 2, 5]), np.array([1, 0, 0, 1]), np.array([1, 4, -2, -3]), 0.5
    return Array(
        errors * kept / (1 - rate),
        "four errors",
        mistakes=[
            (errors * kept, "what was scaled on the way forward is scaled on the way back too"),
            (errors * kept * (1 - rate), "the survivors' errors become larger, not smaller"),
            (errors / (1 - rate), "a unit that was dropped contributed nothing to the loss, so it gets no error"),
            (errors, "that is what came in from the next layer; the mask and the scaling are missing"),
            (errors * (1 - kept) / (1 - rate), "it is the survivors that get an error"),
            (outputs * kept / (1 - rate), "that is what the units passed on; the question is about the errors"),
        ],
    )


@exercise
def apply_mask() -> Function:
    """A function (x, kept, rate): Dropout with a mask that is given, True where a unit survives."""
    rng = np.random.default_rng(9)  # with this one a unit survives in each case
    cases = [(rng.normal(size=shape), rng.random(shape) >= rate, rate) for shape, rate in (((6,), 0.5), ((3, 5), 0.25), ((2, 3, 4), 0.8))]
    return Function(
        lambda x, kept, rate: np.where(kept, x / (1 - rate), 0.0),
        cases,
        mistakes=[
            (lambda x, kept, rate: np.where(kept, x, 0.0), "the survivors are not scaled"),
            (
                lambda x, kept, rate: np.where(kept, x * (1 - rate), 0.0),
                "the survivors become smaller; they have to stand for the missing ones too",
            ),
            (lambda x, kept, rate: np.where(kept, x / rate, 0.0), "divide by the share that survives, not by the share that is dropped"),
            (lambda x, kept, rate: np.where(kept, 0.0, x / (1 - rate)), "it keeps those that should be dropped"),
            (lambda x, kept, rate: np.where(kept, x / (1 - rate), x), "those that are dropped have to become 0"),
            (lambda x, kept, rate: x * kept.mean(), "the mask keeps or drops each unit; here all are made smaller"),
            (
                lambda x, kept, rate: np.where(kept, x / kept.mean(), 0.0),
                "it divides by the share that survived this time; Dropout divides by the expected share",
            ),
        ],
    )


@exercise
def survivors() -> Parts:
    """Mean and standard deviation of the number of survivors among 128 units at a rate of 0.5."""
    units, rate = 128, 0.5
    deviation = math.sqrt(units * rate * (1 - rate))
    return Parts(
        {
            "mean": Number(
                int(units * (1 - rate)), "each unit survives with a chance of one half", mistakes=[(units, "that is all of them")]
            ),
            "standard deviation": Number(
                deviation,
                "the number of heads in n tosses of a coin has the variance n · p · (1 − p)",
                mistakes=[
                    (deviation**2, "that is the variance; take its square root"),
                    (math.sqrt(units * rate), "n · p is the mean; the variance has another factor, 1 − p"),
                    (deviation / units, "that is the standard deviation of the share, not of the number"),
                    (math.sqrt(rate * (1 - rate)), "that is the standard deviation for one unit"),
                ],
            ),
        }
    )


@exercise
def variance_before_batch_norm() -> Parts:
    """The variance that BatchNormalization sees after Dropout(0.5), for inputs of mean 0 and variance 1: in training and in prediction."""
    rate = 0.5
    return Parts(
        {
            "training": Number(
                1 / (1 - rate),
                "half of the values become 0, the others twice as large; what is the mean of the squares",
                mistakes=[
                    (1, "that would be without Dropout; scaling keeps the mean, not the variance"),
                    (1 - rate, "half of the squares become 0, but the others become four times as large"),
                    (1 / (1 - rate) ** 2, "the survivors' squares become four times as large, but only half of the units survive"),
                ],
            ),
            "prediction": Number(
                1,
                "in prediction Dropout changes nothing",
                mistakes=[
                    (1 / (1 - rate), "in prediction nothing is dropped and nothing scaled"),
                    (1 - rate, "in prediction nothing is dropped and nothing scaled, so nothing becomes smaller either"),
                ],
            ),
        }
    )


@exercise
def what_matters() -> Choice:
    """What tells whether Dropout has helped."""
    return Choice(
        "accuracy on new images",
        wrong={
            "smaller gap": "a network that gets everything wrong has no gap at all",
            "training accuracy": "that is where learning by heart looks best",
            "fewer parameters": "Dropout takes no parameters away",
        },
    )
