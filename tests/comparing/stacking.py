"""What the sentences of chapter "Stacking convolutions" compare."""

import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
from scipy.optimize import linprog

from cnnbook import arithmetic
from cnnbook.keras_quietly import keras, layers
from cnnbook.reference import conv2d
from tests import defined, drawn
from tests.comparing.convolution import DOWN
from tests.exercises.explained.stacking import relu
from tests.recorded import rises
from tests.remembered import near

QUARTERS = np.array([[0, 0, -1], [0, 0, 0], [-1, 0, 1]])  # the filter that finds a corner on black
HALVES = np.array([[1, 0, 1, 0], [0, 1, 0, 1], [1, 1, 0, 0], [0, 0, 1, 1]])  # left, right, upper and lower, of four quarters in rows
EDGES = [np.s_[:, 2:], np.s_[:, 1:], np.s_[:, :1], np.s_[:, :2], np.s_[2:], np.s_[1:], np.s_[:1], np.s_[:2]]  # what of a patch is light
ACTIVATIONS = r"(?i)\b(relu|gelu|swish|silu|elu|selu|tanh|softplus|leakyrelu|leaky_relu)\b"
rng = np.random.default_rng(0)
FIRST, SECOND = rng.normal(size=(4, 4, 3, 2)), rng.normal(size=(3, 3, 2, 2))  # kernels of two layers that move in steps of two
IMAGES = rng.normal(size=(1, 32, 32, 3))


def detector() -> dict:
    """What the chapter's cells about corners compute."""
    return drawn.computed("02_stacking", "import numpy as np", "down = ", "def relu", "def closest_filter")


def patch(vertical: float, horizontal: float) -> np.ndarray:
    """With a vertical and a horizontal edge for which their filters give these numbers."""
    return (vertical * DOWN + horizontal * DOWN.T) / (DOWN**2).sum()


def sums(vertical: float, horizontal: float) -> np.ndarray:
    """Of the two filters of the chapter's first layer."""
    return np.tensordot(patch(vertical, horizontal), detector()["edge_filters"][:, :, 0], 2)


def corner(vertical: float, horizontal: float, between: Callable = relu) -> float:
    """What the chapter's second layer makes of them."""
    return float(relu(between(sums(vertical, horizontal)) @ detector()["top_filter"].ravel()))


def both_edges(vertical: float, horizontal: float, bias: float) -> float:
    """What a single filter for both edges gives, after its ReLU."""
    return float(relu((patch(vertical, horizontal) * (DOWN + DOWN.T)).sum() + bias))


def light(where) -> np.ndarray:
    """A black patch in which this part is light."""
    on_black = np.zeros((3, 3))
    on_black[where] = 1
    return on_black


def response(image: np.ndarray) -> float:
    """The largest that the filter of the quarters gives, after its ReLU."""
    return float(relu(defined.feature_map(image, QUARTERS)).max())


def least(shares: list[int], *, add_up: bool) -> float:
    """The smallest sum of these shares of four quarters' weights, where no light half may have a sum above zero.

    Given `add_up`, the four have to add up to zero.
    """
    to_zero = {"A_eq": np.ones((1, 4)), "b_eq": [0]} if add_up else {}
    return float(linprog(shares, A_ub=HALVES, b_ub=np.zeros(4), bounds=(-1, 1), **to_zero).fun)


