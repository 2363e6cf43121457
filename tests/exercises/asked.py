"""What the questions of the exercises name, and what comes out for those values by following the hints."""

from collections.abc import Callable
from math import ceil, log, sqrt

import numpy as np
from scipy.signal import correlate2d

from cnnbook import article, models, recipes
from cnnbook.keras_quietly import keras, layers

CHANNELS = {"colour": 3, "grey": 1}

# A question, with a name for each value in it.
QUESTIONS = {
    "sixteen_filters": "A layer slides {filters} {side}×{side} filters over a {kind} image.\nHow many parameters does it have?",
    "one_colour_unit": "A 2×2 filter lies on a patch of a colour image.\nWhat number does this unit give?",
    "three_strides": "An image with sides of {side} pixels goes through {layers} layers with {kernel}×{kernel} filters, a stride of "
    '{stride} and `"same"`.\nWhat is the side of the last map?\nAnd with `"valid"`?',
    "five_by_five_first": "Replace each 4×4 filter of the first layer with a {kernel}×{kernel} filter, with the same stride.\nHow "
    "large is the receptive field of the second layer's units?",
    "layers_to_see_all": "How many layers with {kernel}×{kernel} filters and strides of {first} does it take until a unit can see a "
    "whole image of {side} × {side} pixels?\nAnd with strides of {second}?",
    "one_filter_for_two": "both with a stride of one and with no activation between them.\nThe first has the weights `{a}, {b}`, the "
    "second `{c}, {d}`.\nWhich single filter of three weights does the same?",
    "two_small_or_one_large": "Two layers of {small}×{small} filters with strides of one see as much of an "
    "image as one layer of {large}×{large} "
    "filters.\nEvery layer has {channels} channels coming in and {channels} going out.\nHow many weights do the two layers have "
    "together, and how many does the single layer have (without the biases)?",
    "weaker_of_two": "where the vertical and the horizontal edge have the strengths below.\nWhat number does it give at each of them?",
    "sixty_four_filters": "`Conv2D({filters}, {side})` follows a layer with {channels} filters.\nHow many parameters does it have, and "
    "how many would it have without biases?",
    "channels_that_come_in": "A summary shows a `Conv2D` with {side}×{side} filters, the output shape `(None, 15, 15, {filters})` and "
    "`Param # {parameters}`.\nHow many channels come in?",
    "first_row": '`Conv2D({filters}, ({kernel}, {kernel}), strides={stride}, padding="same")`, and it takes an image of {side} × '
    "{side} pixels with {channels} channels.\n\n**Predict:** the side of its maps, how many maps there are, and how many parameters "
    "the layer has.",
    "second_row": '`Conv2D({filters}, ({kernel}, {kernel}), strides={stride}, padding="same")`.\n\n**Predict:** the same three numbers.',
    "dense_row": "`Dense({units})`: each of its",
    "loss_of_guessing": "gives each of {few} classes the same probability.\nWhat is its loss?\nAnd what would it be with {many} classes?",
    "kernel_gradient_by_hand": "a 2×2 kernel slides over the image below with a stride of one and without padding, and `small_error` "
    "is the error of the 2×2 map that comes out.\nWhat is the gradient of the kernel?",
    "equal_weights": "A layer of {filters} filters starts with all weights equal to one tenth, and so does the rest of the "
    "network.\nAfter a thousand updates, how many different filters does the layer have?\nAnd how many if only its *biases* start "
    "equal, and the kernels at random?",
    "shape_after_pooling": "A batch of {batch} maps of {side}×{side} with {channels} channels goes through max pooling with windows of "
    "{window}×{window}.\nWhat is the shape of the result, and at how many places of the maps does an error arrive on the way back?",
    "how_much_smaller": "divides the pixels by the largest value that they can have instead, which brings them to the range from zero "
    "to one.\nBy what factor does their mean square become smaller?",
    "values_behind_a_mean": "gets the feature maps of {images} images: {side}×{side} places and {channels} channels for each "
    "image.\nHow many means does it compute, and how many values go into each of them?",
    "two_batches": "A moving mean starts at zero, with a momentum of `{momentum}`.\nTwo batches arrive, the first with a mean of "
    "{first}, the second with a mean of {second}.\nWhat is the moving mean now?",
    "without_a_bias": "`Conv2D({filters}, {side}, use_bias=False)` follows a layer with {channels} channels, and is itself followed by "
    "a BatchNormalization.\nHow many numbers are trained in these two layers together, and how many are only kept?",
    "ten_times_the_weights": "Now all weights of the convolution become {times} as large.\nWhat happens to the output in training, and "
    "by what factor does the gradient of these weights change?",
    "scale_of_survivors": "What are the survivors multiplied by at a rate of `{rate}`?",
    "survivors": "has {units} units, and Dropout with a rate of {rate} follows it.\nHow many survive on average, and with what "
    "standard deviation?",
    "errors_behind_dropout": "pass through a Dropout with a rate of {rate}, whose mask keeps the first and the last of them.\nOn the "
    "way back, the next layer passes on the errors below.\nWhich errors reach the four units?",
    "variance_before_batch_norm": "The inputs of a Dropout layer with a rate of {rate} have mean zero and variance one.\nA "
    "BatchNormalization follows.\nWhat variance does it see in training, and what in prediction?",
    "seven_tenths": "Two runs differ by {tenths} tenths of a point.\nHow many test images is that",
    "different_images": "is mirrored or not, and moved by up to {shift} pixels down or up, and across.\nHow many different versions of "
    "it can the network get to see?",
    "smoothed_label": "A label over {classes} classes is smoothed with `{share}`: that share is taken from the right class and spread "
    "over all of them.\nWhat share does the right class have then?",
    "four_replicas": "{replicas} replicas train by this chapter's recipe, on all training images.\nHow many images does a replica get "
    "at a time, and how many updates are there in an epoch?",
}


