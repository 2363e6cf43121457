"""What the explanations in the chapter on going further come to."""

from math import ceil, log

import numpy as np
from scipy.special import entr


def label(s, classes):
    """A smoothed one, the right class first."""
    return np.eye(classes)[0] * (1 - s) + s / classes


def both(mirror):
    """The mean of the answers about the images and about what `mirror` makes of them."""
    return lambda predict, images: np.mean([predict(images), predict(mirror(images))], axis=0)


EXPLAINED = {
    "different_images": {
        "each of these versions can also be mirrored": lambda: (2 + 1 + 2) ** 2,
        "the steps down and the steps across are drawn separately, so every pair of them occurs": lambda: 2 * (2 + 1 + 2),
        "each step down can go with each step across: multiply them, do not add": lambda: 2 * ((2 + 1 + 2) + (2 + 1 + 2)),
        "not moving counts as a step too": lambda: 2 * (2 + 2) ** 2,
        "an image can be moved down and up, left and right": lambda: 2 * (1 + 2) ** 2,
        "an image can be moved down and up, left and right, or not at all": lambda: 2 * 2**2,
        "the image as it is counts as well": lambda: 2 * (2 + 1 + 2) ** 2 - 1,
    },
    "smoothed_label": {
        "the right class gets a share of what is spread as well": lambda: 1 - 0.2,
        "that is the share of each other class": lambda: label(0.2, 5)[1],
        "the whole share is taken away before it is spread": lambda: 1 - 0.2 / 5,
        "it is spread over all classes, the right one included": lambda: 1 - 0.2 + 0.2 / 4,
        "that is the label without smoothing": lambda: label(0, 5)[0],
        "that is what is taken away": lambda: 0.2,
    },
    "smallest_loss": {
        "only without smoothing can it come as close to zero as you like; with it, even the best answer costs something": (
            lambda s, classes: entr(label(0, classes)).sum()
        ),
        "the share s is spread over all classes, the right one included": lambda s, classes: entr(
            [1 - s, *[s / (classes - 1)] * (classes - 1)]
        ).sum(),
        "that is the loss for the right class alone, as if the others did not count": lambda s, classes: -log(label(s, classes)[0]),
        "the other classes are missing; each has a share of s / classes in the label": lambda s, classes: entr(label(s, classes)[0]),
        "take the natural logarithm, as the loss does": lambda s, classes: -label(s, classes) @ np.log2(label(s, classes)),
        "the sign is wrong: logarithms of shares are negative, and a loss is not": lambda s, classes: -entr(label(s, classes)).sum(),
        "there are classes - 1 other classes, not one": lambda s, classes: entr(label(s, classes)[:2]).sum(),
    },
    "four_replicas: images": {
        "that is the whole batch, which the replicas divide among themselves": lambda: 128,
        "the recipe's batch is divided, not multiplied, so that the result stays the same": lambda: 128 * 4,
    },
    "four_replicas: updates": {
        "the last batch is small, but it is a batch": lambda: 50_000 // 128,
        "a replica makes no update from its own part alone: the gradients of all replicas are averaged first": lambda: ceil(
            50_000 / (128 / 4)
        ),
        "replicas share a batch instead of taking one each, so there are as many updates as before": lambda: ceil(50_000 / (128 * 4)),
    },
    "ask_twice": {
        "that turns the images upside down: the axes are images, rows, columns and channels": both(lambda images: np.flip(images, 1)),
        "that swaps red and blue: the last axis counts channels": both(lambda images: images[..., [2, 1, 0]]),
        "that takes the images in reverse order: the first axis counts them": both(lambda images: np.flip(images, 0)),
        "that turns the images by half a turn; mirror the columns only": both(lambda images: np.rot90(images, 2, (1, 2))),
        "probabilities add up to one: take the mean of both, not the sum": lambda predict, images: (
            predict(images) + predict(np.flip(images, 2))
        ),
        "it mixes the two images and asks once; ask twice, and mix the answers": lambda predict, images: predict(
            np.mean([images, np.flip(images, 2)], axis=0)
        ),
        "that is the mirror image alone; the image itself counts as well": lambda predict, images: predict(np.flip(images, 2)),
        "that asks about the image alone": lambda predict, images: predict(images),
    },
}
