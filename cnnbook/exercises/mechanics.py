"""How an answer is checked: the kinds of answer, the register of exercises, and the verdict in one line.

An exercise is a function that returns what is expected, computed when it is first asked for; its name is the exercise's
name, and its module the chapter's topic:

    @exercise
    def filters_of_five() -> Number:
        "Weights of one filter of 5×5 on a colour image, without bias."
        return Number(
            arithmetic.conv_parameters(5, 3, 1, use_bias=False),
            "count the weights for one channel first, then take all channels",
            mistakes=[(arithmetic.conv_parameters(5, 1, 1, use_bias=False), "a filter is as deep as its input")],
        )

A mistake is a wrong answer that people give, computed as they compute it, with the sentence that helps. `otherwise` is
said about every other wrong answer. No sentence gives a right number away.
"""

import copy
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from numbers import Integral

import numpy as np

from cnnbook.exercises import reading, typed
from cnnbook.exercises.reading import NotAnswered, Wrong, described, shown
from cnnbook.exercises.words import say

ROUNDING = 1e-9  # what a whole number may be off after floating-point arithmetic, relative
EXERCISES: dict[str, Callable] = {}


@dataclass(frozen=True)
class Number:
    """One number: a whole one if `right` is an integer, otherwise within `tolerance` (relative) of it.

    `otherwise` is the first step on the way, and is said about every wrong number that is not a known mistake.
    """

    right: float
    otherwise: str
    mistakes: Sequence[tuple[float, str]] = ()
    tolerance: float = 1e-3

    def check(self, answer: object) -> None:
        """Return if the answer is right; raise Wrong or NotAnswered if it is not."""
        value = typed.number(answer) if isinstance(answer, str) else reading.number(answer)
        if self._means(value, self.right):
            return
        for mistake, why in self.mistakes:
            if self._means(value, mistake):
                raise Wrong(say("known", answer=shown(value), why=why))
        if self.whole and value.denominator != 1:
            raise Wrong(say("not_whole", answer=shown(value), otherwise=self.otherwise))
        way = "too_high" if value > reading.number(self.right) else "too_low"
        raise Wrong(say(way, answer=shown(value), within=self.within, otherwise=self.otherwise))

    @property
    def whole(self) -> bool:
        """Is a whole number asked for?"""
        return isinstance(self.right, Integral)

    @property
    def within(self) -> str:
        """What is said about how exact the answer has to be."""
        return "" if self.whole else say("within", share=f"{self.tolerance:.1%}")

    def bound(self, number: float) -> Fraction:
        """How far from `number` an answer may be that means it."""
        return Fraction(ROUNDING if isinstance(number, Integral) else self.tolerance) * (abs(reading.number(number)) or 1)

    def _means(self, value: Fraction, number: float) -> bool:
        return abs(value - reading.number(number)) <= self.bound(number)


@dataclass(frozen=True)
class Choice:
    """One of several words; `wrong` says of each wrong one why it is wrong."""

    right: str
    wrong: dict[str, str]

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """The wrong words and what is said about them."""
        return list(self.wrong.items())

    def check(self, answer: object) -> None:
        """As `Number.check`."""
        said = self._read(answer)
        if said != self.right:
            raise Wrong(say("known", answer=reading.quoted(said), why=self.wrong[said]))

    @property
    def allowed(self) -> list[str]:
        """All the words, in an order that does not tell which one is right."""
        return sorted([self.right, *self.wrong])

    def _read(self, answer: object) -> str:
        if isinstance(answer, str):
            return typed.word(answer, self.allowed)
        reading.refuse_missing(answer)
        raise Wrong(say("no_word", allowed=", ".join(map(reading.quoted, self.allowed)), answer=described(answer)))


@dataclass(frozen=True)
class Array:
    """An array of numbers; `what` names it in the message about its shape."""

    right: np.ndarray
    what: str
    mistakes: Sequence[tuple[np.ndarray, str]] = ()
    tolerance: float = 1e-6

    def check(self, answer: object) -> None:
        """As `Number.check`."""
        value, right = typed.array(answer), np.asarray(self.right)
        if _same(value, right, self.tolerance):
            return
        for mistake, why in self.mistakes:
            if _same(value, np.asarray(mistake), self.tolerance):
                raise Wrong(say("array", why=why))
        if value.shape != right.shape:
            raise Wrong(say("shape", shape=value.shape, what=self.what, wanted=right.shape))
        raise Wrong(self.difference(value))

    def difference(self, value: np.ndarray) -> str:
        """What is said about an array that is neither right nor a known mistake; subclasses say more."""
        return say("first", place=reading.place(reading.first_place(_differs(value, self.right, self.tolerance))))


