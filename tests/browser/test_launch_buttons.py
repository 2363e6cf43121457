"""A book whose repository is known: each chapter can be opened on Binder and on Colab, with a mouse, a finger and the keyboard."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from bookbuild import address, places
from tests.browser.conftest import SITE
from tests.conftest import ROOT

BOOK = "https://github.com/example/book"
CHAPTERS = sorted(path.stem for path in (ROOT / "chapters").glob("*.ipynb"))
OUTSIDE = re.compile(r'href="(https://(?:mybinder|colab)[^"]*)"')


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The book, built in a copy that has an address."""
    book = tmp_path_factory.mktemp("book")
    unneeded = shutil.ignore_patterns(".*", "_build", "drafts", "tests", "*.egg-info", "__pycache__")
    shutil.copytree(ROOT, book, ignore=unneeded, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(places, "PYPROJECT", book / "pyproject.toml")
        address.write_address(BOOK)
        patch.delenv("CNNBOOK_REPOSITORY", raising=False)
        build = [Path(sys.executable).with_name("jupyter-book"), "build", "--quiet", "--warningiserror", "--nitpick", book]
        result = subprocess.run(build, capture_output=True, text=True, check=False, cwd=book)  # whose bookbuild is read
    assert result.returncode == 0, result.stdout + result.stderr
    return book / "_build" / "html"


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_buttons_of_a_chapter_open_that_chapter(site, chapter):
    assert OUTSIDE.findall((site / "chapters" / f"{chapter}.html").read_text(encoding="utf-8")) == [
        f"https://mybinder.org/v2/gh/example/book/main?urlpath=lab/tree/chapters/{chapter}.ipynb",
        f"https://colab.research.google.com/github/example/book/blob/main/chapters/{chapter}.ipynb",
    ]


def test_pages_that_are_no_chapters_have_no_launch_buttons(site):
    pages = [page for page in site.rglob("*.html") if page.parent.name != "chapters" and "_static" not in page.parts]
    assert len(pages) > 3
    assert [page.name for page in pages if OUTSIDE.search(page.read_text(encoding="utf-8"))] == []


@pytest.mark.skipif(bool(places.repository()), reason="this book has an address")
def test_a_book_without_an_address_has_no_launch_buttons():
    pages = list(SITE.rglob("chapters/*.html"))
    assert pages
    assert [page.name for page in pages if OUTSIDE.search(page.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_buttons_are_accessible_and_fit_a_phone(open_page, site, theme, width):
    page = open_page(f"{site.as_uri()}/chapters/{CHAPTERS[0]}.html", color_scheme=theme, width=width)
    page.get_by_role("button", name="Launch interactive content").focus()
    page.keyboard.press("Enter")
    page.locator(".bd-header-article").get_by_role("link", name="Colab").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    violations = Axe().run(page, ".bd-header-article").response["violations"]  # test_pages.py looks at the rest
    assert [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in violations] == []
    assert page.foreign == []


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_notebook_behind_the_download_button_is_the_chapter(site, chapter):
    page = site / "chapters" / f"{chapter}.html"
    (target,) = set(re.findall(r'href="([^"]*/_sources/[^"]*)"', page.read_text(encoding="utf-8")))
    assert (page.parent / target).read_bytes() == (ROOT / "chapters" / f"{chapter}.ipynb").read_bytes()


def test_an_exercise_that_needs_python_leads_to_where_the_chapter_runs(open_page, site):
    page = open_page(f"{site.as_uri()}/chapters/{CHAPTERS[0]}.html")
    exercise = page.locator("[data-exercise=gradient_descent]")
    assert "the rocket at the top of this page" in exercise.inner_text()
    links = exercise.locator(".cb-launch a").evaluate_all("links => links.map((link) => [link.textContent.trim(), link.href])")
    assert [name for name, _ in links] == ["Binder", "Colab"]
    assert [link for _, link in links] == OUTSIDE.findall((site / "chapters" / f"{CHAPTERS[0]}.html").read_text(encoding="utf-8"))
