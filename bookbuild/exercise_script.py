"""Write the script with which a page asks and checks exercises, and its style, into generated/static: one classic script with the data
in it, because a page that was opened from a file fetches nothing.
"""

import json
from pathlib import Path

import nbformat

from bookbuild import exercise_cells
from bookbuild.places import CHAPTERS, GENERATED
from cnnbook import exercises
from cnnbook.demos.shared import linker
from cnnbook.exercises import for_the_page

PAGE = Path(exercises.__file__).parent / "page"
ENTRY = PAGE / "page.js"


def chapters() -> list[dict]:
    """Of each chapter its page, its title, and the names of each numbered exercise."""
    found = []
    for path in sorted(CHAPTERS.glob("*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        title = exercise_cells.source(cells[0]).splitlines()[0].removeprefix("# ")
        found.append({"page": f"chapters/{path.stem}.html", "title": title, "exercises": exercise_cells.numbered(cells)})
    return found


def script() -> str:
    """The classic script."""
    book = json.dumps(for_the_page.data() | {"chapters": chapters()}, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    start = f"{linker.variable(ENTRY)}.mountBook({book});"
    return "\n".join(["(() => {", '"use strict";', linker.link(ENTRY), start, "})();"]) + "\n"


def main() -> None:
    """Write both."""
    static = GENERATED / "static"
    static.mkdir(parents=True, exist_ok=True)
    (static / "exercises.js").write_text(script(), encoding="utf-8")
    (static / "exercises.css").write_text((PAGE / "page.css").read_text(encoding="utf-8"), encoding="utf-8")
