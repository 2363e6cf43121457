"""The ledger notices a wrong number: in a chapter, in the ledger, in a record, and on the claims page."""

import ast
import math

import nbformat
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from bookbuild import claims_page
from cnnbook import article, claims
from cnnbook.claims import Claim
from cnnbook.claims import claim as ledger
from tests.conftest import ROOT

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
        (claim("equals", 592554), np.int32(592554), 592554.4),
        (claim("equals", 0.885, unit="%", decimals=3), 0.8851, 0.8863),
        (claim("equals", 14.27, decimals=2), 14.2719, 14.2761),
        (claim("equals", 0.885, unit="%"), 0.885, 0.8851),
        (claim("equals", 1e-5), 1e-5, 1.4e-5),
        (claim("equals", 1), 1.0, 0.99996),
        (claim("equals", 0.3), 0.1 + 0.2, 0.30001),
        (claim("equals", 20), 20, "20"),
        (claim("equals", 1), 1, True),
        (claim("equals", "cat and dog"), "cat and dog", "cat and dog "),
        (claim("equals", "(None, 8, 8, 20)"), (None, 8, 8, 20), (None, 8, 8, 21)),
        (claim("equals", "(3, 3, 1, 2)"), tuple(np.array([3, 3, 1, 2])), tuple(np.array([3, 3, 1, 3]))),
        (claim("equals", "(3, 3, 1, 2)"), [3, 3, 1, 2], "(3, 3, 1, 2)"),
        (claim("equals", [3, 3]), np.array([3, 3]), 3),
        (claim("equals", "True"), np.True_, np.False_),
        (claim("equals", True), tf.constant(True), 1),
        (claim("at_most", 1e-5), 1e-6, 1e-4),
        (claim("at_most", 1e-5), 0.0, float("nan")),
        (claim("at_most", 1), np.float16(0.5), True),
        (claim("at_least", 0.73), 0.75, 0.7),
        (claim("at_least", 0.73), tf.constant(0.75), tf.constant(0.7)),
        (claim("at_least", 0.73), np.array(0.75), np.array([0.75])),
        (claim("equals", 3), 3, float("nan")),
    ],
)
def test_a_value_outside_its_bound_is_noticed(trial, right, wrong):
    assert trial.holds(right)
    assert not trial.holds(wrong)


NO_VALUE = [
    None,
    math.nan,
    np.float32("nan"),
    np.ma.masked,
    np.ma.array(0.0, mask=True),
    1j,
    object(),
    {},
    "0",
    b"0",
    np.zeros(3),
    [],
    set(),
]


@pytest.mark.parametrize("value", NO_VALUE, ids=range(len(NO_VALUE)))
@pytest.mark.parametrize("trial", [claim("equals", 0), claim("equals", 0.0), claim("at_most", 1), claim("at_least", -1)], ids=str)
def test_what_is_missing_masked_or_no_number_never_holds(trial, value):
    assert not trial.holds(value)


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(-1, 1))
def test_equal_means_the_same_number_and_not_the_same_text(bound, change):
    measured = bound * (1 + change)
    assume(math.isfinite(measured))
    assert claim("equals", bound).holds(bound)
    assert claim("equals", bound).holds(measured) == math.isclose(bound, measured, rel_tol=1e-9)


@given(st.lists(st.none() | st.integers(0, 10**6), min_size=1, max_size=5), st.data())
def test_a_shape_holds_as_python_numpy_and_json_have_it_and_no_other_does(shape, data):
    trial = claim("equals", str(tuple(shape)))
    assert trial.holds(tuple(shape))
    assert trial.holds(shape)
    if None not in shape:
        assert trial.holds(np.array(shape))
        assert trial.holds(tuple(np.array(shape)))
    place = data.draw(st.integers(0, len(shape) - 1))
    assert not trial.holds([*shape[:place], (shape[place] or 0) + 1, *shape[place + 1 :]])
    assert not trial.holds([*shape, 1])


def test_the_bound_of_an_accuracy_is_students_prediction_interval(recorded):
    low, high = claim("like", "a").interval()
    values = np.array(recorded["a"])
    reach = stats.t(len(values) - 1).ppf(0.995) * values.std(ddof=1) * np.sqrt(1 + 1 / len(values))
    assert (low, high) == (pytest.approx(values.mean() - reach), pytest.approx(values.mean() + reach))


def test_ahead_takes_the_lower_end_of_the_paired_differences(recorded):
    low, high = claim("ahead", ["a", "b"]).interval()
    assert low == claims.prediction_interval([x - y for x, y in zip(recorded["a"], recorded["b"], strict=True)])[0]
    assert high == float("inf")


def test_ahead_compares_only_the_seeds_that_both_experiments_have(recorded):
    low, _ = claim("ahead", ["a", "c"]).interval()
    assert low == claims.prediction_interval([accuracy - 0.5 for accuracy in recorded["a"][1:]])[0]


