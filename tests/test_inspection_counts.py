"""Parameters and multiply–accumulates of any layer, model and published network, against Keras and counts made another way."""

import math
import warnings

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnbook import inspection
from cnnbook.arithmetic import same_padding
from cnnbook.inspection import counting
from cnnbook.models import keras, layers

some = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def row_of(layer, shape):
    """The row of a layer alone, whose parameters are those Keras counts."""
    row = inspection.table(keras.Sequential([keras.Input(shape), layer])).rows[-1]
    assert row.parameters == layer.count_params() == sum(math.prod(weight.shape) for weight in layer.weights)
    return row


def sum_with_ones(layer, shape) -> int:
    """What a built layer makes of ones with ones as kernel and zeros as biases: the number of its products with the input."""
    layer.set_weights([np.full(weight.shape, float(weight.name != "bias")) for weight in layer.weights])
    return round(float(np.sum(layer(np.ones((1, *shape), "float64")), dtype=np.float64)))


def traced(model) -> int:
    """Products with weights for one image, from the operations and the shapes in TensorFlow's graph of the model."""
    inputs = [tf.TensorSpec((1, *tensor.shape[1:]), tensor.dtype) for tensor in model.inputs]
    found = tf.function(lambda *x: model(x if len(x) > 1 else x[0], training=False)).get_concrete_function(*inputs)
    total = 0
    for operation in found.graph.get_operations():
        if operation.type in ("Conv2D", "DepthwiseConv2dNative", "MatMul", "BatchMatMulV2", "Tensordot"):
            kernel, output = operation.inputs[1].shape, operation.outputs[0].shape
            window = {"DepthwiseConv2dNative": kernel[:2], "MatMul": kernel[:1]}.get(operation.type, kernel[:-1])
            total += math.prod(output) * math.prod(window)
    return total


@st.composite
def convolutions(draw, transposed=False):
    """The class, the arguments and the input's shape of a convolution along one, two or three axes."""
    axes = draw(st.integers(1, 3))
    kernel = draw(st.tuples(*[st.integers(1, 4)] * axes))
    strides = draw(st.tuples(*[st.integers(1, 3)] * axes))
    dilation = draw(st.tuples(*[st.integers(1, 2)] * axes)) if max(strides) == 1 and not transposed else (1,) * axes
    groups = 1 if transposed else draw(st.integers(1, 3))
    arguments = {
        "filters": groups * draw(st.integers(1, 3)),
        "kernel_size": kernel,
        "strides": strides,
        "dilation_rate": dilation,
        "use_bias": draw(st.booleans()),
    }
    if not transposed:
        arguments["groups"] = groups
    sides = [draw(st.integers(step * (size - 1) + 1, 9)) for size, step in zip(kernel, dilation, strict=True)]
    name = f"Conv{axes}D" + ("Transpose" if transposed else "")
    return getattr(layers, name), arguments, (*sides, groups * draw(st.integers(1, 3)))


@given(convolutions())
@some
def test_a_convolution_counts_each_product_at_each_position(case):
    kind, arguments, shape = case
    layer = kind(**arguments)
    assert row_of(layer, shape).multiply_accumulates == sum_with_ones(layer, shape)


@given(convolutions())
@some
def test_padding_counts_as_if_it_were_pixels(case):
    kind, arguments, shape = case
    row = row_of(kind(**arguments, padding="same"), shape)
    settings_of_axes = zip(shape, arguments["kernel_size"], arguments["strides"], arguments["dilation_rate"], strict=False)
    sides = [side + sum(same_padding(side, *others)) for side, *others in settings_of_axes]
    padded = (*sides, shape[-1])
    twin = kind(**arguments)
    assert row_of(twin, padded).output_shape == row.output_shape
    assert row.multiply_accumulates == sum_with_ones(twin, padded)


@given(convolutions(transposed=True))
@some
def test_a_transposed_convolution_counts_each_product_at_each_position_of_its_input(case):
    kind, arguments, shape = case
    layer = kind(**arguments)
    assert row_of(layer, shape).multiply_accumulates == sum_with_ones(layer, shape)


@given(convolutions(), st.booleans())
@some
def test_channels_first_counts_what_channels_last_counts(case, same):
    kind, arguments, shape = case
    padding = "same" if same else "valid"
    last = row_of(kind(**arguments, padding=padding), shape)
    first = row_of(kind(**arguments, padding=padding, data_format="channels_first"), (shape[-1], *shape[:-1]))
    assert (first.parameters, first.multiply_accumulates) == (last.parameters, last.multiply_accumulates)
    assert first.output_shape == (last.output_shape[-1], *last.output_shape[:-1])


