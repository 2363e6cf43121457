"""Max, average and global average pooling, and their ways back."""

import numpy as np

from cnnbook.door import IntOrPair, floats, halves_in_float32, pair
from cnnbook.reference.windows import windows, windows_gradients


@halves_in_float32
def max_pool2d(images: np.ndarray, pool_size: IntOrPair = 2, *, stride: IntOrPair | None = None, padding: str = "valid") -> np.ndarray:
    """The largest value of each window, channel by channel.

    Args:
        images: (batch, height, width, channels).
        pool_size: height and width of the window.
        stride: step of the window, down and across; None for the window's own size.
        padding: "valid", or "same", where a window may reach over the border; nothing out there is ever the largest.

    Output shape:
        (batch, output height, output width, channels).

    Raises:
        TypeError, ValueError: an argument has the wrong type, shape or size; the message names it and what it takes.

    Example:
        >>> max_pool2d(np.arange(16).reshape(1, 4, 4, 1))[0, :, :, 0].tolist()
        [[5.0, 7.0], [13.0, 15.0]]
    """
    images, window, stride = _settled(images, pool_size, stride, padding)
    return windows(images, window, stride, padding, fill=-np.inf).max((3, 4))


@halves_in_float32
def max_pool2d_gradients(
    images: np.ndarray, upstream: np.ndarray, pool_size: IntOrPair = 2, *, stride: IntOrPair | None = None, padding: str = "valid"
) -> np.ndarray:
    """Gradient of a max pooling's images: each error goes to where the largest value was, to the first of several, as in TensorFlow.

    Args:
        images, pool_size, stride, padding: as `max_pool2d` was given them.
        upstream: gradient of the loss with respect to the output, in its shape.

    Raises:
        TypeError, ValueError: as `max_pool2d`; or `upstream` has another shape than the output, or `images` is not finite.

    Example:
        >>> max_pool2d_gradients(np.arange(4).reshape(1, 2, 2, 1), np.full((1, 1, 1, 1), 5))[0, :, :, 0].tolist()
        [[0.0, 0.0], [0.0, 5.0]]
    """
    images, window, stride = _settled(images, pool_size, stride, padding, finite=True)
    cells = windows(images, window, stride, padding, fill=-np.inf)
    batch, rows, columns, height, width, channels = cells.shape
    upstream = floats("upstream", upstream, shape=(batch, rows, columns, channels), dtype=images.dtype)
    largest = cells.reshape(batch, rows, columns, height * width, channels).argmax(3)
    is_largest = largest[:, :, :, None] == np.arange(height * width)[:, None]
    shares = np.where(is_largest.reshape(cells.shape), upstream[:, :, :, None, None], 0)
    return windows_gradients(images, window, shares, stride, padding)


@halves_in_float32
def average_pool2d(images: np.ndarray, pool_size: IntOrPair = 2, *, stride: IntOrPair | None = None, padding: str = "valid") -> np.ndarray:
    """The mean of each window, channel by channel; with "same" of what lies inside the image, as in Keras.

    Args, output shape and errors are those of `max_pool2d`.

    Example:
        >>> average_pool2d(np.arange(16).reshape(1, 4, 4, 1))[0, :, :, 0].tolist()
        [[2.5, 4.5], [10.5, 12.5]]
    """
    images, window, stride = _settled(images, pool_size, stride, padding)
    return windows(images, window, stride, padding).sum((3, 4)) / _inside(images, window, stride, padding)


@halves_in_float32
def average_pool2d_gradients(
    images: np.ndarray, upstream: np.ndarray, pool_size: IntOrPair = 2, *, stride: IntOrPair | None = None, padding: str = "valid"
) -> np.ndarray:
    """Gradient of an average pooling's images: each error is shared out equally among the pixels of its window.

    Args:
        images, pool_size, stride, padding: as `average_pool2d` was given them.
        upstream: gradient of the loss with respect to the output, in its shape.

    Raises:
        TypeError, ValueError: as `average_pool2d`; or `upstream` has another shape than the output.

    Example:
        >>> average_pool2d_gradients(np.zeros((1, 2, 2, 1)), np.full((1, 1, 1, 1), 8))[0, :, :, 0].tolist()
        [[2.0, 2.0], [2.0, 2.0]]
    """
    images, window, stride = _settled(images, pool_size, stride, padding)
    inside = _inside(images, window, stride, padding)
    shape = (len(images), *inside.shape[1:3], images.shape[3])
    upstream = floats("upstream", upstream, shape=shape, dtype=images.dtype)
    shares = (upstream / inside)[:, :, :, None, None]
    return windows_gradients(images, window, np.broadcast_to(shares, (*shape[:3], *window, shape[3])), stride, padding)


@halves_in_float32
def global_average_pool2d(images: np.ndarray) -> np.ndarray:
    """The mean of each whole channel: (batch, height, width, channels) becomes (batch, channels).

    Example:
        >>> global_average_pool2d(np.arange(4).reshape(1, 2, 2, 1)).tolist()
        [[1.5]]
    """
    return floats("images", images, 4).mean((1, 2))


@halves_in_float32
def global_average_pool2d_gradients(images: np.ndarray, upstream: np.ndarray) -> np.ndarray:
    """Gradient of a global average pooling's images: each error is shared out equally among all pixels of its channel.

    Raises:
        TypeError, ValueError: `images` is not (batch, height, width, channels), or `upstream` not (batch, channels).

    Example:
        >>> global_average_pool2d_gradients(np.zeros((1, 1, 2, 1)), [[6]])[0, :, :, 0].tolist()
        [[3.0, 3.0]]
    """
    images = floats("images", images, 4)
    batch, height, width, channels = images.shape
    upstream = floats("upstream", upstream, shape=(batch, channels), dtype=images.dtype)
    return np.ones_like(images) * upstream[:, None, None] / (height * width)


def _settled(
    images: np.ndarray, pool_size: IntOrPair, stride: IntOrPair | None, padding: str, *, finite: bool = False
) -> tuple[np.ndarray, tuple[int, int], tuple[int, int]]:
    """Images, window and stride, the window no larger than a "valid" image."""
    images = floats("images", images, 4, finite=finite)
    window = pair("pool_size", pool_size)
    stride = window if stride is None else pair("stride", stride)
    if padding == "valid" and (window[0] > images.shape[1] or window[1] > images.shape[2]):
        raise ValueError(f'pool_size is {pool_size}; padding="valid" takes at most the size of the images, which is {images.shape[1:3]}')
    return images, window, stride


def _inside(images: np.ndarray, window: tuple[int, int], stride: tuple[int, int], padding: str) -> np.ndarray:
    """How many pixels of each window lie inside the image: (1, rows, columns, 1)."""
    return windows(np.ones((1, *images.shape[1:3], 1), images.dtype), window, stride, padding).sum((3, 4))
