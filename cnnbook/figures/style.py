"""The one owner of sizes, colours and fonts."""

from collections.abc import Callable, Iterable
from functools import wraps

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnnbook import door
from cnnbook.figures.fingerprint import Drawn

WIDTH = 7.0  # inches, of every figure
BLUE, ORANGE, GREEN, GREY = "#0072b2", "#d55e00", "#00795a", "#666666"  # after Okabe and Ito, told apart by the colour-blind
PHOTOGRAPH_DPI = 100  # of figures with large photographs, which would weigh twice as much with the style's 150
MARKERS, LINES = "osD^", ("-", "--", ":", "-.")
SIGNED = "PuOr_r"

STYLE = {
    "figure.dpi": 150,
    "figure.facecolor": "white",
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#dddddd",
    "legend.frameon": False,
    "figure.constrained_layout.use": True,
}


LOOKS = list(zip((BLUE, ORANGE, GREEN, GREY), LINES, MARKERS, strict=True))  # of the curves of a figure, in order


def looks(name: str, count: int, most: int = len(LOOKS)) -> list[tuple[str, str, str]]:
    """(colour, line, marker) of each of `count` curves; more than there are looks would be left out without a word."""
    if not 0 < count <= most:
        raise ValueError(f"{name} has {count} curves; it takes from 1 to {most}")
    return LOOKS[:count]


def drawn(draw: Callable[..., Figure]) -> Callable[..., Figure]:
    """Draw in the book's style, close the figure so that a notebook does not show it twice, and have its text say what it shows."""

    @wraps(draw)
    def styled(*args, **kwargs) -> Figure:
        with plt.rc_context(STYLE):
            figure = draw(*args, **kwargs)
        plt.close(figure)
        figure.__class__ = Drawn  # pyplot makes a Figure; only its text is to change
        return figure

    return styled


def named(name: str, value: dict) -> dict:
    """A dict with something in it, whose names are texts.

    Example:
        >>> named("panels", {"map": [[1, 2]]})
        {'map': [[1, 2]]}
    """
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise TypeError(f"{name} is a {type(value).__name__}; it takes a dict by name")
    if not value:
        raise ValueError(f"{name} is empty; it takes at least one name")
    return value


def same_length(name: str, parts: Iterable[tuple[str, object]]) -> None:
    """Refuse parts of different lengths, by the name of the first that differs."""
    (first, whole), *others = parts
    for other, part in others:
        if len(part) != len(whole):
            raise ValueError(f"{name}[{other!r}] has {len(part)}, and {name}[{first!r}] {len(whole)}; they take the same number")


def picture(name: str, value: object, dimensions: int | None = None) -> tuple[np.ndarray, int]:
    """An image, or several, as matplotlib draws them, and the value that is white: whole numbers from 0 to 255, or numbers from 0 to 1.

    Matplotlib would draw an image on another scale black, white or with its own extremes, without a word.

    Args:
        dimensions: how many it takes, the last being 3 colours; None for one image with or without colours.

    Example:
        >>> pixels, white = picture("image", [[0, 128], [255, 3]])
        >>> pixels.dtype, white
        (dtype('uint8'), 255)
    """
    read = door.array(name, value, dimensions)
    if dimensions is None and read.ndim not in (2, 3):
        raise ValueError(f"{name} has shape {read.shape}; it takes (height, width) or (height, width, 3)")
    if read.ndim > 2 and read.shape[-1] != 3:
        raise ValueError(f"{name} has shape {read.shape}; it takes 3 colours as the last axis")
    takes = f"{name} takes whole numbers from 0 to 255, or numbers from 0 to 1"
    if read.dtype.kind == "b":
        raise TypeError(f"{name} has dtype bool; {takes}")
    read = read if read.dtype.kind in "iu" else door.floats(name, read, finite=True)
    low, high = read.min(), read.max()
    if read.dtype.kind == "f" and low >= 0 and high <= 1:
        return read, 1
    if low < 0 or high > 255 or (read.dtype.kind == "f" and (read != np.rint(read)).any()):
        raise ValueError(f"{name} has values from {low:g} to {high:g}; {takes}")
    return read.astype(np.uint8), 255


def bare(axes: Axes, title: str = "") -> None:
    axes.set(xticks=[], yticks=[], title=title)
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(True)


def written(value: float) -> str:
    """A number as figures show it: up to six digits, a true minus, and no minus before a zero.

    Example:
        >>> written(-0.5), written(-0.0)
        ('−0.5', '0')
    """
    return f"{value:zg}".replace("-", "−")


def numbers(axes: Axes, values: np.ndarray, title: str, *, signed: bool, reach: float) -> None:
    """A small matrix as shaded cells, each with its number."""
    low = -reach if signed else 0
    axes.imshow(values, cmap=SIGNED if signed else "gray", vmin=low, vmax=reach)
    for (i, j), value in np.ndenumerate(values):
        dark = abs(value) > 0.7 * reach if signed else value < 0.5 * reach
        axes.text(j, i, written(value), ha="center", va="center", color="white" if dark else "black", size=8)
    bare(axes, title)
