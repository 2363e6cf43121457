"""Recording long trainings: what is recorded already is kept, and only what is missing or out of date is trained."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from cnnbook import data, records
from cnnbook.keras_quietly import keras, layers
from cnnbook.recipes import Recipe
from cnnbook.run_record import RunRecord
from cnnbook.training import digests, experiments, loop, recording, rerun, sealing
from cnnbook.training.experiments import EXPERIMENTS, Experiment

# Keras 3.15 makes arrays of its variables in a way that NumPy 2 deprecates, when it saves weights.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning")


def small_network() -> keras.Model:
    inputs = keras.Input((32, 32, 3))
    x = layers.LeakyReLU()(layers.Conv2D(2, 3, strides=8)(inputs))
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(layers.Flatten()(x)))


TRIAL = Experiment(small_network, Recipe(epochs=1, batch_size=50), seeds=3, watched=(0, 1), keep_weights=True)
SHORT = replace(TRIAL, seeds=2, watched=())


def noise() -> data.Cifar10:
    """A few images that show nothing."""
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (200, 32, 32, 3), np.uint8), rng.integers(0, 10, 200).astype(np.uint8)
    return data.Cifar10(images, labels, images[:20], labels[:20])


@pytest.fixture
def trained(tmp_path, monkeypatch) -> list[int]:
    """Seeds of "trial" in the order in which they are trained, on a few images of noise, into an empty folder."""
    monkeypatch.setattr(data, "load_cifar10", noise)
    monkeypatch.setattr(records, "RECORDS", tmp_path)
    monkeypatch.setitem(EXPERIMENTS, "trial", TRIAL)
    seeds, run_and_record = [], recording.run_and_record
    monkeypatch.setattr(
        recording, "run_and_record", lambda name, seed, *more, **options: (seeds.append(seed), run_and_record(name, seed, *more, **options))
    )
    return seeds


def test_all_seeds_are_recorded_with_weights_of_the_first_and_activations_of_the_watched(trained, tmp_path):
    recording.main(["trial"])
    assert trained == [0, 1, 2]
    runs = records.load("trial")
    assert [run.seed for run in runs] == [0, 1, 2]
    assert all(run.history.keys() >= {"val_accuracy", "train_accuracy"} for run in runs)
    assert [watched.seed for watched in records.load_activations("trial")] == [0, 1]
    model = small_network()
    model.load_weights(records.weights_path("trial"))
    assert {path.name for path in tmp_path.iterdir()} == {"trial.json", "trial.weights.h5", "activations"}


def test_the_watched_images_are_the_first_training_images_as_the_recipe_scales_them(trained, monkeypatch):
    shown = []
    watch = recording.ActivationWatch
    monkeypatch.setattr(recording, "ActivationWatch", lambda images, updates: shown.append(images) or watch(images, updates))
    monkeypatch.setattr(recording, "WATCHED", 30)
    recipe = replace(TRIAL.recipe, pixel_range=(0.0, 1.0))
    monkeypatch.setitem(EXPERIMENTS, "trial", replace(TRIAL, recipe=recipe, keep_weights=False))
    rng = np.random.default_rng(1)
    images = rng.integers(0, 256, (120, 32, 32, 3), np.uint8)
    cifar10 = data.Cifar10(images[:100], np.arange(100) % 10, images[100:], np.arange(20) % 10)
    recording.run_and_record("trial", 0, cifar10)
    np.testing.assert_array_equal(shown[0], data.scale(images[:30], (0.0, 1.0)))


def test_a_seed_that_was_lost_is_trained_alone_and_put_between_the_others(trained):
    recording.main(["trial"])
    before = records.load("trial")
    records.save("trial", [run for run in before if run.seed != 1])
    trained.clear()
    recording.main(["trial"])
    assert trained == [1]
    after = records.load("trial")
    assert [run.seed for run in after] == [0, 1, 2]
    assert (after[0], after[2]) == (before[0], before[2])
    assert after[1].history == before[1].history


def test_a_watched_seed_without_its_activations_is_trained_again(trained):
    recording.main(["trial"])
    records.save_activations("trial", records.load_activations("trial")[:1])
    trained.clear()
    recording.main(["trial"])
    assert trained == [1]
    assert [watched.seed for watched in records.load_activations("trial")] == [0, 1]


def test_a_changed_recipe_makes_every_run_missing(trained, monkeypatch):
    recording.main(["trial"])
    trained.clear()
    recording.main(["trial"])
    assert trained == []
    monkeypatch.setitem(EXPERIMENTS, "trial", replace(TRIAL, recipe=replace(TRIAL.recipe, learning_rate=0.001)))
    recording.main(["trial"])
    assert trained == [0, 1, 2]
    assert {run["recipe"]["learning_rate"] for run in json.loads(records.path_of("trial").read_text())} == {0.001}


def test_a_changed_network_makes_every_run_missing_and_its_weights_are_not_loaded(trained, monkeypatch):
    monkeypatch.setitem(EXPERIMENTS, "trial", SHORT)
    recording.main(["trial"])
    trained.clear()

    def changed_network() -> keras.Model:
        model = small_network()
        model.layers[2].negative_slope = 0.2
        return model

    changed_network.__name__ = small_network.__name__
    monkeypatch.setitem(EXPERIMENTS, "trial", replace(SHORT, build=changed_network))
    monkeypatch.setenv(experiments.TRAIN, "0")
    with pytest.raises(ValueError, match="the network small_network has changed since; run `make records`"):
        experiments.train_or_load("trial", noise())
    recording.main(["trial"])
    assert trained == [0, 1]


def test_what_was_recorded_without_digests_gets_them_once_and_only_from_its_own_recipe_and_network(trained, monkeypatch):
    monkeypatch.setitem(EXPERIMENTS, "trial", SHORT)
    recording.main(["trial"])
    runs = records.load("trial")
    assert all(run.digests["code"] for run in runs)
    records.save("trial", [replace(run, digests=None) for run in runs[:1]] + runs[1:])
    monkeypatch.setattr(sealing, "EXPERIMENTS", {"trial": SHORT})
    sealing.main()
    sealed = records.load("trial")
    assert sealed[1] == runs[1]
    for run, before in zip(sealed[:1], runs[:1], strict=True):
        same = {"recipe": before.digests["recipe"], "network": before.digests["network"]}
        assert run.digests == same | {"data": digests.CIFAR10, "code": None}
    records.save("trial", [replace(run, digests=None) for run in runs])
    monkeypatch.setattr(sealing, "EXPERIMENTS", {"trial": replace(SHORT, recipe=replace(SHORT.recipe, epochs=2))})
    with pytest.raises(ValueError, match="trial, seed 0: it was trained by another recipe"):
        sealing.main()


def test_a_run_that_is_trained_again_agrees_with_its_record_and_a_wrong_training_does_not(trained, monkeypatch):
    monkeypatch.setitem(EXPERIMENTS, "trial", SHORT)
    recording.main(["trial"])
    assert rerun.rerun("trial", 1, noise()) == []
    rate = loop.OPTIMIZERS["adam"]
    monkeypatch.setitem(loop.OPTIMIZERS, "adam", lambda lr, model: rate(2 * lr, model))
    assert any(fault.startswith("loss after epoch 1 is") for fault in rerun.rerun("trial", 1, noise()))
    monkeypatch.setitem(EXPERIMENTS, "trial", replace(SHORT, recipe=replace(SHORT.recipe, flips=True)))
    with pytest.raises(ValueError, match="trial, seed 1: it was trained by another recipe"):
        rerun.rerun("trial", 1, noise())


def test_in_time_every_recorded_run_is_trained_again():
    days = [rerun.chosen(date.fromordinal(date(2026, 1, 5).toordinal() + 7 * week)) for week in range(5_000)]
    assert set(days) == {(name, seed) for name, experiment in EXPERIMENTS.items() for seed in experiment.seeds}


def test_beside_other_work_no_seconds_are_recorded_and_alone_they_are(trained, monkeypatch):
    monkeypatch.setitem(EXPERIMENTS, "trial", replace(SHORT, seeds=1))
    recording.main(["trial", "--beside-other-work"])
    assert [run.seconds for run in records.load("trial")] == [None]
    monkeypatch.setitem(EXPERIMENTS, "trial", SHORT)
    recording.main(["trial"])
    assert trained == [0, 1]
    alone = records.load("trial")[1]
    assert alone.seconds > 0


def test_a_training_whose_weights_cannot_be_written_is_not_lost(trained, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    records.weights_path("trial").mkdir()
    with pytest.raises(records.NotRecorded, match="kept in") as failure:
        recording.main(["trial"])
    kept = RunRecord(**json.loads(Path(str(failure.value).split("kept in ")[1].split(".json")[0] + ".json").read_text())[0])
    assert (kept.experiment, kept.seed) == ("trial", 0)
    assert not records.path_of("trial").exists()


def test_a_record_that_cannot_be_read_is_noticed_before_anything_is_trained(trained):
    records.path_of("trial").write_text("[{")
    with pytest.raises(ValueError, match=r"trial\.json cannot be read"):
        recording.main(["trial"])
    assert trained == []


def test_an_experiment_that_does_not_exist_is_named_before_anything_is_trained(trained, capsys):
    with pytest.raises(SystemExit):
        recording.main(["trial", "vgg"])
    assert "no experiment is called vgg; there are mlp" in capsys.readouterr().err
    assert trained == []
