"""The page's checker says of every answer what Python says, word for word."""

import json

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnbook.exercises import for_the_page, mechanics
from cnnbook.exercises.mechanics import EXERCISES, Array, Choice, Number, Parts, verdict
from tests.exercises.conftest import Checker, as_text

DATA = for_the_page.data()
NAMES = sorted(name for name, data in DATA["exercises"].items() if data["kind"] != "python")

NONSENSE = [
    "", " ", "...", "…", "abc", "nan", "NaN", "-inf", "∞", "Infinity", "1,216", "1216.0", "１２１６", "1 216",
    "1\u202f216", "1'216", "1_216", "1.216", "1.216,0", "1,216,000", "1,216,5", "1.2.3", "12,34", "0,125", ",5", ".5",
    "5.", ".", ",", "-", "+", "--1", "−3", "- 3", "+3", "1/3", "-1/3", "1/-3", "1/0", "0/5", "1/2/3", "1 / 4", "50%",
    "50 %", "50%/2", "%", "1e3", "1E-3", "1e400", "1e-400", "1e9999", "e3", "0x10", "9" * 30, "9" * 99, "9" * 101,
    "0." + "3" * 90, "1234567890.5", "1234567889.5", "0.00001", "0.0001", "123456789012.5", "99999999999.99999",
    "0.99999999995", "1216 parameters", "5*5*3+1", "=1216", "'1216'", "(1216)", "1,2,3", "½", "3²", "٣", "二", "\x00",
    "a\nb", "\ud800", "😀" * 60, "0xdeadbeef", "Affine", " not  AFFINE ", "affine.", "fully-connected",
    "neighbors are alike", "no", "Yes", "None", "True", "[1]", "(1, 2)", "1j", "1e", "1e+", "1 2", "12 34",
    "1 234 56", "1\u00ad216", "\ufeff13", "１，２１６", "5．0", "－5", "1,216.", "0,0",
]  # fmt: skip

texts = st.one_of(
    st.sampled_from(NONSENSE),
    st.text(alphabet="0123456789.,'_ -+/%eE", max_size=12),
    st.integers(-(10**7), 10**7).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-9999, max_value=9999).map(str),
    st.fractions(max_denominator=999).map(str),
    st.text(max_size=8),
)


def shaped_like(data: dict, given: list[str]) -> object:
    """Texts put into the fields that an exercise has in the page, over and over."""
    stream = iter(lambda: given[0] if len(given) == 1 else given.append(given.pop(0)) or given[-1], None)

    def filled(part: dict) -> object:
        if part["kind"] == "parts":
            return {name: filled(inner) for name, inner in part["parts"].items()}
        if part["kind"] in ("array", "filter"):
            return [[next(stream) for _ in row] if isinstance(row, list) else next(stream) for row in part["right"]]
        return next(stream)

    return filled(data)


def in_python(name: str, answer: object) -> str:
    line = verdict(name, answer)
    assert "could not be read" not in line
    return line


def typed_answers(expected: object) -> list:
    """The right answer and each known mistake, as texts."""
    if isinstance(expected, Parts):
        right = {name: as_text(part.right) for name, part in expected.parts.items()}
        wrong = [right | {name: answer} for name, part in expected.parts.items() for answer in typed_answers(part)]
        return [right, *wrong]
    return [as_text(expected.right), *(as_text(wrong) for wrong, _ in expected.mistakes)]


def test_most_exercises_can_be_answered_in_the_page():
    assert len(NAMES) > len(EXERCISES) / 2


def test_the_data_are_json_that_every_browser_reads():
    assert json.loads(json.dumps(DATA, allow_nan=False)) == DATA


def test_every_right_answer_and_every_known_mistake_gets_the_same_line_in_both(checker):
    pairs = [(name, answer) for name in NAMES for answer in typed_answers(EXERCISES[name]())]
    lines = [in_python(*pair) for pair in pairs]
    assert checker.verdicts(pairs) == lines
    assert sum(line.startswith("✓") for line in lines) >= len(NAMES)
    assert sum(line.startswith("✗") for line in lines) > 2 * len(NAMES)


def test_a_right_answer_is_right_as_text_too(checker):
    pairs = [(name, typed_answers(EXERCISES[name]())[0]) for name in NAMES]
    assert checker.verdicts(pairs) == [f"✓ {name}: right." for name in NAMES]


