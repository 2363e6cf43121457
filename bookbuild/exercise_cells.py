"""The exercises of a chapter, found in its notebook: which there are, and what the page shows in the place of their cells.

In a notebook an exercise is a numbered paragraph, a cell that hands in the answer, and a folded solution. In the page the cell becomes
an element with `data-exercise`, which cnnbook/exercises/page fills with fields; what stands in it here is for paper and for pages
without scripts.
"""

import ast
import html
import re

from cnnbook.exercises import EXERCISES, for_the_page

CHECKED = re.compile(r'exercises\.answer\(\s*"(\w+)"')
NUMBERED = re.compile(r"^\d+\\\.", re.MULTILINE)
SOLUTION, SHOW, HIDE = "# Solution: ", "Show the solution", "Hide the solution"
WITH_BUTTONS = (
    "This one needs Python: open the chapter with the rocket at the top of this page, or run <code>make lab</code> on your own machine."
)
WITHOUT = "This one needs Python: run <code>make lab</code> on your own machine, and open this chapter there."
TASK = "Then put your answer in place of the dots, and run the cell."
BLANK = '<span class="cnnbook-blank"></span>'


def source(cell: dict) -> str:
    """The text of a cell, which a file may have as a list of lines."""
    return "".join(cell["source"])


def tags(cell: dict) -> list[str]:
    """The tags of a cell."""
    return cell["metadata"].get("tags", [])


def asked(cell: dict) -> list[str]:
    """The exercises whose answers a cell waits for; none of a solution."""
    return CHECKED.findall(source(cell)) if cell["cell_type"] == "code" and not tags(cell) else []


def numbered(cells: list[dict]) -> list[list[str]]:
    """The exercises of each numbered paragraph of the section Exercises."""
    groups, inside = [], False
    for cell in cells:
        if cell["cell_type"] == "markdown":
            inside |= "## Exercises" in source(cell)
            groups += [[] for _ in NUMBERED.findall(source(cell)) if inside]
        elif groups:
            groups[-1] += asked(cell)
    return groups


def given(cell: dict) -> str:
    """The code of an answer's cell that is no answer: the numbers or the function that the question is about, or ""."""
    code = source(cell)
    parts = [ast.get_source_segment(code, node) for node in ast.parse(code).body]
    return "\n".join(part for part in parts if "..." not in part and "my_" not in part)


def in_the_page(cells: list[dict], launch: bool) -> list[dict]:
    """The cells of a chapter as the page shows them; `launch` says whether it has buttons that start it elsewhere."""
    kinds = {name: data["kind"] for name, data in for_the_page.data()["exercises"].items()}
    counted = {name for group in numbered(cells) for name in group}
    shown = []
    for cell in cells:
        names = asked(cell)
        if cell["cell_type"] == "code" and "hide-cell" in tags(cell) and source(cell).startswith(SOLUTION):
            cell["metadata"] |= {"mystnb": {"code_prompt_show": SHOW, "code_prompt_hide": HIDE}}
        if any(kinds[name] == "python" for name in names):
            cell["metadata"]["tags"] = ["remove-output"]
            shown.append(cell)
        elif not names:
            shown.append(cell)
        elif given(cell):
            shown.append(cell | {"id": f"given-{names[0]}", "source": given(cell), "outputs": []})
        if names:
            elements = "\n".join(element(name, launch, counted=name in counted, alone=len(names) == 1) for name in names)
            place = {"id": f"answer-{names[0]}", "cell_type": "markdown", "metadata": {}}
            shown.append(place | {"source": f"```{{raw}} html\n{elements}\n```"})
    return shown


def element(name: str, launch: bool = False, *, counted: bool = True, alone: bool = True) -> str:
    """An exercise as an element of the page.

    One that is not counted is a prediction, before which nothing is revealed; one that is not alone says what it asks for.
    """
    data = for_the_page.data()["exercises"][name]
    label = "Your answer" if alone else EXERCISES[name].__doc__.rstrip(".")
    attributes = f'id="exercise-{name}" data-exercise="{name}" data-label="{html.escape(label)}"'
    attributes += "" if counted else ' data-predict="true"'
    if data["kind"] == "python":
        still = f"<p>{'' if alone else f'{html.escape(label)}. '}{WITH_BUTTONS if launch else WITHOUT} {TASK}</p>"
    else:
        still = f'<div class="cnnbook-still">{paper(data, label)}</div>'
    return f'<div class="cnnbook-exercise" {attributes}>{still}</div>'


def paper(data: dict, label: str) -> str:
    """Lines and boxes to write on."""
    if data["kind"] == "parts":
        return "".join(paper(part, name) for name, part in data["parts"].items())
    if data["kind"] == "choice":
        words = "".join(f"<li>{html.escape(word)}</li>" for word in data["allowed"])
        return f'<p>{html.escape(label)}:</p><ul class="cnnbook-boxes">{words}</ul>'
    if data["kind"] == "number":
        return f"<p>{html.escape(label)}: {BLANK}</p>"
    right = data["right"] if isinstance(data["right"][0], list) else [data["right"]]
    rows = "".join(f"<tr>{'<td></td>' * len(row)}</tr>" for row in right)
    return f'<p>{html.escape(label)}:</p><table class="cnnbook-grid">{rows}</table>'
