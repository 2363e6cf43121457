"""A question asks for the answer that is checked, and its hint leads there: both are followed with the values the question names."""

import ast
import re

import nbformat
import pytest

from bookbuild import execute
from cnnbook import claims
from tests.exercises.asked import FOLLOWED, QUESTIONS
from tests.exercises.test_explanations import EXPECTED, same
from tests.test_chapters import CHAPTERS

WORDS = {claims.in_words(number): number for number in range(1, 101)}
WORDS |= {"a hundred": 100, "one hundred": 100, "a hundred and twenty-eight": 128, "one half": 1 / 2, "ten times": 10}
OTHER = {"colour": "grey"}
IN_PROSE = re.compile(r"```python\n(.*?)```", re.DOTALL)
ANSWER = re.compile(r"exercises\.answer\(\"(\w+)\"")


def asked() -> dict[str, tuple[str, str]]:
    """Of each exercise the prose before it, and the code up to where the answer is typed."""
    found = {}
    for path in CHAPTERS:
        prose = code = ""
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                prose = execute.NUMBER.sub(lambda span: span["shown"], cell.source)
                code = "".join(IN_PROSE.findall(cell.source))
            else:
                code += f"{cell.source}\n"
                for name in ANSWER.findall(cell.source):
                    found.setdefault(name, (prose, code))
    return found


ASKED = asked()


def value(text: str) -> object:
    """A number in digits or words, or a word."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return WORDS.get(text.lower(), text)


def named(question: str, prose: str) -> dict[str, object]:
    """The values that stand in the prose where a question has their names."""
    seen: set[str] = set()

    def group(name: re.Match) -> str:
        known = name[1] in seen
        seen.add(name[1])
        return f"(?P={name[1]})" if known else rf"(?P<{name[1]}>[\w.-]+(?: hundred(?: and [\w-]+)?| half| times)?)"

    pattern = re.sub(r"\\{(\w+)\\}", group, re.escape(question))
    found = re.search(pattern, prose)
    assert found, f"the chapter asks another question; it is followed as {question!r}"
    return {name: value(text) for name, text in found.groupdict().items()}


def given(code: str) -> dict[str, object]:
    """What the code beside the question sets, apart from the answer."""
    values: dict[str, object] = {}
    exec("import numpy as np", values)
    known = set(values)
    for statement in ast.parse(code).body:
        if isinstance(statement, ast.Assign) and "my_" not in ast.unparse(statement.targets[0]) and "..." not in ast.unparse(statement):
            exec(ast.unparse(statement), values)
    return {name: values[name] for name in values.keys() - known}


def question_of(name: str) -> str:
    """The exercise whose question an answer, or a part of one, belongs to."""
    return "shape_after_pooling" if name == "places_with_an_error" else name.partition(":")[0]


def needed(name: str) -> dict[str, object]:
    """What a question names and what its code gives."""
    exercise = question_of(name)
    prose, code = ASKED[exercise]
    return named(QUESTIONS[exercise], prose) | given(code) if exercise in QUESTIONS else given(code)


HINTS = {name: expected.otherwise for name, expected in EXPECTED.items() if hasattr(expected, "otherwise")}


def result(name: str, values: dict[str, object]) -> object:
    return FOLLOWED[name][1](**values)


@pytest.mark.parametrize("name", sorted(HINTS.keys() | FOLLOWED.keys()))
def test_following_the_hint_with_the_values_of_the_question_leads_to_the_answer(name):
    assert name in FOLLOWED, "add it to tests/exercises/asked.py, with what comes out by following the hint"
    assert HINTS.get(name) == FOLLOWED[name][0], "the hint is another one; follow it in tests/exercises/asked.py"
    assert same(result(name, needed(name)), EXPECTED[name].right)


@pytest.mark.parametrize("exercise", QUESTIONS)
def test_another_value_in_the_question_asks_for_another_answer(exercise):
    parts = [name for name in FOLLOWED if question_of(name) == exercise]
    values = {name: needed(name) for name in parts}
    for changed, found in named(QUESTIONS[exercise], ASKED[exercise][0]).items():
        other = OTHER[found] if found in OTHER else found * 2 if isinstance(found, int) else found / 2
        assert any(not same(result(name, values[name] | {changed: other}), EXPECTED[name].right) for name in parts), (
            f"{changed} may be {other}"
        )
