"""A record that was altered by hand, copied from another or contradicts itself is not read."""

import copy
import json
from dataclasses import asdict, replace

import pytest

from cnnbook import records
from cnnbook.run_record import RunRecord
from cnnbook.soundness import digest, sealed

RUNS = [asdict(run) for run in records.load("cnn")]
EXPERIMENTS = sorted(path.stem for path in records.RECORDS.glob("*.json"))


def altered(change) -> list[dict]:
    """The runs of the CNN as JSON has them, after `change`."""
    runs = copy.deepcopy(RUNS)
    change(runs)
    return json.loads(json.dumps(runs))


def swap_seeds(runs):
    runs[0]["seed"], runs[1]["seed"] = runs[1]["seed"], runs[0]["seed"]


CHANGES = {
    "an accuracy": lambda runs: runs[1].update(test_accuracy=0.75),
    "a history": lambda runs: runs[1]["history"]["loss"].__setitem__(4, 0.1),
    "a seed": swap_seeds,
    "a recipe": lambda runs: runs[0]["recipe"].update(learning_rate=0.001),
    "a date": lambda runs: runs[0].update(date="2020-01-01"),
    "a digest": lambda runs: runs[0]["digests"].update(network="0" * 16),
}


@pytest.fixture
def written(monkeypatch, tmp_path):
    """Write runs of the CNN into a folder of their own."""
    monkeypatch.setattr(records, "RECORDS", tmp_path)
    return lambda entries: (tmp_path / "cnn.json").write_text(json.dumps(entries))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_was_altered_after_it_was_sealed_is_refused(written, change):
    entries = [{**run, "seal": digest(before)} for run, before in zip(altered(change), altered(lambda runs: None), strict=True)]
    written(entries)
    with pytest.raises(ValueError, match=r"the seal of seed \d is broken"):
        records.load("cnn")


CONTRADICTIONS = {
    "an end that the history does not have": (lambda runs: runs[1].update(test_accuracy=0.75), "its history ends with val_accuracy"),
    "another loss than the history ends with": (lambda runs: runs[1].update(test_loss=0.7), "its history ends with val_loss"),
    "a doubled seed": (lambda runs: runs[1].update(runs[0], seed=1), "seeds 0 and 1 have the same history"),
    "another recipe": (lambda runs: runs[0]["recipe"].update(learning_rate=0.001), "its recipe is not the one from which its digest"),
    "too few epochs": (lambda runs: [values.pop() for values in runs[0]["history"].values()], "its history has 9 epochs"),
    "no date": (lambda runs: runs[0].update(date="lately"), "its date is 'lately'"),
    "no machine": (lambda runs: runs[0].update(machine=""), "it does not say on which machine"),
    "another experiment": (lambda runs: runs[0].update(experiment="mlp"), "is a run of 'mlp', not of 'cnn'"),
}


@pytest.mark.parametrize(("change", "complaint"), CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_runs_that_contradict_themselves_or_each_other_are_refused_even_with_a_new_seal(written, change, complaint):
    written([sealed(run) for run in altered(change)])
    with pytest.raises(ValueError, match=complaint):
        records.load("cnn")


def test_where_images_were_held_out_it_is_the_accuracy_on_test_images_that_the_history_ends_with(written):
    held_out = {**RUNS[0], "recipe": {**RUNS[0]["recipe"], "validation": "held_out"}, "digests": None}
    held_out["history"] = {**held_out["history"], "test_accuracy": [0.5] * 9 + [held_out["test_accuracy"]], "val_accuracy": [0.1] * 10}
    written([held_out])
    assert records.load("cnn")
    held_out["history"]["test_accuracy"][-1] += 0.01
    written([held_out])
    with pytest.raises(ValueError, match="its history ends with test_accuracy"):
        records.load("cnn")


def test_a_run_recorded_before_there_were_digests_and_seals_is_still_read(written):
    written(altered(lambda runs: [run.pop("digests") for run in runs]))
    assert [run.digests for run in records.load("cnn")] == [None] * len(RUNS)
    with pytest.raises(ValueError, match="digests is"):
        replace(RunRecord(**RUNS[0]), digests={"recipe": "0"})


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_committed_run_carries_digests_and_an_unbroken_seal(name):
    assert records.load(name)
    for entry in json.loads(records.path_of(name).read_text(encoding="utf-8")):
        assert {"digests", "seal"} <= entry.keys(), "run `python -m cnnbook.training.sealing`"


def test_no_two_committed_runs_have_the_same_history_in_whatever_experiment():
    known = {}
    for name in EXPERIMENTS:
        for run in records.load(name):
            losses = run.history.get("loss") or run.history["train_loss"]
            if any(loss == loss for loss in losses):  # what broke at once is alike
                assert known.setdefault(repr(losses), (name, run.seed)) == (name, run.seed)
