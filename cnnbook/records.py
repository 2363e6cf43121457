"""Run records: what a training run was, what it measured and where, as JSON in `records/`.

JSON has no NaN: in a history, and as a loss, null is a number that was not finite, and is read as NaN. As `seconds` it is a time that was
not measured, because the run shared its machine with other work.
"""

import json
import math
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from statistics import mean

from cnnbook import door, soundness

PACKAGE = Path(__file__).resolve().parent
# A wheel carries the records inside the package (pyproject.toml); in a checkout they lie beside it, where trainings write them.
IN_WHEEL = PACKAGE / "recorded"
RECORDS = IN_WHEEL if IN_WHEEL.is_dir() else PACKAGE.parent / "records"


class NotRecorded(RuntimeError):
    """What was measured could not be written where it belongs; the message says why, and where it is instead."""


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
        moves = {of: [_measured(f"left_moved[{of!r}]", layer) for layer in layers] for of, layers in self.left_moved.items()}
        object.__setattr__(self, "left_moved", moves)
        channels = [[[_measured("channels", channel) for channel in step] for step in layer] for layer in self.channels]
        object.__setattr__(self, "channels", channels)
        for name in ("means", "sds", "moved"):
            _is(name, getattr(self, name), list)
            object.__setattr__(self, name, [_measured(name, layer) for layer in getattr(self, name)])


def _is(name: str, value: object, kind: type) -> None:
    if not isinstance(value, kind):
        raise TypeError(f"{name} is {value!r}; it takes a {kind.__name__}")


def _measured(name: str, values: object) -> list[float]:
    """Numbers; each that is not finite becomes the one math.nan, so that equal records are equal."""
    if not isinstance(values, list | tuple):
        raise TypeError(f"{name} is {values!r}; it takes a list of numbers")
    return [_finite_or_nan(name, value) for value in values]


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


def path_of(experiment: str) -> Path:
    """Where the runs of an experiment are kept."""
    return RECORDS / f"{experiment}.json"


def activations_path(experiment: str) -> Path:
    """Where the watched activations of an experiment are kept."""
    return RECORDS / "activations" / f"{experiment}.json"


def weights_path(experiment: str) -> Path:
    """Where the trained weights of an experiment's seed 0 are kept."""
    return RECORDS / f"{experiment}.weights.h5"


def save(experiment: str, runs: list[RunRecord]) -> None:
    """Write all runs of an experiment, in order of seed; a crash while writing leaves the old file as it was.

    Raises:
        ValueError: a seed comes twice, or a run is one of another experiment.
        NotRecorded: they could not be written; the message says where they are instead.
    """
    soundness.one_experiment(experiment, runs)
    runs = sorted(runs, key=lambda run: run.seed)
    with kept(runs):
        entries = [soundness.sealed(_without_nan(asdict(run))) for run in runs]
        _write(path_of(experiment), json.dumps(entries, indent=1, allow_nan=False) + "\n")


def save_activations(experiment: str, watched: list[ActivationRecord]) -> None:
    """Write the watched activations of an experiment, one run per line; a crash while writing leaves the old file as it was.

    Raises:
        ValueError: as `save`.
    """
    soundness.one_experiment(experiment, watched)
    watched = sorted(watched, key=lambda record: record.seed)
    entries = [soundness.sealed(_without_nan(asdict(record))) for record in watched]
    lines = (json.dumps(entry, separators=(",", ":"), allow_nan=False) for entry in entries)
    _write(activations_path(experiment), "[\n" + ",\n".join(lines) + "\n]\n")


@contextmanager
def kept(runs: list[RunRecord]) -> Iterator[None]:
    """While runs are written down: whatever goes wrong, a training is not lost.

    Raises:
        NotRecorded: instead of any other exception, once the runs are in a temporary file; where even that fails, they are printed.
    """
    try:
        yield
    except NotRecorded:
        raise
    except Exception as error:
        text = json.dumps([_without_nan(asdict(run)) for run in runs], allow_nan=False)
        try:
            with tempfile.NamedTemporaryFile("w", prefix="cnnbook-runs-", suffix=".json", delete=False, encoding="utf-8") as file:
                file.write(text)
            where = f"are kept in {file.name}"
        except OSError:
            print(text, flush=True)
            where = "are printed above"
        raise NotRecorded(f"{len(runs)} runs could not be recorded in {RECORDS} and {where}: {error}") from error


def _without_nan(value: object) -> object:
    """For JSON: None for NaN."""
    if isinstance(value, dict):
        return {name: _without_nan(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_without_nan(part) for part in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def load(experiment: str) -> list[RunRecord]:
    """Read all runs of an experiment, in order of seed.

    Raises:
        FileNotFoundError: no run of that name has been recorded.
        ValueError: the file is not one that `save` writes or was altered since, has a seed twice, runs of another experiment, or
            runs that contradict themselves.

    Example:
        >>> load("cnn")[0].seed
        0
    """
    return _read(experiment, path_of(experiment), RunRecord)


def load_activations(experiment: str) -> list[ActivationRecord]:
    """Read the watched activations of an experiment, one record per seed, in order of seed.

    Raises:
        FileNotFoundError: no run of that name has been watched.
        ValueError: as `load`.
    """
    return _read(experiment, activations_path(experiment), ActivationRecord)


def _read(experiment: str, path: Path, kind: type) -> list:
    if not path.exists():
        known = ", ".join(sorted(p.stem for p in path.parent.glob("*.json"))) or "none"
        raise FileNotFoundError(f"experiment {experiment!r} has no record in {path.parent}; recorded are: {known}")
    try:
        entries = json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_json, parse_float=_finite)
        if not isinstance(entries, list) or not entries:
            raise ValueError("it takes a list of runs")
        records = [_read_one(entry, kind) for entry in entries]
        soundness.one_experiment(experiment, records)
        if kind is RunRecord:
            soundness.examine(records)
    except (ValueError, TypeError, OSError, RecursionError) as error:
        raise ValueError(f"{path} cannot be read as the record of experiment {experiment!r}: {error}") from error
    return sorted(records, key=lambda record: record.seed)


def _read_one(entry: object, kind: type) -> RunRecord | ActivationRecord:
    """One record; its fields, neither more nor less, as they were sealed."""
    names = {field.name for field in fields(kind)}
    required = {field.name for field in fields(kind) if field.default is MISSING}
    if not isinstance(entry, dict):
        raise TypeError(f"a run is {entry!r}; it takes an object")
    entry = soundness.unsealed(entry)
    if not required <= entry.keys() <= names:
        raise ValueError(f"a run lacks {sorted(required - entry.keys())} and has {sorted(entry.keys() - names)}, which no run has")
    return kind(**entry)


def _no_json(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON; a number that is not finite is written as null")


def _finite(digits: str) -> float:
    if math.isinf(number := float(digits)):
        raise ValueError(f"{digits} is too large")
    return number


def test_accuracies(experiment: str) -> list[float]:
    """Test accuracy of every recorded run of an experiment, in order of seed."""
    return [run.test_accuracy for run in load(experiment)]


def mean_seconds(runs: Iterable[RunRecord]) -> float:
    """Mean wall time of those runs that had the machine to themselves.

    Raises:
        ValueError: none had.

    Example:
        >>> round(mean_seconds(load("cnn"))) > 0
        True
    """
    measured = [run.seconds for run in runs if run.seconds is not None]
    if not measured:
        raise ValueError("no run has seconds; they were trained beside other work")
    return mean(measured)
