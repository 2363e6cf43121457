"""What the sentences of chapter "Inspecting a model" compare."""

import math
import re
from collections.abc import Callable
from functools import cache

from cnnbook import inspection, models
from cnnbook.keras_quietly import keras, layers
from tests.recorded import costs
from tests.remembered import share

# Things that are easily done wrong in the network of the chapter.
MISTAKES = [{"stride": 1}, {"padding": "valid"}, {"flatten": False}, {"third": True}, {"side": 28}]


@cache
def rows(
    side: int = 32, *, stride: int = 2, padding: str = "same", third: bool = False, flatten: bool = True
) -> tuple[inspection.Row, ...]:
    """Of the two-layer network's table, or of that of a network which is changed like this; the input's is left out."""
    inputs = keras.Input((side, side, 3))
    x = layers.Conv2D(10, 4, strides=stride, padding=padding)(inputs)
    for _ in range(2 if third else 1):
        x = layers.Conv2D(20, 3, strides=2, padding=padding)(x)
    x = layers.Flatten()(x) if flatten else x
    return inspection.table(keras.Model(inputs, layers.Dense(10)(x))).rows[1:]


def shapes(**changes) -> list[tuple[int, ...]]:
    return [row.output_shape for row in rows(**changes)]


def parameters(**changes) -> list[int]:
    return [row.parameters for row in rows(**changes)]


def convolutions(**changes) -> list[inspection.Row]:
    return [row for row in rows(**changes) if row.layer == "Conv2D"]


def places(row: inspection.Row) -> int:
    """At which a filter is used."""
    return math.prod(row.output_shape[:2])


def columns() -> tuple[list[str], list[str]]:
    """What stands above the columns of the book's table, and above those of Keras's summary."""
    network, lines = models.two_layer_cnn(), []
    network.summary(print_fn=lines.append)
    (titles,) = (line for line in "\n".join(lines).splitlines() if "Output Shape" in line)
    page = inspection.table(network)._repr_html_()
    return re.findall(r'<th scope="col">(.*?)</th>', page), [title.strip() for title in re.split("[┃|]", titles) if title.strip()]


def dense_weights(**changes) -> int:
    """Without the biases of its ten units."""
    return parameters(**changes)[-1] - 10


SHOWN: dict[str, Callable[[], bool]] = {
    "That is more useful than it sounds: many mistakes in building a network show up in its shapes, and many surprises about its size show "
    "up in its parameters.": lambda: (
        all(shapes(**mistake) != shapes() for mistake in MISTAKES)
        # One more layer makes it smaller, and the layer that does least has most.
        and sum(parameters(third=True)) < sum(parameters())
        and max(parameters()) == parameters()[-1]
    ),
    "A filter is used again at each place, so a larger image costs more computation but not one more parameter.": lambda: all(
        large.parameters == small.parameters
        and large.multiply_accumulates / small.multiply_accumulates == places(large) / places(small) > 1
        for small, large in zip(convolutions(), convolutions(side=48), strict=True)
    ),
    "It has one more column, which Keras does not show, for the work that a layer does on one image.": lambda: (
        len(columns()[0]) == len(columns()[1]) + 1
        and columns()[0][-1] == "multiply–accumulates"
        and rows()[0].multiply_accumulates == 16 * 16 * 4 * 4 * 3 * 10  # of one image
    ),
    "The dense layer has most of the parameters and does hardly any of the work.": lambda: (
        share(models.two_layer_cnn(), "Dense", "parameters")[0]
        > 1 / 2
        > 1 / 10
        > share(models.two_layer_cnn(), "Dense", "multiply_accumulates")[0]
    ),
    "The first convolution is the other way round: it has fewer parameters than the other two, and does the most work.": lambda: (
        costs(models.two_layer_cnn(), "parameters")[0] < min(costs(models.two_layer_cnn(), "parameters")[1:])
        and costs(models.two_layer_cnn(), "multiply_accumulates")[0] > max(costs(models.two_layer_cnn(), "multiply_accumulates")[1:])
    ),
    "The parameters of both convolutions stay the same: the filters are as large as before, and are only used at more places.": lambda: all(
        before.parameters_how == after.parameters_how and before.parameters == after.parameters and places(before) < places(after)
        for before, after in zip(convolutions(), convolutions(stride=1), strict=True)
    ),
    "The new layer brings parameters of its own, but it halves height and width once more.": lambda: (
        parameters(third=True)[2] > 0
        and [2 * side for side in shapes(third=True)[2][:2]] == [*shapes(third=True)[1][:2]] == [*shapes()[1][:2]]
    ),
    "Flatten then passes on a quarter as many numbers, and the dense layer needs only a quarter as many weights: it loses more than the "
    "new layer brings.": lambda: (
        4 * shapes(third=True)[-2][0] == shapes()[-2][0]
        and 4 * dense_weights(third=True) == dense_weights()
        and dense_weights() - dense_weights(third=True) > parameters(third=True)[2]
    ),
    "Only the dense layer gets more parameters, because it has weights for every number of the last maps.": lambda: (
        [large > small for small, large in zip(parameters(), parameters(side=64), strict=True)] == [False, False, False, True]
        and all(dense_weights(side=side) == 10 * math.prod(shapes(side=side)[1]) for side in (32, 64))
    ),
}

# A sentence -> why nothing is computed.
SAID: dict[str, str] = {}
