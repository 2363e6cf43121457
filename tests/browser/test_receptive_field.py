"""The receptive field in the built page: its size is arithmetic's, its place is where Keras has a gradient."""

import numpy as np
import pytest

from cnnbook.arithmetic import receptive_field
from cnnbook.demos import ReceptiveField
from cnnbook.keras_quietly import keras, layers
from tests.browser.driver import Driver

import tensorflow as tf  # isort: skip

CHAPTER = "chapters/02_stacking.html"
STACKS = [[[4, 2], [3, 2]], [[3, 1]], [[5, 3], [2, 1], [3, 2]], [[3, 2], [3, 2], [3, 2], [3, 1]], [[7, 3], [1, 2]]]


class Field(Driver):
    def set_layers(self, stack):
        self.choose("Layers", str(len(stack)))
        for number, (kernel, stride) in enumerate(stack, 1):
            self.choose(f"Kernel {number}", str(kernel))
            self.choose(f"Stride {number}", str(stride))

    def span(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """((first row, last row), (first column, last column)) as said aloud, from 0."""
        rows, columns = self.said.rstrip(".").split(", rows ")[1].split(", columns ")
        return tuple(tuple(int(n) - 1 for n in part.split(" to ")) for part in (rows, columns))


@pytest.fixture
def field(open_anew, server):
    return Field(open_anew(server + CHAPTER))


def gradient_span(stack, position) -> tuple[tuple[int, int], tuple[int, int]]:
    """Where in the picture the unit of a Keras stack has a gradient."""
    keras.utils.set_random_seed(0)
    x = tf.random.normal((1, 32, 32, 1))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x
        for kernel, stride in stack:
            y = layers.Conv2D(1, kernel, strides=stride, padding="same", kernel_initializer="ones")(y)
        unit = y[0, position[0], position[1], 0]
    rows, columns = np.nonzero(tape.gradient(unit, x)[0, :, :, 0])
    return (rows.min(), rows.max()), (columns.min(), columns.max())


@pytest.mark.parametrize("stack", STACKS, ids=str)
def test_size_and_place_of_the_field_are_those_of_arithmetic_and_of_kerass_gradient(field, stack):
    field.set_layers(stack)
    assert field.total == receptive_field(stack)
    demo = ReceptiveField(layers=stack)
    inside = tuple((max(first, 0), min(last, 31)) for first, last in field.span())
    assert inside == gradient_span(stack, field.position())
    demo.position = list(field.position())
    assert field.span() == demo.spans()[0]


def test_arrow_keys_choose_the_unit_and_stop_at_the_edge(field):
    field.root.get_by_role("application").focus()
    for key, expected in [("ArrowRight", (3, 4)), ("ArrowDown", (4, 4)), ("ArrowLeft", (4, 3)), ("ArrowUp", (3, 3))]:
        field.page.keyboard.press(key)
        field.settle()
        assert field.position() == expected
    for _ in range(12):
        field.page.keyboard.press("ArrowLeft")
    field.settle()
    assert field.position() == (3, 0)


def test_a_click_on_the_last_map_chooses_the_unit(field):
    box = field.root.get_by_role("application").bounding_box()
    field.page.mouse.click(box["x"] + box["width"] * 6.5 / 8, box["y"] + box["height"] * 1.5 / 8)
    field.settle()
    assert field.position() == (1, 6)


@pytest.mark.parametrize(
    ("canvas", "side", "place"), [(".cb-stage > figure canvas", 32, (21, 6)), (".cb-maps canvas >> nth=0", 16, (11, 3))]
)
def test_a_click_on_the_image_or_on_the_first_map_chooses_the_unit_that_sees_that_place(field, canvas, side, place):
    box = field.root.locator(canvas).bounding_box()
    field.page.mouse.click(*(box[axis] + box["width"] * (at + 0.5) / side for axis, at in (("x", place[1]), ("y", place[0]))))
    field.settle()
    assert field.position() == (5, 1)


def test_sixteen_layers_show_sixteen_maps_and_the_field_that_an_exercise_asks_about(field):
    field.set_layers([[3, 1]] * 16)
    assert field.root.locator(".cb-maps canvas:visible").count() == 16
    assert field.total == receptive_field([(3, 1)] * 16) == 33


def test_a_unit_that_a_smaller_map_no_longer_has_is_replaced_by_the_nearest(field):
    field.root.get_by_role("application").focus()
    for _ in range(6):
        field.page.keyboard.press("ArrowRight")
    field.choose("Stride 2", "3")
    assert field.position() == (3, 5)


def test_the_page_and_the_demo_make_no_foreign_request_and_log_no_error(field):
    field.set_layers(STACKS[3])
    assert field.page.foreign == field.page.complaints == []
