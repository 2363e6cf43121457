"""The book on paper: the whole of it as `make pdf` prints it, and each page as a browser prints it."""

from collections import Counter

import pytest
import yaml
from bs4 import BeautifulSoup
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from bookbuild import print_edition
from tests.browser.conftest import PAGES, SITE
from tests.conftest import ROOT

A4 = (595, 842)
BETWEEN_MARGINS = round(170 / 25.4 * 96)  # what is left of A4's width, in pixels

# What stands out of the text's column to the right, on paper.
TOO_WIDE = """width => [...document.querySelectorAll("main *")]
    .filter((node) => node.checkVisibility() && node.getBoundingClientRect().right > width + 1 && !node.closest("mjx-assistive-mml"))
    .map((node) => node.outerHTML.slice(0, 100))"""


@pytest.fixture(scope="module")
def pdf(contexts, tmp_path_factory) -> PdfReader:
    """The whole book, printed from the built pages."""
    assert (SITE / "index.html").exists(), "run `make book` first"
    path = tmp_path_factory.mktemp("print") / "book.pdf"
    context = contexts.new()
    print_edition.print_book(context, path)
    contexts.close(context)
    return PdfReader(path)


@pytest.fixture(scope="module")
def text(pdf) -> str:
    """All that is written in it."""
    return "".join(page.extract_text() for page in pdf.pages)


@pytest.fixture(scope="module")
def articles() -> dict[str, BeautifulSoup]:
    """What each page of the book has to say, by its address."""
    made = {}
    for page in print_edition.pages():
        made[page] = BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser").select_one("article.bd-article")
        for link in made[page].select("a.headerlink"):
            link.decompose()
    return made


def outline(pdf: PdfReader, entries=None, depth: int = 0) -> list[tuple[int, str, int]]:
    """The bookmarks in order, as (depth, title, page from 1)."""
    found = []
    for entry in pdf.outline if entries is None else entries:
        if isinstance(entry, list):
            found += outline(pdf, entry, depth + 1)
        else:
            found.append((depth, entry.title, pdf.get_destination_page_number(entry) + 1))
    return found


def squeezed(text: str) -> str:
    """Without spaces: where lines end is not the question."""
    return "".join(text.split())


