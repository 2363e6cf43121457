"""What the drawings of the chapters show, computed again from the chapters' code: for the sentences that describe them."""

import re
from collections.abc import Callable
from functools import cache

import nbformat
import numpy as np
import pytest
from matplotlib.image import AxesImage
from scipy.signal import correlate2d
from scipy.special import softmax

from cnnbook import data, figures, models, reference
from cnnbook.keras_quietly import layers
from cnnbook.training import muon
from tests.claims.conftest import code_of
from tests.conftest import ROOT, cifar10_or_reason

rng = np.random.default_rng(0)


def says(chapter: str, *code: str) -> bool:
    """Does the code of a chapter have these pieces, in this order?"""
    return re.search(".*?".join(re.escape(piece) for piece in code), code_of(chapter), re.DOTALL) is not None


@cache
def computed(chapter: str, *beginnings: str) -> dict:
    """What the cells of a chapter compute that begin like this."""
    values = {"np": np, "reference": reference, "muon": muon, "slide": lambda image, kernel: correlate2d(image, kernel, "valid")}
    cells = nbformat.read(ROOT / "chapters" / f"{chapter}.ipynb", as_version=4).cells
    for beginning in beginnings:
        (source,) = (cell.source for cell in cells if cell.cell_type == "code" and cell.source.startswith(beginning))
        exec(re.sub(r"(?m)^(?:print|figures|demos|claims)\b.*\n?(?:^[ )}\]].*\n?)*", "", source), values)
    return values


def slopes(loss: Callable[[], float], array: np.ndarray) -> np.ndarray:
    """How fast a loss grows with each number, by the chapter's central differences."""
    return computed("04_learning", "def slopes")["slopes"](loss, array)


@cache
def grey_map():
    """A feature map as it is drawn: the numbers, and the drawing."""
    numbers = np.r_[np.linspace(-1, 1, 198), 5, -9].reshape(10, 20)
    return numbers, figures.image_and_maps(np.zeros((4, 4)), {"map": numbers}).axes[1].images[0]


def flower() -> np.ndarray:
    """The mean of each channel over the pixels with much colour in them, as the flower has and the leaves have not."""
    pixels = data.photograph("flower").reshape(-1, 3).astype(int)
    return pixels[np.ptp(pixels, axis=1) > 128].mean(0)


def learning() -> dict:
    return computed("01_convolution", "rng = np.random.default_rng(0)\nsecret", "first = rng.normal")


@cache
def shapes() -> list[tuple[int, ...]]:
    """What the layers of the two-layer network hand on."""
    return [layer.output.shape[1:] for layer in models.two_layer_cnn().layers]


def edge_filters() -> tuple[np.ndarray, np.ndarray]:
    down = computed("02_stacking", "down = ")["down"]
    return down, down - down.T


def descent(optimizer: str) -> np.ndarray:
    return np.array(computed("04_learning", "steep = ")["paths"][optimizer])


def crossings(values: np.ndarray) -> int:
    """How often a path crosses the bottom of the valley."""
    return int((np.diff(np.sign(values)) != 0).sum())


def animals() -> dict:
    return computed("04_learning", 'names = ["cat"')


def logit(name: str) -> float:
    return animals()["logits"][0, animals()["names"].index(name)]


def share(name: str) -> float:
    return softmax(animals()["logits"][0])[animals()["names"].index(name)]


@cache
def pooled_back() -> tuple[np.ndarray, ...]:
    """A map, and what max and mean pooling hand back to it where each result has an error of four."""
    maps, errors = rng.permutation(16).astype(float).reshape(1, 4, 4, 1), np.full((1, 2, 2, 1), 4.0)
    back = (reference.max_pool2d_gradients(maps, errors), reference.average_pool2d_gradients(maps, errors))
    return tuple(array.reshape(2, 2, 2, 2).swapaxes(1, 2).reshape(4, 4) for array in (maps, *back))


@cache
def hidden_places():
    """The drawing of how far a probability falls, where one place makes it fall and another rise."""
    falls = np.array([[[0.5, 0.0], [0.0, -0.5]]])
    return figures.dependence(np.zeros((1, 8, 8, 3)), ["cat"], {"g": np.ones((1, 8, 8))}, {"h": falls}, 2).axes


@cache
def right_and_wrong() -> list:
    return figures.predictions(np.zeros((2, 4, 4, 3), np.uint8), ["cat", "dog"], ["cat", "frog"], [0.9, 0.51]).axes


def confused() -> list[str]:
    """What is written where every answer is right."""
    return [text.get_text() for text in figures.confusion(np.diag([3, 8]), ["a", "b"]).axes[0].texts]


def coarser() -> bool:
    """Do the maps of the four convolutions never grow, and shrink at last?"""
    sides = [layer.output.shape[1] for layer in models.cnn().layers if isinstance(layer, layers.Conv2D)]
    return len(sides) == 4 and sides == sorted(sides, reverse=True) and sides[0] > 2 * sides[-1]


def maps_in_a_row() -> int:
    return len(figures.layer_maps(np.zeros((8, 8, 3)), {"one": np.zeros((4, 4, 9)), "two": np.zeros((4, 4, 9))}).axes) // 3


def colour(image: AxesImage, value: float) -> np.ndarray:
    return np.array(image.cmap(image.norm(value)))


@cache
def first_test_images() -> list[str]:
    cifar10 = cifar10_or_reason()
    if isinstance(cifar10, str):
        pytest.skip(cifar10)
    return [cifar10.class_names[number] for number in np.ravel(cifar10.y_test)[:6]]


@cache
def marks() -> list[np.ndarray]:
    """Where the round and the square mark go: the inputs, the gradient's change, that of Muon's step."""
    matrices = computed("09_going_further", "# A gradient, made up")
    axes = figures.stretches({"gradient": matrices["gradient"], "Muon": matrices["evened_out"]}, "inputs").axes
    return [np.array([line.get_xydata()[1] for line in cell.lines[2:]]) for cell in axes]


def reach(panel: int) -> np.ndarray:
    return np.linalg.norm(marks()[panel], axis=1)
