"""What a chapter calls: compare a measured value with its claim, and make numbers available to the prose.

`check("cnn_parameters", model.count_params())` compares, prints one stable sentence, makes the number available to the prose, where
bookbuild/execute.py writes it into <span data-number="cnn_parameters"></span>, and raises where the claim does not hold.
"""

import math
from collections.abc import Callable
from operator import attrgetter

from cnnbook import records
from cnnbook.claims import claim as claims
from cnnbook.claims.statistics import Difference, Runs, paired_difference
from cnnbook.claims.writing import difference_text, mean_and_sd, plain, text
from cnnbook.run_record import RunRecord

AHEAD = ("ahead of", "behind", "level with")


def check(key: str, measured: object) -> None:
    """Compare a measured value with claim `key`, print the verdict, and tell the prose the number.

    Raises:
        KeyError: the ledger has no such claim.
        ClaimBroken: the value is outside the bound, or is missing, masked, NaN or no value at all.

    Example (not run by the tests: it displays numbers in a notebook):
        >>> check("mlp_parameters", 646_260)  # doctest: +SKIP
        ✓ mlp_parameters: 646,260
    """
    if key not in claims.ledger():
        raise KeyError(f"claim {key!r} is not in {claims.LEDGER.name}")
    claim = claims.ledger()[key]
    if not claim.holds(measured):
        raise claims.ClaimBroken(f"{key}: {claim.statement}: measured {_shown(measured, claim.unit)}, claimed {claim.bound_text()}")
    print(f"✓ {key}: {claim.bound_text()}")
    experiment = claim.experiment()
    shown = mean_and_sd(records.test_accuracies(experiment)) if experiment else claim.bound_text()
    tell(key, shown, measured)
    if claim.kind != "equals":
        tell(f"{key}_bound", claim.bound_text())


def _shown(measured: object, unit: str) -> str:
    """A value that was not expected, with every digit where it is a number."""
    try:
        value = plain(measured)
    except (TypeError, ValueError):
        return repr(measured)
    if isinstance(value, float) and math.isfinite(value):
        return f"{100 * value:.10g} {unit}" if unit else f"{value:.10g}"
    return text(value, unit)


def tell(key: str, value: object, measured: object = None) -> None:
    """Make a computed value available to the prose as `key`, without checking it.

    Raises:
        TypeError, ValueError: the value is missing, masked or not finite, or no value at all.
    """
    from IPython.display import display  # imported late: only notebooks need it

    # What myst_nb's `glue` does, without loading it; the measured value is metadata: nbval does not compare it, the claims page reads it.
    prefix = "application/papermill.record/"
    metadata = {"scrapbook": {"name": key, "mime_prefix": prefix}}
    if measured is not None:
        metadata["claim"] = {"key": key, "measured": plain(measured)}
    value = plain(value)
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError(f"value of {key!r} is {value}; the prose takes what was measured")
    display({f"{prefix}text/plain": repr(value if isinstance(value, str) else text(value))}, metadata=metadata, raw=True)


def tell_record(key: str, experiment: str) -> None:
    """Tell the prose an experiment's test accuracy, mean ± sd as `key`, and its runs' number and mean seconds as `key_n`, `key_seconds`.

    The seconds are those of the runs that had the machine to themselves; where none had, `key_seconds` is not told.
    """
    runs = records.load(experiment)
    tell(key, mean_and_sd([run.test_accuracy for run in runs]))
    tell(f"{key}_n", len(runs))
    if any(run.seconds is not None for run in runs):
        tell(f"{key}_seconds", round(records.mean_seconds(runs)))


def tell_difference(
    key: str,
    first: Runs,
    second: Runs,
    measure: Callable[[RunRecord], float] = attrgetter("test_accuracy"),
    *,
    unit: str = "points",
    words: tuple[str, str, str] = AHEAD,
    pairs: str = "seeds",
) -> Difference:
    """Tell the prose by how much `first` is above `second`, with interval and seeds (or other `pairs`, by their numbers), as `key`.

    As `key_n` the number of seeds, and as `key_direction` the first of `words` where `first` is above `second`, the second of them
    where it is below, and the third where the runs show no difference.

    Raises:
        TypeError, ValueError: as `paired_difference`.

    Example (not run by the tests: it displays numbers in a notebook):
        >>> tell_difference("cnn_lead", records.load("cnn"), records.load("mlp"))  # doctest: +SKIP
    """
    difference = paired_difference(first, second, measure)
    tell(key, difference_text(difference, unit, pairs))
    tell(f"{key}_n", difference.n)
    above, below, neither = words
    tell(f"{key}_direction", (above if difference.mean > 0 else below) if difference.shown else neither)
    return difference
