"""Bounds come from the records: recomputed here from their JSON by other means, and never typed where the records give them."""

import json
import tomllib

import numpy as np
import pytest
from scipy import stats

from bookbuild import claims_page
from cnnbook import article, claims, records
from cnnbook.claims import Claim, derived
from cnnbook.claims import claim as ledger
from tests.claims.conftest import code_of
from tests.claims.provenance import RECORDED, sources

MEASURED = claims_page.measured_values()
DERIVED = [claim for claim in claims.ledger().values() if claim.kind in derived.KINDS]
OF_RUNS = [claim for claim in claims.ledger().values() if claim.experiments() and claim not in DERIVED]


def quantity(experiment: str, of: str) -> dict[int, float]:
    """Seed -> what was recorded, straight from the file."""
    runs = json.loads((records.RECORDS / f"{experiment}.json").read_text())
    if of in ("train_accuracy", "gap"):
        runs = [run for run in runs if "train_accuracy" in run["history"]]
        return {run["seed"]: run["history"]["train_accuracy"][-1] - (run["test_accuracy"] if of == "gap" else 0) for run in runs}
    if of == "held_out_accuracy":
        assert {run["recipe"]["validation"] for run in runs} == {"held_out"}
        return {run["seed"]: run["history"]["val_accuracy"][-1] for run in runs}
    return {run["seed"]: run[of] for run in runs}


def recomputed(claim: Claim) -> tuple[float, float, float]:
    """Mean, low and high of the difference that a claim is about."""
    found = []
    for pair in [claim.bound] if claim.kind == "above" else claim.bound:
        sides = [[side] if isinstance(side, str) else side for side in pair]
        values = [[quantity(name, claim.of) for name in side] for side in sides]
        seeds = set.intersection(*(set(value) for side in values for value in side))
        first, second = ([side[0][seed] - sum(other[seed] for other in side[1:]) for seed in sorted(seeds)] for side in values)
        result = stats.ttest_rel(first, second)
        found.append((np.mean(np.subtract(first, second)), *result.confidence_interval(0.95)))
    if claim.kind == "largest":
        return max((each if each[0] >= 0 else (-each[0], -each[2], -each[1]) for each in found), key=lambda each: each[0])
    return min(found, key=lambda each: each[0])


@pytest.mark.parametrize("claim", DERIVED, ids=lambda claim: claim.key)
def test_a_derived_bound_is_what_the_named_records_give(claim):
    mean, low, high = recomputed(claim)
    assert claim.interval() == (pytest.approx(low), pytest.approx(high))
    assert claim.difference().mean == pytest.approx(mean)


@pytest.mark.parametrize("claim", DERIVED, ids=lambda claim: claim.key)
def test_what_a_chapter_measured_is_what_the_named_records_give(claim):
    do = f"the chapter compares others than {claim.experiments()}, or was executed before these runs: run `make execute`"
    assert MEASURED[claim.key] == pytest.approx(recomputed(claim)[0], rel=1e-9), do


COMPOSED = ("further_", "best_", "sweep_")  # experiments whose names a chapter puts together


@pytest.mark.parametrize("claim", DERIVED, ids=lambda claim: claim.key)
def test_every_experiment_that_a_claim_names_is_named_in_its_chapter_too(claim):
    """Also where the extreme one of several pairs gives the bound, and the others could be any."""
    missing = {*claim.experiments()} - sources(code_of(claim.chapter))[claim.key]
    assert {name for name in missing if not name.startswith(COMPOSED)} == set()
    pairs = [str(pair) for pair in claim.bound]
    assert claim.kind == "above" or len(set(pairs)) == len(pairs)


@pytest.mark.parametrize("claim", [each for each in claims.ledger().values() if each.experiments()], ids=lambda claim: claim.key)
def test_the_records_that_a_claim_names_satisfy_it(claim):
    if claim.kind in derived.KINDS:
        assert claim.holds(recomputed(claim)[0])
    elif claim.kind == "ahead":
        first, second = (np.mean(list(quantity(name, claim.of).values())) for name in claim.bound)
        assert claim.holds(first - second)
    else:
        (name,) = claim.experiments()
        assert all(claim.holds(value) for value in quantity(name, claim.of).values())


@pytest.mark.parametrize("claim", OF_RUNS, ids=lambda claim: claim.key)
def test_what_a_claim_of_recorded_runs_measured_is_one_of_them_or_their_mean(claim):
    """Not only within the bound: the page of claims shows it, and nbval does not compare it."""
    values = [quantity(name, claim.of) for name in claim.experiments()]
    by_seed = values[0] if len(values) == 1 else {seed: values[0][seed] - values[1][seed] for seed in values[0] if seed in values[1]}
    possible = [np.mean(list(by_seed.values())), *by_seed.values()]
    assert any(MEASURED[claim.key] == pytest.approx(value, abs=1e-7) for value in possible), "run python -m bookbuild execute"


@pytest.mark.parametrize("claim", OF_RUNS, ids=lambda claim: claim.key)
def test_what_is_measured_is_of_the_experiment_that_the_claim_names(claim):
    named = sources(code_of(claim.chapter))[claim.key] - {RECORDED}
    assert named == {*claim.experiments()}, "the chapter measures another experiment than the claim names"


def test_a_run_that_held_no_images_out_has_no_accuracy_on_them():
    with pytest.raises(ValueError, match="cnn held no images out; it takes experiments whose recipe has validation 'held_out'"):
        derived.difference("above", ["cnn", "mlp"], of="held_out_accuracy")


