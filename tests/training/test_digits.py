"""The training ground's presets by Keras: what is committed is of the present presets, and what is trained is what the page trains."""

import numpy as np
import pytest

from cnnbook import records
from cnnbook.demos.training_ground.presets import PRESETS, UPDATES
from cnnbook.keras_quietly import keras
from cnnbook.training import digits
from cnnbook.training.digits import EXPERIMENTS, SEEDS, STAGE


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_is_recorded_with_ten_seeds_and_its_present_set_up(name):
    assert digits.missing_seeds(name) == []
    for run in records.load(name):
        assert {len(values) for values in run.history.values()} == {UPDATES // STAGE}
        assert (run.history["finite_updates"][-1] == UPDATES) == bool(np.isfinite(run.test_loss))
        assert run.test_accuracy == run.history["val_accuracy"][-1]


def test_every_preset_has_an_experiment_of_its_name():
    assert all(EXPERIMENTS[f"digits_{name}"] == preset["setup"] for name, preset in PRESETS.items())


def test_a_run_depends_on_its_seed_and_on_no_run_before_it(monkeypatch):
    monkeypatch.setattr(digits, "UPDATES", STAGE)
    together, alone = digits.train("digits_dropout", [3, 4]), digits.train("digits_dropout", [4])
    assert together[1].history == alone[0].history != together[0].history


def test_each_seed_has_an_order_of_its_own(monkeypatch):
    orders, batches = [], digits.batches
    monkeypatch.setattr(digits, "UPDATES", 1)

    def watched(images, size, draws):
        for rows in batches(images, size, draws):
            orders.append(rows.tolist())
            yield rows

    monkeypatch.setattr(digits, "batches", watched)
    trainer = digits.Trainer(EXPERIMENTS["digits_learning"])
    for seed in (3, 4, 3):
        trainer.run(seed)
    assert orders[0] == orders[2] != orders[1]


def test_what_is_measured_is_the_network_in_prediction_with_dropout_off():
    trainer = digits.Trainer(EXPERIMENTS["digits_dropout"])
    images, labels = trainer.parts["val"]
    loss, accuracy = trainer._measure(images, labels)
    logits = trainer.model(images, training=False)
    assert float(loss) == pytest.approx(
        keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True).numpy().mean(), rel=1e-5
    )
    assert float(accuracy) == pytest.approx(np.mean(logits.numpy().argmax(1) == labels))


def test_each_image_comes_once_an_epoch_and_the_last_batch_may_be_smaller():
    made = digits.batches(10, 4, np.random.default_rng(0))
    for _ in range(2):
        epoch = [next(made) for _ in range(3)]
        assert [len(rows) for rows in epoch] == [4, 4, 2]
        assert sorted(np.concatenate(epoch)) == list(range(10))


def test_only_seeds_that_are_missing_are_trained(tmp_path, monkeypatch):
    runs = records.load("digits_zeros")
    monkeypatch.setattr(records, "RECORDS", tmp_path)
    records.save("digits_zeros", [run for run in runs if run.seed != 2])
    asked = []
    monkeypatch.setattr(digits, "train", lambda name, seeds: asked.append((name, seeds)) or [run for run in runs if run.seed in seeds])
    digits.main(["digits_zeros"])
    assert asked == [("digits_zeros", [2])]
    assert [run.seed for run in records.load("digits_zeros")] == list(range(SEEDS))
