"""Citations lead to the book's own list, and the list is one that screen readers understand.

Chapters cite with `<cite data-cite="key">`, filled by bookbuild/citations.py for those who read them as notebooks.
"""

import json
from pathlib import Path

from sphinx.application import Sphinx

from bookbuild.citations import CITATION


def with_roles(text: str) -> str:
    """The text with each `<cite>` as a role of sphinxcontrib-bibtex."""
    return CITATION.sub(lambda cite: f"{{cite:{'t' if cite['form'] else 'p'}}}`{cite['key']}`", text)


def make_roles(app: Sphinx, docname: str, source: list[str]) -> None:
    """Hand the citations to sphinxcontrib-bibtex; of a notebook Sphinx reads the JSON."""
    if Path(app.env.doc2path(docname)).suffix != ".ipynb":
        source[0] = with_roles(source[0])
        return
    notebook = json.loads(source[0])
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = with_roles("".join(cell["source"]))
    source[0] = json.dumps(notebook, ensure_ascii=False)


def mark_as_list_items(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    """docutils writes role="list" around children with role="doc-biblioentry", which ARIA has dropped and are no list items."""
    if "body" in context:
        context["body"] = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("source-read", make_roles)
    app.connect("html-page-context", mark_as_list_items)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
