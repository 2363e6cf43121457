"""The book's networks are the brief's, layer by layer."""

import pytest

from cnnbook import article, models
from cnnbook.keras_quietly import layers


@pytest.mark.parametrize(
    ("build", "parameters"),
    [(models.mlp, 646_260), (models.two_layer_cnn, 15_120), (models.two_layer_cnn_relu, 15_120), (models.cnn, 592_554)],
)
def test_a_network_has_the_stated_parameters_and_is_not_compiled(build, parameters):
    model = build()
    assert model.count_params() == parameters
    assert not model.compiled
    assert model.input_shape == (None, *article.INPUT_SHAPE)
    assert model.output_shape == (None, article.CLASSES)


def kept(model, kind) -> list:
    return [layer for layer in model.layers if isinstance(layer, kind)]


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
    assert [type(layer).__name__ for layer in models.cnn().layers[1:]] == len(article.CONVOLUTIONS) * block + head


def test_the_cnn_as_readers_see_it_says_what_the_facts_say():
    model = models.cnn()
    assert [(c.filters, c.strides, c.kernel_size, c.padding) for c in kept(model, layers.Conv2D)] == [
        (filters, (stride, stride), (article.KERNEL_SIZE, article.KERNEL_SIZE), "same") for filters, stride in article.CONVOLUTIONS
    ]
    assert [layer.units for layer in kept(model, layers.Dense)] == [article.DENSE_UNITS, article.CLASSES]
    assert [layer.rate for layer in kept(model, layers.Dropout)] == [article.DROPOUT_RATE]
    assert all(layer.negative_slope == pytest.approx(article.LEAKY_SLOPE) for layer in kept(model, layers.LeakyReLU))
    assert {layer.epsilon for layer in kept(model, layers.BatchNormalization)} == {article.EPSILON}


def test_the_mlp_as_readers_see_it_says_what_the_facts_say():
    assert [layer.units for layer in kept(models.mlp(), layers.Dense)] == [*article.MLP_UNITS, article.CLASSES]
    assert [layer.activation.__name__ for layer in kept(models.mlp(), layers.Dense)] == ["relu", "relu", "softmax"]
