"""The ledger of claims: each checked number of the book with its bound. The statements and bounds stand in claims.toml.

A claim has exactly one of these bounds:

    equals    the measured value: whole numbers, words, shapes as "(None, 8, 8)", true and false exactly; a number with a decimal
              point within rounding (a relative 1e-9), or to as many decimals as `decimals` says
    at_most   an upper bound: a number, the name of a fact in article.py, or that of a rounding error below
    at_least  a lower bound, likewise
    like      an experiment: the value lies in the prediction interval of its recorded runs
    ahead     two experiments: the first is ahead of the second by at least what their recorded runs, seed by seed, promise
    above     two experiments: the first is above the second: the mean difference over their common seeds lies in its 95 % interval,
              all of which is above zero; two pairs of experiments stand for the difference within each pair
    smallest  several such pairs: the same of the one with the smallest mean difference
    largest   several such pairs: the largest mean difference, whichever its sign, lies in its 95 % interval; about zero it says nothing

In the last three, `of` names what of a run is compared (MEASURES in derived.py), test accuracy by default.

What is computed from recorded runs takes its bound from them, never a typed one, unless `reason` says why and repeats the bound. Any other
typed bound lies within a factor of three (NEAR) of what is measured, or gives its reason.

A statement about recorded runs types no number: a setting stands in it as {cnn.epochs} (settings.py). In one about what a chapter computes
itself, a number is one that the code of its section has, or a product that comes to the bound. tests/claims/test_statements.py holds both.
"""

import ast
import math
import re
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from cnnbook import article, door, records
from cnnbook.claims import derived, settings
from cnnbook.claims.statistics import INTERVAL, Difference, differences, on_same_seeds, prediction_interval
from cnnbook.claims.writing import UNITS, plain, text

LEDGER = Path(__file__).with_name("claims.toml")
BOUNDS = ("equals", "at_most", "at_least", "like", "ahead", *derived.KINDS)
ROUNDING = 1e-9
NEAR = 3
# How far apart two ways to compute the same number may be, of numbers about as large as one.
ROUNDING_ERRORS = {"FLOAT32": 1e-5, "FLOAT64": 1e-9, "CENTRAL_DIFFERENCES": 1e-8}


class ClaimBroken(AssertionError):
    """A measured value is outside the bound that the ledger states."""


@dataclass(frozen=True)
class Claim:
    """One line of the ledger; `unit` is "", or "%" or "points" (fractions are then written as per cent).

    `record` names the experiment whose runs were measured, `reason` says why a bound is far from what is measured, and `named` is true
    where the bound stands in the ledger by name. `of` is what is compared of recorded runs.
    """

    key: str
    chapter: str
    statement: str
    kind: str
    bound: object
    unit: str = ""
    record: str = ""
    decimals: int | None = None
    reason: str = ""
    named: bool = False
    of: str = "test_accuracy"

    def __post_init__(self) -> None:
        door.choice("kind", self.kind, BOUNDS)
        door.choice("unit", self.unit, UNITS)
        if self.decimals is not None:
            door.whole("decimals", self.decimals, 0, 15)
        if self.kind == "equals":
            object.__setattr__(self, "bound", _read_bound(self.bound))

    def holds(self, measured: object) -> bool:
        """Is the measured value within the bound? What is missing, masked or NaN never is."""
        try:
            measured = plain(measured)
        except (TypeError, ValueError):  # no number, no word, no shape
            return False
        if self.kind == "equals":
            return _equal(measured, self.bound, self.decimals)
        low, high = self.interval()
        return _is_number(measured) and low <= measured <= high and not self._unsettled(low)

    def is_near(self, measured: float) -> bool:
        """Is a typed bound within a factor of three of the measured value, or says why not, with the bound itself in its reason?"""
        if self.kind not in ("at_most", "at_least") or self.named:
            return True
        if self.reason:
            return re.search(rf"(?<![\d.]){re.escape(f'{self.bound:g}')}(?![\d.]*\d)", self.reason) is not None
        return abs(self.bound) <= NEAR * abs(measured) and abs(measured) <= NEAR * abs(self.bound)

    def _unsettled(self, low: float) -> bool:
        """Do the recorded runs not show the difference that is claimed?"""
        return self.kind in ("above", "smallest") and low <= 0

    def difference(self) -> Difference | None:
        """The recorded difference that the claim is about, if it is about one."""
        return derived.difference(self.kind, self.bound, self.of) if self.kind in derived.KINDS else None

    def interval(self) -> tuple[float, float]:
        """The bound as (low, high); meaningless for `equals`."""
        if self.kind == "at_most":
            return -math.inf, self.bound
        if self.kind == "at_least":
            return self.bound, math.inf
        if self.kind == "like":
            return prediction_interval(records.test_accuracies(self.bound))
        if recorded := self.difference():
            return recorded.low, recorded.high
        return prediction_interval(list(differences(*on_same_seeds(*self.bound)).values()))[0], math.inf

    def bound_text(self) -> str:
        """The bound in words, the same from run to run."""
        if self.kind == "equals":
            return text(self.bound, self.unit)
        low, high = self.interval()
        if self.kind == "at_most":
            return f"at most {text(high, self.unit)}"
        if self.kind in ("at_least", "ahead"):
            return f"at least {text(low, self.unit)}"
        if recorded := self.difference():
            between = f"from {text(low, self.unit).removesuffix(f' {self.unit}')} to {text(high, self.unit)}"
            shown = "a difference that the recorded runs do not show, " * self._unsettled(low)
            return f"{shown}{between} ({INTERVAL}, {recorded.n} seeds)"
        return f"from {text(low, self.unit)} to {text(high, self.unit)}"

    def experiments(self) -> list[str]:
        """The experiments whose recorded runs stand behind the claim."""
        named = self.bound if self.kind in ("like", "ahead", *derived.KINDS) else []
        return [*dict.fromkeys([self.record] * bool(self.record) + derived.names(named))]

    def experiment(self) -> str:
        """The experiment whose runs are what was measured, or ""."""
        return self.record or (self.bound if self.kind == "like" else "")


