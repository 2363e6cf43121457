"""Terms: each is explained once, where a newcomer first meets it, and that sentence is what the glossary and the pages show."""

import html
import re

import pytest
from bs4 import BeautifulSoup

from bookbuild import glossary
from bookbuild.contents import chapters
from tests.browser.conftest import SITE

# Those that stopped first readers, and the field's own words that this book uses from beginning to end.
EXPECTED = {
    "filter",
    "kernel",
    "weight",
    "patch",
    "feature-map",
    "channel",
    "bias",
    "layer",
    "batch",
    "parameter",
    "stride",
    "padding",
    "unit",
    "loss",
    "gradient-descent",
    "pooling",
    "dense-layer",
    "activation",
    "receptive-field",
    "gradient",
    "optimizer",
    "label",
    "one-hot",
    "logit",
    "softmax",
    "cross-entropy",
    "learning-rate",
    "epoch",
    "seed",
    "dropout",
    "batch-normalization",
    "overfitting",
    "augmentation",
}


@pytest.fixture
def small_book(monkeypatch):
    """A function that makes the glossary of chapters which consist of these paragraphs."""

    def small_book_(**paragraphs):
        book = {chapter.stem: chapter for chapter, _ in zip(chapters().values(), paragraphs, strict=False)}
        texts = dict(zip(book, paragraphs.values(), strict=True))
        monkeypatch.setattr(glossary, "chapters", lambda: book)
        monkeypatch.setattr(glossary, "prose", lambda chapter: texts[chapter.stem])
        glossary.terms.cache_clear()

    yield small_book_
    glossary.terms.cache_clear()


def test_every_expected_term_is_explained_in_exactly_one_place():
    explained = [glossary.slug(term.name) for term in glossary.explained()]
    assert set(explained) >= EXPECTED
    assert sorted(explained) == sorted(set(explained))


def test_no_term_is_used_before_it_is_explained():
    assert glossary.used_too_early() == []


def test_every_explanation_is_a_whole_sentence_that_names_the_term():
    for term in glossary.terms().values():
        assert term.name.lower() in term.sentence.lower()
        assert re.fullmatch(r"[A-Z0-9].{25,}\.", term.sentence), term.sentence
        assert "<" not in term.sentence
        assert "$" not in term.sentence


def test_a_use_before_the_explanation_is_noticed(small_book):
    small_book(one=["It has strides.", "The <dfn>stride</dfn> is a step."])
    assert [use.split(",")[0] for use in glossary.used_too_early()] == ["01_convolution: strides"]


def test_a_term_may_be_named_where_its_chapter_is_linked_and_from_then_on(small_book):
    small_book(
        one=["Its seed, see [chapter 2 (Stacking convolutions)](02_stacking.ipynb).", "A seed."], two=["A <dfn>seed</dfn> is a number."]
    )
    assert glossary.used_too_early() == []


def test_code_and_headings_use_no_term(small_book):
    small_book(one=["## The stride", "`stride=2` and $stride$", "The <dfn>stride</dfn> is a step."])
    assert glossary.used_too_early() == []


def test_a_longer_term_is_not_taken_for_a_shorter_one(small_book):
    small_book(one=["An <dfn>internal shift</dfn> is one.", "An internal shift.", "A <dfn>shift</dfn> is another."])
    assert glossary.used_too_early() == []


def test_two_explanations_of_a_term_are_refused(small_book):
    small_book(one=["A <dfn>seed</dfn> is one.", "A <dfn>Seed</dfn> is another."])
    with pytest.raises(ValueError, match="'Seed' is explained in 01_convolution and in 01_convolution"):
        glossary.terms()


def test_each_entry_of_the_glossary_leads_to_the_place_where_its_sentence_stands():
    entries = BeautifulSoup((SITE / "glossary.html").read_text(encoding="utf-8"), "html.parser").select(".cnnbook-glossary dt a")
    assert [entry.text for entry in entries] == [term.name for _, term in sorted(glossary.terms().items())]
    for entry in entries:
        page, place = entry["href"].split("#")
        mark = BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser").find("dfn", id=place)
        assert mark.text.lower().startswith(entry.text.lower()[:4])


def test_terms_in_the_pages_lead_to_their_places_and_are_described_by_their_sentences():
    sentences = {term.place: term.sentence for term in glossary.terms().values()}
    for chapter in chapters().values():
        page = BeautifulSoup((SITE / "chapters" / f"{chapter.stem}.html").read_text(encoding="utf-8"), "html.parser")
        links = page.select("a.cnnbook-term")
        assert len(links) > 5
        for link in links:
            described = page.find(id=link["aria-describedby"])
            assert described.text == html.unescape(sentences[link["href"].split("#")[1]])
            assert described.parent.has_attr("hidden")
