"""Intervals hold what they promise, and only runs of the same seeds are compared."""

import dataclasses
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cnnbook import claims, records
from cnnbook.claims import statistics
from tests.claims.conftest import LIKE, runs_of

ACCURACIES = st.floats(0, 1)


def test_spread_is_the_sample_mean_and_deviation():
    values = [0.71, 0.73, 0.74, 0.70]
    spread = statistics.spread(values)
    assert (spread.mean, spread.sd, spread.n) == (pytest.approx(np.mean(values)), pytest.approx(np.std(values, ddof=1)), 4)


@pytest.mark.parametrize("function", [statistics.spread, claims.prediction_interval, claims.mean_and_sd])
@pytest.mark.parametrize("values", [[0.5], [], None, 0.5, "73", [0.5, None], [0.5, np.nan], np.ma.array([0.5, 0.6]), [[0.5]]], ids=repr)
def test_what_is_not_two_finite_measurements_is_refused_by_name(function, values):
    with pytest.raises((TypeError, ValueError), match=r"^values "):
        function(values)


def test_prediction_intervals_hold_as_often_as_they_say():
    rng = np.random.default_rng(0)
    samples = rng.normal(0.73, 0.01, (4_000, 6))
    inside = [low <= sample[5] <= high for sample in samples for low, high in [claims.prediction_interval(sample[:5].tolist(), 0.9)]]
    assert np.mean(inside) == pytest.approx(0.9, abs=0.02)


@pytest.mark.parametrize("confidence", [0, 1, 99, -0.5, np.nan, None, True])
def test_a_confidence_that_is_no_share_between_nothing_and_all_is_refused(confidence):
    with pytest.raises((TypeError, ValueError), match=r"^confidence is"):
        claims.prediction_interval([0.5, 0.6], confidence=confidence)
    with pytest.raises((TypeError, ValueError), match=r"^confidence is"):
        claims.paired_difference({0: 0.5, 1: 0.6}, {0: 0.5, 1: 0.6}, confidence=confidence)


@given(st.lists(st.tuples(ACCURACIES, ACCURACIES), min_size=2, max_size=8), st.randoms())
def test_the_paired_difference_is_students_by_seed_in_whatever_order_the_runs_come(pairs, random):
    first, second = runs_of("a", [a for a, _ in pairs]), runs_of("b", [b for _, b in pairs])
    random.shuffle(second)
    difference = claims.paired_difference(first, second)
    apart = np.array([a - b for a, b in pairs])
    reach = stats.t(len(pairs) - 1).ppf(0.975) * apart.std(ddof=1) / np.sqrt(len(pairs))
    assert difference.n == len(pairs)
    assert (difference.mean, difference.low, difference.high) == pytest.approx(
        (apart.mean(), apart.mean() - reach, apart.mean() + reach), abs=1e-12
    )


def test_the_interval_of_a_difference_holds_the_true_one_as_often_as_it_says():
    rng = np.random.default_rng(0)
    first, second = rng.normal(0.02, 0.01, (4_000, 5)), rng.normal(0, 0.01, (4_000, 5))
    found = [claims.paired_difference(dict(enumerate(a)), dict(enumerate(b))) for a, b in zip(first, second, strict=True)]
    assert np.mean([one.low <= 0.02 <= one.high for one in found]) == pytest.approx(0.95, abs=0.015)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6), st.lists(st.integers(0, 9), min_size=1, max_size=6))
def test_runs_are_compared_only_if_their_seeds_are_the_same_and_none_comes_twice(left, right):
    first, second = (runs_of(name, [0.5] * len(seeds), seeds) for name, seeds in (("a", left), ("b", right)))
    if len(set(left)) == len(left) > 1 and sorted(left) == sorted(right):
        assert claims.paired_difference(first, second).n == len(left)
    else:
        with pytest.raises(ValueError, match=r"seed|at least 2"):
            claims.paired_difference(first, second)


@pytest.mark.parametrize("runs", [[0.7, 0.8], np.array([0.7, 0.8]), "cnn", None, [], [None]], ids=repr)
def test_numbers_without_seeds_are_not_compared(runs):
    with pytest.raises(TypeError, match=r"second is .* it takes run records, or a dict"):
        claims.paired_difference(runs_of("a", [0.7, 0.8]), runs)


def test_runs_of_several_experiments_are_no_experiment():
    with pytest.raises(ValueError, match="first has runs of a, b; a comparison takes those of one experiment"):
        claims.paired_difference([*runs_of("a", [0.7]), *runs_of("b", [0.7], [1])], runs_of("c", [0.7, 0.8]))


def test_what_is_not_finite_is_not_compared_and_the_seed_is_named():
    diverged = records.load("sweep_sgd_1_cnn")
    with pytest.raises(ValueError, match="first, seed 0 is nan"):
        claims.paired_difference({0: np.nan, 1: 0.5}, {0: 0.5, 1: 0.5})
    losses = claims.paired_difference(diverged, diverged, lambda run: run.test_accuracy)
    assert (losses.mean, losses.shown) == (0, False)


def test_experiments_are_compared_on_the_seeds_that_all_of_them_have_and_on_no_fewer_than_five(monkeypatch, tmp_path):
    monkeypatch.setattr(records, "RECORDS", tmp_path)
    for name, seeds in {"one": range(6), "two": [9, 5, 4, 3, 2, 1], "few": range(4), "other": [7, 8]}.items():
        records.save(name, runs_of(name, [0.5] * len(seeds), list(seeds)))
    paired = claims.on_same_seeds("one", "two")
    assert [[run.experiment for run in runs] for runs in paired] == [["one"] * 5, ["two"] * 5]
    assert [[run.seed for run in runs] for runs in paired] == [[1, 2, 3, 4, 5]] * 2
    assert claims.paired_difference(*paired).n == 5
    for name, common in {"few": "[0, 1, 2, 3]", "other": "[]"}.items():
        refusal = f"one, {name}; it takes experiments with at least 5 seeds in common, and these have {common}"
        with pytest.raises(ValueError, match=re.escape(refusal)):
            claims.on_same_seeds("one", name)
    with pytest.raises(ValueError, match="none"):
        claims.on_same_seeds()


def test_only_runs_that_were_asked_about_a_quantity_are_compared_by_it(monkeypatch, tmp_path):
    monkeypatch.setattr(records, "RECORDS", tmp_path)
    asked = {"asked": [0.5] * LIKE.recipe["epochs"]}
    runs = [dataclasses.replace(run, history=run.history | asked if run.seed else run.history) for run in runs_of("one", [0.5] * 6)]
    records.save("one", runs)
    assert [run.seed for run in claims.on_same_seeds("one", having="asked")[0]] == [1, 2, 3, 4, 5]
    records.save("one", runs[:5])
    with pytest.raises(ValueError, match=r"5 seeds in common that have asked, and these have \[1, 2, 3, 4\]"):
        claims.on_same_seeds("one", having="asked")
