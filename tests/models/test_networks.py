"""The book's networks are the brief's, layer by layer."""

import ast

import nbformat
import pytest

from cnnbook import article, models
from cnnbook.keras_quietly import keras, layers
from cnnbook.training import digests
from tests.conftest import ROOT


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


# Chapter, the name that its listing gives the network, and the package's network.
LISTINGS = [
    ("02_stacking", "network", models.two_layer_cnn),
    ("08_whole_network", "mlp", models.mlp),
    ("08_whole_network", "cnn", models.cnn),
]


def listed(chapter: str, name: str) -> dict:
    """What a chapter's listing of a network defines: the first cell that builds `name`, as far as it builds."""
    cells = nbformat.read(ROOT / "chapters" / f"{chapter}.ipynb", as_version=4).cells
    for tree in (ast.parse(cell.source) for cell in cells if cell.cell_type == "code" and "keras.Input" in cell.source):
        ends = [place for place, statement in enumerate(tree.body) if name in defined(statement)]
        if ends:
            scope = {"keras": keras, "layers": layers}
            alone = isinstance(tree.body[ends[0]], ast.FunctionDef)
            tree.body = tree.body[ends[0] if alone else 0 : ends[0] + 1]
            exec(compile(tree, chapter, "exec"), scope)
            return scope
    raise LookupError(f"chapter {chapter} lists no network called {name}")


def defined(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.FunctionDef):
        return {statement.name}
    return {target.id for target in getattr(statement, "targets", []) if isinstance(target, ast.Name)}


@pytest.mark.parametrize(("chapter", "name", "build"), LISTINGS, ids=[f"{chapter}-{name}" for chapter, name, _ in LISTINGS])
def test_the_network_that_a_chapter_writes_out_is_the_packages_in_every_setting(chapter, name, build):
    assert digests.description(listed(chapter, name)[name]) == digests.description(build())


def test_the_baseline_of_chapter_7_is_the_packages_with_dropout_after_each_hidden_layer():
    written = digests.description(listed("07_dropout", "fully_connected")["fully_connected"](0.5))
    assert [settings["rate"] for kind, settings, _ in written if kind == "Dropout"] == [0.5, 0.5]
    rest = [(kind, settings) for kind, settings, _ in written if kind != "Dropout"]
    assert rest == [(kind, settings) for kind, settings, _ in digests.description(models.mlp())]


def test_a_description_notices_every_setting_and_every_connection_but_no_name():
    def network(rate=0.5, units=3, skip=False, name=None):
        inputs = keras.Input((4,))
        x = layers.Dropout(rate, name=name)(layers.Dense(units)(inputs))
        return keras.Model(inputs, layers.Concatenate()([inputs if skip else x, x]))

    plain = digests.description(network())
    assert digests.description(network(name="renamed")) == plain
    for changed in ({"rate": 0.4}, {"units": 2}, {"skip": True}):
        assert digests.description(network(**changed)) != plain
