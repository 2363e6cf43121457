"""What a learner hands in, read as a number, a word, an array or a model, or refused with a sentence that says why.

Nothing here compares with a right answer. Every text is the same from run to run: no addresses, no order of a set.
"""

import re
from decimal import Decimal
from fractions import Fraction
from numbers import Real

import numpy as np

LONGEST = 100  # characters of a learner's text that are quoted
MOST = 10**100  # so that every number that passes is also a float


class Wrong(Exception):
    """The answer is not right; the message says what is wrong with it."""


class NotAnswered(Exception):
    """Dots still stand in the place of the answer."""


def number(answer: object) -> Fraction:
    """A finite number of any of the kinds that Python and NumPy have, as a fraction, so that nothing overflows.

    Raises:
        NotAnswered: the answer is `...`.
        Wrong: it is no number, or not one number, or not finite.

    Example:
        >>> number(np.float32(0.5))
        Fraction(1, 2)
    """
    _refuse_missing(answer)
    if isinstance(answer, str):
        raise Wrong(f"expected a number, got {shown(answer)} (str); a number stands without quotation marks")
    if isinstance(answer, tuple) and len(answer) > 1 and all(type(part) is int for part in answer):
        raise Wrong(f"expected one number, got the {len(answer)} numbers {shown(answer)}; write large numbers without commas")
    if hasattr(answer, "__array__") and not isinstance(answer, np.generic):
        answer = _as_array(answer)
        if answer.ndim:
            raise Wrong(f"expected one number, got {shown(answer)}")
        answer = answer[()]
    if isinstance(answer, np.integer):
        answer = int(answer)
    if isinstance(answer, bool | np.bool_) or not isinstance(answer, Real | Decimal):
        raise Wrong(f"expected a number, got {described(answer)}")
    try:
        value = Fraction(answer if isinstance(answer, int | Fraction) else float(answer))
    except (ValueError, OverflowError):
        raise Wrong(f"the answer is {shown(answer)}, which is no finite number; look for a division by zero") from None
    if abs(value) > MOST:
        raise Wrong(f"{shown(value)} is far too large")
    return value


def word(answer: object, allowed: list[str]) -> str:
    """One of the allowed words; capitals and spaces around it do not matter.

    Example:
        >>> word(" Affine", ["affine", "not affine"])
        'affine'
    """
    _refuse_missing(answer)
    said = " ".join(answer.split()).casefold() if isinstance(answer, str) else None
    for choice in allowed:
        if said == choice.casefold():
            return choice
    raise Wrong(f"expected one of {', '.join(map(repr, allowed))}; got {described(answer)}")


def array(answer: object) -> np.ndarray:
    """An array of finite numbers, in float64, from an array, a tensor or nested lists.

    Example:
        >>> array([[1, 2], [3, 4]]).shape
        (2, 2)
    """
    _refuse_missing(answer)
    if isinstance(answer, str | bytes | set | dict) or callable(answer):
        raise Wrong(f"expected an array of numbers, got {described(answer)}")
    read = _as_array(answer)
    if read.dtype == object:
        if any(cell is ... for cell in read.flat):
            raise NotAnswered
        try:
            read = read.astype(np.float64)
        except (TypeError, ValueError, OverflowError):
            raise Wrong(f"expected an array of numbers, got {described(answer)}, which holds something else") from None
    if read.dtype.kind not in "biuf":
        raise Wrong(f"expected an array of numbers, got one of type {read.dtype.name}")
    read = read.astype(np.float64)
    if not np.isfinite(read).all():
        index = first_place(~np.isfinite(read))
        raise Wrong(f"there is {shown(read[index])} {place(index)}")
    return read


def model(answer: object) -> object:
    """A built Keras model, known by what it can do, so that Keras need not be imported."""
    _refuse_missing(answer)
    if isinstance(answer, type) or not all(hasattr(answer, name) for name in ("layers", "count_params", "built")):
        raise Wrong(f"expected a Keras model, got {described(answer)}")
    if not answer.built:
        raise Wrong("the model does not know its input yet; let it begin with keras.Input")
    return answer


def shown(value: object) -> str:
    """A short text for a value, the same from run to run.

    Example:
        >>> shown(1 / 3), shown([1, 2.0]), shown(np.zeros((3, 3)))
        ('0.3333333333', '[1, 2]', 'an array of shape (3, 3)')
    """
    if value is None or isinstance(value, bool | np.bool_):
        return str(value)
    if isinstance(value, str):
        return repr(shortened(value))
    if isinstance(value, int | np.integer | Fraction):
        if abs(value) >= 10**20:
            return "a number of more than twenty digits"
        return str(int(value)) if value == int(value) else f"{float(value):.10g}"
    if isinstance(value, float | np.floating | Decimal):
        return f"{value:.10g}"
    if isinstance(value, list | tuple) and len(value) <= 8 and all(isinstance(part, int | float | str | np.number) for part in value):
        inner = ", ".join(map(shown, value))
        return f"[{inner}]" if isinstance(value, list) else f"({inner}{',' * (len(value) == 1)})"
    if isinstance(value, list | tuple | set | dict):
        return f"a {type(value).__name__} of length {len(value)}"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    return "a function" if hasattr(value, "__code__") else f"an object of type {type(value).__name__}"


def described(value: object) -> str:
    """`shown`, and the type where the text does not tell it."""
    simple = isinstance(value, bool | str | int | float | complex)
    if isinstance(value, complex):
        return f"{value!r} (complex)"
    return f"{shown(value)} ({type(value).__name__})" if simple else shown(value)


def shortened(text: str) -> str:
    """One line of printable text without addresses."""
    line = re.sub(r"0x[0-9a-fA-F]+", "0x…", " ".join(text.split()))
    line = line.encode("utf-8", "replace").decode("utf-8")
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def first_place(where: np.ndarray) -> tuple[int, ...]:
    """The index of the first True, row by row."""
    return tuple(int(i) for i in np.argwhere(where)[0])


def place(index: tuple[int, ...]) -> str:
    """An index in words; the first row is row 0, as in NumPy."""
    return f"at row {index[0]}, column {index[1]} (counted from 0)" if len(index) == 2 else f"at index {', '.join(map(str, index))}"


def _refuse_missing(answer: object) -> None:
    if answer is ...:
        raise NotAnswered
    if answer is None:
        raise Wrong("the answer is None; if a function gave it, does it end with return?")


def _as_array(answer: object) -> np.ndarray:
    try:
        return np.asarray(answer)
    except Exception:  # every library that makes arrays has its own
        nested = isinstance(answer, list | tuple)
        reason = ", whose rows have different lengths" if nested else ", which cannot be read as an array"
    raise Wrong(f"expected numbers, got {described(answer)}{reason}")
