"""The same images changed: brighter, darker, blurred, moved or noisy, as another camera might have taken them, or with their pixels in
another order. uint8 in, uint8 out."""

import numpy as np
from scipy import ndimage

from cnnbook import door


def brightened(images: np.ndarray, amount: int) -> np.ndarray:
    """Add `amount`, from -255 (black) to 255 (white), to every value; what would leave the range stays at its end.

    Args:
        images: (images, height, width, channels), uint8.

    Raises:
        TypeError, ValueError: `images` or `amount` is something else.

    Example:
        >>> brightened(np.full((1, 1, 1, 3), 250, np.uint8), 20).ravel().tolist()
        [255, 255, 255]
    """
    return _pixels(_images(images).astype(np.int16) + door.whole("amount", amount, -255, 255))


def blurred(images: np.ndarray, sd: float) -> np.ndarray:
    """Blur each channel with a Gaussian of standard deviation `sd` pixels; the edge is mirrored. Arguments and errors as `brightened`."""
    sd = door.number("sd", sd, 0)
    return _pixels(ndimage.gaussian_filter(_images(images).astype(np.float32), (0, sd, sd, 0))) if sd else _images(images).copy()


def moved(images: np.ndarray, pixels: int) -> np.ndarray:
    """Move each image to the right by `pixels`, to the left where they are negative; the edge is repeated. Otherwise as `brightened`."""
    images = _images(images)
    width = images.shape[2]
    pixels = door.whole("pixels", pixels, 1 - width, width - 1)
    return images[:, :, np.clip(np.arange(width) - pixels, 0, width - 1)]


def noisy(images: np.ndarray, sd: float, seed: int = 0) -> np.ndarray:
    """Add Gaussian noise of standard deviation `sd` to every value, the same for the same seed. Otherwise as `brightened`."""
    noise = np.random.default_rng(door.whole("seed", seed, 0)).standard_normal(_images(images).shape, np.float32)
    return _pixels(images + door.number("sd", sd, 0) * noise)


def pixel_order(pixels: int) -> np.ndarray:
    """One order of the places of an image, always the same: (pixels,), for each place the one whose pixel it gets.

    Example:
        >>> sorted(pixel_order(4).tolist())
        [0, 1, 2, 3]
    """
    return np.random.default_rng(0).permutation(door.whole("pixels", pixels))


def shuffled(images: np.ndarray) -> np.ndarray:
    """Put the pixels of every image in the same other order, each with all its channels. Otherwise as `brightened`."""
    images = _images(images)
    rows = images.reshape(len(images), -1, images.shape[-1])
    return rows[:, pixel_order(rows.shape[1])].reshape(images.shape)


def _images(images: object) -> np.ndarray:
    read = door.array("images", images, 4)
    if read.dtype != np.uint8:
        raise TypeError(f"images has dtype {read.dtype}; it takes uint8")
    return read


def _pixels(values: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
