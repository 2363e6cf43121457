"""One update of SGD, momentum and Adam: weights and gradient in, new weights (and what is remembered) out. Nothing is changed in place."""

import numpy as np

from cnnbook.door import floats, halves_in_float32, number, whole


@halves_in_float32
def sgd_update(weights: np.ndarray, gradient: np.ndarray, *, learning_rate: float = 0.01) -> np.ndarray:
    """Stochastic gradient descent: a step against the gradient. Equals `keras.optimizers.SGD(learning_rate)`.

    Args:
        weights, gradient: of one shape.

    Raises:
        TypeError, ValueError: an array holds no real numbers, the shapes differ, or `learning_rate` is not a number of at least 0.

    Example:
        >>> sgd_update([1.0], [10.0], learning_rate=0.05).tolist()
        [0.5]
    """
    weights, gradient = _settled(weights, gradient=gradient)
    return weights - number("learning_rate", learning_rate, 0) * gradient


@halves_in_float32
def momentum_update(
    weights: np.ndarray, gradient: np.ndarray, velocity: np.ndarray, *, learning_rate: float = 0.01, momentum: float = 0.9
) -> tuple[np.ndarray, np.ndarray]:
    """SGD with momentum: the velocity keeps a share of itself, the gradient pulls at it, and the weights move with it.

    Keras's form, `keras.optimizers.SGD(learning_rate, momentum)`: the learning rate is part of the velocity.
    Source: Sutskever et al. 2013, eq. 1 and 2.

    Args:
        weights, gradient, velocity: of one shape; the first velocity is zero.

    Returns:
        New weights and new velocity.

    Raises:
        TypeError, ValueError: an array holds no real numbers, the shapes differ, `learning_rate` is not a number of at least 0, or
            `momentum` not one from 0 to 1.

    Example:
        >>> weights, velocity = momentum_update([1.0], [10.0], [0.5], learning_rate=0.1, momentum=0.5)
        >>> weights.tolist(), velocity.tolist()
        ([0.25], [-0.75])
    """
    weights, gradient, velocity = _settled(weights, gradient=gradient, velocity=velocity)
    velocity = number("momentum", momentum, 0, 1) * velocity - number("learning_rate", learning_rate, 0) * gradient
    return weights + velocity, velocity


@halves_in_float32
def adam_update(
    weights: np.ndarray,
    gradient: np.ndarray,
    first_moment: np.ndarray,
    second_moment: np.ndarray,
    step: int,
    *,
    learning_rate: float = 0.001,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Adam: moving means of the gradient and of its square; the step is the one divided by the root of the other.

    Both means start at zero; the correction for that goes into the learning rate, and `epsilon` is added to the root before it is
    corrected: the form at the end of section 2 of Kingma and Ba 2015, which Keras uses (`keras.optimizers.Adam`).

    Args:
        weights, gradient, first_moment, second_moment: of one shape; the first moments are zero.
        step: 1 for the first update.

    Returns:
        New weights, new first and new second moment.

    Raises:
        TypeError, ValueError: an array holds no real numbers, the shapes differ, `second_moment` is negative, `step` is not an int of at
            least 1, or another number is out of range: betas from 0 to below 1, `learning_rate` and `epsilon` at least 0.

    Example:
        >>> weights, first, second = adam_update([1.0], [10.0], [0.0], [0.0], 1, learning_rate=0.5)
        >>> weights.round(6).tolist(), first.round(6).tolist(), second.round(6).tolist()
        ([0.5], [1.0], [0.1])
    """
    weights, gradient, first, second = _settled(weights, gradient=gradient, first_moment=first_moment, second_moment=second_moment)
    if (second < 0).any():
        raise ValueError(f"second_moment is {second.min()} somewhere; it takes numbers of at least 0")
    step, epsilon, learning_rate = whole("step", step), number("epsilon", epsilon, 0), number("learning_rate", learning_rate, 0)
    beta_1, beta_2 = number("beta_1", beta_1, 0, below=1), number("beta_2", beta_2, 0, below=1)
    first = first + (gradient - first) * (1 - beta_1)
    second = second + (gradient**2 - second) * (1 - beta_2)
    kept_1, kept_2 = (weights.dtype.type(beta) ** step for beta in (beta_1, beta_2))  # rounded to the weights' type, as in Keras
    corrected_rate = learning_rate * np.sqrt(1 - kept_2) / (1 - kept_1)
    return weights - first * corrected_rate / (np.sqrt(second) + epsilon), first, second


def _settled(weights: np.ndarray, **others: np.ndarray) -> list[np.ndarray]:
    """All in the shape and the floating type of the weights."""
    weights = floats("weights", weights)
    return [weights, *(floats(name, value, shape=weights.shape, dtype=weights.dtype) for name, value in others.items())]
