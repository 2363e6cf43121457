"""What the book consists of, in the order of its table of contents: every page, and the chapters with their numbers and titles."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
import yaml

from bookbuild.places import CHAPTERS, ROOT


@dataclass(frozen=True)
class Chapter:
    """A chapter as the table of contents numbers it; its file is `stem`.ipynb."""

    number: int
    stem: str
    title: str

    @property
    def path(self) -> Path:
        """Its notebook."""
        return CHAPTERS / f"{self.stem}.ipynb"

    @property
    def name(self) -> str:
        """What the text calls it."""
        return f"chapter {self.number} ({self.title})"


def table() -> dict:
    """_toc.yml."""
    return yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))


def pages() -> list[str]:
    """The names of all pages without their ending, the front page first."""
    return [table()["root"], *(entry["file"] for part in table()["parts"] for entry in part["chapters"])]


@cache
def chapters() -> dict[str, Chapter]:
    """The chapters in order, by the names of their files."""
    stems = [Path(page).name for page in pages() if page.startswith(f"{CHAPTERS.name}/")]
    return {stem: Chapter(number, stem, title(CHAPTERS / f"{stem}.ipynb")) for number, stem in enumerate(stems, 1)}


def title(path: Path) -> str:
    """The heading that a notebook begins with."""
    first = nbformat.read(path, as_version=4).cells[0].source.splitlines()[0]
    return first.removeprefix("# ")
