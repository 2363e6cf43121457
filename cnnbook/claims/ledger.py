"""The ledger of claims: each checked number of the book with its bound, compared with what a chapter measures.

A chapter calls `check("cnn_parameters", model.count_params())`: that compares, prints one stable sentence, makes the
number available to the prose, where bookbuild/execute.py writes it into <span data-number="cnn_parameters"></span>, and raises
where the claim does not hold. The statements and bounds stand in claims.toml. A claim has exactly one of these bounds:

    equals    the measured value, written as the book writes it
    at_most   an upper bound: a number, or the name of a fact in article.py
    at_least  a lower bound, likewise
    like      an experiment: the value lies in the prediction interval of its recorded runs
    ahead     two experiments: the first is ahead of the second by at least what their recorded runs promise
"""

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import mean

import numpy as np
from scipy.stats import t as student_t

from cnnbook import article, records

LEDGER = Path(__file__).with_name("claims.toml")
BOUNDS = ("equals", "at_most", "at_least", "like", "ahead")
CONFIDENCE = 0.99


class ClaimBroken(AssertionError):
    """A measured value is outside the bound that the ledger states."""


@dataclass(frozen=True)
class Claim:
    """One line of the ledger; `unit` is "", or "%" or "points" (fractions are then written as per cent)."""

    key: str
    chapter: str
    statement: str
    kind: str
    bound: object
    unit: str = ""
    record: str = ""

    def holds(self, measured: object) -> bool:
        """Is the measured value within the bound?"""
        if self.kind == "equals":
            return text(measured, self.unit) == text(self.bound, self.unit)
        low, high = self.interval()
        return bool(low <= measured <= high)

    def interval(self) -> tuple[float, float]:
        """The bound as (low, high); meaningless for `equals`."""
        if self.kind == "at_most":
            return -math.inf, self.bound
        if self.kind == "at_least":
            return self.bound, math.inf
        if self.kind == "like":
            return prediction_interval(records.test_accuracies(self.bound))
        first, second = (records.test_accuracies(name) for name in self.bound)
        return prediction_interval([a - b for a, b in zip(first, second, strict=True)])[0], math.inf

    def bound_text(self) -> str:
        """The bound in words, the same from run to run."""
        if self.kind == "equals":
            return text(self.bound, self.unit)
        low, high = self.interval()
        if self.kind == "at_most":
            return f"at most {text(high, self.unit)}"
        if self.kind in ("at_least", "ahead"):
            return f"at least {text(low, self.unit)}"
        return f"from {text(low, self.unit)} to {text(high, self.unit)}"

    def experiment(self) -> str:
        """The experiment whose recorded runs stand behind the claim, or ""."""
        return self.record or (self.bound if self.kind == "like" else "")


def prediction_interval(values: list[float], confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Where one further run is expected to fall, from the runs so far: mean ± t · sd · √(1 + 1/n).

    Source: Student's t prediction interval for one future observation of a normal sample.

    Example:
        >>> [round(x, 3) for x in prediction_interval([0.72, 0.73, 0.74], confidence=0.9)]
        [0.696, 0.764]
    """
    runs = records.spread(values)
    reach = float(student_t.ppf((1 + confidence) / 2, runs.n - 1)) * runs.sd * math.sqrt(1 + 1 / runs.n)
    return runs.mean - reach, runs.mean + reach


def text(value: object, unit: str = "") -> str:
    """A value as the book writes it.

    Example:
        >>> text(592554), text(0.7312, "%"), text((None, 8, 8)), text(1e-5)
        ('592,554', '73.1 %', '(None, 8, 8)', '1e-05')
    """
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if unit:
        return f"{100 * value:.1f} {unit}"
    if isinstance(value, str | tuple | list | bool | np.bool_):
        return str(tuple(value)) if isinstance(value, list) else str(value)
    if value == int(value):
        return f"{int(value):,}".replace("-", "−")
    return f"{value:.4g}".replace("-", "−") if abs(value) >= 1e-4 else f"{value:.0e}"


def mean_and_sd(values: list[float], unit: str = "%") -> str:
    """Repeated measurements as the book writes them.

    Example:
        >>> mean_and_sd([0.72, 0.73, 0.74])
        '73.0 ± 1.0 %'
    """
    runs = records.spread(values)
    return f"{100 * runs.mean:.1f} ± {100 * runs.sd:.1f} %" if unit == "%" else f"{runs.mean:.4g} ± {runs.sd:.2g}"


@cache
def ledger() -> dict[str, Claim]:
    """All claims, in the order of claims.toml.

    Raises:
        ValueError: an entry has no bound, or two.
    """
    claims = {}
    for key, entry in tomllib.loads(LEDGER.read_text(encoding="utf-8")).items():
        kinds = [kind for kind in BOUNDS if kind in entry]
        if len(kinds) != 1:
            raise ValueError(f"claim {key!r} has the bounds {kinds}; it takes exactly one of {BOUNDS}")
        rest = {name: value for name, value in entry.items() if name != kinds[0]}
        bound = entry[kinds[0]]
        if kinds[0] in ("at_most", "at_least") and isinstance(bound, str):
            bound = getattr(article, bound)
        claims[key] = Claim(key=key, kind=kinds[0], bound=bound, **rest)
    return claims


def check(key: str, measured: object) -> None:
    """Compare a measured value with claim `key`, print the verdict, and tell the prose the number.

    Raises:
        KeyError: the ledger has no such claim.
        ClaimBroken: the value is outside the bound.

    Example (not run by the tests: outside a notebook it also prints what the prose is told):
        >>> check("mlp_parameters", 646_260)  # doctest: +SKIP
        ✓ mlp_parameters: 646,260
    """
    if key not in ledger():
        raise KeyError(f"claim {key!r} is not in {LEDGER.name}")
    claim = ledger()[key]
    measured = measured.item() if hasattr(measured, "item") else measured
    if not claim.holds(measured):
        raise ClaimBroken(f"{key}: {claim.statement}: measured {text(measured, claim.unit)}, claimed {claim.bound_text()}")
    print(f"✓ {key}: {claim.bound_text()}")
    experiment = claim.experiment()
    shown = mean_and_sd(records.test_accuracies(experiment)) if experiment else claim.bound_text()
    tell(key, shown, measured)
    if claim.kind != "equals":
        tell(f"{key}_bound", claim.bound_text())


def tell(key: str, value: object, measured: object = None) -> None:
    """Make a computed value available to the prose as `key`, without checking it."""
    from IPython.display import display  # imported late: only notebooks need it

    # What myst_nb's `glue` does, without loading it; the measured value is metadata: nbval does not compare it, the claims page reads it.
    prefix = "application/papermill.record/"
    metadata = {"scrapbook": {"name": key, "mime_prefix": prefix}}
    if measured is not None:
        metadata["claim"] = {"key": key, "measured": measured}
    shown = value if isinstance(value, str) else text(value)
    display({f"{prefix}text/plain": repr(shown)}, metadata=metadata, raw=True)


def tell_record(key: str, experiment: str) -> None:
    """Tell the prose an experiment's test accuracy, mean ± sd as `key`, and its runs' number and mean seconds as `key_n`, `key_seconds`."""
    runs = records.load(experiment)
    tell(key, mean_and_sd([run.test_accuracy for run in runs]))
    tell(f"{key}_n", len(runs))
    tell(f"{key}_seconds", round(mean(run.seconds for run in runs)))
