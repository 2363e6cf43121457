"""Let a reader answer in the page: each exercise's cell becomes an element that a script fills with fields.

The notebooks themselves, which readers download and run, stay as they are.
"""

import json
from pathlib import Path

from sphinx.application import Sphinx

from bookbuild import exercise_cells


def replace_cells(app: Sphinx, docname: str, source: list[str]) -> None:
    """Of a notebook Sphinx reads the JSON; this changes what it reads."""
    if Path(app.env.doc2path(docname)).suffix != ".ipynb":
        return
    notebook = json.loads(source[0])
    buttons = app.config.html_theme_options.get("launch_buttons", {})
    launch = any(value for name, value in buttons.items() if name.endswith("_url"))
    notebook["cells"] = exercise_cells.in_the_page(notebook["cells"], launch)
    source[0] = json.dumps(notebook, ensure_ascii=False)


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("source-read", replace_cells)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
