"""The table lists the calls of this model's graph with what Keras counts, and refuses by name what it cannot count."""

import html
import re

import pytest

from cnnbook import inspection, models
from cnnbook.keras_quietly import keras, layers


def stacked(shape, *stack):
    return keras.Sequential([keras.Input(shape), *stack])


def counts(model) -> list[tuple[str, int, int]]:
    return [(row.layer, row.parameters, row.multiply_accumulates) for row in inspection.table(model).rows]


def value_of(how: str) -> int:
    """What a written derivation comes to."""
    written = re.sub("trained|kept|counted above|,", "", how).replace("·", "*")
    return eval(written.strip().removesuffix("+") or "0")


@pytest.mark.parametrize("build", [models.mlp, models.two_layer_cnn, models.cnn])
def test_every_layer_of_the_books_models_has_the_parameters_keras_counts(build):
    model = build()
    table = inspection.table(model)
    assert [row.parameters for row in table.rows] == [layer.count_params() for layer in model.layers]
    assert table.parameters == model.count_params()
    assert [row.output_shape for row in table.rows] == [tuple(layer.output.shape[1:]) for layer in model.layers]


def test_the_written_derivations_give_the_numbers_they_stand_beside():
    shared = layers.Dense(5)
    model = stacked(
        (16, 12, 6),
        layers.Normalization(),
        layers.Conv2D(8, (3, 5), groups=2, use_bias=False),
        layers.BatchNormalization(),
        layers.BatchNormalization(center=False),
        layers.BatchNormalization(trainable=False),
        layers.SeparableConv2D(5, 3, depth_multiplier=2),
        layers.LayerNormalization(),
        layers.PReLU(),
        shared,
        layers.ReLU(),
        layers.Flatten(),
        layers.Dense(1100, use_bias=False),
        layers.Dense(3),
    )
    twice = keras.Model(model.inputs, shared(shared(model.layers[-6].output)))
    for table in (inspection.table(model), inspection.table(twice)):
        for row in table.rows:
            assert value_of(row.parameters_how) == row.parameters
            assert value_of(row.multiply_accumulates_how) == row.multiply_accumulates
    assert "(3 · 3 · 3 + 1) · 32" in {row.parameters_how for row in inspection.table(models.cnn()).rows}
    assert "2 · 32 trained + 2 · 32 kept" in {row.parameters_how for row in inspection.table(models.cnn()).rows}


def test_multiply_accumulates_equal_those_of_the_brief():
    assert inspection.table(models.mlp()).multiply_accumulates == 645_900
    assert inspection.table(models.cnn()).multiply_accumulates == 10_847_488


def test_a_convolution_with_the_channels_first_is_not_read_as_one_with_the_channels_last():
    convolution = layers.Conv2D(10, 4, strides=2, padding="same", data_format="channels_first")
    assert counts(stacked((3, 32, 32), convolution)) == [("Conv2D", 490, 122_880)]


def test_a_dense_layer_multiplies_at_every_position_of_its_input():
    assert counts(stacked((10, 8), layers.Dense(4, use_bias=False))) == [("Dense", 32, 320)]


def test_a_shared_layer_has_a_row_for_each_input_and_its_parameters_once():
    shared = layers.Dense(3, name="shared")
    left, right = keras.Input((5,)), keras.Input((7, 5))
    table = inspection.table(keras.Model([left, right], [shared(left), shared(right)]))
    rows = sorted((row.multiply_accumulates, row.output_shape, row.parameters) for row in table.rows if row.layer == "Dense")
    assert [row[:2] for row in rows] == [(15, (3,)), (105, (7, 3))]
    assert sorted(row[2] for row in rows) == [0, 18]
    assert [row.parameters_how for row in table.rows if row.layer == "Dense"] == ["(5 + 1) · 3", "counted above"]
    assert table._repr_html_().count("<small>shared</small>") == 2


def test_a_layer_that_another_model_used_before_is_counted_at_the_size_of_this_model():
    convolution = layers.Conv2D(2, 3, padding="same")
    for side in (64, 8, 16):
        inputs = keras.Input((side, side, 1))
        assert counts(keras.Model(inputs, convolution(inputs)))[1] == ("Conv2D", 20, side * side * 18)


def test_layers_that_a_part_of_a_larger_model_leaves_out_are_not_in_the_table_of_the_part():
    whole = models.cnn()
    part = keras.Model(whole.inputs, whole.layers[5].output)
    assert inspection.table(part).rows == inspection.table(whole).rows[:6]


