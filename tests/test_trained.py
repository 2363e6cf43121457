"""`make test` is red where the networks were not trained, not today, not to the end, or not as recorded."""

import json
import re
from dataclasses import asdict, replace
from datetime import date, timedelta

import pytest

from bookbuild.front_page import trained_anew
from cnnbook import records
from cnnbook.run_record import RunRecord
from cnnbook.training import experiments
from cnnbook.training.experiments import TRAIN, TRAINED
from tests import trained
from tests.conftest import ROOT
from tests.training.test_recording import TRIAL, noise

CNN = records.load("cnn")
TODAY = date.today()


def note(updates: int = 15_630, **changed) -> dict:
    """What `train_or_load` writes down of a right training today, with something changed."""
    return {"process": 1, "updates": updates, "run": asdict(replace(CNN[0], **{"date": TODAY.isoformat(), **changed}))}


def test_the_recorded_run_of_today_is_accepted():
    assert trained.faults("cnn", [note()], CNN, TODAY) == []


@pytest.mark.parametrize(
    ("notes", "complaint"),
    [
        ([], "was not trained; is CNNBOOK_TRAIN=1 set"),
        ([note(updates=0)], "its weights were updated 0 times, not 15630"),
        ([note(updates=14_070)], "its weights were updated 14070 times"),  # 45,000 images
        ([note(date=(TODAY - timedelta(30)).isoformat())], "not of today"),
        ([note(date=(TODAY - timedelta(2)).isoformat())], "not of today"),
        ([note(recipe={**CNN[0].recipe, "learning_rate": 0.001})], "it was trained by another recipe"),
        ([note(model="mlp")], "its network is mlp, not cnn"),
        ([note(history={**CNN[0].history, "loss": [1.5, *CNN[0].history["loss"][1:]]})], "loss after epoch 1 is 1.5"),
    ],
    ids=range(8),
)
def test_what_was_not_trained_or_not_as_recorded_is_named(notes, complaint):
    assert complaint in trained.faults("cnn", notes, CNN, TODAY)[0]


def test_the_last_step_of_make_test_is_red_where_a_chapters_network_was_not_trained(monkeypatch, tmp_path, cifar10):
    monkeypatch.setattr(trained, "cifar10_or_reason", lambda: cifar10)
    monkeypatch.setenv(TRAINED, str(tmp_path / "trained.jsonl"))
    said = trained.main()
    assert [line.split(":")[0] for line in said.splitlines()] == sorted(trained_anew())
    (tmp_path / "trained.jsonl").write_text(json.dumps(note()) + "\n")
    assert "cnn:" not in trained.main()


def test_where_there_is_no_data_the_last_step_says_so_and_is_green(monkeypatch, capsys):
    monkeypatch.setattr(trained, "cifar10_or_reason", lambda: "CIFAR-10 could not be had")
    assert trained.main() is None
    assert "nothing was trained: CIFAR-10 could not be had" in capsys.readouterr().out


def test_make_test_asks_for_the_training_and_for_its_proof():
    recipe = re.search(r"^test: lint.*\n(?P<steps>(?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)["steps"]
    lines = [line.strip() for line in recipe.splitlines()]
    assert any(line.startswith(f"{TRAIN}=1 $(BIN)/python -m pytest ") for line in lines)
    assert lines[-1] == f"$(BIN)/python -m {trained.__name__}"
    assert re.search(rf"^rm -rf .*{TRAINED}", lines[0])  # no older note passes for one of these tests


def test_the_switch_trains_and_the_note_says_how_often_the_weights_were_updated(monkeypatch, tmp_path):
    monkeypatch.setitem(experiments.EXPERIMENTS, "trial", TRIAL)
    monkeypatch.setattr(records, "RECORDS", tmp_path)
    monkeypatch.setenv(TRAINED, str(tmp_path / "trained.jsonl"))
    monkeypatch.setenv(TRAIN, "1")
    before = date.today()  # midnight may pass while it trains
    model, run = experiments.train_or_load("trial", noise())
    (line,) = (tmp_path / "trained.jsonl").read_text().splitlines()
    assert json.loads(line)["updates"] == int(model.optimizer.iterations.numpy()) == 4
    assert RunRecord(**json.loads(line)["run"]) == run
    assert before <= date.fromisoformat(run.date) <= date.today()
