"""The checks of the exercises: right answers pass, wrong ones never do and are explained, and nothing breaks them."""

import math
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnbook import exercises, inspection, models
from cnnbook.exercises import inspecting, mechanics, reading, typed, whole_network
from cnnbook.exercises.mechanics import EXERCISES, Choice, Number, verdict
from cnnbook.keras_quietly import keras, layers

BUILT_BY_LEARNERS = ("smaller_network",)  # the right answer is a Keras model, see below
NAMES = sorted(set(EXERCISES) - set(BUILT_BY_LEARNERS))
KNOWN = [(name, answer, why) for name in NAMES for answer, why in EXERCISES[name]().mistakes]
UNREADABLE = "could not be read"


@pytest.mark.parametrize("name", NAMES)
def test_the_right_answer_is_accepted(name):
    assert verdict(name, EXERCISES[name]().right) == f"✓ {name}: right."


@pytest.mark.parametrize("name", sorted(EXERCISES))
def test_dots_count_as_no_answer_and_not_as_a_wrong_one(name):
    assert verdict(name, ...) == f"{name}: not answered yet."


@pytest.mark.parametrize(("name", "answer", "why"), KNOWN, ids=[f"{name}-{number}" for number, (name, *_) in enumerate(KNOWN)])
def test_a_known_mistake_is_refused_with_its_own_explanation(name, answer, why):
    line = verdict(name, answer)
    assert line.startswith(f"✗ {name}: ")
    assert line.endswith(f"{why}.")
    parts = getattr(EXERCISES[name](), "parts", {"": EXERCISES[name]()})
    for part in parts.values():
        assert len({said for _, said in part.mistakes}) == len(part.mistakes), "two mistakes with one explanation"


@pytest.mark.parametrize(
    ("name", "by_keras"),
    [
        ("sixteen_filters", lambda: counted(layers.Conv2D(16, 5), 3)),
        ("sixty_four_filters", lambda: (counted(layers.Conv2D(64, 5), 32), counted(layers.Conv2D(64, 5, use_bias=False), 32))),
        ("three_strides", lambda: (thrice("same"), thrice("valid"))),
        (
            "two_small_or_one_large",
            lambda: (2 * counted(layers.Conv2D(64, 3, use_bias=False), 64), counted(layers.Conv2D(64, 5, use_bias=False), 64)),
        ),
    ],
)
def test_the_right_numbers_are_those_of_keras(name, by_keras):
    right = EXERCISES[name]().right
    assert (right[:2] if isinstance(right, tuple) else right) == by_keras()


def counted(layer, channels):
    layer.build((None, None, None, channels))
    return layer.count_params()


def thrice(padding):
    x = keras.Input((100, 100, 1))
    for _ in range(3):
        x = layers.Conv2D(1, 3, strides=2, padding=padding)(x)
    return x.shape[1]


