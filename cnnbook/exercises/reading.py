"""What a learner hands in, read as a number, an array or a model, or refused with a sentence that says why; text is read in `typed`.

Nothing here compares with a right answer. Every text is the same from run to run: no addresses, no order of a set.
"""

import re
from decimal import Context, Decimal
from fractions import Fraction
from numbers import Real

import numpy as np

from cnnbook.exercises.words import say

LONGEST = 100  # characters of a learner's text that are quoted
MOST = 10**100  # so that every number that passes is also a float
DIGITS = Context(prec=10)  # of a number that is quoted, rounded half to even
SPACES = re.compile("[\x00-\x20\x7f-\xa0\xad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ud800-\udfff]+")


class Wrong(Exception):
    """The answer is not right; the message says what is wrong with it."""


class NotAnswered(Exception):
    """Dots still stand in the place of the answer, or of the parts of it that are named."""


def number(answer: object) -> Fraction:
    """A finite number of any of the kinds that Python and NumPy have, as a fraction, so that nothing overflows.

    Raises:
        NotAnswered: the answer is `...`.
        Wrong: it is no number, or not one number, or not finite.

    Example:
        >>> number(np.float32(0.5))
        Fraction(1, 2)
    """
    refuse_missing(answer)
    if isinstance(answer, str):
        raise Wrong(f"expected a number, got {shown(answer)} (str); write a number without quotation marks")
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
        raise Wrong(not_finite(answer)) from None
    if abs(value) > MOST:
        raise Wrong(say("far_too_large", answer=shown(value)))
    return value


def not_finite(value: object) -> str:
    """What is said about nan and about infinity."""
    return say("nan") if "nan" in str(value).lower() else say("inf", answer=shown(value))


def array(answer: object) -> np.ndarray:
    """An array of finite numbers, in float64, from an array, a tensor or nested lists.

    Example:
        >>> array([[1, 2], [3, 4]]).shape
        (2, 2)
    """
    refuse_missing(answer)
    if isinstance(answer, str | bytes | set | dict) or callable(answer):
        raise Wrong(f"expected an array of numbers, got {described(answer)}")
    read = _as_array(answer)
    if read.dtype == object:
        if any(cell is ... for cell in read.flat):
            raise NotAnswered
        try:
            read = read.astype(np.float64)
        except (TypeError, ValueError, OverflowError):
            raise Wrong(f"expected an array of numbers, got {described(answer)}, which holds something that is not a number") from None
    if read.dtype.kind not in "biuf":
        raise Wrong(f"expected an array of numbers, got one of type {read.dtype.name}")
    read = read.astype(np.float64)
    if not np.isfinite(read).all():
        index = first_place(~np.isfinite(read))
        raise Wrong(say("cell", place=place(index), why=not_finite(read[index])))
    return read


def model(answer: object) -> object:
    """A built Keras model, known by what it can do, so that Keras need not be imported."""
    refuse_missing(answer)
    if isinstance(answer, type) or not all(hasattr(answer, name) for name in ("layers", "count_params", "built")):
        raise Wrong(f"expected a Keras model, got {described(answer)}")
    if not answer.built:
        raise Wrong("the model does not know its input yet; start it with keras.Input")
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
        return quoted(value)
    if isinstance(value, int | np.integer | Fraction):
        if abs(value) >= 10**20:
            return say("many_digits")
        if value == int(value):
            return str(int(value))
        return f"{float(DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))):.10g}"
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


def quoted(text: str) -> str:
    """A learner's text between quotation marks.

    Example:
        >>> quoted("not\\n affine")
        "'not affine'"
    """
    return f"'{shortened(text)}'"


def shortened(text: str) -> str:
    """One line of printable text without addresses."""
    line = re.sub("0x[0-9a-fA-F]+", "0x…", SPACES.sub(" ", text).strip(" "))
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def first_place(where: np.ndarray) -> tuple[int, ...]:
    """The index of the first True, row by row."""
    return tuple(int(i) for i in np.argwhere(where)[0])


def place(index: tuple[int, ...]) -> str:
    """An index in words; the first row is row 0, as in NumPy."""
    if len(index) == 2:
        return say("row_and_column", row=index[0], column=index[1])
    return say("index", index=", ".join(map(str, index)))


def refuse_missing(answer: object) -> None:
    """Stop where there is no answer.

    Raises:
        NotAnswered: the answer is `...`.
        Wrong: it is None.
    """
    if answer is ...:
        raise NotAnswered
    if answer is None:
        raise Wrong("the answer is None, which is what a function returns when it ends without return")


def _as_array(answer: object) -> np.ndarray:
    try:
        return np.asarray(answer)
    except Exception:  # every library that makes arrays has its own
        nested = isinstance(answer, list | tuple)
        reason = ", whose rows have different lengths" if nested else ", which cannot be read as an array"
    raise Wrong(f"expected numbers, got {described(answer)}{reason}")
