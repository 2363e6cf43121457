"""Numbers as the book writes them, and what the prose is told."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from cnnbook import claims, records
from cnnbook.claims import Difference, writing
from tests.claims.conftest import runs_of


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (-6, "", "−6"),
        (-0.0, "", "0"),
        (-0.00004, "%", "0.0 %"),
        (-1e-5, "", "−1e-05"),
        (np.float32(0.5), "points", "50.0 points"),
        (tf.constant(1216), "", "1,216"),
        (np.array([3, 3]), "", "(3, 3)"),
        (float("nan"), "%", "nan"),
        (1e300, "", "1e+300"),
        (True, "", "True"),
    ],
)
def test_a_value_is_written_alike_whatever_type_it_comes_in(value, unit, written):
    assert claims.text(value, unit) == written


@given(st.floats(-1, 1))
def test_no_number_is_written_with_a_hyphen_for_a_minus_or_as_minus_nothing(value):
    for unit in writing.UNITS:
        written = claims.text(value, unit)
        assert not written.startswith("-")
        assert written.strip("−0.% points") or not written.startswith("−")


@pytest.mark.parametrize("unit", ["per cent", "point", None, 1])
def test_a_unit_that_the_book_does_not_write_is_refused(unit):
    for write in (lambda: claims.text(0.5, unit), lambda: claims.mean_and_sd([0.5, 0.6], unit)):
        with pytest.raises((TypeError, ValueError), match=r"^unit is"):
            write()


def test_repeated_measurements_are_written_in_their_unit():
    values = [0.011, 0.012, 0.013]
    assert claims.mean_and_sd(values, "points") == "1.2 ± 0.1 points"
    assert claims.mean_and_sd(values, "%") == "1.2 ± 0.1 %"
    assert claims.mean_and_sd(values, "") == "0.0120 ± 0.0010"
    assert claims.mean_and_sd([3.2, 3.5, 3.8], "") == "3.50 ± 0.30"
    assert claims.mean_and_sd([0.5, 0.5], "") == "0.5 ± 0"
    assert claims.mean_and_sd([-value for value in values], "points") == "−1.2 ± 0.1 points"


@pytest.mark.parametrize(
    ("difference", "written"),
    [
        (Difference(0.219, 0.211, 0.227, 5), "21.9 points (95 % interval 21.1 to 22.7, 5 seeds)"),
        (Difference(-0.219, -0.227, -0.211, 5), "21.9 points (95 % interval 21.1 to 22.7, 5 seeds)"),
        (Difference(-0.001, -0.005, 0.003, 5), "no difference these runs could show (−0.1 points, 95 % interval −0.5 to 0.3, 5 seeds)"),
    ],
)
def test_a_difference_is_written_with_its_interval_or_as_none_that_the_runs_could_show(difference, written):
    assert claims.difference_text(difference) == written


def test_what_was_paired_may_be_something_else_than_runs_by_their_seeds():
    shown, unsure = Difference(0.01, 0.005, 0.015, 10_000), Difference(0.0, -0.01, 0.01, 10_000)
    assert claims.difference_text(shown, pairs="images") == "1.0 points (95 % interval 0.5 to 1.5, 10,000 images)"
    none = "no difference these images could show (0.000, 95 % interval −0.010 to 0.010, 10,000 images)"
    assert claims.difference_text(unsure, "", "images") == none


@pytest.mark.parametrize(
    ("difference", "written"),
    [
        (Difference(0.219, 0.211, 0.227, 5), "+21.9 points (95 % interval 21.1 to 22.7, 5 seeds)"),
        (Difference(-0.219, -0.227, -0.211, 5), "−21.9 points (95 % interval −22.7 to −21.1, 5 seeds)"),
        (Difference(-0.001, -0.005, 0.003, 5), "−0.1 points (95 % interval −0.5 to 0.3, 5 seeds): none shown"),
        (Difference(0.0, 0.0, 0.0, 3), "no difference in any of 3 seeds"),
    ],
)
def test_a_row_of_a_table_has_the_sign_of_a_difference_and_says_where_none_is_shown(difference, written):
    assert claims.change_text(difference) == written


def told(capture) -> dict[str, str]:
    return {output["metadata"]["scrapbook"]["name"]: next(iter(output["data"].values())) for output in capture}


@pytest.fixture
def notebook(monkeypatch):
    """What is displayed, as a notebook would keep it."""
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, metadata, raw: shown.append({"data": data, "metadata": metadata}))
    return shown


@pytest.mark.usefixtures("recorded")
def test_the_prose_is_told_a_difference_its_direction_and_its_number_of_seeds(notebook):
    first, second = records.load("a"), records.load("b")
    difference = claims.tell_difference("lead", first, second)
    claims.tell_difference("lag", second, first)
    like_first = runs_of("d", [0.74, 0.73, 0.75, 0.73, 0.74, 0.74])
    claims.tell_difference("none", first, like_first)
    assert told(notebook) == {
        "lead": repr(claims.difference_text(difference)),
        "lead_n": "'6'",
        "lead_direction": "'ahead of'",
        "lag": repr(claims.difference_text(difference)),
        "lag_n": "'6'",
        "lag_direction": "'behind'",
        "none": repr(claims.difference_text(claims.paired_difference(first, like_first))),
        "none_n": "'6'",
        "none_direction": "'level with'",
    }


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize(("first", "second", "word"), [("a", "b", "higher"), ("b", "a", "lower"), ("a", "a", "as high")])
def test_the_direction_is_told_in_the_words_of_the_sentence(notebook, first, second, word):
    claims.tell_difference("lead", records.load(first), records.load(second), words=("higher", "lower", "as high"))
    assert told(notebook)["lead_direction"] == repr(word)


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), np.ma.masked, object()], ids=range(5))
def test_the_prose_is_told_nothing_that_was_not_measured(notebook, value):
    with pytest.raises((TypeError, ValueError)):
        claims.tell("trial", value)
    assert notebook == []


@pytest.mark.parametrize(("seconds", "expected"), [([100.0, None, 120.0], "'110'"), ([None, None, None], None)])
def test_seconds_are_the_mean_of_the_runs_that_had_the_machine_to_themselves(notebook, monkeypatch, tmp_path, seconds, expected):
    runs = [dataclasses.replace(run, seconds=each) for run, each in zip(runs_of("a", [0.7, 0.8, 0.9]), seconds, strict=True)]
    monkeypatch.setattr(records, "RECORDS", tmp_path)
    records.save("a", runs)
    claims.tell_record("a", "a")
    assert told(notebook).get("a_seconds") == expected
    assert told(notebook)["a_n"] == "'3'"