def _read_bound(bound: object) -> object:
    """TOML has no None and no tuples: a shape or a truth value may stand there as Python writes it."""
    if isinstance(bound, str) and (bound in ("True", "False") or bound.startswith("(")):
        bound = ast.literal_eval(bound)
    return plain(bound)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value)


def _equal(measured: object, bound: object, decimals: int | None) -> bool:
    """Are the values the same? Never by their text: 1e-5 and 1.4e-5 are written alike."""
    if not _is_number(bound):
        return type(measured) is type(bound) and measured == bound
    if not _is_number(measured):
        return False
    if decimals is not None:
        return abs(measured - bound) <= 0.5 * 10**-decimals + ROUNDING * abs(bound)
    if isinstance(bound, int):
        return measured == bound
    return math.isclose(measured, bound, rel_tol=ROUNDING, abs_tol=0)


@cache
def ledger() -> dict[str, Claim]:
    """All claims, in the order of claims.toml.

    Raises:
        TypeError, ValueError: an entry has no bound, or two, or a field that no claim has; a bound or a setting in a statement is none; or
            a typed bound stands beside a record, without a reason.
    """
    claims = {}
    for key, entry in tomllib.loads(LEDGER.read_text(encoding="utf-8")).items():
        kinds = [kind for kind in BOUNDS if kind in entry]
        if len(kinds) != 1:
            raise ValueError(f"claim {key!r} has the bounds {kinds}; it takes exactly one of {BOUNDS}")
        bound = entry.pop(kinds[0])
        known = {field.name for field in fields(Claim)} - {"key", "kind", "bound", "named"}
        if not {"chapter", "statement"} <= entry.keys() <= known:
            raise ValueError(f"claim {key!r} has {', '.join(entry)}; it takes chapter, statement and any of {', '.join(sorted(known))}")
        named = kinds[0] in ("at_most", "at_least") and isinstance(bound, str)
        if "record" in entry and not named and "reason" not in entry:
            raise ValueError(f"claim {key!r} has a record and the bound {bound!r}; the record gives one: {', '.join(BOUNDS[3:])}")
        entry["statement"] = settings.filled(key, entry["statement"])
        claims[key] = Claim(key=key, kind=kinds[0], bound=_resolved(key, kinds[0], bound), named=named, **entry)
    return claims


def _resolved(key: str, kind: str, bound: object) -> object:
    """The bound as it is compared: a fact of the article or a rounding error by its name becomes its value."""
    if kind in ("at_most", "at_least"):
        if isinstance(bound, str):
            if bound not in ROUNDING_ERRORS and not hasattr(article, bound):
                raise ValueError(f"claim {key!r} has the bound {bound!r}, which is neither a fact in article.py nor a rounding error")
            bound = ROUNDING_ERRORS[bound] if bound in ROUNDING_ERRORS else getattr(article, bound)
        return door.number(f"the bound of claim {key!r}", bound)
    return bound
