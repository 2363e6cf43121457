"""The book's figures: arrays in, a matplotlib Figure out. The one owner of sizes, colours and fonts.

Every function returns a closed Figure, which a notebook shows once as a cell's value.
"""

from collections.abc import Callable, Sequence
from functools import wraps

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

from cnnbook.arithmetic import conv_output_size, same_padding

WIDTH = 7.0  # inches, of every figure
BLUE, ORANGE, GREEN, GREY = "#0072b2", "#d55e00", "#00795a", "#666666"  # after Okabe and Ito, told apart by the colour-blind
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


def _figure(draw: Callable[..., Figure]) -> Callable[..., Figure]:
    """Draw in the book's style, and close the figure so that a notebook does not show it twice."""

    @wraps(draw)
    def styled(*args, **kwargs) -> Figure:
        with plt.rc_context(STYLE):
            figure = draw(*args, **kwargs)
        plt.close(figure)
        return figure

    return styled


def _bare(axes: Axes, title: str = "") -> None:
    axes.set(xticks=[], yticks=[], title=title)
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(True)


def _numbers(axes: Axes, values: np.ndarray, title: str, *, signed: bool, reach: float) -> None:
    """A small matrix as shaded cells, each with its number."""
    low = -reach if signed else 0
    axes.imshow(values, cmap=SIGNED if signed else "gray", vmin=low, vmax=reach)
    for (i, j), value in np.ndenumerate(values):
        dark = abs(value) > 0.7 * reach if signed else value < 0.5 * reach
        axes.text(j, i, f"{value:g}".replace("-", "−"), ha="center", va="center", color="white" if dark else "black", size=8)
    _bare(axes, title)


@_figure
def patches_times_filter(patches: dict[str, np.ndarray], kernel: np.ndarray) -> Figure:
    """One row a patch: patch, filter, products, and the sum written beside them; values from -1 to 1."""
    figure, axes = plt.subplots(len(patches), 3, figsize=(WIDTH * 0.75, 1.5 * len(patches)), squeeze=False)
    for row, (name, patch) in zip(axes, patches.items(), strict=True):
        products = patch * kernel
        for cell, values, title in zip(row, (patch, kernel, products), (name, "filter", "products"), strict=True):
            _numbers(cell, values, title, signed=True, reach=1.5)
        row[1].set_ylabel("×", rotation=0, labelpad=18, va="center", size=14)
        row[2].set_ylabel("=", rotation=0, labelpad=18, va="center", size=14)
        total = f"{products.sum():g}".replace("-", "−")
        row[2].text(1.15, 0.5, f"sum = {total}", transform=row[2].transAxes, va="center", size=12)
    return figure


@_figure
def image_and_maps(image: np.ndarray, maps: dict[str, np.ndarray]) -> Figure:
    """A picture and feature maps of it, in grey with 0 in the middle, each on its own scale; the strongest 1 % is cut off."""
    width = WIDTH / (1 + len(maps))
    figure, axes = plt.subplots(1, 1 + len(maps), figsize=(WIDTH, width * image.shape[0] / image.shape[1] + 0.2))
    axes[0].imshow(image, cmap="gray")
    _bare(axes[0], "photograph")
    for cell, (name, values) in zip(axes[1:], maps.items(), strict=True):
        reach = np.percentile(np.abs(values), 99)
        cell.imshow(values, cmap="gray", vmin=-reach, vmax=reach)
        _bare(cell, name)
    return figure


@_figure
def colour_channels(image: np.ndarray) -> Figure:
    """A colour picture beside its three channels, each in shades of grey."""
    figure, axes = plt.subplots(1, 4, figsize=(WIDTH, 0.25 * WIDTH * image.shape[0] / image.shape[1] + 0.2))
    for cell, values, title in zip(axes, (image, *np.moveaxis(image, 2, 0)), ("photograph", "red", "green", "blue"), strict=True):
        cell.imshow(values, cmap="gray", vmin=0, vmax=255)
        _bare(cell, title)
    return figure


@_figure
def windows(size: int, kernel_size: int, cases: Sequence[tuple[int, str]]) -> Figure:
    """For each (stride, padding): a square input with its zeros, and a dot in the middle of every window."""
    figure, axes = plt.subplots(1, len(cases), figsize=(WIDTH, WIDTH / len(cases) + 0.2), squeeze=False)
    for cell, (stride, padding) in zip(axes[0], cases, strict=True):
        before, after = same_padding(size, kernel_size, stride) if padding == "same" else (0, 0)
        for i in range(-before, size + after):
            for j in range(-before, size + after):
                inside = 0 <= i < size and 0 <= j < size
                style = {"facecolor": "#dcebf5"} if inside else {"facecolor": "white", "hatch": "////"}
                cell.add_patch(Rectangle((j, i), 1, 1, edgecolor=GREY, linewidth=0.6, **style))
        outputs = conv_output_size(size, kernel_size, stride, padding)
        middles = [k * stride - before + kernel_size / 2 for k in range(outputs)]
        cell.plot(*np.meshgrid(middles, middles), "o", color=ORANGE, markersize=4)
        cell.add_patch(Rectangle((-before, -before), kernel_size, kernel_size, fill=False, edgecolor="black", linewidth=2))
        cell.set(xlim=(-1.2, size + 1.2), ylim=(size + 1.2, -1.2), aspect="equal")
        _bare(cell, f"stride {stride}, {padding}: {outputs} × {outputs}")
        for spine in cell.spines.values():
            spine.set_visible(False)
    return figure


