"""The predictions of the chapter on inspecting a model: each row of its summary, before the reader sees it."""

from cnnbook import arithmetic
from cnnbook.exercises.inspecting import CHANNELS, CLASSES, CONVOLUTIONS, SIDE, rows
from cnnbook.exercises.mechanics import Number, Parts, exercise

MAPS = "there is one map for each filter"
WEIGHTS = "count one filter first: a weight for each cell of its window and each channel that comes in, and a bias"


def convolution(side: int, channels: int, name: str) -> dict[str, Number]:
    """What is predicted of a convolution on maps with this side and this many channels."""
    layer = CONVOLUTIONS[("first", "second").index(name)]
    (out, _, filters), parameters = rows(SIDE)[name]
    kernel_size, stride = layer["kernel_size"][0], layer["strides"][0]
    biases = arithmetic.conv_parameters(kernel_size, channels, filters, use_bias=False)
    return {
        "side of the maps": Number(
            out,
            'with "same" only the stride counts: divide the side that comes in by it',
            mistakes=[
                (side, "that is the side that comes in; the stride makes it smaller"),
                (arithmetic.conv_output_size(side, kernel_size, stride, "valid"), 'that is the side with "valid"'),
                (out // stride, "divide by the stride only once"),
                (side - kernel_size + 1, 'that is the side with "valid" and a stride of one'),
            ],
        ),
        "number of maps": Number(
            filters,
            MAPS,
            mistakes=[
                (channels, "that is how many channels come in; " + MAPS),
                (channels * filters, "a filter adds up all channels, so it gives one map, not one for each channel"),
            ],
        ),
        "parameters": Number(
            parameters,
            WEIGHTS,
            mistakes=[
                (biases, "the biases are missing, one for each filter"),
                (biases + 1, "each filter has a bias of its own; there is not just one for the whole layer"),
                (arithmetic.conv_parameters(kernel_size, 1, filters), "a filter is as deep as its input has channels"),
                (parameters // filters, "that is one filter; the layer has more"),
            ],
        ),
    }


@exercise
def first_row() -> Parts:
    """What the first convolution of the two-layer network gives and has to learn."""
    return Parts(convolution(SIDE, CHANNELS, "first"))


@exercise
def second_row() -> Parts:
    """What the second convolution of the two-layer network gives and has to learn."""
    (side, _, channels), _ = rows(SIDE)["first"]
    return Parts(convolution(side, channels, "second"))


@exercise
def flatten_row() -> Parts:
    """What Flatten gives and has to learn."""
    (side, _, maps), _ = rows(SIDE)["second"]
    (flat,), parameters = rows(SIDE)["flatten"]
    return Parts(
        {
            "numbers": Number(
                flat,
                "count all the cells of all the maps",
                mistakes=[
                    (side * side, "that is one map; all of them are written one after the other"),
                    (side * maps, "a map has as many rows as columns: multiply the two"),
                    (maps, "every cell of a map is kept; nothing is averaged here"),
                ],
            ),
            "parameters": Number(parameters, "ask yourself what there is to learn when numbers are only written in another order"),
        }
    )


@exercise
def dense_row() -> Number:
    """The parameters of the dense layer of the two-layer network."""
    (inputs,), _ = rows(SIDE)["flatten"]
    return Number(
        arithmetic.dense_parameters(inputs, CLASSES),
        "each unit has a weight for every number that comes in, and a bias",
        mistakes=[
            (inputs * CLASSES, "each unit has a bias too, which a popular account of this network leaves out of its calculation"),
            (inputs * CLASSES + 1, "each unit has a bias of its own; there is not just one for the whole layer"),
            (inputs + 1, "that is one unit; there is one for each class"),
            (inputs + CLASSES, "every unit sees every number: multiply"),
        ],
    )
