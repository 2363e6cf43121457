"""Batch normalization and its way back."""

import numpy as np

from cnnbook.door import floats, halves_in_float32, number

EPSILON = 1e-3  # of Keras's BatchNormalization


@halves_in_float32
def batch_norm(
    x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, mean: np.ndarray, variance: np.ndarray, *, epsilon: float = EPSILON
) -> np.ndarray:
    """Normalise each channel, then scale and shift it: gamma * (x - mean) / sqrt(variance + epsilon) + beta.

    In training `mean` and `variance` are the batch's own, `x.mean(axes)` and `x.var(axes)` over all axes but the last; in
    prediction the moving ones. Source: Ioffe and Szegedy 2015, algorithm 1; epsilon as in Keras.

    Args:
        x: (batch, ..., channels).
        gamma, beta, mean, variance: (channels,).

    Raises:
        TypeError: an argument holds no real numbers.
        ValueError: a shape differs, a variance is negative, or `epsilon` is negative.

    Example:
        >>> x = np.array([[1.0], [3.0]])
        >>> batch_norm(x, np.ones(1), np.zeros(1), x.mean(0), x.var(0), epsilon=0).tolist()
        [[-1.0], [1.0]]
    """
    x, epsilon = _settled(x, epsilon)
    statistics = {"gamma": gamma, "beta": beta, "mean": mean, "variance": variance}
    gamma, beta, mean, variance = (floats(name, value, shape=x.shape[-1:], dtype=x.dtype) for name, value in statistics.items())
    if not np.all(variance >= 0):
        raise ValueError(f"variance is {variance.min()} in a channel; it takes numbers of at least 0")
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta


@halves_in_float32
def batch_norm_gradients(
    x: np.ndarray, gamma: np.ndarray, upstream: np.ndarray, *, epsilon: float = EPSILON
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of `x`, `gamma` and `beta` in training, where mean and variance are the batch's own and change with `x`.

    Each value moves the mean and the variance of its whole channel, so the error loses what moving all values together would
    change (its mean) and what stretching them would (its part along the normalised values): BatchNorm undoes both.
    Source: Ioffe and Szegedy 2015, section 3, simplified.

    Args:
        x, gamma: as `batch_norm` was given them.
        upstream: gradient of the loss with respect to the output, in the shape of `x`.

    Raises:
        TypeError: an argument holds no real numbers.
        ValueError: a shape differs, or `epsilon` is negative.

    Example:
        >>> x = np.array([[1.0], [2.0], [3.0]])
        >>> x_gradient, gamma_gradient, beta_gradient = batch_norm_gradients(x, [1], [[0], [6], [0]], epsilon=0)
        >>> x_gradient.round(3).tolist(), gamma_gradient.tolist(), beta_gradient.tolist()
        ([[-2.449], [4.899], [-2.449]], [0.0], [6.0])
    """
    x, epsilon = _settled(x, epsilon)
    gamma = floats("gamma", gamma, shape=x.shape[-1:], dtype=x.dtype)
    upstream = floats("upstream", upstream, shape=x.shape, dtype=x.dtype)
    axes = tuple(range(x.ndim - 1))
    deviation = np.sqrt(x.var(axes) + epsilon)
    normalised = (x - x.mean(axes)) / deviation
    along = upstream * normalised
    x_gradient = gamma / deviation * (upstream - upstream.mean(axes) - normalised * along.mean(axes))
    return x_gradient, along.sum(axes), upstream.sum(axes)


def _settled(x: np.ndarray, epsilon: float) -> tuple[np.ndarray, float]:
    x = floats("x", x)
    if x.ndim < 2:
        raise ValueError(f"x has shape {x.shape}; it takes (batch, ..., channels)")
    return x, number("epsilon", epsilon, 0)
