"""What the explanations in the chapter on inspecting a network come to."""

SHARED = "a filter is used again at each place, so a larger image needs no more weights"
COMES_IN = "each unit has a weight for every number that comes in, and now more come in"
ONLY_UNITS = "the shape of its output is the number of its units, whatever comes in"


def same(side):
    return -(-side // 2)


def kept_filters(old, new):
    """Of a convolution whose maps grow from one side to another."""
    grows = f"its side becomes {new}, since a half is rounded up"
    return {
        grows: lambda: new > old and "nothing",
        f"{grows}, and {SHARED}": lambda: new > old and "parameters",
        SHARED: "both",
    }


def row(name, side, channels, filters, cells):
    """Of a convolution with strides of two and "same", whose filters have so many rows and columns."""
    return {
        f"{name}: side of the maps": {
            "that is the side that comes in; the stride makes it smaller": lambda: side,
            'that is the side with "valid"': lambda: (side - cells) // 2 + 1,
            "divide by the stride only once": lambda: side / 2 / 2,
            'that is the side with "valid" and a stride of one': lambda: side - cells + 1,
        },
        f"{name}: number of maps": {
            "that is how many channels come in; there is one map for each filter": lambda: channels,
            "a filter adds up all channels, so it gives one map, not one for each channel": lambda: filters * channels,
        },
        f"{name}: parameters": {
            "the biases are missing, one for each filter": lambda: filters * channels * cells**2,
            "each filter has a bias of its own; there is not just one for the whole layer": lambda: filters * channels * cells**2 + 1,
            "a filter is as deep as its input has channels": lambda: filters * (cells**2 + 1),
            "that is one filter; the layer has more": lambda: channels * cells**2 + 1,
        },
    }


EXPLAINED = {
    "sixty_four_filters: with biases": {
        "the biases are missing, one for each filter": lambda: 64 * 32 * 5 * 5,
        "there is a bias for each filter, not for each channel that comes in": lambda: 64 * 32 * 5 * 5 + 32,
        "each filter has a bias of its own; there is not just one for the whole layer": lambda: 64 * 32 * 5 * 5 + 1,
        "a filter's depth is the number of filters in the layer before": lambda: 64 * (5 * 5 + 1),
        "the input is the layer before, not the image": lambda: 64 * (3 * 5 * 5 + 1),
        "a single number for the kernel size means as many rows as columns": lambda: 64 * (32 * 5 + 1),
    },
    "sixty_four_filters: without": {
        "that is the number with biases": lambda: 64 * (32 * 5 * 5 + 1),
        "each filter has a bias of its own; there is not just one for the whole layer": lambda: 64 * (32 * 5 * 5 + 1) - 1,
        "there is a bias for each filter, not for each channel that comes in": lambda: 64 * (32 * 5 * 5 + 1) - 32,
        "a filter's depth is the number of filters in the layer before": lambda: 64 * 5 * 5,
    },
    "channels_that_come_in": {
        "that is one filter, its weights and its bias; now find its channels": lambda: 18496 / 64,
        "those are the weights of one filter; each channel has nine of them": lambda: 18496 / 64 - 1,
        "take the bias away before you divide by the nine cells": lambda: 18496 / 64 / 9,
        "a filter of 3×3 has nine cells in each channel": lambda: (18496 / 64 - 1) / 3,
        "that is the number of filters, which is how many channels go out": lambda: 64,
        "that still counts all the filters": lambda: 18496 // 9,
    },
    "larger_image: first": kept_filters(same(32), same(33)),
    "larger_image: second": kept_filters(same(same(32)), same(same(33))),
    "larger_image: flatten": {
        "more numbers come in, so more go out": lambda: 9 * 9 * 20 > 8 * 8 * 20 and "nothing",
        "more numbers come in, so more go out, and it has no parameters, before or after": lambda: 9 * 9 * 20 > 8 * 8 * 20 and "parameters",
        "it has no parameters, before or after": "both",
    },
    "larger_image: dense": {
        COMES_IN: lambda: 10 * (9 * 9 * 20 + 1) > 10 * (8 * 8 * 20 + 1) and "nothing",
        f"{ONLY_UNITS}, and {COMES_IN}": lambda: 10 * (9 * 9 * 20 + 1) > 10 * (8 * 8 * 20 + 1) and "shape",
        ONLY_UNITS: "both",
    },
    "layer_that_does_not_fit": {
        "that row fits: one channel comes in, so a filter has nine weights and a bias": lambda: 16 * (9 + 1) == 160 and "first",
        "that row fits: sixteen maps come in, so a filter has nine weights for each of them, and a bias": lambda: (
            32 * (16 * 9 + 1) == 4640 and "second"
        ),
        "that row fits: thirty-two maps of seven times seven cells make exactly as many numbers, and there is nothing to learn": lambda: (
            32 * 7 * 7 == 1568 and "flatten"
        ),
        "that row fits: sixty-four numbers come in, so each of the ten units has that many weights, and a bias": lambda: (
            10 * (64 + 1) == 650 and "out"
        ),
    },
    **row("first_row", 32, 3, 10, 4),
    **row("second_row", 16, 10, 20, 3),
    "flatten_row: numbers": {
        "that is one map; all of them are written one after the other": lambda: 8 * 8,
        "a map has as many rows as columns: multiply the two": lambda: 20 * 8,
        "every cell of a map is kept; nothing is averaged here": lambda: 20,
    },
    "dense_row": {
        "each unit has a bias too, which a popular account of this network leaves out of its calculation": lambda: 10 * 1280,
        "each unit has a bias of its own; there is not just one for the whole layer": lambda: 10 * 1280 + 1,
        "that is one unit; there is one for each class": lambda: 1280 + 1,
        "every unit sees every number: multiply": lambda: 1280 + 10,
    },
}
