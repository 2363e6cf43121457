"""What a chapter says about two experiments rests on at least five seeds, and on ten where less than one point is between them."""

import re

import pytest

from bookbuild import execute
from cnnbook import claims
from cnnbook.claims import statistics
from tests.test_chapters import each_chapter

DIFFERENCE = re.compile(rf"(?P<mean>[\d.,]*\d)(?P<points> points)?,? \(?{statistics.INTERVAL} .*?, (?P<seeds>\d+) seeds\)")


def too_few(told: str) -> str:
    """What a told difference lacks, or ""."""
    found = DIFFERENCE.search(told)
    if not found:
        return ""
    below_a_point = found["points"] and float(found["mean"].replace(",", "")) < 1
    wanted = statistics.MORE_SEEDS if below_a_point else statistics.SEEDS
    return "" if int(found["seeds"]) >= wanted else f"{told}: it takes at least {wanted} seeds"


@each_chapter
def test_no_difference_is_told_on_fewer_seeds_than_its_size_takes(chapter):
    told = execute.told_numbers(chapter)
    assert {key: fault for key, shown in told.items() if (fault := too_few(shown))} == {}


@pytest.mark.parametrize(
    ("mean", "seeds", "enough"),
    [(0.012, 4, False), (0.012, 5, True), (0.009, 9, False), (-0.009, 9, False), (0.009, 10, True), (0.0, 5, False)],
)
@pytest.mark.parametrize("reach", [0.001, 0.05], ids=["shown", "not shown"])
def test_a_difference_of_less_than_a_point_takes_ten_seeds_and_another_five(mean, seeds, enough, reach):
    difference = statistics.Difference(mean, mean - reach, mean + reach, seeds)
    assert [too_few(text(difference)) == "" for text in (claims.difference_text, claims.change_text)] == [enough, enough]
