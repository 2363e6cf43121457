"""Citations lead to the book's own list, and the list is one that screen readers understand.

Chapters cite with `<cite data-cite="key">`, filled by bookbuild/citations.py for those who read them as notebooks.
"""

from sphinx.application import Sphinx

from bookbuild.citations import CITATION
from bookbuild.sphinx_parts.notebook_source import alter_prose


def with_roles(text: str) -> str:
    """The text with each `<cite>` as a role of sphinxcontrib-bibtex."""
    return CITATION.sub(lambda cite: f"{{cite:{'t' if cite['form'] else 'p'}}}`{cite['key']}`", text)


def make_roles(app: Sphinx, docname: str, source: list[str]) -> None:
    """Hand the citations to sphinxcontrib-bibtex."""
    if not alter_prose(app, docname, source, with_roles):
        source[0] = with_roles(source[0])


def mark_as_list_items(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    """docutils writes role="list" around children with role="doc-biblioentry", which ARIA has dropped and are no list items."""
    if "body" in context:
        context["body"] = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("source-read", make_roles)
    app.connect("html-page-context", mark_as_list_items)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
