"""What the sentences of chapter "Convolution" compare."""

import time
from collections.abc import Callable
from functools import cache

import nbformat
import numpy as np

from cnnbook import reference
from tests import defined, drawn
from tests.conftest import ROOT
from tests.exercises.explained.convolution import descended, photograph, small_photograph
from tests.remembered import BIAS, FILTER, GREY, IMAGES, KERNEL, convolved, convolved_grey, near

CHAPTER = "01_convolution"
DOWN = np.array([[-1, 0, 1]] * 3)  # the filter for a vertical edge
A_FEW = 5  # seconds
# Rows of the photograph, found by eye: the lower edge of each of the three roofs, the tiles above it and the wall below it.
ROOFS = [(slice(113, 119), slice(98, 105), slice(121, 135)), (slice(166, 172), slice(150, 157), slice(176, 194))]
ROOFS.append((slice(264, 270), slice(242, 249), slice(276, 292)))
BUILDING = slice(60, 280)  # the columns of the photograph in which it stands


@cache
def strengths(across: bool) -> np.ndarray:
    """How strongly a map of edges answers in each row of the building; `across` for the map of horizontal edges."""
    return abs(defined.feature_map(photograph(), DOWN.T if across else DOWN))[:, BUILDING].mean(1)


def stands_out(edge: slice, *around: slice) -> bool:
    """Does the map of horizontal edges answer more strongly in these rows than around them, and than the other map in these rows?"""
    others = [strengths(across=True)[rows].mean() for rows in around] + [strengths(across=False)[edge].mean()]
    return strengths(across=True)[edge].mean() > max(others)


def blob() -> np.ndarray:
    return drawn.computed(CHAPTER, "blob = ")["blob"]


def score(patch: np.ndarray) -> float:
    return float((patch * blob()).sum())


def corner_or_edge(size: float, corner: bool) -> float:
    """The largest sum that a filter for both edges gives on a light rectangle: at its top left corner, or in the middle of its sides."""
    image = np.zeros((20, 20))
    image[4:16, 4:16] = size
    sums = defined.feature_map(image, DOWN + DOWN.T)
    return float(sums[:6, :6].max() if corner else max(sums[8:10].max(), sums[:, 8:10].max()))


def seconds(work: Callable[[], object]) -> float:
    """Of the processor, the least of three tries, since others use this machine too."""

    def once() -> float:
        start = time.process_time()
        work()
        return time.process_time() - start

    return min(once() for _ in range(3))


