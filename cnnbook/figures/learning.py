"""How a network learns: its examples, its probabilities, its way down the loss and its way back."""

from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from cnnbook import door
from cnnbook.figures.style import BLUE, GREY, ORANGE, PHOTOGRAPH_DPI, WIDTH, bare, drawn, looks, named, numbers, picture, same_length


@drawn
def examples(classes: dict[str, np.ndarray]) -> Figure:
    """One row per class: its name and its example images (examples, height, width, 3), of 0 to 255 or 0 to 1."""
    classes = {name: picture(f"classes[{name!r}]", images, 4)[0] for name, images in named("classes", classes).items()}
    columns = max(map(len, classes.values()))
    size = (WIDTH, WIDTH * len(classes) / (columns + 1.6))
    figure, axes = plt.subplots(len(classes), columns, figsize=size, dpi=PHOTOGRAPH_DPI, squeeze=False)
    figure.get_layout_engine().set(w_pad=0.01, h_pad=0.01)
    for row, (name, images) in zip(axes, classes.items(), strict=True):
        row[0].set_ylabel(name, rotation=0, ha="right", va="center", size=8)
        for cell in row[len(images) :]:
            cell.axis("off")
        for cell, image in zip(row[: len(images)], images, strict=True):
            cell.imshow(image, interpolation="nearest")  # sharp pixels, and half the bytes
            bare(cell)
    return figure


@drawn
def softmax_bars(logits: dict[str, float], probabilities: Sequence[float], right: str) -> Figure:
    """The logits on the left and what softmax makes of them on the right; the correct class is hatched and named."""
    logits = {name: door.number(f"logits[{name!r}]", value) for name, value in named("logits", logits).items()}
    right = door.choice("right", right, tuple(logits))
    probabilities = door.floats("probabilities", probabilities, shape=(len(logits),), finite=True)
    if probabilities.min() < 0 or not np.isclose(probabilities.sum(), 1, atol=1e-3):
        raise ValueError(
            f"probabilities has {probabilities.min():g} as its smallest value and the sum {probabilities.sum():g}; "
            "it takes shares that add up to 1"
        )
    figure, axes = plt.subplots(1, 2, figsize=(WIDTH * 0.85, 0.42 * len(logits) + 0.8), sharey=True)
    for cell, values, title in zip(axes, (list(logits.values()), list(probabilities)), ("logits", "probabilities"), strict=True):
        hatches = ["///" if name == right else "" for name in logits]
        bars = cell.barh([f"{name} (right)" if name == right else name for name in logits], values, color="#b9d7ea", edgecolor="black")
        for bar, hatch in zip(bars, hatches, strict=True):
            bar.set_hatch(hatch)
        cell.bar_label(bars, [f"{value:.2f}".replace("-", "−") for value in values], padding=3, size=8)
        cell.axvline(0, color=GREY, linewidth=0.8)
        cell.set(title=title, xticks=[], xlim=(2.0 * min(0, *values), 1.25 * max(0, *values)))
        cell.grid(False)
    axes[0].invert_yaxis()
    return figure


@drawn
def descents(loss: Callable[[np.ndarray, np.ndarray], np.ndarray], paths: dict[str, np.ndarray], reach: tuple[float, float]) -> Figure:
    """Contour lines of a loss of two weights, from -reach to reach, and on them each path (steps, 2) with a mark at every step."""
    paths = {name: door.floats(f"paths[{name!r}]", path, 2, finite=True) for name, path in named("paths", paths).items()}
    for name, path in paths.items():
        if path.shape[1] != 2:
            raise ValueError(f"paths[{name!r}] has shape {path.shape}; it takes (steps, 2)")
    reach = [door.number(f"reach[{n}]", end, above=0) for n, end in enumerate(door.array("reach", reach, shape=(2,)))]
    across, up = np.meshgrid(*(np.linspace(-end, end, 120) for end in reach))
    values = door.floats("what loss returns", loss(across, up), shape=across.shape, finite=True)
    figure, axes = plt.subplots(len(paths), 1, figsize=(WIDTH * 0.8, 1.75 * len(paths)), sharex=True, squeeze=False)
    for cell, (name, path), (colour, _, marker) in zip(axes[:, 0], paths.items(), looks("paths", len(paths)), strict=True):
        cell.contour(across, up, values, levels=values.max() * np.linspace(0, 1, 12)[1:] ** 2, colors="#bbbbbb", linewidths=0.8)
        cell.plot(*np.transpose(path), color=colour, marker=marker, markersize=3.5, linewidth=1)
        cell.plot(0, 0, "x", color="black", markersize=8)
        cell.set(title=name, ylabel="weight b", xlim=(-reach[0], reach[0]), ylim=(-reach[1], reach[1]), aspect="equal")
        cell.grid(False)
    axes[-1, 0].set_xlabel("weight a")
    return figure