def test_the_battery_of_nonsense_gets_the_same_line_in_both(checker):
    pairs = [(name, shaped_like(DATA["exercises"][name], [text])) for name in NAMES for text in NONSENSE]
    assert checker.verdicts(pairs) == [in_python(*pair) for pair in pairs]


@settings(deadline=None, max_examples=60)
@given(typed=st.lists(st.tuples(st.sampled_from(NAMES), st.lists(texts, min_size=1, max_size=9)), min_size=5, max_size=15))
def test_whatever_is_typed_both_say_the_same(checker, typed):
    pairs = [(name, shaped_like(DATA["exercises"][name], list(given))) for name, given in typed]
    assert checker.verdicts(pairs) == [in_python(*pair) for pair in pairs]


def test_every_kind_of_answer_gets_the_same_line_in_both_also_those_that_no_exercise_has_today(script, monkeypatch):
    trials = {
        "table": Array(np.array([[1.0, -2.5], [0, 1e-3]]), "a table", mistakes=[(np.eye(2), "that is the identity")]),
        "row": Array(np.arange(3.0), "a list of three numbers"),
        "tiny": Number(1e-7, "think small", tolerance=0.01),
        "none": Number(0, "count"),
        "word": Choice("grey", {"colour": "it has one channel"}),
        "both": Parts({"row": Array(np.arange(2.0), "two numbers"), "word": Choice("a", {"b": "no"}), "third": Number(1 / 3, "divide")}),
    }
    for name, expected in trials.items():
        monkeypatch.setitem(mechanics.EXERCISES, name, lambda expected=expected: expected)
    answers = [
        ("table", [["1", "−2,5"], ["0", "0.001"]]), ("table", [["1", "0"], ["0", "1"]]), ("table", [["1", "-2.5"], ["0", "0.0010001"]]),
        ("table", [["1", ""], ["0", "0"]]), ("table", [["1", "x"], ["0", "0"]]), ("table", [["1", "2"]]), ("row", ["0", "1", "2"]),
        ("row", ["0", "1", "nan"]), ("row", ["0", "1"]), ("row", ["0", "1", "2.1"]), ("tiny", "1e-7"), ("tiny", "1.02e-7"), ("tiny", "0"),
        ("none", "0"), ("none", "1e-10"), ("none", "-1"), ("none", "0.5"), ("word", "gray"), ("word", "color"), ("word", "green"),
        ("both", {"row": ["0", "1"], "word": "A", "third": "1/3"}), ("both", {"row": ["", "1"], "word": "", "third": "0,333"}),
        ("both", {"row": ["0", "1"], "word": "", "third": "0.33"}), ("both", {"row": ["1", "1"], "word": "b", "third": "1/2"}),
    ]  # fmt: skip
    lines = [in_python(*pair) for pair in answers]
    assert Checker(script("checker.js"), for_the_page.data()).verdicts(answers) == lines
    assert {line[0] for line in lines} >= {"✓", "✗"}


def test_a_fraction_is_shown_with_ten_digits_as_python_shows_it(script):
    page = script("typed.js")._page
    rng = np.random.default_rng(0)
    values = [f"{a}/{b}" for a, b in zip(rng.integers(-(10**12), 10**12, 400), rng.integers(1, 10**9, 400), strict=True)]
    read = for_the_page.typed.number
    shown = page.evaluate(
        "([texts, book]) => texts.map((text) => linked.shown(linked.readNumber(text, book), book))",
        [values, {"words": DATA["words"], "limits": DATA["limits"]}],
    )
    assert shown == [for_the_page.reading.shown(read(text)) for text in values]


def test_a_typed_number_becomes_the_nearest_double(script):
    page = script("fractions.js")._page
    rng = np.random.default_rng(1)
    whole = [(int(a) * int(c), int(b)) for a, b, c in rng.integers(1, 2**62, (300, 3))] + [(1, 3), (2**53 + 1, 1), (1, 10), (5, 1)]
    texts = [f"{a}/{b}" for a, b in whole]
    ours = page.evaluate("(texts) => texts.map((text) => String(linked.toNumber(linked.fromText(text))))", texts)
    assert list(map(float, ours)) == [a / b for a, b in whole]
    assert page.evaluate("(xs) => xs.map((x) => linked.toNumber(linked.fromNumber(x)))", [0.1, -2.5, 3, 1e-9]) == [0.1, -2.5, 3, 1e-9]
