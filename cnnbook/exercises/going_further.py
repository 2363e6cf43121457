"""The exercises of the chapter on going further."""

import math

import numpy as np

from cnnbook import article, reference
from cnnbook.exercises.mechanics import Function, Number, Parts, exercise
from cnnbook.recipes import FURTHER

SHIFTS, BATCH, REPLICAS = FURTHER.shifts, FURTHER.batch_size, 4


@exercise
def different_images() -> Number:
    """How many versions of an image there are if it may be mirrored, and moved by up to two pixels down or up, and across."""
    steps = 2 * SHIFTS + 1
    return Number(
        2 * steps**2,
        "count the steps down or up, the steps across, and the ways round that an image can be, and multiply the three",
        mistakes=[
            (steps**2, "each of these versions can also be mirrored"),
            (2 * steps, "the steps down and the steps across are drawn separately, so every pair of them occurs"),
            (4 * steps, "each step down can go with each step across: multiply them, do not add"),
            (2 * (2 * SHIFTS) ** 2, "not moving counts as a step too"),
            (2 * (SHIFTS + 1) ** 2, "an image can be moved down and up, left and right"),
            (2 * SHIFTS**2, "an image can be moved down and up, left and right, or not at all"),
            (2 * steps**2 - 1, "the image as it is counts as well"),
        ],
    )


@exercise
def smoothed_label() -> Number:
    """The share of the right class in a label over five classes with a smoothing of 0.2."""
    s, classes = 0.2, 5
    return Number(
        1 - s + s / classes,
        "what is taken from the right class is spread over all classes, and the right one is among them",
        mistakes=[
            (1 - s, "the right class gets a share of what is spread as well"),
            (s / classes, "that is the share of each other class"),
            (1 - s / classes, "the whole share is taken away before it is spread"),
            (1 - s + s / (classes - 1), "it is spread over all classes, the right one included"),
            (1.0, "that is the label without smoothing"),
            (s, "that is what is taken away"),
        ],
    )


def entropy(s: float, classes: int) -> float:
    """The cross-entropy of smoothed labels with themselves."""
    right, other = 1 - s + s / classes, s / classes
    return -(right * math.log(right) + (classes - 1) * other * math.log(other))


def spread_over_others(s: float, classes: int) -> float:
    """The same if the right class got none of the share that is spread."""
    return -((1 - s) * math.log(1 - s) + s * math.log(s / (classes - 1)))


@exercise
def smallest_loss() -> Function:
    """A function (s, classes): the smallest cross-entropy that a network can reach with smoothed labels."""
    return Function(
        entropy,
        cases=[(0.1, 10), (0.2, 10), (0.5, 2), (0.05, 100)],
        mistakes=[
            (
                lambda s, classes: 0.0,
                "only without smoothing can it come as close to zero as you like; with it, even the best answer costs something",
            ),
            (spread_over_others, "the share s is spread over all classes, the right one included"),
            (
                lambda s, classes: -math.log(1 - s + s / classes),
                "that is the loss for the right class alone, as if the others did not count",
            ),
            (
                lambda s, classes: -(1 - s + s / classes) * math.log(1 - s + s / classes),
                "the other classes are missing; each has a share of s / classes in the label",
            ),
            (lambda s, classes: entropy(s, classes) / math.log(2), "take the natural logarithm, as the loss does"),
            (lambda s, classes: -entropy(s, classes), "the sign is wrong: logarithms of shares are negative, and a loss is not"),
            (
                lambda s, classes: -((1 - s + s / classes) * math.log(1 - s + s / classes) + s / classes * math.log(s / classes)),
                "there are classes - 1 other classes, not one",
            ),
        ],
    )


@exercise
def four_replicas() -> Parts:
    """Images in a replica's part of a batch, and updates in an epoch, with four replicas."""
    part, updates = BATCH // REPLICAS, math.ceil(article.TRAINING_IMAGES / BATCH)
    return Parts(
        {
            "images": Number(
                part,
                "the batch of the recipe is divided evenly",
                mistakes=[
                    (BATCH, "that is the whole batch, which the replicas divide among themselves"),
                    (BATCH * REPLICAS, "the recipe's batch is divided, not multiplied, so that the result stays the same"),
                ],
            ),
            "updates": Number(
                updates,
                "one update for each whole batch of the recipe, and one for the rest",
                mistakes=[
                    (article.TRAINING_IMAGES // BATCH, "the last batch is small, but it is a batch"),
                    (
                        math.ceil(article.TRAINING_IMAGES / part),
                        "a replica makes no update from its own part alone: the gradients of all replicas are averaged first",
                    ),
                    (
                        math.ceil(article.TRAINING_IMAGES / BATCH / REPLICAS),
                        "replicas share a batch instead of taking one each, so there are as many updates as before",
                    ),
                ],
            ),
        }
    )


def asked_twice(predict, images):
    """The mean of what is predicted for the images and for their mirror images."""
    return (predict(images) + predict(images[:, :, ::-1])) / 2


@exercise
def ask_twice() -> Function:
    """A function (predict, images): the mean prediction for each image and its mirror image."""
    rng = np.random.default_rng(11)

    def network(side: int):
        weights = rng.normal(size=(side * side * 3, 4))
        return lambda images: reference.softmax(np.reshape(images, (len(images), -1)) @ weights)

    cases = [(network(side), rng.normal(size=(count, side, side, 3))) for side, count in ((4, 5), (3, 2))]
    return Function(
        asked_twice,
        cases,
        mistakes=[
            (
                lambda predict, images: (predict(images) + predict(images[:, ::-1])) / 2,
                "that turns the images upside down: the axes are images, rows, columns and channels",
            ),
            (
                lambda predict, images: (predict(images) + predict(images[..., ::-1])) / 2,
                "that swaps red and blue: the last axis counts channels",
            ),
            (
                lambda predict, images: (predict(images) + predict(images[::-1])) / 2,
                "that takes the images in reverse order: the first axis counts them",
            ),
            (
                lambda predict, images: (predict(images) + predict(images[:, ::-1, ::-1])) / 2,
                "that turns the images by half a turn; mirror the columns only",
            ),
            (
                lambda predict, images: predict(images) + predict(images[:, :, ::-1]),
                "probabilities add up to one: take the mean of both, not the sum",
            ),
            (
                lambda predict, images: predict((images + images[:, :, ::-1]) / 2),
                "it mixes the two images and asks once; ask twice, and mix the answers",
            ),
            (lambda predict, images: predict(images[:, :, ::-1]), "that is the mirror image alone; the image itself counts as well"),
            (lambda predict, images: predict(images), "that asks about the image alone"),
        ],
    )