def test_a_model_within_a_model_is_opened_at_the_size_it_is_used_at():
    inner_input = keras.Input((None, None, 3))
    backbone = keras.Model(inner_input, layers.Conv2D(4, 3, name="edges")(inner_input), name="backbone")
    head = keras.Sequential([layers.GlobalAveragePooling2D(), layers.Dense(2, name="classes")], name="head")
    inputs = keras.Input((10, 12, 3))
    table = inspection.table(keras.Model(inputs, head(backbone(inputs)), name="outer"))
    assert [row.name for row in table.rows[1:]] == ["backbone/edges", "head/global_average_pooling2d", "head/classes"] or [
        re.sub(r"_\d+$", "", row.name) for row in table.rows[1:]
    ] == ["backbone/edges", "head/global_average_pooling2d", "head/classes"]
    assert [row.multiply_accumulates for row in table.rows] == [0, 8 * 10 * 27 * 4, 0, 8]
    assert "<small>backbone/edges</small>" in table._repr_html_()


def test_a_model_that_is_used_twice_within_a_model_works_twice_and_has_its_parameters_once():
    inner = stacked((4,), layers.Dense(4), layers.ReLU())
    model = stacked((4,), inner, inner)
    assert counts(model) == [("Dense", 20, 16), ("ReLU", 0, 0), ("Dense", 0, 16), ("ReLU", 0, 0)]
    assert inspection.table(model).parameters == model.count_params()


def test_inputs_of_a_model_within_a_model_are_assigned_by_their_names():
    wide, narrow = keras.Input((7, 2), name="wide"), keras.Input((2,), name="narrow")
    dense = {"wide": layers.Dense(3, name="on_wide"), "narrow": layers.Dense(4, name="on_narrow")}
    inner = keras.Model([wide, narrow], [dense["wide"](wide), dense["narrow"](narrow)], name="inner")
    outer = {"narrow": keras.Input((2,), name="narrow"), "wide": keras.Input((7, 2), name="wide")}
    table = inspection.table(keras.Model(outer, inner(outer)))
    work = {row.name: row.multiply_accumulates for row in table.rows}
    assert work["inner/on_wide"] == 7 * 2 * 3
    assert work["inner/on_narrow"] == 2 * 4


def test_what_has_no_weights_counts_as_nothing_to_learn_also_in_branches():
    inputs = keras.Input((8, 8, 3))
    a = layers.MaxPooling2D()(layers.ZeroPadding2D()(layers.Rescaling(1 / 255)(inputs)))
    b = layers.AveragePooling2D(2)(layers.Resizing(10, 10)(inputs))
    x = layers.Concatenate()([layers.Add()([a, b]), layers.UnitNormalization()(a), a + b])
    x = keras.ops.relu(layers.Reshape((25, 9))(x))
    table = inspection.table(keras.Model(inputs, layers.GlobalAveragePooling1D()(x)))
    assert (table.parameters, table.multiply_accumulates) == (0, 0)
    assert len(table.rows) == 13


def test_a_subclass_of_a_model_that_keeps_its_call_is_read_as_the_graph_it_is():
    class Named(keras.Model):
        def __init__(self):
            inputs = keras.Input((4,))
            super().__init__(inputs, layers.Dense(3)(inputs))

    assert counts(Named())[1] == ("Dense", 15, 12)


def test_looking_at_a_model_leaves_it_as_it_is():
    model = models.cnn()
    model.compile("adam", "mse")
    uses = [len(layer._inbound_nodes) for layer in model.layers]  # Keras has no public word for it
    before, config = [weight.numpy() for weight in model.weights], model.to_json()
    first, second = inspection.table(model), inspection.table(model)
    assert first == second
    assert [len(layer._inbound_nodes) for layer in model.layers] == uses
    assert model.to_json() == config
    assert all((old == new.numpy()).all() for old, new in zip(before, model.weights, strict=True))


class Conv2D(layers.Layer):
    """No convolution, although it is called so."""

    filters, kernel_size, groups, use_bias, data_format = 4, (3, 3), 1, False, "channels_last"

    def build(self, shape):
        self.kernel = self.add_weight(shape=(3, 3, shape[-1], 4), name="kernel")

    def call(self, x):
        return x[..., :1]


class Doubled(layers.Conv2D):
    def call(self, x):
        return super().call(x) + super().call(x)


class OwnCall(keras.Model):
    def __init__(self, **settings):
        inputs = keras.Input((8, 8, 3))
        super().__init__(inputs, layers.Conv2D(4, 3)(inputs), **settings)

    def call(self, x):
        return super().call(super().call(x)[..., :3])


class Free(keras.Model):
    def __init__(self, **settings):
        super().__init__(**settings)
        self.dense = layers.Dense(3)
        self.inputs = self.outputs = "a name of its own"

    def call(self, x):
        return self.dense(x)


def low_rank():
    model = stacked((8, 8, 3), layers.Conv2D(4, 3, name="odd"))
    model.layers[0].enable_lora(2)
    return model


def changed_afterwards():
    model = stacked((8, 8, 3), layers.Conv2D(4, 3, name="odd"))
    model.layers[0].filters = 5
    return model


def call_replaced():
    dense = layers.Dense(3, name="odd")
    dense.call = lambda x: x
    return stacked((3,), dense)


def used(use, shape=(8, 8, 3)):
    inputs = keras.Input(shape)
    return keras.Model(inputs, use(inputs))


