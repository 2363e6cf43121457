"""Dropout and its way back."""

from collections.abc import Iterable

import numpy as np

from cnnbook.door import array, floats, halves_in_float32, number, whole


@halves_in_float32
def dropout(x: np.ndarray, rate: float, rng: np.random.Generator) -> np.ndarray:
    """Dropout in training, as Keras does it: zero each value with probability `rate`, multiply the others by 1 / (1 - rate).

    In prediction Dropout changes nothing. Source: Srivastava et al. 2014, with the scaling moved to training.

    Raises:
        TypeError: `x` holds no real numbers, `rate` is no number, or `rng` no generator.
        ValueError: `rate` is not in [0, 1).

    Example:
        >>> dropout(np.ones(4), 0.25, np.random.default_rng(0)).round(3).tolist()
        [1.333, 1.333, 0.0, 0.0]
    """
    x = floats("x", x)
    return _dropped(x, dropout_mask(x.shape, rate, rng), rate)


def dropout_mask(shape: tuple[int, ...], rate: float, rng: np.random.Generator) -> np.ndarray:
    """Which values `dropout` keeps: True with probability 1 - rate. The same generator, seeded alike, gives the same mask.

    Raises:
        TypeError, ValueError: as `dropout`; or `shape` is no tuple of sizes.

    Example:
        >>> dropout_mask((4,), 0.25, np.random.default_rng(0)).tolist()
        [True, True, False, False]
    """
    if not isinstance(shape, Iterable):
        raise TypeError(f"shape is {shape!r}; it takes a tuple of ints")
    sizes = [whole("shape", size) for size in shape]
    rate = _settled_rate(rate)
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng is {rng!r}; it takes a generator such as numpy.random.default_rng(0)")
    return rng.random(sizes) >= rate


def dropout_gradients(mask: np.ndarray, upstream: np.ndarray, rate: float) -> np.ndarray:
    """Gradient of Dropout's input: the error goes through the same mask as the values did, with the same factor.

    Args:
        mask: which values were kept, as `dropout_mask` gives it; True and False, or 1 and 0.
        upstream: gradient of the loss with respect to the output, in the shape of `mask`.
        rate: as `dropout` was given it.

    Raises:
        TypeError, ValueError: `mask` holds something else, `upstream` has another shape, or `rate` is not in [0, 1).

    Example:
        >>> dropout_gradients([True, False], [3, 3], 0.5).tolist()
        [6.0, 0.0]
    """
    mask = array("mask", mask)
    if not np.isin(mask, (0, 1)).all():
        raise ValueError("mask holds values other than True and False (or 1 and 0); it takes what was kept, without the factor")
    return _scaled_back(upstream, mask.astype(bool), rate)


@halves_in_float32
def _scaled_back(upstream: np.ndarray, mask: np.ndarray, rate: float) -> np.ndarray:
    return _dropped(floats("upstream", upstream, shape=mask.shape), mask, rate)


def _dropped(values: np.ndarray, mask: np.ndarray, rate: float) -> np.ndarray:
    """What both ways do: zero what is not kept, and scale the rest."""
    return np.where(mask, values / (1 - _settled_rate(rate)), 0)


def _settled_rate(rate: float) -> float:
    return number("rate", rate, 0, below=1)
