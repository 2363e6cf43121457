"""Train a network of the book: seed, fit, evaluate, and write down what was measured."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date

import numpy as np
from tqdm import tqdm

from cnnbook import article, data, door, machine
from cnnbook.data import Cifar10
from cnnbook.keras_quietly import keras, tf
from cnnbook.recipes import ARTICLE, HELD_OUT, Recipe, updates
from cnnbook.run_record import RunRecord
from cnnbook.training import augmentation, digests, ready
from cnnbook.training.fused_batch_norm import fused_batch_norm
from cnnbook.training.muon import Muon, left_to_adam

OPTIMIZERS = {  # of a learning rate and a model
    "adam": lambda rate, model: keras.optimizers.Adam(rate),
    "muon": lambda rate, model: Muon(rate, weight_decay=None, adam_weight_decay=None, adams=left_to_adam(model)),
    "sgd": lambda rate, model: keras.optimizers.SGD(rate, momentum=0.9),
}

VALIDATION_BATCH = 250  # while training; the same numbers in half the time, since its feature maps stay in the cache


def batches(
    images: np.ndarray, labels: np.ndarray, recipe: Recipe, *, train: bool, seed: int = 0, size: int = VALIDATION_BATCH
) -> tf.data.Dataset:
    """Batches of (scaled images, one-hot labels); pixels stay uint8 until a batch is made.

    With `train` the images are shuffled, in the recipe's batches, flipped and shifted as it says; otherwise `size` is the batch. Their
    pixels are shuffled either way, if the recipe says so.

    Args:
        images: (n, 32, 32, 3) pixels, or one image.
        labels: n class numbers, (n,) or (n, 1).

    Raises:
        TypeError, ValueError: images or labels are something else, or of different numbers; `recipe` is no Recipe.
    """
    _is_recipe(recipe)
    images = data.images("images", images)
    labels = tf.constant(data.labels("labels", labels, len(images)), tf.int32)
    seed, size = door.whole("seed", seed, 0), door.whole("size", size)

    def make(index):
        # NumPy picks the images, because a tensor of them all would be a second copy of the data.
        x, y = tf.numpy_function(images.__getitem__, [index], tf.uint8), tf.one_hot(tf.gather(labels, index), article.CLASSES)
        x = tf.ensure_shape(x, (None, *article.INPUT_SHAPE))
        if train and recipe.flips:
            x = augmentation.flip(x, seed)
        if train and recipe.shifts:
            x = augmentation.shift(x, recipe.shifts, seed + 1)  # not the numbers that decide about the flip
        if recipe.shuffled_pixels:  # after the changes above, which are changes of an image
            height, width, channels = article.INPUT_SHAPE
            x = tf.reshape(tf.gather(tf.reshape(x, (-1, height * width, channels)), data.pixel_order(height * width), axis=1), tf.shape(x))
            x = tf.ensure_shape(x, (None, *article.INPUT_SHAPE))
        return data.scale(x, recipe.pixel_range), y

    order = tf.data.Dataset.range(len(images))
    if train:
        order = order.shuffle(len(images), seed=seed)
    options = tf.data.Options()
    options.autotune.enabled = False  # nothing to tune here, and its thread sleeps ever longer, while an epoch's end waits for it
    return order.batch(recipe.batch_size if train else size).map(make).prefetch(2).with_options(options)


def compile(model: keras.Model, recipe: Recipe, updates: int) -> None:
    """Give the model the recipe's loss and optimizer.

    Raises:
        TypeError, ValueError: `model` is no built functional or Sequential model, or has nothing to learn; `recipe` is no Recipe;
            `updates`, how often the weights will be updated, is no whole number of at least 1.
    """
    ready.network(model)
    if not model.trainable_variables:
        raise ValueError(f"model {model.name!r} has no weights to train")
    _is_recipe(recipe)
    updates = door.whole("updates", updates)
    rate = recipe.learning_rate
    if recipe.schedule == "one_cycle":
        rise = updates // 5
        rate = keras.optimizers.schedules.CosineDecay(0.0, updates - rise, warmup_target=rate, warmup_steps=rise)
    model.compile(
        optimizer=OPTIMIZERS[recipe.optimizer](rate, model),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=recipe.label_smoothing),
        metrics=["accuracy"],
    )


def evaluate(model: keras.Model, images: np.ndarray, labels: np.ndarray, recipe: Recipe = ARTICLE) -> tuple[float, float]:
    """Loss and accuracy of a compiled model on uint8 images, in batches of 1,000.

    Raises:
        TypeError, ValueError: as `batches`; or the model is not compiled, takes other images or gives other classes.
    """
    ready.network(model, images=True, classes=True, compiled=True)
    with fused_batch_norm(model):
        loss, accuracy = model.evaluate(batches(images, labels, recipe, train=False, size=article.EVALUATION_BATCH), verbose=0)
    return loss, accuracy


def predict(model: keras.Model, images: np.ndarray, recipe: Recipe = ARTICLE) -> np.ndarray:
    """Class probabilities (n, 10) of uint8 images (n, 32, 32, 3); of one image, (1, 10).

    Raises:
        TypeError, ValueError: as `batches`; or the model takes other images.
    """
    ready.network(model, images=True)
    images = data.images("images", images)
    unknown = np.zeros(len(images), np.uint8)
    with fused_batch_norm(model):
        return model.predict(batches(images, unknown, recipe, train=False), verbose=0)


def split(cifar10: Cifar10, recipe: Recipe) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """(training images, labels), (validation images, labels) as the recipe says.

    Raises:
        TypeError: `cifar10` is no Cifar10 or `recipe` no Recipe.
        ValueError: too few images to hold some out.
    """
    if not isinstance(cifar10, Cifar10):
        raise TypeError(f"cifar10 is a {type(cifar10).__name__}; it takes a data.Cifar10")
    _is_recipe(recipe)
    if recipe.validation == "test":
        return (cifar10.x_train, cifar10.y_train), (cifar10.x_test, cifar10.y_test)
    if (images := len(cifar10.x_train)) <= HELD_OUT:
        raise ValueError(f'cifar10 has {images} training images; validation="held_out" holds out {HELD_OUT} and takes more')
    return (
        (cifar10.x_train[:-HELD_OUT], cifar10.y_train[:-HELD_OUT]),
        (cifar10.x_train[-HELD_OUT:], cifar10.y_train[-HELD_OUT:]),
    )


def _is_recipe(recipe: object) -> None:
    if not isinstance(recipe, Recipe):
        raise TypeError(f"recipe is {recipe!r}; it takes a recipes.Recipe")


class _Progress(keras.callbacks.Callback):
    """One line per epoch on stdout, a bar within the epoch on stderr."""

    def on_train_begin(self, logs=None):
        print(HEADER)

    def on_epoch_begin(self, epoch, logs=None):
        self.bar = tqdm(total=self.params["steps"], desc=f"epoch {epoch + 1}", leave=False, mininterval=1)

    def on_train_batch_end(self, batch, logs=None):
        self.bar.update(batch + 1 - self.bar.n)

    def on_epoch_end(self, epoch, logs=None):
        self.bar.close()
        print(epoch_line(epoch, logs))


class AccuracyAfterEpoch(keras.callbacks.Callback):
    """One more accuracy in the history, under `name`: of these images in prediction mode, after each epoch.

    The history's own training accuracy is a mean over the epoch, in training mode, of weights that move meanwhile.
    """

    def __init__(self, name: str, images: np.ndarray, labels: np.ndarray, recipe: Recipe = ARTICLE):
        super().__init__()
        self.name, self.dataset = name, batches(images, labels, recipe, train=False)

    def on_epoch_end(self, epoch, logs=None):
        logs[self.name] = self.model.evaluate(self.dataset, verbose=0)[1]


HEADER = "epoch   training: loss  accuracy   validation: loss  accuracy"


def epoch_line(epoch: int, logs: dict[str, float]) -> str:
    """How an epoch is reported beneath HEADER, live and from a record."""
    return (
        f"{epoch + 1:5}          {logs['loss']:7.3f}   {logs['accuracy']:7.1%}"
        f"            {logs['val_loss']:7.3f}   {logs['val_accuracy']:7.1%}"
    )


def train(
    build: Callable[[], keras.Model],
    cifar10: Cifar10,
    recipe: Recipe,
    *,
    seed: int,
    experiment: str = "",
    callbacks: Sequence[keras.callbacks.Callback] = (),
    verbose: bool = True,
) -> tuple[keras.Model, RunRecord]:
    """Build and train a network from a seed, and evaluate it on the test set.

    Args:
        build: a function of `models` or `ablations`, called after the seed is set.
        experiment: the name under which the run is recorded.
        callbacks: what else Keras shall call while it trains.
        verbose: print one line an epoch.

    Returns:
        The trained model and its record; only `accuracy` of the record's history is measured while the weights move.

    Raises:
        TypeError, ValueError: before anything is trained, where an argument is not what it must be, or the network cannot be trained.

    Example (not run by the tests: it trains for minutes):
        >>> model, run = train(models.cnn, load_cifar10(), ARTICLE, seed=0)  # doctest: +SKIP
    """
    (images, labels), validation = split(cifar10, recipe)
    seed = door.whole("seed", seed, 0, 2**32 - 1)
    if not callable(build) or isinstance(build, keras.Model):
        raise TypeError(f"build is {build!r}; it takes a function that builds the network, so that the seed decides how it starts")
    if not isinstance(experiment, str):
        raise TypeError(f"experiment is {experiment!r}; it takes a name")
    keras.utils.set_random_seed(seed)
    model = build()
    ready.network(model, images=True, classes=True)
    training_set = batches(images, labels, recipe, train=True, seed=seed)
    compile(model, recipe, updates=updates(len(images), recipe))
    if recipe.validation == "held_out":  # to see afterwards what selecting by the test set would give
        callbacks = [*callbacks, AccuracyAfterEpoch("test_accuracy", cifar10.x_test, cifar10.y_test, recipe)]
    if verbose:
        callbacks = [*callbacks, _Progress()]
    start = time.perf_counter()
    with fused_batch_norm(model):
        history = model.fit(
            training_set,
            epochs=recipe.epochs,
            validation_data=batches(*validation, recipe, train=False),
            callbacks=list(callbacks),
            shuffle=False,  # `batches` has shuffled
            verbose=0,
        ).history
    seconds = time.perf_counter() - start
    loss, accuracy = evaluate(model, cifar10.x_test, cifar10.y_test, recipe)
    return model, RunRecord(
        experiment=experiment,
        model=ready.name_of(build, model),
        recipe=asdict(recipe),
        seed=seed,
        history={name: [round(value, 5) for value in values] for name, values in history.items()},
        test_accuracy=round(accuracy, 5),
        test_loss=round(loss, 5),
        seconds=round(seconds, 1),
        versions=machine.versions(),
        machine=machine.name(),
        date=date.today().isoformat(),
        digests=digests.of_run(asdict(recipe), model, cifar10),
    )
