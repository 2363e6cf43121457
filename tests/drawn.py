"""What the drawings of the chapters show, computed again from the chapters' code: for the sentences that describe them."""

import importlib.util
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import nbformat
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.text import Annotation
from scipy import ndimage
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
    values = {"np": np, "data": data, "reference": reference, "conv2d": reference.conv2d, "correlate2d": correlate2d, "muon": muon}
    values["slide"] = lambda image, kernel: correlate2d(image, kernel, "valid")
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
def stamped() -> dict:
    """The way back through a convolution, by the cells of chapter 4."""
    beginnings = "image = np.array", "kernel_gradient = correlate2d", "image_gradient = np.zeros", "def stamp"
    return computed("04_learning", *beginnings)


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
def cifar10() -> data.Cifar10:
    found = cifar10_or_reason()
    if isinstance(found, str):
        pytest.skip(found)
    return found


def first_test_images() -> list[str]:
    return [cifar10().class_names[number] for number in np.ravel(cifar10().y_test)[:6]]


@cache
def examples() -> np.ndarray:
    """The first ten training images of each class: (class, image, height, width, colour)."""
    labels = np.ravel(cifar10().y_train)
    return np.array([cifar10().x_train[labels == number][:10] for number in range(len(data.CLASS_NAMES))], float)


def differ_within_rows(pixels: np.ndarray) -> bool:
    """Do the mean colours of these pixels vary more from image to image of each class than the means of the classes do?"""
    colours = pixels.mean((2, 3))
    return bool((colours.std(1).mean(1) > colours.mean(1).std(0).mean()).all())


def likeness() -> np.ndarray:
    """By class, the mean correlation between two of its examples, in grey: near one if the objects had one size, place and direction."""
    greys = examples().mean(-1).reshape(*examples().shape[:2], -1)
    return np.array([np.corrcoef(images)[np.triu_indices(len(images), 1)].mean() for images in greys])


@cache
def marks() -> list[np.ndarray]:
    """Where the round and the square mark go: the inputs, the gradient's change, that of Muon's step."""
    matrices = computed("09_going_further", "# A gradient, made up")
    axes = figures.stretches({"gradient": matrices["gradient"], "Muon": matrices["evened_out"]}, "inputs").axes
    return [np.array([line.get_xydata()[1] for line in cell.lines[2:]]) for cell in axes]


def reach(panel: int) -> np.ndarray:
    return np.linalg.norm(marks()[panel], axis=1)


def credit(name: str) -> tuple[str, str]:
    """Whose photograph it is and its licence, by the addresses in the note that scikit-learn ships with it."""
    note = Path(importlib.util.find_spec("sklearn").origin).parent / "datasets" / "images" / "README.txt"
    _, of_this = note.read_text(encoding="utf-8").split(data.PHOTOGRAPHS[name].file)
    kind, version = re.search(r"licenses/([a-z-]+)/([\d.]+)/", of_this).groups()
    return re.search(r"flickr\.com/photos/(\w+)/", of_this)[1], f"CC {kind.upper()} {version}"


@cache
def patches() -> np.ndarray:
    """What stands in the three tables of each row: patch, filter, products."""
    values = computed("01_convolution", "dark_to_light = ", "kernel = np.array")
    axes = figures.patches_times_filter(values["patches"], values["kernel"]).axes
    return np.reshape([cell.images[0].get_array() for cell in axes], (-1, 3, 3, 3))


CASES = ((1, "valid"), (1, "same"), (2, "valid"), (2, "same"))


@cache
def windows() -> list[Axes]:
    """The grids of pixels with the places of a filter."""
    return figures.windows(5, 3, CASES).axes


def dots(cell: Axes) -> set[tuple[float, float]]:
    return {(x, y) for line in cell.lines for x, y in line.get_xydata().tolist()}


