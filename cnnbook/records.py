"""Run records: what a training run was, what it measured and where, as JSON in `records/`."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, stdev

ROOT = Path(__file__).resolve().parent.parent
RECORDS = ROOT / "records"


@dataclass(frozen=True)
class RunRecord:
    """One training run.

    Accuracies are fractions between 0 and 1, `seconds` is wall time without evaluation at the end, and `history` holds one
    list per measured quantity with one value per epoch.
    """

    experiment: str
    model: str
    recipe: dict
    seed: int
    history: dict[str, list[float]]
    test_accuracy: float
    test_loss: float
    seconds: float
    versions: dict[str, str]
    machine: str
    date: str


def path_of(experiment: str) -> Path:
    """Where the runs of an experiment are kept."""
    return RECORDS / f"{experiment}.json"


def weights_path(experiment: str) -> Path:
    """Where the trained weights of an experiment's seed 0 are kept."""
    return RECORDS / f"{experiment}.weights.h5"


def save(experiment: str, runs: list[RunRecord]) -> None:
    """Write all runs of an experiment; a crash while writing leaves the old file as it was."""
    path = path_of(experiment)
    part = path.with_suffix(".part")
    part.write_text(json.dumps([asdict(run) for run in runs], indent=1) + "\n")
    os.replace(part, path)


def load(experiment: str) -> list[RunRecord]:
    """Read all runs of an experiment.

    Raises:
        FileNotFoundError: no run of that name has been recorded.

    Example:
        >>> load("cnn")[0].seed
        0
    """
    path = path_of(experiment)
    if not path.exists():
        known = ", ".join(sorted(p.stem for p in RECORDS.glob("*.json"))) or "none"
        raise FileNotFoundError(f"experiment {experiment!r} has no record in {RECORDS}; recorded are: {known}")
    return [RunRecord(**run) for run in json.loads(path.read_text())]


@dataclass(frozen=True)
class Spread:
    """Mean, sample standard deviation and number of some repeated measurements."""

    mean: float
    sd: float
    n: int


def spread(values: list[float]) -> Spread:
    """Summarise repeated measurements; needs at least two.

    Example:
        >>> spread([1.0, 2.0, 3.0])
        Spread(mean=2.0, sd=1.0, n=3)
    """
    if len(values) < 2:
        raise ValueError(f"values has {len(values)} measurement(s); a standard deviation takes at least 2")
    return Spread(mean(values), stdev(values), len(values))


def test_accuracies(experiment: str) -> list[float]:
    """Test accuracy of every recorded run of an experiment, in order of seed."""
    return [run.test_accuracy for run in load(experiment)]
