"""What the solutions of the chapters on convolution, stacking and inspecting say, and whether it is so."""

import re
from collections.abc import Callable
from itertools import count, product
from math import ceil

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from bookbuild import claims_page
from cnnbook import models
from cnnbook.keras_quietly import keras, layers
from tests import drawn
from tests import remembered as trial
from tests.exercises import asked
from tests.exercises.explained.convolution import INNER, PATCH, PIXELS, WEIGHTS, descended, same, small_photograph, thrice, valid
from tests.exercises.explained.stacking import ACROSS, DOWN, in_one, relu
from tests.exercises.test_explanations import EXPECTED
from tests.exercises.test_questions import ASKED
from tests.remembered import near

D, A = np.mgrid[-3:4, -3:4].reshape(2, -1).astype(float)  # strengths of a vertical and a horizontal edge, in every combination
RIGHT_NEIGHBOURS = PIXELS[1:-1, 2:]  # of the inner pixels
MEASURED = claims_page.measured_values()


def of_one_filter(side: int, channels: int) -> list[int]:
    """How many weights and how many biases of a layer of Keras belong to one filter."""
    layer = layers.Conv2D(4, side)
    layer.build((None, None, None, channels))
    return [part[..., 0].size for part in layer.get_weights()]


def of_one_unit(inputs: int) -> list[int]:
    """The same for a dense layer."""
    layer = layers.Dense(4)
    layer.build((None, inputs))
    return [part[..., 0].size for part in layer.get_weights()]


def filter_for(wanted: np.ndarray) -> np.ndarray:
    """The only 3×3 filter that makes this of `PIXELS`."""
    patches = sliding_window_view(PIXELS, (3, 3)).reshape(-1, 9)
    return np.linalg.lstsq(patches, wanted.ravel(), rcond=None)[0].round(6).reshape(3, 3)


def unit() -> float:
    """What Keras gives for the patch of the exercise."""
    patch, weights = (np.moveaxis(numbers, 0, 2).astype("float32") for numbers in (PATCH, WEIGHTS))
    return trial.convolved(patch[None], weights[..., None], np.array([-3])).item()


def by_keras(padding: str) -> int:
    """The side of the map after three layers with strides of two."""
    shape = (None, 100, 100, 1)
    for _ in range(3):
        shape = layers.Conv2D(1, 3, strides=2, padding=padding).compute_output_shape(shape)
    return shape[1]


def windows_start_at(step: int) -> bool:
    """Does each number of a strided map come from the window of the padded image that starts at its place times this?"""
    padded, strided = np.pad(trial.GREY, ((0, 1), (0, 1))), trial.convolved_grey(trial.GREY, trial.FILTER, strides=2, padding="same")
    windows = sliding_window_view(padded, (3, 3))
    return near(strided, [[np.vdot(windows[step * r, step * c], trial.FILTER) for c in range(3)] for r in range(3)])


def from_photograph() -> np.ndarray:
    """Patches of the photograph, one in a row, as the exercise takes them."""
    return sliding_window_view(small_photograph(), (3, 3)).reshape(-1, 9)


def neighbours_agree(patches: np.ndarray) -> float:
    """The correlation of a patch's middle pixel with the one on its right."""
    return float(np.corrcoef(patches[:, 4], patches[:, 5])[0, 1])


def steepness(patches: np.ndarray) -> np.ndarray:
    """How far the loss rises by one step from its lowest point, in the steepest direction first and in the flattest last."""
    steps = np.linalg.svd(patches, full_matrices=False)[2]
    return ((patches @ steps.T) ** 2).mean(0)


def sees(kernel: int) -> int:
    """How many pixels of a row three neighbours in a map with strides of two come from."""
    return len({2 * neighbour + cell for neighbour in range(3) for cell in range(kernel)})


def pooled(layer: layers.Layer, numbers: np.ndarray) -> float:
    """What comes of one window of four."""
    return layer(np.reshape(numbers, (1, 2, 2, 1)).astype("float32")).numpy().item()


def is_weighted_sum(layer: layers.Layer) -> bool:
    """With the weights that it gives each number when the others are zero?"""
    weights = [pooled(layer, one) for one in np.eye(4)]
    return all(near(pooled(layer, numbers), numbers @ weights) for numbers in (DOWN, ACROSS))


def rebuilt(side: int = 32, third: layers.Layer | None = None) -> list[layers.Layer]:
    """The layers of the two-layer network on images of that side, with another one in place of Flatten if it is given."""
    parts = [type(layer).from_config(layer.get_config()) for layer in models.two_layer_cnn().layers[1:]]
    return keras.Sequential([keras.Input((side, side, 3)), *parts[:2], third or parts[2], *parts[3:]]).layers


def sides(parts: list[layers.Layer]) -> list[int]:
    return [layer.output.shape[1] for layer in parts[:2]]


def with_biases_in_dense(yes: bool) -> list[int]:
    """The parameters of the network whose summary has a row that does not fit."""
    convolutions = [layers.Conv2D(filters, 3, strides=2, padding="same") for filters in (16, 32)]
    parts = [*convolutions, layers.Flatten(), layers.Dense(64, use_bias=yes), layers.Dense(10)]
    network = keras.Sequential([keras.Input((28, 28, 1)), *parts])
    return [layer.count_params() for layer in network.layers if layer.weights]


