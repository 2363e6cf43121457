"""The numbers that README.md and CONTRIBUTING.md type are those of the code, and there are no others."""

import re
import tomllib

import nbformat
import pytest

from bookbuild.front_page import trained_anew
from cnnbook import article, claims
from cnnbook.training import loop
from tests import test_chapters, test_house
from tests.conftest import ROOT, markdown

WORDS = {2: "two", 3: "three", 4: "four", 5: "five"}
SUPPORTED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
OLDEST, AFTER_NEWEST = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", SUPPORTED).groups()
PROSE = [*test_chapters.CHAPTERS, *(ROOT / name for name in ("index.md", "README.md", "CONTRIBUTING.md", "train.md", "practice.md"))]
WITH_DATA = [path.stem for path in test_chapters.CHAPTERS if "load_cifar10" in path.read_text(encoding="utf-8")]
FIRST_WITH_DATA = WITH_DATA[0]

# What stands in a file -> phrases with what they must say. Lines without a source in the code are facts of other programs.
STATED = {
    "README.md": [
        f"needs Python 3.{OLDEST} to 3.{int(AFTER_NEWEST) - 1}",
        f"repeats {WORDS[len(trained_anew())]} of the trainings",
        f"(chapters/{FIRST_WITH_DATA}.ipynb) and all later chapters if there is no CIFAR-10",
        "They run on Linux and on macOS with Apple silicon; TensorFlow is no longer released for Intel Macs",
    ],
    "CONTRIBUTING.md": [
        f"Files stay under {test_house.MOST_LINES} lines",
        "differ in the variance they report (biased and unbiased)",
        f"cells of at most {test_chapters.MOST_LINES} lines",
        f"The interval of `like` is a {100 * claims.CONFIDENCE:.0f} % interval",
        "Chapters train seed 0",
        f"Functions have at most {test_house.MOST_LINES_OF_A_FUNCTION} lines, lines 140 columns",
        "weights after 1, 10 and 100\nupdates, within 1e-4",
        "its epsilon, 1e-7, into",
        "round their numbers (0.9, 1e-7) to float32, even for weights in float64",
        f"evaluating in batches of {loop.VALIDATION_BATCH} takes half as long as in {article.EVALUATION_BATCH:,}",
        "checks after 10 ms, then 20, then 40 and so on",
        "on a CPU (2.21) computes",
        "Chrome and Edge from version 105, Firefox from 115, Safari from 16.4, all of 2022 and 2023. JavaScript is ES2022 at most",
    ],
}


@pytest.mark.parametrize("name", STATED)
def test_a_number_typed_outside_the_chapters_is_that_of_the_code(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    for phrase in STATED[name]:
        assert phrase in text, "the code says this now"
        text = text.replace(phrase, "")
    assert test_chapters.uncomputed_numbers(text) == [], "bind these numbers to the code in STATED"


def test_the_data_are_needed_from_one_chapter_on():
    assert [path.stem for path in test_chapters.CHAPTERS][-len(WITH_DATA) :] == WITH_DATA


@pytest.mark.parametrize("path", PROSE, ids=lambda path: path.stem)
def test_what_is_told_beside_a_mean_is_called_a_standard_deviation_as_it_is(path):
    text = path.read_text(encoding="utf-8") if path.suffix == ".md" else "\n\n".join(markdown(nbformat.read(path, as_version=4)))
    named = re.findall(r"mean ± ([a-z]+ [a-z]+)", " ".join(text.split()))
    assert [each for each in named if each != "standard deviation"] == []
