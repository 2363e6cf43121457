"""What sentences with filled-in numbers are compared with: leads by rate, gaps, falls, and small trials."""

import re
from functools import cache

import numpy as np
from scipy.stats import t as student_t

from cnnbook import claims, data, models, records, reference
from cnnbook.claims.statistics import DIFFERENCE_CONFIDENCE
from cnnbook.keras_quietly import keras, layers
from cnnbook.models import ablations
from cnnbook.training import experiments
from tests import drawn
from tests.claims.conftest import code_of
from tests.comparing import drift, stacking, whole_network
from tests.recorded import curve, gain

rng = np.random.default_rng(0)
PIXELS = rng.integers(0, 256, (12, 10)).astype(float)
COUNTED = np.arange(9.0).reshape(3, 3)  # a kernel that is another one when it is flipped
RATE = 0.03  # of the run on raw pixels
# Of the maps of chapter 2's drawing: the left side of the light square, the top left corner of the faint one, the light one's last corner.
STRONG_EDGE, FAINT_CORNER, OPPOSITE = np.s_[11:18, 8:14], np.s_[33:38, 9:14], np.s_[20:25, 26:31]


def slid() -> np.ndarray:
    """By the loop of chapter 1."""
    return drawn.computed("01_convolution", "def slide(")["slide"](PIXELS, COUNTED)


@cache
def single_filters() -> dict[str, np.ndarray]:
    """The maps that chapter 2's two single filters make of its drawing."""
    found = stacking.detector()
    wanted = found["corner_map"](found["drawing"])[1]
    return {"sum": found["sum_map"](found["drawing"]), "closest": found["closest_filter"](found["drawing"], wanted)}


def times_the_faint_corner(which: str, where: tuple[slice, slice]) -> float:
    """How much a filter gives there, over what it gives at the faint corner."""
    return float(single_filters()[which][where].max() / single_filters()[which][FAINT_CORNER].max())


def mixing_error(between) -> float:
    """Of two layers with this between them: how far their output for a mixture is from the mixture of their outputs."""
    one, other = stacking.IMAGES, stacking.IMAGES[:, ::-1]
    mixed, *apart = (stacking.two_layers(images, between=between) for images in (0.3 * one + 0.7 * other, one, other))
    return float(abs(mixed - (0.3 * apart[0] + 0.7 * apart[1])).max() / abs(mixed).max())


def chain() -> list[np.ndarray]:
    """Three dense layers as they start."""
    draws = np.random.default_rng(0)
    return [draws.uniform(-side, side, shape) for side, shape in ((0.02, (3072, 10)), (0.4, (10, 20)), (0.4, (20, 10)))]


def gradients(weights: list[np.ndarray]) -> list[np.ndarray]:
    """Of the chain, on raw pixels."""
    inputs, sums = [drift.PIECES.reshape(8, -1).astype(float)], []
    for weight in weights:
        sums.append(inputs[-1] @ weight)
        inputs.append(reference.leaky_relu(sums[-1]))
    error, found = reference.softmax_cross_entropy_gradients(sums[-1], drift.LABELS), []
    for place in (2, 1, 0):
        found.insert(0, inputs[place].T @ error)
        if place:
            error = reference.leaky_relu_gradients(sums[place - 1], error @ weights[place].T)
    return found


def growth_of_gradients(*trained: int) -> np.ndarray:
    """By how many powers of ten those of the trained layers grow, update by update, where the other layers keep their weights."""
    weights, sizes = chain(), []
    for _ in range(5):
        found = gradients(weights)
        sizes.append([np.log10(np.linalg.norm(found[place])) for place in trained])
        weights = [weight - RATE * of * (place in trained) for place, (weight, of) in enumerate(zip(weights, found, strict=True))]
    return np.diff(sizes, axis=0)


