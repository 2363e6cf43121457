"""The one owner of sizes, colours and fonts."""

from collections.abc import Callable
from functools import wraps

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

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


def bare(axes: Axes, title: str = "") -> None:
    axes.set(xticks=[], yticks=[], title=title)
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(True)


def numbers(axes: Axes, values: np.ndarray, title: str, *, signed: bool, reach: float) -> None:
    """A small matrix as shaded cells, each with its number."""
    low = -reach if signed else 0
    axes.imshow(values, cmap=SIGNED if signed else "gray", vmin=low, vmax=reach)
    for (i, j), value in np.ndenumerate(values):
        dark = abs(value) > 0.7 * reach if signed else value < 0.5 * reach
        axes.text(j, i, f"{value:g}".replace("-", "−"), ha="center", va="center", color="white" if dark else "black", size=8)
    bare(axes, title)
