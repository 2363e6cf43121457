"""What the definitions of the book are compared with: small examples, worked out by hand or by the library that uses the same name."""

from collections import Counter
from collections.abc import Callable
from functools import cache, partial

import numpy as np
from sklearn.linear_model import RidgeClassifier

from cnnbook import data, models, reference, training
from cnnbook.keras_quietly import keras, layers
from cnnbook.models import ablations
from cnnbook.recipes import Recipe
from cnnbook.training import augmentation, experiments
from tests import drawn

rng = np.random.default_rng(0)
IMAGE, KERNEL = rng.normal(size=(6, 7)), rng.normal(size=(3, 3))
IMAGES, KERNELS = rng.normal(size=(2, 6, 7, 3)), rng.normal(size=(3, 3, 3, 4))
FRAMED = np.pad(IMAGE, 5)
LOGITS = np.array([2.0, 1.0, -1.0])
DEALT = Recipe(epochs=1, batch_size=4)
# Ten black training images, one of each class, and five white test images.
DATA = data.Cifar10(
    np.zeros((10, 32, 32, 3), np.uint8), np.arange(10, dtype=np.uint8), np.full((5, 32, 32, 3), 255, np.uint8), np.zeros(5, np.uint8)
)


def feature_map(image: np.ndarray, kernel: np.ndarray, **how) -> np.ndarray:
    """What the package's convolution gives for one table and one filter."""
    return reference.conv2d(image[None, ..., None], kernel[..., None, None], **how)[0, :, :, 0]


