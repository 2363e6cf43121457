"""The projects: what they hold to be right is what Keras does, and what they measure is what is there."""

import numpy as np
import pytest

from cnnbook.exercises import corners, whole_maps
from cnnbook.exercises.mechanics import EXERCISES, verdict
from cnnbook.keras_quietly import keras, layers, tf


def cases(name):
    return EXERCISES[name]().cases


def test_training_by_hand_gives_the_losses_of_keras():
    for x, labels, w1, b1, w2, b2, rate, steps in cases("train_by_hand"):
        network = keras.Sequential([keras.Input(x.shape[1:]), layers.Dense(len(b1), activation="relu"), layers.Dense(len(b2))])
        network.set_weights([w1, b1, w2, b2])
        network.compile(keras.optimizers.SGD(rate), keras.losses.CategoricalCrossentropy(from_logits=True))
        losses = []
        for _ in range(steps):
            network.reset_metrics()
            losses.append(float(network.train_on_batch(x, labels)))
        np.testing.assert_allclose(EXERCISES["train_by_hand"]().right(x, labels, w1, b1, w2, b2, rate, steps), losses, rtol=1e-4)


def test_a_convolution_with_the_folded_weights_does_what_keras_does_with_two_layers():
    for kernel, bias, gamma, beta, mean, variance, epsilon in cases("fold_batch_norm"):
        images = np.random.default_rng(0).normal(size=(2, 6, 7, kernel.shape[2])).astype("float32")
        convolution, folded = (layers.Conv2D(len(bias), kernel.shape[:2]) for _ in range(2))
        normalise = layers.BatchNormalization(epsilon=epsilon)
        both = normalise(convolution(images))
        convolution.set_weights([kernel, bias])
        normalise.set_weights([gamma, beta, mean, variance])
        both = normalise(convolution(images), training=False)
        row = EXERCISES["fold_batch_norm"]().right(kernel, bias, gamma, beta, mean, variance, epsilon)
        folded(images)
        folded.set_weights([row[: kernel.size].reshape(kernel.shape), row[kernel.size :]])
        np.testing.assert_allclose(folded(images), both, rtol=1e-4, atol=1e-4)


def test_a_gradient_is_shortened_as_tensorflow_shortens_it():
    for gradient, limit in cases("clip_by_norm"):
        np.testing.assert_allclose(EXERCISES["clip_by_norm"]().right(gradient, limit), tf.clip_by_norm(gradient, limit), atol=1e-12)


def test_ten_times_the_weights_before_batch_normalization_have_a_tenth_of_the_gradient():
    rng = np.random.default_rng(1)
    inputs, error = rng.normal(size=(2, 50, 4)).astype("float32")
    kernel, normalise = rng.normal(size=(4, 4)).astype("float32"), layers.BatchNormalization(epsilon=1e-7)
    outputs, slopes = [], []
    for times in (1, 10):
        weights = tf.constant(times * kernel)
        with tf.GradientTape() as tape:
            tape.watch(weights)
            outputs.append(normalise(inputs @ weights, training=True))
            loss = tf.reduce_sum(outputs[-1] * error)
        slopes.append(np.abs(tape.gradient(loss, weights)).max())
    output, factor = EXERCISES["ten_times_the_weights"]().right
    assert output == "as before"
    np.testing.assert_allclose(*outputs, atol=1e-3)
    assert slopes[1] / slopes[0] == pytest.approx(factor, rel=1e-2)


def test_the_errors_behind_dropout_are_what_keras_hands_back_through_that_mask():
    layer = layers.Dropout(0.5, seed=0)
    for _ in range(200):
        x = tf.ones(4)
        with tf.GradientTape() as tape:
            tape.watch(x)
            passed_on = layer(x, training=True)
            loss = tf.reduce_sum(passed_on * [1.0, 4.0, -2.0, -3.0])
        if ((passed_on.numpy() > 0) == [True, False, False, True]).all():
            np.testing.assert_array_equal(tape.gradient(loss, x), EXERCISES["errors_behind_dropout"]().right)
            return
    pytest.fail("that mask never came")


