"""A sentence that compares ("larger", "mostly"), concludes or leaves something open is so: it is computed, or there is a reason why not."""

import nbformat
import pytest

from bookbuild import glossary
from tests.comparing import SAID, SHOWN
from tests.comparing.compares import sentences
from tests.test_chapters import each_chapter, in_any_chapter


def to_be_shown(chapter: nbformat.NotebookNode) -> list[str]:
    """The sentences that compare, but for those that explain a term (tests/test_definitions.py)."""
    explained = {term.sentence for term in glossary.terms().values()}
    return [sentence for sentence in sentences(chapter) if sentence not in explained]


@each_chapter
def test_no_sentence_compares_without_anything_that_shows_it(chapter):
    assert [sentence for sentence in to_be_shown(chapter) if sentence not in SHOWN and sentence not in SAID] == [], (
        "add the sentence to the chapter's table in tests/comparing: to SHOWN, with how to check it, or to SAID, with the reason"
    )


@pytest.mark.parametrize("sentence", SHOWN)
def test_what_a_sentence_compares_is_so(sentence):
    assert SHOWN[sentence]()


def test_the_tables_have_no_sentence_that_no_chapter_has():
    assert (SHOWN.keys() | SAID.keys()) - in_any_chapter(to_be_shown) == set()
    assert SHOWN.keys() & SAID.keys() == set()


@pytest.mark.parametrize(
    ("prose", "found"),
    [
        ("A larger image costs more.", ["A larger image costs more."]),
        ("So it is. Most of it\nhappens *here*.", ["So it is.", "Most of it happens here."]),
        ("So we train both. So the mean matters. So far, so good.", ["So the mean matters."]),
        ("- It needs far fewer steps.\n- It does not.", ["It needs far fewer steps."]),
        ('It is <span data-number="n">3</span> points better.', ["It is · points better."]),
        ("## A larger image\n\nWhich one is larger?", []),
    ],
)
def test_a_sentence_that_compares_is_noticed(prose, found):
    assert sentences(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(prose)])) == found
