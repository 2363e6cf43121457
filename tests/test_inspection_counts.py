"""Parameters and multiply–accumulates of any layer, model and published network, against Keras and counts made another way."""

import inspect
import math

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnbook import inspection
from cnnbook.arithmetic import same_padding
from cnnbook.inspection import counting
from cnnbook.keras_quietly import keras, layers

some = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


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
    """The class, the arguments and the input's shape of a convolution along one, two or three axes.

    In float64: in float32 oneDNN's Conv3D reads memory that is not its own where a stride leaves a rest (TensorFlow 2.21).
    """
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
        "dtype": "float64",
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
        ("...x,xy->...y", (5, 6), 3, "y"),
        ("abc,bd->adc", (4, 5), (3, 5), None),
        ("abc,bcd->abcd", (4, 5), (4, 5, 2), None),
    ],
)
def test_an_einsum_layer_counts_each_product(equation, given_shape, output, bias):
    layer = layers.EinsumDense(equation, output, bias_axes=bias)
    assert row_of(layer, given_shape).multiply_accumulates == sum_with_ones(layer, given_shape)


@pytest.mark.parametrize(
    ("equation", "given_shape", "output"),
    [
        ("abc,cd->ad", (4, 5), 3),  # adding first is less work
        ("...x,xy->...y", (4, 5, 6), 3),  # Keras 3.15 says that the output is (5, 4, 3), and makes (4, 5, 3)
    ],
)
def test_an_einsum_layer_that_is_not_understood_is_refused(equation, given_shape, output):
    with pytest.raises(ValueError, match="layer 'odd'"):
        row_of(layers.EinsumDense(equation, output, name="odd"), given_shape)


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


NEEDS = {  # arguments and shapes for layers that do not do with none, and pictures
    "Activation": (["relu"], [(8,)]),
    "AdditiveAttention": ([], [(8, 4), (8, 4)]),
    "Attention": ([], [(8, 4), (8, 4)]),
    "Bidirectional": ([layers.LSTM(2)], [(8, 4)]),
    "CategoryEncoding": ([3], [(8,)]),
    "Discretization": ([[0.0, 1.0]], [(8,)]),
    "Dot": ([1], [(8,), (8,)]),
    "EinsumDense": (["ab,bc->ac", 2], [(8,)]),
    "Embedding": ([9, 2], [(8,)]),
    "GroupNormalization": ([2], [(8, 8, 4)]),
    "HashedCrossing": ([3], [(1,), (1,)]),
    "Hashing": ([3], [(8,)]),
    "Lambda": ([lambda x: x / 2], [(8,)]),
    "MelSpectrogram": ([], [(8000,)]),
    "Permute": ([(2, 1)], [(8, 4)]),
    "Pipeline": ([[layers.Dense(2)]], [(8,)]),
    "RNN": ([layers.LSTMCell(2)], [(8, 4)]),
    "RandomTranslation": ([0.5, 0.5], [(8, 8, 4)]),
    "RepeatVector": ([3], [(8,)]),
    "Reshape": ([(-1,)], [(8, 4)]),
    "ReversibleEmbedding": ([9, 2], [(8,)]),
    "STFTSpectrogram": ([], [(8000, 1)]),
    "SpatialDropout1D": ([0.5], [(8, 4)]),
    "SpatialDropout3D": ([0.5], [(6, 6, 6, 4)]),
    "SpectralNormalization": ([layers.Dense(2)], [(8,)]),
    "StringLookup": ([], [(8,)]),
    "TextVectorization": ([], [(8,)]),
    "TimeDistributed": ([layers.Dense(2)], [(8, 4)]),
} | {name: ([2], [(8, 4)]) for name in ("GRU", "LSTM", "SimpleRNN")}
NEEDS |= {f"ConvLSTM{axes}D": ([2, 2], [(3, *[4] * axes, 4)]) for axes in (1, 2, 3)}
NEEDS |= {name: ([], [(8, 8, 4)] * 2) for name in ("Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "Subtract")}
NEEDS |= {name: ([2] * sizes, [(8, 4)] * 2) for name, sizes in (("MultiHeadAttention", 2), ("GroupedQueryAttention", 3))}
# No layer of a graph; or wrapped around something else; or (Equalization) given out by Keras as its own input, so that there is no model.
NOT_IN_A_MODEL = {"GRUCell", "LSTMCell", "SimpleRNNCell", "StackedRNNCells", "Layer", "InputLayer", "Wrapper", "Equalization"}
NOT_IN_A_MODEL |= {"FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper"}
KINDS = sorted({kind for kind in vars(layers).values() if isinstance(kind, type) and issubclass(kind, layers.Layer)}, key=str)


TAKES = {layers.StringLookup: "string", layers.HashedCrossing: "int32"}


def used(kind: type) -> keras.Model:
    """A model of one layer of this class, which is named "odd"."""
    needs = inspect.signature(kind).parameters.values()
    required = sum(each.default is each.empty and each.kind is each.POSITIONAL_OR_KEYWORD for each in needs)
    rank = {"1D": 1, "3D": 3}.get(kind.__name__.removesuffix("Transpose")[-2:], 2)
    values, shapes = NEEDS.get(kind.__name__, ([1] * required, [(*[6] * rank, 3)]))
    inputs = [keras.Input(shape, dtype=TAKES.get(kind)) for shape in shapes]
    layer = kind(*values, name="odd")
    apart = len(inputs) == 1 or "QueryAttention" in kind.__name__ or kind is layers.MultiHeadAttention
    return keras.Model(inputs, layer(*inputs) if apart else layer(inputs))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.__name__ not in NOT_IN_A_MODEL], ids=lambda kind: kind.__name__)
