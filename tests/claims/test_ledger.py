"""The ledger notices a wrong number: in a chapter, in the ledger, in a record, and on the claims page."""

from importlib import import_module

import numpy as np
import pytest
from scipy import stats

from bookbuild import claims_page
from cnnbook import article, claims, records
from cnnbook.claims import Claim

MODULE = import_module("cnnbook.claims.ledger")  # in the package, `ledger` is the function
MEASURED = claims_page.measured_values()


@pytest.mark.parametrize("claim", claims.ledger().values(), ids=lambda claim: claim.key)
def test_the_claim_holds_for_what_its_chapter_measured(claim):
    assert claims_page.verdict(claim, MEASURED) == "holds", f"{claim.statement}: {claim.bound_text()}, measured {MEASURED.get(claim.key)}"


def claim(kind, bound, **more):
    return Claim(key="trial", chapter="01_convolution", statement="A trial", kind=kind, bound=bound, **more)


@pytest.mark.parametrize(
    ("trial", "right", "wrong"),
    [
        (claim("equals", 592554), 592554, 592553),
        (claim("equals", 0.885, unit="%"), 0.8851, 0.8863),
        (claim("equals", "(None, 8, 8, 20)"), (None, 8, 8, 20), (None, 8, 8, 21)),
        (claim("at_most", 1e-5), 1e-6, 1e-4),
        (claim("at_least", 0.73), 0.75, 0.7),
        (claim("at_most", 1e-5), 0.0, float("nan")),
        (claim("equals", 3), 3, float("nan")),
        (claim("equals", "True"), np.True_, np.False_),
    ],
)
def test_a_value_outside_its_bound_is_noticed(trial, right, wrong):
    assert trial.holds(right)
    assert not trial.holds(wrong)


@pytest.fixture
def recorded(monkeypatch):
    accuracies = {"a": [0.73, 0.74, 0.75, 0.74, 0.73], "b": [0.52, 0.50, 0.51, 0.53, 0.52]}
    monkeypatch.setattr(records, "test_accuracies", accuracies.__getitem__)
    return accuracies


def test_the_bound_of_an_accuracy_is_students_prediction_interval(recorded):
    low, high = claim("like", "a").interval()
    values = np.array(recorded["a"])
    reach = stats.t(4).ppf(0.995) * values.std(ddof=1) * np.sqrt(1.2)
    assert (low, high) == (pytest.approx(values.mean() - reach), pytest.approx(values.mean() + reach))


def test_prediction_intervals_hold_as_often_as_they_say():
    rng = np.random.default_rng(0)
    samples = rng.normal(0.73, 0.01, (4_000, 6))
    inside = [low <= sample[5] <= high for sample in samples for low, high in [claims.prediction_interval(sample[:5].tolist(), 0.9)]]
    assert np.mean(inside) == pytest.approx(0.9, abs=0.02)


def test_ahead_takes_the_lower_end_of_the_paired_differences(recorded):
    low, high = claim("ahead", ["a", "b"]).interval()
    assert low == claims.prediction_interval([x - y for x, y in zip(recorded["a"], recorded["b"], strict=True)])[0]
    assert high == float("inf")


def test_a_broken_claim_raises_names_the_number_and_prints_no_verdict(monkeypatch, capsys):
    monkeypatch.setattr(MODULE, "ledger", lambda: {"trial": claim("equals", 20)})
    with pytest.raises(claims.ClaimBroken, match="trial: A trial: measured 21, claimed 20"):
        claims.check("trial", np.int64(21))
    assert capsys.readouterr().out == ""
    with pytest.raises(KeyError, match=r"'other' is not in claims\.toml"):
        claims.check("other", 1)


def test_an_entry_with_two_bounds_or_none_is_refused(monkeypatch, tmp_path):
    path = tmp_path / "claims.toml"
    monkeypatch.setattr(MODULE, "LEDGER", path)
    for entry in ("", "equals = 1\nat_most = 2\n"):
        path.write_text(f'[x]\nchapter = "c"\nstatement = "s"\n{entry}')
        claims.ledger.cache_clear()
        with pytest.raises(ValueError, match="claim 'x' has the bounds"):
            claims.ledger()
    monkeypatch.undo()
    claims.ledger.cache_clear()


def test_the_page_shows_a_broken_claim_in_red_and_in_words(monkeypatch):
    broken = {"trial": claim("equals", 20), "gone": Claim("gone", "01_convolution", "Not measured", "equals", 1)}
    monkeypatch.setattr(claims, "ledger", lambda: broken)
    monkeypatch.setattr(claims_page, "measured_values", lambda: {"trial": 21})
    page = claims_page.page()
    assert "2 claims that a program can check, and 0 of them hold" in page
    assert '<span class="claim-broken">✗ broken</span>' in page
    assert '<span class="claim-not-measured">✗ not measured</span>' in page


@pytest.mark.parametrize(("experiment", "wrong"), [("mlp", 0.482), ("cnn", 0.60), ("cnn_better", article.REPORTED_ACCURACY)])
def test_what_a_wrong_recipe_gives_is_outside_the_interval(experiment, wrong):
    """0.482: pixels scaled to [0, 1]; The last: the article's recipe instead of the better one."""
    assert not claim("like", experiment).holds(wrong)


def test_an_accuracy_outside_its_interval_is_broken_on_the_page(recorded):
    assert claims_page.verdict(claim("like", "a"), {"trial": 0.74}) == "holds"
    assert claims_page.verdict(claim("like", "a"), {"trial": 0.60}) == "broken"