def test_another_experiment_than_the_one_that_was_measured_is_noticed():
    code = "net, run = experiments.train_or_load('cnn', data)\n_, accuracy = training.evaluate(net, data)\nclaims.check('a', accuracy)"
    assert sources(code) == {"a": {"cnn"}}
    again = "accuracy = records.test_accuracies('mlp')[0]\naccuracy = records.test_accuracies('cnn')[0]\nclaims.check('a', accuracy)"
    assert sources(again) == {"a": {"cnn", RECORDED}}


def trial(kind, bound, **more) -> Claim:
    return Claim(key="trial", chapter="01_convolution", statement="A trial", kind=kind, bound=bound, **more)


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize(
    ("claim", "right", "wrong"),
    [
        (trial("above", ["a", "b"]), 0.222, 0.25),
        (trial("smallest", [["a", "b"], ["a", "c"]]), 0.222, 0.25),
        (trial("largest", [["b", "a"], ["a", "a"]]), 0.222, -0.222),
        (trial("above", [["a", "b"], ["b", "c"]]), 0.74 - 2 * 0.516 + 0.5, 0.3),
    ],
    ids=["above", "smallest", "largest", "pairs"],
)
def test_another_difference_than_the_recorded_one_is_noticed(claim, right, wrong):
    assert claim.holds(right)
    assert not claim.holds(wrong)
    assert not claim.holds(None)


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize("claim", [trial("above", ["b", "a"]), trial("above", ["a", "a"]), trial("smallest", [["a", "b"], ["b", "a"]])])
def test_a_difference_that_the_runs_do_not_show_never_holds_and_says_why(claim):
    assert not claim.holds(claim.difference().mean)
    assert claim.bound_text().startswith("a difference that the recorded runs do not show, from ")


@pytest.mark.usefixtures("recorded")
def test_the_bound_says_interval_and_number_of_seeds():
    assert trial("above", ["a", "c"], unit="points").bound_text() == "from 23.1 to 24.9 points (95 % interval, 5 seeds)"


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize(
    ("kind", "bound", "complaint"),
    [
        ("above", ["a"], "it takes two of them, or two pairs"),
        ("above", ["a", ["a", "b"]], "it takes two of them, or two pairs"),
        ("above", "ab", "it takes two of them, or two pairs"),
        ("largest", "ab", "it takes a list of pairs"),
        ("smallest", [], "it takes a list of pairs"),
    ],
)
def test_what_is_no_pair_of_experiments_is_refused(kind, bound, complaint):
    with pytest.raises(TypeError, match=complaint):
        derived.difference(kind, bound)


def test_a_measure_or_an_experiment_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="of is 'time'"):
        derived.difference("above", ["cnn", "mlp"], "time")
    with pytest.raises(FileNotFoundError, match="experiment 'vgg' has no record"):
        derived.difference("above", ["vgg", "mlp"])


@pytest.mark.parametrize("bound", ["at_least = 0.73", "at_most = 0.9"])
def test_a_typed_bound_beside_a_record_is_refused(monkeypatch, tmp_path, bound):
    path = tmp_path / "claims.toml"
    monkeypatch.setattr(ledger, "LEDGER", path)
    ledger.ledger.cache_clear()
    path.write_text(f'[x]\nchapter = "c"\nstatement = "s"\nrecord = "cnn"\n{bound}\n')
    with pytest.raises(ValueError, match=r"claim 'x' has a record and the bound 0.*; the record gives one: like, ahead, above"):
        claims.ledger()
    path.write_text('[x]\nchapter = "c"\nstatement = "s"\nrecord = "cnn"\nat_least = "REPORTED_MLP_ACCURACY"\n')
    assert claims.ledger()["x"].bound == article.REPORTED_MLP_ACCURACY
    monkeypatch.undo()
    ledger.ledger.cache_clear()


def of_records(code: str) -> set[str]:
    """The claims whose measured value is computed from recorded runs."""
    return {key for key, found in sources(code).items() if RECORDED in found}


def untyped(key: str) -> bool:
    """Is a bound derived, or a fact's name, or does it give its reason?"""
    claim = claims.ledger()[key]
    return claim.kind in ("like", "ahead", *derived.KINDS) or claim.named or bool(claim.reason)


@pytest.mark.parametrize("chapter", sorted({claim.chapter for claim in claims.ledger().values()}))
def test_no_bound_is_typed_of_what_is_computed_from_records(chapter):
    typed = {key for key in of_records(code_of(chapter)) if not untyped(key)}
    assert typed == set(), f"let the records give the bound: {', '.join(ledger.BOUNDS[3:])}; or give a reason"


def test_a_typed_bound_of_a_recorded_difference_is_noticed():
    code = (
        "runs = dict(a=records.load('cnn'))\nfor name, each in runs.items():\n    best = max(each)\n"
        "def f(x):\n    return x\nclaims.check('pooling_gain', f(best))\nclaims.check('valid_5', len([1]))"
    )
    assert of_records(code) == {"pooling_gain"}
    assert DERIVED == [claim for claim in DERIVED if untyped(claim.key)] != []
    assert not untyped("valid_5")


def test_every_derived_claim_is_computed_from_records_in_its_chapter():
    assert {claim.key for claim in DERIVED} <= {key for chapter in {c.chapter for c in DERIVED} for key in of_records(code_of(chapter))}


def test_the_ledger_is_read_in_full():
    assert set(tomllib.loads(ledger.LEDGER.read_text(encoding="utf-8"))) == set(claims.ledger())
