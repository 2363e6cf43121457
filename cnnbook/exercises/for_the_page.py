"""The exercises as data, from which the page's script checks answers: what is expected, each mistake with its sentence, all words.

A whole number travels as it is, one in floating point as a list of one, because JavaScript does not tell 5.0 from 5 and the bounds differ.
"""

from numbers import Integral

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
    limits = {"longest": reading.LONGEST, "most": str(reading.MOST), "digits": reading.DIGITS.prec, "rounding": ROUNDING}
    exercises = {name: as_data(expected()) for name, expected in sorted(EXERCISES.items())}
    said = {"words": WORDS, "spellings": typed.SPELLINGS, "drills": DRILLS}
    return {**said, "limits": limits, "drawn": drawn(), "image": IMAGE.tolist(), "exercises": exercises}


def drawn() -> dict:
    """What drills need besides their words."""
    trial = Number(0.5, "", tolerance=drills.TOLERANCE)
    rules = {"tolerance": drills.TOLERANCE, "apart": drills.APART, "table": Array.tolerance, "within": trial.within}
    return {**rules, "levels": LEVELS, "seeds": drills.MOST_SEED, "epsilon": EPSILON, "rates": list(RATES)}


def as_data(expected: object) -> dict:
    """What is expected of one exercise, or of one of its parts."""
    if isinstance(expected, Number):
        mistakes = [[_goal(wrong), why] for wrong, why in expected.mistakes]
        said = {"otherwise": expected.otherwise, "within": expected.within, "tolerance": expected.tolerance}
        return {"kind": "number", "right": _goal(expected.right), "mistakes": mistakes, **said}
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


def _goal(number: float) -> int | list[float]:
    return int(number) if isinstance(number, Integral) else [float(number)]


def _nested(array: np.ndarray) -> list:
    return np.asarray(array, np.float64).tolist()