def test_every_layer_of_keras_is_counted_or_refused_by_name(kind):
    model = used(kind)
    if kind in counting.RULES or not (model.count_params() or kind.__name__ in {*counting.NOT_COUNTED, "TextVectorization"}):
        table = inspection.table(model)
        assert table.parameters == model.count_params()
        if not table.parameters:
            assert table.multiply_accumulates == 0
            if not kind.__name__.startswith("Adaptive"):  # which Keras puts together from products with numbers that it never changes
                assert traced(model) == 0
    else:
        with pytest.raises((TypeError, ValueError), match=f"layer 'odd' .{kind.__name__}.*"):
            inspection.table(model)


STEPS = ("convolution", "depthwise", "inner", "new", "dense", "add", "join", "half")


def network(steps: list[tuple[str, int, int]]) -> keras.Model:
    """Each step takes one or two of the maps so far; "convolution", "depthwise" and "inner" are the same each time."""
    inputs = keras.Input((6, 6, 4))
    inner = [keras.Input((None, None, 4)), layers.Conv2D(2, 1, activation="relu"), layers.Conv2D(4, 2, padding="same")]
    shared = {
        "convolution": layers.Conv2D(4, 3, padding="same"),
        "depthwise": layers.DepthwiseConv2D(3, padding="same"),
        "inner": keras.Sequential(inner),
    }
    maps = [inputs]
    for step, left, right in steps:
        x, y = maps[left % len(maps)], maps[right % len(maps)]
        if step == "new":
            x = layers.Conv2D(4, 1 + right % 3, padding="same", use_bias=bool(left % 2))(x)
        elif step == "dense":
            x = layers.LeakyReLU()(layers.BatchNormalization()(layers.Dense(4)(x)))
        elif step == "add" and x.shape == y.shape:
            x = layers.Add()([x, y]) if left % 2 else x + y
        elif step == "join" and x.shape == y.shape:
            x = layers.Conv2D(4, 1)(layers.Concatenate()([x, y]))
        elif step == "half":
            x = layers.MaxPooling2D(padding="same")(x)
        elif step in shared:
            x = shared[step](x)
        maps.append(x)
    return keras.Model(inputs, [layers.GlobalAveragePooling2D()(x) for x in maps[-2:]])


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=6))
@settings(some, max_examples=20)
def test_branches_shared_layers_and_models_within_count_what_tensorflow_computes(steps):
    model = network(steps)
    table = inspection.table(model)
    assert table.parameters == model.count_params()
    assert table.multiply_accumulates == traced(model)


# Multiply–accumulates for an image of 224 × 224 as published, and half a unit of the last digit that is given.
PUBLISHED = {
    "VGG16": (15.5e9, 0.05e9),  # Sze, Chen, Yang and Emer 2017, arXiv:1703.09039: "15.5G MACs"
    "ResNet50": (3.9e9, 0.05e9),  # the same: "3.9G MACs"; He et al. 2016, arXiv:1512.03385, table 1, cut it off: 3.8 × 10⁹
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
