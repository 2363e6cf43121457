"""The reason that a claim gives for its bound is so: what it says is computed."""

import math
import re
from collections.abc import Callable

import nbformat
import numpy as np
import pytest

from bookbuild import claims_page
from cnnbook import article, claims
from cnnbook.training.experiments import EXPERIMENTS
from tests.claims.conftest import code_of
from tests.claims.provenance import RECORDED, sources
from tests.conftest import ROOT, markdown
from tests.recorded import gain
from tests.test_chapters import figure_cells

MEASURED = claims_page.measured_values()
LEDGER = claims.ledger()


def standard_errors(number: int, share: float, of: int) -> float:
    return number * math.sqrt(share * (1 - share) / of)


def rates(of: str) -> np.ndarray:
    return np.unique([experiment.recipe.learning_rate for name, experiment in EXPERIMENTS.items() if name.startswith(f"sweep_{of}_")])


def said_in(chapter: str) -> str:
    """Prose and captions of a chapter."""
    notebook = nbformat.read(ROOT / "chapters" / f"{chapter}.ipynb", as_version=4)
    return " ".join(markdown(notebook) + [cell.metadata["mystnb"]["figure"]["caption"] for cell in figure_cells(notebook)])


def nearly(value: float, bound: float) -> bool:
    """Is the bound the value, rounded up to one digit?"""
    return value <= bound < 1.25 * value


def made_here(claim: claims.Claim) -> bool:
    """Is no recorded experiment named on the way to what is measured?"""
    return sources(code_of(claim.chapter))[claim.key] <= {RECORDED}


def asks(words: str) -> Callable[[claims.Claim], bool]:
    """Is it a yes to a question in these words?"""
    return lambda claim: claim.bound is True and re.search(words, claim.statement) is not None


# What a reason says, without the bound that it repeats -> is it so of the claim?
REASONS: dict[str, Callable[[claims.Claim], bool]] = {
    "little beside what ReLU gains; the largest of several changes has no interval": lambda claim: (
        "Largest" in claim.statement and claim.bound < gain("two_layer_cnn_relu", "two_layer_cnn").mean / 10
    ),
    "how far it gets before a number is too large depends on the last digits": lambda claim: MEASURED[claim.key] > 1e9 * claim.bound,
    "three standard errors of an accuracy on 1,000 images": lambda claim: nearly(standard_errors(3, 1 / 2, 1000), claim.bound),
    "ten of 1,000 images": lambda claim: claim.bound == 10 / 1000,
    "two steps from rate to rate of the sweep": lambda claim: math.isclose((rates("sgd")[2:] / rates("sgd")[:-2]).mean(), claim.bound),
    "guessing, with room for luck": lambda claim: 1 / article.CLASSES < claim.bound < 1.25 / article.CLASSES,
    "four standard errors of 100,000 draws": lambda claim: nearly(standard_errors(4, 1 / 4, 100_000), claim.bound),
    "these runs are made in the chapter, not recorded": made_here,
    "a difference of two differences, half of what was measured": lambda claim: claim.bound == round(MEASURED[claim.key] / 2, 2),
    "most of the lead is gone": lambda claim: claim.bound == 1 / 2 and "Lead" in claim.statement,
    "the point that the caption speaks of": lambda claim: claim.bound == 1 / 100 and "more than a point" in said_in(claim.chapter),
    "a minute, which was the aim": lambda claim: claim.bound == 60 and "in seconds" in claim.statement,
    "which rate is best has no interval": asks(r"(?i)\brates?\b.*\b(?:best|highest|lower|smaller)\b|\blargest at a rate\b"),
    "how wide an interval is has no interval": asks("is the interval .* widest"),
    "does the interval contain zero": asks("interval .* contain zero"),
    "is it more than half": asks("more than half"),
    "numbers of updates have no interval": asks("as many updates"),
    "at each of the rates": asks("At each learning rate"),
    "a row's name has no interval": lambda claim: isinstance(claim.bound, str) and "rows" in claim.statement,
}


@pytest.mark.parametrize("key", [key for key, claim in LEDGER.items() if claim.reason])
def test_what_a_claim_gives_as_its_reason_is_so(key):
    claim = LEDGER[key]
    bound, reason = claim.reason.split(": ", 1)
    assert reason in REASONS, "add the reason to REASONS, with how to check it"
    assert REASONS[reason](claim)
    if isinstance(claim.bound, bool | str):
        assert bound == ("yes or no" if isinstance(claim.bound, bool) else "in words")


def test_the_table_has_no_reason_that_no_claim_gives():
    assert {claim.reason.split(": ", 1)[1] for claim in LEDGER.values() if claim.reason} == REASONS.keys()
