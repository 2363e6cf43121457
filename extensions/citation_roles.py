"""Make the bibliography a list that screen readers understand: docutils marks its entries with a role that ARIA has dropped."""

from sphinx.application import Sphinx


def mark_as_list_items(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    """docutils writes role="list" around children with role="doc-biblioentry", which are no list items."""
    if "body" in context:
        context["body"] = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("html-page-context", mark_as_list_items)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
