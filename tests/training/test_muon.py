"""Muon on kernels of convolutions, compared with Keras's Muon on the same numbers as a matrix."""

import numpy as np
import pytest

from cnnbook import training
from cnnbook.keras_quietly import keras, layers
from cnnbook.recipes import Recipe
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


def test_a_variable_that_is_given_to_adam_is_left_to_adam_whatever_it_is_called():
    model = keras.Sequential([keras.Input((8, 8, 4)), layers.Conv2D(5, 3, name="embedding"), layers.Conv2D(5, 3, name="embedding_2")])
    optimizer = Muon(adams=[model.layers[1].kernel])
    optimizer.build(model.trainable_variables)
    assert [velocity is not None for velocity in optimizer.adam_velocities] == [False, True, True, True]


def body(inputs):
    x = layers.Conv2D(4, 3, name="dense_logits_")(inputs)
    x = layers.BatchNormalization()(x)
    return layers.Dense(6, name="a")(layers.Flatten()(x))


def functional() -> keras.Model:
    inputs = keras.Input((8, 8, 3))
    return keras.Model(inputs, layers.Softmax()(layers.Dense(10, name="b")(body(inputs))))


def sequential() -> keras.Model:
    """Its layers are called so that each name begins like another's."""
    names = [layers.Conv2D(4, 3, name="dense"), layers.BatchNormalization(), layers.Flatten(), layers.Dense(6, name="dense_1")]
    return keras.Sequential(
        [keras.Input((8, 8, 3)), *names, layers.Dense(10, name="dense_10"), layers.BatchNormalization(), layers.Softmax()]
    )


def nested() -> keras.Model:
    """The whole network inside another, whose last layer with weights is therefore a model."""
    inputs = keras.Input((8, 8, 3))
    return keras.Model(inputs, layers.Activation("linear")(functional()(inputs)))


def nested_body() -> keras.Model:
    inner, inputs = keras.Input((8, 8, 3)), keras.Input((8, 8, 3))
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(keras.Model(inner, body(inner))(inputs)))


def sequential_of_models() -> keras.Model:
    inner = keras.Input((8, 8, 3))
    return keras.Sequential(
        [keras.Input((8, 8, 3)), keras.Model(inner, body(inner)), keras.Sequential([layers.Dense(10, activation="softmax")])]
    )


@pytest.mark.parametrize("build", [functional, sequential, nested, nested_body, sequential_of_models])
def test_the_last_kernel_is_adams_and_every_other_is_turned_however_the_network_is_put_together(build):
    model = build()
    training.compile(model, Recipe(optimizer="muon"), updates=10)
    model.optimizer.build(model.trainable_variables)
    adams = zip(model.trainable_variables, model.optimizer.adam_velocities, strict=True)
    assert [tuple(variable.shape) for variable, velocity in adams if velocity is None] == [(3, 3, 3, 4), (144, 6)]
    before = [variable.numpy() for variable in model.trainable_variables]
    images, labels = np.random.default_rng(0).normal(size=(4, 8, 8, 3)).astype("float32"), np.eye(10, dtype="float32")[:4]
    model.fit(images, labels, verbose=0)
    for variable, start in zip(model.trainable_variables, before, strict=True):
        moved = variable.numpy() - start
        assert np.isfinite(moved).all(), variable.path
        assert moved.any() or moved.ndim == 1, variable.path  # biases before BatchNormalization may stay


def test_the_table_of_an_embedding_is_adams_and_a_dense_layer_of_that_name_is_not():
    inputs = keras.Input((5,), dtype="int32")
    x = layers.Flatten()(layers.Embedding(7, 4, name="words")(inputs))
    model = keras.Model(inputs, layers.Dense(10)(layers.Dense(6, name="embedding")(x)))
    training.compile(model, Recipe(optimizer="muon"), updates=10)
    model.optimizer.build(model.trainable_variables)
    turned = zip(model.trainable_variables, model.optimizer.adam_velocities, strict=True)
    assert [tuple(variable.shape) for variable, velocity in turned if velocity is None] == [(20, 6)]
