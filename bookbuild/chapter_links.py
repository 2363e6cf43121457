"""A reference to a chapter is a link to its file; what the link says, number and title, is filled in from the table of contents.

`[](06_batch_normalization.ipynb)` becomes `[chapter 6 (Batch normalization)](06_batch_normalization.ipynb)`, and with a large letter where
a link began with one, so that a reader in JupyterLab or on GitHub sees it too, and no reference outlives a new order of the chapters.
"""

import re
from pathlib import Path

import nbformat

from bookbuild.contents import chapters
from bookbuild.places import ROOT

LINK = re.compile(r"\[(?P<shown>[^\][]*)\]\((?P<folder>(?:chapters/)?)(?P<stem>\d\d_\w+)\.ipynb\)")
# What a link should stand in place of.
UNLINKED = re.compile(
    r"\bchapters? (?:\d+|one|two|three|four|five|six|seven|eight|nine|ten)\b|\b(?:first|second|third|next|previous|last) chapters?\b"
    r"|\bthe chapters? (?:before|after|on)\b",
    re.IGNORECASE,
)


def filled(text: str) -> str:
    """The text with each link to a chapter saying its number and title.

    Raises:
        KeyError: a link leads to a chapter that the table of contents does not have.

    Example:
        >>> filled("See [](02_stacking.ipynb). [Chapter 9](02_stacking.ipynb) says more.")
        'See [chapter 2 (Stacking convolutions)](02_stacking.ipynb). [Chapter 2 (Stacking convolutions)](02_stacking.ipynb) says more.'
    """

    def link(found: re.Match) -> str:
        if found["stem"] not in chapters():
            raise KeyError(f"a link leads to {found['stem']}.ipynb, which _toc.yml does not have")
        name = chapters()[found["stem"]].name
        shown = name[0].upper() + name[1:] if found["shown"][:1].isupper() else name
        return f"[{shown}]({found['folder']}{found['stem']}.ipynb)"

    return LINK.sub(link, text)


def unlinked(text: str) -> list[str]:
    """The references to chapters that are no links."""
    return UNLINKED.findall(LINK.sub("", text))


def write_links(notebook: nbformat.NotebookNode) -> None:
    """Fill the links of the prose."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = filled(cell.source)


def texts() -> list[Path]:
    """What refers to chapters and is no notebook: the other pages, and what stands beside the README."""
    return sorted(ROOT.glob("*.md"))


def main() -> None:
    """Fill the links of all of them."""
    for path in texts():
        text = path.read_text(encoding="utf-8")
        if filled(text) != text:
            path.write_text(filled(text), encoding="utf-8")