@dataclass(frozen=True)
class Function:
    """A function, called with the arguments of each case and compared with `right`, a function that is known to be right."""

    right: Callable
    cases: Sequence[tuple]
    mistakes: Sequence[tuple[Callable, str]] = ()
    tolerance: float = 1e-6

    def check(self, answer: object) -> None:
        """As `Number.check`; what goes wrong inside the function is told, not raised."""
        if answer is ...:
            raise NotAnswered
        if not callable(answer):
            raise Wrong(f"expected a function, got {described(answer)}; hand over its name, without brackets")
        given, changed = [], False
        for case, wanted in zip(self.cases, self._results(self.right), strict=True):
            arguments = copy.deepcopy(case)
            given.append(call(answer, arguments, wanted))
            changed |= not all(map(np.array_equal, arguments, case))
        case = self._first_difference(given, self.right)
        if case is not None:
            for mistake, why in self.mistakes:
                if self._first_difference(given, mistake) is None:
                    raise Wrong(say("array", why=why))
            raise Wrong(self._in_words(case, given[case]))
        if changed:
            raise Wrong("the result is right, but the function also changes what it is given; let it work on a copy")

    def _results(self, function: Callable) -> list[np.ndarray]:
        return [np.asarray(function(*copy.deepcopy(case)), np.float64) for case in self.cases]

    def _first_difference(self, given: list[np.ndarray], function: Callable) -> int | None:
        pairs = enumerate(zip(given, self._results(function), strict=True))
        return next((case for case, (value, wanted) in pairs if not _same(value, wanted, self.tolerance)), None)

    def _in_words(self, case: int, value: np.ndarray) -> str:
        wanted = self._results(self.right)[case]
        index = reading.first_place(_differs(value, wanted, self.tolerance))
        where = f" {reading.place(index)}" if index else ""
        return f"{_called(self.cases[case])} gives {shown(value[index])} instead of {shown(wanted[index])}{where}"


@dataclass(frozen=True)
class Parts:
    """Several answers at once, by name: a dict with these keys, or a tuple in this order."""

    parts: dict[str, object]

    @property
    def right(self) -> tuple:
        """The right answers, in order."""
        return tuple(part.right for part in self.parts.values())

    @property
    def mistakes(self) -> list[tuple[tuple, str]]:
        """The known mistakes of each part, the other parts being right."""
        places = enumerate(self.parts.values())
        return [((*self.right[:i], wrong, *self.right[i + 1 :]), why) for i, part in places for wrong, why in part.mistakes]

    def check(self, answer: object) -> None:
        """As `Number.check`, for each part; a part that is answered is told about even if another is not."""
        if answer is ...:
            raise NotAnswered
        wrong, missing = [], []
        for name, value in self._by_name(answer).items():
            try:
                self.parts[name].check(value)
            except Wrong as fault:
                wrong.append(say("part", name=name, why=fault))
            except NotAnswered:
                missing.append(name)
        if wrong:
            raise Wrong("; ".join(wrong))
        if missing:
            raise NotAnswered(*missing if len(missing) < len(self.parts) else ())

    def _by_name(self, answer: object) -> dict[str, object]:
        names = ", ".join(self.parts)
        if isinstance(answer, dict):
            if set(answer) != set(self.parts):
                got = f"the keys {', '.join(map(shown, answer))}" if answer else "an empty dict"
                raise Wrong(f"expected a dict with the keys {names}; got {got}")
            return {name: answer[name] for name in self.parts}
        if isinstance(answer, np.ndarray) and answer.ndim == 1:
            answer = tuple(answer)
        if not isinstance(answer, tuple | list) or len(answer) != len(self.parts):
            raise Wrong(say("count", count=len(self.parts), names=names, answer=described(answer)))
        return dict(zip(self.parts, answer, strict=True))


def exercise(function: Callable) -> Callable:
    """Register a function that returns what is expected as the exercise of its name.

    Raises:
        ValueError: another module has an exercise of that name.
    """
    name = function.__name__
    if name in EXERCISES and EXERCISES[name].__module__ != function.__module__:
        raise ValueError(f"exercise {name!r} is in {EXERCISES[name].__module__} and in {function.__module__}; a name is given once")
    EXERCISES[name] = cache(function)
    return function


def verdict(name: str, answer: object) -> str:
    """What `answer` prints."""
    if not isinstance(name, str) or name not in EXERCISES:
        raise KeyError(f"there is no exercise {name!r}; there are {', '.join(sorted(EXERCISES))}")
    return judged(name, EXERCISES[name](), answer)


def judged(name: str, expected: object, answer: object) -> str:
    """The verdict on an answer by what is expected."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected.check(answer)
    except NotAnswered as missing:
        return say("partly_open", name=name, parts=", ".join(missing.args)) if missing.args else say("open", name=name)
    except Wrong as wrong:
        return say("wrong", name=name, why=str(wrong).rstrip("."))
    except Exception as error:  # whatever a learner hands in, the check refuses it and goes on
        return f"✗ {name}: the answer could not be read ({type(error).__name__})."
    return say("right", name=name)


def call(function: Callable, arguments: tuple, wanted: np.ndarray) -> np.ndarray:
    """A learner's function, called: its result as an array of the wanted shape, or what went wrong."""
    called = _called(arguments)
    try:
        result = function(*arguments)
    except (Exception, SystemExit) as error:
        raise Wrong(f"{called} stops with {type(error).__name__}: {reading.shortened(str(error))}") from None
    try:
        value = reading.array(result) if wanted.ndim else np.asarray(reading.number(result), np.float64)
    except Wrong as fault:
        raise Wrong(f"the result of {called}: {fault}") from None
    if value.shape != wanted.shape:
        raise Wrong(f"{called} gives an array of shape {value.shape} instead of {wanted.shape}")
    return value


def _called(arguments: tuple) -> str:
    return f"your function({', '.join(map(shown, arguments))})"


def _differs(value: np.ndarray, wanted: np.ndarray, tolerance: float) -> np.ndarray:
    """Where two arrays of one shape differ by more than `tolerance` of the largest wanted number."""
    return ~(np.abs(value - wanted) <= tolerance * (np.abs(wanted).max() or 1))


def _same(value: np.ndarray, wanted: np.ndarray, tolerance: float) -> bool:
    return value.shape == wanted.shape and not _differs(value, wanted, tolerance).any()
