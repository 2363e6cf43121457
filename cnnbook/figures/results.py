"""What a training gave: curves, seeds, predictions, confusions."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from cnnbook import door
from cnnbook.figures.style import BLUE, GREEN, ORANGE, SIGNED, WIDTH, bare, drawn, looks, picture


@drawn
def training_curves(curves: dict[str, dict[str, list[list[float]]]], ylabel: str = "accuracy") -> Figure:
    """One panel per network; in it one line per quantity, the mean over seeds, with a thin line for every seed."""
    shown = {title: looks(f"curves[{title!r}]", len(quantities), 3) for title, quantities in curves.items()}
    figure, axes = plt.subplots(1, len(curves), figsize=(WIDTH, 2.6), sharey=True, squeeze=False)
    for cell, (title, quantities) in zip(axes[0], curves.items(), strict=True):
        for (name, seeds), (colour, line, marker) in zip(quantities.items(), shown[title], strict=True):
            values = door.floats(f"curves[{title!r}][{name!r}]", seeds, 2)
            epochs = np.arange(1, values.shape[1] + 1)
            cell.plot(epochs, values.T, color=colour, alpha=0.25, linewidth=0.7)
            cell.plot(epochs, values.mean(0), line, color=colour, marker=marker, markersize=3, label=name)
        cell.set(xlabel="epoch", title=title, xticks=epochs[1::2])
    axes[0][0].set_ylabel(ylabel)
    axes[0][0].legend()
    return figure


@drawn
def seeds(groups: dict[str, Sequence[float]], marks: dict[str, float], xlabel: str = "test accuracy, %") -> Figure:
    """Every run as a dot, mean and standard deviation as a bar beneath; `marks` are labelled vertical lines (fractions)."""
    figure, axes = plt.subplots(figsize=(WIDTH, 0.55 * len(groups) + 0.9))
    for row, (name, values) in enumerate(groups.items()):
        per_cent = 100 * door.floats(f"groups[{name!r}]", values, 1, finite=True)
        if len(per_cent) < 2:
            raise ValueError(f"groups[{name!r}] has one run; a standard deviation takes at least 2")
        axes.plot(per_cent, np.full(len(values), row), "o", color=BLUE, alpha=0.6, markersize=6)
        axes.errorbar(per_cent.mean(), row + 0.25, xerr=per_cent.std(ddof=1), fmt="D", color="black", capsize=4, markersize=4)
    for name, value in marks.items():
        value = door.number(f"marks[{name!r}]", value)
        axes.axvline(100 * value, color=ORANGE, linestyle="--")
        axes.text(100 * value, -0.75, name, ha="center", va="bottom", size=8)
    axes.set(yticks=range(len(groups)), yticklabels=groups.keys(), xlabel=xlabel, ylim=(len(groups) - 0.4, -0.8))
    return figure


@drawn
def against_time(groups: dict[str, Sequence[tuple[float, float]]], mark: float, label: str) -> Figure:
    """Accuracy (fractions) over the seconds that each run took: runs as dots, their mean as a diamond with its name; a line at `mark`.

    Raises:
        TypeError, ValueError: a group is no list of at least one (seconds, accuracy).
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 3.2))
    longest = 0.0
    for name, runs in groups.items():
        seconds, accuracies = door.floats(f"groups[{name!r}]", runs, shape=(max(1, len(runs)), 2), finite=True).T
        minutes, per_cent = seconds / 60, 100 * accuracies
        axes.plot(minutes, per_cent, "o", color=BLUE, alpha=0.4, markersize=5)
        axes.plot(minutes.mean(), per_cent.mean(), "D", color="black", markersize=5)
        axes.annotate(name, (minutes.mean(), per_cent.mean()), (8, -12), textcoords="offset points", size=8)
        longest = max(longest, minutes.max())
    axes.axhline(100 * mark, color=ORANGE, linestyle="--")
    axes.annotate(label, (1, 100 * mark), (-4, 4), xycoords=("axes fraction", "data"), textcoords="offset points", ha="right", size=8)
    axes.set(xlabel="minutes of training", ylabel="test accuracy, %", xlim=(0, 1.25 * longest))  # names stand to the right
    return figure


