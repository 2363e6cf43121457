"""Citations: a notebook shows who is cited, the page shows the same and leads to the list of references."""

import html
import re

import nbformat
import pytest
from bs4 import BeautifulSoup

from bookbuild import citations
from tests.browser.conftest import SITE
from tests.conftest import ROOT, markdown

CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
IOFFE = "https://proceedings.mlr.press/v37/ioffe15.html"

each_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def prose(path) -> str:
    return "\n".join(markdown(nbformat.read(path, as_version=4)))


def filled(source: str) -> str:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(source)])
    citations.write_citations(notebook)
    return notebook.cells[0].source


def words(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", markup)).split())


@each_chapter
def test_a_citation_in_a_notebook_is_what_the_bibliography_says(path):
    text = prose(path)
    assert filled(text) == text
    assert text.count("<cite") == len(citations.CITATION.findall(text))


@each_chapter
def test_no_role_is_left_that_only_the_book_understands(path):
    assert re.findall(r"\{[a-z:]+\}`", prose(path)) == []


@each_chapter
def test_the_page_cites_in_the_same_words_and_leads_to_the_list(path):
    article = BeautifulSoup((SITE / "chapters" / f"{path.stem}.html").read_text(encoding="utf-8"), "html.parser").select_one("article")
    found = list(citations.CITATION.finditer(prose(path)))
    links = article.select('a[href*="references.html#"]')
    listed = BeautifulSoup((SITE / "references.html").read_text(encoding="utf-8"), "html.parser")
    assert len(links) == len(found)
    assert all(listed.find(id=link["href"].split("#")[1]) for link in links)
    text = " ".join(article.get_text().split())
    assert [cite["shown"] for cite in found if words(cite["shown"]) not in text] == []
    assert not article.select("cite[data-cite], cite[data-cite-text]")


def test_two_authors_are_both_named_and_more_are_et_al():
    assert filled('x <cite data-cite="ioffe2015batch"></cite>.') == (
        f'x <cite data-cite="ioffe2015batch">[<a href="{IOFFE}">Ioffe and Szegedy, 2015</a>]</cite>.'
    )
    assert words(filled('<cite data-cite-text="srivastava2014dropout">old</cite>')) == "Srivastava et al. [2014]"


def test_a_citation_leads_to_the_doi_where_there_is_no_other_address_and_nowhere_where_there_is_none():
    assert 'href="https://doi.org/10.1007/3-540-49430-8_2"' in filled('<cite data-cite="lecun1998efficient"></cite>')
    assert filled('<cite data-cite-text="foster2023generative"></cite>').endswith(">Foster [2023]</cite>")


def test_an_unknown_key_stops_with_its_name():
    with pytest.raises(KeyError, match=r"the prose cites 'nobody2020', which references\.bib does not have"):
        filled('<cite data-cite="nobody2020"></cite>')


def citing(path) -> list[tuple[set[str], str]]:
    """Each sentence of a file that cites: the keys it cites, and its words without the citations."""
    return citing_sentences(prose(path) if path.suffix == ".ipynb" else path.read_text(encoding="utf-8"))


def citing_sentences(text: str) -> list[tuple[set[str], str]]:
    marked = citations.CITATION.sub(r" @\g<key>@", text)
    sentences = [
        words(sentence) for paragraph in re.split(r"\n\s*\n|\n- ", marked) for sentence in re.split(r"(?<=[.?!])\s+(?=[A-Z*@])", paragraph)
    ]
    return [(set(keys), re.sub(r" ?@\w+@", "", sentence)) for sentence in sentences if (keys := re.findall(r"@(\w+)@", sentence))]


def cited_for(key: str, sentence: str) -> bool:
    """Does the sentence say one of the things for which references.bib has the work?"""
    return any(word.strip().lower() in sentence.lower() for word in citations.bibliography().entries[key].fields["keywords"].split(";"))


CITING = [*CHAPTERS, ROOT / "index.md"]


@pytest.mark.parametrize("path", CITING, ids=lambda path: path.stem)
def test_each_work_is_cited_for_what_its_keywords_say_and_no_other_would_fit(path):
    entries = citations.bibliography().entries
    fit = [({key for key in entries if cited_for(key, sentence)}, keys, sentence) for keys, sentence in citing(path)]
    assert [(fits, keys, sentence) for fits, keys, sentence in fit if fits != keys] == []


def test_no_work_is_listed_that_nobody_cites():
    assert {key for path in CITING for keys, _ in citing(path) for key in keys} == set(citations.bibliography().entries)


def test_a_sentence_that_cites_is_whole_and_without_its_marks():
    text = 'One.\nWhat <cite data-cite-text="li">Li et al. [2019]</cite> call *shift*.\n- *A* <cite data-cite="yang">[Yang]</cite>. End.'
    assert citing_sentences(text) == [({"li"}, "What call *shift*."), ({"yang"}, "*A*.")]


# After a work that is named in the text, these sentences go on telling of it.
GOES_ON = re.compile(r"\b(?:They found|they say|the authors|networks lost|it did|it hardly does)\b|\bit does\.")


def reports(text: str) -> list[tuple[str, str]]:
    """What the text tells of works that it names: the key of each, and the sentence without its marks."""
    found = []
    for paragraph in re.split(r"\n\s*\n|\n- ", citations.CITATION.sub(lambda cite: f" @{cite['key']}@ " * ("-text" in cite[0]), text)):
        key = None
        for sentence in re.split(r"(?<=[.?!])\s+(?=[A-Z*@])", paragraph):
            named = re.search(r"@(\w+)@", sentence)
            key = named[1] if named else key
            if named or (key and GOES_ON.search(sentence)):
                found.append((key, " ".join(words(re.sub(r"@\w+@|[*`]", "", sentence)).split())))
    return found


def findings() -> dict[str, list[str]]:
    """What references.bib says that each work found, in the words that the chapters use."""
    entries = citations.bibliography().entries
    return {
        key: [part.strip() for part in entry.fields["annotation"].split(";")]
        for key, entry in entries.items()
        if "annotation" in entry.fields
    }


@each_chapter
def test_what_is_told_of_a_work_is_what_the_bibliography_says_it_found(path):
    found = findings()
    assert [(key, told) for key, told in reports(prose(path)) if not any(part in told for part in found.get(key, ()))] == [], (
        "say it in the words of the work's `annotation` in references.bib, or add them there"
    )


def test_no_finding_is_listed_that_no_chapter_tells():
    told = [report for path in CHAPTERS for report in reports(prose(path))]
    listed = [(key, part) for key, parts in findings().items() for part in parts]
    assert [(key, part) for key, part in listed if not any(key == cited and part in sentence for cited, sentence in told)] == []


def test_a_report_goes_on_as_long_as_it_speaks_of_the_work():
    text = 'One. <cite data-cite-text="li">Li et al. [2019]</cite> found *losses*. They found it twice. They agree.\n\nThey begin anew.'
    assert reports(text) == [("li", "found losses."), ("li", "They found it twice.")]
