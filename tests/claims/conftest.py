"""Runs of a few experiments, in a folder of their own."""

import dataclasses
from functools import cache

import nbformat
import pytest

from cnnbook import records
from cnnbook.run_record import RunRecord
from tests.conftest import ROOT

LIKE = records.load("mlp")[0]


def runs_of(experiment: str, accuracies: list[float], seeds: list[int] | None = None) -> list[RunRecord]:
    seeds = range(len(accuracies)) if seeds is None else seeds
    epochs = LIKE.recipe["epochs"]
    return [
        dataclasses.replace(
            LIKE,
            experiment=experiment,
            seed=seed,
            test_accuracy=accuracy,
            history={"loss": [1.0 + seed] * epochs, "val_accuracy": [accuracy] * epochs},
        )
        for seed, accuracy in zip(seeds, accuracies, strict=True)
    ]


@pytest.fixture
def recorded(monkeypatch, tmp_path) -> dict[str, list[float]]:
    """The accuracies of the experiments "a" and "b", which are recorded; "c" has other seeds."""
    accuracies = {"a": [0.73, 0.74, 0.75, 0.74, 0.73, 0.74], "b": [0.52, 0.50, 0.51, 0.53, 0.52, 0.52]}
    runs = {name: runs_of(name, values) for name, values in accuracies.items()} | {"c": runs_of("c", [0.5] * 6, [1, 2, 3, 4, 5, 6])}
    monkeypatch.setattr(records, "RECORDS", tmp_path)
    for name, listed in runs.items():
        records.save(name, listed)
    return accuracies


@cache
def code_of(chapter: str) -> str:
    """The code of a chapter, without what only IPython reads."""
    cells = nbformat.read(ROOT / "chapters" / f"{chapter}.ipynb", as_version=4).cells
    lines = "\n".join(cell.source for cell in cells if cell.cell_type == "code").splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith(("!", "%")))
