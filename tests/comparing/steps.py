"""What the sentences of chapter "Learning" are compared with: steps of optimizers, numbers made a little larger, errors handed back."""

import ast
import json
import re
from collections.abc import Callable
from functools import cache
from itertools import pairwise

import numpy as np

from bookbuild import claims_page
from cnnbook import claims, records, reference
from cnnbook.keras_quietly import keras, layers
from tests.claims.conftest import code_of
from tests.conftest import ROOT
from tests.defined import slopes
from tests.drawn import computed
from tests.recorded import gain
from tests.remembered import INPUTS, WEIGHTS

CHAPTER = "04_learning"
MEASURED = claims_page.measured_values()
rng = np.random.default_rng(0)
PIXELS = rng.normal(size=(4, 8, 8, 3)).astype("float32")
LABELS = np.eye(10)[:4]
HEAD = rng.normal(size=(3, 3))  # a second dense layer, after the one with WEIGHTS
SUMS, UPSTREAM = np.array([1.5, -0.3, 0.2, -2.0]), np.array([4.0, 4.0, -1.0, -1.0])  # the chapter's, at a ReLU
MAPS = rng.permutation(16).astype(float).reshape(1, 4, 4, 1)


def steepness() -> np.ndarray:
    """Of the chapter's valley, along and across."""
    return computed(CHAPTER, "steep = ")["steep"]


def walk(rate: float) -> np.ndarray:
    """Thirty steps of gradient descent from the chapter's start: each multiplies a weight by one minus rate times steepness."""
    return computed(CHAPTER, "steep = ")["start"] * (1 - rate * steepness()) ** np.arange(31)[:, None]


def heights(places: np.ndarray) -> np.ndarray:
    """The loss at each place of the valley."""
    return places**2 @ steepness() / 2


def rate_of(path: np.ndarray) -> float:
    """The learning rate of a walk by gradient descent, from its first step."""
    return float(((path[0] - path[1]) / (steepness() * path[0]))[0])


def ends() -> list[float]:
    """Where three optimizers of Keras take a weight from zero, with the same learning rate and the same two slopes."""
    weights = [keras.Variable(0.0) for _ in range(3)]
    optimizers = keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1, momentum=0.8), keras.optimizers.Adam(0.1)
    for optimizer, weight in zip(optimizers, weights, strict=True):
        for slope in (1.0, 3.0):
            optimizer.apply([keras.ops.convert_to_tensor(slope)], [weight])
    return [float(weight) for weight in weights]


def adam(given: np.ndarray | list[float]) -> tuple[float, float, float]:
    """After these slopes of a weight: how far Adam's last step goes, in learning rates, and its mean of the slopes and of their squares."""
    weight = before = mean = square = np.zeros(1)
    for step, slope in enumerate(given, 1):
        before = weight
        weight, mean, square = reference.adam_update(weight, [slope], mean, square, step, learning_rate=0.01)
    return float(abs(weight - before)[0] / 0.01), float(mean[0]), float(square[0])


def misleads(better: str, worse: str) -> bool:
    """Is one network shown to be better, and yet some single run of it worse than one of the other?"""
    first, second = claims.on_same_seeds(better, worse)
    return gain(better, worse).low > 0 and min(run.test_accuracy for run in first) < max(run.test_accuracy for run in second)


def fewest_seeds() -> int:
    """Of all networks that the book claims to be better or worse than another."""
    compared = {name for claim in claims.ledger().values() if claim.kind in ("above", "smallest") for name in claim.experiments()}
    return min(len({run["seed"] for run in json.loads(records.path_of(name).read_text(encoding="utf-8"))}) for name in compared)


def held(more: int) -> float:
    """How often the interval of five differences has the mean of so many more of the same kind in it."""
    chance = np.random.default_rng(0)
    five, means = chance.normal(0.02, 0.01, (200, 5)), chance.normal(0.02, 0.01, (200, more)).mean(1)
    found = [claims.paired_difference(dict(enumerate(each)), dict.fromkeys(range(5), 0.0)) for each in five]
    return float(np.mean([difference.low <= mean <= difference.high for difference, mean in zip(found, means, strict=True)]))


def stacked(depth: int, activation: str | None = None) -> keras.Model:
    """So many convolutions and a dense layer."""
    convolutions = [layers.Conv2D(8, 3, strides=2, padding="same", activation=activation) for _ in range(depth)]
    return keras.Sequential([keras.Input((32, 32, 3)), *convolutions, layers.Flatten(), layers.Dense(10, activation="softmax")])


def growth(function: Callable, array: np.ndarray, place: tuple[int, ...], by: float = 0.01) -> np.ndarray:
    """By how much the results grow when one number of the array does."""
    larger = array.copy()
    larger[place] += by
    return function(larger) - function(array)


def laid(side: int) -> np.ndarray:
    """Does a pixel lie under a weight of a 3×3 filter? By pixel, place of the filter and weight, with row and column of each."""
    pixels, weights = np.eye(side**2).reshape(-1, side, side, 1), np.eye(9).reshape(3, 3, 1, 9)
    return (reference.conv2d(pixels, weights) > 0).reshape(side, side, side - 2, side - 2, 3, 3)


def back_through(row: int, column: int) -> tuple[int, int]:
    """Row and column of the weight through which the error at this place comes back to the middle one of 5×5 pixels."""
    error = np.zeros((1, 3, 3, 1))
    error[0, row, column] = 1
    of_image, _, _ = reference.conv2d_gradients(np.zeros((1, 5, 5, 1)), np.arange(9.0).reshape(3, 3, 1, 1), error)
    return divmod(int(of_image[0, 2, 2, 0]), 3)