def fed_by(enlarged: int) -> list[float]:
    """How many times as large each layer's gradient is when the weights of one are a hundred times as large."""
    weights = [weight * (100 if place == enlarged else 1) for place, weight in enumerate(chain())]
    pairs = zip(gradients(weights), gradients(chain()), strict=True)
    return [float(np.linalg.norm(after) / np.linalg.norm(before)) for after, before in pairs]


def at_start(experiment: str) -> np.ndarray:
    """The standard deviation of what enters each layer's activation before training, by run."""
    return np.array([[layer[0] for layer in watched.sds] for watched in records.load_activations(experiment)])


def jolt(sd: float) -> float:
    """How far apart two steps of the noise put the mean of a channel, in standard deviations of its values."""
    values = np.random.default_rng(0).normal(0, sd, (100, 1000)).astype("float32")
    one, other = (ablations.ChannelNoise()(values, training=True).numpy().mean(0) for _ in range(2))
    return float(abs(one - other).mean() / sd)


def highest_useful(build) -> float:
    """The highest rate of gradient descent in the sweep at which every run gets more than twice as much right as guessing would."""
    names = {rate: experiments.sweep_name(build.__name__, "sgd", rate) for rate in experiments.RATES["sgd"]}
    return max(rate for rate, name in names.items() if min(run.history["val_accuracy"][-1] for run in records.load(name)) > 2 / 10)


def leads(optimizer: str) -> dict[float, claims.Difference]:
    """What the layer adds on held-out images, by rate of the sweep."""
    rates = experiments.RATES[optimizer]
    pairs = [[experiments.sweep_name(build.__name__, optimizer, rate) for build in experiments.SWEPT] for rate in rates]
    return {rate: gain(*pair, of="held_out_accuracy") for rate, pair in zip(rates, pairs, strict=True)}


def growth_of_lead() -> claims.Difference:
    """By how much the layer's lead after ten epochs of Adam is larger at the higher of the two rates."""
    names = "cnn_higher_rate", "best_adam_without_batch_norm", "cnn", "without_batch_norm"
    with_layer, without, with_layer_low, without_low = claims.on_same_seeds(*names)
    return claims.paired_difference(claims.differences(with_layer, without), claims.differences(with_layer_low, without_low))


@cache
def by_heart() -> tuple[np.ndarray, np.ndarray]:
    """Of a softmax classifier that learns sixty examples by heart: its loss on new ones, and how sure it is there of its mistakes."""
    draws, losses, sure, weights = np.random.default_rng(0), [], [], np.zeros((40, 3))
    inputs = draws.normal(size=(1060, 40))
    labels = np.eye(3)[(inputs[:, :3] + draws.normal(size=(1060, 3))).argmax(1)]
    own, new = slice(60), slice(60, None)
    for step in range(1, 3001):
        weights = weights - 0.1 * inputs[own].T @ reference.softmax_cross_entropy_gradients(inputs[own] @ weights, labels[own])
        if step in (1, 3, 10, 30, 100, 300, 1000, 3000):
            logits = inputs[new] @ weights
            mistakes = logits.argmax(1) != labels[new].argmax(1)
            losses.append(float(reference.softmax_cross_entropy(logits, labels[new])))
            sure.append(reference.softmax(logits[mistakes]).max(1).mean())
    return np.array(losses), np.array(sure)


def known_as_well(experiment: str, other: str) -> tuple[int, float]:
    """The epoch at which a network knows its training images about as well as another does at last, and its gap then."""
    own = curve(experiment, "train_accuracy")
    epoch = int(abs(own - curve(other, "train_accuracy")[-1]).argmin())
    return epoch + 1, float(own[epoch] - curve(experiment)[epoch])


