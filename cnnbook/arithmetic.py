"""Sizes, padding, receptive fields, parameters and multiply-accumulates: integers in, integers out.

Wherever Keras takes an int or a (height, width) pair, so do these functions; with a pair anywhere, the answer is a pair.
Each refuses what is no number of at least 1, naming the argument: TypeError for the wrong kind, ValueError for the wrong size.
"""

from collections.abc import Iterable

from cnnbook.door import IntOrPair, choice, flag, pair, whole

PADDINGS = ("same", "valid")


def conv_output_size(
    size: IntOrPair, kernel_size: IntOrPair, stride: IntOrPair = 1, padding: str = "valid", dilation: IntOrPair = 1
) -> IntOrPair:
    """Height or width (or both) of a convolution's output.

    "same" gives ceil(size / stride); "valid" gives ceil((size - window + 1) / stride), where the window is the dilated kernel.
    Source: https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2

    Raises:
        TypeError: a number is not an int.
        ValueError: a number is below 1, `padding` is unknown, or the window is larger than a "valid" input.

    Example:
        >>> conv_output_size(33, 3, stride=2, padding="same")
        17
        >>> conv_output_size((5, 7), 3)
        (3, 5)
    """
    padding = choice("padding", padding, PADDINGS)
    return _per_axis(_output_size, {"size": size, "kernel_size": kernel_size, "stride": stride, "dilation": dilation}, padding)


def same_padding(
    size: IntOrPair, kernel_size: IntOrPair, stride: IntOrPair = 1, dilation: IntOrPair = 1
) -> tuple[int, int] | tuple[tuple[int, int], tuple[int, int]]:
    """Zeros that padding="same" adds (before, after) an axis, as TensorFlow does: if their number is odd, the extra one goes after.

    Given pairs, the answer is ((top, bottom), (left, right)).

    Raises:
        TypeError, ValueError: as `conv_output_size`.

    Example:
        >>> same_padding(32, 3, stride=2)
        (0, 1)
    """
    return _per_axis(_same_padding, {"size": size, "kernel_size": kernel_size, "stride": stride, "dilation": dilation})


def conv_parameters(kernel_size: IntOrPair, in_channels: int, filters: int, *, use_bias: bool = True, groups: int = 1) -> int:
    """Weights of a 2-D convolution: height x width x (in_channels / groups) x filters, and one bias per filter.

    Raises:
        TypeError: a number is not an int, or `use_bias` is no bool.
        ValueError: a number is below 1, or `in_channels` or `filters` is not divisible by `groups`.

    Example:
        >>> conv_parameters((4, 4), 3, 10)
        490
    """
    height, width = pair("kernel_size", kernel_size)
    in_channels, filters, groups = whole("in_channels", in_channels), whole("filters", filters), whole("groups", groups)
    for name, channels in (("in_channels", in_channels), ("filters", filters)):
        if channels % groups:
            raise ValueError(f"{name} is {channels}; it must be divisible by groups, which is {groups}")
    return height * width * (in_channels // groups) * filters + (filters if flag("use_bias", use_bias) else 0)


def dense_parameters(inputs: int, units: int, *, use_bias: bool = True) -> int:
    """Weights of a dense layer: one per input and unit, and one bias per unit.

    Example:
        >>> dense_parameters(1280, 10)
        12810
    """
    inputs, units = whole("inputs", inputs), whole("units", units)
    return (inputs + 1 if flag("use_bias", use_bias) else inputs) * units


def batch_norm_parameters(channels: int) -> tuple[int, int]:
    """Numbers BatchNormalization keeps: (trainable: scale and shift, not trainable: moving mean and variance).

    Example:
        >>> batch_norm_parameters(32)
        (64, 64)
    """
    channels = whole("channels", channels)
    return 2 * channels, 2 * channels


def conv_multiply_accumulates(output_size: IntOrPair, kernel_size: IntOrPair, in_channels: int, filters: int, *, groups: int = 1) -> int:
    """Multiplications (each with an addition) a convolution does for one image: one per weight and output position.

    Biases are not counted.

    Example:
        >>> conv_multiply_accumulates((16, 16), (4, 4), 3, 10)
        122880
    """
    height, width = pair("output_size", output_size)
    return height * width * conv_parameters(kernel_size, in_channels, filters, use_bias=False, groups=groups)


def dense_multiply_accumulates(inputs: int, units: int) -> int:
    """Multiplications (each with an addition) a dense layer does for one image.

    Example:
        >>> dense_multiply_accumulates(1280, 10)
        12800
    """
    return dense_parameters(inputs, units, use_bias=False)


def receptive_field(layers: Iterable[tuple[IntOrPair, IntOrPair]]) -> IntOrPair:
    """How many input pixels, along each axis, one unit after these layers can see.

    Args:
        layers: (kernel_size, stride) of each layer, from the input on.

    Raises:
        TypeError: an entry is no such pair, or a number is not an int.
        ValueError: a number is below 1.

    Source: Araujo, Norris and Sim, "Computing receptive fields of convolutional neural networks", Distill 2019, eq. 2.

    Example:
        >>> receptive_field([(4, 2), (3, 2)])
        8
    """

    def field(axis_layers: list[tuple[int, int]]) -> int:
        size, jump = 1, 1
        for kernel_size, stride in axis_layers:
            size += (kernel_size - 1) * jump
            jump *= stride
        return size

    if not isinstance(layers, Iterable):
        raise TypeError(f"layers is {layers!r}; it takes pairs (kernel_size, stride)")
    layers = list(layers)
    for layer in layers:
        if not isinstance(layer, tuple | list) or len(layer) != 2:
            raise TypeError(f"layers has the entry {layer!r}; it takes pairs (kernel_size, stride)")
    both = [(pair("kernel_size", kernel_size), pair("stride", stride)) for kernel_size, stride in layers]
    height, width = (field([(kernel[axis], stride[axis]) for kernel, stride in both]) for axis in (0, 1))
    paired = any(isinstance(value, tuple | list) for layer in layers for value in layer)
    return (height, width) if paired else height


def _per_axis(function, arguments: dict[str, IntOrPair], *more):
    """Call `function` once per axis, and once only where no argument is a pair."""
    pairs = [pair(name, value) for name, value in arguments.items()]
    height, width = (function(*(values[axis] for values in pairs), *more) for axis in (0, 1))
    return (height, width) if any(isinstance(value, tuple | list) for value in arguments.values()) else height


def _output_size(size: int, kernel_size: int, stride: int, dilation: int, padding: str) -> int:
    if padding == "same":
        return -(-size // stride)
    window = dilation * (kernel_size - 1) + 1
    if window > size:
        raise ValueError(
            f"kernel_size is {kernel_size} with dilation {dilation}, a window of {window}; "
            f'padding="valid" takes at most the input size, which is {size}'
        )
    return (size - window) // stride + 1


def _same_padding(size: int, kernel_size: int, stride: int, dilation: int) -> tuple[int, int]:
    window = dilation * (kernel_size - 1) + 1
    total = max((-(-size // stride) - 1) * stride + window - size, 0)
    return total // 2, total - total // 2
