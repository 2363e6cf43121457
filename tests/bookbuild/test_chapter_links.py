"""References to chapters, outside of the chapters too: links with number and title, as the table of contents has them."""

import pytest

from bookbuild import chapter_links, contents
from cnnbook import claims
from tests.conftest import ROOT

texts = pytest.mark.parametrize("path", chapter_links.texts(), ids=lambda path: path.name)


@texts
def test_every_link_says_number_and_title(path):
    text = path.read_text(encoding="utf-8")
    assert chapter_links.filled(text) == text, "run python -m bookbuild execute"


@texts
def test_no_chapter_is_named_without_a_link(path):
    assert chapter_links.unlinked(path.read_text(encoding="utf-8")) == []


def test_no_claim_names_a_chapter_by_a_number_that_would_not_follow_it():
    assert [claim.key for claim in claims.ledger().values() if chapter_links.unlinked(claim.statement)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("as in chapter 6", ["chapter 6"]),
        ("Chapters 4 to 9 need it.", ["Chapters 4"]),
        ("You need the first chapter.", ["first chapter"]),
        ("The next chapter breaks one.", ["next chapter"]),
        ("See [chapter 2 (Stacking convolutions)](02_stacking.ipynb).", []),
        ("This chapter ends here.", []),
    ],
)
def test_a_reference_without_a_link_is_noticed(text, found):
    assert chapter_links.unlinked(text) == found


def test_a_link_to_no_chapter_is_refused():
    with pytest.raises(KeyError, match="10_beyond"):
        chapter_links.filled("[](10_beyond.ipynb)")


def test_chapters_are_numbered_in_the_order_of_the_table_of_contents():
    found = contents.chapters().values()
    assert [chapter.number for chapter in found] == list(range(1, len(found) + 1))
    assert [chapter.path for chapter in found] == sorted((ROOT / "chapters").glob("*.ipynb"))