@given(
    axes=st.integers(1, 2),
    kernel=st.integers(1, 4),
    stride=st.integers(1, 3),
    multiplier=st.integers(1, 3),
    channels=st.integers(1, 4),
    filters=st.integers(1, 4),
    side=st.integers(4, 9),
    use_bias=st.booleans(),
    first=st.booleans(),
)
@some
def test_depthwise_and_separable_convolutions_count_what_their_parts_count(
    axes, kernel, stride, multiplier, channels, filters, side, use_bias, first
):
    arguments = {"depth_multiplier": multiplier, "use_bias": use_bias}
    depthwise = getattr(layers, f"DepthwiseConv{axes}D")(kernel, strides=stride, **arguments)
    shape = (*[side] * axes, channels)
    row = row_of(depthwise, shape)
    assert row.multiply_accumulates == sum_with_ones(depthwise, shape)
    data_format = "channels_first" if first else "channels_last"
    separable = getattr(layers, f"SeparableConv{axes}D")(filters, kernel, strides=stride, data_format=data_format, **arguments)
    pointwise = row_of(getattr(layers, f"Conv{axes}D")(filters, 1), row.output_shape)
    whole = row_of(separable, (channels, *shape[:-1]) if first else shape)
    assert whole.multiply_accumulates == row.multiply_accumulates + pointwise.multiply_accumulates


@given(shape=st.lists(st.integers(1, 5), min_size=1, max_size=4), units=st.integers(1, 6), use_bias=st.booleans())
@some
def test_a_dense_layer_of_any_rank_counts_each_product(shape, units, use_bias):
    layer = layers.Dense(units, use_bias=use_bias)
    assert row_of(layer, shape).multiply_accumulates == sum_with_ones(layer, shape)


@pytest.mark.parametrize(
    ("equation", "given_shape", "output", "bias"),
    [
        ("ab,bc->ac", (5,), 3, "c"),
        ("abc,cd->abd", (4, 5), (4, 3), "d"),
        ("abc,cde->abde", (4, 5), (4, 2, 3), "de"),
        ("abcd,cde->abe", (4, 5, 6), (4, 3), None),
        ("...x,xy->...y", (4, 5, 6), (None, None, 3), "y"),
        ("abc,bd->adc", (4, 5), (3, 5), None),
        ("abc,bcd->abcd", (4, 5), (4, 5, 2), None),
    ],
)
def test_an_einsum_layer_counts_each_product(equation, given_shape, output, bias):
    layer = layers.EinsumDense(equation, output, bias_axes=bias)
    assert row_of(layer, given_shape).multiply_accumulates == sum_with_ones(layer, given_shape)


@pytest.mark.parametrize("equation", ["abc,cd->ad", "abc,ad->bcd"])
def test_an_einsum_layer_that_need_not_multiply_each_pair_is_refused(equation):
    output = (3,) if equation.endswith("ad") else (5, 3)
    with pytest.raises((TypeError, ValueError), match="layer 'odd'"):
        row_of(layers.EinsumDense(equation, output, name="odd"), (4, 5))


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize(
    ("build", "shape"),
    [
        (lambda: layers.BatchNormalization(), (4, 4, 6)),
        (lambda: layers.BatchNormalization(scale=False), (4, 4, 6)),
        (lambda: layers.BatchNormalization(center=False, axis=1), (6, 4, 4)),
        (lambda: layers.BatchNormalization(center=False, scale=False), (6,)),
        (lambda: layers.BatchNormalization(renorm=True), (6,)),
        (lambda: layers.LayerNormalization(axis=(1, 2)), (4, 6)),
        (lambda: layers.LayerNormalization(scale=False, center=False), (4, 6)),
        (lambda: layers.GroupNormalization(2), (4, 4, 6)),
        (lambda: layers.RMSNormalization(), (4, 6)),
        (lambda: layers.UnitNormalization(), (4, 6)),
        (lambda: layers.Normalization(), (4, 6)),
        (lambda: layers.Embedding(1000, 6), (7,)),
        (lambda: layers.PReLU(), (4, 4, 6)),
        (lambda: layers.PReLU(shared_axes=(1, 2)), (4, 4, 6)),
    ],
)
def test_a_layer_without_a_kernel_has_keras_parameters_and_multiplies_nothing(build, shape, frozen):
    layer = build()
    layer.trainable = not frozen
    assert row_of(layer, shape).multiply_accumulates == 0


