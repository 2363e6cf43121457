"""The exercises as data, from which the page's script checks answers: what is expected, each mistake with its sentence, all words.

Numbers travel as exact fractions ("4/3"), since a float written and read again must not move a bound.
"""

from fractions import Fraction

import numpy as np

from cnnbook.exercises import drills, reading, typed
from cnnbook.exercises.convolution import IMAGE, GreyFilter
from cnnbook.exercises.drill_kinds import EPSILON, LEVELS, RATES
from cnnbook.exercises.drill_words import DRILLS
from cnnbook.exercises.mechanics import EXERCISES, ROUNDING, Array, Choice, Number, Parts
from cnnbook.exercises.words import WORDS

PYTHON = {"kind": "python"}  # a function or a model, which only Python can run


def data() -> dict:
    """All that the page's checker needs, of every exercise."""
    limits = {"longest": reading.LONGEST, "most": str(reading.MOST), "digits": reading.DIGITS.prec}
    exercises = {name: as_data(expected()) for name, expected in sorted(EXERCISES.items())}
    said = {"words": WORDS, "spellings": typed.SPELLINGS, "drills": DRILLS}
    return {**said, "limits": limits, "drawn": drawn(), "image": IMAGE.tolist(), "exercises": exercises}


def drawn() -> dict:
    """What drills need besides their words."""
    trial = Number(0.5, "", tolerance=drills.TOLERANCE)
    rules = {"rounding": ROUNDING, "tolerance": drills.TOLERANCE, "apart": drills.APART, "table": Array.tolerance, "within": trial.within}
    return {**rules, "levels": LEVELS, "seeds": drills.MOST_SEED, "epsilon": EPSILON, "rates": list(RATES)}


def as_data(expected: object) -> dict:
    """What is expected of one exercise, or of one of its parts."""
    if isinstance(expected, Number):
        mistakes = [[*_goal(expected, wrong), why] for wrong, why in expected.mistakes]
        said = {"otherwise": expected.otherwise, "within": expected.within, "whole": expected.whole}
        return {"kind": "number", "right": _goal(expected, expected.right), "mistakes": mistakes, **said}
    if isinstance(expected, Choice):
        return {"kind": "choice", "right": expected.right, "allowed": expected.allowed, "wrong": expected.wrong}
    if isinstance(expected, Array):
        mistakes = [[_nested(wrong), why] for wrong, why in expected.mistakes]
        kind = "filter" if isinstance(expected, GreyFilter) else "array"
        right = _nested(expected.right)
        return {"kind": kind, "right": right, "mistakes": mistakes, "what": expected.what, "tolerance": expected.tolerance}
    if isinstance(expected, Parts):
        parts = {name: as_data(part) for name, part in expected.parts.items()}
        return PYTHON if PYTHON in parts.values() else {"kind": "parts", "parts": parts}
    return PYTHON


def _goal(expected: Number, number: float) -> list[str]:
    """A number, and how far from it an answer may be that means it."""
    return [_exact(reading.number(number)), _exact(expected.bound(number))]


def _exact(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


def _nested(array: np.ndarray) -> list:
    return np.asarray(array, np.float64).tolist()
