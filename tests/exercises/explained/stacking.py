"""What the explanations in the chapter on stacking convolutions come to."""

from itertools import count, product

import numpy as np
from scipy.signal import correlate2d

DOWN, ACROSS = np.array([3, 1, 5, 4]), np.array([2, 6, 0, -3])
RECTANGLE = np.pad(np.ones((8, 9)), 5)
ROWS, COLUMNS = {"top": slice(3, 5), "bottom": slice(11, 13)}, {"left": slice(3, 5), "right": slice(12, 14)}  # of windows across an edge
MIDDLE = "the middle pixel reaches the result in two ways, one through each sum of the first filter, and the two are added up"


def relu(sums):
    return np.maximum(sums, 0)


def layers_until(sees):
    """The first number of layers that sees 32 pixels."""
    return next(n for n in count() if sees(n) >= 32)


def seen_with_strides(layers):
    """Each layer of 3×3 filters with strides of two adds two steps, which are twice as long as those before."""
    return 1 + 2 * sum(2**layer for layer in range(layers))


def in_one(first, second):
    """The filter that does what two do, by what they make of each single pixel."""
    return [np.correlate(np.correlate(pixel, first), second)[0] for pixel in np.eye(3)]


def marked(layers):
    """What two layers make of the rectangle."""
    first, top = layers
    maps = [relu(correlate2d(RECTANGLE, kernel, "valid")) for kernel in np.moveaxis(first[:, :, 0], -1, 0)]
    return relu(np.tensordot(top.ravel(), maps, 1))


def corners_marked(layers):
    return [f"{row} {column}" for row, column in product(ROWS, COLUMNS) if marked(layers)[ROWS[row], COLUMNS[column]].any()]


def sides_marked(layers):
    return any(marked(layers)[rows, 7].any() for rows in ROWS.values()) or any(marked(layers)[7, at].any() for at in COLUMNS.values())


def plain_marked(layers):
    return marked(layers)[7, 7] > 0 or marked(layers)[0, 0] > 0


EXPLAINED = {
    "five_by_five_first": {
        "that is the field with the 4×4 filters": lambda: 4 + 2 * 2,
        "the first layer's stride is missing: neighbours in its map see places two pixels apart": lambda: 5 + 2 * 1,
        "a layer's stride does not widen its own field, only those of later layers": lambda: 1 + 4 * 2 + 2 * (2 * 2),
        "fields do not multiply: neighbouring windows overlap": lambda: 5 * 3,
        "three neighbours have only two steps between them": lambda: 5 + 3 * 2,
    },
    "layers_to_see_all: strides of one": {
        "that is one layer short: the field is still smaller than the image": lambda: layers_until(lambda n: 1 + 2 * n) - 1,
        "windows overlap, so a layer does not add three pixels": lambda: layers_until(lambda n: 3 * n),
        "a 3×3 filter adds a pixel on each side": lambda: layers_until(lambda n: 1 + n),
        "a 3×3 filter adds a pixel on each side, and the first pixel is seen without any layer": lambda: layers_until(lambda n: n),
        "that is the number with strides of two": lambda: layers_until(seen_with_strides),
    },
    "layers_to_see_all: strides of two": {
        "that is one layer short: the field is still smaller than the image": lambda: layers_until(seen_with_strides) - 1,
        "that is the number with strides of one; strides widen the fields of all later layers": lambda: layers_until(lambda n: 1 + 2 * n),
        "strides of two do more than halve the depth: the step doubles with every layer": lambda: layers_until(lambda n: 1 + 2 * n) / 2,
    },
    "one_filter_for_two": {
        "that is the filter the wrong way round: the first weight belongs to the pixel on the left": lambda: in_one([1, 2], [3, -1])[::-1],
        "one of the two filters has been turned round; the layers do not flip them": lambda: in_one([1, 2], [-1, 3]),
        f"{MIDDLE}; the way through the second sum is missing": lambda: [1 * 3, 2 * 3, 2 * -1],
        f"{MIDDLE}; the way through the first sum is missing": lambda: [1 * 3, 1 * -1, 2 * -1],
        "what comes out of the first filter is multiplied by the second filter's weights, not added to them": lambda: [1, 2 + 3, -1],
    },
    "weaker_of_two": {
        "the last ReLU is missing: what is negative becomes zero": lambda: relu(DOWN) - relu(DOWN - ACROSS),
        "without the ReLU between the layers, the vertical edge cancels, and only the horizontal edge is left": lambda: ACROSS,
        "the ReLU between the two layers is missing": lambda: relu(DOWN - (DOWN - ACROSS)),
        "that is the second map; it is subtracted from the first": lambda: relu(DOWN - ACROSS),
        "that is the stronger edge; work out both maps, then subtract": lambda: np.where(DOWN > ACROSS, DOWN, ACROSS),
        "that is the sum of both edges; subtract the second map, the vertical edge minus the horizontal edge, from the first": lambda: (
            DOWN + ACROSS
        ),
    },
    "affine_pooling: mean": {
        "a mean is a weighted sum whose weights are all equal": lambda: np.mean(DOWN) == np.dot(DOWN, [1 / 4] * 4) and "not affine",
    },
    "affine_pooling: maximum": {
        "which number is the largest depends on the input; mix two inputs and see": lambda: (
            max(DOWN + ACROSS) != max(DOWN) + max(ACROSS) and "affine"
        ),
    },
    "two_small_or_one_large: two of 3×3": {
        "that is with biases; the question is about weights": lambda: 2 * 64 * (64 * 3 * 3 + 1),
        "that is one layer; the stack has two": lambda: 64 * 64 * 3 * 3,
        "each filter is as deep as its input, with weights for every channel": lambda: 2 * 64 * 3 * 3,
        "a 3×3 filter has three rows of three weights": lambda: 2 * 64 * 64 * 3,
    },
    "two_small_or_one_large: one of 5×5": {
        "that is with biases; the question is about weights": lambda: 64 * (64 * 5 * 5 + 1),
        "each filter is as deep as its input, with weights for every channel": lambda: 64 * 5 * 5,
        "that is two layers; a single one sees as much": lambda: 2 * 64 * 64 * 5 * 5,
        "a 5×5 filter has five rows of five weights": lambda: 64 * 64 * 5,
    },
    "two_small_or_one_large: besides": {
        "both see 5×5 pixels": lambda: 3 + 2 == 5 and "a larger receptive field",
        "both have the same number of channels coming in and going out": "more channels",
        "a 5×5 layer has biases too": "a bias",
    },
    "find_all_corners": {
        "it finds the corners at the top left, but not those at the top right, bottom left, bottom right": lambda layers: (
            corners_marked(layers) == ["top left"]
        ),
        "it also marks the sides, where there is only one of the two edges; nothing should be left there": lambda layers: (
            sides_marked(layers) and not plain_marked(layers)
        ),
        "it also marks plain places, inside or outside the rectangle; remember that the weights of an edge filter add up to zero": (
            plain_marked
        ),
        "it marks nothing at all; what one pair of filters finds, another pair may take away again": lambda layers: (
            not marked(layers).any()
        ),
    },
}
