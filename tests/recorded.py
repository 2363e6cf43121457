"""What the records say, in the terms in which prose and alt texts speak of it: curves, gains, sweeps, times."""

import re
from collections.abc import Sequence
from functools import cache

import nbformat
import numpy as np

from bookbuild import execute
from cnnbook import claims, inspection, models, records
from cnnbook.claims import derived
from cnnbook.keras_quietly import keras
from cnnbook.training import experiments
from tests.conftest import ROOT


def curve(experiment: str, metric: str = "val_accuracy") -> np.ndarray:
    """The mean over the seeds, by epoch."""
    return np.mean([run.history[metric] for run in records.load(experiment)], axis=0)


def mean(experiment: str) -> float:
    return float(np.mean(records.test_accuracies(experiment)))


def gain(one: str, other: str, of: str = "test_accuracy") -> claims.Difference:
    """Of what a claim may be about: accuracies, loss, the gap between training and test images."""
    return derived.difference("above", [one, other], of)


@cache
def moved(experiment: str) -> np.ndarray:
    """By update, of the means of the channels, averaged over layers and seeds."""
    return np.mean([watched.moved for watched in records.load_activations(experiment)], axis=(0, 1))


def first_update() -> list[float]:
    """How far it moved each layer of the tower."""
    return [layer[0] for layer in records.load_activations("without_batch_norm")[0].moved]


@cache
def swept(optimizer: str) -> np.ndarray:
    """The held-out accuracies after one epoch: [rate][with the layer, without it]."""
    return np.array(
        [
            [curve(experiments.sweep_name(build.__name__, optimizer, rate))[-1] for build in experiments.SWEPT]
            for rate in experiments.RATES[optimizer]
        ]
    )


def added(optimizer: str) -> np.ndarray:
    """What the layer adds, by rate."""
    return swept(optimizer) @ [1, -1]


def costs(model, of: str) -> list[int]:
    """Of each layer that has weights."""
    return [getattr(row, of) for row in inspection.table(model).rows if row.parameters]


def last_gap(experiment: str) -> float:
    """Between training and test images, after the last epoch."""
    return float(curve(experiment, "train_accuracy")[-1] - curve(experiment)[-1])


def rises(values: Sequence[float]) -> bool:
    """Is each value above the one before it?"""
    return bool((np.diff(values) > 0).all())


def timed(experiment: str) -> tuple[float, float]:
    """Mean seconds and mean accuracy of the runs that were trained on one day for the figure of times."""
    day = records.load("quick")[0].date
    runs = [run for run in records.load(experiment) if run.date == day and run.seconds]
    return float(np.mean([run.seconds for run in runs])), float(np.mean([run.test_accuracy for run in runs]))


def furthest_left() -> bool:
    """Of the rows of "Which change does it?": are Muon, schedule, augmentation and smoothing worth most, the others nothing shown?"""
    differences = {row: gain(f"further_{row}", "further") for row in experiments.LEFT_OUT}
    first = sorted(differences, key=lambda row: differences[row].mean)
    wide = max(differences, key=lambda row: differences[row].high - differences[row].low)
    others = [differences[row] for row in first[4:]]
    return (
        set(first[:2]) == {"without_muon", "without_schedule"}
        and first[2:4] == ["without_augmentation", "without_smoothing"]
        and differences["without_smoothing"].shown
        and wide == "without_schedule"
        and not any(difference.shown for difference in others)
    )


def told(chapter: str, key: str) -> float:
    """The number that a chapter has told its prose."""
    path = ROOT / "chapters" / f"{chapter}.ipynb"
    return float(re.match(r"[\d.]+", execute.told_numbers(nbformat.read(path, as_version=4))[key])[0])


@cache
def first_filters() -> tuple[np.ndarray, np.ndarray]:
    """The filters of the first layer, one a row: the random weights that they started from, and the trained ones."""
    keras.utils.set_random_seed(records.load("cnn")[0].seed)
    start, end = (model.layers[1].kernel.numpy().reshape(27, -1).T for model in (models.cnn(), experiments.trained("cnn")))
    return start, end


def alike() -> np.ndarray:
    """Of each of them, the correlation of its trained weights with the random ones."""
    return np.array([np.corrcoef(*pair)[0, 1] for pair in zip(*first_filters(), strict=True)])


def far_from_grey() -> np.ndarray:
    """Of those that are drawn, every third from the least alike on: root mean square of start, end and difference, each on one scale."""
    start, end = first_filters()
    rows = np.array([start, end, end - start])[:, np.argsort(alike())[::3]]
    return np.sqrt(np.square(rows / np.abs(rows).max((0, 2))[:, None]).mean(2))
