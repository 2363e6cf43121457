"""The project of the chapter on stacking convolutions: two layers that find all four corners of light rectangles."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from cnnbook.exercises import reading
from cnnbook.exercises.mechanics import ROUNDING, exercise
from cnnbook.exercises.reading import NotAnswered, Wrong, described
from cnnbook.reference import conv2d, relu

MOST_FILTERS = 64
NEGLIGIBLE = 0.01  # share of the weakest corner that still counts as nothing
KINDS = {(rows, columns): f"{rows} {columns}" for rows, columns in product(("top", "bottom"), ("left", "right"))}

DOWN = np.array([[-1, 0, 1]] * 3)
ACROSS = DOWN.T
NOTHING = "it marks nothing at all; what one pair of filters finds, another pair may take away again"
SIDES = "it also marks the sides, where there is only one of the two edges; nothing should be left there"
PLAIN = "it also marks plain places, inside or outside the rectangle; remember that the weights of an edge filter add up to zero"


@dataclass(frozen=True)
class Drawing:
    """A light rectangle on a darker background, and where its corners and sides lie in the map of a 3×3 filter without padding."""

    image: np.ndarray
    corners: dict[str, np.ndarray]  # for each kind of corner, the places whose windows contain it
    sides: np.ndarray


def drawings() -> Iterator[Drawing]:
    """Some rectangles, drawn at random, none of them near the border."""
    rng = np.random.default_rng(5)
    for _ in range(8):
        height, width = rng.integers(16, 24, 2)
        (top, bottom), (left, right) = ((rng.integers(3, 6), size - rng.integers(3, 6)) for size in (height, width))
        ground, light = rng.choice([0, 0.2, 0.4]), rng.choice([0.5, 0.7, 1])
        image = np.full((height, width), ground)
        image[top:bottom, left:right] = light
        rows = {"top": _met(height, top), "bottom": _met(height, bottom)}
        columns = {"left": _met(width, left), "right": _met(width, right)}
        corners = {kind: np.outer(rows[row], columns[column]) for (row, column), kind in KINDS.items()}
        sides = np.logical_xor.outer(rows["top"] | rows["bottom"], columns["left"] | columns["right"])
        yield Drawing(image, corners, sides & ~_outside(rows, columns))


def _met(size: int, edge: int) -> np.ndarray:
    """Where a window of three pixels lies across the edge before pixel `edge`."""
    first = np.arange(size - 2)
    return (first < edge) & (edge < first + 3)


def _outside(rows: dict[str, np.ndarray], columns: dict[str, np.ndarray]) -> np.ndarray:
    """Where a window lies beside the rectangle: next to an edge's straight continuation."""

    def within(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        places = np.arange(len(one))
        return (places >= one.argmax()) & (places <= len(one) - 1 - other[::-1].argmax())

    return ~np.outer(within(rows["top"], rows["bottom"]), within(columns["left"], columns["right"]))


@dataclass(frozen=True)
class CornerFinder:
    """The filters of two layers with a ReLU after each: they mark the four corners of light rectangles and nothing else."""

    @property
    def right(self) -> tuple[np.ndarray, np.ndarray]:
        """The weaker edge, whatever the signs: |d| + |a| minus the larger of the two."""
        filters = [DOWN, -DOWN, ACROSS, -ACROSS, DOWN + ACROSS, -DOWN - ACROSS, DOWN - ACROSS, ACROSS - DOWN]
        return layers_of(filters, [1] * 4 + [-0.5] * 4)

    @property
    def mistakes(self) -> list[tuple[tuple[np.ndarray, np.ndarray], str]]:
        """Layers that people build first."""
        signs = [(down * DOWN, across * ACROSS) for down, across in product((1, -1), repeat=2)]
        four_pairs = [kernel for down, across in signs for kernel in (down, down - across)]
        chapters = [("top right", "bottom left", "bottom right"), ("top left",)]
        return [
            (layers_of([DOWN, DOWN - ACROSS], [1, -1]), _missed(*chapters)),
            (layers_of([DOWN, -DOWN, ACROSS, -ACROSS], [1] * 4), SIDES),
            (layers_of([np.ones((3, 3))], [1]), PLAIN),
            (layers_of(four_pairs, [1, -1] * 4), NOTHING),
        ]

    def check(self, answer: object) -> None:
        """As `Number.check`."""
        first, top = read(answer)
        for drawing in drawings():
            maps = relu(conv2d(drawing.image[None, :, :, None], first))
            marked = relu(conv2d(maps, top))[0, :, :, 0]
            if not np.isfinite(marked).all():
                raise Wrong("the map has numbers that are not finite; the weights are far too large")
            if marked.max() <= ROUNDING * np.abs(top).max() * maps.max():
                raise Wrong(NOTHING)
            self._judge(drawing, marked)

    def _judge(self, drawing: Drawing, marked: np.ndarray) -> None:
        heights = {kind: marked[places].max() for kind, places in drawing.corners.items()}
        plain = ~(drawing.sides | np.any(list(drawing.corners.values()), axis=0))
        bound = NEGLIGIBLE * max(heights.values())
        for places, why in ((plain, PLAIN), (drawing.sides, SIDES)):
            if not marked[places].max() <= bound:
                raise Wrong(why)
        missed = [kind for kind, height in heights.items() if not height > bound]
        if missed:
            raise Wrong(_missed(missed, [kind for kind in heights if kind not in missed]))


def _missed(missed: list[str], found: list[str]) -> str:
    return f"it finds the corners at the {' and '.join(found)}, but not those at the {', '.join(missed)}"


def layers_of(filters: list, weights: list) -> tuple[np.ndarray, np.ndarray]:
    """Both layers' kernels, in the shapes that `reference.conv2d` takes."""
    return np.stack(filters, axis=-1)[:, :, None, :].astype(float), np.array(weights, float)[None, None, :, None]


def read(answer: object) -> tuple[np.ndarray, np.ndarray]:
    """Both kernels, with the shapes that they must have."""
    if answer is ...:
        raise NotAnswered
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        raise Wrong(f"expected two arrays, the filters of both layers; got {described(answer)}")
    first, top = map(reading.array, answer)
    if first.ndim != 4 or first.shape[:3] != (3, 3, 1) or not first.shape[3]:
        raise Wrong(f"the first layer's filters have the shape {first.shape}; 3×3 filters on a grey image have (3, 3, 1, filters)")
    if first.shape[3] > MOST_FILTERS:
        raise Wrong(f"the first layer has {first.shape[3]} filters; {MOST_FILTERS} are more than enough")
    if top.shape != (1, 1, first.shape[3], 1):
        raise Wrong(f"the top filter has the shape {top.shape}; for {first.shape[3]} maps it takes (1, 1, {first.shape[3]}, 1)")
    return first, top


@exercise
def find_all_corners() -> CornerFinder:
    """Two layers of filters that mark all four corners of light rectangles, and nothing else."""
    return CornerFinder()
