"""Write the first code cell of every chapter, which fetches the package on Colab, and the address that it is fetched from.

Usage: python -m bookbuild address [https://github.com/owner/name]      (default: the address that pyproject.toml has, or none)
"""

import re

import nbformat

from bookbuild import execute, places
from bookbuild.places import CHAPTERS, check_repository, repository

MARK = 'find_spec("cnnbook")'
# Plain code in each chapter, because one that was downloaded alone has nothing else. The clone is put on the path as it is: an
# installed package would have no records.
FIRST_CELL = """\
# Needs cnnbook, the package of this book: Colab fetches it here, elsewhere `make lab` installs it.
import sys
import importlib.util
BOOK = "{address}"
if not getattr(importlib.util.find_spec("cnnbook"), "origin", None):
    if not BOOK or "google.colab" not in sys.modules:
        raise ModuleNotFoundError("cnnbook is not in this Python. Get the whole book; run make lab, or choose its .venv as kernel. " + BOOK)
    !test -d cnn-book || git clone --quiet --depth 1 {{BOOK}} cnn-book
    !{{sys.executable}} -m pip install --quiet --requirement cnn-book/bookbuild/colab.txt
    sys.path.insert(0, "cnn-book")
    importlib.invalidate_caches()  # or it would not be found where an earlier try failed"""


def first_cell() -> str:
    """The source of the cell, the same for all chapters."""
    return FIRST_CELL.format(address=repository())


def write_address(new: str) -> None:
    """Put the address into pyproject.toml.

    Raises:
        ValueError: it is not a repository on GitHub, from which alone Colab opens notebooks.
    """
    new = check_repository("address", new.removesuffix("/").removesuffix(".git"))
    text, line = places.PYPROJECT.read_text(encoding="utf-8"), f'Repository = "{new}"'
    if repository():
        text = re.sub(r"^Repository = .*$", line, text, flags=re.MULTILINE)
    else:
        text = text.replace("[project.optional-dependencies]", f"[project.urls]\n{line}\n\n[project.optional-dependencies]", 1)
    places.PYPROJECT.write_text(text, encoding="utf-8")


def write_cell(notebook: nbformat.NotebookNode, source: str) -> None:
    """Put the cell behind the chapter's title, in place of an earlier one; outputs stay, and as fresh or stale as they were."""
    fresh = not execute.is_stale(notebook)
    cells = [cell for cell in notebook.cells if MARK not in cell.source]
    cells.insert(1, nbformat.v4.new_code_cell(source, metadata={"tags": ["remove-cell"]}))
    for count, cell in enumerate((cell for cell in cells if cell.cell_type == "code"), 1):
        cell.execution_count = count
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
    notebook.cells = cells
    execute.normalise(notebook)
    if fresh:
        notebook.metadata["cnnbook"]["executed"] = execute.source_hash(notebook)


def main(arguments: list[str]) -> None:
    if arguments:
        write_address(arguments[0])
    for path in sorted(CHAPTERS.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        write_cell(notebook, first_cell())
        nbformat.write(notebook, path)
