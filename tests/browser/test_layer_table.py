"""The layer table in the built page: every shape and count is the one of the Keras model with the same layers."""

import re

import pytest

from cnnbook import inspection
from cnnbook.keras_quietly import keras, layers
from tests.browser.driver import Driver, number

CHAPTER = "chapters/03_inspecting.html"
FIRST, SECOND = layers.Conv2D(10, 4, strides=2, padding="same"), layers.Conv2D(20, 3, strides=2, padding="same")


class Table(Driver):
    def fill(self, label, value):
        self.root.get_by_label(label, exact=True).fill(str(value))
        self.settle()

    def rows(self) -> list[tuple[str, tuple[int, ...], int, int]]:
        """(kind, output shape, parameters, multiply-accumulates) of each row."""
        read = """body => [...body.rows].map((row) => [row.cells[0].textContent, row.cells[2].textContent,
            ...[3, 4].map((i) => row.cells[i].querySelector(".cb-value").textContent)])"""
        found = self.root.locator("tbody").evaluate(read)
        return [(kind, tuple(int(number(n)) for n in shape.split(" × ")), int(number(p)), int(number(m))) for kind, shape, p, m in found]

    def derivations(self) -> list[tuple[int, str]]:
        read = "cells => cells.map((cell) => [cell.querySelector('.cb-value').textContent, cell.querySelector('small').textContent])"
        return [(int(number(value)), how) for value, how in self.root.locator("tbody td:has(small)").evaluate_all(read)]


@pytest.fixture
def table(open_anew, server):
    return Table(open_anew(server + CHAPTER))


def of_keras(*stack, size=(32, 32, 3)) -> list[tuple[str, tuple[int, ...], int, int]]:
    model = keras.Sequential([keras.Input(size), *stack])
    counted = inspection.table(model)
    assert counted.parameters == model.count_params()
    return [(row.layer, row.output_shape, row.parameters, row.multiply_accumulates) for row in counted.rows]


def test_the_table_starts_as_the_chapters_network(table):
    expected = of_keras(
        FIRST,
        SECOND,
        layers.Flatten(),
        layers.Dense(10),
    )
    assert table.rows() == expected
    assert "15,120 parameters, 250,880" in table.said


@pytest.mark.parametrize("size", [(32, 32, 3), (33, 20, 1)])
@pytest.mark.parametrize(
    ("filters", "kernel", "stride", "padding"), [(1, 1, 1, "valid"), (7, 5, 2, "valid"), (64, 3, 3, "same"), (12, 6, 1, "same")]
)
def test_changed_settings_give_the_counts_of_keras(table, size, filters, kernel, stride, padding):
    for label, value in zip(("input height", "input width", "input channels"), size, strict=True):
        table.fill(label, value)
    table.fill("Layer 1, Conv2D: filters", filters)
    table.fill("Layer 1, Conv2D: kernel", kernel)
    table.fill("Layer 1, Conv2D: stride", stride)
    table.choose("Layer 1, Conv2D: padding", padding)
    expected = of_keras(
        layers.Conv2D(filters, kernel, strides=stride, padding=padding),
        layers.Conv2D(20, 3, strides=2, padding="same"),
        layers.Flatten(),
        layers.Dense(10),
        size=size,
    )
    assert table.rows() == expected


def test_the_written_derivations_give_the_numbers_they_stand_beside(table):
    for value, how in table.derivations():
        assert eval(re.sub(r"[a-z,]", "", how).replace("·", "*")) == value


def insert(table, kind, place):
    table.choose("New layer", kind)
    table.choose("Put it", str(place))
    table.press("Insert")


