"""Write the scripts with which pages ask and check exercises, and their style, into generated/static: classic scripts with the data in
them, because a page that was opened from a file fetches nothing.
"""

import json
from pathlib import Path

import nbformat

from bookbuild import exercise_cells
from bookbuild.bundle_demos import STATIC, classic
from bookbuild.places import CHAPTERS
from cnnbook import exercises
from cnnbook.demos.shared import linker
from cnnbook.exercises import for_the_page

PAGE = Path(exercises.__file__).parent / "page"
ENTRY, PRACTICE = PAGE / "page.js", PAGE / "practice.js"
ONLY_PRACTICE = {"drills", "drawn"}


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
    data = for_the_page.data() | {"chapters": chapters()}
    return _started(ENTRY, "mountBook", {name: part for name, part in data.items() if name not in ONLY_PRACTICE})


def practice_script() -> str:
    """The classic script of the page Practice, which alone needs the drills."""
    return _started(PRACTICE, "mountPractice", {name: part for name, part in for_the_page.data().items() if name != "exercises"})


def _started(entry: Path, mount: str, data: dict) -> str:
    book = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return classic(linker.link(entry), f"{linker.variable(entry)}.{mount}({book});")


def main() -> None:
    """Write all of them."""
    STATIC.mkdir(parents=True, exist_ok=True)
    (STATIC / "exercises.js").write_text(script(), encoding="utf-8")
    (STATIC / "practice.js").write_text(practice_script(), encoding="utf-8")
    (STATIC / "exercises.css").write_text((PAGE / "page.css").read_text(encoding="utf-8"), encoding="utf-8")
