"""What one training run has recorded: the run itself, and what entered and left its activations.

A number that was not finite is NaN: in a history, as a loss, and among what was watched.
"""

import json
import math
from dataclasses import dataclass

from cnnbook import door, soundness


@dataclass(frozen=True)
class RunRecord:
    """One training run.

    Accuracies are fractions between 0 and 1, `seconds` is wall time without evaluation at the end, or None where other work ran
    beside it, and `history` holds one list per measured quantity with one value per epoch, NaN where it was not finite. `digests`
    are of what made the run (soundness.DIGESTS); None where it was recorded without them.

    Raises:
        TypeError, ValueError: a field cannot be recorded.
    """

    experiment: str
    model: str
    recipe: dict
    seed: int
    history: dict[str, list[float]]
    test_accuracy: float
    test_loss: float
    seconds: float | None
    versions: dict[str, str]
    machine: str
    date: str
    digests: dict[str, str | None] | None = None

    def __post_init__(self) -> None:
        for name in ("experiment", "model", "machine", "date"):
            _is(name, getattr(self, name), str)
        for name in ("recipe", "history", "versions"):
            _is(name, getattr(self, name), dict)
        settled = {
            "recipe": _as_json_has_it("recipe", self.recipe),
            "versions": _as_json_has_it("versions", self.versions),
            "seed": door.whole("seed", self.seed, 0),
            "history": {name: _measured(f"history[{name!r}]", values) for name, values in self.history.items()},
            "test_accuracy": door.number("test_accuracy", self.test_accuracy, 0, 1),
            "test_loss": _measured("test_loss", [self.test_loss])[0],
            "seconds": None if self.seconds is None else door.number("seconds", self.seconds, 0),
        }
        for name, value in settled.items():
            object.__setattr__(self, name, value)
        if self.digests is not None and (not isinstance(self.digests, dict) or tuple(self.digests) != soundness.DIGESTS):
            raise ValueError(f"digests is {self.digests!r}; it takes those of {', '.join(soundness.DIGESTS)}")
        if len({len(values) for values in self.history.values()}) > 1:
            lengths = {name: len(values) for name, values in self.history.items()}
            raise ValueError(f"history has lists of the lengths {lengths}; each takes one value per epoch")


@dataclass(frozen=True)
class ActivationRecord:
    """What entered and left a network's activations while it trained, as `activation_watch` saw it.

    `steps` are numbers of updates; the histograms of a layer go from -reach to reach, of its `reaches`. The measurements are
    [layer][step]. Of what enters: `counts` thousandths of the values in each bin, `means` and `sds` of a whole layer, and `moved` how
    far a channel's mean moves in the next update, in its standard deviations, averaged over channels. Of what leaves: `left_moved`, one
    such list for the "mean" of a channel, its "sd", and its 10th and 90th percentile, "low" and "high"; and `channels`, the
    [low, mean, high] of the first few channels.
    """

    experiment: str
    seed: int
    images: int
    steps: list[int]
    reaches: list[float]
    counts: list[list[list[int]]]
    means: list[list[float]]
    sds: list[list[float]]
    moved: list[list[float]]
    left_moved: dict[str, list[list[float]]]
    channels: list[list[list[list[float]]]]

    def __post_init__(self) -> None:
        _is("experiment", self.experiment, str)
        object.__setattr__(self, "seed", door.whole("seed", self.seed, 0))
        object.__setattr__(self, "images", door.whole("images", self.images))
        for name in ("steps", "reaches", "counts"):
            _is(name, getattr(self, name), list)
        _is("left_moved", self.left_moved, dict)
        depths = {"means": 2, "sds": 2, "moved": 2, "channels": 4}
        read = {name: _nested(name, getattr(self, name), depth) for name, depth in depths.items()}
        read["left_moved"] = {of: _nested(f"left_moved[{of!r}]", layers, 2) for of, layers in self.left_moved.items()}
        for name, value in read.items():
            object.__setattr__(self, name, value)


def _is(name: str, value: object, kind: type) -> None:
    if not isinstance(value, kind):
        raise TypeError(f"{name} is {value!r}; it takes a {kind.__name__}")


def _measured(name: str, values: object) -> list[float]:
    """Numbers; each that is not finite becomes the one math.nan, so that equal records are equal."""
    if not isinstance(values, list | tuple):
        raise TypeError(f"{name} is {values!r}; it takes a list of numbers")
    return [_finite_or_nan(name, value) for value in values]


def _nested(name: str, value: object, depth: int) -> list:
    """Lists in lists, `depth` of them, the innermost of numbers."""
    if depth == 1:
        return _measured(name, value)
    _is(name, value, list)
    return [_nested(name, part, depth - 1) for part in value]


def _finite_or_nan(name: str, value: object) -> float:
    if value is None:
        return math.nan
    try:
        return door.number(name, value)
    except ValueError:  # a number, but not a finite one
        return math.nan


def _as_json_has_it(name: str, value: dict) -> dict:
    """With lists for tuples, as it will be read back."""
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name} is {value!r}, which cannot be written as JSON: {error}") from None
