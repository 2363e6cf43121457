"""Watching activations: what is measured is right, and the run is not changed by it."""

import numpy as np
import pytest

from cnnbook import data, training
from cnnbook.keras_quietly import keras, layers
from cnnbook.models.ablations import ChannelNoise
from cnnbook.recipes import Recipe, updates
from cnnbook.training import activation_watch
from cnnbook.training.activation_watch import ActivationWatch, watched_steps

RECIPE = Recipe(epochs=2, batch_size=50)


def small_cifar10() -> data.Cifar10:
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (600, 32, 32, 3), np.uint8), rng.integers(0, 10, 600).astype(np.uint8)
    return data.Cifar10(images, labels, images[:100], labels[:100])


def network() -> keras.Model:
    inputs = keras.Input((32, 32, 3))
    x = layers.BatchNormalization()(layers.Conv2D(4, 3, strides=8)(inputs))
    x = layers.LeakyReLU()(ChannelNoise()(x))
    x = layers.LeakyReLU()(layers.Dropout(0.5)(layers.Dense(6)(layers.Flatten()(x))))
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))


def run(*, watch: bool):
    cifar10 = small_cifar10()
    seen = ActivationWatch(data.scale(cifar10.x_train[:64]), updates(600, RECIPE))
    callbacks = [seen] if watch else []
    _, result = training.train(network, cifar10, RECIPE, seed=1, callbacks=callbacks, verbose=False)
    return seen, result


def test_a_watched_run_ends_exactly_like_an_unwatched_one():
    assert run(watch=True)[1].history == run(watch=False)[1].history


def test_a_record_has_one_measurement_for_each_layer_and_step():
    record = run(watch=True)[0].record("trial", 1)
    assert record.steps == watched_steps(24)
    assert record.steps[-1] == 23
    for measured in (record.counts, record.means, record.sds, record.moved):
        assert [len(layer) for layer in measured] == 2 * [len(record.steps)]


def test_means_and_deviations_are_those_of_the_layers_inputs_in_training_mode():
    images = np.random.default_rng(0).normal(size=(64, 32, 32, 3)).astype("float32")
    inputs = keras.Input((32, 32, 3))
    normalised = layers.BatchNormalization(beta_initializer=keras.initializers.Constant(3.0))(layers.Conv2D(4, 3)(inputs))
    seen = ActivationWatch(images, updates=10)
    seen.set_model(keras.Model(inputs, layers.LeakyReLU()(normalised)))
    seen.on_train_begin()
    assert seen.means == [[pytest.approx(3, abs=1e-3)]]
    assert seen.sds == [[pytest.approx(1, abs=0.01)]]


def test_moved_is_the_shift_of_a_channels_mean_in_its_deviations():
    still, wide = (np.array([0.0, 0.0]), np.array([1.0, 2.0])), (np.array([1.0, -1.0]), np.array([9.0, 9.0]))
    assert activation_watch._moved(still, wide) == pytest.approx((1 / 1 + 1 / 2) / 2)


def test_a_histogram_counts_thousandths_and_keeps_what_lies_beyond_in_the_last_bins():
    counts = activation_watch._histogram(np.array([-9.0, -0.99, 0.01, 1.0, 7.0]), reach=1.0)
    assert (counts[0], counts[len(counts) // 2], counts[-1]) == (400, 200, 400)
    assert sum(counts) == 1000
