"""What is handed to a public function is checked here, once: type, shape and range. It is read, or refused in a message that names it.

Arrays may be anything that NumPy reads: lists, read-only and non-contiguous arrays, TensorFlow's and PyTorch's tensors. Refused are
masked arrays (NumPy would compute with what is under the mask), complex numbers, text and objects. Single numbers may be NumPy's or
a tensor's; they become Python's, so that no uint8 overflows. A bool is no number. Nothing handed in is ever changed.
"""

import inspect
import math
import operator
from collections.abc import Callable, Sequence
from functools import wraps
from numbers import Real

import numpy as np

IntOrPair = int | tuple[int, int]
HALVES = ("float16", "bfloat16")


def array(name: str, value: object, dimensions: int | None = None, *, shape: tuple[int, ...] | None = None) -> np.ndarray:
    """A plain array of real numbers or bools, of the type it had; it may share memory with `value`.

    Args:
        name: what the argument is called, for the message.
        dimensions: how many dimensions it takes; None for any number.
        shape: the only shape it takes.

    Raises:
        TypeError: it is masked, or its entries are no real numbers.
        ValueError: it has another shape, or an axis is empty.

    Example:
        >>> array("images", [[0, 255]], 2).shape
        (1, 2)
    """
    if _masked(value):
        raise TypeError(f"{name} is a masked array; it takes plain numbers, so fill in or leave out what is masked")
    try:
        result = np.asarray(value)
    except (TypeError, ValueError, RuntimeError) as error:  # ragged lists, symbolic tensors
        raise TypeError(f"{name} is a {type(value).__name__} that cannot be read as an array of numbers: {error}") from error
    if result.dtype.kind not in "biuf" and result.dtype.name not in HALVES:
        raise TypeError(f"{name} has dtype {result.dtype}; it takes real numbers")
    if dimensions is not None and result.ndim != dimensions:
        raise ValueError(f"{name} has shape {result.shape}; it takes {dimensions} dimensions")
    if 0 in result.shape:
        raise ValueError(f"{name} has shape {result.shape}; no axis may be empty")
    if shape is not None and result.shape != tuple(shape):
        raise ValueError(f"{name} has shape {result.shape}; it takes {tuple(shape)}")
    return result


def floats(
    name: str,
    value: object,
    dimensions: int | None = None,
    *,
    shape: tuple[int, ...] | None = None,
    dtype: np.dtype | None = None,
    finite: bool = False,
) -> np.ndarray:
    """An array of floating numbers to compute with: integers and bools become float64, halves float32, the rest stays as it is.

    Args:
        name, dimensions, shape: as for `array`.
        dtype: the floating type to have instead, for what is combined with an array that is settled already.
        finite: refuse NaN and infinities. Sums and products pass NaN on, where it is seen; a comparison would hide it.

    Raises:
        TypeError, ValueError: as `array`; or a number is not finite, or too large for `dtype`.

    Example:
        >>> floats("x", [1, 2]).dtype, floats("x", np.float16([1, 2])).dtype
        (dtype('float64'), dtype('float32'))
    """
    given = array(name, value, dimensions, shape=shape)
    if finite and not np.isfinite(given).all():
        raise ValueError(f"{name} has {np.count_nonzero(~np.isfinite(given))} values that are NaN or infinite; it takes finite numbers")
    if dtype is None:
        dtype = np.float64 if given.dtype.kind in "biu" else np.float32 if given.dtype.name in HALVES else given.dtype.newbyteorder("=")
    if np.can_cast(given.dtype, dtype):
        return given.astype(dtype, copy=False)
    with np.errstate(over="ignore"):
        result = given.astype(dtype)
    if not np.array_equal(np.isfinite(result), np.isfinite(given)):
        raise ValueError(f"{name} has values up to {np.abs(given[np.isfinite(given)]).max()}, too large for {np.dtype(dtype)}")
    return result


def halves_in_float32(function: Callable) -> Callable:
    """Decorate a function of arrays: where its first argument is float16 or bfloat16, so is what it returns.

    `floats` lets it compute in float32, as Keras does; only the results are rounded.

    Example:
        >>> @halves_in_float32
        ... def double(x):
        ...     return 2 * floats("x", x)
        >>> double(np.ones(1, np.float16)).dtype
        dtype('float16')
    """
    first, *_ = inspect.signature(function).parameters

    @wraps(function)
    def rounded(*args, **kwargs):
        result = function(*args, **kwargs)
        dtype = np.asarray(args[0] if args else kwargs[first]).dtype
        if dtype.name not in HALVES:
            return result
        if isinstance(result, tuple):
            return tuple(part.astype(dtype) for part in result)
        return result.astype(dtype)

    return rounded


