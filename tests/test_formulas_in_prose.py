"""A formula of the prose that the package or Keras has as a function gives what the function gives, on random numbers."""

import math
import re

import nbformat
import numpy as np
import pytest

from cnnbook import arithmetic, reference
from cnnbook.keras_quietly import keras
from tests.conftest import ROOT, markdown

BRACES = r"\{((?:[^{}]|\{[^{}]*\})*)\}"
STEPS = [  # LaTeX, and what Python calls it; repeated until nothing changes
    (r"(\w)_\\text\{(\w+)\}", r"\1_\2"),
    (r"\b([pz])_[ij]\b", r"\1"),  # of all classes
    (rf"\be\^{BRACES}", r"exp(\1)"),
    (r"\\sum_j (exp\([^()]*\))", r"sum(\1)"),
    (r"\\log (\S+)", r"log(\1)"),
    (r"\\hat\{x\}", "normalised"),
    (rf"\\overline{BRACES}", r"mean(\1)"),
    (r"\\left\(", "("),
    (r"\\right\)", ")"),
    (r"\\left\\lceil(.*?)\\right\\rceil", r"ceil(\1)"),
    (r"\\left\\lfloor(.*?)\\right\\rfloor", r"floor(\1)"),
    (r"⌈(.*?)⌉", r"ceil(\1)"),
    (r"⌊(.*?)⌋", r"floor(\1)"),
    (r"\\text\{(\w+)[^{}]*\}", r" \1 "),
    (rf"\\frac{BRACES}{BRACES}", r"((\1) / (\2))"),
    (rf"\\sqrt{BRACES}", r"sqrt(\1)"),
    (r"\\(?:cdot|,)", "*"),
    (r"\\(gamma|beta|varepsilon|mu|eta)\b", r"\1"),
]
SIDE_BY_SIDE = re.compile(r"(?<=[\w)]) +(?=[\w(])")  # a product without a sign
FUNCTIONS = {"ceil": math.ceil, "floor": math.floor, "sqrt": np.sqrt, "exp": np.exp, "log": np.log, "sum": np.sum, "mean": np.mean}


def python(formula: str) -> str:
    """A formula of the chapters as a Python expression; of an equation or an assignment, its right side."""
    right = re.split(r"=|\\leftarrow", formula)[-1].strip(" .,\n")
    before = ""
    while before != right:
        before = right
        for latex, written in STEPS:
            right = re.sub(latex, written, right, flags=re.DOTALL)
    return SIDE_BY_SIDE.sub(" * ", " ".join(right.split()))


def value(formula: str, **names: float) -> float:
    return eval(python(formula), FUNCTIONS, names)


def formulas(chapter: str, pattern: str) -> list[str]:
    """The displayed formulas and the ⌈ ⌉ of a chapter that `pattern` finds."""
    text = prose(chapter)
    found = re.findall(r"\$\$(.*?)\$\$", text, re.DOTALL) + re.findall(r"[⌈⌊][^⌉⌋]*[⌉⌋]", text)
    return matching(chapter, pattern, found)


def in_the_line(chapter: str, pattern: str) -> list[str]:
    """The formulas between other words that `pattern` finds."""
    return matching(chapter, pattern, re.findall(r"(?<!\$)\$([^$\n]+)\$", prose(chapter)))


def prose(chapter: str) -> str:
    return "\n".join(markdown(nbformat.read(ROOT / "chapters" / f"{chapter}.ipynb", as_version=4)))


def matching(chapter: str, pattern: str, found: list[str]) -> list[str]:
    formulas = [formula for formula in found if re.search(pattern, formula)]
    assert formulas, f"no formula of {chapter} matches {pattern}; was its wording changed?"
    return formulas


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


def test_the_zeros_of_same_padding_are_those_of_the_package():
    (formula,) = in_the_line("01_convolution", "output")
    for side, kernel, stride in SIZES:
        output = arithmetic.conv_output_size(side, kernel, stride, "same")
        zeros = value(formula, output=output, stride=stride, kernel=kernel, side=side)
        assert max(zeros, 0) == sum(arithmetic.same_padding(side, kernel, stride))


def test_the_receptive_field_is_that_of_the_package():
    (formula,) = formulas("02_stacking", r"\\cdot")
    assert value(formula) == arithmetic.receptive_field([(4, 2), (3, 2)])


def test_parameters_in_words_are_those_of_the_package():
    numbers = {"kernel height": 3, "kernel width": 4, "channels in": 5, "one": 1, "filters": 7, "inputs": 11, "units": 13, "×": "*"}
    (conv, dense) = re.findall(r"has (\([^)]* \+ one\) × \w+)", prose("03_inspecting"))
    for words, number in numbers.items():
        conv, dense = (formula.replace(words, str(number)) for formula in (conv, dense))
    assert eval(conv) == arithmetic.conv_parameters((3, 4), 5, 7)
    assert eval(dense) == arithmetic.dense_parameters(11, 13)


