"""Every sentence in the demos' tables of texts that states something is so, and stands in a table with what shows it."""

import inspect
import re
from functools import cache

import pytest

from tests.conftest import ROOT
from tests.demos import told_of_layers, told_of_the_live_network, told_of_trainings
from tests.demos.test_javascript import tree
from tests.demos.told import NAMED, Elsewhere, code, codes, sentences, states, texts, written

TABLES = (told_of_layers.TOLD, told_of_the_live_network.TOLD, told_of_trainings.TOLD)
TOLD = {file: table for tables in TABLES for file, table in tables.items()}
PAIRS = [(file, sentence) for file, table in TOLD.items() for sentence in table]
SHOWN = [pair for pair in PAIRS if not isinstance(TOLD[pair[0]][pair[1]], Elsewhere)]
REFERRED = sorted({TOLD[file][sentence] for file, sentence in set(PAIRS) - set(SHOWN)})
NO_FACTS = {sentence for group in NAMED.values() for sentence in group}


def untold(found: dict[str, list[str]]) -> list[str]:
    """What to do about each sentence that states something and stands in no table."""
    return [
        f"cnnbook/demos/{file} says {sentence!r}: add it to TOLD in tests/demos/told_of_….py with a function that shows that it is so (and "
        "that its opposite is not), or with the test that does; to NAMED in tests/demos/told.py if it states nothing"
        for file, all_of_it in found.items()
        for sentence in dict.fromkeys(all_of_it)
        if states(sentence) and sentence not in TOLD.get(file, {}) and sentence not in NO_FACTS
    ]


@cache
def source(module: str) -> str:
    return (ROOT / "tests" / f"{module}.py").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def js(javascript_module):
    """A function that links a file of `cnnbook/demos` once."""
    return cache(javascript_module)


def test_every_sentence_that_states_something_stands_in_a_table():
    assert untold(sentences()) == []


@pytest.mark.parametrize(
    ("file", "true", "turned"),
    [
        ("activation_history/demo.js", "in the outermost of the", "in none of the"),
        ("live_cnn/why.js", "The largest value of its three colours", "The mean value of its three colours"),
        ("normalized_batch/demo.js", "would always be β", "would always be γ"),
        ("live_cnn/samples.py", "pixels further to the right", "pixels further to the left"),
        ("training_ground/inside.js", "in the last batch", "in the first batch"),
        ("activation_history/demo.js", "fullest bin of its column", "fullest bin of all columns"),
        ("training_ground/still.py", "a dashed line for training images", "a solid line for training images"),
    ],
)
def test_a_sentence_turned_round_is_refused_with_what_to_do(file, true, turned):
    found = [sentence.replace(true, turned) for sentence in sentences()[file]]
    (refusal,) = untold({file: found})
    assert turned in refusal
    assert "add it to TOLD" in refusal


def test_the_tables_have_no_sentence_that_no_demo_has_and_none_twice():
    assert sum(map(len, TABLES)) == len(TOLD)
    assert [pair for pair in PAIRS if pair[1] not in sentences().get(pair[0], [])] == []
    everywhere = {sentence for found in sentences().values() for sentence in found}
    assert sorted(NO_FACTS - everywhere) == []
    assert sorted(NO_FACTS & {sentence for _, sentence in PAIRS}) == []
    assert len(NO_FACTS) == sum(map(len, NAMED.values()))


@pytest.mark.parametrize(("file", "sentence"), SHOWN)
def test_it_is_so(file, sentence, request):
    oracle = TOLD[file][sentence]
    given = [request.getfixturevalue("js")] if inspect.signature(oracle).parameters else []
    assert oracle(*given), f"cnnbook/demos/{file} says {sentence!r}, which is not shown: put the sentence right, or what shows it"


@pytest.mark.parametrize("tests", REFERRED, ids=lambda tests: tests.module.rpartition("/")[2])
def test_the_tests_that_are_referred_to_exist(tests):
    assert tests.names
    missing = [name for name in tests.names if not re.search(rf"(?m)^def {name}\(", source(tests.module))]
    assert missing == [], f"tests/{tests.module}.py has them no more: what shows the sentence now?"


def test_texts_are_read_as_they_are_written_in_javascript():
    root = tree('x = { a: "One.", b: (n, m) => `${n} of ${m + 1}` + " all" + (n ? "; more" : ""), c: [`\\u00a0`] };')
    assert list(texts(root)) == ["One.", "{n} of {…} all{…}", "; more", "", "\xa0"]
    assert written(tree('"a" + `b`').children[0].children[0]) == "ab"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The largest value of its three colours is drawn, ignoring the sign.", True),
        ("results; each depends on all values of the batch", True),
        ("the {place} ninth of the image holds the largest share of the map,", True),
        ("Which of the values is the largest one here?", False),
        ("Draw a new mask", False),
        ("row {…}, column {…}", False),
    ],
)
def test_a_sentence_states_something_or_does_not(sentence, expected):
    assert states(sentence) == expected


def test_comments_and_texts_are_no_code_and_the_order_of_pieces_counts():
    file = "live_cnn/dependence.js"
    assert codes(file, "const GREY = 0", "network.gradient[chosen] = 1")
    assert not codes(file, "network.gradient[chosen] = 1", "const GREY = 0")
    assert "middle grey, as the network gets it" not in code(file)
    assert "The largest value" not in code("live_cnn/why.js")