def is_rounding(key: str) -> bool:
    """Does a claim hold for the difference that was measured, as large as rounding makes it, and would it not for a larger one?"""
    claim = claims.ledger()[key]
    return claim.holds(MEASURED[key]) and MEASURED[key] < 10 * np.finfo("float32").eps and not claim.holds(1e-4)


def window(*numbers: float) -> np.ndarray:
    """A map that is one window of two by two."""
    return np.reshape(numbers, (1, 2, 2, 1)).astype(float)


def up_and_down(function: Callable, numbers: np.ndarray) -> list[float]:
    """How fast the results, added up, change with the first of the numbers: upwards and downwards."""
    return [float(growth(function, numbers, (0,) * numbers.ndim, by).sum() / by) for by in (0.01, -0.01)]


@cache
def bend() -> float:
    """By what share a slope may differ from the error before the demo of the way back speaks of a bend."""
    code = (ROOT / "cnnbook" / "demos" / "way_back" / "demo.js").read_text(encoding="utf-8")
    return float(re.search(r"const BEND = ([\de.-]+);", code)[1])


def disagrees(function: Callable, way_back: Callable, numbers: np.ndarray) -> list[bool]:
    """Of each number: does the slope found by trying differ from the error by more than the demo lets pass?"""
    found = slopes(lambda at: float(function(at).sum()), numbers)
    error = way_back(numbers, np.ones_like(function(numbers)))
    return (abs(found - error) > bend() * np.maximum(abs(error), 1e-3)).ravel().tolist()


def pooled_row(*numbers: float) -> list[float]:
    """A row of numbers after max pooling in windows of two."""
    return reference.max_pool2d(np.reshape(numbers, (1, 1, -1, 1)), (1, 2)).ravel().tolist()


def by_window(table: np.ndarray) -> np.ndarray:
    """A table of four by four: a row for each window of two by two."""
    return table.reshape(2, 2, 2, 2).swapaxes(1, 2).reshape(4, 4)


def logits(inputs: np.ndarray) -> np.ndarray:
    """Of two dense layers with a ReLU between them."""
    return reference.relu(inputs @ WEIGHTS) @ HEAD


def through_logits(error: np.ndarray) -> np.ndarray:
    """The error of the inputs, made from that of the logits: each times how fast its logit grows with the input."""
    return np.sum([error[0, k] * slopes(lambda at, k=k: float(logits(at)[0, k]), INPUTS[:1]) for k in range(3)], axis=0)


@cache
def functions() -> dict[str, str]:
    """The functions of the chapter, by name."""
    return {node.name: ast.unparse(node) for node in ast.parse(code_of(CHAPTER)).body if isinstance(node, ast.FunctionDef)}


def from_chapter(name: str, **needed: object) -> Callable:
    """A function of the chapter, given what it needs from other cells."""
    values = {"np": np, "reference": reference, **needed}
    exec(functions()[name], values)
    return values[name]


@cache
def trained_from(value: float) -> list[np.ndarray]:
    """The weights of the chapter's NumPy network, all equal to this at first, after three steps of gradient descent."""
    settings = {"stride": 2, "padding": "same"}
    backward = from_chapter("backward", forward=from_chapter("forward", SETTINGS=settings), SETTINGS=settings)
    weights = [np.full(shape, value) for shape in ((4, 4, 3, 10), 10, (3, 3, 10, 20), 20, (80, 10), 10)]
    for _ in range(3):
        gradients = backward(PIXELS.astype(float), LABELS, weights)
        weights = [weight - 0.1 * gradient for weight, gradient in zip(weights, gradients, strict=True)]
    return weights


def different(kernel: np.ndarray) -> int:
    """How many filters of a kernel there are that are not copies of one another."""
    return np.unique(kernel.reshape(-1, kernel.shape[-1]).round(9), axis=1).shape[1]


@cache
def through_the_stack(scale: float) -> tuple[np.ndarray, np.ndarray]:
    """The chapter's sizes of maps and of errors, by layer, where kernels start with so many times the standard deviation of He."""
    sizes, errors = from_chapter("through_the_stack", x_few=PIXELS)(lambda fan_in: scale * np.sqrt(2 / fan_in))
    return np.array(sizes), np.array(errors)


def loss_reached(depth: int, scale: float) -> float:
    """After 100 steps on points inside and outside a circle: of so many layers with ReLU that start at so many times He's size."""
    chance = np.random.default_rng(0)
    points = chance.uniform(-1, 1, (128, 2))
    labels = np.eye(2)[(np.linalg.norm(points, axis=1) < 0.7).astype(int)]
    sides = [3, *[16] * depth, 2]
    weights = [chance.normal(0, scale * np.sqrt(2 / n), (n, m)) for n, m in pairwise(sides)]
    for _ in range(100):
        inputs = [np.c_[points, np.ones(128)]]
        for weight in weights[:-1]:
            inputs.append(np.maximum(inputs[-1] @ weight, 0))
        error = reference.softmax_cross_entropy_gradients(inputs[-1] @ weights[-1], labels)
        for i in reversed(range(len(weights))):
            gradient, error = inputs[i].T @ error, error @ weights[i].T * (inputs[i] > 0)
            weights[i] = weights[i] - 0.1 * gradient
    return float(reference.softmax_cross_entropy(inputs[-1] @ weights[-1], labels))