def examples(kind: type) -> list:
    """Ways to make a layer of a class, with what it is used on, until one works."""
    shape = {"1D": (8, 4), "3D": (6, 6, 6, 4)}.get(kind.__name__.removesuffix("Transpose")[-2:], (8, 8, 4))
    inner = layers.Dense(2)
    arguments = [(), (0.5,), (2, 2), (2,), (inner,), (layers.LSTMCell(2),), ((2, 1, 3),), ((-1,),), (lambda x: x,), ("ab...,bc->ac...", 2)]
    return [(values, taken) for taken in (shape, (8, 4), (8,), (3, 8, 8, 4), (3, 4, 4, 4, 4)) for values in arguments]


def used(kind: type):
    """A model of one layer of this class, or None where it takes something else than what is tried."""
    for values, shape in examples(kind):
        inputs = keras.Input(shape)
        for given_inputs in ([inputs], [[inputs, inputs]], [inputs, inputs]):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    output = kind(*values, name="odd")(*given_inputs)
                return keras.Model(inputs, output)
            except Exception:  # noqa: S112
                continue
    return None


KINDS = sorted({kind for kind in vars(layers).values() if isinstance(kind, type) and issubclass(kind, layers.Layer)}, key=str)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not layers.InputLayer], ids=lambda kind: kind.__name__)
def test_every_layer_of_keras_is_counted_or_refused_by_name(kind):
    model = used(kind)
    if model is None:
        assert kind.__name__ in counting.NOT_COUNTED or kind.__name__.endswith("Cell") or kind in counting.rules()
        return
    try:
        table = inspection.table(model)
    except (TypeError, ValueError) as refused:
        assert str(refused).startswith("layer 'odd")
        assert kind not in counting.rules()
        return
    assert table.parameters == model.count_params()
    if kind not in counting.rules():
        assert (table.parameters, table.multiply_accumulates) == (0, 0)
        assert traced(model) == 0


@st.composite
def networks(draw):
    """A network of a few steps: each takes one or two of the maps so far, and some layers and models are used again."""
    inputs = keras.Input((6, 6, 4))
    shared = {
        "convolution": layers.Conv2D(4, 3, padding="same"),
        "depthwise": layers.DepthwiseConv2D(3, padding="same"),
        "inner": keras.Sequential(
            [keras.Input((None, None, 4)), layers.Conv2D(2, 1, activation="relu"), layers.Conv2D(4, 2, padding="same")]
        ),
    }
    maps = [inputs]
    for _ in range(draw(st.integers(1, 6))):
        x, y = draw(st.sampled_from(maps)), draw(st.sampled_from(maps))
        step = draw(st.sampled_from([*shared, "new", "dense", "add", "join", "half"]))
        if step == "new":
            x = layers.Conv2D(4, draw(st.integers(1, 3)), padding="same", use_bias=draw(st.booleans()))(x)
        elif step == "dense":
            x = layers.LeakyReLU()(layers.BatchNormalization()(layers.Dense(4)(x)))
        elif step == "add" and x.shape == y.shape:
            x = layers.Add()([x, y]) if draw(st.booleans()) else x + y
        elif step == "join" and x.shape == y.shape:
            x = layers.Conv2D(4, 1)(layers.Concatenate()([x, y]))
        elif step == "half":
            x = layers.MaxPooling2D(padding="same")(x)
        elif step in shared:
            x = shared[step](x)
        maps.append(x)
    return keras.Model(inputs, [layers.GlobalAveragePooling2D()(x) for x in maps[-2:]])


@given(networks())
@settings(some, max_examples=25)
def test_branches_shared_layers_and_models_within_count_what_tensorflow_computes(model):
    table = inspection.table(model)
    assert table.parameters == model.count_params()
    assert table.multiply_accumulates == traced(model)


# Multiply–accumulates for an image of 224 × 224 as published, and half a unit of the last digit that is given.
PUBLISHED = {
    "VGG16": (15.5e9, 0.05e9),  # Canziani, Paszke and Culurciello 2016, arXiv:1605.07678
    "ResNet50": (3.8e9, 0.06e9),  # He et al. 2016, arXiv:1512.03385, table 1, "3.8 × 10⁹ FLOPs (multiply-adds)", cut off, not rounded
    "MobileNetV2": (300e6, 5e6),  # Sandler et al. 2018, arXiv:1801.04381, table 4, "300M" multiply-adds
    "EfficientNetB0": (0.39e9, 0.005e9),  # Tan and Le 2019, arXiv:1905.11946, table 2, "0.39B"
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_networks_count_what_keras_tensorflow_and_their_papers_count(name):
    model = getattr(keras.applications, name)(weights=None)
    table = inspection.table(model)
    published, rounding = PUBLISHED[name]
    assert table.parameters == model.count_params()
    assert table.multiply_accumulates == traced(model)
    assert abs(table.multiply_accumulates - published) <= rounding