@_figure
def learned_kernel(losses: Sequence[float], true: np.ndarray, first: np.ndarray, learned: np.ndarray) -> Figure:
    """The loss while a filter is learned, and the filter before, after, and as it should be."""
    figure, (curve, *kernels) = plt.subplots(1, 4, figsize=(WIDTH, 1.9), width_ratios=(1.6, 1, 1, 1))
    curve.plot(losses, color=BLUE)
    curve.set(yscale="log", xlabel="step", ylabel="mean squared error")
    for cell, values, title in zip(kernels, (first, learned, true), ("at the start", "learned", "the one to find"), strict=True):
        _numbers(cell, values.round(2) + 0.0, title, signed=True, reach=max(1.0, np.abs(values).max()))
    return figure


@_figure
def training_curves(curves: dict[str, dict[str, list[list[float]]]], ylabel: str = "accuracy") -> Figure:
    """One panel a network; in it one line a quantity, the mean over seeds, with every seed's line behind it."""
    looks = list(zip((BLUE, ORANGE, GREEN), LINES, MARKERS, strict=False))
    for title, quantities in curves.items():
        if len(quantities) > len(looks):
            raise ValueError(f"curves has {len(quantities)} quantities for {title!r}; it takes at most {len(looks)}")
    figure, axes = plt.subplots(1, len(curves), figsize=(WIDTH, 2.6), sharey=True, squeeze=False)
    for cell, (title, quantities) in zip(axes[0], curves.items(), strict=True):
        for (name, seeds), (colour, line, marker) in zip(quantities.items(), looks, strict=False):
            values = np.array(seeds)
            epochs = np.arange(1, values.shape[1] + 1)
            cell.plot(epochs, values.T, color=colour, alpha=0.25, linewidth=0.7)
            cell.plot(epochs, values.mean(0), line, color=colour, marker=marker, markersize=3, label=name)
        cell.set(xlabel="epoch", title=title, xticks=epochs[1::2])
    axes[0][0].set_ylabel(ylabel)
    axes[0][0].legend()
    return figure


@_figure
def seeds(groups: dict[str, Sequence[float]], marks: dict[str, float], xlabel: str = "test accuracy, %") -> Figure:
    """Every run as a dot, mean and standard deviation as a bar beneath; `marks` are labelled vertical lines (fractions)."""
    figure, axes = plt.subplots(figsize=(WIDTH, 0.55 * len(groups) + 0.9))
    for row, values in enumerate(groups.values()):
        per_cent = 100 * np.array(values)
        axes.plot(per_cent, np.full(len(values), row), "o", color=BLUE, alpha=0.6, markersize=6)
        axes.errorbar(per_cent.mean(), row + 0.25, xerr=per_cent.std(ddof=1), fmt="D", color="black", capsize=4, markersize=4)
    for name, value in marks.items():
        axes.axvline(100 * value, color=ORANGE, linestyle="--")
        axes.text(100 * value, -0.75, name, ha="center", va="bottom", size=8)
    axes.set(yticks=range(len(groups)), yticklabels=groups.keys(), xlabel=xlabel, ylim=(len(groups) - 0.4, -0.8))
    return figure


