"""What the browser tests stand on: demos that start anew are as in a page just opened, and a failure leaves behind what it saw."""

import re
import zipfile

import pytest
from PIL import Image

from tests.browser.conftest import PAGES, Contexts

SORTED = """all => all.map((demo) => {
    const copy = demo.cloneNode(true);
    for (const node of [copy, ...copy.querySelectorAll("*")]) {
        const attributes = [...node.attributes].map(({ name, value }) => [name, value]).sort();
        for (const [name] of attributes) node.removeAttribute(name);
        for (const [name, value] of attributes) node.setAttribute(name, value);
    }
    return copy.outerHTML;
})"""


def demos_of(page) -> str:
    """The HTML of all demos of a page, attributes in order, without the numbers of their fields, which count on."""
    return re.sub(r"cb-field-\d+", "", "".join(page.locator(".cnnbook-demo").evaluate_all(SORTED)))


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("chapters/")])
def test_a_kept_page_is_not_loaded_again_and_its_demos_are_as_in_a_page_just_opened(open_anew, server, name):
    page = open_anew(server + name)
    new = demos_of(page)
    for choice in page.locator(".cnnbook").get_by_role("combobox").all()[:1]:
        choice.select_option(index=choice.locator("option").count() - 1)
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'; scrollTo(0, 500)")
    assert open_anew(server + name) is page
    assert demos_of(page) == new
    assert page.evaluate("scrollY") == 0


def test_a_failed_test_leaves_the_look_the_html_and_a_trace_of_what_it_had_open(browser, tmp_path):
    contexts = Contexts(browser)
    context = contexts.new(viewport={"width": 300, "height": 200})
    context.new_page().set_content("<p>as it was</p>")
    contexts.keep(tmp_path / "failed")
    contexts.close(context)
    assert context.failed
    assert "as it was" in (tmp_path / "failed" / "page-1-1.html").read_text(encoding="utf-8")
    with Image.open(tmp_path / "failed" / "page-1-1.png") as look:
        assert look.size == (300, 200)
    with zipfile.ZipFile(tmp_path / "failed" / "trace-1.zip") as trace:
        assert b"set_content" in trace.read("trace.trace") or b"setContent" in trace.read("trace.trace")
