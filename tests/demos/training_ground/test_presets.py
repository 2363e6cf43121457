"""What the words of a preset say is what its set-up has, and what the network that it sets up does."""

from collections.abc import Callable

import numpy as np
import pytest

from cnnbook import data, records
from cnnbook.demos.training_ground.presets import PRESETS
from cnnbook.keras_quietly import keras, tf
from cnnbook.models import cnn
from cnnbook.training import digits
from tests.exercises.asked import different_after_training

DIGITS = data.load_digits()
STATISTICS = {"BatchNormalization"}


def setup(name: str) -> dict:
    return PRESETS[name]["setup"]


def kinds(name: str) -> list[str]:
    return [layer["kind"] for layer in setup(name)["layers"]]


def differ(one: str, other: str) -> set[str]:
    """The settings in which two presets differ."""
    return {key for key in setup(one) if setup(one)[key] != setup(other)[key]}


def without(kinds_of_layers: list[str], left_out: set[str]) -> list[str]:
    return [kind for kind in kinds_of_layers if kind not in left_out]


def gradients(name: str) -> list[float]:
    """The norm of the gradient of each array of weights before the first update: kernel and bias, layer by layer."""
    model = digits.network(setup(name))
    with tf.GradientTape() as tape:
        logits = model(digits.scaled(DIGITS.x_train[:64], setup(name)["pixels"]), training=True)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(DIGITS.y_train[:64], logits)
    return [float(tf.norm(gradient)) for gradient in tape.gradient(loss, model.trainable_weights)]


def sizes(name: str) -> np.ndarray:
    """The standard deviation of each kernel at the start."""
    keras.utils.set_random_seed(0)
    return np.array([weight.numpy().std() for weight in digits.network(setup(name)).weights if weight.name == "kernel"])


def first_outputs(name: str) -> list[float]:
    """The largest number that leaves each layer with a kernel, before training."""
    keras.utils.set_random_seed(0)
    values, found = digits.scaled(DIGITS.x_train[:64], setup(name)["pixels"]), []
    for layer in digits.network(setup(name)).layers:
        values = layer(values)
        found += [float(abs(values.numpy()).max())] if layer.count_params() else []
    return found


def known_and_new(experiment: str) -> tuple[float, float]:
    """Recorded accuracy at the end, on the images it learned from and on new ones."""
    runs = records.load(experiment)
    return tuple(float(np.mean([run.history[name][-1] for run in runs])) for name in ("train_accuracy", "val_accuracy"))


# The words of a preset -> whether they are so.
TEXTS: dict[str, Callable[[], bool]] = {
    "Two convolutions and one dense layer. Watch the filters while the loss falls.": lambda: (
        [kinds("learning").count(kind) for kind in ("Conv2D", "Dense")] == [2, 1]
        and all(run.history["train_loss"][-1] < run.history["train_loss"][0] for run in records.load("digits_learning"))
    ),
    "Look at the gradient’s norm in each layer: only the last layer has anything to learn from, and there only its bias.": lambda: (
        not any(gradients("zeros")[:-1]) and gradients("zeros")[-1] > 0
    ),
    "All weights of a layer start as the same number, so all its filters get the same gradient and stay copies of each other.": lambda: (
        all(size < 1e-7 for size in sizes("equal")) and different_after_training(8, "kernel", "bias", "top") == 1
    ),
    "Random weights, a hundred times smaller than usual. What leaves a layer is hardly more than zero at first.": lambda: (
        50 < np.exp(np.log(sizes("learning") / sizes("small")).mean()) < 200 and max(first_outputs("small")) < 0.02
    ),
    "Random weights, ten times larger than usual. Look at the loss before the first update.": lambda: (
        5 < np.exp(np.log(sizes("large") / sizes("learning")).mean()) < 20
    ),
    "Random weights whose size depends on how many numbers each unit of the layer adds up.": lambda: np.allclose(
        sizes("he"), np.sqrt([2 / (9 * 1), 2 / (9 * 8), 2 / (4 * 4 * 16)]), rtol=0.15
    ),
    "Pixels from 0 to 255, as an image file holds them. Look for the first number that is not finite.": lambda: (
        digits.scaled(np.array([0, data.MOST_INK]), setup("raw")["pixels"]).tolist() == [0, 255]
        and not any(np.isfinite(run.history["train_loss"][-1]) for run in records.load("digits_raw"))
    ),
    "The same network and the same learning rate as with raw pixels; only the pixels are scaled to between −1 and 1.": lambda: (
        differ("raw", "scaled") == {"pixels"} and setup("scaled")["pixels"] == "-1 to 1"
    ),
    "Keep this run, then train the same network with BatchNorm and compare the two.": lambda: (
        "BatchNormalization" not in kinds("without_norm") and without(kinds("norm"), STATISTICS) == kinds("without_norm")
    ),
    "With BatchNorm, and the same learning rate as without it.": lambda: (
        kinds("norm").count("BatchNormalization") == 2 and differ("norm", "without_norm") == {"layers"}
    ),
    "The network and the training of “Watch it learn”, with BatchNorm added.": lambda: (
        differ("usual_norm", "learning") == {"layers"} and without(kinds("usual_norm"), STATISTICS) == kinds("learning")
    ),
    "A hundred images can be learned by heart. Compare the accuracy on them with that on images the network has never seen.": lambda: (
        setup("hundred")["images"] == 100 and known_and_new("digits_hundred")[0] > 0.99 > known_and_new("digits_hundred")[1] + 0.02
    ),
    "The same hundred images and the same network, with Dropout before its last layer.": lambda: (
        differ("dropout", "hundred") == {"layers"}
        and kinds("dropout")[-2:] == ["Dropout", "Dense"]
        and without(kinds("dropout"), {"Dropout"}) == kinds("hundred")
    ),
    "The shape of the book’s whole network: four convolutions, BatchNorm after each, and Dropout before the last layer.": lambda: (
        kinds("whole") == [type(layer).__name__ for layer in cnn().layers if type(layer).__name__ not in ("InputLayer", "Softmax")]
        and all(kinds("whole")[place + 1] == "BatchNormalization" for place, kind in enumerate(kinds("whole")) if kind == "Conv2D")
        and kinds("whole").count("Conv2D") == 4
        and kinds("whole")[-2:] == ["Dropout", "Dense"]
    ),
}


def test_no_preset_says_anything_that_is_not_checked():
    assert {name: preset["text"] for name, preset in PRESETS.items() if preset["text"] not in TEXTS} == {}, (
        "add the words to TEXTS, with how to check them"
    )
    assert TEXTS.keys() == {preset["text"] for preset in PRESETS.values()}


@pytest.mark.parametrize("text", TEXTS)
def test_what_a_preset_says_is_so(text):
    assert TEXTS[text]()