def test_layers_of_every_kind_can_be_inserted_anywhere_moved_and_removed(table):
    table.press("Layer 4, Dense: remove")
    insert(table, "Dense", 3)
    insert(table, "BatchNormalization", 1)
    insert(table, "LeakyReLU", 2)
    insert(table, "MaxPooling2D", 0)
    insert(table, "Dropout", 5)
    table.press("Layer 6, Dropout: move down")
    expected = of_keras(
        layers.MaxPooling2D(2), FIRST, layers.BatchNormalization(), layers.LeakyReLU(), SECOND, layers.Flatten(), layers.Dropout(0.5),
        layers.Dense(10),
    )  # fmt: skip
    assert table.rows() == expected
    table.press("Layer 6, Flatten: remove")
    insert(table, "GlobalAveragePooling2D", 5)
    table.press("Layer 1, MaxPooling2D: remove")
    insert(table, "AveragePooling2D", 0)
    insert(table, "ReLU", 1)
    expected = of_keras(
        layers.AveragePooling2D(2), layers.ReLU(), FIRST, layers.BatchNormalization(), layers.LeakyReLU(), SECOND,
        layers.GlobalAveragePooling2D(), layers.Dropout(0.5), layers.Dense(10),
    )  # fmt: skip
    assert table.rows() == expected


def test_with_the_keyboard_a_row_is_moved_and_removed_and_the_focus_stays_at_its_place(table):
    focused = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"
    table.root.get_by_role("button", name="Layer 2, Conv2D: move up", exact=True).focus()
    for key, expected in [
        ("Enter", "Layer 1, Conv2D: move down"),  # it is the first now and goes no further
        ("Enter", "Layer 2, Conv2D: move down"),
        ("Tab", "Layer 2, Conv2D: remove"),
        ("Enter", "Layer 2, Flatten: remove"),
        ("Enter", "Layer 2, Dense: remove"),
        ("Enter", "Layer 1, Conv2D: remove"),
        ("Enter", "Insert"),
    ]:
        table.page.keyboard.press(key)
        table.settle()
        assert table.page.evaluate(focused) == expected
    assert table.rows() == []


def test_a_third_convolution_before_flatten_takes_parameters_away_with_the_settings_that_the_text_names(table):
    insert(table, "Conv2D", 2)
    table.fill("Layer 3, Conv2D: filters", 20)
    table.fill("Layer 3, Conv2D: kernel", 3)
    table.fill("Layer 3, Conv2D: stride", 2)
    third = layers.Conv2D(20, 3, strides=2, padding="same")
    assert table.rows() == of_keras(FIRST, SECOND, third, layers.Flatten(), layers.Dense(10))
    assert sum(row[2] for row in table.rows()) < 15_120


def test_the_table_says_when_it_is_full_and_no_longer_says_so_once_a_layer_is_gone(table):
    for _ in range(21):
        insert(table, "ReLU", 0)
    complaint = table.root.get_by_role("alert")
    assert complaint.inner_text() == "The network can have at most 24 layers."
    table.press("Layer 1, ReLU: remove")
    assert complaint.inner_text() == ""


def test_a_stack_that_does_not_fit_is_said_not_counted(table):
    table.press("Layer 3, Flatten: remove")
    assert "put Flatten before it" in table.root.locator("tbody").inner_text()
    assert "put Flatten before it" in table.said
    assert table.root.locator("tfoot").inner_text().split() == ["total"]


def test_a_filter_larger_than_the_picture_is_said(table):
    table.fill("Layer 1, Conv2D: kernel", 40)
    table.choose("Layer 1, Conv2D: padding", "valid")
    assert "Conv2D: a window of 40 × 40 does not fit into 32 × 32 without padding." in table.root.locator("tbody").inner_text()


@pytest.mark.parametrize("wrong", ["0", "-3", "2.5", "", "5000"])
def test_a_setting_that_is_no_whole_number_is_named_and_changes_nothing(table, wrong):
    before = table.rows()
    table.fill("Layer 1, Conv2D: filters", wrong)
    assert "takes a whole number from 1 to 4,096" in table.root.get_by_role("alert").inner_text()
    assert table.rows() == before
