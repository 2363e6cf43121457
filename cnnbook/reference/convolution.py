"""The convolution and its way back."""

from collections.abc import Iterator

import numpy as np

from cnnbook.door import IntOrPair, floats, halves_in_float32, pair, whole
from cnnbook.reference.windows import borders, windows

MOST_NUMBERS = 2**24  # copied at once: 64 MB in float32


@halves_in_float32
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
    images, kernels, groups = _settled(images, kernels, groups)
    filters = kernels.shape[3]
    if bias is not None:
        bias = floats("bias", bias, shape=(filters,), dtype=images.dtype)
    patches = windows(images, kernels.shape[:2], stride, padding, dilation)
    output = np.empty((*patches.shape[:3], filters), images.dtype)
    for channels, share in _parts(kernels, groups):
        for some in _portions(patches):
            # Multiply window and kernel cell by cell and sum over the window and all channels: one matrix product.
            output[some, ..., share] = np.tensordot(patches[some, ..., channels], kernels[..., share], axes=3)
    return output if bias is None else np.add(output, bias, out=output)


@halves_in_float32
def conv2d_gradients(
    images: np.ndarray,
    kernels: np.ndarray,
    upstream: np.ndarray,
    *,
    stride: IntOrPair = 1,
    padding: str = "valid",
    dilation: IntOrPair = 1,
    groups: int = 1,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of a convolution's images, kernels and bias.

    A kernel cell's gradient is the sum, over all positions, of the error there times the pixel that the cell lay on: a correlation
    of images and error. A pixel's gradient is the error convolved with the flipped kernel: each error flows back through the weights it
    came through. Source: Dumoulin and Visin 2016, "A guide to convolution arithmetic for deep learning", chapter 4.

    Args:
        images, kernels, stride, padding, dilation, groups: as `conv2d` was given them.
        upstream: gradient of the loss with respect to the output, in its shape.

    Raises:
        TypeError, ValueError: as `conv2d`; or `upstream` has another shape than the output.

    Example:
        >>> image, kernel = np.arange(9.0).reshape(1, 3, 3, 1), np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(2, 2, 1, 1)
        >>> error = np.zeros((1, 2, 2, 1))
        >>> error[0, 0, 1, 0] = 1
        >>> images_gradient, kernels_gradient, bias_gradient = conv2d_gradients(image, kernel, error)
        >>> images_gradient[0, :, :, 0].tolist()
        [[0.0, 1.0, 2.0], [0.0, 3.0, 4.0], [0.0, 0.0, 0.0]]
        >>> kernels_gradient[:, :, 0, 0].tolist(), bias_gradient.tolist()
        ([[1.0, 2.0], [4.0, 5.0]], [1.0])
    """
    images, kernels, groups = _settled(images, kernels, groups)
    patches = windows(images, kernels.shape[:2], stride, padding, dilation)
    upstream = floats("upstream", upstream, shape=(*patches.shape[:3], kernels.shape[3]), dtype=images.dtype)

    kernels_gradient = np.zeros_like(kernels)
    for channels, share in _parts(kernels, groups):
        part = kernels_gradient[..., share]
        for some in _portions(patches):
            cells = patches[some, ..., channels].reshape(-1, part[..., 0].size)
            part += (cells.T @ upstream[some, ..., share].reshape(-1, part.shape[3])).reshape(part.shape)

    images_gradient = conv2d(
        _spread(upstream, images.shape[1:3], kernels.shape[:2], stride, padding, dilation),
        _flipped(kernels, groups),
        dilation=dilation,
        groups=groups,
    )
    return images_gradient, kernels_gradient, upstream.sum((0, 1, 2))


def _spread(
    upstream: np.ndarray, size: tuple[int, int], kernel_size: tuple[int, int], stride: IntOrPair, padding: str, dilation: IntOrPair
) -> np.ndarray:
    """The error with the stride's zeros between its cells, and around it so many that a "valid" convolution has the image's size."""
    (top, _), (left, _) = borders(size, kernel_size, stride, padding, dilation)
    (down, across), steps = pair("stride", stride), pair("dilation", dilation)
    margin = [step * (cells - 1) for step, cells in zip(steps, kernel_size, strict=True)]
    batch, rows, columns, filters = upstream.shape
    spread = np.zeros((batch, size[0] + margin[0], size[1] + margin[1], filters), upstream.dtype)
    spread[:, margin[0] - top :: down, margin[1] - left :: across][:, :rows, :columns] = upstream
    return spread


def _flipped(kernels: np.ndarray, groups: int) -> np.ndarray:
    """The kernels turned by half a turn, with filters and channels exchanged in each group."""
    height, width, depth, filters = kernels.shape
    turned = kernels[::-1, ::-1].reshape(height, width, depth, groups, filters // groups)
    return turned.transpose(0, 1, 4, 3, 2).reshape(height, width, filters // groups, groups * depth)


def _settled(images: np.ndarray, kernels: np.ndarray, groups: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Images and kernels of one floating type that fit together."""
    images = floats("images", images, 4)
    kernels = floats("kernels", kernels, 4, dtype=images.dtype)
    groups = whole("groups", groups)
    depth, filters = kernels.shape[2:]
    if images.shape[3] != depth * groups:
        raise ValueError(
            f"images has {images.shape[3]} channels and kernels have depth {depth} with groups {groups}; "
            f"they take {depth * groups} channels"
        )
    if filters % groups:
        raise ValueError(f"kernels has {filters} filters; their number must be divisible by groups, which is {groups}")
    return images, kernels, groups


def _parts(kernels: np.ndarray, groups: int) -> Iterator[tuple[slice, slice]]:
    """The channels and the filters of each group."""
    depth, share = kernels.shape[2], kernels.shape[3] // groups
    for group in range(groups):
        yield slice(group * depth, (group + 1) * depth), slice(group * share, (group + 1) * share)


def _portions(patches: np.ndarray) -> Iterator[slice]:
    """As many images at once as memory allows: one large matrix product wakes the processor's other cores once, not once per image."""
    step = max(1, MOST_NUMBERS // patches[0].size)
    for first in range(0, len(patches), step):
        yield slice(first, first + step)
