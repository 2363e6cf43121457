"""Every built page: opens without a network, without a complaint, without a barrier, and fits on a phone."""

import re
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup

from bookbuild import contents
from cnnbook import claims
from tests.browser.conftest import NOT_FOUND, PAGES, SETTLED, SITE, open_in
from tests.browser.driver import until

MOST_BYTES = 3_000_000

every_page = pytest.mark.parametrize("name", PAGES)


@pytest.fixture(
    scope="module", params=product([*PAGES, NOT_FOUND], ["light", "dark"], [1280, 390]), ids=lambda look: "-".join(map(str, look))
)
def page(request, contexts, server):
    """A page in a theme and a width, with all its parts open; it gets `loaded`, the bytes of each file that it asked for."""
    name, theme, width = request.param
    context, answers = contexts.new(viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce"), []
    context.on("response", lambda answer: answers.append(answer))  # Playwright takes no method of a list
    try:
        page = open_in(context, server + name)
        page.loaded = {answer.url: len(answer.body()) if answer.ok else 0 for answer in answers}
        page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
        page.wait_for_function(SETTLED)
        yield page
    finally:
        contexts.close(context)


def test_the_pages_a_reader_expects_were_built():
    expected = {f"{page}.html" for page in contents.pages()}
    assert expected <= set(PAGES)
    assert len(expected) > 5


def test_page_asks_nobody_for_anything_and_logs_no_error(page):
    assert page.title()
    assert page.foreign == []
    assert page.complaints == []


@every_page
def test_page_opened_from_a_folder_asks_nobody_for_anything_and_logs_no_error(open_page, name):
    page = open_page(f"{SITE.as_uri()}/{name}")
    assert page.title()
    assert page.foreign == []
    assert page.complaints == []


def test_page_with_all_its_parts_open_has_no_accessibility_violation(page):
    results = Axe().run(page)
    violations = [(v["id"], v["impact"], [node["html"][:200] for node in v["nodes"]]) for v in results.response["violations"]]
    assert violations == []


def test_nothing_fades_or_glides_where_less_motion_is_asked_for(page):
    assert page.evaluate("document.getAnimations().length") == 0
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_page_fits_its_window_without_scrolling_sideways(page):
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wide = page.evaluate(
        """width => [...document.querySelectorAll("main *")]
            .filter((node) => node.getBoundingClientRect().right > width + 1 && node.getClientRects().length)
            .filter((node) => { for (let up = node; up; up = up.parentElement)
                if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(up).overflowX) && up !== document.body) return false;
                return true; })
            .map((node) => node.outerHTML.slice(0, 100))""",
        width,
    )
    assert wide == []


def test_every_image_has_an_alternative_text(page):
    assert page.evaluate("[...document.querySelectorAll('main img')].filter((i) => !i.alt).map((i) => i.outerHTML.slice(0, 100))") == []


def test_a_page_loads_at_most_three_megabytes_before_it_is_used(page):
    assert sum(page.loaded.values()) <= MOST_BYTES, sorted(page.loaded.items(), key=lambda item: -item[1])[:5]


def test_formulas_are_typeset_by_the_local_mathjax(open_page, address):
    page = open_page(address + "chapters/01_convolution.html")
    page.wait_for_selector("mjx-container")
    assert page.foreign == []


def test_a_wrong_address_gets_a_page_in_the_books_style_that_leads_back(open_page, server):
    page = open_page(server + NOT_FOUND)
    assert page.complaints == []
    assert page.foreign == []
    page.locator(".navbar-brand, .logo").first.click()
    assert page.url.removeprefix(server) in ("", "index.html", "index.html#")


@every_page
def test_the_text_is_painted_while_every_script_is_held_back(contexts, server, name):
    context, held = contexts.new(), []
    page = context.new_page()
    page.route(re.compile(r"\.js(\?|$)"), lambda route: held.append(route.request.url))  # asked for, never answered
    page.goto(server + name, wait_until="commit")
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
    page.locator("main h1").last.wait_for()
    until(page, lambda: any("demos.js" in address for address in held))
    contexts.close(context)


def test_the_icons_are_there_without_the_themes_script(open_page, server):
    page = open_page(server + "index.html")
    families = page.evaluate("[...document.querySelectorAll('i.fa-solid')].map((i) => getComputedStyle(i).fontFamily)")
    assert families
    assert all("Font Awesome" in family for family in families)
    assert page.evaluate("document.fonts.check('900 16px \"Font Awesome 6 Free\"')")


@pytest.mark.parametrize("name", [name for name in PAGES if name not in ("genindex.html", "search.html")])
def test_a_shared_link_has_a_title_and_a_description(name):
    page = BeautifulSoup((SITE / name).read_text(encoding="utf-8"), "html.parser")
    assert page.select_one('meta[property="og:title"]')["content"]
    assert len(page.select_one("meta[name=description]")["content"]) > 20


def test_each_claim_leads_to_what_rests_on_it():
    page = BeautifulSoup((SITE / "claims.html").read_text(encoding="utf-8"), "html.parser")
    links = [link["href"].split("#") for link in page.select('a[href*="#claim-"]')]
    assert len(links) == len(claims.ledger())
    ids = {name: re.findall(r'id="(claim-\w+)"', (SITE / name).read_text(encoding="utf-8")) for name in {name for name, _ in links}}
    assert [(name, key) for name, key in links if ids[name].count(key) != 1] == []