@cache
def fitted(name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of an image of the chapter: its windows with a one for the bias, the corner map, and the weights by the normal equations."""
    wanted = detector()["corner_map"](detector()[name])[1]
    windows = np.lib.stride_tricks.sliding_window_view(detector()[name], (3, 3)).reshape(-1, 9)
    windows = np.column_stack([windows, np.ones(len(windows))])
    return windows, wanted, np.linalg.solve(windows.T @ windows, windows.T @ wanted.ravel())


def is_closest(name: str) -> bool:
    """Is the chapter's map the one of the weights by the normal equations, and does every change of a weight raise the error?"""
    windows, wanted, weights = fitted(name)

    def error(weights: np.ndarray) -> float:
        return float(((windows @ weights - wanted.ravel()) ** 2).mean())

    changed = [weights + change for step in (-0.01, 0.01) for change in step * np.eye(10)]
    ours = detector()["closest_filter"](detector()[name], wanted)
    return near(ours.ravel(), relu(windows @ weights)) and error(weights) < min(map(error, changed))


def two_layers(images: np.ndarray, padding: str = "valid", between: Callable = np.array, stride: int = 2) -> np.ndarray:
    return conv2d(between(conv2d(images, FIRST, stride=stride, padding=padding)), SECOND, stride=2, padding=padding)


@cache
def one_kernel(stride: int = 2) -> np.ndarray:
    """What two layers make of each single pixel of those that a unit sees."""
    side = 4 + 2 * stride
    return two_layers(np.eye(side * side * 3).reshape(-1, side, side, 3), stride=stride).reshape(side, side, 3, 2)


def copies(step: int) -> np.ndarray:
    """The first kernel, shifted by so many pixels for each weight of the second, multiplied by it and added up."""
    total = np.zeros((4 + 2 * step, 4 + 2 * step, 3, 2))
    for row, column, inner, outer in np.ndindex(SECOND.shape):
        total[row * step :, column * step :][:4, :4, :, outer] += FIRST[..., inner] * SECOND[row, column, inner, outer]
    return total


def one_layer() -> np.ndarray:
    """With the one kernel, where two layers with "same" have their windows; zeros around the image, as they have."""
    return conv2d(np.pad(IMAGES, ((0, 0), (1, 3), (1, 3), (0, 0))), one_kernel(), stride=4)


def same_inside(between: Callable = np.array) -> bool:
    """Away from the border, do two layers give what the one gives?"""
    return near(two_layers(IMAGES, "same", between)[:, 1:-1, 1:-1], one_layer()[:, 1:-1, 1:-1])


def usual_activations() -> Counter:
    """Of each network that comes with Keras, the activation that its code names most often."""
    sources = (Path(keras.__file__).parent / "src" / "applications").glob("*.py")
    named = [Counter(re.findall(ACTIVATIONS, path.read_text(encoding="utf-8").lower())) for path in sources]
    return Counter(names.most_common(1)[0][0] for names in named if names)


def brought_in() -> list[int]:
    """How many pixels of a row each of three units of the first layer sees that those before it do not."""
    pixels = np.eye(8)[:, None, :, None] * np.ones((1, 4, 1, 1))
    seen = conv2d(pixels, np.ones((4, 4, 1, 1)), stride=2)[:, 0, :, 0] != 0
    return [int((seen[:, unit] & ~seen[:, :unit].any(axis=1)).sum()) for unit in range(3)]


@cache
def pixels_seen(row: int, column: int) -> int:
    """By a unit of the second of two layers with 3×3 filters, strides of one and "same", on an image of ten by ten."""
    maps = np.eye(100).reshape(100, 10, 10, 1)
    for _ in range(2):
        maps = conv2d(maps, np.ones((3, 3, 1, 1)), padding="same")
    return np.count_nonzero(maps[:, row, column])


SHOWN: dict[str, Callable[[], bool]] = {
    "These strides make the maps smaller; another way to do that is pooling.": lambda: (
        rises([-side for side, _, _ in drawn.shapes()[:3]])
        and arithmetic.conv_output_size(32, 4, 1, "same") == 32
        and all(defined.pooled(layer(2)).size < defined.IMAGE[:, :6].size for layer in (layers.MaxPooling2D, layers.AveragePooling2D))
    ),
    "The other is down minus across, so it says by how much the vertical edge is stronger than the horizontal one.": lambda: all(
        np.isclose(sums(vertical, horizontal)[1], vertical - horizontal) for vertical, horizontal in [(3, 1), (1, 3), (2, 2), (5, 0)]
    ),
    "Where there are both, the second map takes away the amount by which the vertical edge is stronger than the horizontal one, and the "
    "strength of the weaker edge remains.": lambda: all(
        np.isclose(relu(sums(*both))[0] - corner(*both), max(both[0] - both[1], 0)) and np.isclose(corner(*both), min(both))
        for both in [(3, 1), (1, 3), (2, 2), (0.5, 4)]
    ),
    "Another has to be computed, anew for each image: its nine weights and its bias are chosen so that its sums, before the ReLU, come as "
    "close to the corner map as possible, which here means with the smallest mean squared error.": lambda: (
        is_closest("drawing") and is_closest("photograph") and not near(fitted("drawing")[2], fitted("photograph")[2])
    ),
    "As soon as an edge is stronger, though, it overcomes the bias on its own.": lambda: (
        both_edges(1, 0, bias=-1.5) == both_edges(0, 1, bias=-1.5) == 0 < both_edges(1, 1, bias=-1.5)
        and min(both_edges(2, 0, bias=-1.5), both_edges(0, 2, bias=-1.5)) > 0
    ),
    "A ReLU is content with less: on edges the sum may be negative instead of zero.": lambda: (
        min((light(edge) * QUARTERS).sum() for edge in EDGES) < 0
        and max(relu((light(edge) * QUARTERS).sum()) for edge in EDGES) == 0 < (light(np.s_[2:, 2:]) * QUARTERS).sum()
    ),
    "But its weights add up to less than zero, so on a background like the grey one in our drawing it stays silent.": lambda: (
        QUARTERS.sum() < 0
        and response(detector()["drawing"][30:]) < 1e-9  # the grey background with its square
        and min(response(detector()["drawing"][:30]), response(detector()["drawing"][30:] - 0.2)) > 0.1
    ),
    "Then a light left half and a light right half have opposite sums; if neither may be above zero, both are zero, and so are those of "
    "the upper and the lower half, and we are back at the argument above.": lambda: all(
        np.isclose(least(shares, add_up=True), 0) and least(shares, add_up=False) < -0.1
        # The halves, and by how much one corner has more than the opposite one.
        for shares in (*HALVES, [1, 0, 0, -1], [-1, 0, 0, 1])
    ),
    "And since a weighted sum of weighted sums over windows is again a weighted sum over a larger window, away from the border they are "
    "even one convolution, with a larger kernel.": lambda: (
        same_inside() and len(one_kernel()) > len(FIRST) and abs(one_kernel()[[0, -1]]).min() > 0
    ),
    "So the large kernel is a sum of copies of the first kernel, each multiplied by a weight of the second and shifted one stride further "
    "than the copy before it.": lambda: all(near(one_kernel(stride), copies(stride)) for stride in (1, 2, 3)),
    "So with nothing between them, the second layer adds nothing that a single layer with a larger kernel could not do, except near the "
    "border.": lambda: same_inside() and not near(two_layers(IMAGES, "same"), one_layer()) and not same_inside(between=relu),
    "ReLU, which made the corner detector work, is among the most common ones.": lambda: (
        corner(0, 1) == 0 < corner(0, 1, between=np.array) and "relu" in dict(usual_activations().most_common(2))
    ),
    "So the first of these units brings in four pixels, and each of the other two brings in two more.": lambda: brought_in() == [4, 2, 2],
    "So the unit has fewer pixels to go by than one in the middle.": lambda: pixels_seen(9, 9) < pixels_seen(5, 5) == 5 * 5,
}

# A sentence -> why nothing is computed.
SAID: dict[str, str] = {"Between the two layers comes one more step.": "a transition; the sentence after it says which step"}
