"""What is folded away says what it is, by its name and to those who hear it alike.

The code of a figure is named after the function of cnnbook.figures that draws it; a cell may name itself, with MyST-NB's
`code_prompt_show` and `code_prompt_hide` in its metadata.
"""

import re

from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput, visit_HideCellInput
from sphinx.application import Sphinx

from bookbuild.sphinx_parts.notebook_source import alter

DRAWS = re.compile(r"\bfigures\.(\w+)\(")
GENERIC = ' aria-label="Toggle hidden content"'


def names(code: str) -> dict[str, str]:
    """What opens and what closes the fold of a cell with this code.

    Raises:
        ValueError: the cell draws no figure, so that it has to be named in its metadata.
    """
    drawn = DRAWS.findall(code)
    if not drawn:
        raise ValueError(f"a folded cell draws no figure; give it mystnb.code_prompt_show and code_prompt_hide:\n{code}")
    figure = drawn[-1].replace("_", " ")
    return {"code_prompt_show": f"Show the code of this figure ({figure})", "code_prompt_hide": f"Hide the code of this figure ({figure})"}


def name_folds(app: Sphinx, docname: str, source: list[str]) -> None:
    """Name the folds of a chapter's cells in their metadata."""

    def name_cells(notebook: dict) -> None:
        for cell in notebook["cells"]:
            if "hide-input" in cell["metadata"].get("tags", []):
                about = cell["metadata"].setdefault("mystnb", {})
                cell["metadata"]["mystnb"] = names("".join(cell["source"])) | about

    alter(app, docname, source, name_cells)


def open_fold(translator: object, node: HideCodeCellNode) -> None:
    """As MyST-NB does, without the label that would hide the visible name from screen readers."""
    visit_HideCellInput(translator, node)
    translator.body = [part.replace(GENERIC, "") if part.startswith("<summary") else part for part in translator.body]


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("source-read", name_folds)
    app.connect("builder-inited", lambda app: app.add_node(HideCodeCellNode, override=True, html=(open_fold, depart_HideCellInput)))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
