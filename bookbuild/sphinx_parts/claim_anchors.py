"""Give the place of each claim in a page an id, so that the claims page leads to what rests on it.

That is the first sentence that quotes the number. Where no sentence does, it is the cell that checks the claim, or, where readers do not
see that cell, what they see last before it: the sentence that it stands behind, or the code whose result it checks. What is measured of
the whole chapter, such as its memory, leads to the chapter's beginning.
"""

import re

from docutils import nodes
from sphinx.application import Sphinx

from bookbuild.sphinx_parts.notebook_source import alter

QUOTED = re.compile(r'<span (?=data-(?:number|word)="(\w+)")')
CHECKED = re.compile(r'claims\.check\(\s*"(?P<key>\w+)",\s*(?P<of_chapter>machine\.)?')
SENTENCE = re.compile(r"[A-Za-z(“*_`\[]|<(?:span|dfn|cite|em|code)\b")  # how the line of a sentence begins
FENCE = re.compile(r"```|~~~|:::|\$\$")
HERE = "claims_checked_here"  # in a cell's metadata


def anchor(key: str) -> str:
    """The id of the place of a claim, or of where a number is first quoted."""
    return f"claim-{key}"


def places(cells: list[dict]) -> dict[str, dict]:
    """Claim -> the cell of a notebook where readers find it, of those claims that no sentence quotes."""
    prose = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    found, first, seen, quoted = {}, None, None, set(QUOTED.findall(prose))
    for cell in cells:
        if cell["cell_type"] == "markdown":
            seen = cell if last_sentence("".join(cell["source"])) is not None else seen
        elif cell["cell_type"] == "code":
            seen = seen if "remove-cell" in cell["metadata"].get("tags", []) else cell
            for check in CHECKED.finditer("".join(cell["source"])):
                place = first if check["of_chapter"] else seen
                if place and not {check["key"], f"{check['key']}_bound"} & quoted:
                    found.setdefault(check["key"], place)
        first = first or seen
    return found


def last_sentence(text: str) -> int | None:
    """The line of the last sentence in the text of a cell, outside of lists, tables, formulas and directives."""
    found, fences = None, 0
    for number, line in enumerate(text.splitlines()):
        if FENCE.match(line):
            fences += len(FENCE.findall(line))
        elif fences % 2 == 0 and SENTENCE.match(line):
            found = number
    return found


def mark_cells(app: Sphinx, docname: str, source: list[str]) -> None:
    """Write ids before sentences that have code behind them, and note those of cells in their metadata."""

    def change(notebook: dict) -> None:
        for key, cell in places(notebook["cells"]).items():
            if cell["cell_type"] == "code":
                cell["metadata"].setdefault(HERE, []).append(anchor(key))
            else:
                lines = "".join(cell["source"]).splitlines()
                number = last_sentence("\n".join(lines))
                lines[number] = f'<span id="{anchor(key)}"></span>{lines[number]}'
                cell["source"] = "\n".join(lines)

    alter(app, docname, source, change)


def mark(app: Sphinx, doctree: nodes.document) -> None:
    """Write the other ids: into the page's spans, and those of cells."""
    seen: set[str] = set()

    def with_id(span: re.Match) -> str:
        if span[1] in seen:
            return span[0]
        seen.add(span[1])
        return f'<span id="{anchor(span[1])}" '

    for raw in doctree.findall(nodes.raw):
        if raw.get("format") == "html" and QUOTED.search(raw.astext()):
            raw[:] = [nodes.Text(QUOTED.sub(with_id, raw.astext()))]
            raw.rawsource = raw.astext()
    for cell in doctree.findall(nodes.container):
        cell["ids"] += cell.get("cell_metadata", {}).get(HERE, [])


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("source-read", mark_cells)
    app.connect("doctree-read", mark)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
