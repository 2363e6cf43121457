"""What repeated runs allow one to say: where one more run should fall, and how far apart two experiments are."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from statistics import mean, stdev

import numpy as np
from scipy.stats import t as student_t

from cnnbook import door, records
from cnnbook.run_record import RunRecord

CONFIDENCE = 0.99  # that one more run falls into the interval of the others
SEEDS = 5  # of two experiments that are compared, at least
MORE_SEEDS = 10  # of two whose means lie less than a point apart
DIFFERENCE_CONFIDENCE = 0.95  # that the interval of a mean difference holds the true one
INTERVAL = f"{100 * DIFFERENCE_CONFIDENCE:.0f} % interval"  # that interval, as the book calls it

Runs = Iterable[RunRecord] | Mapping[int, float]


@dataclass(frozen=True)
class Spread:
    """Mean, sample standard deviation and number of some repeated measurements."""

    mean: float
    sd: float
    n: int


def spread(values: Sequence[float]) -> Spread:
    """Summarise repeated measurements; needs at least two, all finite.

    Raises:
        TypeError, ValueError: there are fewer, or one is no finite number.

    Example:
        >>> spread([1.0, 2.0, 3.0])
        Spread(mean=2.0, sd=1.0, n=3)
    """
    read = door.floats("values", values, 1, finite=True).tolist()
    if len(read) < 2:
        raise ValueError(f"values has {len(read)} measurement(s); a standard deviation takes at least 2")
    return Spread(mean(read), stdev(read), len(read))


@dataclass(frozen=True)
class Difference:
    """The mean of `n` paired differences, and the interval from `low` to `high` in which the true mean difference is expected."""

    mean: float
    low: float
    high: float
    n: int

    @property
    def shown(self) -> bool:
        """Do the runs show a difference: is zero outside the interval?"""
        return not self.low <= 0 <= self.high

    def __neg__(self) -> "Difference":
        """The same difference, taken the other way round."""
        return Difference(-self.mean, -self.high, -self.low, self.n)


def prediction_interval(values: Sequence[float], confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Where one further run is expected to fall, from the runs so far: mean ± t · sd · √(1 + 1/n).

    Source: Student's t prediction interval for one future observation of a normal sample.

    Raises:
        TypeError, ValueError: there are fewer than two finite values, or `confidence` is not between 0 and 1.

    Example:
        >>> [round(x, 3) for x in prediction_interval([0.72, 0.73, 0.74], confidence=0.9)]
        [0.696, 0.764]
    """
    runs = spread(values)
    reach = _t(confidence, runs.n) * runs.sd * math.sqrt(1 + 1 / runs.n)
    return runs.mean - reach, runs.mean + reach


def on_same_seeds(*experiments: str, having: str = "") -> list[list[RunRecord]]:
    """The recorded runs of each experiment at those seeds that all of them have, in order of seed: what a fair comparison takes.

    Only runs whose history has the quantity `having` count, where it is given; not all runs were asked about all quantities.

    Raises:
        FileNotFoundError, ValueError: as `records.load`, or fewer than SEEDS seeds are common to all.

    Example:
        >>> [[run.seed for run in runs][:3] for runs in on_same_seeds("cnn", "without_dropout")]
        [[0, 1, 2], [0, 1, 2]]
    """
    loaded = [{run.seed: run for run in records.load(experiment) if not having or having in run.history} for experiment in experiments]
    common = sorted(set.intersection(*map(set, loaded))) if loaded else []
    if len(common) < SEEDS:
        raise ValueError(
            f"experiments are {', '.join(experiments) or 'none'}; it takes experiments with at least {SEEDS} seeds in common"
            + f" that have {having}" * bool(having)
            + f", and these have {common}"
        )
    return [[runs[seed] for seed in common] for runs in loaded]


def paired_difference(
    first: Runs,
    second: Runs,
    measure: Callable[[RunRecord], float] = attrgetter("test_accuracy"),
    *,
    confidence: float = DIFFERENCE_CONFIDENCE,
) -> Difference:
    """By how much `first` is above `second`, seed by seed: the mean difference and its interval, mean ± t · sd / √n.

    Args:
        first, second: the runs of two experiments, as `records.load` gives them; or {seed: measured value} each.
        measure: what is compared of a run.
        confidence: of the interval.

    Source: Student's paired t interval.

    Raises:
        TypeError, ValueError: the seeds are not the same, one of them comes twice, there are fewer than two, or a value is not finite.

    Example:
        >>> paired_difference({0: 0.5, 1: 0.75}, {1: 0.5, 0: 0.25})
        Difference(mean=0.25, low=0.25, high=0.25, n=2)
    """
    runs = spread(list(differences(first, second, measure).values()))
    reach = _t(confidence, runs.n) * runs.sd / math.sqrt(runs.n)
    return Difference(runs.mean, runs.mean - reach, runs.mean + reach, runs.n)


def differences(first: Runs, second: Runs, measure: Callable[[RunRecord], float] = attrgetter("test_accuracy")) -> dict[int, float]:
    """What `first` measures less what `second` does, for each seed; arguments and errors as for `paired_difference`.

    Two of these can be compared in turn: how much more one change brings than another.

    Example:
        >>> differences({0: 0.5, 1: 0.75}, {1: 0.5, 0: 0.25})
        {0: 0.25, 1: 0.25}
    """
    left, right = _by_seed("first", first, measure), _by_seed("second", second, measure)
    if left.keys() != right.keys():
        raise ValueError(f"first has the seeds {sorted(left)}, second {sorted(right)}; a paired comparison takes the same")
    return {seed: left[seed] - right[seed] for seed in sorted(left)}


def _by_seed(name: str, runs: Runs, measure: Callable[[RunRecord], float]) -> dict[int, float]:
    """Seed -> measured value."""
    if isinstance(runs, Mapping):
        values = runs
    else:
        runs = _runs(name, runs)
        seeds = [run.seed for run in runs]
        if twice := sorted({seed for seed in seeds if seeds.count(seed) > 1}):
            raise ValueError(f"{name} has seed {twice[0]} more than once; a comparison takes each seed once")
        if len(experiments := sorted({run.experiment for run in runs})) > 1:
            raise ValueError(f"{name} has runs of {', '.join(experiments)}; a comparison takes those of one experiment")
        values = {run.seed: measure(run) for run in runs}
    return {door.whole(f"a seed of {name}", seed, 0): door.number(f"{name}, seed {seed}", value) for seed, value in values.items()}


def _runs(name: str, runs: Iterable[RunRecord]) -> list[RunRecord]:
    listed = [] if isinstance(runs, str | np.ndarray) or not isinstance(runs, Iterable) else list(runs)
    if not listed or not all(isinstance(run, RunRecord) for run in listed):
        raise TypeError(f"{name} is {runs!r}; it takes run records, or a dict of a value for each seed, so that seeds can be compared")
    return listed


def _t(confidence: float, n: int) -> float:
    """Student's t: how many standard deviations either way."""
    confidence = door.number("confidence", confidence, above=0, below=1)
    return float(student_t.ppf((1 + confidence) / 2, n - 1))
