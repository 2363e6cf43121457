"""What filters do: patches, maps, windows, learned weights."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnnbook import door
from cnnbook.arithmetic import conv_output_size, same_padding
from cnnbook.figures.style import BLUE, GREY, ORANGE, PHOTOGRAPH_DPI, WIDTH, bare, drawn, numbers, picture


@drawn
def patches_times_filter(patches: dict[str, np.ndarray], kernel: np.ndarray) -> Figure:
    """One row a patch: patch, filter, products, and the sum written beside them; values from -1 to 1."""
    kernel = door.floats("kernel", kernel, 2, finite=True)
    patches = {name: door.floats(f"patches[{name!r}]", patch, shape=kernel.shape, finite=True) for name, patch in patches.items()}
    figure, axes = plt.subplots(len(patches), 3, figsize=(WIDTH * 0.75, 1.5 * len(patches)), squeeze=False)
    for row, (name, patch) in zip(axes, patches.items(), strict=True):
        products = patch * kernel
        for cell, values, title in zip(row, (patch, kernel, products), (name, "filter", "products"), strict=True):
            numbers(cell, values, title, signed=True, reach=1.5)
        row[1].set_ylabel("×", rotation=0, labelpad=18, va="center", size=14)
        row[2].set_ylabel("=", rotation=0, labelpad=18, va="center", size=14)
        total = f"{products.sum():g}".replace("-", "−")
        row[2].text(1.15, 0.5, f"sum = {total}", transform=row[2].transAxes, va="center", size=12)
    return figure


@drawn
def image_and_maps(image: np.ndarray, maps: dict[str, np.ndarray]) -> Figure:
    """An image and feature maps of it, in grey with 0 in the middle, each on its own scale; the strongest 1 % is cut off.

    The image is (height, width) or (height, width, 3), of 0 to 255 or 0 to 1.
    """
    image, white = picture("image", image)
    maps = {name: door.floats(f"maps[{name!r}]", values, 2, finite=True) for name, values in maps.items()}
    width = WIDTH / (1 + len(maps))
    figure, axes = plt.subplots(1, 1 + len(maps), figsize=(WIDTH, width * image.shape[0] / image.shape[1] + 0.2), dpi=PHOTOGRAPH_DPI)
    axes[0].imshow(image, cmap="gray", vmin=0, vmax=white)
    bare(axes[0], "photograph")
    for cell, (name, values) in zip(axes[1:], maps.items(), strict=True):
        reach = np.percentile(np.abs(values), 99)
        cell.imshow(values, cmap="gray", vmin=-reach, vmax=reach)
        bare(cell, name)
    return figure


@drawn
def colour_channels(image: np.ndarray) -> Figure:
    """A colour image (height, width, 3), of 0 to 255 or 0 to 1, beside its three channels, each in shades of grey."""
    image, white = picture("image", image, 3)
    figure, axes = plt.subplots(1, 4, figsize=(WIDTH, 0.25 * WIDTH * image.shape[0] / image.shape[1] + 0.2), dpi=PHOTOGRAPH_DPI)
    for cell, values, title in zip(axes, (image, *np.moveaxis(image, 2, 0)), ("photograph", "red", "green", "blue"), strict=True):
        cell.imshow(values, cmap="gray", vmin=0, vmax=white)
        bare(cell, title)
    return figure


@drawn
def windows(size: int, kernel_size: int, cases: Sequence[tuple[int, str]]) -> Figure:
    """For each (stride, padding): a square input with its zeros, and a dot in the middle of every window."""
    size, kernel_size = door.whole("size", size), door.whole("kernel_size", kernel_size)
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
        bare(cell, f"stride {stride}, {padding}: {outputs} × {outputs}")
        for spine in cell.spines.values():
            spine.set_visible(False)
    return figure


@drawn
def learned_kernel(losses: Sequence[float], true: np.ndarray, first: np.ndarray, learned: np.ndarray) -> Figure:
    """The loss while a filter is learned, and the filter before, after, and as it should be."""
    losses = door.floats("losses", losses, 1)
    true = door.floats("true", true, 2, finite=True)
    first, learned = (door.floats(name, values, shape=true.shape, finite=True) for name, values in (("first", first), ("learned", learned)))
    figure, (curve, *kernels) = plt.subplots(1, 4, figsize=(WIDTH, 1.9), width_ratios=(1.6, 1, 1, 1))
    curve.plot(losses, color=BLUE)
    curve.set(yscale="log", xlabel="step", ylabel="mean squared error")
    for cell, values, title in zip(kernels, (first, learned, true), ("at the start", "learned", "the one to find"), strict=True):
        numbers(cell, values.round(2) + 0.0, title, signed=True, reach=max(1.0, np.abs(values).max()))
    return figure


@drawn
def filters(kernels: np.ndarray) -> Figure:
    """The filters of a first layer, (height, width, 3, filters), as colours: grey is 0, each filter on its own scale."""
    kernels = door.floats("kernels", kernels, 4, finite=True)
    count = kernels.shape[3]
    if kernels.shape[2] != 3:
        raise ValueError(f"kernels has shape {kernels.shape}; it takes (height, width, 3, filters)")
    figure, axes = plt.subplots(-(-count // 8), 8, figsize=(WIDTH, WIDTH * -(-count // 8) / 8))
    for cell in axes.flat:
        cell.axis("off")
    for number, cell in zip(range(count), axes.flat, strict=False):
        kernel = kernels[..., number]
        cell.imshow(kernel / (2 * np.abs(kernel).max() or 1) + 0.5)
        cell.set_title(str(number), size=7, pad=2)
    return figure


@drawn
def layer_maps(image: np.ndarray, layers: dict[str, np.ndarray], shown: int = 8) -> Figure:
    """An image, of 0 to 255 or 0 to 1, and beneath it one row per layer with its first feature maps (height, width, channels)."""
    image, white = picture("image", image)
    layers = {name: door.floats(f"layers[{name!r}]", maps, 3, finite=True) for name, maps in layers.items()}
    shown = door.whole("shown", shown, 2, min(maps.shape[2] for maps in layers.values()))
    figure, axes = plt.subplots(len(layers) + 1, shown, figsize=(WIDTH, (len(layers) + 1) * WIDTH / shown * 1.15))
    for cell in axes.flat:
        cell.axis("off")
    axes[0][0].imshow(image, cmap="gray", vmin=0, vmax=white)
    axes[0][0].set_title("the image", size=8)
    for row, (name, maps) in zip(axes[1:], layers.items(), strict=True):
        row[0].set_title(name, size=8, loc="left")
        for number, cell in enumerate(row):
            cell.imshow(maps[..., number], cmap="gray")
    return figure


@drawn
def influence(values: np.ndarray) -> Figure:
    """How strongly each pixel influences a unit, (height, width) of values from 0 on; white is 0."""
    values = door.floats("values", values, 2, finite=True)
    if values.min() < 0:
        raise ValueError(f"values has {values.min()}; it takes numbers of at least 0")
    figure, axes = plt.subplots(figsize=(0.45 * WIDTH, 0.45 * WIDTH))
    axes.imshow(values, cmap="Greys", vmin=0)
    axes.set(xticks=np.arange(-0.5, values.shape[1], 1), yticks=np.arange(-0.5, values.shape[0], 1), xticklabels=[], yticklabels=[])
    axes.grid(color="#dddddd", linewidth=0.4)
    axes.tick_params(length=0)
    return figure
