"""Write what stands on the page Practice where nothing can be pressed, on paper and without scripts: a question of each kind and level, and
the solutions at the end.
"""

import html

from bookbuild.exercise_cells import paper
from bookbuild.places import GENERATED
from cnnbook import exercises
from cnnbook.exercises.drill_kinds import LEVELS
from cnnbook.exercises.drill_words import DRILLS
from cnnbook.exercises.for_the_page import as_data

SEED = 2
INTRODUCTION = "For paper, and for browsers without scripts, here is one question of each kind and level."
ANSWER, SOLUTIONS = "Your answer", "Solutions"


def drills() -> dict[str, list[exercises.Drill]]:
    """The questions by the titles of their kinds, easy ones first."""
    levels = range(1, LEVELS + 1)
    return {DRILLS[kind]["title"]: [exercises.drill(kind, seed=SEED, level=level) for level in levels] for kind in exercises.DRILL_KINDS}


def sheet() -> str:
    """The work sheet as HTML, in the element that the page's script fills."""
    made = drills().items()
    asked = "".join(_numbered(title, [_question(drill) for drill in questions]) for title, questions in made)
    solved = "".join(_numbered(title, [f"<p>{html.escape(drill.solution)}</p>" for drill in questions]) for title, questions in made)
    solutions = f'<div class="cnnbook-solutions"><p class="cnnbook-kind">{SOLUTIONS}</p>{solved}</div>'
    return f'<div class="cnnbook-practice"><div class="cnnbook-still"><p>{INTRODUCTION}</p>{asked}{solutions}</div></div>'


def _numbered(title: str, items: list[str]) -> str:
    lines = "".join(f"<li>{item}</li>" for item in items)
    return f'<p class="cnnbook-kind">{html.escape(title)}</p><ol class="cnnbook-sheet">{lines}</ol>'


def _question(drill: exercises.Drill) -> str:
    return f'<p>{html.escape(drill.question)}</p><div class="cnnbook-room">{paper(as_data(drill.expected), ANSWER)}</div>'


def main() -> None:
    """Write it."""
    GENERATED.mkdir(parents=True, exist_ok=True)
    (GENERATED / "work_sheet.md").write_text(f"```{{raw}} html\n{sheet()}\n```\n", encoding="utf-8")
