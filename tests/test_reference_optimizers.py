"""The updates against Keras's optimizers, over several steps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnbook import reference
from cnnbook.keras_quietly import keras

TOLERANCE = {"float32": 1e-6, "float64": 1e-12}
few = settings(max_examples=15, deadline=None)
# Keras rounds these numbers to float32, even for weights in float64: with 16 bits each, nothing is rounded.
rates, shares, small = st.floats(2**-10, 1, width=16), st.floats(0.125, 0.9375, width=16), st.sampled_from([2.0**-23, 2.0**-10])
seeds = st.integers(0, 2**32 - 1)


def by_keras(optimizer: keras.optimizers.Optimizer, weights: np.ndarray, gradients: np.ndarray) -> list[np.ndarray]:
    """The weights after each step."""
    variable = keras.Variable(weights, dtype=weights.dtype.name)
    trail = []
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [variable])
        trail.append(variable.numpy().copy())
    return trail


def drawn(seed: int, dtype: str) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(3, 2)).astype(dtype), (rng.normal(size=(12, 3, 2)) * 10.0 ** rng.integers(-4, 2, (3, 2))).astype(dtype)


def assert_same_trail(ours: list[np.ndarray], theirs: list[np.ndarray], dtype: str) -> None:
    assert all(weights.dtype == dtype for weights in ours)
    np.testing.assert_allclose(ours, theirs, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype] * np.abs(theirs).max())


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@few
@given(rates, seeds)
def test_sgd_takes_the_steps_of_keras(dtype, learning_rate, seed):
    weights, gradients = drawn(seed, dtype)
    expected, ours = by_keras(keras.optimizers.SGD(learning_rate), weights, gradients), []
    for gradient in gradients:
        weights = reference.sgd_update(weights, gradient, learning_rate=learning_rate)
        ours.append(weights)
    assert_same_trail(ours, expected, dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@few
@given(rates, shares, seeds)
def test_momentum_takes_the_steps_of_keras(dtype, learning_rate, momentum, seed):
    weights, gradients = drawn(seed, dtype)
    expected, ours = by_keras(keras.optimizers.SGD(learning_rate, momentum=momentum), weights, gradients), []
    velocity = np.zeros_like(weights)
    for gradient in gradients:
        weights, velocity = reference.momentum_update(weights, gradient, velocity, learning_rate=learning_rate, momentum=momentum)
        ours.append(weights)
    assert_same_trail(ours, expected, dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@few
@given(rates, shares, shares, small, seeds)
def test_adam_takes_the_steps_of_keras(dtype, learning_rate, beta_1, beta_2, epsilon, seed):
    weights, gradients = drawn(seed, dtype)
    numbers = {"learning_rate": learning_rate, "beta_1": beta_1, "beta_2": beta_2, "epsilon": epsilon}
    expected, ours = by_keras(keras.optimizers.Adam(**numbers), weights, gradients), []
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for step, gradient in enumerate(gradients, 1):
        weights, first, second = reference.adam_update(weights, gradient, first, second, step, **numbers)
        ours.append(weights)
    assert_same_trail(ours, expected, dtype)


def test_the_defaults_are_those_of_keras():
    weights, gradients = drawn(0, "float32")
    zeros = np.zeros_like(weights)
    gradient = gradients[:1]
    ours = [reference.sgd_update(weights, gradient[0]), reference.adam_update(weights, gradient[0], zeros, zeros, 1)[0]]
    theirs = [*by_keras(keras.optimizers.SGD(), weights, gradient), *by_keras(keras.optimizers.Adam(), weights, gradient)]
    assert_same_trail(ours, theirs, "float32")