@drawn
def predictions(images: np.ndarray, true: Sequence[str], predicted: Sequence[str], confidence: Sequence[float]) -> Figure:
    """Test images, of 0 to 255 or 0 to 1, with true and predicted label; a wrong one is marked with a cross and a thick frame."""
    shown = [picture(f"images[{n}]", image) for n, image in enumerate(images)]
    confidence = [door.number("confidence", p, 0, 1 + 1e-6) for p in confidence]  # float32 rounds
    figure, axes = plt.subplots(2, -(-len(images) // 2), figsize=(WIDTH, 3.9), squeeze=False)
    for cell in axes.flat[len(images) :]:
        cell.axis("off")
    for cell, (image, white), label, guess, p in zip(axes.flat[: len(images)], shown, true, predicted, confidence, strict=True):
        cell.imshow(image, cmap="gray", vmin=0, vmax=white)
        right = label == guess
        bare(cell, f"{'✓' if right else '✗'} {guess} {p:.0%}\n(is: {label})")
        for spine in cell.spines.values():
            spine.set(edgecolor=GREEN if right else ORANGE, linewidth=1 if right else 3.5)
    return figure


@drawn
def confusion(matrix: np.ndarray, names: Sequence[str]) -> Figure:
    """How often the images of each true class (row) were given each answer (column), in per cent of the row."""
    matrix = door.floats("matrix", matrix, shape=(len(names), len(names)), finite=True)
    if (matrix < 0).any() or not matrix.sum(1).all():
        raise ValueError("matrix has a row without images, or a count below 0; it takes how often each class was given each answer")
    figure, axes = plt.subplots(figsize=(WIDTH, WIDTH * 0.8))
    share = 100 * matrix / matrix.sum(1, keepdims=True)
    axes.imshow(share, cmap="Blues", vmin=0, vmax=100)
    for (i, j), value in np.ndenumerate(share):
        axes.text(j, i, f"{value:.0f}", ha="center", va="center", color="white" if value > 55 else "black", size=8)
    axes.grid(False)
    axes.set(xlabel="predicted", ylabel="true", yticks=range(len(names)), yticklabels=names)
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
    return figure


@drawn
def dependence(
    images: np.ndarray, answers: Sequence[str], strengths: dict[str, np.ndarray], falls: dict[str, np.ndarray], margin: float
) -> Figure:
    """One row per image: the image, how strongly each pixel moves the answer, and how far hiding a place makes its probability fall.

    Each map (images, rows, columns) has a scale of its own, which is written above it. The maps of `falls` leave `margin` pixels free on
    each side; a stroke marks where the probability rises.
    """
    images, white = picture("images", images, 4)
    count, side = len(images), images.shape[1]
    strengths, falls = (
        {title: door.floats(f"{name}[{title!r}]", values, 3, finite=True) for title, values in maps.items()}
        for name, maps in {"strengths": strengths, "falls": falls}.items()
    )
    columns = 1 + len(strengths) + len(falls)
    figure, axes = plt.subplots(count, columns, figsize=(WIDTH, 1.25 * WIDTH * count / columns), squeeze=False)
    inside = (margin - 0.5, side - margin - 0.5)
    for i, (row, answer) in enumerate(zip(axes, answers, strict=True)):
        row[0].imshow(images[i], vmin=0, vmax=white)
        bare(row[0], answer)
        for cell, (title, maps) in zip(row[1:], strengths.items(), strict=False):
            cell.imshow(maps[i], cmap="gray", vmin=0)
            bare(cell, f"{title}\nup to {maps[i].max():.2g}")
        for cell, (title, maps) in zip(row[1 + len(strengths) :], falls.items(), strict=True):
            reach = np.abs(maps[i]).max() or 1
            cell.imshow(maps[i], cmap=SIGNED, vmin=-reach, vmax=reach, extent=(*inside, *inside[::-1]))
            places = np.linspace(*inside, 2 * maps.shape[1] + 1)[1::2]
            down, across = np.nonzero(maps[i] < 0)
            cell.plot(places[across], places[down], "k", marker="$/$", markersize=3, linestyle="")
            cell.set(xlim=(-0.5, side - 0.5), ylim=(side - 0.5, -0.5))
            bare(cell, f"{title}\nup to {100 * reach:.2g} points")
    return figure
