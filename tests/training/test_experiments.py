"""The recorded experiments: what is committed is what the present recipes and networks give."""

import dataclasses

import numpy as np
import pytest

from cnnbook import article, claims, models, recipes, records, training
from cnnbook.claims import statistics
from cnnbook.training import digests, digits, experiments, recording
from cnnbook.training.experiments import EXPERIMENTS

WITH_WEIGHTS = [name for name, experiment in EXPERIMENTS.items() if experiment.keep_weights]
WATCHED = [name for name, experiment in EXPERIMENTS.items() if experiment.watched]


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_is_recorded_with_all_its_seeds_and_its_present_recipe(name):
    experiment, runs = EXPERIMENTS[name], records.load(name)
    assert [run.seed for run in runs] == list(experiment.seeds), "run `make records`"
    assert len(experiment.seeds) >= statistics.SEEDS or name in experiments.TRIALS
    for run in runs:
        assert run.experiment == name
        assert experiments.not_of(experiment, run) == "", "run `make records`"
        assert run.digests["data"] == digests.CIFAR10
        assert {len(values) for values in run.history.values()} == {experiment.recipe.epochs}
        assert {"python", "tensorflow", "keras", "numpy"} <= set(run.versions)
        assert run.seconds is None or run.seconds > 0  # None: trained beside other work
        assert run.machine


@pytest.mark.parametrize("row", experiments.RATES_TRIED)
def test_each_rate_that_was_tried_is_twice_the_one_before(row):
    rates = experiments.RATES_TRIED[row]
    assert [rate / rates[0] for rate in rates] == [2**place for place in range(len(rates))]


@pytest.mark.parametrize("row", experiments.RATES_TRIED)
def test_the_best_rate_lies_between_two_that_did_worse_and_is_the_one_that_a_row_takes(row):
    found = experiments.held_out_by_rate(row)
    best = max(found, key=found.get)
    assert min(found) < best < max(found)
    assert row not in experiments.LEFT_OUT or best == EXPERIMENTS[f"further_{row}"].recipe.learning_rate


def test_no_record_is_of_an_experiment_that_does_not_exist():
    assert {path.stem for path in records.RECORDS.glob("*.json")} <= {*EXPERIMENTS, *digits.EXPERIMENTS}
    assert {path.name.split(".")[0] for path in records.RECORDS.glob("*.weights.h5")} == set(WITH_WEIGHTS)
    assert {path.stem for path in (records.RECORDS / "activations").glob("*.json")} == set(WATCHED)


@pytest.fixture(scope="module")
def recorded_runs():
    return [run for path in records.RECORDS.glob("*.json") for run in records.load(path.stem)]


def test_every_recorded_run_had_two_cores_as_the_chapters_say(recorded_runs):
    assert {run.machine for run in recorded_runs if not run.machine.endswith(", 2 cores")} == set()


def test_the_runs_that_are_compared_by_their_time_ran_on_one_machine(recorded_runs):
    day = records.load("quick")[0].date
    assert len({run.machine for run in recorded_runs if run.date == day and run.seconds}) == 1


@pytest.mark.parametrize("name", WATCHED)
def test_watched_activations_fit_together(name):
    for watched in records.load_activations(name):
        updates = recipes.updates(article.TRAINING_IMAGES, EXPERIMENTS[name].recipe)
        assert watched.images == recording.WATCHED
        assert watched.steps[0] == 0
        assert watched.steps[-1] == updates - 1
        layers = len(watched.reaches)
        for measured in (watched.counts, watched.means, watched.sds, watched.moved, watched.channels, *watched.left_moved.values()):
            assert [len(layer) for layer in measured] == layers * [len(watched.steps)]
        for low, _, high in np.reshape(watched.channels, (-1, 3)):
            assert low <= high
        np.testing.assert_allclose(np.sum(watched.counts, axis=2), 1000, atol=len(watched.counts[0][0]) / 2)  # rounded bin by bin


@pytest.mark.parametrize("name", WITH_WEIGHTS)
def test_the_committed_weights_give_the_recorded_accuracy(name, cifar10, monkeypatch, capsys):
    monkeypatch.setenv(experiments.TRAIN, "0")
    model, run = experiments.train_or_load(name, cifar10)
    _, accuracy = training.evaluate(model, cifar10.x_test, cifar10.y_test)
    assert accuracy == pytest.approx(run.test_accuracy, abs=0.002)
    assert "weights loaded" in capsys.readouterr().out


