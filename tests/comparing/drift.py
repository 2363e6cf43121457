"""What the sentences of chapter "When activations drift" compare."""

import itertools
import re
from collections.abc import Callable
from functools import cache

import nbformat
import numpy as np

from bookbuild import claims_page
from cnnbook import data, models, records, reference
from cnnbook.keras_quietly import keras, layers, tf
from cnnbook.models import ablations
from cnnbook.training.activation_watch import LEAVING
from tests import drawn
from tests import remembered as trial
from tests.conftest import ROOT
from tests.recorded import moved, rises
from tests.remembered import kinds, near
from tests.test_chapters import printed

MEASURED = claims_page.measured_values()
WATCHED = (ablations.without_batch_norm, models.cnn, ablations.noisy_batch_norm)
# Two photographs as small as the chapter's images, and eight pieces of one of them with a class each.
SMALL = np.array([data.photograph(name, size=(32, 32)) for name in ("temple", "flower")])
PIECES = data.photograph("flower", size=(64, 128)).reshape(2, 32, 4, 32, 3).swapaxes(1, 2).reshape(8, 32, 32, 3)
LABELS = np.eye(10)[:8]


def loss_around_an_update() -> list[float]:
    """What Keras says that it was when it makes an update, and what it is before and after."""
    inputs, labels = np.eye(4)[:, :3], np.eye(2)[[0, 1, 0, 1]]
    network = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
    network.compile(keras.optimizers.SGD(0.1), "mse", run_eagerly=True)
    before = network.evaluate(inputs, labels, verbose=0)
    return [network.train_on_batch(inputs, labels), before, network.evaluate(inputs, labels, verbose=0)]


def printed_exponents() -> list[int]:
    """Of the losses that are still numbers, as the chapter prints them."""
    cells = nbformat.read(ROOT / "chapters" / "05_drift.ipynb", as_version=4).cells
    lines = printed([cell for cell in cells if cell.cell_type == "code"])
    return [int(found[1]) for line in lines if (found := re.match(r"update \d+: loss 10\^(\d+)", line))]


def run(pixels: np.ndarray, longest: float = np.inf) -> tuple[list[float], list[float]]:
    """The chapter's small network, trained for a few updates in NumPy: how long each step is, and the loss before it."""
    draws, steps, losses = np.random.default_rng(0), [], []
    first, second, dense = (
        draws.uniform(-side, side, shape) for side, shape in ((0.2, (3, 3, 3, 10)), (0.15, (3, 3, 10, 20)), (0.07, (1280, 10)))
    )
    same = {"stride": 2, "padding": "same"}
    for _ in range(5):
        one = reference.conv2d(pixels, first, **same)
        two = reference.conv2d(reference.leaky_relu(one), second, **same)
        flat = reference.leaky_relu(two).reshape(len(two), -1)
        losses.append(float(reference.softmax_cross_entropy(flat @ dense, LABELS)))
        error, of_dense, _ = reference.dense_gradients(flat, dense, reference.softmax_cross_entropy_gradients(flat @ dense, LABELS))
        error = reference.leaky_relu_gradients(two, error.reshape(two.shape))
        error, of_second, _ = reference.conv2d_gradients(reference.leaky_relu(one), second, error, **same)
        _, of_first, _ = reference.conv2d_gradients(pixels, first, reference.leaky_relu_gradients(one, error), **same)
        norm = np.sqrt(sum((gradient**2).sum() for gradient in (of_first, of_second, of_dense)))
        rate = min(0.03, longest / norm)
        first, second, dense = first - rate * of_first, second - rate * of_second, dense - rate * of_dense
        steps.append(float(rate * norm))
    return steps, losses


def nudged() -> list[float]:
    """How far the layers of the plain network move, bottom first, when only the lowest takes a step as Adam's first one."""
    keras.utils.set_random_seed(0)
    network, images = ablations.without_batch_norm(), data.scale(PIECES)
    activations = [layer for layer in network.layers if isinstance(layer, layers.LeakyReLU)]
    probe = keras.Model(network.inputs, [layer.input for layer in activations])
    before, kernel = probe([images]), network.layers[1].kernel
    with tf.GradientTape() as tape:
        loss = keras.losses.CategoricalCrossentropy()(LABELS, network(images))
    kernel.assign_sub(0.0005 * np.sign(tape.gradient(loss, kernel)))
    pairs = [[np.reshape(values, (-1, values.shape[-1])) for values in pair] for pair in zip(before, probe([images]), strict=True)]
    return [float(np.mean(abs(after.mean(0) - old.mean(0)) / old.std(0))) for old, after in pairs]


def noise(*, training: bool) -> np.ndarray:
    """What a new layer of noise makes of threes: each in a channel of its own."""
    return ablations.ChannelNoise()(np.full((1, 20_000), 3, np.float32), training=training).numpy()


def tallest(step: int) -> np.ndarray:
    """How tall the tallest bar of the plain network's histograms is, each layer on its own scale: [run][layer]."""
    return np.array([[max(layer[step]) for layer in watched.counts] for watched in records.load_activations("without_batch_norm")])


def widened(experiment: str = "without_batch_norm") -> np.ndarray:
    """How many times as wide as at first the histograms of what enters are at last: [run][layer]."""
    return np.array([[layer[-1] / layer[0] for layer in watched.sds] for watched in records.load_activations(experiment)])


@cache
def late(experiment: str, of: str) -> np.ndarray:
    """How far something moves in one update, by run, over layers and the later updates; "entering" is the mean of what enters."""
    runs = records.load_activations(experiment)
    return np.array(
        [np.mean(run.moved if of == "entering" else run.left_moved[of], axis=0)[np.array(run.steps) >= 100].mean() for run in runs]
    )


