"""The exercises of the chapter on inspecting a model."""

from dataclasses import dataclass

import numpy as np

from cnnbook import arithmetic, inspection
from cnnbook.exercises import reading
from cnnbook.exercises.mechanics import Choice, Number, Parts, exercise
from cnnbook.exercises.reading import Wrong

SIDE, CHANNELS, CLASSES = 32, 3, 10
CONVOLUTIONS = ({"filters": 10, "kernel_size": (4, 4), "strides": (2, 2)}, {"filters": 20, "kernel_size": (3, 3), "strides": (2, 2)})
FEW = 3000  # parameters that the smaller network may have at most


def rows(side: int) -> dict[str, tuple[tuple[int, ...], int]]:
    """Output shape and parameters of each row of the two-layer network on an image of this side."""
    table, channels = {}, CHANNELS
    for name, layer in zip(("first", "second"), CONVOLUTIONS, strict=True):
        filters, kernel_size = layer["filters"], layer["kernel_size"]
        side = arithmetic.conv_output_size(side, kernel_size[0], layer["strides"][0], "same")
        table[name] = (side, side, filters), arithmetic.conv_parameters(kernel_size, channels, filters)
        channels = filters
    flat = side * side * channels
    return table | {"flatten": ((flat,), 0), "dense": ((CLASSES,), arithmetic.dense_parameters(flat, CLASSES))}


@exercise
def sixty_four_filters() -> Parts:
    """Parameters of Conv2D(64, 5) after a layer with 32 filters, with and without biases."""
    kernel_size, channels, filters = 5, 32, 64
    with_biases = arithmetic.conv_parameters(kernel_size, channels, filters)
    without = arithmetic.conv_parameters(kernel_size, channels, filters, use_bias=False)
    return Parts(
        {
            "with biases": Number(
                with_biases,
                "count one filter first: the cells of its window, its depth, and its bias",
                mistakes=[
                    (without, "the biases are missing, one for each filter"),
                    (without + channels, "there is a bias for each filter, not for each channel that comes in"),
                    (without + 1, "each filter has a bias of its own; there is not just one for the whole layer"),
                    (arithmetic.conv_parameters(kernel_size, 1, filters), "a filter's depth is the number of filters in the layer before"),
                    (arithmetic.conv_parameters(kernel_size, CHANNELS, filters), "the input is the layer before, not the image"),
                    (
                        arithmetic.conv_parameters((kernel_size, 1), channels, filters),
                        "a single number for the kernel size means as many rows as columns",
                    ),
                ],
            ),
            "without": Number(
                without,
                "it is the number with biases, less one for each filter",
                mistakes=[
                    (with_biases, "that is the number with biases"),
                    (with_biases - 1, "each filter has a bias of its own; there is not just one for the whole layer"),
                    (with_biases - channels, "there is a bias for each filter, not for each channel that comes in"),
                    (
                        arithmetic.conv_parameters(kernel_size, 1, filters, use_bias=False),
                        "a filter's depth is the number of filters in the layer before",
                    ),
                ],
            ),
        }
    )


