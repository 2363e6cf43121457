"""Run records: what a training run was, what it measured and where, as JSON in `records/`."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, stdev

PACKAGE = Path(__file__).resolve().parent
# A wheel carries the records inside the package (pyproject.toml); in a checkout they lie beside it, where trainings write them.
RECORDS = next((folder for folder in (PACKAGE / "recorded",) if folder.is_dir()), PACKAGE.parent / "records")


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


@dataclass(frozen=True)
class ActivationRecord:
    """The inputs of a network's activations while it trained, as `activation_watch` saw them.

    `steps` are numbers of updates; the histograms of a layer go from -reach to reach, of its `reaches`. The measurements are
    [layer][step]: `counts` thousandths of the values in each bin, `means` and `sds` of a whole layer, and `moved` how far a
    channel's mean moves in the next update, in its standard deviations, averaged over channels.
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
    """Write all runs of an experiment; a crash while writing leaves the old file as it was."""
    _write(path_of(experiment), json.dumps([asdict(run) for run in runs], indent=1) + "\n")


def save_activations(experiment: str, watched: list[ActivationRecord]) -> None:
    """Write the watched activations of an experiment, one run a line; a crash while writing leaves the old file as it was."""
    lines = (json.dumps(asdict(record), separators=(",", ":")) for record in watched)
    _write(activations_path(experiment), "[\n" + ",\n".join(lines) + "\n]\n")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(text)
    os.replace(part, path)


def load(experiment: str) -> list[RunRecord]:
    """Read all runs of an experiment.

    Raises:
        FileNotFoundError: no run of that name has been recorded.

    Example:
        >>> load("cnn")[0].seed
        0
    """
    return [RunRecord(**run) for run in _read(experiment, path_of(experiment))]


def load_activations(experiment: str) -> list[ActivationRecord]:
    """Read the watched activations of an experiment, one record a seed.

    Raises:
        FileNotFoundError: no run of that name has been watched.
    """
    return [ActivationRecord(**record) for record in _read(experiment, activations_path(experiment))]


def _read(experiment: str, path: Path) -> list[dict]:
    if not path.exists():
        known = ", ".join(sorted(p.stem for p in path.parent.glob("*.json"))) or "none"
        raise FileNotFoundError(f"experiment {experiment!r} has no record in {path.parent}; recorded are: {known}")
    return json.loads(path.read_text())


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