def steadier(of: str) -> np.ndarray:
    """By what factor with BatchNormalization, by run."""
    return late("without_batch_norm", of) / late("cnn", of)


def lost(changed: np.ndarray, *, fine: bool) -> float:
    """How much of the fine (or of the coarse) detail of the small photographs a change spoils, as a share of it; waves shorter than four
    pixels are fine."""
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(32), np.fft.fftfreq(32)))
    before, after = (np.fft.fft2(images.astype(float), axes=(1, 2))[:, (frequency > 1 / 4) == fine] for images in (SMALL, changed))
    return float((abs(after - before) ** 2).sum() / (abs(before) ** 2).sum())


SHOWN: dict[str, Callable[[], bool]] = {
    "For each update we note the loss before it, and how large the first layer's largest weight is after it.": lambda: (
        near(*(around := loss_around_an_update())[:2])
        and around[1] > around[2]
        and drawn.says("05_drift", "network.train_on_batch(", "np.abs(network.layers[1].kernel.numpy()).max()")
    ),
    "Look at the exponents of the loss: each is more than twice the one before.": lambda: (
        len(exponents := printed_exponents()) > 2
        and all(later > 2 * earlier for earlier, later in itertools.pairwise(exponents))
        and MEASURED["exponents_double"]
    ),
    "In this run it is, because from then on each step makes the next one larger.": lambda: (
        rises(run(PIECES)[0])
        and run(PIECES)[1][-1] > 1e6 * run(PIECES)[1][0]
        and not rises(run(data.scale(PIECES))[0])
        and (shortened := run(PIECES, longest=0.1)[1])[-1] < shortened[0]
        and MEASURED["all_gradients_explode"] > 1
    ),
    "But the second layer's input is the first layer's output, and nobody scales that; worse, it changes with every update.": lambda: (
        kinds(ablations.without_batch_norm())[1:4] == ["Conv2D", "LeakyReLU", "Conv2D"]
        and min(min(run.left_moved[of][0]) for run in records.load_activations("without_batch_norm") for of in LEAVING) > 0
    ),
    "Then somebody tilts the lowest block a little, and all the others move too, the highest the most.": lambda: (
        min(shifts := nudged()) > 0 and shifts[-1] > max(shifts[:-1])
    ),
    "(Like the other two, it has one more layer near its end, the Dropout of chapter 7 (Dropout), which does not matter here.)": lambda: (
        all(
            (names := kinds(build())).count("Dropout") == 1
            and names.index("Dropout") > len(names) - 5
            and "LeakyReLU" not in names[names.index("Dropout") :]  # what is watched comes before it
            for build in WATCHED
        )
    ),
    "Once the network has been trained and is used for prediction, nothing is random any more: the layer applies the mean of its "
    "noise.": lambda: (
        np.ptp(noise(training=False)) == 0 < np.ptp(noise(training=True))
        and abs(noise(training=False).mean() - noise(training=True).mean()) < 0.02
    ),
    "In the upper layers, most of all in the dense one, the plain network's histogram is a thin needle at first, and then "
    "spreads.": lambda: (
        all(rises(bars) for bars in tallest(0))
        and (tallest(0) / tallest(-1))[:, 1:].min() > 1
        and widened()[:, 1:].min() > 1.3
        and (widened()[:, -1] > 2 * widened()[:, :-1].max(1)).all()
    ),
    "So what BatchNormalization pins is mostly the mean that it sets itself.": lambda: (
        steadier("entering").min() > 3 * max(steadier(of).max() for of in LEAVING)
        and near(trial.normalised(trial.IMAGES + 5, training=True).mean((0, 1, 2)), trial.BETA)
    ),
    "In the noisy network, then, what enters the activations never holds still; in the runs that we watched, it moved far more than in "
    "the plain one.": lambda: (
        moved("noisy_batch_norm").min() > 0.1
        and (moved("noisy_batch_norm") > 1.5 * moved("without_batch_norm")).all()
        and late("noisy_batch_norm", "entering").min() > 10 * late("without_batch_norm", "entering").max()
    ),
    "Perhaps it looks more at fine detail, which blur and noise spoil first; that is a guess, and these curves do not test it.": lambda: (
        all(
            lost(changed, fine=True) > max(0.4, 20 * lost(changed, fine=False))
            for changed in (data.blurred(SMALL, 1), data.noisy(SMALL, 40))
        )
    ),
    "But then the biases, whose input is always one, hardly move at all.": lambda: 1 / MEASURED["square_ratio"] < 1e-4,
    "With BatchNormalization the histogram hardly changes its width, and it moves only with a shift that the layer learns.": lambda: (
        abs(widened("cnn") - 1).max() < 0.2 and widened().max() > 1.5
    ),
}

# A sentence -> why nothing is computed.
SAID: dict[str, str] = {
    "Ioffe and Szegedy also had a story to explain why it works: a layer learns better when what it receives holds still.": (
        "what a cited work says; the chapter tests it"
    ),
    "proposed BatchNormalization, and gave as the reason for its success that the inputs of the layers move less.": (
        "what a cited work says"
    ),
    "ran an experiment like ours on a larger network.": "what a cited work did",
    "They found instead that the layer makes the loss change more smoothly along the direction of a step, so that a gradient still holds "
    "good after a longer step.": "what a cited work found",
    "found that the main gain comes from the larger learning rates that BatchNormalization makes possible.": "what a cited work found",
    "(Something else, with nearly the same name, comes at the end of this chapter.)": "says where the chapter goes on",
    "There is an older and simpler idea with nearly the same name.": "a transition; both names stand in the chapter",
}
