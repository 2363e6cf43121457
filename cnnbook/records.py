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
from dataclasses import MISSING, asdict, fields
from pathlib import Path
from statistics import mean

from cnnbook import soundness
from cnnbook.run_record import ActivationRecord, RunRecord

PACKAGE = Path(__file__).resolve().parent
# A wheel carries the records inside the package (pyproject.toml); in a checkout they lie beside it, where trainings write them.
IN_WHEEL = PACKAGE / "recorded"
RECORDS = IN_WHEEL if IN_WHEEL.is_dir() else PACKAGE.parent / "records"


class NotRecorded(RuntimeError):
    """What was measured could not be written where it belongs; the message says why, and where it is instead."""


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
