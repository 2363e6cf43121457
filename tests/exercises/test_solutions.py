"""What the comments of the solutions say is so: every sentence is followed by other means than the solution's code."""

import re
import tokenize
from collections import defaultdict
from io import StringIO

import nbformat
import pytest

from tests.exercises.solved import SOLVED
from tests.exercises.test_questions import ANSWER
from tests.test_chapters import CHAPTERS

FIRST = "# Solution: "
FOLLOWED = [(name, sentence) for name, oracles in SOLVED.items() for sentence in oracles if callable(oracles[sentence])]


def comments(code: str) -> list[str]:
    """Lines that follow each other are one comment; one beside code stands alone."""
    found, above = [], None
    for token in tokenize.generate_tokens(StringIO(code).readline):
        if token.type == tokenize.COMMENT:
            line, text = token.start[0], token.string.lstrip("# ")
            alone = token.line.lstrip().startswith("#")
            if alone and line - 1 == above:
                found[-1] += f" {text}"
            else:
                found.append(text)
            above = line if alone else None
    return found


def sentences(code: str) -> list[str]:
    """Of the comments of a solution."""
    said = comments(re.sub(f"^{FIRST}", "# ", code))
    return [sentence for comment in said for sentence in re.split(r"(?<=[.?!]) ", comment)]


def solutions() -> dict[str, list[str]]:
    """The code of each exercise's solutions; what hands no answer in goes with the exercise before it."""
    found = defaultdict(list)
    for path in CHAPTERS:
        name = ""
        for cell in nbformat.read(path, as_version=4).cells:
            name = next(iter(ANSWER.findall(cell.source)), name)
            if "hide-cell" in cell.metadata.get("tags", []):
                found[name].append(cell.source)
    return dict(found)


SOLUTIONS = solutions()


def not_followed(name: str, code: str) -> list[str]:
    return [sentence for sentence in sentences(code) if sentence not in SOLVED.get(name, {})]


@pytest.mark.parametrize("name", SOLUTIONS)
def test_a_solution_says_nothing_that_is_not_followed(name):
    for code in SOLUTIONS[name]:
        assert code.startswith(FIRST), f"a solution begins with {FIRST!r} and what explains it"
        assert not_followed(name, code) == [], (
            "add the sentence to its chapter's table in tests/exercises/solved_*.py, with an oracle that would be false if it said the "
            "opposite; or, if it only says what to do, with why nothing is computed"
        )


@pytest.mark.parametrize(("name", "sentence"), FOLLOWED, ids=[f"{name}-{number}" for number, (name, _) in enumerate(FOLLOWED)])
def test_what_a_solution_says_is_so(name, sentence):
    assert SOLVED[name][sentence]()


def test_the_table_has_no_sentence_that_no_solution_has():
    said = {(name, sentence) for name, codes in SOLUTIONS.items() for code in codes for sentence in sentences(code)}
    assert {(name, sentence) for name, oracles in SOLVED.items() for sentence in oracles} - said == set()


@pytest.mark.parametrize(
    ("name", "true", "reversed_"),
    [
        ("four_replicas", "as many updates as before", "a quarter as many updates"),
        ("ten_times_the_weights", "turns longer weights by less", "turns longer weights by more"),
        ("slow_on_photographs", "in its steepest direction\n# as in its flattest", "in its flattest direction\n# as in its steepest"),
        ("smaller_network", "in place of Flatten", "in place of Dense"),
    ],
)
def test_a_sentence_that_is_turned_round_is_noticed(name, true, reversed_):
    (code,) = (code for code in SOLUTIONS[name] if true in code)
    (noticed,) = not_followed(name, code.replace(true, reversed_))
    assert reversed_.replace("\n# ", " ") in noticed


def test_comments_are_read_line_after_line_and_beside_code():
    code = '# Solution: one. Two\n# lines.\nx = "# none"  # beside\n# below\n\n# apart'
    assert sentences(code) == ["one.", "Two lines.", "beside", "below", "apart"]
