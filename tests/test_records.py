"""Run records: what is written is read back, nothing is lost on the way, and a file that is no record is refused in a sentence."""

import dataclasses
import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnbook import records
from cnnbook.run_record import ActivationRecord, RunRecord
from tests.conftest import ROOT

RUN = dataclasses.replace(records.load("mlp")[0], experiment="trial")
MEASURED = ([[[1000], [1000]]], [[0.0, math.nan]], [[1.0, 1.1]], [[0.2, 0.3]])
LEFT = {"left_moved": {"mean": [[0.1, math.nan]]}, "channels": [[[[-1.0, 0.0, math.nan]], [[-1.0, 0.0, 1.0]]]]}
SEEN = ActivationRecord("trial", 0, 8, [0, 1], [0.5], *MEASURED, **LEFT)
COMMITTED = sorted(records.RECORDS.rglob("*.json"))


@pytest.fixture
def folder(monkeypatch, tmp_path) -> Path:
    monkeypatch.setattr(records, "RECORDS", tmp_path)
    return tmp_path


def refuse(constant: str):
    raise AssertionError(f"{constant} is not JSON")


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_every_committed_record_is_json_that_any_program_reads(path):
    assert json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)


@pytest.mark.parametrize("path", [path for path in COMMITTED if path.parent == records.RECORDS], ids=lambda path: path.stem)
def test_a_record_that_is_read_and_saved_again_is_the_same_file(path, folder):
    runs = records._read(path.stem, path, RunRecord)
    records.save(path.stem, runs)
    same = (folder / path.name).read_text(encoding="utf-8") == path.read_text(encoding="utf-8")
    assert same, "run `python -m cnnbook.training.sealing`: it seals what was recorded without a seal"


LOSSES = st.floats() | st.sampled_from([np.float32("nan"), np.float64(0.5), None, 1])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=5, unique=True),
    st.lists(LOSSES, min_size=1, max_size=3),
    LOSSES,
    st.none() | st.floats(0, 1e6),
)
def test_what_is_saved_is_loaded_again_in_order_of_seed_whatever_was_measured(folder, seeds, losses, loss, seconds):
    recipe = {"pixel_range": (0.0, 1.0), "epochs": len(losses)}
    like = dataclasses.replace(RUN, test_loss=loss, seconds=seconds, recipe=recipe, digests=None)
    runs = [dataclasses.replace(like, seed=seed, history={"loss": losses, "mark": len(losses) * [seed]}) for seed in seeds]
    records.save("trial", runs)
    loaded = records.load("trial")
    assert loaded == sorted(runs, key=lambda run: run.seed)
    assert json.loads((folder / "trial.json").read_text(encoding="utf-8"), parse_constant=refuse)
    finite = [value is not None and math.isfinite(value) for value in losses]
    assert [not math.isnan(value) for value in loaded[0].history["loss"]] == finite
    assert [path.name for path in folder.iterdir()] == ["trial.json"]


@pytest.mark.parametrize(
    "changed",
    [
        {"seed": object()},
        {"seed": -1},
        {"seed": True},
        {"recipe": {"rate": np.float32(0.1)}},
        {"recipe": {"rate": math.nan}},
        {"recipe": None},
        {"history": {"loss": ["0.1"]}},
        {"history": {"loss": 0.1}},
        {"history": {"loss": [0.1], "accuracy": [0.1, 0.2]}},
        {"history": [0.1]},
        {"test_accuracy": 73.8},
        {"test_accuracy": math.nan},
        {"test_accuracy": np.ma.masked},
        {"seconds": -1},
        {"seconds": math.nan},
        {"versions": {"python": object()}},
        {"machine": None},
    ],
    ids=range(17),
)
def test_what_could_not_be_recorded_is_refused_before_it_is_a_record(changed):
    with pytest.raises((TypeError, ValueError), match=next(iter(changed))):
        dataclasses.replace(RUN, **changed)


def test_a_seed_twice_and_runs_of_another_experiment_are_refused_when_saved_and_when_loaded(folder):
    for runs, complaint in (
        ([RUN, RUN], "seed 0 is recorded more than once"),
        ([dataclasses.replace(RUN, experiment="other")], "seed 0 is a run of 'other', not of 'trial'"),
    ):
        with pytest.raises(ValueError, match=complaint):
            records.save("trial", runs)
        (folder / "trial.json").write_text(json.dumps([dataclasses.asdict(run) for run in runs]))
        with pytest.raises(ValueError, match=f"trial.json cannot be read as the record of experiment 'trial': {complaint}"):
            records.load("trial")