def test_keras_itself_passes_as_a_dropout_of_whole_maps_and_its_plain_dropout_does_not():
    def by(layer):
        return lambda maps, rate, rng: layer(rate, seed=int(rng.integers(2**31)))(maps, training=True)

    assert verdict("drop_whole_maps", by(layers.SpatialDropout2D)) == "✓ drop_whole_maps: right."
    assert verdict("drop_whole_maps", by(layers.Dropout)) == f"✗ drop_whole_maps: {whole_maps.SINGLE}."


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda maps, rate, rng: 0 * maps, "everything is dropped"),
        (lambda maps, rate, rng: whole_maps.dropped(maps, 0.4, rng, scale=4 / 3), "it drops a share of 0."),
        (lambda maps, rate, rng: whole_maps.dropped(maps, rate, rng, scale=2), "survivors are multiplied by 2; think of the share"),
        (lambda maps, rate, rng: whole_maps.dropped(maps, 0.25, rng), "with a rate of 0 everything stays as it is"),
        (lambda maps, rate, rng: maps[0], "gives an array of shape (4, 5, 30) instead of (40, 4, 5, 30)"),
        (lambda maps, rate, rng: 1 / 0, "stops with ZeroDivisionError"),
        (np.ones(3), "expected a function, got an array of shape (3,)"),
    ],
)
def test_what_else_a_dropout_of_maps_can_get_wrong_is_named(function, said):
    assert said in verdict("drop_whole_maps", function)


def test_a_function_that_drops_maps_in_place_is_told_to_work_on_a_copy():
    def in_place(maps, rate, rng):
        maps[:] = whole_maps.dropped(maps, rate, rng)
        return maps

    assert "also changes what it is given" in verdict("drop_whole_maps", in_place)


def test_corners_and_sides_of_the_drawings_are_where_windows_of_three_see_them():
    for drawing in corners.drawings():
        lightest = drawing.image == drawing.image.max()
        found = np.any(list(drawing.corners.values()), axis=0)
        for row, column in np.ndindex(found.shape):
            window = lightest[row : row + 3, column : column + 3]
            changes_down, changes_across = (window != window[:1]).any(), (window != window[:, :1]).any()
            assert found[row, column] == (changes_down and changes_across)
            assert drawing.sides[row, column] == (changes_down != changes_across)


def test_two_layers_with_all_four_kinds_of_corners_pass_whatever_their_scale_and_order():
    first, top = corners.CornerFinder().right
    assert verdict("find_all_corners", (first[..., ::-1] * 3, top[:, :, ::-1] * 0.1)).startswith("✓")
    assert verdict("find_all_corners", [first.tolist(), top.tolist()]).startswith("✓")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((..., ...), "find_all_corners: not answered yet."),
        (np.ones((3, 3)), "expected two arrays, the filters of both layers; got an array of shape (3, 3)"),
        ((np.ones((3, 3)), np.ones(1)), "the first layer's filters have the shape (3, 3); 3×3 filters on a grey image"),
        (
            (np.ones((3, 3, 1, 2)), np.ones((1, 1, 3, 1))),
            "the top filter has the shape (1, 1, 3, 1); for 2 maps it takes (1, 1, 2, 1)",
        ),
        ((np.ones((3, 3, 1, 65)), np.ones((1, 1, 65, 1))), "the first layer has 65 filters"),
        ((np.full((3, 3, 1, 1), 1e300), np.full((1, 1, 1, 1), 1e300)), "the map has numbers that are not finite"),
        ((np.zeros((3, 3, 1, 1)), np.ones((1, 1, 1, 1))), "it marks nothing at all"),
    ],
)
def test_what_is_no_corner_finder_is_refused_with_the_reason(answer, said):
    assert said in verdict("find_all_corners", answer)


@pytest.mark.parametrize("kind", range(4))
def test_whichever_kind_of_corner_is_missed_it_is_named(kind):
    down, across = ((1, 1), (-1, 1), (1, -1), (-1, -1))[kind]
    names = ("top left", "top right", "bottom left", "bottom right")
    pair = corners.layers_of([down * corners.DOWN, down * corners.DOWN - across * corners.ACROSS], [1, -1])
    others = ", ".join(name for name in names if name != names[kind])
    assert (
        verdict("find_all_corners", pair)
        == f"✗ find_all_corners: it finds the corners at the {names[kind]}, but not those at the {others}."
    )