def in_the_summary() -> list[int]:
    """The parameters that its rows state."""
    rows = re.findall(r"(?:Conv2D|Dense)\).*?\) +([\d,]+)", ASKED["layer_that_does_not_fit"][0])
    return [int(number.replace(",", "")) for number in rows]


SOLVED: dict[str, dict[str, Callable[[], bool] | str]] = {
    # Convolution
    "sixteen_filters": {
        "each filter has one weight for each cell of its window and each channel, and one bias.": lambda: (
            of_one_filter(5, 3) == [asked.window(5, 3), 1]
        ),
    },
    "copying_filter": {
        "a single 1.": lambda: all(sorted(filter_for(image).flat) == [0] * 8 + [1] for image in (INNER, RIGHT_NEIGHBOURS)),
        "In the middle it copies the pixel beneath; to the right of the middle it fetches the neighbour on the right.": lambda: (
            filter_for(INNER)[1, 1] == 1 == filter_for(RIGHT_NEIGHBOURS)[1, 2]
        ),
    },
    "one_colour_unit": {
        "each weight times the pixel beneath it, all twelve products added up, and then the bias, once.": lambda: (
            len(products := [weight * pixel for weight, pixel in zip(WEIGHTS.flat, PATCH.flat, strict=True)]) == 12
            and unit() == sum(products) - 3
        ),
    },
    "three_strides": {
        "apply the rule three times.": lambda: [thrice(same), thrice(valid)] == [by_keras("same"), by_keras("valid")],
    },
    "sliding_loop": {
        "pad first; a window then starts at its place in the map times the stride.": lambda: (
            windows_start_at(2) and not windows_start_at(1)
        ),
        "The extra zero goes after the image.": trial.extra_zero_comes_last,
    },
    "gradient_descent": {
        # were it no copy, the chapter's start would be where its loop ends
        "the chapter's loop, on a copy of the start.": lambda: (
            (loop := drawn.learning())
            and near(descended(loop["pixels"], loop["wanted"], loop["first"], 60, 2 * 0.05 / len(loop["wanted"])), loop["learned"])
            and near(EXPECTED["gradient_descent"].right(loop["pixels"], loop["wanted"], loop["first"], 60), loop["learned"])
        ),
    },
    "slow_on_photographs": {
        "neighbouring pixels are alike, so the loss hardly depends on some combinations of weights.": lambda: (
            neighbours_agree(from_photograph()) > 0.7 > 0.1 > abs(neighbours_agree(drawn.learning()["pixels"]))
            and steepness(from_photograph())[-1] < 0.1 < 0.8 < steepness(drawn.learning()["pixels"])[-1]
        ),
        "It forms a long narrow valley, steep in some directions and flat in others.": lambda: (
            np.ptp(np.log10(steepness(from_photograph()))) > 1 > 0.1 > np.ptp(np.log10(steepness(drawn.learning()["pixels"])))
        ),
        "how many times as strongly the loss curves in its steepest direction as in its flattest": lambda: near(
            steepness(from_photograph())[0] / steepness(from_photograph())[-1], MEASURED["photograph_conditioning"]
        ),
    },
    # Stacking convolutions
    "five_by_five_first": {
        "a first kernel that is one pixel wider makes the field one pixel wider.": lambda: sees(5) - sees(4) == 1,
    },
    "layers_to_see_all": {
        "add layers until the field is large enough.": lambda: (
            [next(n for n in count() if asked.reached(3, stride, n) >= 32) for stride in (1, 2)]
            == [EXPECTED[f"layers_to_see_all: strides of {stride}"].right for stride in ("one", "two")]
        ),
        "With strides of one each layer adds two pixels; with strides of two, twice as many as the layer before.": lambda: (
            np.diff([asked.reached(3, 1, n) for n in range(6)]).tolist() == [2] * 5
            and ((adds := np.diff([asked.reached(3, 2, n) for n in range(6)]))[1:] == 2 * adds[:-1]).all()
        ),
    },
    "one_filter_for_two": {
        "the left pixel comes in through both first weights, the right one through both second weights, and the middle one in two ways.": (
            lambda: (
                in_one([1, 0], [3, 0]) == [1 * 3, 0, 0]
                and in_one([0, 2], [0, -1]) == [0, 0, 2 * -1]
                and in_one([1, 0], [0, -1]) == [0, 1 * -1, 0]
                and in_one([0, 2], [3, 0]) == [0, 2 * 3, 0]
            )
        ),
    },
    "two_small_or_one_large": {
        "fewer weights, and an activation in between, so that the weaker of two features can decide; one layer only adds them up.": (
            lambda: (
                2 * asked.window(3, 64) < asked.window(5, 64)
                and near((relu(D) - relu(D - A))[D > 0], np.minimum(D, A)[D > 0])
                and np.linalg.lstsq(np.transpose([D, A]), np.minimum(D, A), rcond=None)[1].item() > 1
            )
        ),
    },
    "affine_pooling": {
        "a mean is a weighted sum; which number is the largest depends on the input.": lambda: (
            is_weighted_sum(layers.AveragePooling2D(2))
            and not is_weighted_sum(layers.MaxPooling2D(2))
            and np.argmax(DOWN) != np.argmax(ACROSS)
        ),
    },
    "weaker_of_two": {
        "work out both maps, subtract, and apply the ReLU.": lambda: (
            near(relu((maps := [relu(DOWN), relu(DOWN - ACROSS)])[0] - maps[1]), EXPECTED["weaker_of_two"].right)
            and not near(maps[0] - maps[1], EXPECTED["weaker_of_two"].right)
        ),
        "What is left is the weaker edge, and nothing where one is missing or turned round.": lambda: near(
            relu(relu(D) - relu(D - A)), np.where((D > 0) & (A > 0), np.minimum(D, A), 0)
        ),
    },
    "find_all_corners": {
        "the smaller of |d| and |a| is |d| + |a| minus the larger one, and the larger one is (|d + a| + |d - a|) / 2.": lambda: (
            near(np.minimum(abs(D), abs(A)), abs(D) + abs(A) - np.maximum(abs(D), abs(A)))
            and near(np.maximum(abs(D), abs(A)), (abs(D + A) + abs(D - A)) / 2)
        ),
        "Each |...| takes two ReLUs.": lambda: (
            near(relu(D) + relu(-D), abs(D)) and not any(near(relu(sign * D), abs(D)) for sign in (1, -1))
        ),
    },
    # Inspecting a network
    "first_row": {
        "the stride halves the side, and each filter gives a map.": lambda: all(
            layers.Conv2D(filters, 4, strides=stride, padding="same").compute_output_shape((None, 32, 32, 3))
            == (None, 32 / stride, 32 / stride, filters)
            for filters, stride in product((1, 10), (1, 2))
        ),
        "A filter has one weight for each place in its window and each channel, and one bias.": lambda: (
            of_one_filter(4, 3) == [asked.window(4, 3), 1]
        ),
    },
    "second_row": {
        "ten maps come in, so each filter is ten deep.": lambda: (
            models.two_layer_cnn().layers[1].output.shape[-1] == 10 == models.two_layer_cnn().layers[2].kernel.shape[2]
            and trial.kernel_shape(7)[2] == 7
        ),
    },
    "flatten_row": {
        "every number of every map, only arranged differently.": lambda: (
            (flat := layers.Flatten()(trial.IMAGES).numpy()).shape != trial.IMAGES.shape
            and near(np.sort(flat[0]), np.sort(trial.IMAGES[0].ravel()))
        ),
    },
    "dense_row": {
        "for each unit, one weight per number that comes in, and one bias.": lambda: of_one_unit(1280) == [1280, 1],
    },
    "sixty_four_filters": {
        "the filters are 32 deep, and each has one bias.": lambda: (
            of_one_filter(5, layers.Conv2D(32, 3).compute_output_shape((None, 9, 9, 3))[-1]) == [5 * 5 * 32, 1]
        ),
    },
    "channels_that_come_in": {
        "solve (9 · channels + 1) · 64 = 18496 for the channels.": lambda: (
            [n for n in range(1, 99) if (9 * n + 1) * 64 == 18496] == [EXPECTED["channels_that_come_in"].right]
            and all(trial.parameters(layers.Conv2D(64, 3), (None, None, n)) == (9 * n + 1) * 64 for n in (5, 32))
        ),
    },
    "larger_image": {
        "the shapes of the maps, since sides are rounded up, and what comes into the dense layer.": lambda: (
            sides(rebuilt(33)) == [ceil(33 / 2), ceil(ceil(33 / 2) / 2)]
            and sides(rebuilt(32)) == [33 // 2, 33 // 2 // 2]
            and rebuilt(33)[3].kernel.shape[0] > rebuilt(32)[3].kernel.shape[0]
        ),
        "A filter does not depend on the image's size.": lambda: all(
            [part.shape for part in new.weights] == [part.shape for part in old.weights]
            for new, old in zip(rebuilt(33)[:2], rebuilt(32)[:2], strict=True)
        ),
    },
    "layer_that_does_not_fit": {
        "work out each row.": "an instruction; what it leads to is the next sentence",
        "The biases of `dense` are missing.": lambda: with_biases_in_dense(False) == in_the_summary() != with_biases_in_dense(True),
    },
    "smaller_network": {
        "average each map before the dense layer, so that twenty numbers reach it instead of 8 · 8 · 20.": lambda: (
            near(layers.GlobalAveragePooling2D()(trial.IMAGES), trial.IMAGES.mean((1, 2)))
            and rebuilt(third=layers.GlobalAveragePooling2D())[3].kernel.shape[0] == 20
            and rebuilt()[3].kernel.shape[0] == 8 * 8 * 20
        ),
        "in place of Flatten": lambda: (
            isinstance(rebuilt()[2], layers.Flatten)
            and sum(layer.count_params() for layer in rebuilt(third=layers.GlobalAveragePooling2D())) < 3_000
        ),
    },
}
