"""How typed text is read, by one rule: in the page every answer is text, and in a notebook an answer may be.

- Full-width characters are read as the plain ones, every kind of minus sign as -, every kind of space as one space.
- A number has digits, at most one decimal point or decimal comma, and perhaps a sign, an exponent (1.2e3) or a %: 25% is 0.25.
- Digits may stand in groups of three, between commas, spaces, apostrophes or low lines, or between points where a decimal comma or
  another group follows: 1,216 and 1 216 and 1.216,0 are 1216. A comma before exactly three last digits so groups thousands,
  unless the number starts with 0; any other single comma is a decimal comma. 1.216 has a decimal point.
- a/b is a fraction of two such numbers.
- A word may have capitals, quotation marks around it, hyphens for spaces, a full stop behind it, and American spelling.

`page/typed.js` follows the same rule; a test puts the same texts through both.
"""

import re
from fractions import Fraction

import numpy as np

from cnnbook.exercises import reading
from cnnbook.exercises.reading import LONGEST, MOST, SPACES, NotAnswered, Wrong, quoted, shown
from cnnbook.exercises.words import say

WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
SIGNS = str.maketrans("−–‐‑﹣⁄∕’‘", "-----//''")
NOTHING = ("", "...", "…")
ONE = re.compile(r"([+-]?) ?([0-9.,' _]+)(?:[eE]([+-]?[0-9]{1,3}))?(%?)")
GROUPED = re.compile(r"([1-9][0-9]{0,2}([.,' _])[0-9]{3}(?:\2[0-9]{3})*)(?:([.,])([0-9]*))?")
SIMPLE = re.compile(r"[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+")
NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|∞)", re.IGNORECASE)
SPELLINGS = {"neighbor": "neighbour", "color": "colour", "gray": "grey", "normaliz": "normalis", "picture": "image"}


def plain(text: str) -> str:
    """The text with plain digits, signs and spaces.

    Example:
        >>> plain(" −１２\u00a03 ")
        '-12 3'
    """
    return SPACES.sub(" ", text.translate(WIDE).translate(SIGNS)).strip(" ")


def number(text: str) -> Fraction:
    """A number that was typed.

    Raises:
        NotAnswered: the text is empty, or dots.
        Wrong: it is no number, is not finite, or is beyond all bounds.

    Example:
        >>> [str(number(text)) for text in ("1,216", "1216.0", "１２１６", "0,5", "−3", "1/4", "12.5 %", "1.2e3")]
        ['1216', '1216', '1216', '1/2', '-3', '1/4', '1/8', '1200']
    """
    typed = plain(text)
    if typed in NOTHING:
        raise NotAnswered
    if len(typed) > LONGEST:
        raise Wrong(say("too_long", length=len(typed)))
    if found := NOT_FINITE.fullmatch(typed):
        raise Wrong(say("nan") if found[1].lower() == "nan" else say("inf", answer=typed))
    over, *under = [part.strip(" ") for part in typed.split("/")]
    value = _one(over, typed)
    if len(under) > 1 or (under and (under[0][:1] in ("", "+", "-") or "%" in typed)):
        raise Wrong(say("no_number", answer=quoted(typed)))
    if under:
        divisor = _one(under[0], typed)
        if not divisor:
            raise Wrong(say("divides_by_zero", answer=quoted(typed)))
        value /= divisor
    if abs(value) > MOST:
        raise Wrong(say("far_too_large", answer=shown(value)))
    if value and abs(value) * MOST < 1:
        raise Wrong(say("far_too_small", answer=quoted(typed)))
    return value


def _one(text: str, typed: str) -> Fraction:
    """A number without a fraction stroke."""
    found = ONE.fullmatch(text)
    digits = _decimal(found[2].strip(" ")) if found else None
    if digits is None:
        raise Wrong(say("no_number", answer=quoted(typed)))
    value = Fraction(digits) * Fraction(10) ** int(found[3] or 0) / (100 if found[4] else 1)
    return -value if found[1] == "-" else value


def _decimal(digits: str) -> str | None:
    """Digits with groups and a comma or point, as digits with a point; None where that is not how a number is written."""
    grouped = GROUPED.fullmatch(digits)
    if grouped:
        whole, separator, mark, decimals = grouped.groups()
        if not (separator == "." and not mark and whole.count(".") == 1):
            return f"{re.sub('[^0-9]', '', whole)}.{decimals or 0}" if mark != separator else None
    if not SIMPLE.fullmatch(digits):
        return None
    point = digits.replace(",", ".")
    return f"0{point}0" if "." in point else point


def word(text: str, allowed: list[str]) -> str:
    """One of the allowed words, as typed.

    Raises:
        NotAnswered: the text is empty, or dots.
        Wrong: it is none of them.

    Example:
        >>> word(" 'Neighbors are alike'.", ["neighbours are alike"])
        'neighbours are alike'
    """
    typed = plain(text)
    if typed in NOTHING:
        raise NotAnswered
    for choice in allowed:
        if _bare(typed) == _bare(choice):
            return choice
    raise Wrong(say("no_word", allowed=", ".join(map(quoted, allowed)), answer=quoted(text)))


def _bare(typed: str) -> str:
    """A word as it is compared."""
    bare = re.sub("(?<=[a-z])-(?=[a-z])", " ", typed.lower()).strip("'\"“”. ")
    for american, british in SPELLINGS.items():
        bare = bare.replace(american, british)
    return bare


def array(answer: object) -> np.ndarray:
    """`reading.array`, where cells of nested lists may be typed numbers.

    Example:
        >>> array([["1", "0,5"], ["1/4", "−3"]]).tolist()
        [[1.0, 0.5], [0.25, -3.0]]
    """
    return reading.array(_cells(answer, ()))


def _cells(answer: object, index: tuple[int, ...]) -> object:
    if isinstance(answer, list | tuple):
        return [_cells(cell, (*index, i)) for i, cell in enumerate(answer)]
    if not isinstance(answer, str) or not index:
        return answer
    try:
        return float(number(answer))
    except Wrong as fault:
        raise Wrong(say("cell", place=reading.place(index), why=fault)) from None