def tenth() -> np.ndarray:
    """Of the photograph."""
    return photograph()[: len(photograph()) // 10]


def slide_over_tenth() -> np.ndarray:
    """By the chapter's own loop."""
    return drawn.computed(CHAPTER, "def slide(")["slide"](tenth(), DOWN)


def photographs_in_a_cell() -> int:
    """Over how many whole photographs the chapter's slowest cell slides a filter, pixel by pixel."""
    cells = nbformat.read(ROOT / "chapters" / f"{CHAPTER}.ipynb", as_version=4).cells
    return max(cell.source.count("slide(photograph") for cell in cells if cell.cell_type == "code")


def same_settings() -> bool:
    """Does the book's function give what Keras's layer gives, whatever the stride, the padding and the dilation?"""
    settings = [(1, "valid", 1), (2, "same", 1), ((2, 3), "valid", 1), (1, "same", 2)]
    return all(
        near(
            reference.conv2d(IMAGES, KERNEL, BIAS, stride=stride, padding=padding, dilation=dilation),
            convolved(IMAGES, strides=stride, padding=padding, dilation_rate=dilation),
        )
        for stride, padding, dilation in settings
    )


def one_product() -> np.ndarray:
    """The feature map of a tenth of the photograph as a matrix with a row for each window, times the weights."""
    rows = np.lib.stride_tricks.sliding_window_view(tenth(), (3, 3))
    return (rows.reshape(-1, 9) @ DOWN.ravel()).reshape(rows.shape[:2])


def shuffled() -> np.ndarray:
    """The same pixels, but neighbours have nothing to do with each other."""
    return np.random.default_rng(0).permutation(small_photograph().ravel()).reshape(small_photograph().shape)


def windows(image: np.ndarray) -> np.ndarray:
    return np.lib.stride_tricks.sliding_window_view(image, (3, 3)).reshape(-1, 9)


def missed(pixels: np.ndarray, steps: int) -> float:
    """The largest error of a weight after so many steps of gradient descent, by the chapter's rate and from its start."""
    secret = DOWN.ravel()
    return float(abs(descended(pixels, pixels @ secret, drawn.learning()["first"], steps, rate=2 * 0.05 / len(pixels)) - secret).max())


def alike(image: np.ndarray) -> float:
    """The correlation of neighbours."""
    return float(np.corrcoef(image[:, :-1].ravel(), image[:, 1:].ravel())[0, 1])


SHOWN: dict[str, Callable[[], bool]] = {
    # The pixel-by-pixel loops are what takes time; loading TensorFlow is left out, since it depends on the disk.
    "If you run the chapter yourself, run its cells from top to bottom; none takes longer than a few seconds.": lambda: (
        10 * photographs_in_a_cell() * seconds(slide_over_tenth) < A_FEW
        and seconds(lambda: missed(windows(small_photograph()), 1000)) < A_FEW
    ),
    "That is what we computed, and it grows for more than one reason: with a better match, but also with a brighter patch or a stronger "
    "contrast.": lambda: (
        score(blob()) > score(blob()[::-1])  # the same pixels in other places
        and score(blob() + 0.1) > score(blob())
        and score(2 * (blob() - blob().mean()) + blob().mean()) > score(blob())
    ),
    "In the second, the lower edges of the roofs appear.": lambda: all(stands_out(*roof) for roof in ROOFS),
    "One that looks for both edges of the corner gives a large sum there, but one edge alone already gives part of that sum, and a strong "
    "edge gives more than a faint corner.": lambda: (
        corner_or_edge(1.0, corner=True) > corner_or_edge(1.0, corner=False) > corner_or_edge(0.2, corner=True) > 0
    ),
    "From here on the book uses cnnbook.reference.conv2d, which does the same computation as a single matrix product; it is faster, and "
    "takes the same settings as Keras's layer.": lambda: (
        same_settings()
        and near(one_product(), slide_over_tenth())
        and near(one_product(), defined.feature_map(tenth(), DOWN))
        and seconds(slide_over_tenth) > 2 * seconds(lambda: defined.feature_map(tenth(), DOWN))
    ),
    'With "valid" there is none: the filter stays inside the image, and with a stride of one the map is a little smaller than the '
    "image.": lambda: (
        near(convolved_grey(GREY, FILTER, padding="valid"), defined.by_hand(GREY, FILTER))
        and all(0 < 32 - side <= 4 for size in (2, 3, 5) for side in defined.by_hand(np.ones((32, 32)), np.ones((size, size))).shape)
    ),
    # Five times as many are not enough, and they are enough if the same pixels are shuffled.
    "On photographs, where neighbouring pixels are alike, plain gradient descent needs far more steps, as the last exercise "
    "shows.": lambda: (
        alike(small_photograph()) > 1 / 2 > alike(shuffled())
        and missed(windows(small_photograph()), 5 * 60) > 2 * missed(windows(shuffled()), 60)
        and missed(windows(small_photograph()), 5 * 60) > 2 * missed(drawn.learning()["pixels"], 60)
    ),
}

# A sentence -> why nothing is computed.
SAID: dict[str, str] = {
    "Leave all settings but the image and the filter as they are for now; this chapter explains them further down, and then you can come "
    "back.": "an instruction, and what the chapter does later",
    "Almost, and the difference matters.": "answers the question before it; the sentences after it say what the difference is",
}