def test_a_broken_claim_raises_names_the_number_and_prints_no_verdict(monkeypatch, capsys):
    monkeypatch.setattr(ledger, "ledger", lambda: {"trial": claim("equals", 20), "rate": claim("equals", 1e-5)})
    with pytest.raises(claims.ClaimBroken, match="trial: A trial: measured 21, claimed 20"):
        claims.check("trial", np.int64(21))
    with pytest.raises(claims.ClaimBroken, match=r"measured 1.4e-05, claimed 1e-05"):
        claims.check("rate", 1.4e-5)
    with pytest.raises(claims.ClaimBroken, match="trial: A trial: measured masked, claimed 20"):
        claims.check("trial", np.ma.masked)
    assert capsys.readouterr().out == ""
    with pytest.raises(KeyError, match=r"'other' is not in claims\.toml"):
        claims.check("other", 1)


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ("", "claim 'x' has the bounds"),
        ("equals = 1\nat_most = 2", "claim 'x' has the bounds"),
        ("equals = 1\nroughly = true", "claim 'x' has chapter, statement, roughly"),
        ('equals = 1\nunit = "miles"', "unit is 'miles'"),
        ("equals = 1.5\ndecimals = -1", "decimals is -1"),
        ('at_most = "NO_FACT"', "'NO_FACT', which is neither a fact"),
        ("at_most = nan", "the bound of claim 'x' is nan"),
    ],
)
def test_an_entry_that_is_no_claim_is_refused(monkeypatch, tmp_path, entry, complaint):
    path = tmp_path / "claims.toml"
    path.write_text(f'[x]\nchapter = "c"\nstatement = "s"\n{entry}\n')
    monkeypatch.setattr(ledger, "LEDGER", path)
    claims.ledger.cache_clear()
    with pytest.raises(ValueError, match=complaint):
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


@pytest.mark.parametrize("key", [key for key, claim in claims.ledger().items() if claim.decimals is not None])
def test_a_bound_is_compared_to_all_decimals_that_it_has(key):
    claim = claims.ledger()[key]
    assert claim.decimals == len(str(claim.bound).partition(".")[2]), "else a bound is compared to fewer digits than the page shows"


@pytest.mark.usefixtures("recorded")
def test_an_accuracy_outside_its_interval_is_broken_on_the_page():
    assert claims_page.verdict(claim("like", "a"), {"trial": 0.74}) == "holds"
    assert claims_page.verdict(claim("like", "a"), {"trial": 0.60}) == "broken"


@pytest.mark.parametrize("key", [key for key, claim in claims.ledger().items() if claim.kind in ("at_most", "at_least")])
def test_a_typed_bound_is_near_what_is_measured_or_says_why_not(key):
    claim = claims.ledger()[key]
    do = f"bring it within a factor of {ledger.NEAR}, or give a reason that repeats the bound: reason = “{claim.bound:g}: …”"
    assert claim.is_near(MEASURED[key]), f"{claim.bound_text()}, measured {MEASURED[key]:.4g}; {do}"


@pytest.mark.parametrize(
    ("trial", "near"),
    [
        (claim("at_most", 3.0), True),
        (claim("at_most", 3.1), False),
        (claim("at_least", 1 / 3), True),
        (claim("at_least", 0.1), False),
        (claim("at_least", -1e9), False),
        (claim("at_most", 1e9, named=True), True),
        (claim("at_most", 50.0, reason="50: it explodes"), True),
        (claim("at_most", 500.0, reason="50: it explodes"), False),
        (claim("at_most", 0.05, reason="0.05: three standard errors"), True),
        (claim("at_most", 0.5, reason="0.05: three standard errors"), False),
        (claim("at_most", 5.0, reason="0.5: half"), False),
        (claim("equals", 7), True),
    ],
)
def test_a_widened_bound_is_noticed_with_a_reason_or_without(trial, near):
    assert trial.is_near(1.0) == near


RECORDED = [claim for claim in claims.ledger().values() if claim.record]


@pytest.mark.parametrize("claim", RECORDED, ids=lambda claim: claim.key)
def test_the_record_that_a_claim_names_satisfies_it_and_is_the_one_that_was_measured(claim):
    accuracies = claims_page.records.test_accuracies(claim.record)
    assert all(claim.holds(accuracy) for accuracy in accuracies) or claim.holds(np.mean(accuracies))
    low, high = claims.prediction_interval(accuracies)
    assert low <= MEASURED[claim.key] <= high, f"{claim.record} gives {low:.4f} to {high:.4f}, measured was {MEASURED[claim.key]}"


def checks(chapter: str) -> list[ast.Call]:
    """The calls of claims.check in a chapter."""
    cells = [cell.source for cell in nbformat.read(ROOT / "chapters" / f"{chapter}.ipynb", as_version=4).cells if cell.cell_type == "code"]
    trees = [ast.parse("\n".join(line for line in source.splitlines() if not line.lstrip().startswith(("!", "%")))) for source in cells]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    return [node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) == "claims.check"]


@pytest.mark.parametrize("chapter", sorted({claim.chapter for claim in claims.ledger().values()}))
def test_what_is_checked_is_computed_and_not_typed(chapter):
    for call in checks(chapter):
        parts = [node for node in ast.walk(call.args[1]) if isinstance(node, ast.Name | ast.Call)]
        assert parts, f"{ast.unparse(call)} compares the ledger with a constant"
