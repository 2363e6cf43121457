"""A sentence that compares results has its direction, "ahead of" or "larger", filled in from the runs, as its number is."""

import re

import nbformat
import pytest

from bookbuild import execute
from tests.conftest import markdown
from tests.test_chapters import NOT_PROSE, each_chapter

# Words that only a program may use of results; others, such as "larger", compare much else, and are refused beside a difference only.
VERDICTS = re.compile(r"\b(?:ahead|(?<!rule )behind|level with|outperform\w*)\b")
BESIDE_A_DIFFERENCE = re.compile(rf"{VERDICTS.pattern}|\b(?:higher|lower|larger|smaller|worse|more than|less than)\b")
# Differences that may be quoted without their direction, with the reason.
WITHOUT_DIRECTION = {
    "epoch_flattery": "chosen for being the largest, so never below",
    "cnn_lead": "how far a step leads; the claim cnn_ahead_of_mlp has its direction",
    "smallest_lead": "how far a step leads; its direction stands in the sentence before",
    "further_gain": "how far a step leads; its direction stands in chapter 9",
}


def faults(prose: str, told: set[str]) -> list[str]:
    """The differences of a text that lack their direction, and its lines that type one."""
    found = []
    for line in prose.split("\n"):
        keys = {span["key"] for span in execute.NUMBER.finditer(line)}
        differences = {key for key in keys if f"{key}_direction" in told}
        found += [key for key in sorted(differences - set(WITHOUT_DIRECTION)) if f"{key}_direction" not in keys]
        typed = (BESIDE_A_DIFFERENCE if differences else VERDICTS).findall(NOT_PROSE.sub("·", line))
        found += [f"{word}: {line}" for word in typed]
    return found


@each_chapter
def test_a_comparison_has_its_direction_from_the_runs(chapter):
    prose = "\n".join(markdown(chapter)).split("## Exercises")[0]
    assert faults(prose, set(execute.told_numbers(chapter))) == [], 'write <span data-number="key_direction"></span> beside the number'


GAIN = '<span data-number="gain">2.0 points (95 % interval 1.0 to 3.0, 5 seeds)</span>'
DIRECTION = '<span data-number="gain_direction">ahead of</span>'


@pytest.mark.parametrize(
    ("prose", "number"),
    [
        (f"The network is {DIRECTION} the other: {GAIN}.", 0),
        (f"The network is ahead of the other: {GAIN}.", 2),
        (f"The network is {DIRECTION} the other, so its loss is lower: {GAIN}.", 1),
        ("The MLP is ahead.", 1),
        ("A larger kernel sees more.", 0),
    ],
)
def test_the_rule_about_directions_notices_a_typed_one(prose, number):
    assert len(faults(prose, {"gain", "gain_direction"})) == number


def test_a_difference_without_a_direction_is_still_quoted_so():
    from tests.test_chapters import CHAPTERS

    prose = "\n".join("\n".join(markdown(nbformat.read(path, as_version=4))) for path in CHAPTERS)
    assert [key for key in WITHOUT_DIRECTION if f'data-number="{key}"' not in prose] == []
