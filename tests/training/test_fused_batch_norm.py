"""The fused BatchNorm equals Keras's own layer, and is only lent."""

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
