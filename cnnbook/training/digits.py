"""The trainings of the training ground by Keras, with ten seeds each: what the chapters say that readers will see there.

Usage: python -m cnnbook.training.digits [experiment ...]      (default: all; runs that are recorded already are kept)

Seconds are not recorded: these trainings take few, and nothing is said about them.
"""

import argparse
import hashlib
import sys
from collections.abc import Iterable, Iterator
from datetime import date

import numpy as np

from cnnbook import data, machine, records
from cnnbook.demos.training_ground.presets import PRESETS, UPDATES
from cnnbook.keras_quietly import keras, layers, tf
from cnnbook.run_record import RunRecord
from cnnbook.soundness import digest
from cnnbook.training import digests

SEEDS = 10
CODE = ("training/digits.py",)  # what decides the weights these trainings end with
STAGE = 46  # updates between two measurements: an epoch of all images in batches of 32
REACH = {"-1 to 1": (-1.0, 1.0), "0 to 1": (0.0, 1.0), "0 to 255": (0.0, 255.0)}  # what paper and full ink become
CUT = 0.87962566103423978  # standard deviation of a standard normal distribution cut off at ±2, as the ground's "normal" is
# What Keras calls a layer's settings.
NAMES = {"kernel": "kernel_size", "stride": "strides", "size": "pool_size", "bias": "use_bias", "slope": "negative_slope"}

RATES = (0.2, 0.5)  # of gradient descent with and without BatchNorm, besides the presets' own
# name -> set-up: every preset, and the two about BatchNorm at other rates.
EXPERIMENTS: dict[str, dict] = {
    **{f"digits_{name}": preset["setup"] for name, preset in PRESETS.items()},
    **{f"digits_{name}_{rate:g}": PRESETS[name]["setup"] | {"rate": rate} for name in ("without_norm", "norm") for rate in RATES},
}


def keras_layer(spec: dict, **more) -> keras.Layer:
    """A layer of a set-up as Keras's layer; `more` is handed to layers with a kernel.

    Example:
        >>> keras_layer({"kind": "Conv2D", "filters": 4, "kernel": 3}).kernel_size
        (3, 3)
    """
    settings = {NAMES.get(name, name): value for name, value in spec.items() if name != "kind"}
    return getattr(layers, spec["kind"])(**settings, **(more if spec["kind"] in ("Conv2D", "Dense") else {}))


def network(setup: dict) -> keras.Model:
    """The network of a set-up, with its first weights from Keras's present seed."""
    first = {
        "normal": keras.initializers.TruncatedNormal(stddev=setup["scale"] / CUT),
        "equal": keras.initializers.Constant(setup["scale"]),
    }
    scheme = setup["scheme"]
    made = [keras_layer(spec, kernel_initializer=first.get(scheme, scheme)) for spec in setup["layers"]]
    return keras.Sequential([keras.Input((8, 8, 1)), *made])


def scaled(ink: np.ndarray, pixels: str) -> np.ndarray:
    """Ink from 0 to 16 as the numbers that the network gets, float32.

    Example:
        >>> scaled(np.array([0, 8, 16]), "-1 to 1").tolist()
        [-1.0, 0.0, 1.0]
    """
    low, high = REACH[pixels]
    return (low + (high - low) * (ink / data.MOST_INK)).astype(np.float32)


