"""The book's figures: arrays in, a matplotlib Figure out.

Every function returns a closed Figure, which a notebook shows once as a cell's value.
"""

from cnnbook.figures.comparisons import changed_images, differences, filter_changes, gains, rescaled
from cnnbook.figures.convolution import (
    colour_channels,
    filters,
    image_and_maps,
    influence,
    layer_maps,
    learned_kernel,
    patches_times_filter,
    windows,
)
from cnnbook.figures.learning import both_ways, descents, examples, response_maps, softmax_bars, tables, through_layers
from cnnbook.figures.networks import cost_bars, network
from cnnbook.figures.results import against_time, confusion, dependence, predictions, seeds, training_curves
from cnnbook.figures.training import distributions, movement, step_curves, stretches, sweep, tower, variants

__all__ = [
    "against_time",
    "both_ways",
    "changed_images",
    "colour_channels",
    "confusion",
    "cost_bars",
    "dependence",
    "descents",
    "differences",
    "distributions",
    "examples",
    "filter_changes",
    "filters",
    "gains",
    "image_and_maps",
    "influence",
    "layer_maps",
    "learned_kernel",
    "movement",
    "network",
    "patches_times_filter",
    "predictions",
    "rescaled",
    "response_maps",
    "seeds",
    "softmax_bars",
    "step_curves",
    "stretches",
    "sweep",
    "tables",
    "through_layers",
    "tower",
    "training_curves",
    "variants",
    "windows",
]
