"""What a network is: its blocks, and what it costs."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from cnnbook import door
from cnnbook.figures.style import BLUE, WIDTH, drawn


@drawn
def network(layers: Sequence[tuple[str, tuple[int, ...]]]) -> Figure:
    """A network as a row of blocks, from (name, output shape without batch): face height x width, thickness the channels.

    Raises:
        TypeError, ValueError: `layers` is something else, a model for instance, or a size is not known.
    """
    layers = [_block(layer) for layer in _listed(layers)]
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


def _listed(layers: object) -> list:
    """The layers one by one."""
    if not isinstance(layers, list | tuple) or not layers:
        shapes = "[(layer.name, layer.output.shape[1:]) for layer in model.layers]"
        raise TypeError(f"layers is a {type(layers).__name__}; it takes (name, output shape) of each layer, as in {shapes}")
    return list(layers)


def _block(layer: object) -> tuple[str, tuple[int, ...]]:
    """A layer's name and shape, of one number or three, all of them known."""
    if not (isinstance(layer, list | tuple) and len(layer) == 2 and isinstance(layer[0], str)):
        raise TypeError(f"layers has {layer!r}; it takes (name, output shape without batch) of each layer")
    name, shape = layer
    if not isinstance(shape, list | tuple) or len(shape) not in (1, 3):
        raise ValueError(f"the shape of {name!r} is {shape!r}; it takes (units,) or (height, width, channels)")
    return name, tuple(door.whole(f"the shape of {name!r}", size) for size in shape)


@drawn
def cost_bars(costs: dict[str, dict[str, int]]) -> Figure:
    """One panel per kind of cost; in it one labelled bar per name."""
    for title, networks in costs.items():
        for name, cost in networks.items():
            door.whole(f"costs[{title!r}][{name!r}]", cost, 0)
    figure, axes = plt.subplots(1, len(costs), figsize=(WIDTH, 1.7))
    for cell, (title, networks) in zip(axes, costs.items(), strict=True):
        bars = cell.barh(list(networks), list(networks.values()), color=BLUE)
        cell.bar_label(bars, [f"{value:,}" for value in networks.values()], padding=3, size=8)
        cell.set(title=title, xticks=[], xlim=(0, 1.35 * max(networks.values())))
        cell.grid(False)
        cell.invert_yaxis()
    return figure