def by_hand(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The answer of a filter at each place: multiply number by number and add up."""
    height, width = kernel.shape
    rows, columns = (size - side + 1 for size, side in zip(image.shape, kernel.shape, strict=True))
    return np.array([[(image[i : i + height, j : j + width] * kernel).sum() for j in range(columns)] for i in range(rows)])


def outputs() -> np.ndarray:
    return reference.conv2d(IMAGES, KERNELS)


def running_sum() -> tuple[float, int]:
    """The number that the last filter gives at row 1, column 2 of the first image, and how many products it took."""
    total, steps = 0.0, 0
    for pixel, weight in zip(IMAGES[0, 1:4, 2:5].ravel(), KERNELS[..., 3].ravel(), strict=True):
        total, steps = total + pixel * weight, steps + 1
    return total, steps


def small_convolution() -> tuple[np.ndarray, np.ndarray]:
    """What a layer of Keras gives for the image, and what the table that it calls its kernel gives."""
    layer = layers.Conv2D(1, 3)
    return layer(IMAGE[None, ..., None]).numpy()[0, :, :, 0], by_hand(IMAGE, layer.kernel.numpy()[:, :, 0, 0])


def small_dense() -> tuple[np.ndarray, np.ndarray]:
    """What a dense layer of Keras gives for the rows of the image, and all their numbers, each times a weight, added up by unit."""
    layer = layers.Dense(2)
    return layer(IMAGE).numpy(), np.array([[sum(row * unit) for unit in layer.kernel.numpy().T] for row in IMAGE])


def one_after_another() -> tuple[np.ndarray, np.ndarray]:
    """What a network gives, and what its layers give when each is handed what the one before it gave."""
    model, numbers = models.two_layer_cnn(), rng.normal(size=(2, 32, 32, 3)).astype(np.float32)
    answer = model(numbers).numpy()
    for layer in model.layers[1:]:
        numbers = layer(numbers)
    return answer, numbers.numpy()


def slopes(function: Callable[[np.ndarray], float], at: np.ndarray) -> np.ndarray:
    """How much the result grows when one number grows a little, per number."""
    at = at.copy()
    return drawn.slopes(lambda: function(at), at)


def squared_error(weights: np.ndarray, rows: slice = slice(None)) -> float:
    """How wrong a weighted sum of the image's columns is about the sums of its rows."""
    return float(((IMAGE[rows] @ weights - IMAGE[rows].sum(1)) ** 2).mean())


@cache
def descent() -> list[np.ndarray]:
    """The weights, step by step."""
    path = [np.zeros(7)]
    for _ in range(10):
        path.append(reference.sgd_update(path[-1], slopes(squared_error, path[-1]), learning_rate=0.05))
    return path


def gradients() -> tuple[np.ndarray, np.ndarray]:
    """What the package calls the gradient of a loss, and how much the loss grows with each logit."""
    logits, label = LOGITS[None], np.array([[0.0, 1, 0]])
    return reference.softmax_cross_entropy_gradients(logits, label), slopes(lambda at: reference.softmax_cross_entropy(at, label), logits)


def estimates() -> tuple[list[np.ndarray], np.ndarray]:
    """The gradient as each of two batches gives it, and as all rows together do."""
    first, second, whole = (slopes(partial(squared_error, rows=rows), np.zeros(7)) for rows in (slice(3), slice(3, 6), slice(None)))
    return [first, second], whole


def handed_back() -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The slopes for the weights of two dense layers: as the error handed back from the last one gives them, and one weight at a time."""
    first, second, label = rng.normal(size=(7, 5)), rng.normal(size=(5, 3)), np.eye(3)[[0, 1, 2, 0, 1, 2]]

    def loss(first: np.ndarray, second: np.ndarray) -> float:
        return float(reference.softmax_cross_entropy(reference.relu(IMAGE @ first) @ second, label))

    middle = IMAGE @ first
    error = reference.softmax_cross_entropy_gradients(reference.relu(middle) @ second, label)
    error, of_second, _ = reference.dense_gradients(reference.relu(middle), second, error)
    _, of_first, _ = reference.dense_gradients(IMAGE, first, reference.relu_gradients(middle, error))
    return [of_first, of_second], [slopes(lambda one: loss(one, second), first), slopes(lambda one: loss(first, one), second)]


def pixels_seen() -> np.ndarray:
    """Which pixels of an image change a unit in the second of two layers, with kernels of 4 and 3 and strides of 2."""
    flat = np.vstack([np.zeros(400), np.eye(400)]).reshape(401, 20, 20, 1)  # the first image is black, each other has one pixel
    maps = reference.conv2d(reference.conv2d(flat, abs(rng.normal(size=(4, 4, 1, 1))) + 1, stride=2), np.ones((3, 3, 1, 1)), stride=2)
    return (maps[1:, 1, 1, 0] != maps[0, 1, 1, 0]).reshape(20, 20)


def pooled(layer: layers.Layer) -> np.ndarray:
    return layer(IMAGE[None, :, :6, None]).numpy()[0, :, :, 0]


def windows() -> np.ndarray:
    """The image without its last column in windows of two by two: (row, column, number)."""
    return IMAGE[:, :6].reshape(3, 2, 3, 2).swapaxes(1, 2).reshape(3, 3, 4)


def on_its_own(function: Callable) -> bool:
    """Does it give for each number what it gives for that number alone?"""
    return np.allclose(function(LOGITS), [np.ravel(function(LOGITS[[i]]))[0] for i in range(3)])


def mixes(function: Callable) -> bool:
    """Does it give for two inputs mixed half and half the outputs mixed half and half, as every affine function does?"""
    one, other = np.array([[2.0, 1.0, -1.0]]), np.array([[-3.0, 1.0, 4.0]])
    return np.allclose(function((one + other) / 2), (np.array(function(one)) + np.array(function(other))) / 2, atol=1e-5)


def cross_entropy(right: float) -> float:
    """What Keras says where the right class has this probability, and two others share the rest unequally."""
    rest = 1 - right
    return float(keras.losses.CategoricalCrossentropy()(np.array([[0.0, 1, 0]]), np.array([[rest / 4, right, 3 * rest / 4]])))


def numbers_kept(optimizer: keras.optimizers.Optimizer) -> int:
    """For five weights, apart from its learning rate and the number of steps."""
    optimizer.build([keras.Variable(np.zeros(5))])
    return sum(np.size(variable) for variable in optimizer.variables) - 2


@cache
def dealt_out() -> list[tuple[np.ndarray, list[int]]]:
    """One epoch of the package: the images of each batch and which ones they are."""
    images, labels = training.split(DATA, DEALT)[0]
    return [(x.numpy(), y.numpy().argmax(1).tolist()) for x, y in training.batches(images, labels, DEALT, train=True, seed=1)]


def order_dealt() -> list[int]:
    return [number for _, numbers in dealt_out() for number in numbers]


def first_weights(seed: int) -> list[float]:
    """What a network starts with."""
    keras.utils.set_random_seed(seed)
    return layers.Dense(3)(np.ones((1, 4))).numpy().ravel().tolist()


def chosen() -> tuple[np.ndarray, np.ndarray]:
    """The classes that scikit-learn's linear classifier gives, and those whose weighted sum, plus a bias, is largest."""
    pixels = IMAGES.reshape(-1, 3)
    found = RidgeClassifier().fit(pixels, rng.integers(0, 4, len(pixels)))
    sums = [[sum(weights * each) + bias for weights, bias in zip(found.coef_, found.intercept_, strict=True)] for each in pixels]
    return found.predict(pixels), np.argmax(sums, axis=1)


def moved(table: np.ndarray) -> np.ndarray:
    """By one row down and two columns to the right."""
    return np.roll(table, (1, 2), (0, 1))


def normalised() -> np.ndarray:
    """What Keras's layer makes, in training, with a stretch of 2 and a shift of 3, of images that differ and have channels that differ."""
    images = 5 * rng.normal(size=(8, 6, 6, 3)) * [1, 2, 3] + [10, 0, -10] + 4 * np.arange(8).reshape(8, 1, 1, 1)
    learned = {"gamma_initializer": keras.initializers.Constant(2), "beta_initializer": keras.initializers.Constant(3)}
    return layers.BatchNormalization(**learned)(images, training=True).numpy()


@cache
def dropped() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What Keras's layer, with a rate of a quarter, sets to zero in two steps of training, and when it predicts."""
    layer, ones = layers.Dropout(0.25, seed=0), np.ones((400, 50))
    return tuple(layer(ones, training=learns).numpy() == 0 for learns in (True, True, False))


def counted(true: list[int], answers: list[int]) -> np.ndarray:
    """How often each class was given each answer."""
    table = np.zeros((3, 3), int)
    for row, column in zip(true, answers, strict=True):
        table[row, column] += 1
    return table


def taken_out() -> tuple[Counter, bool]:
    """The layers that the whole network has more than the one without Dropout, and whether both are trained in the same way."""
    whole, changed = (Counter(type(layer).__name__ for layer in build().layers) for build in (models.cnn, ablations.without_dropout))
    return whole - changed, experiments.EXPERIMENTS["cnn"].recipe == experiments.EXPERIMENTS["without_dropout"].recipe


def mirrored() -> list[str]:
    """Of many images, what flipping made of each: itself, its mirror image, or something else."""
    old = rng.integers(0, 256, (40, 4, 4, 1))
    new = augmentation.flip(old, seed=0).numpy()
    return ["same" if (a == b).all() else "mirror" if (a == b[:, ::-1]).all() else "other" for a, b in zip(new, old, strict=True)]