def window(side: int, channels: int) -> int:
    return sum(1 for _ in np.ndindex(side, side, channels))


def reached(kernel: int, stride: int, layers: int) -> int:
    """The side of what a unit sees, found backwards: the places that it sees in each map before."""
    seen = 1
    for _ in range(layers):
        seen = (seen - 1) * stride + kernel
    return seen


def rounded_down(side: int, layers: int, kernel: int, stride: int) -> int:
    return rounded_down((side - kernel) // stride + 1, layers - 1, kernel, stride) if layers else side


def rounded_up(side: int, layers: int, stride: int) -> int:
    return rounded_up(ceil(side / stride), layers - 1, stride) if layers else side


def survived(units: int, rate: float) -> float:
    return units * (1 - rate)


def after_dropout(rate: float) -> np.ndarray:
    """Values of mean zero and variance one, half of them dropped, as exactly as eight values can be."""
    values = np.array([-1.0, 1.0] * 4)
    return np.where(np.arange(8) < 8 * rate, 0, values / (1 - rate))


def different_after_training(filters: int, *equal: str) -> int:
    """How many filters of a layer are different after some updates of a small network, where some of its weights start equal."""
    draw = np.random.default_rng(0).normal
    start = {"kernel": draw(size=(9, filters)), "bias": draw(size=filters), "top": np.ones(filters)}
    start |= {name: np.full_like(start[name], 1 / 10) for name in equal}
    kernel, bias, top = start["kernel"], start["bias"], start["top"] / filters
    patches, wanted = draw(size=(20, 9)), draw(size=20)
    for _ in range(10):
        maps = patches @ kernel + bias
        error = (np.maximum(maps, 0) @ top - wanted)[:, None] / len(patches)
        of_maps = error * top * (maps > 0)
        kernel, bias, top = kernel - patches.T @ of_maps / 10, bias - of_maps.sum(0) / 10, top - (np.maximum(maps, 0) * error).sum(0) / 10
    return len(np.unique(kernel.round(9), axis=1).T)


GUESSING = "find the probability that the right class gets, then take minus the logarithm of it"
FIRST_SIDE, FIRST_MAPS = 16, 10  # what the first layer of the two-layer network passes on, and the second is asked about
LAST_MAPS = np.zeros((8, 8, 20))
ONE_FILTER = "one filter has a weight for each cell of its window and each channel that comes in; then take all filters"
# An exercise, and its part where there are several -> the hint, if there is one, and what comes out by following it.
FOLLOWED: dict[str, tuple[str | None, Callable]] = {
    "sixteen_filters": (
        "count for one filter first, a weight for each cell of its window and each channel, and a bias; then take all filters",
        lambda filters, side, kind: (window(side, CHANNELS[kind]) + 1) * filters,
    ),
    "one_colour_unit": (
        "multiply each weight by the pixel beneath it, in all three channels, add everything up, and add the bias",
        lambda patch_red, patch_green, patch_blue, filter_red, filter_green, filter_blue, bias: (
            np.vdot([patch_red, patch_green, patch_blue], [filter_red, filter_green, filter_blue]) + bias
        ),
    ),
    "three_strides: same": (
        "divide by the stride once for each layer, and round up each time",
        lambda side, layers, kernel, stride: rounded_up(side, layers, stride),
    ),
    "three_strides: valid": (
        "subtract the kernel, divide by the stride, round down and add one; do this once for each layer",
        rounded_down,
    ),
    "five_by_five_first": (
        "work backwards: find how far apart the outermost of the three neighbours are, and how much each of them sees",
        lambda kernel: (3 - 1) * models.two_layer_cnn().layers[1].strides[0] + kernel,
    ),
    "layers_to_see_all: strides of one": (
        "write down the receptive field after one layer and after two, and see how much each layer adds",
        lambda kernel, first, side, second: (
            1 + ceil((side - reached(kernel, first, 1)) / (reached(kernel, first, 2) - reached(kernel, first, 1)))
        ),
    ),
    "layers_to_see_all: strides of two": (
        "each layer adds two steps, and a step is the product of all strides before it",
        lambda kernel, first, side, second: next(n for n in range(side) if 1 + sum(2 * second**before for before in range(n)) >= side),
    ),
    "one_filter_for_two": (None, lambda a, b, c, d: np.convolve([a, b], [c, d])),
    "two_small_or_one_large: two of 3×3": (ONE_FILTER, lambda small, large, channels: 2 * window(small, channels) * channels),
    "two_small_or_one_large: one of 5×5": (ONE_FILTER, lambda small, large, channels: window(large, channels) * channels),
    "weaker_of_two": (None, lambda edge_down, edge_across: np.clip(np.minimum(edge_down, edge_across), 0, None)),
    "sixty_four_filters: with biases": (
        "count one filter first: the cells of its window, its depth, and its bias",
        lambda filters, side, channels: (window(side, channels) + 1) * filters,
    ),
    "sixty_four_filters: without": (
        "it is the number with biases, less one for each filter",
        lambda filters, side, channels: (window(side, channels) + 1) * filters - filters,
    ),
    "channels_that_come_in": (
        "divide by the number of filters first, then take the bias away",
        lambda side, filters, parameters: (parameters / filters - 1) / window(side, 1),
    ),
    "kernel_gradient_by_hand": (None, lambda small_image, small_error: correlate2d(small_image, small_error, "valid")),
    **{
        f"{row}: {part}": followed
        for row, deep in (("first_row", None), ("second_row", FIRST_MAPS))
        for part, followed in {
            "side of the maps": (
                'with "same" only the stride counts: divide the side that comes in by it',
                lambda filters, kernel, stride, side=FIRST_SIDE, channels=0: side / stride,
            ),
            "number of maps": ("there is one map for each filter", lambda filters, kernel, stride, side=0, channels=0: filters),
            "parameters": (
                "count one filter first: a weight for each cell of its window and each channel that comes in, and a bias",
                lambda filters, kernel, stride, side=0, channels=0, deep=deep: (window(kernel, deep or channels) + 1) * filters,
            ),
        }.items()
    },
    "flatten_row: numbers": ("count all the cells of all the maps", lambda: LAST_MAPS.size),
    "flatten_row: parameters": (
        "ask yourself what there is to learn when numbers are only written in another order",
        lambda: keras.Sequential([keras.Input((8, 8, 20)), layers.Flatten()]).count_params(),
    ),
    "dense_row": ("each unit has a weight for every number that comes in, and a bias", lambda units: units * (LAST_MAPS.size + 1)),
    "loss_of_guessing: ten classes": (GUESSING, lambda few, many: -log(1 / few)),
    "loss_of_guessing: a hundred classes": (GUESSING, lambda few, many: -log(1 / many)),
    "shape_after_pooling: batch": ("pooling treats each image by itself", lambda batch, side, channels, window: batch),
    "shape_after_pooling: height": ("the windows lie side by side, two rows each", lambda batch, side, channels, window: side / window),
    "shape_after_pooling: width": ("the windows lie side by side, two columns each", lambda batch, side, channels, window: side / window),
    "shape_after_pooling: channels": ("pooling treats each channel by itself", lambda batch, side, channels, window: channels),
    "places_with_an_error": (
        "each number that came out hands one error back; count the places that it goes to",
        lambda batch, side, channels, window: len(np.arange(0, side, window)) ** 2 * batch * channels,
    ),
    "equal_weights: equal kernels": (
        "two filters with the same weights give the same map and get the same error; think what that does to their gradients",
        lambda filters: different_after_training(filters, "kernel", "bias"),
    ),
    "equal_weights: equal biases only": (
        "kernels that differ give different maps, whatever the biases are",
        lambda filters: different_after_training(filters, "bias"),
    ),
    "how_much_smaller": (
        "every pixel becomes smaller by a factor of 255; what does that do to its square",
        lambda: np.mean(np.arange(256.0) ** 2) / np.mean((np.arange(256) / 255) ** 2),
    ),
    "values_behind_a_mean: means": (
        "each channel has a mean of its own, one for the whole batch",
        lambda images, side, channels: np.zeros((images, side, side, channels)).mean(axis=(0, 1, 2)).size,
    ),
    "values_behind_a_mean: values": (
        "count the values of one channel in the whole batch: a map for each image, and the places of each map",
        lambda images, side, channels: images * window(side, 1),
    ),
    "two_batches": (
        "work out the moving mean after the first batch, then use it as the old value for the second",
        lambda momentum, first, second: momentum * (momentum * 0 + (1 - momentum) * first) + (1 - momentum) * second,
    ),
    "without_a_bias: trained": (
        "add the weights of the convolution and what BatchNormalization learns for each channel",
        lambda filters, side, channels: window(side, channels) * filters + len(("gamma", "beta")) * filters,
    ),
    "without_a_bias: kept": (
        "two moving statistics are kept for each channel that comes out",
        lambda filters, side, channels: len(("mean", "variance")) * filters,
    ),
    "ten_times_the_weights: factor": (
        "the output depends on the weights' direction only; how much does a step of the same length change that now",
        lambda times: np.arctan2(1e-6, times) / np.arctan2(1e-6, 1),
    ),
    "scale_of_survivors": (
        "what share of the units survives, and by what must they be multiplied to make up for the rest",
        lambda rate: 1 / survived(1, rate),
    ),
    "survivors: mean": ("each unit survives with a chance of one half", survived),
    "survivors: standard deviation": (
        "the number of heads in n tosses of a coin has the variance n · p · (1 − p)",
        lambda units, rate: sqrt(units * rate * (1 - rate)),
    ),
    "errors_behind_dropout": (
        None,
        lambda rate, unit_outputs, errors_passed_on: np.array([1, 0, 0, 1]) * errors_passed_on / (1 - rate),
    ),
    "variance_before_batch_norm: training": (
        "half of the values become 0, the others twice as large; what is the mean of the squares",
        lambda rate: np.mean(after_dropout(rate) ** 2),
    ),
    "variance_before_batch_norm: prediction": ("in prediction Dropout changes nothing", lambda rate: np.var([-1, 1])),
    "seven_tenths: images": ("a point is one per cent of the test images", lambda tenths: article.TEST_IMAGES / 100 * tenths / 10),
    "different_images": (
        "count the steps down or up, the steps across, and the ways round that an image can be, and multiply the three",
        lambda shift: len(range(-shift, shift + 1)) * len(range(-shift, shift + 1)) * len(("as it is", "mirrored")),
    ),
    "smoothed_label": (
        "what is taken from the right class is spread over all classes, and the right one is among them",
        lambda classes, share: 1 - share + share / classes,
    ),
    "four_replicas: images": ("the batch of the recipe is divided evenly", lambda replicas: recipes.FURTHER.batch_size // replicas),
    "four_replicas: updates": (
        "one update for each whole batch of the recipe, and one for the rest",
        lambda replicas: article.TRAINING_IMAGES // recipes.FURTHER.batch_size + (article.TRAINING_IMAGES % recipes.FURTHER.batch_size > 0),
    ),
}
