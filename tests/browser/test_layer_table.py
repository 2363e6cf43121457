"""The layer table in the built page: every shape and count is the one of the Keras model with the same layers."""

import re

import pytest

from cnnbook import inspection
from cnnbook.keras_quietly import keras, layers
from tests.browser.driver import Driver, number

CHAPTER = "chapters/03_inspecting.html"


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
        layers.Conv2D(10, 4, strides=2, padding="same"),
        layers.Conv2D(20, 3, strides=2, padding="same"),
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
    table.fill("layer 1, filters", filters)
    table.fill("layer 1, kernel", kernel)
    table.fill("layer 1, stride", stride)
    table.choose("layer 1, padding", padding)
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


def test_layers_can_be_added_and_removed(table):
    table.press("Remove layer 4, Dense")
    table.choose("New layer", "BatchNormalization")
    table.press("Add")
    table.choose("New layer", "Dense")
    table.press("Add")
    expected = of_keras(
        layers.Conv2D(10, 4, strides=2, padding="same"),
        layers.Conv2D(20, 3, strides=2, padding="same"),
        layers.Flatten(),
        layers.BatchNormalization(),
        layers.Dense(10),
    )
    assert table.rows() == expected


def test_a_stack_that_does_not_fit_is_said_not_counted(table):
    table.press("Remove layer 3, Flatten")
    assert "put Flatten before it" in table.root.locator("tbody").inner_text()
    assert "put Flatten before it" in table.said
    assert table.root.locator("tfoot").inner_text().split() == ["total"]


def test_a_filter_larger_than_the_picture_is_said(table):
    table.fill("layer 1, kernel", 40)
    table.choose("layer 1, padding", "valid")
    assert "A 40 × 40 filter does not fit into 32 × 32 without padding." in table.root.locator("tbody").inner_text()


@pytest.mark.parametrize("wrong", ["0", "-3", "2.5", "", "5000"])
def test_a_setting_that_is_no_whole_number_is_named_and_changes_nothing(table, wrong):
    before = table.rows()
    table.fill("layer 1, filters", wrong)
    assert "takes a whole number from 1 to 4,096" in table.root.get_by_role("alert").inner_text()
    assert table.rows() == before
