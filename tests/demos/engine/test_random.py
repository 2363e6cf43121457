"""Chance in the engine: the same numbers for the same seed, and spread as Keras spreads them."""

import numpy as np
import pytest

from cnnbook.demos.dropout_mask import uniforms
from cnnbook.keras_quietly import keras

SHAPE = (3, 3, 40, 60)
INITIALISE = """([scheme, seed, scale]) => {
    const layers = [{ kind: "Conv2D", filters: 60, padding: "valid" }, { kind: "BatchNormalization" }];
    const network = new engine.Network({ inputShape: [3, 3, 40], layers }, 1);
    network.initialise({ scheme, seed, scale });
    return network.weights.map(({ values }) => [...values]);
}"""


def test_the_numbers_are_those_of_the_package(engine):
    found = engine.evaluate("() => Array.from({ length: 500 }, (_, i) => engine.uniform(4021, i))")
    assert found == uniforms(4021, 0, 500).tolist()


@pytest.mark.parametrize("scheme", ["glorot_uniform", "he_normal"])
def test_kernels_are_spread_as_those_of_keras(engine, scheme):
    kernel, *others = map(np.array, engine.evaluate(INITIALISE, [scheme, 7, 0]))
    expected = np.asarray(keras.initializers.get(scheme)(SHAPE)).ravel()
    assert kernel.size == expected.size
    for share in (0, 0.1, 0.5, 0.9, 1):  # extremes and quantiles; 21,600 numbers leave little to chance
        assert np.quantile(kernel, share) == pytest.approx(np.quantile(expected, share), abs=0.05 * float(expected.std()))
    assert kernel.std() == pytest.approx(expected.std(), rel=0.02)
    bias, gamma, beta, mean, variance = others
    assert not np.any([*bias, *beta, *mean])
    assert set(gamma) == set(variance) == {1}


def test_chosen_starts_are_the_chosen_ones(engine):
    assert not np.any(engine.evaluate(INITIALISE, ["zeros", 7, 0])[0])
    assert set(engine.evaluate(INITIALISE, ["equal", 7, 0.25])[0]) == {0.25}
    assert np.std(engine.evaluate(INITIALISE, ["normal", 7, 0.25])[0]) == pytest.approx(0.25, rel=0.02)


def test_a_seed_decides_the_weights_and_another_seed_gives_others(engine):
    first, again, other = (engine.evaluate(INITIALISE, ["he_normal", seed, 0])[0] for seed in (1, 1, 2))
    assert first == again != other


def test_shuffling_gives_every_image_once_and_each_epoch_another_order(engine):
    orders = engine.evaluate("() => [1, 1, 2].map((seed) => [...engine.shuffled(100, seed)])")
    assert all(sorted(order) == list(range(100)) for order in orders)
    assert orders[0] == orders[1] != orders[2]
