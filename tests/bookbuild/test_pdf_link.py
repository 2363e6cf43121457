"""The link to the print edition: there where `make pdf` makes one, and nowhere else."""

import re
from types import SimpleNamespace

import jinja2
import pytest

from bookbuild.sphinx_parts import pdf_link
from tests.conftest import ROOT


@pytest.fixture
def sidebar(monkeypatch):
    """What stands in the sidebar of a chapter, given the name of the PDF or nothing."""

    def sidebar_(name):
        monkeypatch.setenv("CNNBOOK_PDF", name) if name else monkeypatch.delenv("CNNBOOK_PDF", raising=False)
        config = SimpleNamespace(html_context={})
        pdf_link.offer(None, config)
        template = jinja2.Template((ROOT / "bookbuild" / "templates" / "pdf-link.html").read_text(encoding="utf-8"))
        return template.render(**config.html_context, pathto=lambda path, _: f"../{path}").strip()

    return sidebar_


def test_a_plain_build_offers_no_pdf(sidebar):
    assert sidebar(None) == ""


def test_a_build_that_makes_a_pdf_offers_it_on_every_page(sidebar):
    assert re.search(r'<a href="\.\./book\.pdf">[\w ]+</a>', sidebar("book.pdf"))


def test_the_makefile_names_the_file_for_the_pages_and_for_the_printing_alike():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^pdf: export CNNBOOK_PDF := [\w-]+\.pdf$", makefile, re.MULTILINE)
    assert re.search(r"^pdf: book$", makefile, re.MULTILINE)
