"""The book's networks are the brief's, layer by layer."""

import doctest

import pytest

from cnnbook import models
from cnnbook.keras_quietly import layers


def test_examples_in_the_docstrings_hold():
    assert doctest.testmod(models).failed == 0


@pytest.mark.parametrize(
    ("build", "parameters"),
    [(models.mlp, 646_260), (models.two_layer_cnn, 15_120), (models.two_layer_cnn_relu, 15_120), (models.cnn, 592_554)],
)
def test_a_network_has_the_stated_parameters_and_is_not_compiled(build, parameters):
    model = build()
    assert model.count_params() == parameters
    assert not model.compiled
    assert model.input_shape == (None, 32, 32, 3)
    assert model.output_shape == (None, 10)


def test_the_two_layer_networks_differ_in_the_activations_of_their_convolutions_and_in_nothing_else():
    affine, bent = (model.get_config()["layers"] for model in (models.two_layer_cnn(), models.two_layer_cnn_relu()))
    assert [layer["config"].get("activation") for layer in affine] == [None, "linear", "linear", None, "softmax"]
    assert [layer["config"].get("activation") for layer in bent] == [None, "relu", "relu", None, "softmax"]
    for one, other in zip(affine, bent, strict=True):
        kept = ({key: value for key, value in layer["config"].items() if key not in {"name", "activation"}} for layer in (one, other))
        assert one["class_name"] == other["class_name"]
        assert next(kept) == next(kept)


def test_the_cnn_has_the_layers_of_the_article_in_their_order():
    block = ["Conv2D", "BatchNormalization", "LeakyReLU"]
    head = ["Flatten", "Dense", "BatchNormalization", "LeakyReLU", "Dropout", "Dense", "Softmax"]
    assert [type(layer).__name__ for layer in models.cnn().layers[1:]] == 4 * block + head
    convolutions = [layer for layer in models.cnn().layers if isinstance(layer, layers.Conv2D)]
    assert [(c.filters, c.strides, c.kernel_size, c.padding) for c in convolutions] == [
        (filters, (stride, stride), (3, 3), "same") for filters, stride in ((32, 1), (32, 2), (64, 1), (64, 2))
    ]
    assert next(layer.rate for layer in models.cnn().layers if isinstance(layer, layers.Dropout)) == 0.5
