"""What is compared: differences with their intervals, filters before and after, accuracy as the images change."""

from collections.abc import Sequence
from typing import Protocol

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from cnnbook import door
from cnnbook.figures.style import BLUE, GREEN, GREY, LINES, MARKERS, ORANGE, WIDTH, drawn


class Interval(Protocol):
    """What a difference of `claims` has: its mean, both ends of its interval, and the number of seeds."""

    mean: float
    low: float
    high: float
    n: int


@drawn
def differences(rows: dict[str, Interval], zero: str, xlabel: str = "difference in test accuracy, points") -> Figure:
    """The mean and the interval of each difference (fractions) against a line at zero, which stands for `zero`.

    Filled where the interval leaves zero out, hollow where it does not; the number of seeds stands to the right.
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 0.42 * len(rows) + 1.1))
    for row, difference in enumerate(rows.values()):
        mean, low, high = (100 * end for end in (difference.mean, difference.low, difference.high))
        fill = "white" if low <= 0 <= high else BLUE
        axes.errorbar(mean, row, xerr=[[mean - low], [high - mean]], fmt="D", color=BLUE, mfc=fill, capsize=4, markersize=5)
        axes.annotate(f"{difference.n} seeds", (1.01, row), xycoords=("axes fraction", "data"), va="center", size=8)
    axes.axvline(0, color=ORANGE, linestyle="--")
    axes.text(0, -0.75, zero, ha="center", va="bottom", size=8)
    axes.set(yticks=range(len(rows)), yticklabels=rows.keys(), xlabel=xlabel, ylim=(len(rows) - 0.4, -0.75))
    return figure


@drawn
def gains(panels: dict[str, tuple[Sequence[float], Sequence[Interval]]], ylabel: str) -> Figure:
    """One panel per optimizer; in it the mean and the interval of a difference (fractions) at each learning rate."""
    figure, axes = plt.subplots(1, len(panels), figsize=(WIDTH, 2.4), sharey=True, squeeze=False)
    for cell, (title, (rates, found)) in zip(axes[0], panels.items(), strict=True):
        mean, low, high = 100 * np.array([(each.mean, each.low, each.high) for each in found]).T
        cell.errorbar(rates, mean, [mean - low, high - mean], fmt="D", color=BLUE, capsize=4, markersize=4)
        cell.axhline(0, color=ORANGE, linestyle="--")
        cell.set(title=title, xscale="log", xlabel="learning rate", xticks=rates)
        cell.set_xticklabels([f"{rate:g}" for rate in rates])
        cell.minorticks_off()
    axes[0][0].set_ylabel(ylabel)
    return figure


@drawn
def filter_changes(before: np.ndarray, after: np.ndarray) -> Figure:
    """Filters (height, width, 3, filters) before and after training, and their difference: grey is 0, and each filter has its own scale.

    Raises:
        TypeError, ValueError: they are not finite numbers of one such shape.
    """
    before = door.floats("before", before, 4, finite=True)
    after = door.floats("after", after, shape=before.shape, finite=True)
    rows = {"start": before, "end": after, "difference": after - before}
    figure, axes = plt.subplots(len(rows), before.shape[3], figsize=(WIDTH, 0.62 * len(rows) + 0.3), squeeze=False)
    reach = 2 * np.max([np.abs(kernels).max((0, 1, 2)) for kernels in rows.values()], 0)
    for row, (name, kernels) in zip(axes, rows.items(), strict=True):
        row[0].set_ylabel(name, size=8)
        for number, cell in enumerate(row):
            cell.imshow(kernels[..., number] / (reach[number] or 1) + 0.5)
            cell.set(xticks=[], yticks=[])
            cell.grid(False)
    return figure


@drawn
def changed_images(panels: dict[str, tuple[Sequence[float], dict[str, Sequence[float]]]], guessing: float) -> Figure:
    """One panel per kind of change, (amounts, {network: accuracies}); all share the scale of accuracy (fractions)."""
    looks = list(zip((BLUE, ORANGE, GREEN), LINES, MARKERS, strict=False))
    figure, axes = plt.subplots(1, len(panels), figsize=(WIDTH, 2.5), sharey=True, squeeze=False)
    for cell, (xlabel, (amounts, networks)) in zip(axes[0], panels.items(), strict=True):
        for (name, accuracies), (colour, line, marker) in zip(networks.items(), looks, strict=False):
            cell.plot(amounts, 100 * np.array(accuracies), line, color=colour, marker=marker, markersize=3.5, label=name)
        cell.axhline(100 * guessing, color=GREY, linewidth=0.8)
        cell.set_xlabel(xlabel)
    axes[0][0].set(ylabel="test accuracy, %", ylim=(0, None))
    axes[0][-1].legend(fontsize=7)
    return figure


@drawn
def rescaled(before: np.ndarray, after: np.ndarray, slope: float, xlabel: str, ylabel: str) -> Figure:
    """Numbers after a change against the same before it, with the line through zero of that slope, and dashed the line of no change.

    Raises:
        TypeError, ValueError: they are no finite numbers of one shape.
    """
    before = door.floats("before", before, finite=True)
    after = door.floats("after", after, shape=before.shape, finite=True)
    slope = door.number("slope", slope)
    figure, axes = plt.subplots(figsize=(WIDTH * 0.6, WIDTH * 0.5))
    axes.plot(before.ravel(), after.ravel(), "o", color=GREY, markersize=2, alpha=0.35, markeredgewidth=0)
    ends = np.array([before.min(), before.max()])
    axes.plot(ends, ends, "--", color=ORANGE, label="no change")
    axes.plot(ends, slope * ends, "-", color=BLUE, linewidth=1, label=f"multiplied by {slope:.2f}")
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.legend()
    return figure