@_figure
def predictions(images: np.ndarray, true: Sequence[str], predicted: Sequence[str], confidence: Sequence[float]) -> Figure:
    """Test images with true and predicted label; a wrong one is marked with a cross and a thick frame."""
    figure, axes = plt.subplots(2, -(-len(images) // 2), figsize=(WIDTH, 3.9), squeeze=False)
    for cell in axes.flat[len(images) :]:
        cell.axis("off")
    for cell, image, label, guess, p in zip(axes.flat[: len(images)], images, true, predicted, confidence, strict=True):
        cell.imshow(image)
        right = label == guess
        _bare(cell, f"{'✓' if right else '✗'} {guess} {p:.0%}\n(is: {label})")
        for spine in cell.spines.values():
            spine.set(edgecolor=GREEN if right else ORANGE, linewidth=1 if right else 3.5)
    return figure


@_figure
def confusion(matrix: np.ndarray, names: Sequence[str]) -> Figure:
    """How often each true class (row) is taken for each class (column), as a share of the row in per cent."""
    figure, axes = plt.subplots(figsize=(WIDTH, WIDTH * 0.8))
    share = 100 * matrix / matrix.sum(1, keepdims=True)
    axes.imshow(share, cmap="Blues", vmin=0, vmax=100)
    for (i, j), value in np.ndenumerate(share):
        axes.text(j, i, f"{value:.0f}", ha="center", va="center", color="white" if value > 55 else "black", size=8)
    axes.grid(False)
    axes.set(xlabel="predicted", ylabel="true", yticks=range(len(names)), yticklabels=names)
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
    return figure


@_figure
def filters(kernels: np.ndarray) -> Figure:
    """The filters of a first layer, (height, width, 3, filters), as colours: grey is 0, each filter on its own scale."""
    count = kernels.shape[3]
    figure, axes = plt.subplots(-(-count // 8), 8, figsize=(WIDTH, WIDTH * -(-count // 8) / 8))
    for cell in axes.flat:
        cell.axis("off")
    for number, cell in zip(range(count), axes.flat, strict=False):
        kernel = kernels[..., number]
        cell.imshow(kernel / (2 * np.abs(kernel).max()) + 0.5)
        cell.set_title(str(number), size=7, pad=2)
    return figure


@_figure
def layer_maps(image: np.ndarray, layers: dict[str, np.ndarray], shown: int = 8) -> Figure:
    """A picture, and beneath it one row a layer with its first feature maps (height, width, channels)."""
    figure, axes = plt.subplots(len(layers) + 1, shown, figsize=(WIDTH, (len(layers) + 1) * WIDTH / shown * 1.15))
    for cell in axes.flat:
        cell.axis("off")
    axes[0][0].imshow(image)
    axes[0][0].set_title("the image", size=8)
    for row, (name, maps) in zip(axes[1:], layers.items(), strict=True):
        row[0].set_title(name, size=8, loc="left")
        for number, cell in enumerate(row):
            cell.imshow(maps[..., number], cmap="gray")
    return figure


@_figure
def cost_bars(costs: dict[str, dict[str, int]]) -> Figure:
    """One panel a kind of cost; in it one labelled bar a network."""
    figure, axes = plt.subplots(1, len(costs), figsize=(WIDTH, 1.7))
    for cell, (title, networks) in zip(axes, costs.items(), strict=True):
        bars = cell.barh(list(networks), list(networks.values()), color=[GREY, BLUE])
        cell.bar_label(bars, [f"{value:,}" for value in networks.values()], padding=3, size=8)
        cell.set(title=title, xticks=[], xlim=(0, 1.35 * max(networks.values())))
        cell.grid(False)
        cell.invert_yaxis()
    return figure


@_figure
def network(layers: Sequence[tuple[str, tuple[int, ...]]]) -> Figure:
    """A network as a row of blocks, from (name, output shape without batch): face height x width, thickness the channels."""
    figure, axes = plt.subplots(figsize=(WIDTH, 2.6))
    left, slant = 0.0, 0.35
    for name, shape in layers:
        height, width, channels = shape if len(shape) == 3 else (4 + shape[0] ** 0.5, 2, 2)
        thick = max(1.5, 0.45 * channels)
        up, bottom = slant * width, -height / 2 - slant * width / 2
        front = [(left, bottom), (left + thick, bottom), (left + thick, bottom + height), (left, bottom + height)]
        corner = left + thick
        side = [(corner, bottom), (corner + up, bottom + up), (corner + up, bottom + up + height), (corner, bottom + height)]
        top = [(left, bottom + height), (corner, bottom + height), (corner + up, bottom + up + height), (left + up, bottom + up + height)]
        for corners, shade in ((front, "#b9d7ea"), (side, "#7fb3d3"), (top, "#dcebf5")):
            axes.add_patch(Polygon(corners, facecolor=shade, edgecolor="black", linewidth=0.8))
        axes.text(left + (thick + up) / 2, -30, f"{name}\n{' × '.join(map(str, shape))}", ha="center", va="top", size=8)
        left += thick + up + 13
    axes.set(xlim=(-4, left - 6), ylim=(-42, 27), aspect="equal")
    axes.axis("off")
    return figure


@_figure
def influence(values: np.ndarray) -> Figure:
    """How strongly each pixel influences a unit, (height, width) of values from 0 on; white is 0."""
    figure, axes = plt.subplots(figsize=(0.45 * WIDTH, 0.45 * WIDTH))
    axes.imshow(values, cmap="Greys", vmin=0)
    axes.set(xticks=np.arange(-0.5, values.shape[1], 1), yticks=np.arange(-0.5, values.shape[0], 1), xticklabels=[], yticklabels=[])
    axes.grid(color="#dddddd", linewidth=0.4)
    axes.tick_params(length=0)
    return figure