@exercise
def channels_that_come_in() -> Number:
    """Channels into a Conv2D of 64 filters of 3×3 that has 18496 parameters."""
    parameters, filters, cells = 18496, 64, 3 * 3
    right = next(n for n in range(1, parameters) if arithmetic.conv_parameters(3, n, filters) == parameters)
    one_filter = parameters // filters
    return Number(
        right,
        "divide by the number of filters first, then take the bias away",
        mistakes=[
            (one_filter, "that is one filter, its weights and its bias; now find its channels"),
            (one_filter - 1, "those are the weights of one filter; each channel has nine of them"),
            (one_filter / cells, "take the bias away before you divide by the nine cells"),
            ((one_filter - 1) // 3, "a filter of 3×3 has nine cells in each channel"),
            (filters, "that is the number of filters, which is how many channels go out"),
            (parameters // cells, "that still counts all the filters"),
        ],
    )


@exercise
def larger_image() -> Parts:
    """What changes in each row of the two-layer network's summary when the image becomes 33 × 33 pixels."""
    words = {(False, False): "nothing", (True, False): "shape", (False, True): "parameters", (True, True): "both"}
    before, after = rows(SIDE), rows(SIDE + 1)
    shared = "a filter is used again at each place, so a larger image needs no more weights"
    grows = {name: f"its side becomes {after[name][0][0]}, since a half is rounded up" for name in ("first", "second")}
    shape = grows | {
        "flatten": "more numbers come in, so more go out",
        "dense": "the shape of its output is the number of its units, whatever comes in",
    }
    weights = {
        "first": shared,
        "second": shared,
        "flatten": "it has no parameters, before or after",
        "dense": "each unit has a weight for every number that comes in, and now more come in",
    }
    parts = {}
    for name, (old_shape, old_parameters) in before.items():
        right = old_shape != after[name][0], old_parameters != after[name][1]
        wrong = {}
        for changes, word in words.items():
            reasons = [shape[name]] * (changes[0] != right[0]) + [weights[name]] * (changes[1] != right[1])
            if reasons:
                wrong[word] = ", and ".join(reasons)
        parts[name] = Choice(words[right], wrong)
    return Parts(parts)


SUMMARY = {"first": 160, "second": 4640, "flatten": 0, "dense": 100_352, "out": 650}  # parameters, as the exercise prints them


def counted_rows() -> dict[str, int]:
    """The parameters that the rows of the broken summary should have."""
    first, second = (arithmetic.conv_parameters(3, channels, filters) for channels, filters in ((1, 16), (16, 32)))
    dense, out = arithmetic.dense_parameters(7 * 7 * 32, 64), arithmetic.dense_parameters(64, CLASSES)
    return {"first": first, "second": second, "flatten": 0, "dense": dense, "out": out}


@exercise
def layer_that_does_not_fit() -> Choice:
    """The row of a summary that cannot be true."""
    counted = counted_rows()
    (broken,) = (name for name, parameters in SUMMARY.items() if parameters != counted[name])
    reasons = {
        "first": "one channel comes in, so a filter has nine weights and a bias",
        "second": "sixteen maps come in, so a filter has nine weights for each of them, and a bias",
        "flatten": "thirty-two maps of seven times seven cells make exactly as many numbers, and there is nothing to learn",
        "out": "sixty-four numbers come in, so each of the ten units has that many weights, and a bias",
    }
    return Choice(broken, {name: f"that row fits: {why}" for name, why in reasons.items()})


@dataclass(frozen=True)
class SmallNetwork:
    """A Keras model with the two convolutions as they are, ten probabilities, and few parameters."""

    def check(self, answer: object) -> None:
        """As `Number.check`."""
        model = reading.model(answer)
        try:
            uses = inspection.calls(model)
        except (TypeError, ValueError) as error:
            raise Wrong(str(error)) from None
        image, probabilities = (SIDE, SIDE, CHANNELS), (CLASSES,)
        if model.input_shape[1:] != image:
            raise Wrong(f"the model takes {model.input_shape}, but the two-layer network takes {(None, *image)}")
        convolutions = [use for use in uses if _is_convolution(use.layer)]
        self._check_convolutions([use.layer for use in convolutions])
        if model.output_shape[1:] != probabilities:
            raise Wrong(f"the model gives {model.output_shape}, but ten probabilities have the shape {(None, *probabilities)}")
        if model.count_params() >= FEW:
            self._say_what_is_too_large(model, [use for use in uses if use not in convolutions[: len(CONVOLUTIONS)]])
        images = np.random.default_rng(0).uniform(-1, 1, (model.input_shape[0] or 2, *image)).astype("float32")
        given = reading.array(model(images))
        if given.min() < 0 or not np.allclose(given.sum(axis=1), 1, atol=1e-3):
            raise Wrong("the ten outputs do not add up to one, so they are not probabilities; they need a softmax")

    def _check_convolutions(self, found: list) -> None:
        """The first two are those of the two-layer network; more may follow, for instance in place of the dense layer."""
        if len(found) < len(CONVOLUTIONS):
            raise Wrong(f"both convolutions stay, so the model needs {len(CONVOLUTIONS)} Conv2D layers; it has {len(found)}")
        wanted_rows = rows(SIDE)
        for name, layer, wanted in zip(("first", "second"), found, CONVOLUTIONS, strict=False):
            for setting, value in {**wanted, "padding": "same"}.items():
                if getattr(layer, setting) != value:
                    raise Wrong(
                        f"the {name} convolution has to stay as it is: it has {setting}={getattr(layer, setting)} instead of {value}"
                    )
            counted = layer.count_params()
            if counted != wanted_rows[name][1]:
                raise Wrong(f"the {name} convolution has to stay as it is: it has {counted} parameters instead of {wanted_rows[name][1]}")

    def _say_what_is_too_large(self, model, others: list) -> None:
        largest = max(others, key=lambda use: use.layer.count_params())
        kind, maps = type(largest.layer).__name__, CONVOLUTIONS[-1]["filters"]
        what = f"the model has {model.count_params()} parameters, {largest.layer.count_params()} of them in {kind}"
        if kind == "Dense" and largest.inputs[0][-1] > maps:
            raise Wrong(f"{what}; turn each map into one number before that layer, which now gets {largest.inputs[0][-1]} numbers")
        raise Wrong(f"{what}; replace one layer of the two-layer network, and do not add one with that many parameters")


def _is_convolution(layer) -> bool:
    """Keras's own; a class of that name may come from elsewhere."""
    return type(layer).__name__ == "Conv2D" and type(layer).__module__.startswith("keras.")


@exercise
def smaller_network() -> SmallNetwork:
    """A model with the two convolutions as they are and fewer than three thousand parameters."""
    return SmallNetwork()