WHOLE_FILE = json.dumps([dataclasses.asdict(RUN)]).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        WHOLE_FILE[: len(WHOLE_FILE) // 2],
        b"[]",
        b"{}",
        b"null",
        b"[1]",
        b"[{}]",
        b"\xff\xfe",
        b"[" * 100_000,
        WHOLE_FILE.replace(b'"seed"', b'"sead"'),
        WHOLE_FILE.replace(b'"seed": 0', b'"seed": 0, "mood": "good"'),
        WHOLE_FILE.replace(b'"seed": 0', b'"seed": "0"'),
        WHOLE_FILE.replace(b'"test_loss": ', b'"test_loss": NaN, "x": '),
        WHOLE_FILE.replace(b'"test_accuracy": 0', b'"test_accuracy": 1e999, "x": 0'),
    ],
    ids=range(14),
)
@pytest.mark.parametrize(("load", "place"), [(records.load, "."), (records.load_activations, "activations")])
def test_a_file_that_is_no_record_is_refused_in_one_sentence_with_its_name(folder, load, place, content):
    path = folder / place / "trial.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"trial\.json cannot be read as the record of experiment 'trial': ."):
        load("trial")


@given(cut=st.integers(0, len(WHOLE_FILE) - 1))
def test_a_record_that_is_cut_off_anywhere_is_never_read(tmp_path_factory, cut):
    path = tmp_path_factory.mktemp("cut") / "trial.json"
    path.write_bytes(WHOLE_FILE[:cut])
    with pytest.raises(ValueError, match="cannot be read"):
        records._read("trial", path, RunRecord)


def test_a_folder_in_the_place_of_a_record_is_refused_in_one_sentence(folder):
    (folder / "trial.json").mkdir()
    with pytest.raises(ValueError, match=r"trial\.json cannot be read"):
        records.load("trial")


def test_an_unknown_experiment_is_named_with_the_known_ones():
    with pytest.raises(FileNotFoundError, match=r"'nothing' has no record.*mlp"):
        records.load("nothing")


def test_a_training_whose_record_cannot_be_written_is_kept_elsewhere_and_the_old_record_stays(folder, tmp_path_factory, monkeypatch):
    records.save("trial", [RUN])
    (folder / "trial.part").mkdir()  # in the way of what is written
    monkeypatch.setenv("TMPDIR", str(tmp_path_factory.mktemp("elsewhere")))
    monkeypatch.setattr("tempfile.tempdir", None)
    measured = dataclasses.replace(RUN, seed=1, test_loss=math.nan)
    with pytest.raises(records.NotRecorded, match=r"1 runs could not be recorded in .* and are kept in") as failure:
        records.save("trial", [measured])
    assert records.load("trial") == [RUN]
    kept = Path(str(failure.value).split("kept in ")[1].split(".json")[0] + ".json")
    assert [RunRecord(**run) for run in json.loads(kept.read_text())] == [measured]


def test_a_training_is_printed_where_no_file_can_be_written_at_all(tmp_path):
    """A process that may write files of no more than a hundred bytes, as on a full disk."""
    code = (
        "import resource, dataclasses; from pathlib import Path; from cnnbook import records\n"
        "run = records.load('mlp')[0]\n"
        f"records.RECORDS = Path({str(tmp_path)!r})\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "records.save('mlp', [run])"
    )
    done = subprocess.run([sys.executable, "-B", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert [RunRecord(**run) for run in json.loads(done.stdout)] == records.load("mlp")[:1]
    assert done.stderr.splitlines()[-1].startswith("cnnbook.records.NotRecorded: 1 runs could not be recorded in")
    assert "are printed above" in done.stderr


def test_watched_activations_are_loaded_as_they_were_saved(folder):
    records.save_activations("trial", [dataclasses.replace(SEEN, seed=1), SEEN])
    assert records.load_activations("trial") == [SEEN, dataclasses.replace(SEEN, seed=1)]
    assert json.loads((folder / "activations" / "trial.json").read_text(), parse_constant=refuse)
    with pytest.raises(FileNotFoundError, match=r"'other' has no record.*recorded are: trial"):
        records.load_activations("other")
