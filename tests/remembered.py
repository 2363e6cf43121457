"""Small trials for the sentences to remember: a layer on a few numbers, a slope found by trying, what a chapter has told its prose."""

import re
from functools import cache

import nbformat
import numpy as np

from bookbuild import execute, glossary
from cnnbook import arithmetic, article, claims, inspection, recipes, records, reference
from cnnbook.claims.telling import AHEAD
from cnnbook.keras_quietly import keras, layers
from cnnbook.training import augmentation, experiments
from tests.conftest import ROOT, markdown
from tests.recorded import swept

# Advice -> why nothing is computed.
ADVICE = {
    "A plausible story is not a measurement.": "a principle; what it warns of is measured above it",
    "Accuracy on new images is.": "says what one should want",
    "Report the mean and standard deviation over seeds, and say how you trained and tested.": "says how to report",
    "Compare two networks on the same seeds, and give the difference with its interval.": "says how to report",
    "Choose by held-out images.": "says what to do about the sentence before it",
    "Before you believe that something helps, leave it out, by itself and with several seeds.": "says how to try something",
}

rng = np.random.default_rng(0)
IMAGES = rng.normal(size=(2, 9, 7, 3)).astype("float32")
KERNEL, BIAS = rng.normal(size=(3, 2, 3, 5)).astype("float32"), rng.normal(size=5).astype("float32")
GREY, FILTER, MAP_ERROR = rng.normal(size=(6, 6)), rng.normal(size=(3, 3)), rng.normal(size=(4, 4))
INPUTS, WEIGHTS, ERROR = rng.normal(size=(8, 4)), rng.normal(size=(4, 3)), rng.normal(size=(8, 3))
LABELS = np.eye(3)[rng.integers(0, 3, 8)]
X, AT_BEND = np.array([0.7]), np.array([0.0])
GAMMA, BETA, MEAN, VARIANCE = np.array([[1, 2, 3], [4, 5, 6], [0.1, 0.2, 0.3], [1, 2, 4]])  # of a BatchNormalization


def sentences(chapter: nbformat.NotebookNode) -> list[str]:
    """Of the list "What to remember", as a reader sees them, with a dot for each number or verdict that is filled in."""
    section = re.search(r"## What to remember\n(.*?)(?=\n## |\Z)", "\n\n".join(markdown(chapter)), re.DOTALL)[1]
    points = [" ".join(point.split()) for point in re.findall(r"(?m)^- .*(?:\n  .*)*", section)]
    return [sentence for point in points for sentence in re.split(r"(?<=[.?!]) ", glossary.plain(execute.NUMBER.sub("·", point)))]


def near(ours: np.ndarray, theirs: np.ndarray) -> bool:
    """Of the same shape, and no difference beyond rounding?"""
    return np.shape(ours) == np.shape(theirs) and np.allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def convolved(images: np.ndarray, kernel: np.ndarray = KERNEL, bias: np.ndarray = BIAS, **settings) -> np.ndarray:
    """What Keras's layer makes of the images with these weights."""
    layer = layers.Conv2D(kernel.shape[3], kernel.shape[:2], **settings)
    layer.build(images.shape)
    layer.set_weights([kernel, bias])
    return layer(images).numpy()


def convolved_grey(image: np.ndarray, kernel: np.ndarray, **settings) -> np.ndarray:
    return convolved(image[None, :, :, None], kernel[:, :, None, None], np.zeros(1), **settings)[0, :, :, 0]


def extra_zero_comes_last() -> bool:
    """Is the one zero that an even side takes at a stride of two put at the bottom and on the right?"""
    padded = np.pad(GREY, ((0, 1), (0, 1)))
    return near(convolved_grey(GREY, FILTER, strides=2, padding="same"), convolved_grey(padded, FILTER, strides=2))


def field_grows_as_said() -> bool:
    """By each of three layers: the side of its kernel minus one, times the strides before it?"""
    stack = [(4, 2), (3, 3), (5, 1)]  # side of the kernel and stride
    fields = [1, *(arithmetic.receptive_field(stack[:depth]) for depth in (1, 2, 3))]
    return np.diff(fields).tolist() == [4 - 1, (3 - 1) * 2, (5 - 1) * 2 * 3]


