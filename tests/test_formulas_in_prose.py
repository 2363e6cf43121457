"""A displayed formula that the package has as a function gives what the function gives, on random numbers."""

import math
import re

import nbformat
import numpy as np
import pytest

from cnnbook import arithmetic, reference
from tests.conftest import ROOT, markdown

BRACES = r"\{((?:[^{}]|\{[^{}]*\})*)\}"
STEPS = [  # LaTeX, and what Python calls it; repeated until nothing changes
    (r"\\left\\lceil(.*?)\\right\\rceil", r"ceil(\1)"),
    (r"\\left\\lfloor(.*?)\\right\\rfloor", r"floor(\1)"),
    (r"⌈(.*?)⌉", r"ceil(\1)"),
    (r"⌊(.*?)⌋", r"floor(\1)"),
    (r"\\text\{(\w+)[^{}]*\}", r" \1 "),
    (rf"\\frac{BRACES}{BRACES}", r"((\1) / (\2))"),
    (rf"\\sqrt{BRACES}", r"sqrt(\1)"),
    (r"\\(?:cdot|,)", "*"),
    (r"\\(gamma|beta|varepsilon|mu|eta)", r"\1"),
]


def python(formula: str) -> str:
    """A formula of the chapters as a Python expression; of an equation or an assignment, its right side."""
    right = re.split(r"=|\\leftarrow", formula)[-1].strip(" .,\n")
    before = ""
    while before != right:
        before = right
        for latex, written in STEPS:
            right = re.sub(latex, written, right, flags=re.DOTALL)
    return " ".join(right.split())


def value(formula: str, **names: float) -> float:
    return eval(python(formula), {"ceil": math.ceil, "floor": math.floor, "sqrt": np.sqrt}, names)


def formulas(chapter: str, pattern: str) -> list[str]:
    """The displayed formulas and the ⌈ ⌉ of a chapter that `pattern` finds."""
    text = "\n".join(markdown(nbformat.read(ROOT / "chapters" / f"{chapter}.ipynb", as_version=4)))
    found = re.findall(r"\$\$(.*?)\$\$", text, re.DOTALL) + re.findall(r"[⌈⌊][^⌉⌋]*[⌉⌋]", text)
    matching = [formula for formula in found if re.search(pattern, formula)]
    assert matching, f"no formula of {chapter} matches {pattern}"
    return matching


SIZES = [(side, kernel, stride) for side in (5, 8, 32, 33) for kernel in (1, 3, 4) for stride in (1, 2, 3)]


@pytest.mark.parametrize(
    ("chapter", "pattern"),
    [("01_convolution", r"rceil"), ("01_convolution", "[⌈⌊]"), ("03_inspecting", "[⌈⌊]")],
)
def test_a_size_with_same_padding_is_that_of_the_package(chapter, pattern):
    for formula in formulas(chapter, pattern):
        for side, kernel, stride in SIZES:
            expected = arithmetic.conv_output_size(side, kernel, stride, "same")
            assert value(formula, side=side, height=side, width=side, stride=stride) == expected, formula


def test_a_size_with_valid_padding_is_that_of_the_package():
    (formula,) = formulas("01_convolution", r"\\text\{kernel\}")
    for side, kernel, stride in SIZES:
        assert value(formula, side=side, kernel=kernel, stride=stride) == arithmetic.conv_output_size(side, kernel, stride, "valid")


def test_batch_normalization_is_that_of_the_package():
    (formula,) = formulas("06_batch_normalization", r"y = ")
    x, gamma, beta, mean, variance = np.random.default_rng(0).random((5, 1, 4))
    names = {"x": x, "gamma": gamma, "beta": beta, "mean": mean, "variance": variance, "varepsilon": 0.25}
    expected = reference.batch_norm(x, gamma[0], beta[0], mean[0], variance[0], epsilon=0.25)
    np.testing.assert_allclose(value(formula, **names), expected, rtol=1e-12)


@pytest.mark.parametrize("formula", [r"$$\left\lfloor \frac{\text{side}}{\text{stride}} \right\rfloor$$", "⌊side / stride⌋"])
def test_a_floor_where_a_ceiling_belongs_gives_another_number(formula):
    assert value(formula.strip("$"), side=33, stride=2) == 16 != arithmetic.conv_output_size(33, 3, 2, "same")