def squares(cell: Axes, *, hatched: bool) -> set[tuple[float, float]]:
    """Where the squares of a grid begin, those that are hatched or the others; the last patch is the frame."""
    return {square.get_xy() for square in cell.patches[:-1] if bool(square.get_hatch()) == hatched}


def middles(stride: int, padding: str) -> set[tuple[float, float]]:
    """Of all windows of a 3×3 filter on 5×5 pixels, with one zero on each side or none."""
    zeros = 1 if padding == "same" else 0
    line = [start + 1.5 for start in range(-zeros, 5 + zeros - 2, stride)]
    return {(x, y) for x in line for y in line}


def block(*shape: int) -> np.ndarray:
    """Of a block in the drawing of a network: its thickness, and the height and the depth of its face."""
    front, side, _ = (patch.get_xy() for patch in figures.network([("a", shape)]).axes[0].patches)
    return np.array([np.ptp(front[:, 0]), np.ptp(front[:, 1]), np.ptp(side[:, 0])])


@cache
def corner_maps(image: str) -> tuple[np.ndarray, ...]:
    """The maps of the two layers, of the sum of both filters and of the closest filter."""
    values = computed("02_stacking", "down = ", "def relu", "def closest_filter")
    corners = values["corner_map"](values[image])[1]
    return corners, values["sum_map"](values[image]), values["closest_filter"](values[image], corners)


def length_of_spots(feature_map: np.ndarray) -> float:
    """How long the spots are that the strongest fiftieth of a map makes, on average over its pixels."""
    spots, _ = ndimage.label(feature_map > np.percentile(feature_map, 98), np.ones((3, 3)))
    lengths = [max(side.stop - side.start for side in spot) for spot in ndimage.find_objects(spots)]
    return float(np.average(lengths, weights=np.bincount(spots.ravel())[1:]))


def points_and_lines() -> bool:
    """Are the spots of the two layers in the photograph far shorter than those of the single filters?"""
    of_two, *of_one = map(length_of_spots, corner_maps("photograph"))
    return 3 * of_two < min(of_one)


def height(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Of the valley of chapter 4."""
    return np.tensordot(computed("04_learning", "steep = ")["steep"], np.array([a**2, b**2]), 1) / 2


@cache
def valley() -> list[Axes]:
    """The drawing of the steps of three optimizers."""
    return figures.descents(height, computed("04_learning", "steep = ")["paths"], (10, 2.5)).axes


def level_lines() -> list[np.ndarray]:
    """The heights along each grey line of the valley."""
    return [height(*path.vertices.T) for path in valley()[0].collections[0].get_paths() if len(path)]


def arrows_turn() -> bool:
    """Of the row of boxes: does each arrow above lead to the next box, and each below to the one before?"""
    found = figures.both_ways([("one", "on", "back"), ("two", "on", "back")]).axes[0].texts
    ways = [(np.sign(arrow.xy[1]), arrow.xy[0] - arrow.xyann[0]) for arrow in found if isinstance(arrow, Annotation)]
    return np.allclose(ways, [(1, 1), (-1, -1)] * 2)


def bend(values: np.ndarray) -> float:
    """How much a line through the layers bends in the drawing, against its height."""
    (line,) = figures.through_layers({"a": {"b": values}}, ["c"]).axes[0].lines
    heights = line.axes.transScale.transform(line.get_xydata())[:, 1]
    return abs(np.diff(heights, 2)).max() / np.ptp(heights)


def shares() -> np.ndarray:
    """What is written in a table of confusions whose rows and columns have different sums."""
    texts = figures.confusion(np.array([[3, 1], [0, 12]]), ["a", "b"]).axes[0].texts
    return np.reshape([float(text.get_text()) for text in texts], (2, 2))


def halves() -> np.ndarray:
    """An image, the left half black and the right half white, and the same with its pixels in another order."""
    image = np.zeros((1, 32, 32, 3), np.uint8)
    image[:, :, 16:] = 255
    return np.concatenate([image, data.shuffled(image)])
