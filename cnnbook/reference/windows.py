"""The windows that a convolution or a pooling looks through, as a view of the image."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cnnbook.arithmetic import conv_output_size, same_padding
from cnnbook.door import IntOrPair, pair


def borders(
    size: tuple[int, int], window: tuple[int, int], stride: IntOrPair, padding: str, dilation: IntOrPair = 1
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Cells added around the image: ((top, bottom), (left, right)).

    Example:
        >>> borders((32, 32), (3, 3), 2, "same")
        ((0, 1), (0, 1))
    """
    return same_padding(size, window, stride, dilation) if padding == "same" else ((0, 0), (0, 0))


def windows(
    images: np.ndarray, window: tuple[int, int], stride: IntOrPair, padding: str, dilation: IntOrPair = 1, *, fill: float = 0
) -> np.ndarray:
    """Every window of the images: (batch, rows, columns, window height, window width, channels), a view that nobody may write to.

    Args:
        images: (batch, height, width, channels).
        fill: what the cells around the image hold.

    Raises:
        TypeError, ValueError: as `arithmetic.conv_output_size`.

    Example:
        >>> windows(np.arange(9).reshape(1, 3, 3, 1), (2, 2), 1, "valid")[0, 0, 1, :, :, 0].tolist()
        [[1, 2], [4, 5]]
    """
    size = images.shape[1:3]
    rows, columns = conv_output_size(size, window, stride, padding, dilation)
    around = borders(size, window, stride, padding, dilation)
    if around != ((0, 0), (0, 0)):
        images = np.pad(images, ((0, 0), *around, (0, 0)), constant_values=fill)
    return _view(images, window, stride, dilation)[:, :rows, :columns]


def windows_gradients(images: np.ndarray, window: tuple[int, int], upstream: np.ndarray, stride: IntOrPair, padding: str) -> np.ndarray:
    """The way back from windows to images: each cell gets the sum over its places in all the windows it is in.

    Args:
        images: (batch, height, width, channels).
        upstream: (batch, rows, columns, window height, window width, channels).

    Example:
        >>> ones = np.ones((1, 2, 2, 2, 2, 1))
        >>> windows_gradients(np.zeros((1, 3, 3, 1)), (2, 2), ones, 1, "valid")[0, :, :, 0].tolist()
        [[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]
    """
    (height, width), rows, columns = images.shape[1:3], *upstream.shape[1:3]
    (top, bottom), (left, right) = borders((height, width), window, stride, padding)
    padded = np.pad(np.zeros_like(images), ((0, 0), (top, bottom), (left, right), (0, 0)))
    cells = _view(padded, window, stride, 1, writeable=True)[:, :rows, :columns]
    for row, column in np.ndindex(window):  # one cell of each window at a time: these do not overlap
        cells[:, :, :, row, column] += upstream[:, :, :, row, column]
    return padded[:, top : top + height, left : left + width]


def _view(padded: np.ndarray, window: tuple[int, int], stride: IntOrPair, dilation: IntOrPair, *, writeable: bool = False) -> np.ndarray:
    """The windows that lie inside, without copying anything."""
    (down, across), (row_step, column_step) = pair("stride", stride), pair("dilation", dilation)
    reach = (row_step * (window[0] - 1) + 1, column_step * (window[1] - 1) + 1)
    every = sliding_window_view(padded, reach, axis=(1, 2), writeable=writeable).transpose(0, 1, 2, 4, 5, 3)
    return every[:, ::down, ::across, ::row_step, ::column_step]
