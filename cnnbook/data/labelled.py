"""What images and labels are: read correctly from whatever holds them, or refused by name."""

import sys

import numpy as np

from cnnbook import article, door

LEVELS = 255  # of a pixel, from 0 on


def pixels(name: str, value: object, *, dimensions: int | None = None, batch: tuple[int, ...] | None = None) -> np.ndarray:
    """Whole numbers from 0 to 255 as uint8, of whatever type they come in; uint8 is not copied.

    Args:
        dimensions: how many it takes; None for any number.
        batch: take (n, *batch), and one image of shape `batch` as a batch of one.

    Raises:
        TypeError, ValueError: it is masked, empty or of another shape, or has values that are no pixels: fractions, scaled pixels, NaN.

    Example:
        >>> pixels("image", [[0, 255]], dimensions=2).dtype
        dtype('uint8')
    """
    read = door.array(name, value, dimensions)
    if batch is not None:
        if read.shape == batch:
            read = read[None]
        if read.shape[1:] != batch:
            raise ValueError(f"{name} has shape {read.shape}; it takes (n, {', '.join(map(str, batch))})")
    if read.dtype == np.uint8:
        return read
    takes = f"{name} takes pixels, whole numbers from 0 to {LEVELS}, not scaled"
    if read.dtype.kind == "b":
        raise TypeError(f"{name} has dtype bool; {takes}")
    if not (np.isfinite(read).all() and read.min() >= 0 and read.max() <= LEVELS and (read == np.rint(read)).all()):
        raise ValueError(f"{name} has values from {read.min()} to {read.max()}, of dtype {read.dtype}; {takes}")
    if read.dtype.kind not in "iu" and read.max() <= 1:
        raise ValueError(f"{name} has no value above 1, of dtype {read.dtype}, as if it were scaled; {takes}")
    return read.astype(np.uint8)


def images(name: str, value: object) -> np.ndarray:
    """Images of CIFAR-10's size, (n, 32, 32, 3) uint8; a single one is a batch of one. Arguments and errors as for `pixels`."""
    return pixels(name, value, batch=article.INPUT_SHAPE)


def labels(name: str, value: object, count: int) -> np.ndarray:
    """`count` class numbers, (count,) uint8; a column (count, 1), as Keras gives CIFAR-10's, is read as such, a single number as one label.

    Raises:
        TypeError, ValueError: there are more or fewer, or one is no class number.

    Example:
        >>> labels("labels", [[3], [9.0]], 2)
        array([3, 9], dtype=uint8)
    """
    read = door.array(name, value)
    if read.shape not in {(count,), (count, 1)} and not (count == 1 and read.ndim == 0):
        raise ValueError(f"{name} has shape {read.shape}; it takes {count} class numbers, one per image")
    if read.dtype.kind == "b":
        raise TypeError(f"{name} has dtype bool; it takes class numbers")
    wrong = ~((read >= 0) & (read < article.CLASSES) & (read == np.rint(read)))
    if wrong.any():
        raise ValueError(f"{name} has {read[wrong][0]}; it takes class numbers, whole and from 0 to {article.CLASSES - 1}")
    return read.astype(np.uint8, copy=False).reshape(count)


def scale(images, pixel_range: tuple[float, float] = (-1.0, 1.0)):
    """Map pixels 0-255 to `pixel_range`; the one place where the book does so. The shape stays, the result is float32.

    Tensors stay tensors, also symbolic ones, whose values are not known yet; everything else becomes an array.

    Raises:
        TypeError, ValueError: `images` is masked, empty or no numbers, or has values that are NaN, below 0 or above 255; or
            `pixel_range` is not (low, high).

    Example:
        >>> scale(np.array([0, 255], np.uint8)).tolist()
        [-1.0, 1.0]
    """
    low, high = door.interval("pixel_range", pixel_range)
    return _float32(images) * np.float32((high - low) / LEVELS) + np.float32(low)


def _float32(images):
    """As float32; TensorFlow and Keras are asked only where they are loaded already, since otherwise nothing can be theirs."""
    tensorflow, keras = sys.modules.get("tensorflow"), sys.modules.get("keras")
    if tensorflow and isinstance(images, tensorflow.Tensor | tensorflow.Variable):
        if not (images.dtype.is_floating or images.dtype.is_integer):
            raise TypeError(f"images has dtype {images.dtype.name}; it takes pixels")
        if tensorflow.executing_eagerly():
            _in_range(images.numpy())
        return tensorflow.cast(images, tensorflow.float32)
    if keras and isinstance(images, keras.KerasTensor):
        return keras.ops.cast(images, "float32")
    read = door.array("images", images)
    if read.dtype.kind == "b":
        raise TypeError("images has dtype bool; it takes pixels")
    _in_range(read)
    return read.astype(np.float32)


def _in_range(values: np.ndarray) -> None:
    """Raise ValueError where there are values that no pixel has, as in images that are scaled already to [-1, 1]."""
    if values.dtype != np.uint8 and values.size and not (values.min() >= 0 and values.max() <= LEVELS):
        raise ValueError(f"images has values from {values.min()} to {values.max()}; it takes pixels from 0 to {LEVELS}, not scaled")
