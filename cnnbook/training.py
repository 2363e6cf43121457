"""Train a network of the book: seed, fit, evaluate, and write down what was measured."""

import os
import platform
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import numpy as np
from tqdm import tqdm

from cnnbook import models, records  # before Keras: models imports TensorFlow without the greetings on stderr
from cnnbook.data import Cifar10, scale
from cnnbook.fused_batch_norm import fused_batch_norm
from cnnbook.records import RunRecord

import keras  # isort: skip
import tensorflow as tf  # isort: skip

HELD_OUT = 5_000
EVALUATION_BATCH = 1_000
TRAIN = "CNNBOOK_TRAIN"


@dataclass(frozen=True)
class Recipe:
    """How to train: everything but the network, the data and the seed.

    The defaults are the article's recipe. `validation` is "test" (as the article does) or "held_out" (the last 5,000
    training images, which are then not trained on). `schedule` is "constant", or "one_cycle": a linear rise to
    `learning_rate` over the first fifth of the updates, then a cosine fall to zero.
    """

    epochs: int = 10
    batch_size: int = 32
    learning_rate: float = 0.0005
    schedule: str = "constant"
    flips: bool = False
    pixel_range: tuple[float, float] = (-1.0, 1.0)
    validation: str = "test"

    def __post_init__(self) -> None:
        for name, allowed in (("schedule", ("constant", "one_cycle")), ("validation", ("test", "held_out"))):
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} is {getattr(self, name)!r}; it takes one of {allowed}")
        for name in ("epochs", "batch_size"):
            value = getattr(self, name)
            if type(value) is not int or value < 1:
                raise ValueError(f"{name} is {value!r}; it takes a whole number of at least 1")
        if not 0 < self.learning_rate < float("inf"):
            raise ValueError(f"learning_rate is {self.learning_rate!r}; it must be above 0 and finite")
        if type(self.flips) is not bool:
            raise ValueError(f"flips is {self.flips!r}; it takes True or False")
        if not self.pixel_range[0] < self.pixel_range[1]:
            raise ValueError(f"pixel_range is {self.pixel_range!r}; it takes (low, high) with low < high")


ARTICLE = Recipe()
BETTER = Recipe(batch_size=128, learning_rate=0.004, schedule="one_cycle", flips=True)

EXPERIMENTS: dict[str, tuple[Callable[[], keras.Model], Recipe]] = {
    "mlp": (models.mlp, ARTICLE),
    "cnn": (models.cnn, ARTICLE),
    "cnn_better": (models.cnn, BETTER),
    "cnn_held_out": (models.cnn, Recipe(validation="held_out")),
}


def batches(images: np.ndarray, labels: np.ndarray, recipe: Recipe, *, train: bool, seed: int = 0) -> tf.data.Dataset:
    """Batches of (scaled images, one-hot labels); pixels stay uint8 until a batch is made."""
    labels = tf.constant(labels, tf.int32)

    def make(index):
        # NumPy picks the images, because a tensor of them all would be a second copy of the data.
        x, y = tf.numpy_function(images.__getitem__, [index], tf.uint8), tf.one_hot(tf.gather(labels, index), models.CLASSES)
        x = tf.ensure_shape(x, (None, *models.INPUT_SHAPE))
        if train and recipe.flips:
            x = tf.image.random_flip_left_right(x, seed=seed)
        return scale(tf.cast(x, tf.float32), recipe.pixel_range), y

    order = tf.data.Dataset.range(len(images))
    if train:
        order = order.shuffle(len(images), seed=seed)
    size = recipe.batch_size if train else EVALUATION_BATCH
    return order.batch(size).map(make).prefetch(2)


def updates(images: int, recipe: Recipe) -> int:
    """How often the weights are updated in a whole training; the last batch of an epoch may be small."""
    return -(-images // recipe.batch_size) * recipe.epochs


def compile(model: keras.Model, recipe: Recipe, updates: int) -> None:
    """Give the model the recipe's loss and optimizer."""
    rate = recipe.learning_rate
    if recipe.schedule == "one_cycle":
        rise = updates // 5
        rate = keras.optimizers.schedules.CosineDecay(0.0, updates - rise, warmup_target=rate, warmup_steps=rise)
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=rate),
        loss=keras.losses.CategoricalCrossentropy(),
        metrics=["accuracy"],
    )


def evaluate(model: keras.Model, images: np.ndarray, labels: np.ndarray, recipe: Recipe = ARTICLE) -> tuple[float, float]:
    """Loss and accuracy of a compiled model on uint8 images, in batches of 1,000."""
    with fused_batch_norm(model):
        loss, accuracy = model.evaluate(batches(images, labels, recipe, train=False), verbose=0)
    return loss, accuracy


def predict(model: keras.Model, images: np.ndarray, recipe: Recipe = ARTICLE) -> np.ndarray:
    """Class probabilities (n, 10) of uint8 images (n, 32, 32, 3), in batches of 1,000."""
    unknown = np.zeros(len(images), np.uint8)
    with fused_batch_norm(model):
        return model.predict(batches(images, unknown, recipe, train=False), verbose=0)


def split(cifar10: Cifar10, recipe: Recipe) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """(training images, labels), (validation images, labels) as the recipe says."""
    if recipe.validation == "test":
        return (cifar10.x_train, cifar10.y_train), (cifar10.x_test, cifar10.y_test)
    return (
        (cifar10.x_train[:-HELD_OUT], cifar10.y_train[:-HELD_OUT]),
        (cifar10.x_train[-HELD_OUT:], cifar10.y_train[-HELD_OUT:]),
    )


