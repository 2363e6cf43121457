"""The explanations of known mistakes are true: who does what an explanation says went wrong gets the answer that it is given to."""

from copy import deepcopy
from itertools import permutations

import numpy as np
import pytest

from cnnbook.exercises.convolution import GreyFilter
from cnnbook.exercises.corners import CornerFinder
from cnnbook.exercises.mechanics import EXERCISES, Function
from cnnbook.exercises.whole_maps import MapDropper
from tests.exercises.explained import EXPLAINED

BY_PROPERTY = GreyFilter, MapDropper, CornerFinder  # their oracles are asked about an answer
NEGLIGIBLE = 1e-6  # of the largest number
EXPECTED = {
    f"{name}: {part}" if part else name: expected
    for name, made in EXERCISES.items()
    for part, expected in getattr(made(), "parts", {"": made()}).items()
}
KNOWN = [(name, wrong, why) for name, expected in EXPECTED.items() for wrong, why in getattr(expected, "mistakes", ())]


def is_so(why: str, name: str, wrong: object) -> bool:
    """Is an explanation true of a wrong answer to an exercise?"""
    oracle, expected = EXPLAINED[name][why], EXPECTED[name]
    if isinstance(expected, BY_PROPERTY):
        return bool(oracle(wrong))
    if isinstance(expected, Function):
        return all(same(oracle(*deepcopy(case)), wrong(*deepcopy(case))) for case in expected.cases)
    return same(oracle() if callable(oracle) else oracle, wrong)


def same(ours: object, theirs: object) -> bool:
    if isinstance(theirs, str):
        return ours == theirs
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    return ours.shape == theirs.shape and abs(ours - theirs).max() <= NEGLIGIBLE * abs(theirs).max()


@pytest.mark.parametrize(("name", "wrong", "why"), KNOWN, ids=[f"{name}-{number}" for number, (name, *_) in enumerate(KNOWN)])
def test_doing_what_an_explanation_says_leads_to_the_wrong_answer(name, wrong, why):
    assert why in EXPLAINED.get(name, {}), "add the explanation to tests/exercises/explained, with what comes out by following it"
    assert is_so(why, name, wrong)


def test_the_table_has_no_explanation_that_no_exercise_gives():
    listed = {(name, why) for name, oracles in EXPLAINED.items() for why in oracles}
    assert listed - {(name, why) for name, _, why in KNOWN} == set()


@pytest.mark.parametrize("name", EXPLAINED)
def test_an_explanation_exchanged_with_another_of_its_exercise_is_noticed(name):
    for (wrong, _), (_, other) in permutations(EXPECTED[name].mistakes, 2):
        assert not is_so(other, name, wrong), f"{other!r} would pass for {wrong}"