def kernel_shape(channels: int) -> tuple[int, ...]:
    """Of five 3×3 filters on images with so many channels."""
    layer = layers.Conv2D(5, 3)
    layer.build((None, 8, 8, channels))
    return tuple(layer.kernel.shape)


def parameters(layer: layers.Layer, shape: tuple[int, ...]) -> int:
    """Of a layer that is given numbers in this shape."""
    layer.build((None, *shape))
    return layer.count_params()


def same_when_moved(layer: layers.Layer) -> bool:
    """Does a layer give the same for feature maps that are moved round by two places?"""
    return near(layer(IMAGES), layer(np.roll(IMAGES, 2, axis=2)))


@cache
def before_and_after() -> list[list[np.ndarray]]:
    """Kernel and biases of a new convolution, and the same after one update."""
    layer = layers.Conv2D(4, 3)
    network = keras.Sequential([keras.Input(IMAGES.shape[1:]), layer, layers.GlobalAveragePooling2D()])
    network.compile("sgd", "mse", run_eagerly=True)
    start = layer.get_weights()
    network.train_on_batch(IMAGES, np.ones((2, 4)))
    return [start, layer.get_weights()]


def loss_of_layer() -> float:
    """A loss that has the given error after the dense layer."""
    return float((INPUTS @ WEIGHTS * ERROR).sum())


def loss_of_map() -> float:
    """A loss that has the given error after the convolution."""
    return float((reference.conv2d(GREY[None, :, :, None], FILTER[:, :, None, None])[0, :, :, 0] * MAP_ERROR).sum())


def loss_of_logits() -> float:
    return float(reference.softmax_cross_entropy(ERROR[:1], LABELS[:1]))


def mean_gradient(*parts: slice) -> np.ndarray:
    """The mean of the gradients that parts of the batch give for the weights of a dense layer."""
    return np.mean([INPUTS[part].T @ reference.softmax_cross_entropy_gradients(INPUTS[part] @ WEIGHTS, LABELS[part]) for part in parts], 0)


def smoothed_loss(certainty: float) -> float:
    """With smoothed labels, of an answer that gives the right class this probability and the others equal shares."""
    answer = np.array([certainty, *[(1 - certainty) / 9] * 9])
    return float(keras.losses.CategoricalCrossentropy(label_smoothing=0.1)(np.eye(10)[:1], answer[None]))


def causes_of_nan() -> list[float]:
    """The logarithm of zero, times zero; a difference of infinities; zero divided by zero; the mean of data with a missing value."""
    with np.errstate(all="ignore"):
        zero, infinite = np.float32(0), np.float32(np.inf)
        return [zero * np.log(zero), infinite - infinite, zero / zero, np.mean([1, np.nan, 3])]


def is_affine(model: keras.Model) -> bool:
    """Are the logits of the mean of two images the mean of their logits, up to what softmax does not see?"""

    def logits(images):
        scores = np.log(model(images).numpy())
        return scores - scores.mean(1, keepdims=True)

    one, other = np.random.default_rng(1).uniform(-1, 1, (2, 1, 32, 32, 3)).astype("float32")
    return near(logits((one + other) / 2), (logits(one) + logits(other)) / 2)


def step_changes(inputs: np.ndarray) -> np.ndarray:
    """What one step of gradient descent changes in the results of a dense layer that has the given error."""
    return inputs @ (-0.1 * inputs.T @ ERROR[:1])


def normalisation(momentum: float = 0.9) -> layers.BatchNormalization:
    layer = layers.BatchNormalization(momentum=momentum)
    layer.build((None, None, None, 3))
    layer.set_weights([GAMMA, BETA, MEAN, VARIANCE])
    return layer


def normalised(images: np.ndarray, *, training: bool) -> np.ndarray:
    return normalisation()(images, training=training).numpy()


def normalised_by_hand(mean: np.ndarray, variance: np.ndarray) -> np.ndarray:
    return (IMAGES - mean) / np.sqrt(variance + article.EPSILON) * GAMMA + BETA