class Trainer:
    """A network of a set-up, compiled once; each seed starts anew."""

    def __init__(self, setup: dict):
        self.setup, digits = setup, data.load_digits()
        parts = {"train": (digits.x_train[: setup["images"]], digits.y_train[: setup["images"]]), "val": (digits.x_test, digits.y_test)}
        self.parts = {name: (scaled(ink, setup["pixels"]), labels.astype(np.int32)) for name, (ink, labels) in parts.items()}
        self.model = network(setup)
        self.optimizer = {
            "adam": lambda: keras.optimizers.Adam(setup["rate"]),
            "momentum": lambda: keras.optimizers.SGD(setup["rate"], momentum=setup["momentum"]),
            "sgd": lambda: keras.optimizers.SGD(setup["rate"]),
        }[setup["optimizer"]]()
        self.optimizer.build(self.model.trainable_variables)
        self.loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self._zeros = [variable.numpy() for variable in self.optimizer.variables]
        signature = [tf.TensorSpec((None, 8, 8, 1), tf.float32), tf.TensorSpec((None,), tf.int32)]
        self._step = tf.function(self._step, input_signature=signature)
        self._measure = tf.function(self._measure, input_signature=signature)

    def _step(self, images, labels):
        with tf.GradientTape() as tape:
            loss = self.loss(labels, self.model(images, training=True))
        weights = self.model.trainable_variables
        self.optimizer.apply(tape.gradient(loss, weights), weights)
        return loss

    def _measure(self, images, labels):
        logits = self.model(images, training=False)
        right = tf.argmax(logits, axis=-1, output_type=tf.int32) == labels
        return self.loss(labels, logits), tf.reduce_mean(tf.cast(right, tf.float32))

    def run(self, seed: int) -> dict[str, list[float]]:
        """The history of a training from this seed, as `train` records it."""
        keras.utils.set_random_seed(seed)
        for variable, first in zip(self.model.variables, network(self.setup).variables, strict=True):
            variable.assign(first)
        for variable, zero in zip(self.optimizer.variables, self._zeros, strict=True):
            variable.assign(zero)
        images, labels = self.parts["train"]
        history, finite, broken = {}, 0, False
        for update, rows in zip(
            range(1, UPDATES + 1), batches(len(images), self.setup["batch"], np.random.default_rng(seed)), strict=False
        ):
            broken = broken or not np.isfinite(self._step(images[rows], labels[rows]))
            finite += not broken
            if update % STAGE == 0:
                for part, given in self.parts.items():
                    for name, value in zip(("loss", "accuracy"), self._measure(*given), strict=True):
                        history.setdefault(f"{part}_{name}", []).append(round(float(value), 5))
                history.setdefault("finite_updates", []).append(finite)
        return history


def batches(images: int, size: int, draws: np.random.Generator) -> Iterator[np.ndarray]:
    """Without end, rows of a batch; each image comes once an epoch, in an order drawn anew."""
    while True:
        order = draws.permutation(images)
        yield from np.split(order, range(size, images, size))


def train(experiment: str, seeds: Iterable[int] = range(SEEDS)) -> list[RunRecord]:
    """Train one of `EXPERIMENTS` for `UPDATES` updates from each seed; the histories have a value for every `STAGE` of them.

    `train_loss`, `train_accuracy`, `val_loss` and `val_accuracy` (of the test images) are measured in prediction mode;
    `finite_updates` is the number of updates so far whose loss was finite.

    Raises:
        KeyError: there is no such experiment.
    """
    setup = EXPERIMENTS[experiment]
    trainer, same = Trainer(setup), {"experiment": experiment, "model": "digits", "recipe": recipe(setup)}
    same |= {"seconds": None, "versions": machine.versions(), "machine": machine.name(), "date": date.today().isoformat()}
    same["digests"] = digests_of(setup)
    histories = {seed: trainer.run(seed) for seed in seeds}
    return [
        RunRecord(seed=seed, history=history, test_accuracy=history["val_accuracy"][-1], test_loss=history["val_loss"][-1], **same)
        for seed, history in histories.items()
    ]


def digests_of(setup: dict) -> dict[str, str]:
    """What a run with this set-up is made of, as its record carries it."""
    digits = data.load_digits()
    arrays = {part: hashlib.sha256(getattr(digits, part)).hexdigest() for part in ("x_train", "y_train", "x_test", "y_test")}
    model = digests.description(network(setup))
    return {"recipe": digest(recipe(setup)), "network": digest(model), "data": digest(arrays), "code": digests.of_code(CODE)}


def recipe(setup: dict) -> dict:
    """A set-up as it is recorded: without its seed, since a record has its own."""
    return {name: value for name, value in setup.items() if name != "seed"}


def missing_seeds(experiment: str) -> list[int]:
    """Seeds of which no run with the present set-up is recorded."""
    return sorted(set(range(SEEDS)) - {run.seed for run in recorded(experiment)})


def recorded(experiment: str) -> list[RunRecord]:
    """The runs with the present set-up that are recorded so far."""
    runs = records.load(experiment) if records.path_of(experiment).exists() else []
    return [run for run in runs if run.recipe == recipe(EXPERIMENTS[experiment])]


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("experiments", nargs="*", metavar="experiment", help="default: all")
    chosen = parser.parse_args(arguments).experiments or list(EXPERIMENTS)
    if unknown := [name for name in chosen if name not in EXPERIMENTS]:
        parser.error(f"no experiment is called {', '.join(unknown)}; there are {', '.join(EXPERIMENTS)}")
    for name in chosen:
        if not (seeds := missing_seeds(name)):
            continue
        records.save(name, recorded(name) + train(name, seeds))
        print(name, *(f"{accuracy:.1%}" for accuracy in records.test_accuracies(name)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
