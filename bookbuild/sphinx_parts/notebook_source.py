"""A page's notebook before Sphinx reads it: its JSON, changed in memory; the file that readers download stays as it is."""

import json
from collections.abc import Callable
from pathlib import Path

from sphinx.application import Sphinx


def alter(app: Sphinx, docname: str, source: list[str], change: Callable[[dict], None]) -> bool:
    """Let `change` alter the notebook in place, as a handler of "source-read"; False where the page is none."""
    if Path(app.env.doc2path(docname)).suffix != ".ipynb":
        return False
    notebook = json.loads(source[0])
    change(notebook)
    source[0] = json.dumps(notebook, ensure_ascii=False)
    return True


def alter_prose(app: Sphinx, docname: str, source: list[str], change: Callable[[str], str]) -> bool:
    """The same for the text of its Markdown cells, each handed to `change`."""

    def change_cells(notebook: dict) -> None:
        for cell in notebook["cells"]:
            if cell["cell_type"] == "markdown":
                cell["source"] = change("".join(cell["source"]))

    return alter(app, docname, source, change_cells)
