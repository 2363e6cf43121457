"""What a BatchNormalization receives in prediction is measured rightly, and a change of scale is told from any other."""

import numpy as np
import pytest

from cnnbook import article, models, training
from cnnbook.keras_quietly import keras, layers
from cnnbook.recipes import Recipe
from cnnbook.training import variance_shift

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (300, *article.INPUT_SHAPE), np.uint8)


def network(*, maps: bool = False) -> keras.Model:
    """Dropout before BatchNormalization, trained for a few updates so that its moving statistics are those of training."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input(article.INPUT_SHAPE)
    x = layers.Conv2D(4, 3, strides=8)(inputs) if maps else layers.Dense(6)(layers.Flatten()(inputs))
    x = layers.BatchNormalization(momentum=0.5, epsilon=0.0, name="norm")(layers.Dropout(0.5)(x))
    x = layers.Flatten()(layers.LeakyReLU()(x))
    model = keras.Model(inputs, layers.Softmax()(layers.Dense(article.CLASSES)(x)))
    training.compile(model, Recipe(learning_rate=1e-9), 20)  # gamma stays 1 and beta 0
    model.fit(training.batches(IMAGES, np.zeros(len(IMAGES)), Recipe(), train=True), epochs=2, shuffle=False, verbose=0)
    return model


@pytest.mark.parametrize("maps", [False, True], ids=["dense", "feature maps"])
def test_with_what_it_receives_as_statistics_a_batch_norm_gives_mean_0_and_variance_1_in_prediction(maps):
    model = network(maps=maps)
    norm = model.get_layer("norm")
    mean, variance = variance_shift.received(model, norm, IMAGES)
    assert mean.shape == variance.shape == norm.moving_mean.shape
    outputs = keras.Model(model.inputs, norm.output)
    over = (0, 1, 2) if maps else 0

    shifted = training.predict(outputs, IMAGES)
    assert shifted.var(over).mean() < 0.7  # trained at a rate of one half: about half the variance, or less
    norm.moving_mean.assign(mean)
    norm.moving_variance.assign(variance)
    corrected = training.predict(outputs, IMAGES)
    np.testing.assert_allclose(corrected.mean(over), 0, atol=1e-5)
    np.testing.assert_allclose(corrected.var(over), 1, rtol=1e-4)


def test_the_variance_is_that_of_a_population_and_nothing_in_the_network_changes():
    model = network()
    norm, dense = model.get_layer("norm"), model.layers[2]
    before = [weight.copy() for weight in model.get_weights()]
    mean, variance = variance_shift.received(model, norm, IMAGES)
    kernel, bias = dense.get_weights()
    values = (IMAGES.reshape(len(IMAGES), -1) / 127.5 - 1) @ kernel.astype(float) + bias
    np.testing.assert_allclose(mean, values.sum(0) / len(values), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(variance, ((values - values.mean(0)) ** 2).sum(0) / len(values), rtol=1e-4)
    for weight, kept in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, kept)


def test_pixels_are_scaled_as_the_recipe_says():
    inputs = keras.Input(article.INPUT_SHAPE)
    norm = layers.BatchNormalization()
    model = keras.Model(inputs, norm(inputs))
    minus_to_one, _ = variance_shift.received(model, norm, IMAGES)
    zero_to_one, _ = variance_shift.received(model, norm, IMAGES, Recipe(pixel_range=(0.0, 1.0)))
    np.testing.assert_allclose(minus_to_one, 2 * zero_to_one - 1, atol=1e-5)


def test_what_cannot_be_measured_is_refused_by_name():
    model, other = models.cnn(), models.cnn()
    with pytest.raises(TypeError, match="model is 'cnn'; it takes a Keras model"):
        variance_shift.received("cnn", other.layers[2], IMAGES)
    with pytest.raises(TypeError, match="layer is 'norm'; it takes a BatchNormalization of the model"):
        variance_shift.received(model, "norm", IMAGES)
    with pytest.raises(TypeError, match="layer is <Conv2D"):
        variance_shift.received(model, model.layers[1], IMAGES)
    with pytest.raises(ValueError, match=f"is none of model '{model.name}'"):
        variance_shift.received(model, other.layers[2], IMAGES)
    with pytest.raises(ValueError, match=r"images has values from 0\.0 to 1\.0"):
        variance_shift.received(model, model.layers[2], IMAGES / 255)
    rows = layers.BatchNormalization(axis=1)
    with pytest.raises(ValueError, match="has axis 1; it takes a BatchNormalization whose channels are last"):
        variance_shift.received(keras.Sequential([keras.Input(article.INPUT_SHAPE), rows]), rows, IMAGES)


def test_a_slope_is_that_of_least_squares_and_blind_to_what_softmax_does_not_see():
    before = RNG.normal(size=(500, 10))
    after = 1.5 * before + RNG.normal(0, 0.2, (500, 10))
    slope, correlation = variance_shift.rescaling(before, after)
    x, y = ((logits - logits.mean(1, keepdims=True)).ravel() for logits in (before, after))
    assert slope == pytest.approx(np.polyfit(x, y, 1)[0])
    assert correlation == pytest.approx(np.corrcoef(x, y)[0, 1])
    moved = variance_shift.rescaling(before + RNG.normal(size=(500, 1)), after + RNG.normal(size=(500, 1)))
    assert moved == pytest.approx((slope, correlation))


def test_nothing_but_a_scale_is_a_correlation_of_1_and_one_class_moved_is_not():
    before = RNG.normal(size=(200, 10)).astype(np.float32)
    assert variance_shift.rescaling(before, before) == pytest.approx((1, 1))
    assert variance_shift.rescaling(before, -3 * before) == pytest.approx((-3, -1))
    slope, correlation = variance_shift.rescaling(before, before + 2 * np.eye(10)[0])
    assert slope == pytest.approx(1, abs=0.1)
    assert correlation < 0.9


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ([[0.0, 1.0]], [[0.0, 1.0, 2.0]], r"after has shape \(1, 3\); it takes \(1, 2\)"),
        ([0.0, 1.0], [0.0, 1.0], r"before has shape \(2,\); it takes 2 dimensions"),
        ([[0.0, np.nan]], [[0.0, 1.0]], "before has 1 values that are NaN or infinite"),
        ([[0.1, 0.1, 0.1]], [[0.0, 1.0, 2.0]], "before has the same logit for all classes of each image"),
        ([[0.0, 1.0, 2.0]], [[0.1, 0.1, 0.1]], "after has the same logit for all classes of each image"),
    ],
)
def test_logits_that_have_no_slope_are_refused(before, after, message):
    with pytest.raises(ValueError, match=message):
        variance_shift.rescaling(before, after)
