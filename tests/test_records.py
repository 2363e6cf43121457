"""Run records: what is written is read back, nothing is lost on the way, and the committed ones say what they must."""

import dataclasses
import json

import numpy as np
import pytest

from cnnbook import claims, records, training

EXPERIMENTS = list(training.EXPERIMENTS)


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


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_every_experiment_is_recorded_with_five_seeds_and_its_present_recipe(experiment):
    runs = records.load(experiment)
    recipe = json.loads(json.dumps(dataclasses.asdict(training.EXPERIMENTS[experiment][1])))
    assert [run.seed for run in runs] == [0, 1, 2, 3, 4]
    for run in runs:
        assert run.recipe == recipe
        assert {len(values) for values in run.history.values()} == {recipe["epochs"]}
        assert {"python", "tensorflow", "keras", "numpy"} <= set(run.versions)
        assert run.seconds > 0
        assert run.machine


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_the_committed_weights_give_the_recorded_accuracy(experiment, cifar10, monkeypatch, capsys):
    monkeypatch.setenv(training.TRAIN, "0")
    model, run = training.train_or_load(experiment, cifar10)
    _, accuracy = training.evaluate(model, cifar10.x_test, cifar10.y_test)
    assert accuracy == pytest.approx(run.test_accuracy, abs=0.002)
    assert "weights loaded" in capsys.readouterr().out


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_each_recorded_run_lies_in_the_interval_that_the_other_four_predict(experiment):
    values = records.test_accuracies(experiment)
    for number, value in enumerate(values):
        low, high = claims.prediction_interval(values[:number] + values[number + 1 :])
        assert low <= value <= high


@pytest.mark.parametrize(("value", "error"), [("2", "CNNBOOK_TRAIN is '2'"), ("yes", "CNNBOOK_TRAIN is 'yes'")])
def test_a_switch_that_means_nothing_is_an_error(monkeypatch, value, error):
    monkeypatch.setenv(training.TRAIN, value)
    with pytest.raises(ValueError, match=error):
        training.train_or_load("mlp", None)
    monkeypatch.delenv(training.TRAIN)
    with pytest.raises(ValueError, match="experiment is 'vgg'"):
        training.train_or_load("vgg", None)
