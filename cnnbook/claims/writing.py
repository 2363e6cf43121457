"""How the book writes what it measures: numbers, shapes, repeated measurements and differences."""

import math
from collections.abc import Sequence

import numpy as np

from cnnbook import door
from cnnbook.claims.statistics import INTERVAL, Difference, spread

ONES = (
    *("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
    *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
UNITS = ("", "%", "points")  # fractions are written as per cent in the last two


def plain(value: object) -> object:
    """A measured value as Python's own: numbers and bools of NumPy and of tensors, arrays and lists as tuples, words.

    Raises:
        TypeError, ValueError: it is none of these, or masked.

    Example:
        >>> plain(tuple(np.array([3, 3]))), plain(np.float32(0.5)), plain([None, True])
        ((3, 3), 0.5, (None, True))
    """
    if value is None or type(value) in (bool, int, float):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, tuple | list):
        return tuple(plain(part) for part in value)
    read = door.array("measured", value)
    return plain((read.astype(np.float64) if read.dtype.name in door.HALVES else read).tolist())


def text(value: object, unit: str = "") -> str:
    """A value as the book writes it.

    Raises:
        TypeError, ValueError: `unit` is none of "", "%" and "points".

    Example:
        >>> text(592554), text(0.7312, "%"), text((None, 8, 8)), text(1e-5)
        ('592,554', '73.1 %', '(None, 8, 8)', '1e-05')
    """
    unit, value = door.choice("unit", unit, UNITS), plain(value)
    if value is None or isinstance(value, str | tuple | bool) or not math.isfinite(value):
        return str(value)
    if unit:
        return _signed(f"{100 * value:.1f} {unit}")
    if value == int(value) and abs(value) < 1e15:
        return _signed(f"{int(value):,}")
    return _signed(f"{value:.4g}" if abs(value) >= 1e-4 else f"{value:.0e}")


def in_words(number: int) -> str:
    """A whole number as a word, which follows its article: "ten epochs", "a thousand images".

    Raises:
        TypeError, ValueError: it is no whole number from 1 to 999,999.

    Example:
        >>> in_words(10), in_words(32), in_words(1000), in_words(5000), in_words(128)
        ('ten', 'thirty-two', 'thousand', 'five thousand', 'hundred and twenty-eight')
    """
    number = door.whole("number", number, 1, 999_999)
    for size, name in ((1000, "thousand"), (100, "hundred")):
        many, rest = divmod(number, size)
        if many:
            start = name if many == 1 else f"{in_words(many)} {name}"
            return f"{start} and {in_words(rest)}" if rest else start
    tens, ones = divmod(number, 10)
    return ONES[number] if number < len(ONES) else "-".join(filter(None, (TENS[tens], ONES[ones])))


def mean_and_sd(values: Sequence[float], unit: str = "%") -> str:
    """Repeated measurements as the book writes them.

    Raises:
        TypeError, ValueError: as for `text`, or there are fewer than two finite values.

    Example:
        >>> mean_and_sd([0.72, 0.73, 0.74]), mean_and_sd([0.011, 0.012, 0.013], "points"), mean_and_sd([3.1, 3.5, 3.9], "")
        ('73.0 ± 1.0 %', '1.2 ± 0.1 points', '3.50 ± 0.40')
    """
    unit, runs = door.choice("unit", unit, UNITS), spread(values)
    if unit:
        return _signed(f"{100 * runs.mean:.1f} ± {100 * runs.sd:.1f} {unit}")
    return f"{_rounded(runs.mean, runs.sd)} ± {_rounded(runs.sd, runs.sd)}"


def difference_text(difference: Difference, unit: str = "points", pairs: str = "seeds") -> str:
    """A paired difference as the book writes it: with its interval and the number of seeds; without its sign where there is a difference.

    Which of two is ahead is the sentence's to say; where zero lies in the interval, the text says so, and the sign counts. An end near
    zero has as many decimals as show on which side it lies. `pairs` says what was paired, if it was not runs by their seeds: one network's
    answers, for instance, image by image.

    Example:
        >>> difference_text(Difference(0.219, 0.211, 0.227, 5))
        '21.9 points (95 % interval 21.1 to 22.7, 5 seeds)'
        >>> difference_text(Difference(0.001, -0.003, 0.005, 5))
        'no difference these runs could show (0.1 points, 95 % interval −0.3 to 0.5, 5 seeds)'
        >>> difference_text(Difference(0.001, -0.003, 0.005, 10_000), pairs="images")
        'no difference these images could show (0.1 points, 95 % interval −0.3 to 0.5, 10,000 images)'
        >>> difference_text(Difference(0.012, -0.0004, 0.0244, 5))
        'no difference these runs could show (1.2 points, 95 % interval −0.04 to 2.4, 5 seeds)'
        >>> difference_text(Difference(0.0, 0.0, 0.0, 10))
        'no difference in any of 10 seeds'
    """
    if _all_the_same(difference):
        return _same(difference, pairs)
    measured, interval = _with_interval(-difference if difference.shown and difference.mean < 0 else difference, unit, pairs)
    repeated = "runs" if pairs == "seeds" else pairs
    return f"{measured} ({interval})" if difference.shown else f"no difference these {repeated} could show ({measured}, {interval})"


def change_text(difference: Difference, unit: str = "points") -> str:
    """A paired difference as a row of a table has it: with its sign, its interval and the number of seeds.

    Example:
        >>> change_text(Difference(-0.219, -0.227, -0.211, 5))
        '−21.9 points (95 % interval −22.7 to −21.1, 5 seeds)'
        >>> change_text(Difference(0.001, -0.003, 0.005, 5))
        '+0.1 points (95 % interval −0.3 to 0.5, 5 seeds): none shown'
    """
    if _all_the_same(difference):
        return _same(difference, "seeds")
    measured, interval = _with_interval(difference, unit, "seeds")
    sign = "+" if difference.mean > 0 else ""
    verdict = "" if difference.shown else ": none shown"
    return f"{sign}{measured} ({interval}){verdict}"


def _with_interval(difference: Difference, unit: str, pairs: str) -> tuple[str, str]:
    """The mean with its unit; and the interval, without, with the number of pairs."""
    values, half = (difference.mean, difference.low, difference.high), (difference.high - difference.low) / 2
    mean, *ends = (text(value, unit).removesuffix(f" {unit}") if unit else _rounded(value, half) for value in values)
    low, high = (_on_its_side_of_zero(end, shown, unit) for end, shown in zip(values[1:], ends, strict=True))
    return f"{mean} {unit}".rstrip(), f"{INTERVAL} {low} to {high}, {text(difference.n)} {pairs}"


def _on_its_side_of_zero(end: float, shown: str, unit: str) -> str:
    """An end of an interval; with one digit more than its zeros where it would look like zero and is not."""
    looks_like_zero = not any(digit in shown for digit in "123456789")
    return _signed(f"{100 * end if unit else end:.1g}") if looks_like_zero and abs(end) >= 1e-6 else shown


def _all_the_same(difference: Difference) -> bool:
    return difference.low == difference.mean == difference.high == 0


def _same(difference: Difference, pairs: str) -> str:
    return f"no difference in any of {text(difference.n)} {pairs}"


def _rounded(value: float, uncertainty: float) -> str:
    """A value with as many decimals as give its uncertainty two digits."""
    if uncertainty < 1e-5:
        return text(value)
    return _signed(f"{value:,.{max(0, 1 - math.floor(math.log10(uncertainty)))}f}")


def _signed(written: str) -> str:
    """With a minus sign instead of the hyphen before the number; the one of an exponent stays. Minus nothing is nothing."""
    if not written.startswith("-"):
        return written
    return "−" + written[1:] if any(digit in written for digit in "123456789") else written[1:]
