"""Every built page: opens without a network, without a complaint, without a barrier, and fits on a phone."""

import re

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import NOT_FOUND, PAGES
from tests.conftest import ROOT

MOST_BYTES = 3_000_000

every_page = pytest.mark.parametrize("name", PAGES)


def test_the_pages_a_reader_expects_were_built():
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    expected = {f"{page}.html" for page in [contents["root"], *(chapter["file"] for chapter in contents["chapters"])]}
    assert expected <= set(PAGES)
    assert len(expected) > 5


@every_page
def test_page_asks_nobody_for_anything_and_logs_no_error(open_page, address, name):
    page = open_page(address + name)
    assert page.title()
    assert page.foreign == []
    assert page.complaints == []


@pytest.mark.parametrize("name", [*PAGES, NOT_FOUND])
@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 390)])
def test_page_with_all_its_parts_open_has_no_accessibility_violation(open_page, server, name, theme, width):
    page = open_page(server + name, width=width, color_scheme=theme, reduced_motion="reduce")
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    results = Axe().run(page)
    violations = [(v["id"], v["impact"], [node["html"][:200] for node in v["nodes"]]) for v in results.response["violations"]]
    assert violations == []


@every_page
def test_nothing_fades_or_glides_where_less_motion_is_asked_for(open_page, server, name):
    page = open_page(server + name, reduced_motion="reduce")
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    assert page.evaluate("document.getAnimations().length") == 0
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


@every_page
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_page_fits_a_phone_without_scrolling_sideways(open_page, server, name, theme):
    page = open_page(server + name, width=390, color_scheme=theme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    wide = page.evaluate(
        """() => [...document.querySelectorAll("main *")]
            .filter((node) => node.getBoundingClientRect().right > 391 && node.getClientRects().length)
            .filter((node) => { for (let up = node; up; up = up.parentElement)
                if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(up).overflowX) && up !== document.body) return false;
                return true; })
            .map((node) => node.outerHTML.slice(0, 100))"""
    )
    assert wide == []


@every_page
def test_every_image_has_an_alternative_text(open_page, server, name):
    page = open_page(server + name)
    assert page.evaluate("[...document.querySelectorAll('main img')].filter((i) => !i.alt).map((i) => i.outerHTML.slice(0, 100))") == []


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
def test_a_page_loads_at_most_three_megabytes_before_it_is_used(browser, server, name):
    page, loaded = browser.new_page(), {}
    page.on("response", lambda response: loaded.update({response.url: len(response.body()) if response.ok else 0}))
    page.goto(server + name)
    page.wait_for_load_state("networkidle")
    page.close()
    assert sum(loaded.values()) <= MOST_BYTES, sorted(loaded.items(), key=lambda item: -item[1])[:5]


@every_page
def test_the_text_is_painted_while_every_script_is_held_back(browser, server, name):
    context, held = browser.new_context(), []
    page = context.new_page()
    page.route(re.compile(r"\.js(\?|$)"), lambda route: held.append(route.request.url))  # asked for, never answered
    page.goto(server + name, wait_until="commit")
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
    assert page.locator("main h1").last.is_visible()
    assert any("demos.js" in address for address in held)
    context.close()


def test_the_icons_are_there_without_the_themes_script(open_page, server):
    page = open_page(server + "index.html")
    families = page.evaluate("[...document.querySelectorAll('i.fa-solid')].map((i) => getComputedStyle(i).fontFamily)")
    assert families
    assert all("Font Awesome" in family for family in families)
    assert page.evaluate("document.fonts.check('900 16px \"Font Awesome 6 Free\"')")


@pytest.mark.parametrize("name", [name for name in PAGES if name not in ("genindex.html", "search.html")])
def test_a_shared_link_has_a_title_and_a_description(open_page, server, name):
    page = open_page(server + name)
    assert page.evaluate("document.querySelector('meta[property=\"og:title\"]').content")
    assert len(page.evaluate("document.querySelector('meta[name=description]').content")) > 20
