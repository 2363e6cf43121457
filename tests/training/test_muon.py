"""Muon on kernels of convolutions, compared with Keras's Muon on the same numbers as a matrix."""

import numpy as np
import pytest

from cnnbook.keras_quietly import keras, layers
from cnnbook.training.muon import Muon

SETTINGS = {"learning_rate": 0.02, "weight_decay": 0.01, "adam_weight_decay": 0.01}


def after_updates(optimizer, start: np.ndarray, gradients: list[np.ndarray]) -> np.ndarray:
    variable = keras.Variable(start, name="kernel")
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [variable])
    return variable.numpy()


def drawn(shape: tuple[int, ...]) -> tuple[np.ndarray, list[np.ndarray]]:
    rng = np.random.default_rng(0)
    return rng.normal(size=shape).astype("float32"), [rng.normal(size=shape).astype("float32") for _ in range(4)]


@pytest.mark.parametrize("shape", [(3, 3, 8, 5), (3, 3, 2, 40), (1, 1, 6, 6)])
def test_a_kernel_moves_as_the_matrix_of_the_same_numbers_does_in_keras(shape):
    start, gradients = drawn(shape)
    matrix = (-1, shape[-1])
    ours = after_updates(Muon(**SETTINGS), start, gradients)
    theirs = after_updates(keras.optimizers.Muon(**SETTINGS), start.reshape(matrix), [g.reshape(matrix) for g in gradients])
    np.testing.assert_allclose(ours.reshape(matrix), theirs, rtol=1e-5, atol=1e-6)
    assert not np.allclose(ours, after_updates(keras.optimizers.Muon(**SETTINGS), start, gradients), atol=1e-3)


@pytest.mark.parametrize("shape", [(6, 5), (7,)])
def test_what_is_no_kernel_moves_as_in_keras(shape):
    start, gradients = drawn(shape)
    ours, theirs = (after_updates(optimizer(**SETTINGS), start, gradients) for optimizer in (Muon, keras.optimizers.Muon))
    np.testing.assert_array_equal(ours, theirs)


def test_an_update_keeps_the_singular_vectors_and_evens_out_the_singular_values():
    gradient = drawn((3, 3, 4, 16))[0]
    update = Muon().zeropower_via_newtonschulz5(gradient, 5).numpy().reshape(-1, 16)
    left, values, right = np.linalg.svd(gradient.reshape(-1, 16), full_matrices=False)
    assert values.max() > 2 * values.min()
    turned = left.T @ update @ right.T
    np.testing.assert_allclose(turned, np.diag(np.diag(turned)), atol=1e-3)
    assert np.diag(turned).min() > 0.6
    assert np.diag(turned).max() < 1.3


def test_an_excluded_kernel_is_left_to_adam():
    model = keras.Sequential([keras.Input((8, 8, 4)), layers.Conv2D(5, 3, name="mine"), layers.Conv2D(5, 3, name="adams")])
    optimizer = Muon(exclude_layers=["adams"])
    optimizer.build(model.trainable_variables)
    assert [velocity is not None for velocity in optimizer.adam_velocities] == [False, True, True, True]