@pytest.mark.parametrize(
    "build",
    [
        lambda: stacked((8, 8, 3), Conv2D(name="odd")),
        lambda: stacked((8, 8, 3), Doubled(4, 3, name="odd")),
        lambda: stacked((8, 8, 3), OwnCall(name="odd")),
        lambda: stacked((8, 8, 3), Free(name="odd")),
        lambda: stacked((8, 8, 3), layers.Lambda(lambda x: x / 2, name="odd")),
        lambda: stacked((8, 3), layers.LSTM(4, name="odd")),
        lambda: stacked((8, 3), layers.Bidirectional(layers.GRU(4), name="odd")),
        lambda: stacked((8, 8, 3), layers.TimeDistributed(layers.Dense(4), name="odd")),
        lambda: stacked((8, 8, 3), layers.SpectralNormalization(layers.Conv2D(4, 3), name="odd")),
        lambda: stacked((8, 8, 3), layers.Dense(4, activation=layers.PReLU(), name="odd")),
        lambda: stacked((8,), layers.ReversibleEmbedding(10, 4, name="odd")),
        lambda: used(lambda x: layers.MultiHeadAttention(2, 4, name="odd")(x, x), (8, 3)),
        lambda: used(lambda x: layers.Attention(name="odd")([x, x]), (8, 3)),
        lambda: used(lambda x: layers.Dot(1, name="odd")([x, x]), (8,)),
        lambda: used(lambda x: layers.LSTM(4, return_state=True, name="odd")(x), (8, 3)),
        lambda: used(lambda x: layers.Concatenate(0, name="odd")([x, x])),
        lambda: stacked((8,), layers.TextVectorization(name="odd")),
        low_rank,
        changed_afterwards,
        call_replaced,
    ],
)  # fmt: skip
def test_what_cannot_be_counted_is_refused_with_the_layers_name_and_what_to_do(build):
    with pytest.raises((TypeError, ValueError), match=r"^layer 'odd' \(\w+\).*(leave|put|build|let)") as refused:
        inspection.table(build())
    assert "\n" not in str(refused.value)


def test_an_operation_that_multiplies_matrices_is_refused_by_its_name():
    with pytest.raises(TypeError, match=r"^layer 'matmul\w*' \(Matmul\)"):
        inspection.table(used(lambda x: keras.ops.matmul(x, keras.ops.transpose(x, (0, 2, 1))), (4, 3)))


def test_an_operation_that_mixes_the_images_of_a_batch_is_refused_by_its_name():
    with pytest.raises(ValueError, match=r"^layer 'reshape\w*' \(Reshape\) makes the shape \(2225, 3\) of 89 images"):
        inspection.table(used(lambda x: layers.Dense(4)(keras.ops.reshape(x, (-1, 3))), (5, 5, 3)))


def attached():
    model = models.two_layer_cnn()
    model.extra = layers.Dense(3)
    model.extra.build((None, 4))
    return model


@pytest.mark.parametrize(
    ("build", "error", "said"),
    [
        (lambda: keras.Sequential([layers.Dense(3)], name="odd"), ValueError, "model 'odd' does not know its input yet.*keras.Input"),
        (lambda: Free(name="odd"), TypeError, "model 'odd' is a Free, .*build it as one of these"),
        (lambda: OwnCall(name="odd"), TypeError, "model 'odd' is a OwnCall, .*build it as one of these"),
        (
            lambda: stacked((None, None, 3), layers.Conv2D(4, 3)),
            ValueError,
            r"layer 'input_layer\w*' \(InputLayer\) .* \(None, None, None, 3\); .*sizes are all fixed",
        ),
        (lambda: layers.Dense(3), TypeError, "model is <Dense .*; it takes a Keras model"),
        (lambda: keras.Model, TypeError, "it takes a Keras model"),
        (lambda: None, TypeError, "model is None; it takes a Keras model"),
        (attached, ValueError, "two_layer_cnn' has 15,135 parameters, .* 15,120"),
    ],
)
def test_a_model_that_cannot_be_listed_is_told_why_and_what_to_do(build, error, said):
    with pytest.raises(error, match=said):
        inspection.table(build())


def test_the_html_has_a_caption_and_headings_for_rows_and_columns():
    page = inspection.table(models.two_layer_cnn())._repr_html_()
    assert "<caption>two_layer_cnn, for one image</caption>" in page
    assert page.count('scope="col"') == 4
    assert page.count('scope="row"') == 6
    assert "(4 · 4 · 3 + 1) · 10" in page


def test_a_name_with_html_in_it_is_shown_and_not_run():
    bad = "<img src=x onerror=alert(1)>"
    dense = layers.Dense(3, name=bad)
    inputs = keras.Input((3,))
    page = inspection.table(keras.Model(inputs, dense(dense(inputs)), name=bad))._repr_html_()
    assert "<img" not in page
    assert page.count(html.escape(bad)) == 3
