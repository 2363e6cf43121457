"""Watching activations: what is measured is right, and the run is not changed by it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnbook import data, records, training
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
    for measured in (record.counts, record.means, record.sds, record.moved, record.channels, *record.left_moved.values()):
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


def test_what_leaves_is_measured_channel_by_channel_behind_the_activation():
    images = np.random.default_rng(0).normal(size=(64, 8, 8, 3)).astype("float32")
    inputs = keras.Input((8, 8, 3))
    seen = ActivationWatch(images, updates=10)
    seen.set_model(keras.Model(inputs, layers.LeakyReLU(negative_slope=0.3)(inputs)))
    seen.on_train_begin()
    left = np.where(images > 0, images, np.float32(0.3) * images).reshape(-1, 3)
    expected = np.stack([np.percentile(left, 10, axis=0), left.mean(0), np.percentile(left, 90, axis=0)], axis=1)
    np.testing.assert_allclose(seen.channels[0][0], expected, rtol=6e-3)
    layer = np.stack([left.mean(0), left.std(0), np.percentile(left, 10, axis=0), np.percentile(left, 90, axis=0)])
    np.testing.assert_allclose(seen.before[1][0], layer, rtol=1e-5)


def test_moved_is_the_shift_of_each_quantity_of_a_channel_in_its_deviations():
    still, wide = np.array([[0.0, 0.0], [1.0, 2.0]]), np.array([[1.0, -1.0], [9.0, 9.0]])
    assert activation_watch._moved(still, wide) == pytest.approx([(1 / 1 + 1 / 2) / 2, (8 / 1 + 7 / 2) / 2])


def test_a_histogram_counts_thousandths_and_keeps_what_lies_beyond_in_the_last_bins():
    counts = activation_watch._histogram(np.array([-9.0, -0.99, 0.01, 1.0, 7.0]), reach=1.0)
    assert (counts[0], counts[len(counts) // 2], counts[-1]) == (400, 200, 400)
    assert sum(counts) == 1000


@pytest.mark.parametrize("updates", [0, -1, 2.5, None, True])
def test_the_number_of_updates_is_at_least_one(updates):
    for use in (watched_steps, lambda given: ActivationWatch(np.zeros((1, 32, 32, 3)), given)):
        with pytest.raises((TypeError, ValueError), match=f"updates is {updates}"):
            use(updates)


@given(st.integers(1, 10**6), st.integers(1, 100))
def test_watched_steps_are_updates_that_there_are_from_the_first_to_the_last(updates, count):
    steps = watched_steps(updates, count)
    assert steps == sorted(set(steps))
    assert steps[0] == 0
    assert len(steps) <= count + 1
    assert steps[-1] == updates - 1 if count > 1 else steps[-1] <= 1
    assert watched_steps(np.int32(updates), count) == steps


def test_a_network_without_the_activations_is_refused_before_it_is_trained():
    watch = ActivationWatch(data.scale(small_cifar10().x_train[:8]), 12)
    build = lambda: keras.Sequential([keras.Input((32, 32, 3)), layers.Flatten(), layers.Dense(10)])  # noqa: E731
    with pytest.raises(ValueError, match="has no LeakyReLU whose inputs could be watched"):
        training.train(build, small_cifar10(), RECIPE, seed=0, callbacks=[watch], verbose=False)


def test_a_training_that_fails_to_learn_is_watched_to_its_end_and_recorded(monkeypatch, tmp_path):
    cifar10, recipe = small_cifar10(), Recipe(epochs=1, batch_size=50, optimizer="sgd", learning_rate=1e30)
    watch = ActivationWatch(data.scale(cifar10.x_train[:8]), updates(600, recipe))
    training.train(network, cifar10, recipe, seed=0, callbacks=[watch], verbose=False)
    record = watch.record("trial", 0)
    assert np.isnan(record.means).any()
    monkeypatch.setattr(records, "RECORDS", tmp_path)
    records.save_activations("trial", [record])
    assert records.load_activations("trial") == [record]