def whole(name: str, value: object, low: int = 1, high: int | None = None) -> int:
    """A whole number from `low` to `high`, as Python's int.

    Raises:
        TypeError: it is no whole number, or a bool.
        ValueError: it is out of range.

    Example:
        >>> whole("groups", np.uint8(2)) * 128
        256
    """
    limits = f"an int of at least {low}" if high is None else f"an int from {low} to {high}"
    try:
        if isinstance(value, bool) or _masked(value) or np.ndim(value):
            raise TypeError
        number = operator.index(value)
    except (TypeError, ValueError, AttributeError):  # AttributeError: a tensor of bools or floats
        raise TypeError(f"{name} is {value!r}; it takes {limits}") from None
    if number < low or (high is not None and number > high):
        raise ValueError(f"{name} is {number}; it takes {limits}")
    return number


def number(
    name: str,
    value: object,
    low: float | None = None,
    high: float | None = None,
    *,
    above: float | None = None,
    below: float | None = None,
) -> float:
    """A finite number, as Python's float: at least `low`, at most `high`, above `above` and below `below`, where these are given.

    Raises:
        TypeError: it is no real number, or a bool.
        ValueError: it is out of range, NaN or infinite.

    Example:
        >>> number("rate", np.float32(0.5), 0, below=1)
        0.5
    """
    bounds = ((low, "at least", operator.ge), (above, "above", operator.gt), (high, "at most", operator.le), (below, "below", operator.lt))
    bounds = [bound for bound in bounds if bound[0] is not None]
    limits = "a finite number" + " and".join(f" {words} {limit}" for limit, words, _ in bounds)
    if isinstance(value, bool) or not (isinstance(value, Real) or _is_number(value)):
        raise TypeError(f"{name} is {value!r}; it takes {limits}")
    try:
        result = float(value)
    except OverflowError:
        result = math.inf
    if not math.isfinite(result) or not all(holds(result, limit) for limit, _, holds in bounds):
        raise ValueError(f"{name} is {result}; it takes {limits}")
    return result


def pair(name: str, value: IntOrPair) -> tuple[int, int]:
    """A whole number of at least 1 or a pair of them, as (height, width).

    Example:
        >>> pair("stride", 2), pair("stride", (1, 2))
        ((2, 2), (1, 2))
    """
    if isinstance(value, tuple | list):
        if len(value) != 2:
            raise ValueError(f"{name} is {value!r}; a pair has 2 numbers, not {len(value)}")
        return whole(name, value[0]), whole(name, value[1])
    try:
        return (whole(name, value),) * 2
    except TypeError as error:
        raise TypeError(f"{error}, or a pair of them") from None


def interval(name: str, value: tuple[float, float]) -> tuple[float, float]:
    """Two finite numbers, (low, high), with low below high.

    Example:
        >>> interval("pixel_range", [-1, 1])
        (-1.0, 1.0)
    """
    if not isinstance(value, tuple | list | np.ndarray) or _masked(value) or np.shape(value) != (2,):
        raise TypeError(f"{name} is {value!r}; it takes (low, high)")
    low, high = number(f"{name}[0]", value[0]), number(f"{name}[1]", value[1])
    if not low < high:
        raise ValueError(f"{name} is {value!r}; it takes (low, high) with low < high")
    return low, high


def choice(name: str, value: object, allowed: Sequence[str]) -> str:
    """One of a few words.

    Example:
        >>> choice("padding", "same", ("same", "valid"))
        'same'
    """
    listed = " or ".join(f'"{word}"' for word in allowed)
    if not isinstance(value, str):
        raise TypeError(f"{name} is {value!r}; it takes {listed}")
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}; it takes {listed}")
    return str(value)


def flag(name: str, value: object) -> bool:
    """True or False, Python's or NumPy's.

    Example:
        >>> flag("use_bias", np.True_)
        True
    """
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} is {value!r}; it takes True or False")
    return bool(value)


def _masked(value: object) -> bool:
    """Is it a masked array, or a list with one in it? NumPy would drop the mask without a word."""
    return isinstance(value, np.ma.MaskedArray) or (isinstance(value, list | tuple) and any(_masked(part) for part in value))


def _is_number(value: object) -> bool:
    """Is it a single number of NumPy's or a tensor's?"""
    try:
        dtype = array("value", value, 0).dtype
    except (TypeError, ValueError):
        return False
    return dtype.kind in "iuf" or dtype.name in HALVES