class _Progress(keras.callbacks.Callback):
    """One line an epoch on stdout, a bar within the epoch on stderr."""

    def on_train_begin(self, logs=None):
        print(HEADER)

    def on_epoch_begin(self, epoch, logs=None):
        self.bar = tqdm(total=self.params["steps"], desc=f"epoch {epoch + 1}", leave=False, mininterval=1)

    def on_train_batch_end(self, batch, logs=None):
        self.bar.update(batch + 1 - self.bar.n)

    def on_epoch_end(self, epoch, logs=None):
        self.bar.close()
        print(epoch_line(epoch, logs))


class _TestAccuracy(keras.callbacks.Callback):
    """With a held-out validation set, the test accuracy of each epoch too: to see afterwards what selecting by it would give."""

    def __init__(self, dataset):
        super().__init__()
        self.dataset = dataset

    def on_epoch_end(self, epoch, logs=None):
        logs["test_accuracy"] = self.model.evaluate(self.dataset, verbose=0)[1]


HEADER = "epoch   training: loss  accuracy   validation: loss  accuracy"


def epoch_line(epoch: int, logs: dict[str, float]) -> str:
    """How an epoch is reported beneath HEADER, live and from a record."""
    return (
        f"{epoch + 1:5}          {logs['loss']:7.3f}   {logs['accuracy']:7.1%}"
        f"            {logs['val_loss']:7.3f}   {logs['val_accuracy']:7.1%}"
    )


def train(
    build: Callable[[], keras.Model], cifar10: Cifar10, recipe: Recipe, *, seed: int, experiment: str = "", verbose: bool = True
) -> tuple[keras.Model, RunRecord]:
    """Build and train a network from a seed, and evaluate it on the test set.

    Args:
        build: a function of `models`, called after the seed is set.
        experiment: the name under which the run is recorded.
        verbose: print one line an epoch.

    Returns:
        The trained model and its record; only `accuracy` of the record's history is measured while the weights move.

    Example:
        >>> model, run = train(models.cnn, load_cifar10(), ARTICLE, seed=0)  # doctest: +SKIP
    """
    keras.utils.set_random_seed(seed)
    model = build()
    (images, labels), validation = split(cifar10, recipe)
    training_set = batches(images, labels, recipe, train=True, seed=seed)
    test_set = batches(cifar10.x_test, cifar10.y_test, recipe, train=False)
    compile(model, recipe, updates=updates(len(images), recipe))
    callbacks = [_TestAccuracy(test_set)] if recipe.validation == "held_out" else []
    callbacks += [_Progress()] if verbose else []
    start = time.perf_counter()
    with fused_batch_norm(model):
        history = model.fit(
            training_set,
            epochs=recipe.epochs,
            validation_data=batches(*validation, recipe, train=False),
            callbacks=callbacks,
            shuffle=False,  # `batches` has shuffled
            verbose=0,
        ).history
    seconds = time.perf_counter() - start
    loss, accuracy = evaluate(model, cifar10.x_test, cifar10.y_test, recipe)
    return model, RunRecord(
        experiment=experiment,
        model=build.__name__,
        recipe=asdict(recipe),
        seed=seed,
        history={name: [round(value, 5) for value in values] for name, values in history.items()},
        test_accuracy=round(accuracy, 5),
        test_loss=round(loss, 5),
        seconds=round(seconds, 1),
        versions={"python": platform.python_version(), "tensorflow": tf.__version__, "keras": keras.__version__, "numpy": np.__version__},
        machine=f"{processor()}, {os.cpu_count()} cores",
        date=date.today().isoformat(),
    )


def train_or_load(experiment: str, cifar10: Cifar10) -> tuple[keras.Model, RunRecord]:
    """Train seed 0 of an experiment where the environment variable CNNBOOK_TRAIN is 1; otherwise load its committed weights.

    Either way the epochs are printed; after loading they are the recorded ones.

    Raises:
        ValueError: there is no such experiment, or CNNBOOK_TRAIN is neither 0 nor 1.

    Example:
        >>> model, run = train_or_load("cnn", load_cifar10())  # doctest: +SKIP
    """
    if experiment not in EXPERIMENTS:
        raise ValueError(f"experiment is {experiment!r}; it takes one of {', '.join(EXPERIMENTS)}")
    wanted = os.environ.get(TRAIN, "0")
    if wanted not in ("0", "1"):
        raise ValueError(f"{TRAIN} is {wanted!r}; it takes 0 (load committed weights) or 1 (train)")
    build, recipe = EXPERIMENTS[experiment]
    if wanted == "1":
        return train(build, cifar10, recipe, seed=0, experiment=experiment)
    model = build()
    model.load_weights(records.weights_path(experiment))
    compile(model, recipe, updates=updates(len(cifar10.x_train), recipe))
    run = records.load(experiment)[0]
    print(f"weights loaded; trained on {run.date} in {run.seconds:.0f} s ({run.machine})")
    print(HEADER)
    for epoch in range(recipe.epochs):
        print(epoch_line(epoch, {name: values[epoch] for name, values in run.history.items()}))
    return model, run


def peak_memory() -> float:
    """The most memory this process has used so far, in gigabytes (10^9 bytes); NaN where the system does not tell (Windows)."""
    status = Path("/proc/self/status")
    if status.exists():  # on Linux getrusage would also count the process that started this one
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e9
    try:
        import resource
    except ImportError:
        return float("nan")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e9  # macOS counts bytes


def processor() -> str:
    """What the system calls its processor."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
