"""What a figure draws, as a short digest in its text: nbval compares that text, and so notices another curve, label or image.

Rounded so that another processor, whose last digits differ, draws the same: to three digits, and within an artist to about a
hundredth of its span.
"""

import hashlib
from collections.abc import Iterator

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection, LineCollection
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter, FuncFormatter

FEW = 24  # as many numbers stand one by one; of more, some sums
STEPS = 97.3  # of a span; no round number, so that round values do not lie between two steps
TINY = 1e-6  # of the size of the numbers: a smaller span is rounding
ALIKE = 1e-9  # what is smaller is nothing


class Drawn(Figure):
    """A figure that says in its text what it shows."""

    def __repr__(self) -> str:
        width, height = self.get_size_inches()
        return f"<Figure of {width:.2f} × {height:.2f} inches, {len(self.axes)} axes, digest {digest(self)}>"


def digest(figure: Figure) -> str:
    """Eight hexadecimal digits, the same for figures that show the same."""
    lines = [line for axes in figure.axes for line in _axes(axes)] + [_text(text) for text in figure.texts]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:8]


def _axes(axes: Axes) -> Iterator[str]:
    """A line for all that stands around a panel, and one for each thing in it."""
    legend = axes.get_legend()
    named = [text.get_text() for text in legend.get_texts()] if legend else []
    around = [axes.get_title(), axes.get_xlabel(), axes.get_ylabel(), axes.get_xscale(), axes.get_yscale(), axes.axison, *named]
    yield repr(around)
    yield f"from {_numbers(axes.get_xlim())} and {_numbers(axes.get_ylim())}"  # which way an axis runs, and what it leaves out
    for axis in (axes.xaxis, axes.yaxis):
        if isinstance(axis.get_major_formatter(), FixedFormatter | FuncFormatter):  # labels that were written, not made from numbers
            yield repr([label.get_text() for label in axis.get_ticklabels()])
    for child in axes.get_children():
        if child.get_visible() and child is not axes.patch and (said := _artist(child)):
            yield said


def _artist(artist: Artist) -> str:
    if isinstance(artist, Line2D):
        look = (artist.get_label(), artist.get_linestyle(), artist.get_marker(), artist.get_color(), artist.get_markerfacecolor())
        return f"line {look} {_numbers(artist.get_xdata())} {_numbers(artist.get_ydata())}"
    if isinstance(artist, LineCollection):
        return f"segments {[_numbers(np.asarray(segment)[:, side]) for segment in artist.get_segments() for side in (0, 1)]}"
    if isinstance(artist, Collection):
        return f"points {artist.get_label()} {_numbers(artist.get_offsets())} {_numbers(artist.get_array())}"
    if isinstance(artist, AxesImage):
        return f"image {_numbers(artist.get_array())} {_numbers(artist.get_clim())}"
    if isinstance(artist, Text):
        return _text(artist) if artist.get_text() else ""
    if isinstance(artist, Patch):
        corners = artist.get_patch_transform().transform(artist.get_path().vertices)
        return f"patch {artist.get_facecolor()} {_numbers(corners)}"
    return ""


def _text(text: Text) -> str:
    return f"text {text.get_text()!r} {_numbers(text.get_position())}"


def _numbers(values: object) -> str:
    """A few numbers one by one, many as sums with weights that go up and down, so that an exchange of two is noticed."""
    if values is None:
        return "none"
    found = np.asarray(np.ma.filled(np.ma.asarray(values, dtype=float), np.nan)).ravel()
    finite = found[np.isfinite(found)]
    if not len(finite):
        return f"{len(found)} that are not finite"
    low, span, size = finite.min(), np.ptp(finite), np.abs(finite).max()
    if size < ALIKE:
        return f"{len(found)} of nothing"
    if span < TINY * size:
        return f"{len(found)} of {low:.2e}"
    shares = np.where(np.isfinite(found), (found - low) / span, -1)
    if len(shares) > FEW:
        places = np.arange(len(shares))
        shares = np.array([np.mean(shares * weights) for weights in (1, np.cos(places), np.cos(places * np.pi / len(places)))])
    low = 0 if abs(low) < TINY * size else low
    return f"{len(found)} from {low:.2e} over {span:.2e}: {np.rint(shares * STEPS).astype(int).tolist()}"
