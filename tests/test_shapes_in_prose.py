"""A shape that the prose names, N×N, is one that the chapter's code or output has."""

import re
from functools import cache

import nbformat
import pytest

from cnnbook import data, models
from tests.conftest import markdown
from tests.test_chapters import CHAPTERS, NOT_PROSE, code_cells, each_chapter

SHAPE = re.compile(r"(?<![\d×])(\d+) ?× ?(\d+)")
# Calls in which one number stands for both sides.
SQUARE = r"(?:Conv2D|kernel_size|receptive_field|\w*pool\w*|\w*Pooling2D|same_padding|conv_output_size|\w*parameters|windows|zeros|ones)"

FIRST, SECOND = (layer.kernel_size for layer in models.two_layer_cnn().layers if hasattr(layer, "kernel_size"))
# What the prose calls something -> the shape that it has, where the chapter has other shapes, too.
OF_SOMETHING = {
    rf"digits of {SHAPE.pattern} pixels": data.load_digits().x_train.shape[1:3],
    rf"In the first layer, it is {SHAPE.pattern} pixels": FIRST,
    rf"the second of {SHAPE.pattern}": SECOND,
    rf"first has filters of {SHAPE.pattern}": FIRST,
    rf"sees a {SHAPE.pattern} window of the first layer's maps": SECOND,
    rf"a sum over a {SHAPE.pattern} window": SECOND,
}


def has(text: str, height: int, width: int) -> bool:
    """Does code or output speak of the shape: as a pair of numbers, or as one number where both are the same?"""
    pair = rf"(?<!\d){height} ?[,×] ?{width}(?!\d)"
    square = rf"{SQUARE}\([^\n]*(?<![\d.]){height}(?![\d.])"
    return bool(re.search(pair, text) or (height == width and re.search(square, text)))


def shown(chapter: nbformat.NotebookNode) -> str:
    """Code, and what it put out as text."""
    outputs = [output for cell in code_cells(chapter) for output in cell.outputs]
    tables = [re.sub("<[^>]+>", " ", output.get("data", {}).get("text/html", "")) for output in outputs]
    return "\n".join([cell.source for cell in code_cells(chapter)] + [output.get("text", "") for output in outputs] + tables)


@each_chapter
def test_a_shape_in_the_prose_is_one_of_the_chapters(chapter):
    text = shown(chapter)
    for shape in SHAPE.finditer(NOT_PROSE.sub(" ", "\n".join(markdown(chapter)))):
        assert has(text, int(shape[1]), int(shape[2])), f"neither the code nor an output of this chapter has {shape[0]}"


@cache
def prose() -> list[str]:
    """Of each chapter, on one line."""
    return [" ".join(NOT_PROSE.sub(" ", "\n".join(markdown(nbformat.read(path, as_version=4)))).split()) for path in CHAPTERS]


@pytest.mark.parametrize("something", OF_SOMETHING)
def test_the_shape_of_something_is_its_own(something):
    said = {(int(found[1]), int(found[2])) for text in prose() for found in re.finditer(something, text)}
    assert said == {tuple(OF_SOMETHING[something])}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("layers.Conv2D(10, (4, 4), strides=2)", True),
        ("layers.MaxPooling2D(4)", True),
        ("a table of 4 × 4", True),
        ("layers.Conv2D(10, 14)", False),
        ("rate = 0.4", False),
        ("seeds(4)", False),
    ],
)
def test_the_rule_about_shapes_knows_one_when_it_sees_it(text, found):
    assert has(text, 4, 4) == found
