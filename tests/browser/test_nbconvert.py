"""The chapters where no widget lives: by nbconvert, from a file, without a network; and what VS Code and GitHub find in the file."""

import nbformat
import pytest
from nbconvert import HTMLExporter

from cnnbook import demos
from tests.conftest import ROOT

CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
BARE = {f"{name}()" for name in demos.__all__}  # what a viewer falls back to that finds nothing better
each_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def stored(path) -> list[dict]:
    """The data of each output that is a demo."""
    cells = nbformat.read(path, as_version=4).cells
    outputs = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    return [data for data in outputs if data.get("text/plain") in BARE]


def test_every_demo_is_stored_in_some_chapter():
    assert {data["text/plain"] for path in CHAPTERS for data in stored(path)} == BARE


@each_chapter
def test_the_stored_demos_are_html_which_viewers_prefer_to_plain_text_and_no_widget_without_its_kernel(path):
    """VS Code and nbconvert put text/html before images and text/plain, but a widget view before all."""
    for data in stored(path):
        assert set(data) == {"text/html", "text/plain"}


@pytest.mark.filterwarnings("ignore:Your element with mimetype")  # numbers for the prose, which have no look of their own
@each_chapter
def test_each_demo_shows_its_stand_in(open_page, tmp_path, path):
    html, _ = HTMLExporter().from_filename(str(path))
    (tmp_path / "chapter.html").write_text(html, encoding="utf-8")
    page = open_page((tmp_path / "chapter.html").as_uri())
    shown = page.locator(".cnnbook-demo").all()
    assert len(shown) == len(stored(path))
    for demo in shown:
        figures = demo.locator("img, svg, table").all()
        assert figures
        assert all(figure.bounding_box()["width"] >= 90 and figure.bounding_box()["height"] >= 40 for figure in figures)
        assert demo.evaluate("node => [...node.querySelectorAll('img')].every((image) => image.naturalWidth > 0 && image.alt)")
        assert "With JavaScript" in demo.inner_text()
    assert not BARE & {text.strip() for text in page.locator("pre").all_inner_texts()}