@cache
def keep_their_answer() -> tuple[float, float]:
    """For which share of pieces of photographs the largest logit stays the largest: with their real variance, and with their mean as well.

    Of the network whose last BatchNormalization comes after Dropout.
    """
    photographs = [data.photograph(name, size=(side, side)) for name in ("temple", "flower") for side in (64, 96, 128)]
    windows = [np.lib.stride_tricks.sliding_window_view(image, (32, 32), (0, 1))[::16, ::16] for image in photographs]
    pieces = data.scale(np.concatenate([np.moveaxis(each, 2, -1).reshape(-1, 32, 32, 3) for each in windows]))
    network = experiments.trained("dropout_before_batch_norm")
    norm = [layer for layer in network.layers if isinstance(layer, layers.BatchNormalization)][-1]
    arriving, head = keras.Model(network.inputs, norm.input)([pieces]).numpy(), keras.Model(norm.input, network.layers[-1].input)
    answers = [head(arriving).numpy().argmax(1)]
    for statistic, real in ((norm.moving_variance, arriving.var(0)), (norm.moving_mean, arriving.mean(0))):
        statistic.assign(real)
        answers.append(head(arriving).numpy().argmax(1))
    return float(np.mean(answers[1] == answers[0])), float(np.mean(answers[2] == answers[0]))


def most_confused(matrix: list[list[int]]) -> tuple[int, int]:
    """By chapter 8's lines."""
    values = {"np": np, "matrix": np.array(matrix)}
    exec(re.search(r"mutual = matrix.*?(?=\nclaims)", code_of("08_whole_network"), re.DOTALL)[0], values)
    return int(values["first"]), int(values["second"])


@cache
def falls() -> dict[str, np.ndarray]:
    """How far the probability of the trained network's answer falls in two networks where a grey square hides a place of a cat."""
    keras.utils.set_random_seed(0)
    networks = {"untrained": models.cnn(), "trained": experiments.trained("cnn")}
    image = data.scale(whole_network.cat("cat")[None])
    images = np.concatenate([image, whole_network.covered(image)])
    found = {name: network(images).numpy() for name, network in networks.items()}
    answer = found["trained"][0].argmax()
    return {name: probabilities[0, answer] - probabilities[1:, answer] for name, probabilities in found.items()}


def leaves_zero_out(rows: int) -> float:
    """In what share of imagined tables of rows without any effect at least one interval, of ten seeds, leaves zero out."""
    tables = np.random.default_rng(0).normal(size=(4000, rows, 10))
    reach = student_t.ppf((1 + DIFFERENCE_CONFIDENCE) / 2, 9) * tables.std(2, ddof=1) / np.sqrt(10)
    return float((abs(tables.mean(2)) > reach).any(1).mean())


def best_number(*names: str) -> float:
    """The largest of all test accuracies of one run of each network, mean over the seeds."""
    runs = zip(*claims.on_same_seeds(*names), strict=True)
    return float(np.mean([max(max(run.history["val_accuracy"]) for run in of_seed) for of_seed in runs]))


def holds_one_more() -> float:
    """How often a prediction interval of five runs has one more of the same kind in it."""
    runs = np.random.default_rng(0).normal(0.77, 0.01, (500, 6))
    intervals = [claims.prediction_interval(each[:5]) for each in runs]
    return float(np.mean([low <= one_more <= high for (low, high), one_more in zip(intervals, runs[:, 5], strict=True)]))


def reached(accuracy: float) -> int:
    """How many runs of the article's recipe end there or above."""
    return sum(each >= accuracy for each in records.test_accuracies("cnn"))


def unevenness(step: np.ndarray) -> float:
    """Its largest singular value over its smallest."""
    strengths = np.linalg.svd(step, compute_uv=False)
    return float(strengths[0] / strengths[-1])


def fading() -> np.ndarray:
    """A gradient whose last direction is a twentieth as strong as its first."""
    draws = np.random.default_rng(0)
    left, right = (np.linalg.qr(draws.normal(size=(side, 16)))[0] for side in (24, 16))
    return (left * np.geomspace(1, 1 / 20, 16) @ right.T).astype("float32")


def shown(experiment: str, error: float) -> bool:
    """Does the interval with this chance of leaving out the true difference from the whole network leave out zero?"""
    return claims.paired_difference(*claims.on_same_seeds(experiment, "cnn"), confidence=1 - error).shown
