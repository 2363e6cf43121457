"""Every page at 320 pixels, as wide as a window of 1280 is at 400 % zoom: nothing but what scrolls by itself is wider."""

import pytest

from tests.browser.conftest import NOT_FOUND, PAGES

NARROW = 320
# What is wider than the window and stands in nothing that scrolls.
TOO_WIDE = """() => [...document.querySelectorAll("body *")].filter((node) => {
    if (!node.getClientRects().length || node.getBoundingClientRect().right <= innerWidth + 1) return false;
    for (let up = node; up && up !== document.body; up = up.parentElement) {
        if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(up).overflowX)) return false;
    }
    return true;
}).map((node) => node.outerHTML.slice(0, 120))"""
OPENED = """async () => {
    for (const part of document.querySelectorAll("details")) part.open = true;
    for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
}"""


@pytest.mark.parametrize("name", [*PAGES, NOT_FOUND])
def test_no_page_scrolls_sideways_at_400_percent_zoom(open_page, server, name):
    page = open_page(server + name, width=NARROW)
    page.evaluate(OPENED)
    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
