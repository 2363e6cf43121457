"""Run records: what is written is read back, nothing is lost on the way, and the committed ones say what they must."""

import dataclasses

import numpy as np
import pytest

from cnnbook import records
from cnnbook.records import ActivationRecord


@pytest.fixture
def run():
    return records.load("mlp")[0]


def test_what_is_saved_is_loaded_again(run, monkeypatch, tmp_path):
    monkeypatch.setattr(records, "RECORDS", tmp_path)
    runs = [run, dataclasses.replace(run, seed=1)]
    records.save("trial", runs)
    assert records.load("trial") == runs
    assert [path.name for path in tmp_path.iterdir()] == ["trial.json"]


def test_a_record_that_cannot_be_written_leaves_the_old_one(run, monkeypatch, tmp_path):
    monkeypatch.setattr(records, "RECORDS", tmp_path)
    records.save("trial", [run])
    with pytest.raises(TypeError):
        records.save("trial", [dataclasses.replace(run, seed=object())])
    assert records.load("trial") == [run]


def test_an_unknown_experiment_is_named_with_the_known_ones():
    with pytest.raises(FileNotFoundError, match=r"'nothing' has no record.*mlp"):
        records.load("nothing")


def test_spread_is_the_sample_mean_and_deviation():
    values = [0.71, 0.73, 0.74, 0.70]
    spread = records.spread(values)
    assert (spread.mean, spread.sd, spread.n) == (pytest.approx(np.mean(values)), pytest.approx(np.std(values, ddof=1)), 4)
    with pytest.raises(ValueError, match="at least 2"):
        records.spread([0.5])


def test_watched_activations_are_loaded_as_they_were_saved(monkeypatch, tmp_path):
    monkeypatch.setattr(records, "RECORDS", tmp_path)
    seen = ActivationRecord("trial", 0, 8, [0, 1], [0.5], [[[1000], [1000]]], [[0.0, 0.1]], [[1.0, 1.1]], [[0.2, 0.3]])
    records.save_activations("trial", [seen])
    assert records.load_activations("trial") == [seen]
    with pytest.raises(FileNotFoundError, match=r"'other' has no record.*recorded are: trial"):
        records.load_activations("other")
