"""ReLU, LeakyReLU and their ways back."""

import numpy as np

from cnnbook.door import floats, halves_in_float32, number

NEGATIVE_SLOPE = 0.3  # of Keras's LeakyReLU


@halves_in_float32
def relu(x: np.ndarray) -> np.ndarray:
    """Negative values become 0.

    Example:
        >>> relu([-2, 3]).tolist()
        [0.0, 3.0]
    """
    return np.maximum(floats("x", x), 0)


@halves_in_float32
def relu_gradients(x: np.ndarray, upstream: np.ndarray) -> np.ndarray:
    """Gradient of ReLU's input: the error passes where `x` is above 0. At 0, where there is no slope, it is stopped, as in TensorFlow.

    Raises:
        TypeError, ValueError: `x` is not finite, or `upstream` has another shape.

    Example:
        >>> relu_gradients([-2, 3], [10, 10]).tolist()
        [0.0, 10.0]
    """
    x = floats("x", x, finite=True)
    return np.where(x > 0, floats("upstream", upstream, shape=x.shape, dtype=x.dtype), 0)


@halves_in_float32
def leaky_relu(x: np.ndarray, *, negative_slope: float = NEGATIVE_SLOPE) -> np.ndarray:
    """Negative values are multiplied by `negative_slope`, 0.3 as in Keras's layer. Source: Maas, Hannun and Ng 2013.

    Raises:
        TypeError, ValueError: `negative_slope` is not a number of at least 0.

    Example:
        >>> leaky_relu([-2, 3]).tolist()
        [-0.6, 3.0]
    """
    x, slope = floats("x", x), number("negative_slope", negative_slope, 0)
    return np.where(x > 0, x, slope * x)


@halves_in_float32
def leaky_relu_gradients(x: np.ndarray, upstream: np.ndarray, *, negative_slope: float = NEGATIVE_SLOPE) -> np.ndarray:
    """Gradient of LeakyReLU's input: the error, times `negative_slope` where `x` is not above 0.

    Raises:
        TypeError, ValueError: `x` is not finite, `upstream` has another shape, or `negative_slope` is not a number of at least 0.

    Example:
        >>> leaky_relu_gradients([-2, 3], [10, 10]).tolist()
        [3.0, 10.0]
    """
    x, slope = floats("x", x, finite=True), number("negative_slope", negative_slope, 0)
    upstream = floats("upstream", upstream, shape=x.shape, dtype=x.dtype)
    return np.where(x > 0, upstream, slope * upstream)
