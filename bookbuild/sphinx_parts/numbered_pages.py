"""A chapter's number goes before its title wherever the page names it: in the window's title and in the links to its neighbours.

Before its heading and in the sidebar Sphinx writes it, because _toc.yml asks for it.
"""

from pathlib import Path, PurePosixPath

from sphinx.application import Sphinx

from bookbuild.contents import chapters


def numbered(title: str, page: str) -> str:
    """The title with the number of the chapter that `page` is, if it is one."""
    chapter = chapters().get(PurePosixPath(page).stem)
    return f"{chapter.number}. {title}" if chapter else title


def number_titles(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    """Of the page itself, and of the pages before and after it."""
    if doctree is None:
        return
    context["title"] = numbered(context["title"], Path(pagename).name)
    for neighbour in filter(None, (context.get("prev"), context.get("next"))):
        neighbour["title"] = numbered(neighbour["title"], neighbour["link"])


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("html-page-context", number_titles)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
