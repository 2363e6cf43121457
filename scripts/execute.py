"""Execute chapters in fresh kernels and store their outputs in a form that is the same from run to run.

Usage: python scripts/execute.py [chapter.ipynb ...]     (default: chapters whose code changed since their last execution)
"""

import hashlib
import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = ROOT / "chapters"
TIMEOUT = 3600
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def source_hash(notebook: nbformat.NotebookNode) -> str:
    """What tells a changed chapter: the digest of its code cells."""
    code = "\0".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    return hashlib.sha256(code.encode()).hexdigest()[:16]


def normalise(notebook: nbformat.NotebookNode) -> None:
    """Stable cell ids, one kernelspec, no timing, no widget state, and no widget view where there is HTML for it."""
    for number, cell in enumerate(notebook.cells, 1):
        cell.id = f"cell-{number:03d}"
        cell.metadata.pop("execution", None)
        if "nbval-ignore-output" in cell.metadata.get("tags", []):  # progress bars are for who waits, not for who reads
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "text/html" in data:
                data.pop(WIDGET_VIEW, None)
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "cnnbook": {"executed": source_hash(notebook)},
        }
    )


def execute(path: Path) -> None:
    """Run one chapter from top to bottom; the file changes only if every cell ran."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=TIMEOUT, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}).execute()
    normalise(notebook)
    part = path.with_suffix(".part")
    nbformat.write(notebook, part)
    os.replace(part, path)


def is_stale(path: Path) -> bool:
    """Has the code changed since the outputs were made?"""
    notebook = nbformat.read(path, as_version=4)
    return notebook.metadata.get("cnnbook", {}).get("executed") != source_hash(notebook)


def main(names: list[str]) -> None:
    paths = [Path(name) for name in names] or [path for path in sorted(CHAPTERS.glob("*.ipynb")) if is_stale(path)]
    for path in paths:
        print(f"executing {path.name}", flush=True)
        execute(path)


if __name__ == "__main__":
    main(sys.argv[1:])
