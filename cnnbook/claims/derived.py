"""Bounds that recorded runs give, so that nobody has to type them: where the mean difference of experiments is, on the same seeds."""

from collections.abc import Callable, Sequence
from operator import attrgetter

from cnnbook import door
from cnnbook.claims.statistics import Difference, differences, on_same_seeds, paired_difference
from cnnbook.run_record import RunRecord

KINDS = ("above", "largest", "smallest")


def _on_held_out_images(run: RunRecord) -> float:
    if run.recipe["validation"] != "held_out":
        raise ValueError(f"{run.experiment} held no images out; it takes experiments whose recipe has validation 'held_out'")
    return run.history["val_accuracy"][-1]


def _on_training_images(run: RunRecord) -> float:
    return run.history["train_accuracy"][-1]


# What of a run is compared, by the name that a claim gives in `of`.
MEASURES: dict[str, Callable[[RunRecord], float]] = {
    "test_accuracy": attrgetter("test_accuracy"),
    "test_loss": attrgetter("test_loss"),
    "train_accuracy": _on_training_images,
    "held_out_accuracy": _on_held_out_images,
    "gap": lambda run: _on_training_images(run) - run.test_accuracy,
}
ASKED = {"train_accuracy": "train_accuracy", "gap": "train_accuracy"}  # what the history of a run must have

Side = str | Sequence[str]


def difference(kind: str, bound: Sequence, of: str = "test_accuracy") -> Difference:
    """The mean difference, with its interval, that a claim of one of KINDS is about; of `largest` and `smallest` that of one pair.

    Raises:
        TypeError, ValueError: the bound is of another form, or there are no such runs.

    Example:
        >>> difference("above", ["cnn", "mlp"]).shown
        True
    """
    measure = door.choice("of", of, MEASURES)
    if kind == "above":
        return _between(bound, measure)
    if not isinstance(bound, list) or not bound:
        raise TypeError(f"{kind} is {bound!r}; it takes a list of pairs of experiments")
    found = [_between(pair, measure) for pair in bound]
    if kind == "smallest":
        return min(found, key=lambda each: each.mean)
    largest = max(found, key=lambda each: abs(each.mean))
    return largest if largest.mean >= 0 else -largest


def names(bound: object) -> list[str]:
    """The experiments that a bound names, in its order."""
    return [bound] if isinstance(bound, str) else [name for part in bound for name in names(part)]


def _between(sides: Sequence[Side], of: str) -> Difference:
    """Of two sides; one of them is an experiment, or a pair of experiments that stands for the difference between those."""
    if not isinstance(sides, list) or len(sides) != 2 or {len(names(side)) for side in sides} not in ({1}, {2}):
        raise TypeError(f"experiments are {sides!r}; it takes two of them, or two pairs")
    runs = iter(on_same_seeds(*names(sides), having=ASKED.get(of, "")))
    values = []
    for side in sides:
        if isinstance(side, str):
            values.append({run.seed: MEASURES[of](run) for run in next(runs)})
        else:
            values.append(differences(next(runs), next(runs), MEASURES[of]))
    return paired_difference(*values)
