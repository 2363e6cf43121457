"""What a recorded run must satisfy to be believed: an unbroken seal, the recipe that was digested, a history that fits its end."""

import hashlib
import json
import math
from collections.abc import Iterable
from datetime import date

SEAL = "seal"
DIGESTS = ("recipe", "network", "data", "code")  # of what made a run; code is None where it was recorded before there were digests
# Of what is measured twice, in batches of other sizes: two of 10,000 images may fall on the other side by rounding; and of a mean loss.
LEEWAY = 2e-4


def digest(value: object) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of anything that JSON has; the order of keys does not count.

    Example:
        >>> digest({"a": 1, "b": (2, 3)}) == digest({"b": [2, 3], "a": 1})
        True
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def sealed(entry: dict) -> dict:
    """What is written of a record: all it says, and the digest of that."""
    return {**entry, SEAL: digest(entry)}


def unsealed(entry: dict) -> dict:
    """What a record in a file says, without its seal; one written before there were seals has none.

    Raises:
        ValueError: it was altered after it was written.
    """
    rest = {name: value for name, value in entry.items() if name != SEAL}
    if SEAL in entry and entry[SEAL] != digest(rest):
        raise ValueError(f"the seal of seed {entry.get('seed')} is broken: it is not what the training wrote; restore it, or train again")
    return rest


def one_experiment(experiment: str, runs: Iterable) -> None:
    """Raise ValueError where a seed comes twice or a run belongs to another experiment."""
    seeds = set()
    for run in runs:
        if run.experiment != experiment:
            raise ValueError(f"seed {run.seed} is a run of {run.experiment!r}, not of {experiment!r}")
        if run.seed in seeds:
            raise ValueError(f"seed {run.seed} is recorded more than once")
        seeds.add(run.seed)


def examine(runs: Iterable) -> None:
    """Raise ValueError where the runs of an experiment contradict themselves or each other."""
    histories: dict[str, int] = {}
    for run in runs:
        if fault := _fault(run):
            raise ValueError(f"seed {run.seed}: {fault}")
        if any(math.isfinite(value) for value in run.history.get("loss", [])):  # runs that broke at once are alike
            other = histories.setdefault(repr(sorted(run.history.items())), run.seed)
            if other != run.seed:
                raise ValueError(f"seeds {other} and {run.seed} have the same history; one is a copy of the other")


def _fault(run) -> str:
    """What is wrong with one run, or ""."""
    if run.digests is not None and run.digests["recipe"] != digest(run.recipe):
        return "its recipe is not the one from which its digest was made"
    lengths = {len(values) for values in run.history.values()}
    if "epochs" in run.recipe and lengths - {run.recipe["epochs"]}:
        return f"its history has {lengths.pop()} epochs, its recipe {run.recipe['epochs']}"
    for what in ("accuracy", "loss"):
        last = f"test_{what}" if run.recipe.get("validation") == "held_out" else f"val_{what}"
        recorded = getattr(run, f"test_{what}")
        measured = run.history.get(last, [recorded])[-1]
        if not (abs(measured - recorded) <= LEEWAY or (math.isnan(measured) and math.isnan(recorded))):
            return f"its history ends with {last} {measured}, but its test {what} is {recorded}"
    if not run.machine:
        return "it does not say on which machine it was trained"
    try:
        date.fromisoformat(run.date)
    except ValueError:
        return f"its date is {run.date!r}; it takes a date such as 2026-01-31"
    return ""
