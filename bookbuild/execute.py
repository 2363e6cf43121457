"""Execute chapters in fresh kernels, store their outputs in a form that is the same from run to run, and write numbers, citations
and links to chapters into the prose.

Usage: python -m bookbuild execute [chapter.ipynb ...]

By default it executes the chapters whose code changed since their last execution; in the others, and in the other pages, it only
writes what the prose leaves to be filled. When a chapter was executed, how long that took and on which machine stands in the notebook's
metadata.
"""

import ast
import datetime
import hashlib
import html
import os
import re
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from bookbuild import chapter_links, citations
from bookbuild.places import CHAPTERS
from cnnbook import claims, machine, soundness

TIMEOUT = 3600
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
NUMBER = re.compile(r'(?P<start><span data-(?P<form>number|word)="(?P<key>\w+)">)(?P<shown>[^<]*)</span>')
LINE_START = re.compile(r"^ *(?:[-*] |\d+\\?\. )?\Z", re.MULTILINE)  # of a sentence therefore


def source_hash(notebook: nbformat.NotebookNode) -> str:
    """What tells a changed chapter: the digest of its code cells."""
    code = "\0".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    return hashlib.sha256(code.encode()).hexdigest()[:16]


def normalise(notebook: nbformat.NotebookNode) -> None:
    """Stable cell ids, one kernelspec, no timing, no widget state; no widget view where there is HTML; what no page shows is folded.

    A picture carries its digest, since nbval does not compare pictures.
    """
    for number, cell in enumerate(notebook.cells, 1):
        cell.id = f"cell-{number:03d}"
        cell.metadata.pop("execution", None)
        if "remove-cell" in cell.metadata.get("tags", []):
            cell.metadata["jupyter"] = {"source_hidden": True}  # JupyterLab folds it
        if "nbval-ignore-output" in cell.metadata.get("tags", []):  # progress bars are for who waits, not for who reads
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "text/html" in data:
                data.pop(WIDGET_VIEW, None)
            if picture := data.get("image/png"):
                output.metadata["picture"] = soundness.digest(picture)
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "cnnbook": notebook.metadata.get("cnnbook", {}),
        }
    )


def told_numbers(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """What `claims.check` and `claims.tell` computed for the prose, by key."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    told = [output for output in outputs if "scrapbook" in output.get("metadata", {})]
    return {output.metadata["scrapbook"]["name"]: ast.literal_eval(next(iter(output.data.values()))) for output in told}


def written(span: re.Match, told: dict[str, str]) -> str:
    """What stands in a span of `NUMBER`: what was told; in a `data-word` the word for it, with a capital where a line begins."""
    shown = told[span["key"]]
    if span["form"] == "number":
        return shown
    word = claims.in_words(int(shown.replace(",", "")))
    return word.capitalize() if LINE_START.search(span.string, 0, span.start()) else word


def write_numbers(notebook: nbformat.NotebookNode) -> None:
    """Fill each `<span data-number="key"></span>` of the prose, so that every viewer of the notebook shows the number.

    In a `<span data-word="key"></span>` the number is written as a word.

    Raises:
        KeyError: the prose asks for a number that no cell computes.
    """
    told = told_numbers(notebook)

    def filled(span: re.Match) -> str:
        if span["key"] not in told:
            raise KeyError(f"the prose quotes {span['key']!r}, which no cell checks or tells")
        return f"{span['start']}{html.escape(written(span, told), quote=False)}</span>"

    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = NUMBER.sub(filled, cell.source)


def execute(path: Path) -> None:
    """Run one chapter from top to bottom; the file changes only if every cell ran."""
    notebook, started = nbformat.read(path, as_version=4), time.perf_counter()
    place = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=TIMEOUT, kernel_name="python3", coalesce_streams=True, resources=place).execute()
    normalise(notebook)
    seconds = round(time.perf_counter() - started)
    when = {"on": datetime.date.today().isoformat(), "seconds": seconds}
    where = {"machine": machine.name(), "versions": machine.versions()}
    notebook.metadata["cnnbook"] = {"executed": source_hash(notebook), **when, **where}
    store(notebook, path)


def store(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write what the prose leaves to be filled and the notebook into its file, which is the old one or the new one at any time."""
    write_numbers(notebook)
    citations.write_citations(notebook)
    chapter_links.write_links(notebook)
    part = path.with_suffix(".part")
    nbformat.write(notebook, part)
    os.replace(part, path)


def is_stale(notebook: nbformat.NotebookNode) -> bool:
    """Has the code changed since the outputs were made?"""
    return notebook.metadata.get("cnnbook", {}).get("executed") != source_hash(notebook)


def main(names: list[str]) -> None:
    for path in [Path(name) for name in names] or sorted(CHAPTERS.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        if names or is_stale(notebook):
            print(f"executing {path.name}", flush=True)
            execute(path)
        else:
            store(notebook, path)
    chapter_links.main()
