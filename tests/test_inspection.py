"""Counting by arithmetic gives what Keras counts, for every model of the book and for layers it could meet."""

import doctest
import re

import pytest

from cnnbook import inspection, models
from cnnbook.keras_quietly import keras, layers


def test_examples_in_the_docstrings_hold():
    assert doctest.testmod(inspection).failed == 0


@pytest.mark.parametrize("build", [models.mlp, models.two_layer_cnn, models.cnn])
def test_every_layer_of_the_books_models_has_the_parameters_keras_counts(build):
    model = build()
    table = inspection.table(model)
    assert [row.parameters for row in table.rows] == [layer.count_params() for layer in model.layers]
    assert table.parameters == model.count_params()
    assert [row.output_shape for row in table.rows] == [tuple(layer.output.shape[1:]) for layer in model.layers]


def test_the_written_derivations_give_the_numbers_they_stand_beside():
    model = keras.Sequential(
        [
            keras.Input((16, 12, 6)),
            layers.Conv2D(8, (3, 5), groups=2, use_bias=False),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(7, use_bias=False),
            layers.Dense(3),
        ]
    )
    table = inspection.table(model)
    assert table.parameters == model.count_params()
    for row in table.rows:
        for value, how in ((row.parameters, row.parameters_how), (row.multiply_accumulates, row.multiply_accumulates_how)):
            written = re.sub(r"[a-z,]", "", how).replace("·", "*")
            assert (eval(written) if written else 0) == value


def test_multiply_accumulates_equal_those_of_the_brief():
    assert inspection.table(models.mlp()).multiply_accumulates == 645_900
    assert inspection.table(models.cnn()).multiply_accumulates == 10_847_488


def test_a_layer_the_book_does_not_count_is_named_instead_of_counted_as_nothing():
    model = keras.Sequential([keras.Input((8, 8, 3)), layers.DepthwiseConv2D(3, name="deep")])
    with pytest.raises(TypeError, match="layer 'deep' is a DepthwiseConv2D"):
        inspection.table(model)


def test_the_html_has_a_caption_and_headings_for_rows_and_columns():
    page = inspection.table(models.two_layer_cnn())._repr_html_()
    assert "<caption>two_layer_cnn, for one image</caption>" in page
    assert page.count('scope="col"') == 4
    assert page.count('scope="row"') == 6
    assert "(4 · 4 · 3 + 1) · 10" in page