@drawn
def tables(panels: dict[str, np.ndarray], signs: Sequence[str] = ()) -> Figure:
    """Small tables of numbers in a row, each shaded on its own scale; `signs` stand between neighbouring tables."""
    panels = {title: door.floats(f"panels[{title!r}]", values, 2, finite=True) for title, values in named("panels", panels).items()}
    if len(signs) not in (0, len(panels) - 1):
        raise ValueError(f"signs has {len(signs)}; it takes none, or {len(panels) - 1} between {len(panels)} tables")
    widths = [max(2, values.shape[1]) for values in panels.values()]
    tallest = max(values.shape[0] for values in panels.values())
    size = min(0.46, (WIDTH - 0.35 * len(panels)) / sum(widths))
    figure, axes = plt.subplots(1, len(panels), figsize=(WIDTH, size * tallest + 0.45), width_ratios=widths, squeeze=False)
    for cell, (title, values) in zip(axes[0], panels.items(), strict=True):
        values = values.round(2) + 0.0
        numbers(cell, values, title, signed=True, reach=1.4 * np.abs(values).max() or 1)
    for cell, sign in zip(axes[0][1 : len(signs) + 1], signs, strict=True):
        cell.set_ylabel(sign, rotation=0, labelpad=6 + 5 * len(sign), va="center", size=13)
    return figure


@drawn
def through_layers(panels: dict[str, dict[str, Sequence[float]]], ylabels: Sequence[str]) -> Figure:
    """One panel per title; in it a named line of values above 0 over the layers, from 1 on, on a logarithmic scale."""
    panels = {title: _above_zero(f"panels[{title!r}]", lines) for title, lines in named("panels", panels).items()}
    if len(ylabels) != len(panels):
        raise ValueError(f"ylabels has {len(ylabels)}; it takes one for each of {len(panels)} panels")
    figure, axes = plt.subplots(1, len(panels), figsize=(WIDTH, 2.7), squeeze=False)
    for cell, (title, lines), ylabel in zip(axes[0], panels.items(), ylabels, strict=True):
        for (name, values), (colour, line, marker) in zip(lines.items(), looks(f"panels[{title!r}]", len(lines)), strict=True):
            cell.plot(np.arange(1, len(values) + 1), values, line, color=colour, marker=marker, markersize=3.5, label=name)
        cell.set(title=title, xlabel="layer", ylabel=ylabel, yscale="log", xticks=range(1, len(values) + 1, 2))
    axes[0][0].legend(fontsize=7)
    return figure


def _above_zero(name: str, lines: dict[str, Sequence[float]]) -> dict[str, np.ndarray]:
    """Lines of one length; a logarithmic scale would silently leave out what is not above 0."""
    read = {line: door.floats(f"{name}[{line!r}]", values, 1, finite=True) for line, values in named(name, lines).items()}
    same_length(name, read.items())
    for line, values in read.items():
        if values.min() <= 0:
            raise ValueError(f"{name}[{line!r}] has {values.min():g}; it takes numbers above 0")
    return read


@drawn
def both_ways(parts: Sequence[tuple[str, str, str]]) -> Figure:
    """A row of boxes: each part's name, above it what it passes on, below it what it passes back."""
    if not parts or not all(
        isinstance(part, tuple | list) and len(part) == 3 and all(isinstance(text, str) for text in part) for part in parts
    ):
        raise TypeError(f"parts is {parts!r}; it takes (name, what it passes on, what it passes back) for each part, as strings")
    figure, axes = plt.subplots(figsize=(WIDTH, 1.7))
    for place, (name, forward, backward) in enumerate(parts):
        axes.text(place, 0, name, ha="center", va="center", size=8, bbox={"boxstyle": "square,pad=0.5", "facecolor": "#dcebf5"})
        for height, text, colour, start, end in (
            (0.55, forward, BLUE, place - 0.1, place + 0.9),
            (-0.55, backward, ORANGE, place + 0.1, place - 0.9),
        ):
            axes.annotate("", (end, height), (start, height), arrowprops={"arrowstyle": "->", "color": colour, "linewidth": 1.5})
            axes.text((start + end) / 2, height + (0.16 if height > 0 else -0.16), text, ha="center", va="center", size=7.5)
    axes.set(xlim=(-1.0, len(parts)), ylim=(-0.95, 0.95))
    axes.axis("off")
    return figure


@drawn
def response_maps(rows: dict[str, dict[str, np.ndarray]]) -> Figure:
    """One row per name: an image and maps of it, in grey: the strongest 1 % are white; grey is zero where a map has negative ones."""
    same_length("rows", ((name, named(f"rows[{name!r}]", maps)) for name, maps in named("rows", rows).items()))
    columns = len(next(iter(rows.values())))
    size = (WIDTH, 0.2 + (WIDTH / columns + 0.15) * len(rows))
    figure, axes = plt.subplots(len(rows), columns, figsize=size, dpi=PHOTOGRAPH_DPI, squeeze=False)
    for cells, (name, maps) in zip(axes, rows.items(), strict=True):
        for cell, (title, values) in zip(cells, maps.items(), strict=True):
            values = door.floats(f"rows[{name!r}][{title!r}]", values, 2, finite=True)
            reach = max(np.percentile(np.abs(values), 99), np.abs(values).max() / 2) or 1
            cell.imshow(values, cmap="gray", vmin=-reach if values.min() < 0 else 0, vmax=reach)
            bare(cell, title)
        cells[0].set_ylabel(name, size=9)
    return figure