def test_softmax_is_that_of_the_package():
    logits = np.random.default_rng(0).normal(size=4)
    for formula in (*formulas("04_learning", "p_i ="), *in_the_line("04_learning", r"^e\^\{z_i\} /")):
        np.testing.assert_allclose(value(formula, z=logits), reference.softmax(logits), rtol=1e-12)


def test_cross_entropy_is_that_of_the_package():
    logits, one_hot = np.random.default_rng(0).normal(size=(1, 4)), np.eye(4)[[2]]
    (formula,) = in_the_line("04_learning", r"\\log")
    loss = reference.softmax_cross_entropy(logits, one_hot)
    np.testing.assert_allclose(value(formula, z=logits, z_right=logits[0, 2]), loss, rtol=1e-12)


def test_gradient_descent_is_that_of_the_package():
    weights, gradient = np.random.default_rng(0).normal(size=(2, 4))
    (formula,) = in_the_line("04_learning", r"^w \\leftarrow")
    expected = reference.sgd_update(weights, gradient, learning_rate=0.25)
    np.testing.assert_allclose(value(formula, w=weights, g=gradient, eta=0.25), expected, rtol=1e-12)


def test_momentum_is_that_of_the_package():
    weights, gradient, velocity = np.random.default_rng(0).normal(size=(3, 4))
    (formula,) = formulas("04_learning", r"\\mu v")
    pulled, moved = formula.split(r"\qquad")
    expected = reference.momentum_update(weights, gradient, velocity, learning_rate=0.25, momentum=0.7)
    velocity = value(pulled, v=velocity, g=gradient, mu=0.7, eta=0.25)
    np.testing.assert_allclose((value(moved, w=weights, v=velocity), velocity), expected, rtol=1e-12)


def test_adam_is_that_of_the_package_once_its_means_are_settled():
    weights, gradient, first, second = np.random.default_rng(0).uniform(1, 2, size=(4, 4))
    (formula,) = formulas("04_learning", r"\\sqrt\{s\}")
    expected, first, second = reference.adam_update(weights, gradient, first, second, 10**6, learning_rate=0.25, epsilon=0)
    np.testing.assert_allclose(value(formula, w=weights, eta=0.25, m=first, s=second), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("pattern", "initializer"), [(r"^2/n$", keras.initializers.HeNormal), (r"^2/\(n", keras.initializers.GlorotUniform)]
)
def test_the_variance_of_first_weights_is_that_of_keras(pattern, initializer):
    (formula,) = in_the_line("04_learning", pattern)
    inputs, units = 400, 900
    weights = np.asarray(initializer(seed=0)((inputs, units)))
    assert np.var(weights) == pytest.approx(value(formula, n=inputs, n_in=inputs, n_out=units), rel=0.02)


def test_batch_normalization_is_that_of_the_package():
    (formula,) = formulas("06_batch_normalization", r"y = ")
    x, gamma, beta, mean, variance = np.random.default_rng(0).random((5, 1, 4))
    names = {"x": x, "gamma": gamma, "beta": beta, "mean": mean, "variance": variance, "varepsilon": 0.25}
    expected = reference.batch_norm(x, gamma[0], beta[0], mean[0], variance[0], epsilon=0.25)
    np.testing.assert_allclose(value(formula, **names), expected, rtol=1e-12)


def test_the_way_back_through_batch_normalization_is_that_of_the_package():
    (formula,) = formulas("06_batch_normalization", r"overline")
    x, error = np.random.default_rng(0).normal(size=(2, 7, 1))
    gamma, names = 1.5, {"variance": x.var(), "varepsilon": 0.25, "e": error}
    names["normalised"] = (x - x.mean()) / np.sqrt(x.var() + 0.25)
    expected, _, _ = reference.batch_norm_gradients(x, [gamma], error, epsilon=0.25)
    np.testing.assert_allclose(value(formula, gamma=gamma, **names), expected, rtol=1e-10)


def test_moving_statistics_are_those_of_keras():
    (formula,) = formulas("06_batch_normalization", r"text\{moving\}")
    batch = np.random.default_rng(0).normal(3, 2, size=(50, 4)).astype("float32")
    layer = keras.layers.BatchNormalization(momentum=0.7)
    layer(batch, training=True)
    moving = value(formula, momentum=0.7, moving=np.zeros(4), batch=batch.mean(0))
    np.testing.assert_allclose(moving, layer.moving_mean, rtol=1e-5)


def test_the_scale_of_dropout_is_that_of_the_package():
    survivors = reference.dropout(np.ones(100), 0.4, np.random.default_rng(0)).max()
    scales = re.findall(r"`([^`\n]*/[^`\n]*rate[^`\n]*)`", prose("07_dropout"))
    assert len(scales) >= 3
    for scale in scales:
        assert eval(scale, {"rate": 0.4}) == pytest.approx(survivors), scale


@pytest.mark.parametrize("formula", [r"$$\left\lfloor \frac{\text{side}}{\text{stride}} \right\rfloor$$", "⌊side / stride⌋"])
def test_a_floor_where_a_ceiling_belongs_gives_another_number(formula):
    assert value(formula.strip("$"), side=33, stride=2) == 16 != arithmetic.conv_output_size(33, 3, 2, "same")
