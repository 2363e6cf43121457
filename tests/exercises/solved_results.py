"""What the solutions of the chapters on Dropout, the whole network and going further say, and whether it is so."""

import re
from collections.abc import Callable
from itertools import combinations, product
from math import hypot, sqrt

import numpy as np
from scipy.special import entr, log_softmax
from scipy.stats import binom, sem, ttest_ind

from bookbuild import claims_page
from cnnbook import article, data, models, recipes, records
from cnnbook.data.changes import pixel_order
from cnnbook.keras_quietly import keras, layers, tf
from cnnbook.training import augmentation
from tests import remembered as trial
from tests.exercises.explained.going_further import label
from tests.exercises.explained.whole_network import CHANNELS, DENSE, PARAMETERS, SIDES, WORK
from tests.exercises.test_explanations import EXPECTED
from tests.exercises.test_questions import ASKED
from tests.recorded import curve, mean
from tests.remembered import GREY, IMAGES, near

MEASURED = claims_page.measured_values()
OUTPUTS, ERRORS = GREY.ravel(), trial.FILTER.ravel().repeat(4)  # of 36 units; of what comes after them
LEAD = 0.005  # half a point


def dropped(rate: float, shape: tuple[int, ...] = (100, 128)) -> np.ndarray:
    """What Keras's Dropout makes of ones."""
    return layers.Dropout(rate, seed=2)(np.ones(shape), training=True).numpy()


def variance_of_heads(tosses: int, chance: float) -> float:
    """Over everything that can come of so many tosses."""
    heads = [(sum(coins), np.prod([chance if coin else 1 - chance for coin in coins])) for coins in product((0, 1), repeat=tosses)]
    average = sum(number * share for number, share in heads)
    return sum((number - average) ** 2 * share for number, share in heads)


def through_dropout(outputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What Keras's Dropout, always with the same mask, makes of the outputs, and of the errors on the way back."""
    outputs = tf.constant(outputs)
    with tf.GradientTape() as tape:
        tape.watch(outputs)
        passed_on = layers.Dropout(0.5, seed=3)(outputs, training=True)
    return passed_on.numpy(), tape.gradient(passed_on, outputs, output_gradients=tf.constant(ERRORS, passed_on.dtype)).numpy()


def signs_after_dropout() -> np.ndarray:
    """Of many values of mean zero and variance one, at a rate of one half."""
    return layers.Dropout(0.5, seed=4)(np.resize([-1.0, 1.0], 20_000), training=True).numpy()


def whole_maps() -> np.ndarray:
    """What Keras's layer for whole maps makes of ones, at a rate of one quarter."""
    return layers.SpatialDropout2D(0.25, seed=2)(np.ones((500, 4, 4, 20), "float32"), training=True).numpy()


def is_used_everywhere(kind: str) -> bool:
    """Is a convolution's work its weights without the biases, once for each place of its map?"""
    return WORK[kind] == SIDES[kind] ** 2 * (PARAMETERS[kind] - CHANNELS[kind][1])


def still_together() -> float:
    """The share of pixels beside or beneath each other that still are after shuffling."""
    return float(np.isin(abs(np.diff(pixel_order(32 * 32))), (1, 32)).mean())


def following(order: np.ndarray) -> bool:
    """Does a dense layer give for shuffled images what it gave for the images, when its weights are put in this order?"""
    images = np.random.default_rng(0).integers(0, 256, (2, 4, 4, 3), np.uint8)
    weights = np.random.default_rng(1).normal(size=(16, 3, 5))
    moved = data.shuffled(images).reshape(2, -1) @ weights[order].reshape(48, 5)
    return near(moved, images.reshape(2, -1) @ weights.reshape(48, 5))


def intervals() -> list[tuple[float, float]]:
    """Of recipe A, of recipe B, and of B minus A, as the question gives them."""
    return [(float(low), float(high)) for low, high in re.findall(r"([\d.]+) to ([\d.]+)", ASKED["two_intervals"][0])]


def halves() -> list[float]:
    """Of their widths."""
    return [(high - low) / 2 for low, high in intervals()]


def spreads() -> tuple[float, float, float]:
    """Of runs in pairs that share much of their chance, and of the differences in the pairs."""
    shared, first, second = np.random.default_rng(0).normal(size=(3, 1_000)) * [[2], [1], [1]]
    return (shared + first).std(), (shared + second).std(), (second - first).std()


def runs_needed() -> int:
    return EXPECTED["seeds_needed"].right(LEAD, scatter())


def scatter() -> float:
    """The standard deviation of one run."""
    return float(np.std(records.test_accuracies("cnn"), ddof=1))


def sampled() -> float:
    """The standard deviation that the choice of the test images gives an accuracy."""
    return binom(article.TEST_IMAGES, mean("cnn")).std() / article.TEST_IMAGES


def differ_by(accuracy: float) -> float:
    """The share of pairs of runs of one network and one recipe that do, by so much or more."""
    pairs = combinations(records.test_accuracies("cnn"), 2)
    return float(np.mean([abs(one - other) >= accuracy for one, other in pairs]))


def found(runs: int, sd: float) -> float:
    """How often a t test finds a lead of half a point, when two experiments are repeated many times with so many runs each."""
    first, second = np.random.default_rng(0).normal(size=(2, runs, 4_000)) * sd
    return float((ttest_ind(second + LEAD, first).pvalue < 0.05).mean())


def places_after_shifts() -> np.ndarray:
    """Where a pixel in the middle goes in many draws of the recipe's shifts: (2, draws), rows and columns."""
    images = np.zeros((1_000, 9, 9, 1), "float32")
    images[:, 4, 4] = 1
    return np.argwhere(augmentation.shift(images, recipes.FURTHER.shifts, 0).numpy())[:, 1:3].T


def asked_for(s: float, classes: int) -> np.ndarray:
    """The label that Keras makes of a smoothed one for the first class, found by its losses for different answers."""
    logits = np.random.default_rng(0).normal(size=(classes, classes))
    smoothed = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=s, reduction=None)
    return np.linalg.solve(-log_softmax(logits, 1), smoothed(np.eye(classes)[[0] * classes], logits).numpy())


