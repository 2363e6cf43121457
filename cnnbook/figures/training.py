"""What happens while a network trains: losses, moving activations, learning rates."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnnbook import door
from cnnbook.figures.style import BLUE, GREEN, GREY, ORANGE, WIDTH, bare, drawn, looks, named, picture


@drawn
def step_curves(
    curves: dict[str, Sequence[float]], ylabel: str, *, xlabel: str = "update", log: bool = False, closer: str | None = None
) -> Figure:
    """One line per name, with a value for each step from 0; a cross marks the last finite value before a NaN or infinity.

    A second panel shows the curve called `closer` alone, on a linear scale of its own.
    """
    styles = dict(zip(curves, looks("curves", len(curves)), strict=True))
    read = {name: door.floats(f"curves[{name!r}]", values, 1) for name, values in curves.items()}
    panels = [(list(curves), log)]
    if closer is not None:
        panels.append(([door.choice("closer", closer, tuple(curves))], False))
    figure, all_axes = plt.subplots(1, len(panels), figsize=(WIDTH * (0.75 if closer is None else 1), 2.6), squeeze=False)
    for axes, (names, logarithmic) in zip(all_axes[0], panels, strict=True):
        _steps(axes, {name: read[name] for name in names}, styles)
        axes.set(xlabel=xlabel, ylabel=ylabel, yscale="log" if logarithmic else "linear")
        axes.legend()
    return figure


def _steps(axes: Axes, curves: dict[str, np.ndarray], styles: dict[str, tuple[str, str, str]]) -> None:
    """Lines up to their last finite value, where a cross marks that there are more values."""
    ends: dict[int, float] = {}  # where curves end, and the highest of those that end there, which is the one to be labelled
    for name, values in curves.items():
        colour, line, _ = styles[name]
        finite = np.isfinite(values)
        steps = len(values) if finite.all() else int(finite.argmin())
        axes.plot(range(steps), values[:steps], line, color=colour, label=name)
        if 0 < steps < len(values):
            axes.plot(steps - 1, values[steps - 1], "X", color=colour, markersize=9)
            ends[steps - 1] = max(values[steps - 1], ends.get(steps - 1, -np.inf))
    for end in ends.items():
        axes.annotate("then NaN", end, xytext=(8, -3), textcoords="offset points")


@drawn
def stretches(matrices: dict[str, np.ndarray], title: str) -> Figure:
    """A circle of inputs, called `title`, and what each 2×2 matrix makes of it, as large as the circle, which is dashed.

    Two marks, at right angles, follow the directions that the first matrix stretches most and least.
    """
    read = {
        name: door.floats(f"matrices[{name!r}]", matrix, shape=(2, 2), finite=True, dtype=float)
        for name, matrix in named("matrices", matrices).items()
    }
    largest = {name: np.linalg.norm(matrix, 2) for name, matrix in read.items()}
    if empty := [name for name, size in largest.items() if not size]:
        raise ValueError(f"matrices[{empty[0]!r}] has only zeros; it takes a matrix that leaves something of a circle")
    turn = np.linspace(0, 2 * np.pi, 181)
    circle = np.transpose([np.cos(turn), np.sin(turn)])
    directions = np.linalg.svd(next(iter(read.values())))[0].T
    directions *= np.sign(directions @ [[0.1], [1]])  # both upwards, whatever the processor made of them
    panels = {title: np.eye(2)} | {name: matrix / largest[name] for name, matrix in read.items()}
    figure, axes = plt.subplots(1, len(panels), figsize=(WIDTH, 2.4), squeeze=False)
    for cell, (name, matrix) in zip(axes[0], panels.items(), strict=True):
        cell.plot(*circle.T, "--", color=GREY, linewidth=1)
        cell.plot(*(circle @ matrix).T, color=BLUE)
        for end, colour, marker in zip(directions @ matrix, (ORANGE, GREEN), "os", strict=True):
            cell.plot([0, end[0]], [0, end[1]], color=colour, marker=marker, markevery=[1])
        cell.set(aspect="equal", xlim=(-1.15, 1.15), ylim=(-1.15, 1.15))
        bare(cell, name)
    return figure


@drawn
def tower(moved: dict[str, float]) -> Figure:
    """Blocks on top of each other, the first at the bottom, each shifted by its number of block widths; dashed: where it was before."""
    moved = {name: door.number(f"moved[{name!r}]", shift) for name, shift in moved.items()}
    figure, axes = plt.subplots(figsize=(WIDTH * 0.5, 0.45 * len(moved) + 0.4))
    for row, (name, shift) in enumerate(moved.items()):
        axes.add_patch(Rectangle((0, row), 1, 0.9, fill=False, edgecolor=GREY, linestyle="--"))
        axes.add_patch(Rectangle((shift, row), 1, 0.9, facecolor="#b9d7ea", edgecolor="black", alpha=0.85))
        axes.text(shift + 0.5, row + 0.45, name, ha="center", va="center", size=8)
    axes.set(xlim=(-0.1, 1.1 + max(moved.values())), ylim=(-0.1, len(moved)))
    bare(axes)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return figure


@drawn
def movement(steps: Sequence[int], moved: dict[str, np.ndarray], ylabel: str) -> Figure:
    """The values [seed][step] of each network over the updates, on two logarithmic scales: every seed thin, their mean thick."""
    figure, axes = plt.subplots(figsize=(WIDTH * 0.85, 2.9))
    for (name, values), (colour, line, marker) in zip(moved.items(), looks("moved", len(moved)), strict=True):
        values = door.floats(f"moved[{name!r}]", values, 2)
        axes.plot(np.add(steps, 1), np.transpose(values), color=colour, alpha=0.3, linewidth=0.7)
        axes.plot(np.add(steps, 1), np.mean(values, 0), line, color=colour, marker=marker, markersize=3.5, label=name)
    axes.set(xscale="log", yscale="log", xlabel="update", ylabel=ylabel)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.16), ncols=len(moved))
    return figure


@drawn
def sweep(rates: Sequence[float], accuracies: dict[str, Sequence[Sequence[float]]]) -> Figure:
    """Accuracy over learning rates, [rate][seed]: every run as a mark, mean and standard deviation as a line with bars."""
    figure, axes = plt.subplots(figsize=(WIDTH * 0.75, 2.8))
    for (name, runs), (colour, line, marker) in zip(accuracies.items(), looks("accuracies", len(accuracies)), strict=True):
        per_cent = 100 * door.floats(f"accuracies[{name!r}]", runs, 2, finite=True)
        axes.plot(rates, per_cent, marker, color=colour, alpha=0.4, markersize=4)
        axes.errorbar(rates, per_cent.mean(1), per_cent.std(1, ddof=1), fmt=line + marker, color=colour, capsize=4, label=name)
    axes.axhline(10, color=GREY, linewidth=0.8)
    axes.text(rates[0], 11, "guessing", size=8)
    axes.set(xscale="log", xlabel="learning rate", ylabel="accuracy on held-out images, %", xticks=rates, ylim=(0, None))
    axes.set_xticklabels([f"{rate:g}" for rate in rates])
    axes.minorticks_off()
    axes.legend()
    return figure


@drawn
def distributions(panels: dict[str, dict[str, np.ndarray]], xlabel: str) -> Figure:
    """One panel per title, with the outline of a histogram for each of its arrays, all on one scale."""
    figure, axes = plt.subplots(1, len(panels), figsize=(WIDTH, 2.2), sharey=True, squeeze=False)
    for cell, (title, arrays) in zip(axes[0], panels.items(), strict=True):
        arrays = {name: door.floats(f"panels[{title!r}][{name!r}]", values, finite=True) for name, values in arrays.items()}
        reach = max(np.percentile(np.abs(values), 99.5) for values in arrays.values())
        for (name, values), (colour, line, _) in zip(arrays.items(), looks(f"panels[{title!r}]", len(arrays)), strict=True):
            density, edges = np.histogram(values, bins=60, range=(-reach, reach), density=True)
            cell.plot((edges[1:] + edges[:-1]) / 2, density / density.max(), line, color=colour, label=name)
        cell.set(title=title, xlabel=xlabel, yticks=[])
        cell.legend(fontsize=7)
    return figure


@drawn
def variants(rows: Sequence[np.ndarray], title: str, others: str) -> Figure:
    """One row per image: the image as it is, then its variants; images (height, width, 3), from 0 to 255 or from 0 to 1."""
    rows = [picture(f"rows[{n}]", row, 4)[0] for n, row in enumerate(rows)]
    if not rows or len({len(row) for row in rows}) > 1 or len(rows[0]) < 2:
        raise ValueError(f"rows has {[len(row) for row in rows]} images; it takes rows of the same number, at least 2")
    figure, axes = plt.subplots(len(rows), len(rows[0]), figsize=(WIDTH, 0.9 * len(rows) + 0.4), squeeze=False)
    for cells, images in zip(axes, rows, strict=True):
        for cell, image in zip(cells, images, strict=True):
            cell.imshow(image)
            bare(cell)
    axes[0][0].set_title(title, size=8)
    axes[0][1].set_title(others, size=8, loc="left")
    return figure
