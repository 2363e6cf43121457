"""The exercises of the chapter on stacking convolutions."""

import numpy as np

from cnnbook import arithmetic
from cnnbook.exercises.mechanics import Array, Choice, Number, Parts, exercise


@exercise
def five_by_five_first() -> Number:
    """Receptive field after a 5×5 layer with stride two and a 3×3 layer."""
    return Number(
        arithmetic.receptive_field([(5, 2), (3, 2)]),
        "work backwards: find how far apart the outermost of the three neighbours are, and how much each of them sees",
        mistakes=[
            (arithmetic.receptive_field([(4, 2), (3, 2)]), "that is the field with the 4×4 filters"),
            (
                arithmetic.receptive_field([(5, 1), (3, 1)]),
                "the first layer's stride is missing: neighbours in its map see places two pixels apart",
            ),
            (
                arithmetic.receptive_field([(1, 2), (5, 2), (3, 2)]),
                "a layer's stride does not widen its own field, only those of later layers",
            ),
            (5 * 3, "fields do not multiply: neighbouring windows overlap"),
            (5 + 3 * 2, "three neighbours have only two steps between them"),
        ],
    )


def layers_until(side: int, stride: int) -> int:
    """How many 3×3 layers it takes until a unit sees `side` pixels."""
    depth = 1
    while arithmetic.receptive_field([(3, stride)] * depth) < side:
        depth += 1
    return depth


@exercise
def layers_to_see_all() -> Parts:
    """Number of 3×3 layers until a unit can see 32 pixels, with strides of one and of two."""
    side = 32
    plain, strided = layers_until(side, 1), layers_until(side, 2)
    return Parts(
        {
            "strides of one": Number(
                plain,
                "write down the receptive field after one layer and after two, and see how much each layer adds",
                mistakes=[
                    (plain - 1, "that is one layer short: the field is still smaller than the image"),
                    (-(-side // 3), "windows overlap, so a layer does not add three pixels"),
                    (side - 1, "a 3×3 filter adds a pixel on each side"),
                    (side, "a 3×3 filter adds a pixel on each side, and the first pixel is seen without any layer"),
                    (strided, "that is the number with strides of two"),
                ],
            ),
            "strides of two": Number(
                strided,
                "each layer adds two steps, and a step is the product of all strides before it",
                mistakes=[
                    (strided - 1, "that is one layer short: the field is still smaller than the image"),
                    (plain, "that is the number with strides of one; strides widen the fields of all later layers"),
                    (plain // 2, "strides of two do more than halve the depth: the step doubles with every layer"),
                ],
            ),
        }
    )


TWO_WAYS = "the middle pixel reaches the result in two ways, one through each sum of the first filter, and the two are added up"


@exercise
def one_filter_for_two() -> Array:
    """The filter of 1×3 that does what two filters of 1×2 do, one after the other."""
    first, second = np.array([1, 2]), np.array([3, -1])
    right = np.convolve(first, second)
    return Array(
        right,
        "a filter of three weights",
        mistakes=[
            (right[::-1], "that is the filter the wrong way round: the first weight belongs to the pixel on the left"),
            (np.convolve(first, second[::-1]), "one of the two filters has been turned round; the layers do not flip them"),
            (right - [0, first[0] * second[1], 0], f"{TWO_WAYS}; the way through the second sum is missing"),
            (right - [0, first[1] * second[0], 0], f"{TWO_WAYS}; the way through the first sum is missing"),
            (
                np.array([first[0], first[1] + second[0], second[1]]),
                "what comes out of the first filter is multiplied by the second filter's weights, not added to them",
            ),
        ],
    )


@exercise
def weaker_of_two() -> Array:
    """What the corner detector gives where the vertical and the horizontal edge have four pairs of strengths."""
    down, across = np.array([3, 1, 5, 4]), np.array([2, 6, 0, -3])
    first, second = np.maximum(down, 0), np.maximum(down - across, 0)
    return Array(
        np.maximum(first - second, 0),
        "four numbers",
        mistakes=[
            (first - second, "the last ReLU is missing: what is negative becomes zero"),
            (across, "without the ReLU between the layers, the vertical edge cancels, and only the horizontal edge is left"),
            (np.maximum(across, 0), "the ReLU between the two layers is missing"),
            (second, "that is the second map; it is subtracted from the first"),
            (np.maximum(down, across), "that is the stronger edge; work out both maps, then subtract"),
            (
                down + across,
                "that is the sum of both edges; subtract the second map, the vertical edge minus the horizontal edge, from the first",
            ),
        ],
    )


@exercise
def affine_pooling() -> Parts:
    """Is a convolution followed by pooling affine: by the mean, and by the maximum?"""
    return Parts(
        {
            "mean": Choice("affine", wrong={"not affine": "a mean is a weighted sum whose weights are all equal"}),
            "maximum": Choice("not affine", wrong={"affine": "which number is the largest depends on the input; mix two inputs and see"}),
        }
    )


@exercise
def two_small_or_one_large() -> Parts:
    """Weights of two layers of 3×3, of one of 5×5, 64 channels in and out, without biases; and what else the two can have."""
    channels = 64

    def weights(kernel_size, *, use_bias=False):
        return arithmetic.conv_parameters(kernel_size, channels, channels, use_bias=use_bias)

    one_channel = arithmetic.conv_parameters(3, 1, channels, use_bias=False)
    first_step = "one filter has a weight for each cell of its window and each channel that comes in; then take all filters"
    return Parts(
        {
            "two of 3×3": Number(
                2 * weights(3),
                first_step,
                mistakes=[
                    (2 * weights(3, use_bias=True), "that is with biases; the question is about weights"),
                    (weights(3), "that is one layer; the stack has two"),
                    (2 * one_channel, "each filter is as deep as its input, with weights for every channel"),
                    (2 * weights((3, 1)), "a 3×3 filter has three rows of three weights"),
                ],
            ),
            "one of 5×5": Number(
                weights(5),
                first_step,
                mistakes=[
                    (weights(5, use_bias=True), "that is with biases; the question is about weights"),
                    (
                        arithmetic.conv_parameters(5, 1, channels, use_bias=False),
                        "each filter is as deep as its input, with weights for every channel",
                    ),
                    (2 * weights(5), "that is two layers; a single one sees as much"),
                    (weights((5, 1)), "a 5×5 filter has five rows of five weights"),
                ],
            ),
            "besides": Choice(
                "an activation in between",
                wrong={
                    "a larger receptive field": "both see 5×5 pixels",
                    "more channels": "both have the same number of channels coming in and going out",
                    "a bias": "a 5×5 layer has biases too",
                },
            ),
        }
    )
