"""Convolution, BatchNorm and Dropout in NumPy: what the Keras layers compute, in code short enough to read.

Results have the floating type of the input (float64 for integers).
"""

from numbers import Real

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cnnbook.arithmetic import conv_output_size, same_padding
from cnnbook.door import IntOrPair, pair, whole


def conv2d(
    images: np.ndarray,
    kernels: np.ndarray,
    bias: np.ndarray | None = None,
    *,
    stride: IntOrPair = 1,
    padding: str = "valid",
    dilation: IntOrPair = 1,
    groups: int = 1,
) -> np.ndarray:
    """2-D convolution as deep learning means it: cross-correlation, the kernel is not flipped.

    Args:
        images: (batch, height, width, channels).
        kernels: (kernel height, kernel width, channels // groups, filters), as `layers.Conv2D` keeps them.
        bias: (filters,), or None.
        stride: step of the window, down and across.
        padding: "valid", or "same" for TensorFlow's zeros (the odd one at the bottom and right).
        dilation: distance between neighbouring kernel cells; 1 is an ordinary kernel.
        groups: the channels and filters are cut into this many parts that do not mix.

    Output shape:
        (batch, output height, output width, filters).

    Raises:
        TypeError, ValueError: an argument has the wrong type, shape or size; the message names it and what it takes.

    Example:
        >>> image = np.arange(9.0).reshape(1, 3, 3, 1)
        >>> conv2d(image, np.ones((2, 2, 1, 1)))[0, :, :, 0].tolist()
        [[8.0, 12.0], [20.0, 24.0]]
    """
    images, kernels = _numbers("images", images, 4), _numbers("kernels", kernels, 4)
    kernel_height, kernel_width, depth, filters = kernels.shape
    groups = whole("groups", groups)
    if images.shape[3] != depth * groups:
        raise ValueError(
            f"images has {images.shape[3]} channels and kernels have depth {depth} with groups {groups}; "
            f"they take {depth * groups} channels"
        )
    if filters % groups:
        raise ValueError(f"kernels has {filters} filters; their number must be divisible by groups, which is {groups}")
    if bias is not None:
        bias = _numbers("bias", bias, 1)
        if bias.shape != (filters,):
            raise ValueError(f"bias has shape {bias.shape}; it takes one number a filter, ({filters},)")
    size, kernel_size = images.shape[1:3], (kernel_height, kernel_width)
    height, width = conv_output_size(size, kernel_size, stride, padding, dilation)
    (down, across), (row_step, column_step) = pair("stride", stride), pair("dilation", dilation)

    if padding == "same":
        images = np.pad(images, ((0, 0), *same_padding(size, kernel_size, stride, dilation), (0, 0)))
    # Every window is a view into `images`: (batch, rows, columns, channels, kernel height, kernel width), nothing copied yet.
    reach = (row_step * (kernel_height - 1) + 1, column_step * (kernel_width - 1) + 1)
    windows = sliding_window_view(images, reach, axis=(1, 2))[:, ::down, ::across, :, ::row_step, ::column_step]
    windows = windows[:, :height, :width]

    output = np.empty((len(images), height * width, filters), np.result_type(images, kernels))
    for group in range(groups):
        channels = slice(group * depth, (group + 1) * depth)
        share = slice(group * filters // groups, (group + 1) * filters // groups)
        cells = windows[:, :, :, channels].transpose(0, 1, 2, 4, 5, 3)
        weights = kernels[..., share].reshape(-1, filters // groups)
        # Multiply window and kernel cell by cell and sum over the window and all channels: one matrix product.
        # Image by image, because the windows of one image, copied side by side, stay in the processor's cache.
        for image, result in zip(cells, output, strict=True):
            result[:, share] = image.reshape(height * width, -1) @ weights
    output = output.reshape(len(images), height, width, filters)
    return output if bias is None else output + bias


def batch_norm(
    x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, mean: np.ndarray, variance: np.ndarray, *, epsilon: float = 1e-3
) -> np.ndarray:
    """Normalise each channel, then scale and shift it: gamma * (x - mean) / sqrt(variance + epsilon) + beta.

    In training `mean` and `variance` are the batch's own, `x.mean(axes)` and `x.var(axes)` over all axes but the last; in
    prediction the moving ones. Source: Ioffe and Szegedy 2015, algorithm 1; epsilon as in Keras.

    Args:
        x: (..., channels).
        gamma, beta, mean, variance: (channels,).

    Raises:
        ValueError: a shape differs, a variance is negative, or `epsilon` is negative.

    Example:
        >>> x = np.array([[1.0], [3.0]])
        >>> batch_norm(x, np.ones(1), np.zeros(1), x.mean(0), x.var(0), epsilon=0).tolist()
        [[-1.0], [1.0]]
    """
    x = _numbers("x", x)
    if x.ndim < 2:
        raise ValueError(f"x has shape {x.shape}; it takes (batch, ..., channels)")
    statistics = {"gamma": gamma, "beta": beta, "mean": mean, "variance": variance}
    for name, value in statistics.items():
        if np.shape(value) != x.shape[-1:]:
            raise ValueError(f"{name} has shape {np.shape(value)}; it takes one number a channel, {x.shape[-1:]}")
    if not np.all(np.asarray(variance) >= 0):
        raise ValueError(f"variance is {np.min(variance)} in a channel; it takes numbers of at least 0")
    if not epsilon >= 0:
        raise ValueError(f"epsilon is {epsilon}; it must be at least 0")
    gamma, beta, mean, variance = (np.asarray(value, x.dtype) for value in statistics.values())
    return gamma * (x - mean) / np.sqrt(variance + x.dtype.type(epsilon)) + beta


def dropout(x: np.ndarray, rate: float, rng: np.random.Generator) -> np.ndarray:
    """Dropout in training, as Keras does it: zero each value with probability `rate`, multiply the others by 1 / (1 - rate).

    In prediction Dropout changes nothing. Source: Srivastava et al. 2014, with the scaling moved to training.

    Raises:
        TypeError: `rate` is no number, or `rng` no generator.
        ValueError: `rate` is not in [0, 1).

    Example:
        >>> dropout(np.ones(4), 0.25, np.random.default_rng(0)).round(3).tolist()
        [1.333, 1.333, 0.0, 0.0]
    """
    if not isinstance(rate, Real):
        raise TypeError(f"rate is {rate!r}; it takes a number from 0 to below 1")
    if not 0 <= rate < 1:
        raise ValueError(f"rate is {rate}; it must be at least 0 and below 1")
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng is {rng!r}; it takes a generator such as numpy.random.default_rng(0)")
    x = _numbers("x", x)
    kept = rng.random(x.shape) >= rate
    return np.where(kept, x / x.dtype.type(1 - rate), x.dtype.type(0))


def _numbers(name: str, value: np.ndarray, dimensions: int | None = None) -> np.ndarray:
    """An array of floating numbers with the wanted number of dimensions and no empty axis."""
    array = np.asarray(value)
    if array.dtype.kind in "iub":
        array = array.astype(np.float64)
    if array.dtype.kind != "f":
        raise TypeError(f"{name} has dtype {array.dtype}; it takes numbers")
    if dimensions is not None and array.ndim != dimensions:
        raise ValueError(f"{name} has shape {array.shape}; it takes {dimensions} dimensions")
    if 0 in array.shape:
        raise ValueError(f"{name} has shape {array.shape}; no axis may be empty")
    return array
