"""Reading: code fits or can be seen to go on, captions are as legible as text, folds say what they hide, terms explain themselves."""

import pytest

from bookbuild.chromium import FLAGS, named
from bookbuild.contents import chapters
from tests.browser.conftest import LIMIT, PAGES, SETTLED, SITE, open_in
from tests.browser.driver import bring_into_view

CHAPTERS = [f"chapters/{stem}.html" for stem in chapters()]
CONTRAST = 4.5  # WCAG's for text
# The contrast of each node's text with what lies behind it.
CONTRASTS = """nodes => {
    const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
        .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = (node) => {
        for (let up = node; up; up = up.parentElement) {
            const colour = parse(getComputedStyle(up).backgroundColor);
            if (colour.length === 3 || colour[3] === 1) return colour;
        }
        return [255, 255, 255];
    };
    return nodes.map((node) => {
        const [a, b] = [light(parse(getComputedStyle(node).color)), light(behind(node))];
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    });
}"""
TOO_WIDE = """nodes => nodes.filter((node) => node.getClientRects().length && node.scrollWidth > node.clientWidth)
    .map((node) => node.textContent.slice(0, 100))"""
# Figures that are not as wide for their height as they were drawn; the pixels of small ones round too coarsely to tell.
STRETCHED = """nodes => nodes.filter((node) => node.clientWidth > 60)
    .filter((node) => Math.abs(node.naturalWidth * node.clientHeight / (node.naturalHeight * node.clientWidth) - 1) > 0.03)
    .map((node) => node.src)"""
# Of code that is wider than its box: how much of the box's height its scrollbar takes. Where only the space beside the code goes on,
# which counts as its width, nothing is hidden.
SCROLLBARS = """nodes => nodes.filter((node) => node.getClientRects().length)
    .filter((node) => node.scrollWidth - parseFloat(getComputedStyle(node).paddingRight) > node.clientWidth)
    .map((node) => node.offsetHeight - node.clientHeight - parseFloat(getComputedStyle(node).borderTopWidth)
        - parseFloat(getComputedStyle(node).borderBottomWidth))"""

ALL_SEEN = f"() => ({SCROLLBARS})([...document.querySelectorAll('.cell_input pre')]).every((height) => height >= 6)"


@pytest.fixture
def open_all(contexts, server):
    """A function that opens pages one after the other in one tab of this width and theme."""
    opened = []

    def open_all_(names, width, theme="light"):
        opened.append(contexts.new(viewport={"width": width, "height": 900}, color_scheme=theme))
        page = open_in(opened[-1], server + names[0])
        for name in names:
            page.goto(server + name)
            page.wait_for_function(SETTLED)
            yield name, page

    yield open_all_
    for context in opened:
        contexts.close(context)


def test_no_code_cell_scrolls_sideways_on_a_desktop_and_neither_does_one_that_was_folded(open_all):
    for name, page in open_all(PAGES, 1280):
        page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
        assert page.eval_on_selector_all(".cell_input pre", TOO_WIDE) == [], name


@pytest.fixture
def browser_with_scrollbars(browser):
    """Chromium as readers have it; Playwright's hides them."""
    with browser.browser_type.launch(executable_path=named(), args=FLAGS, ignore_default_args=["--hide-scrollbars"]) as other:
        yield other


def test_code_that_is_wider_than_a_phone_has_a_scrollbar_that_can_be_seen(browser_with_scrollbars, server):
    page, bars = browser_with_scrollbars.new_page(viewport={"width": 390, "height": 900}), []
    page.set_default_timeout(LIMIT)
    for name in PAGES:
        page.goto(server + name)
        page.wait_for_function(ALL_SEEN)
        bars += page.eval_on_selector_all(".cell_input pre", SCROLLBARS)
    assert len(bars) > 50, "nothing was measured"


@pytest.mark.parametrize("width", [1280, 390])
def test_figures_keep_their_proportions(open_all, width):
    for name, page in open_all(CHAPTERS, width):
        page.evaluate("for (const image of document.images) image.loading = 'eager'")
        page.wait_for_function("[...document.images].every((image) => image.complete)")
        stretched = page.eval_on_selector_all("figure > img, figure a > img, .cell_output .output img", STRETCHED)
        assert stretched == [], name


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_captions_are_as_legible_as_the_text(open_all, theme):
    for name, page in open_all(CHAPTERS, 1280, theme):
        captions = page.locator("figcaption .caption-text")
        weights = captions.evaluate_all("nodes => nodes.map((node) => getComputedStyle(node).fontWeight)")
        contrasts = captions.evaluate_all(CONTRASTS)
        assert set(weights) <= {"400"}, name
        assert min(contrasts, default=21) >= CONTRAST, name
        assert captions.count() or name == "chapters/03_inspecting.html"