def losses_with_smoothing() -> np.ndarray:
    """With five classes and a share of a fifth, of answers at random."""
    logits = 2 * np.random.default_rng(0).normal(size=(300, 5))
    return -log_softmax(logits, 1) @ label(0.2, 5)


SOLVED: dict[str, dict[str, Callable[[], bool] | str]] = {
    # Dropout
    "scale_of_survivors": {
        "one unit in five survives, and has to stand for five.": lambda: (
            abs((dropped(0.8) > 0).mean() - 1 / 5) < 0.02 and near(np.unique(dropped(0.8)), [0, 5])
        ),
    },
    "survivors": {
        "toss a coin for each unit.": lambda: (
            np.ptp((dropped(0.5) > 0).mean(0)) < 0.4
            and abs((dropped(0.5, (2_000, 128)) > 0).sum(1).std() / binom(128, 0.5).std() - 1) < 0.05
        ),
        "The variance of the number of heads is n · p · (1 − p).": lambda: all(
            near(variance_of_heads(n, p), n * p * (1 - p)) for n, p in ((6, 0.5), (5, 0.2))
        ),
    },
    "errors_behind_dropout": {
        "the same mask and the same factor as on the way forward.": lambda: (
            (passed := through_dropout(OUTPUTS)) and near(passed[1], ERRORS * passed[0] / OUTPUTS) and 0 < (passed[0] == 0).mean() < 1
        ),
        "The outputs of the units play no part.": lambda: near(through_dropout(OUTPUTS)[1], through_dropout(7 - 2 * OUTPUTS)[1]),
    },
    "what_matters": {
        # from the last epoch back to the first, the network gets worse at them, and on new images too
        "the gap also closes when a network gets worse at what it was trained on.": lambda: (
            (gap := (trained := curve("cnn", "train_accuracy")) - (new := curve("cnn")))[0] < gap[-1] / 2
            and trained[0] < trained[-1]
            and new[0] < new[-1]
        ),
    },
    "apply_mask": {
        "zero where the mask says so; the others are divided by the share that is expected to survive.": lambda: (
            near(np.unique(dropped(0.25)), [0, 1 / (1 - 0.25)]) and not near(dropped(0.25).max(), 1 / (dropped(0.25) > 0).mean())
        ),
    },
    "variance_before_batch_norm": {
        "half of the values become 0 and the others twice as large, so the mean square is half of 4.": lambda: (
            abs((signs_after_dropout() == 0).mean() - 1 / 2) < 0.02
            and near(np.unique(abs(signs_after_dropout())), [0, 2])
            and abs((signs_after_dropout() ** 2).mean() - 4 / 2) < 0.1
        ),
    },
    "drop_whole_maps": {
        "draw once for each image and channel; NumPy spreads it over rows and columns.": lambda: (
            (kept := whole_maps() > 0)[:, 0, 0].std(0).min() > 0 < kept[:, 0, 0].std(1).max()
            and near(np.where(kept[:, :1, :1], np.ones(kept.shape) / 0.75, 0), whole_maps())
        ),
        "Keras drops whole maps too, about the same share of them, and keeps the mean.": lambda: (
            (whole_maps() == whole_maps()[:, :1, :1]).all()
            and abs((whole_maps() == 0).mean() - 0.25) < 0.02
            and abs(whole_maps().mean() - 1) < 0.03
        ),
    },
    # The whole network
    "largest_layers": {
        "they are different layers.": lambda: max(PARAMETERS, key=PARAMETERS.get) != max(WORK, key=WORK.get),
        "One is dense, the other is used at every place of a map.": lambda: (
            max(PARAMETERS, key=PARAMETERS.get) in DENSE and is_used_everywhere(max(WORK, key=WORK.get))
        ),
    },
    "seven_tenths": {
        "no.": lambda: differ_by(0.007) > 0.2,
        "Runs vary about as much from seed to seed, and other test images would add to that.": lambda: (
            1 / 2 < scatter() / 0.007 < 2 and hypot(scatter(), sampled()) > 1.1 * scatter()
        ),
    },
    "shuffled_pixels": {
        "its filters look at neighbouring pixels, and those are no longer together.": lambda: (
            {layer.kernel_size for layer in models.cnn().layers if isinstance(layer, layers.Conv2D)} == {(3, 3)} and still_together() < 0.01
        ),
        "In a dense layer each weight can follow its pixel to the new place.": lambda: (
            following(pixel_order(16)) and not following(np.arange(16))
        ),
    },
    "two_intervals": {
        "the question is about the difference, and its whole interval is above zero.": lambda: (
            intervals()[0][1] > intervals()[1][0] and intervals()[2][0] > 0
        ),
        "What both runs of a seed share cancels in it, so it is narrower than the two others suggest.": lambda: (
            halves()[2] < hypot(*halves()[:2]) and spreads()[2] < 0.7 * hypot(*spreads()[:2])
        ),
    },
    "standard_error": {
        "the variances of both means add up, and the root comes last.": lambda: all(
            near((np.mean(a) - np.mean(b)) / ttest_ind(a, b, equal_var=False).statistic, sqrt(sem(a) ** 2 + sem(b) ** 2))
            for a, b in EXPECTED["standard_error"].cases
        ),
        "but a lead of just that size would be missed about every other time, since the runs scatter.": lambda: (
            0.4 < found(runs_needed(), scatter()) < 0.6 and found(runs_needed(), scatter() / 10) > 0.99
        ),
        "To find it four times out of five takes more.": lambda: (
            found(runs_needed(), scatter()) < 4 / 5 < found(3 * runs_needed(), scatter())
        ),
    },
    # Going further
    "different_images": {
        "up to two pixels either way, or none, makes five steps down or up and five across, and each image can be mirrored.": lambda: (
            [np.unique(steps - 4).tolist() for steps in places_after_shifts()] == [[-2, -1, 0, 1, 2]] * 2
            and len(np.unique(augmentation.flip(IMAGES[[0] * 50], 0).numpy(), axis=0)) == 2
        ),
    },
    "smoothed_label": {
        "the right class keeps the rest, and gets back a fifth of what is spread.": lambda: near(asked_for(0.2, 5)[0], (1 - 0.2) + 0.2 / 5),
    },
    "smallest_loss": {
        "it is smallest where the network answers with the smoothed label itself.": lambda: (
            np.argmin([trial.smoothed_loss(hundredths / 100) for hundredths in range(80, 100)]) == 91 - 80
            and losses_with_smoothing().min() > entr(label(0.2, 5)).sum()
        ),
    },
    "four_replicas": {
        "they divide each batch, so there are as many updates as before.": lambda: (
            near(trial.mean_gradient(*(slice(part, part + 2) for part in range(0, 8, 2))), trial.mean_gradient(slice(8)))
            and EXPECTED["four_replicas: updates"].right * recipes.FURTHER.epochs
            == recipes.updates(article.TRAINING_IMAGES, recipes.FURTHER)
        ),
    },
    "ask_twice": {
        "the third axis counts the columns; turn it round.": lambda: near(tf.image.flip_left_right(IMAGES), np.flip(IMAGES, axis=3 - 1)),
        "part of what it gets wrong depends on which way an image looks, and in the mean of two answers that partly cancels.": lambda: (
            0 < MEASURED["asked_twice"] < 1 - mean("cnn_better")
        ),
    },
}