def moving_mean_after(images: np.ndarray, momentum: float) -> np.ndarray:
    """After one batch in training."""
    layer = normalisation(momentum)
    layer(images, training=True)
    return layer.moving_mean.numpy()


def after_dropout(seed: int = 1) -> np.ndarray:
    """What is kept of many ones at a rate of one quarter."""
    return layers.Dropout(0.25, seed=seed)(np.ones((100, 100)), training=True).numpy()


def varied(seed: int) -> np.ndarray:
    """The images, flipped and shifted as the recipe of "Going further" does."""
    return augmentation.shift(augmentation.flip(IMAGES, seed), recipes.FURTHER.shifts, seed + 1).numpy()


def kinds(model: keras.Model) -> list[str]:
    return [type(layer).__name__ for layer in model.layers]


def norms_after_dropout(model: keras.Model) -> int:
    return kinds(model)[kinds(model).index("Dropout") :].count("BatchNormalization")


def largest_follows_flatten(model: keras.Model) -> bool:
    """Does the dense layer after Flatten have more parameters than any other?"""
    rows = inspection.table(model).rows
    dense = rows[[row.layer for row in rows].index("Flatten") + 1]
    return dense.layer == "Dense" and dense.parameters > max(row.parameters for row in rows if row is not dense)


def share(model: keras.Model, kind: str, of: str) -> list[float]:
    """Of the whole network's parameters or multiply–accumulates, what each layer of a kind has."""
    table = inspection.table(model)
    return [getattr(row, of) / getattr(table, of) for row in table.rows if row.layer == kind]


@cache
def told(chapter: str) -> dict[str, str]:
    """All that a chapter has told its prose, as it stands there."""
    return execute.told_numbers(nbformat.read(ROOT / "chapters" / f"{chapter}.ipynb", as_version=4))


def tells(chapter: str, key: str, difference: claims.Difference, words: tuple[str, str, str] = AHEAD) -> bool:
    """Has the chapter told its prose this difference, and its direction?"""
    direction = (words[0] if difference.mean > 0 else words[1]) if difference.shown else words[2]
    return (told(chapter)[key], told(chapter)[f"{key}_direction"]) == (claims.difference_text(difference), direction)


def row_is_told(row: str) -> bool:
    """Has chapter 9 told what it costs to leave this ingredient out?"""
    return tells("09_going_further", row, claims.paired_difference(*claims.on_same_seeds(f"further_{row}", "further")))


def step_is_told() -> bool:
    """Has the chapter told how much more the step to the convolutional network brings than the one to the recipe of "Going further"?"""
    mlp, cnn, further = claims.on_same_seeds("mlp", "cnn", "further")
    more = claims.paired_difference(claims.differences(cnn, mlp), claims.differences(further, cnn))
    return tells("08_whole_network", "network_or_recipe", more, ("brings more than", "brings less than", "brings about as much as"))


def flatters() -> bool:
    """Is the best test accuracy of a run's epochs never below that of the epoch chosen by held-out images, and sometimes above it?"""
    histories = [run.history for run in records.load("cnn_held_out")]
    gifts = [max(each["test_accuracy"]) - each["test_accuracy"][int(np.argmax(each["val_accuracy"]))] for each in histories]
    return min(gifts) >= 0 < max(gifts)


def short_against_long() -> claims.Difference:
    """A training of four epochs against one of ten after as many epochs."""
    short, long = claims.on_same_seeds("further_4_epochs", "further")
    return claims.paired_difference(
        {run.seed: run.test_accuracy for run in short}, {run.seed: run.history["val_accuracy"][3] for run in long}
    )


def best_rates_are_told() -> bool:
    """Has the chapter told at which rate of gradient descent each network has its highest mean?"""
    with_layer, without = (experiments.RATES["sgd"][place] for place in swept("sgd").argmax(0))
    said = f"the mean accuracy is highest at {with_layer} with the layer and at {without} without it"
    return told("06_batch_normalization")["best_descent"] == said


def best_rate(row: str) -> float:
    """Of those that were tried, by held-out images."""
    tried = experiments.held_out_by_rate(row)
    return max(tried, key=tried.get)