def test_every_fold_says_what_it_hides_and_is_called_so(open_all):
    for name, page in open_all(CHAPTERS, 1280):
        folds = page.locator("details.hide > summary")
        for number in range(folds.count()):
            fold = folds.nth(number)
            shown = fold.inner_text().strip()
            assert "code cell" not in shown.lower(), name
            assert len(shown.split()) >= 3, f"{name}: {shown}"
            assert fold.evaluate("node => node.ariaLabel") in (None, "", shown), f"{name}: {shown}"


@pytest.fixture
def first_chapter(open_page, server):
    """The first chapter, and in it the term that is used first."""
    page = open_page(server + CHAPTERS[0])
    return page, page.locator("a.cnnbook-term").first


def sentence_of(page, term) -> str:
    return page.locator(f"[id={term.get_attribute('aria-describedby')}]").text_content()


def test_the_focus_on_a_term_shows_its_sentence_and_escape_takes_it_away(first_chapter):
    page, term = first_chapter
    term.focus()
    box = page.locator(".cnnbook-sentence")
    assert box.is_visible()
    assert box.inner_text() == sentence_of(page, term)
    page.keyboard.press("Escape")
    assert box.is_hidden()
    term.blur()
    term.focus()
    assert box.is_visible()
    page.keyboard.press("Shift+Tab")
    assert box.is_hidden()


def test_the_mouse_on_a_term_shows_its_sentence_and_may_go_into_it(first_chapter):
    page, term = first_chapter
    term.hover()
    box = page.locator(".cnnbook-sentence")
    assert box.inner_text() == sentence_of(page, term)
    box.hover()
    assert box.is_visible()
    page.locator("article h1").hover()
    assert box.is_hidden()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_sentence_lies_within_the_window(open_page, server, width):
    page = open_page(server + CHAPTERS[1], width=width)
    for term in page.locator("a.cnnbook-term").all()[:12]:
        term.focus()
        place = page.locator(".cnnbook-sentence").bounding_box()
        assert place["x"] >= 0
        assert place["x"] + place["width"] <= width
        assert place["y"] >= 0
        assert place["y"] + place["height"] <= 900


def test_chapters_are_numbered_in_the_window_the_heading_the_sidebar_and_the_links_to_neighbours(open_all):
    numbered = {name: f"{chapter.number}. {chapter.title}" for name, chapter in zip(CHAPTERS, chapters().values(), strict=True)}
    for name, page in open_all(CHAPTERS, 1280):
        assert page.title().startswith(numbered[name])
        assert page.locator("article h1").inner_text().startswith(numbered[name])
        sidebar = page.locator(".bd-sidebar-primary .toctree-l1 > a").all_inner_texts()
        assert [entry for entry in sidebar if entry[0].isdigit()] == list(numbered.values())
        at = CHAPTERS.index(name)
        for neighbour, link in ((at - 1, ".left-prev"), (at + 1, ".right-next")):
            if 0 <= neighbour < len(CHAPTERS):
                assert numbered[CHAPTERS[neighbour]] in page.locator(f"{link} .prev-next-title").inner_text()


def test_the_front_page_shows_each_chapter_and_says_first_what_the_book_is_and_where_to_begin(open_page, server):
    page = open_page(server + "index.html")
    begin = page.get_by_text("Where to begin").bounding_box()
    assert begin["y"] + begin["height"] <= 900, "not on the first screen"
    cards = page.locator(".cnnbook-contents li")
    assert cards.locator(".title").all_inner_texts() == [f"{chapter.number}. {chapter.title}" for chapter in chapters().values()]
    for card in cards.all():
        image = card.locator("img")
        bring_into_view(image)
        page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=image.element_handle())
        assert len(image.get_attribute("alt")) > 40
        assert (SITE / image.get_attribute("src")).stat().st_size < 60_000