@pytest.mark.parametrize("name", [name for name, experiment in EXPERIMENTS.items() if len(experiment.seeds) >= 5])
def test_each_recorded_run_lies_in_the_interval_that_the_others_predict(name):
    """At a level at which, among the book's hundreds of runs, hardly one falls outside by chance."""
    values = records.test_accuracies(name)
    for number, value in enumerate(values):
        low, high = claims.prediction_interval(values[:number] + values[number + 1 :], 0.999)
        assert low <= value <= high, f"seed {number}: {value}, the others predict {low:.4f} to {high:.4f}"


@pytest.mark.parametrize(("value", "error"), [("2", "CNNBOOK_TRAIN is '2'"), ("yes", "CNNBOOK_TRAIN is 'yes'")])
def test_a_switch_that_means_nothing_is_an_error(monkeypatch, value, error):
    monkeypatch.setenv(experiments.TRAIN, value)
    with pytest.raises(ValueError, match=error):
        experiments.train_or_load("mlp", None)


@pytest.mark.parametrize("name", ["vgg", "without_dropout"])
def test_an_experiment_without_weights_is_refused_with_the_ones_that_have_them(monkeypatch, name):
    monkeypatch.delenv(experiments.TRAIN, raising=False)
    with pytest.raises(ValueError, match=f"experiment is '{name}'; it takes one of mlp, cnn"):
        experiments.train_or_load(name, None)


@pytest.mark.parametrize("content", [b"", b"not weights", None], ids=["empty", "text", "other weights"])
def test_weights_that_are_no_weights_of_the_network_are_refused_in_a_sentence(monkeypatch, tmp_path, content):
    monkeypatch.delenv(experiments.TRAIN, raising=False)
    path = tmp_path / "cnn.weights.h5"
    path.write_bytes(records.weights_path("mlp").read_bytes() if content is None else content)
    monkeypatch.setattr(records, "RECORDS", tmp_path)
    with pytest.raises(ValueError, match=r"cnn\.weights\.h5 cannot be read as the weights of experiment 'cnn'"):
        experiments.train_or_load("cnn", None)
    path.unlink()
    with pytest.raises(FileNotFoundError, match="experiment 'cnn' has no weights at"):
        experiments.train_or_load("cnn", None)


def test_a_loaded_run_is_that_of_the_seed_whose_weights_are_kept_and_says_how_it_was_trained(monkeypatch, tmp_path, cifar10, capsys):
    monkeypatch.delenv(experiments.TRAIN, raising=False)
    runs = records.load("mlp")
    (tmp_path / "mlp.weights.h5").write_bytes(records.weights_path("mlp").read_bytes())
    monkeypatch.setattr(records, "RECORDS", tmp_path)
    records.save("mlp", [runs[1], dataclasses.replace(runs[0], seconds=None)])
    _, run = experiments.train_or_load("mlp", cifar10)
    assert run.seed == 0
    assert f"trained on {run.date} beside other work" in capsys.readouterr().out


@pytest.mark.parametrize("seeds", [0, -1, True, 2.5, "3", None])
def test_a_number_of_seeds_that_trains_nothing_is_refused_by_name(seeds):
    with pytest.raises((TypeError, ValueError), match=rf"seeds is {seeds!r}; it takes an int of at least 1"):
        experiments.Experiment(models.mlp, seeds=seeds)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"watched": (1, 3)}, r"watched is \(1, 3\); it takes seeds of the experiment, and 3 is none"),
        ({"watched": 2}, "watched is 2; it takes a tuple of seeds"),
        ({"seeds": (0, 2, 2)}, r"seeds is \(0, 2, 2\); it takes each seed once, in rising order"),
        ({"seeds": (0, -1)}, r"seeds\[1\] is -1"),
        ({"seeds": (0, True)}, r"seeds\[1\] is True"),
    ],
    ids=str,
)
def test_a_seed_that_is_watched_but_not_trained_or_given_twice_is_refused_by_name(given, error):
    with pytest.raises((TypeError, ValueError), match=error):
        experiments.Experiment(models.mlp, **{"seeds": 3, **given})
