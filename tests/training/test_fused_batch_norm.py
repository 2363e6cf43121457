"""The fused BatchNorm equals Keras's own layer, and is only lent."""

from contextlib import nullcontext

import numpy as np
import pytest

from cnnbook.keras_quietly import keras
from cnnbook.training.fused_batch_norm import FusedBatchNormalization, fused_batch_norm

import tensorflow as tf  # isort: skip


def forward_and_gradients(layer, x, weights):
    """Output, gradients of a weighted sum of it for input, gamma and beta, and the moving statistics afterwards."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        output = layer(x, training=True)
        loss = tf.reduce_sum(output * weights)
    gradients = tape.gradient(loss, [x, layer.gamma.value, layer.beta.value])
    return [output, *gradients, layer.moving_mean.value, layer.moving_variance.value]


@pytest.mark.parametrize("shape", [(32, 8, 8, 5), (7, 3, 5, 4), (32, 16), (5, 3)])
def test_fused_batch_norm_equals_keras_in_output_gradients_and_moving_statistics(shape):
    rng = np.random.default_rng(0)
    x = tf.constant(rng.normal(3, 2, shape), tf.float32)
    weights = tf.constant(rng.normal(size=shape), tf.float32)
    results = []
    for kind in (keras.layers.BatchNormalization, FusedBatchNormalization):
        layer = kind()
        layer.build(shape)
        layer.set_weights(
            [rng_.normal(1, 0.2, shape[-1:]) for rng_ in [np.random.default_rng(1)] for _ in range(3)] + [np.ones(shape[-1:])]
        )
        results.append(forward_and_gradients(layer, x, weights))
    for ours, keras_own in zip(*results, strict=True):
        np.testing.assert_allclose(ours, keras_own, rtol=1e-5, atol=1e-5)


def small_network() -> keras.Model:
    return keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Conv2D(4, 3, strides=4), keras.layers.BatchNormalization()])


def test_batch_norm_layers_are_keras_own_again_after_training_even_if_it_fails():
    model = small_network()

    def train_and_fail():
        with fused_batch_norm(model):
            assert type(model.layers[-1]) is FusedBatchNormalization
            raise RuntimeError

    with pytest.raises(RuntimeError):
        train_and_fail()
    assert type(model.layers[-1]) is keras.layers.BatchNormalization


def test_prediction_uses_the_moving_statistics_while_the_fused_layer_is_in_place():
    model = small_network()
    images = np.random.default_rng(0).normal(size=(4, 32, 32, 3)).astype("float32")
    rng = np.random.default_rng(1)
    model.layers[-1].set_weights([rng.uniform(0.5, 2, 4) for _ in range(4)])
    plain = model(images, training=False)
    with fused_batch_norm(model):
        np.testing.assert_allclose(model(images, training=False), plain, rtol=1e-4, atol=1e-6)


def test_a_layer_that_the_kernel_does_not_know_is_left_alone():
    inputs = keras.Input((8, 6, 4))
    outputs = inputs
    for special in ({"scale": False}, {"axis": 1}, {"synchronized": True}, {"renorm": True}):
        outputs = keras.layers.BatchNormalization(**special)(outputs)
    model = keras.Model(inputs, outputs)
    with fused_batch_norm(model):
        assert not any(isinstance(layer, FusedBatchNormalization) for layer in model.layers)


def case(shape: tuple, dtype: str = "float32", **options) -> keras.Model:
    inputs = keras.Input(shape, dtype=dtype)
    return keras.Model(inputs, keras.layers.BatchNormalization(dtype=dtype, **options)(inputs))


def masked() -> keras.Model:
    inputs = keras.Input((6, 4))
    return keras.Model(inputs, keras.layers.BatchNormalization()(keras.layers.Masking(mask_value=0.0)(inputs)))


def shared() -> keras.Model:
    """One layer, called twice, at two sizes."""
    inputs, norm = keras.Input((8, 6, 4)), keras.layers.BatchNormalization()
    return keras.Model(inputs, norm(keras.layers.MaxPooling2D()(norm(inputs))))


def nested() -> keras.Model:
    inputs = keras.Input((8, 6, 4))
    return keras.Model(inputs, keras.layers.BatchNormalization()(case((8, 6, 4))(inputs)))


def after_conv1d() -> keras.Model:
    inputs = keras.Input((9, 3))
    return keras.Model(inputs, keras.layers.BatchNormalization()(keras.layers.Conv1D(4, 3)(inputs)))


def not_sized() -> keras.Model:
    return case((None, None, 4))


CASES = {
    "three dimensions": lambda: case((6, 4)),
    "five dimensions": lambda: case((3, 6, 5, 4)),
    "after Conv1D": after_conv1d,
    "float16": lambda: case((8, 6, 4), "float16"),
    "bfloat16": lambda: case((8, 6, 4), "bfloat16"),
    "float64": lambda: case((8, 6, 4), "float64"),
    "mixed precision": lambda: keras.Sequential([keras.Input((8, 6, 4)), keras.layers.BatchNormalization(dtype="mixed_float16")]),
    "axis 1 of 3": lambda: case((8, 6, 4), axis=1),
    "axis 1 of 1": lambda: case((4,), axis=1),
    "axis 3": lambda: case((8, 6, 4), axis=3),
    "axis -3": lambda: case((8, 6, 4), axis=-3),
    "masked": masked,
    "shared": shared,
    "nested": nested,
    "sizes not known": not_sized,
    "not trainable": lambda: case((8, 6, 4), trainable=False),
    "without shift": lambda: case((8, 6, 4), center=False),
    "renorm": lambda: case((8, 6, 4), renorm=True),
}


@pytest.mark.parametrize("build", CASES.values(), ids=CASES)
@pytest.mark.parametrize("training", [True, False])
def test_a_model_gives_what_keras_gives_whatever_its_batch_norm_is(build, training):
    model = build()
    rng = np.random.default_rng(0)
    start = [rng.uniform(0.5, 2, weight.shape) for weight in model.get_weights()]
    x = rng.normal(3, 2, (5, *(size or 7 for size in model.inputs[0].shape[1:]))).astype(
        model.inputs[0].dtype.replace("bfloat16", "float32")
    )
    x[0] = 0  # masked, where zeros are
    results = []
    for lend in (fused_batch_norm, nullcontext):
        model.set_weights(start)
        with lend(model):
            outputs = np.asarray(keras.ops.cast(model(x, training=training), "float64"))
        results.append([outputs, *model.get_weights()])
    tolerance = 1e-2 if "16" in str(model.layers[-1].compute_dtype) else 1e-4
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(np.asarray(ours, "float64"), np.asarray(theirs, "float64"), rtol=tolerance, atol=tolerance)