def alternatives(pdf: PdfReader) -> Counter:
    """The alternative texts of the pictures that a screen reader finds in the PDF."""
    found, waiting = Counter(), [pdf.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop()
        node = node.get_object()
        if isinstance(node, ArrayObject):
            waiting += node
        elif isinstance(node, DictionaryObject):
            if "/Alt" in node:
                found[squeezed(node["/Alt"])] += 1
            waiting += [node["/K"]] if "/K" in node else []
    return found


def test_every_chapter_and_section_is_a_bookmark_in_the_order_of_the_book(pdf, articles):
    titles = [squeezed(heading.get_text()) for article in articles.values() for heading in article.find_all(["h1", "h2"])]
    titles[0] = squeezed(print_edition.FRONT)
    bookmarks = outline(pdf)
    printed = [squeezed(title) for _, title, _ in bookmarks]
    assert [title for title in printed if title in titles] == titles
    pages = [page for _, _, page in bookmarks]
    assert pages == sorted(pages)


def test_every_chapter_starts_on_a_page_of_its_own(pdf, articles):
    starts = [page for depth, _, page in outline(pdf) if depth == 0]
    assert len(starts) == len(set(starts)) == len(articles) + 2  # the title page and the contents


def test_the_table_of_contents_names_the_page_on_which_each_chapter_and_section_begins(pdf):
    bookmarks = outline(pdf)
    first = next(page for _, title, page in bookmarks if title == print_edition.FRONT)
    contents = squeezed("".join(pdf.pages[n].extract_text() for n in range(1, first - 1)))
    chapters = [(title, page) for depth, title, page in bookmarks if depth <= 1 and page >= first]
    assert len(chapters) > 50
    assert [(title, page) for title, page in chapters if f"{squeezed(title)}{page}" not in contents] == []


def test_every_picture_is_printed_with_its_alternative_text(pdf, articles):
    expected = Counter()
    for article in articles.values():
        expected.update(squeezed(image["alt"]) for image in article.find_all("img"))
        expected.update(squeezed(drawing["aria-label"]) for drawing in article.find_all("svg", role="img"))
    assert len(expected) > 30
    assert expected - alternatives(pdf) == Counter()


def test_every_demo_is_a_still_picture_that_says_where_the_live_one_is(text, articles):
    demos = sum(len(article.select(".cnnbook-demo")) for article in articles.values())
    assert demos > 5
    assert squeezed(text).count(squeezed("This is a still image of a demo")) == demos


def test_formulas_are_typeset_and_not_printed_as_tex(pdf, text):
    fonts = [font.get_object() for page in pdf.pages for font in page["/Resources"].get("/Font", {}).values()]
    names = {str(font.get("/FontDescriptor", {}).get("/FontName", font.get("/BaseFont"))) for font in fonts}
    assert any("MathJax" in name for name in names), names
    assert [tex for tex in (r"\(", r"\[", r"\frac", r"\text") if tex in text] == []


def test_it_has_a_title_a_language_tags_for_screen_readers_and_the_size_of_paper(pdf):
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    root = pdf.trailer["/Root"]
    assert pdf.metadata.title == config["title"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in pdf.pages} == {A4}


def test_its_links_lead_into_the_book_or_to_the_web(pdf):
    links = [link.get_object() for page in pdf.pages for link in page.get("/Annots", []) if link.get_object()["/Subtype"] == "/Link"]
    inside = [str(link["/Dest"]) for link in links if "/Dest" in link]
    outside = [link["/A"]["/URI"] for link in links if "/A" in link]
    assert len(inside) > 200
    assert len(outside) > 10
    assert set(inside) <= set(pdf.named_destinations)
    assert [address for address in outside if not address.startswith("https://")] == []


def test_nothing_in_it_is_wider_than_the_page_or_shrunk_and_it_asks_nobody_for_anything(pdf, open_page):
    page = open_page(print_edition.PRINTED.as_uri(), width=BETWEEN_MARGINS)
    page.emulate_media(media="print")
    assert page.evaluate(TOO_WIDE, BETWEEN_MARGINS) == []
    assert page.foreign == page.complaints == []
    shrunk = "images => images.filter((image) => image.width < image.getAttribute('width') - 1).map((image) => image.alt)"
    assert page.locator("img[width]").evaluate_all(shrunk) == []


@pytest.mark.parametrize("name", [name for name in PAGES if name not in ("search.html", "genindex.html")])
def test_a_page_on_paper_has_all_that_is_folded_away_and_nothing_to_press(open_page, server, name):
    page = open_page(server + name, width=BETWEEN_MARGINS)
    page.emulate_media(media="print")
    seen = "nodes => nodes.filter((node) => node.checkVisibility()).map((node) => node.outerHTML.slice(0, 100))"
    hidden = "nodes => nodes.filter((node) => !node.checkVisibility()).map((node) => node.outerHTML.slice(0, 100))"
    assert page.locator("button, select, input, summary, dialog, .cnnbook, .bd-sidebar, .headerlink").evaluate_all(seen) == []
    assert page.locator("article :is(p, pre, img, table):not(.cnnbook *, summary *, pre:empty)").evaluate_all(hidden) == []
    assert page.evaluate(TOO_WIDE, BETWEEN_MARGINS) == []


def test_a_page_is_printed_in_light_colours_whatever_the_theme(open_page, server, tmp_path):
    page = open_page(server + PAGES[-1], color_scheme="dark")
    theme = "document.documentElement.dataset.theme"
    assert page.evaluate(theme) == "dark"
    page.evaluate(f"addEventListener('beforeprint', () => {{ globalThis.printed = {theme}; }})")
    page.pdf(path=tmp_path / "page.pdf")
    assert page.evaluate("globalThis.printed") == "light"
    assert page.evaluate(theme) == "dark"
