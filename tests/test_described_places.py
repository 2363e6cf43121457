"""What alt text and caption of a figure say stands under that figure, and under no other."""

import re
from itertools import pairwise

import nbformat
import pytest

from tests import test_captions, test_described_drawings, test_described_results
from tests.described_details import DETAILS
from tests.test_chapters import CHAPTERS, figure_cells

# Each table is in the order of the book.
ORDERED = {
    "RESULTS": test_described_results.RESULTS,
    "CAPTIONS": test_captions.CAPTIONS,
    "SHOWN": test_captions.SHOWN,
    "DRAWINGS": test_described_drawings.DRAWINGS,
    "DETAILS": DETAILS,
    "ALWAYS": test_captions.ALWAYS,
    "DRAWN": test_described_results.DRAWN,
    "NAMED": test_described_drawings.NAMED,
}
# Sentences that fit several figures, with the function of `figures` that draws them.
DRAWN_BY = test_captions.ALWAYS | test_described_results.DRAWN | test_described_drawings.NAMED
CODE = r"figures\.(\w+)\("


def described(chapters: list[nbformat.NotebookNode]) -> list[tuple[str, str]]:
    """Each sentence of alt texts and captions, and the function of `figures` that draws the figure; in order."""
    found = []
    for cell in (cell for chapter in chapters for cell in figure_cells(chapter)):
        about = cell.metadata["mystnb"]
        (drawn_by,) = set(re.findall(CODE, cell.source))
        for text in (about["image"]["alt"], about["figure"]["caption"]):
            found += [(sentence, drawn_by) for sentence in test_described_drawings.in_sentences(text)]
    return found


def book() -> list[nbformat.NotebookNode]:
    return [nbformat.read(path, as_version=4) for path in CHAPTERS]


def elsewhere(found: list[tuple[str, str]]) -> list[str]:
    """The sentences that fit several figures, but not this one."""
    return [sentence for sentence, drawn_by in found if DRAWN_BY.get(sentence, drawn_by) != drawn_by]


def first_out_of_order(table: dict, found: list[tuple[str, str]]) -> str:
    """The first sentence of the book that stands elsewhere than the table has it, or ""."""
    wanted = dict.fromkeys(sentence for sentence, _ in found if sentence in table)
    return next((sentence for sentence, other in zip(wanted, table, strict=False) if sentence != other), "")


def test_a_sentence_that_fits_several_figures_stands_under_those_only():
    assert elsewhere(described(book())) == []


@pytest.mark.parametrize("name", ORDERED)
def test_sentences_come_in_the_order_of_their_table(name):
    assert first_out_of_order(ORDERED[name], described(book())) == "", (
        f"the sentence stands under another figure, or {name} is not in order"
    )


def noticed(chapters: list[nbformat.NotebookNode]) -> bool:
    """By a test here, or because drawings and figures of results have tables of their own."""
    found = described(chapters)
    unchecked = [test_captions.unchecked(chapter) + test_described_drawings.unchecked(chapter) for chapter in chapters]
    return bool(elsewhere(found) or any(unchecked) or any(first_out_of_order(table, found) for table in ORDERED.values()))


@pytest.mark.parametrize("number", range(len(CHAPTERS)), ids=[path.stem for path in CHAPTERS])
@pytest.mark.parametrize(("part", "key"), [("figure", "caption"), ("image", "alt")])
def test_exchanged_captions_and_alt_texts_are_noticed(number, part, key):
    chapters = book()
    assert not noticed(chapters)
    parts = [cell.metadata["mystnb"][part] for cell in figure_cells(chapters[number])]
    for one, other in pairwise(parts):
        one[key], other[key] = other[key], one[key]
        assert noticed(chapters), one[key]
        one[key], other[key] = other[key], one[key]
