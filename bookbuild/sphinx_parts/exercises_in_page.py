"""Let a reader answer in the page: each exercise's cell becomes an element that a script fills with fields.

The notebooks themselves, which readers download and run, stay as they are.
"""

from sphinx.application import Sphinx

from bookbuild import exercise_cells
from bookbuild.sphinx_parts.notebook_source import alter


def replace_cells(app: Sphinx, docname: str, source: list[str]) -> None:
    """Put elements in the places of a chapter's exercise cells."""
    buttons = app.config.html_theme_options.get("launch_buttons", {})
    launch = any(value for name, value in buttons.items() if name.endswith("_url"))
    alter(app, docname, source, lambda notebook: notebook.update(cells=exercise_cells.in_the_page(notebook["cells"], launch)))


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("source-read", replace_cells)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