def test_the_tables_behind_the_exercises_are_those_of_the_models():
    assert counted(layers.Conv2D(64, 3), EXERCISES["channels_that_come_in"]().right) == 18496
    two = inspection.table(models.two_layer_cnn()).rows[1:]
    assert [(row.output_shape, row.parameters) for row in two] == list(inspecting.rows(32).values())
    cnn = [row for row in inspection.table(models.cnn()).rows if row.multiply_accumulates]
    assert [(row.parameters, row.multiply_accumulates) for row in cnn] == list(whole_network.costs().values())


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.complex_numbers(), st.text(max_size=5), st.binary(max_size=3), st.just(...)
)
arrays = st.lists(st.floats(-9, 9), min_size=0, max_size=9).map(np.array)
answers = st.recursive(
    st.one_of(scalars, arrays, st.decimals(), st.fractions(), st.sampled_from([len, abs, sorted, lambda a, b: 0.5, lambda *a: a, object])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.sampled_from(["first", "mean", "same"]), inner),
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("name", sorted(EXERCISES))
@settings(deadline=None, max_examples=60)
@given(answer=answers)
def test_whatever_is_handed_in_the_verdict_is_one_plain_line_and_no_wrong_answer_passes(name, answer):
    line = verdict(name, answer)
    assert "\n" not in line
    assert "0x" not in line
    assert UNREADABLE not in line
    assert line.startswith((f"✗ {name}: ", f"{name}: ")) or is_right(EXERCISES[name](), answer)
    assert line == verdict(name, answer)


def is_right(expected, answer) -> bool:
    """What the battery may meet by luck: the right number or word."""
    if isinstance(expected, Number):
        value = typed.number(answer) if isinstance(answer, str) else answer
        return math.isclose(float(value), expected.right, rel_tol=1e-8)
    return isinstance(expected, Choice) and typed.word(answer, expected.allowed) == expected.right


def numbers() -> Iterator:
    """Every number that is asked for, alone or as a part of an answer."""
    for name in NAMES:
        expected = EXERCISES[name]()
        for part in getattr(expected, "parts", {"": expected}).values():
            if isinstance(part, Number):
                yield pytest.param(part, id=f"{name}-{part.right}")


@pytest.mark.parametrize("number", list(numbers()))
@settings(deadline=None)
@given(wrong=st.one_of(st.integers(-10, 10**7), st.floats(-1e7, 1e7)))
def test_a_wrong_number_is_refused_without_giving_the_right_one_away(number, wrong):
    for answer in (wrong, *(mistake for mistake, _ in number.mistakes)):
        allowed = 1e-6 if isinstance(number.right, int) else number.tolerance * (abs(number.right) or 1)
        if abs(answer - number.right) > allowed:
            with pytest.raises(reading.Wrong) as said:
                number.check(answer)
            assert str(number.right) not in re.findall(r"[\d.]+", str(said.value).removeprefix(reading.shown(answer)))


class Yes:
    """Equal to everything."""

    __hash__ = None

    def __eq__(self, other):
        return True


class Hostile:
    """Raises whatever is asked of it."""

    def __getattr__(self, name):
        raise RuntimeError("hostile")

    __repr__ = __eq__ = __array__ = __len__ = __iter__ = __float__ = lambda self, *_: self.missing
    __hash__ = None


class HostileNumber(float):
    """A number that cannot be compared."""

    __repr__ = __format__ = __eq__ = __float__ = as_integer_ratio = lambda self, *_: 1 / 0
    __hash__ = None


LOOP = []
LOOP.append(LOOP)


@pytest.mark.parametrize(
    "answer",
    [
        Yes(), Hostile(), HostileNumber(1), LOOP, 10**5000, -(10**5000), Decimal("sNaN"), Decimal("1e9999"), Fraction(10**400, 3),
        np.array(["a"]), np.array([[1, None]]), np.ma.masked, np.datetime64("NaT"), np.ones((3, 3, 1)), "\ud8001", "a\nb", {1}, iter([]),
        keras.Input((3,)), layers.Dense(3), keras.Sequential([layers.Dense(3)]), models.mlp, keras.Model, float("nan"), np.float32("inf"),
    ],
    ids=lambda answer: type(answer).__name__,
)  # fmt: skip
def test_an_object_that_misbehaves_is_refused_in_one_line(answer):
    for name in EXERCISES:
        line = verdict(name, answer)
        assert line.startswith(f"✗ {name}: ")
        assert "\n" not in line
        line.encode()


def test_the_verdicts_are_the_same_in_another_process():
    code = "\n".join(
        f"print(verdict({name!r}, {answer}))"
        for name in ("sixteen_filters", "larger_image", "standard_error", "affine_pooling")
        for answer in ("{'b', 'a'}", "object()", "lambda a, b: object()", "{'b': 1, 'a': 2}", "print")
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", f"from cnnbook.exercises.mechanics import verdict; import cnnbook.exercises\n{code}"],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        )
        for seed in ("1", "2")
    ]
    assert runs[0].stdout == runs[1].stdout
    assert runs[0].stdout


def test_an_unknown_exercise_is_an_error_that_names_the_known_ones():
    for name in ("sixteen_filter", 16, None, []):
        with pytest.raises(KeyError, match=r"sixteen_filters, .*three_strides"):
            exercises.answer(name, 1)


def test_two_exercises_of_one_name_are_an_error_that_names_both_modules():
    with pytest.raises(ValueError, match=r"is in cnnbook\.exercises\.convolution and in tests\.exercises\.test_exercises"):

        @mechanics.exercise
        def sixteen_filters():
            """Registered by the chapter on convolution."""
