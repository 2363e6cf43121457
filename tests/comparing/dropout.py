"""What the sentences of chapter "Dropout" compare."""

import re
from collections.abc import Callable
from functools import cache

import numpy as np
from scipy.special import softmax

from bookbuild import claims_page
from cnnbook import data, models, reference
from cnnbook.keras_quietly import keras, layers
from tests import remembered as trial
from tests.claims.conftest import code_of
from tests.demos.told_of_layers import average_of_many
from tests.recorded import gain, last_gap, told
from tests.remembered import after_dropout, kinds, near, share

MEASURED = claims_page.measured_values()
VALUES = np.random.default_rng(0).normal(1, 1, (20_000, 4)).astype("float32")


@cache
def digits() -> tuple[np.ndarray, np.ndarray]:
    """Some images as rows of ink, from zero to one, and their one-hot labels."""
    loaded = data.load_digits()
    return loaded.x_train[:96].reshape(96, 64).astype("float32") / data.MOST_INK, np.eye(10, dtype="float32")[loaded.y_train[:96]]


@cache
def of_chapter(name: str):
    """What the chapter defines under this name, with digits for the few images that it trains on."""
    values = {"keras": keras, "layers": layers} | dict(zip(("x_few", "y_few"), digits(), strict=True))
    exec(re.search(rf"(?:class|def) {name}\(.*?(?=\n\S)", code_of("07_dropout"), re.DOTALL)[0], values)
    return values[name]


@cache
def watched(rate: float) -> tuple[dict[str, list[float]], float]:
    """Two epochs, at this learning rate, of a network with Dropout that already knows its digits by heart, as the chapter's callback sees
    them; and its accuracy after them."""
    images, labels = digits()
    hidden = layers.Dense(200, activation="relu", kernel_initializer=keras.initializers.GlorotUniform(seed=0))
    network = keras.Sequential([keras.Input((64,)), hidden, layers.Dropout(0.5, seed=0), layers.Dense(10, use_bias=False)])
    network.layers[-1].set_weights([np.linalg.lstsq(hidden(images).numpy(), labels, rcond=None)[0]])
    network.compile(keras.optimizers.SGD(rate), "mse", metrics=["accuracy"], run_eagerly=True)
    history = network.fit(images, labels, batch_size=48, epochs=2, verbose=0, callbacks=[of_chapter("Settled")()]).history
    return history, network.evaluate(images, labels, verbose=0)[1]


def averages(rate: float, masks: int = 20_000) -> np.ndarray:
    """Of a unit whose output is one: what each of many masks makes of it."""
    return reference.dropout(np.ones(masks), rate, np.random.default_rng(0))


def weighs_before_dropout(model: keras.Model) -> layers.Layer:
    """The last layer with a kernel that comes before a network's Dropout."""
    return [layer for layer in model.layers[: kinds(model).index("Dropout")] if hasattr(layer, "kernel")][-1]


def dropped(*, training: bool) -> np.ndarray:
    """What Keras makes of the values at a rate of one half."""
    return layers.Dropout(0.5, seed=0)(VALUES, training=training).numpy()


def norm_behind_dropout(rate: float) -> tuple[float, float]:
    """The variance that a BatchNormalization has collected behind Dropout, over that which arrives in prediction, and what it then makes of
    that."""
    norm = layers.BatchNormalization(momentum=0.0)  # keeps the last batch's
    norm(layers.Dropout(rate, seed=0)(VALUES, training=True), training=True)
    return float(np.mean(norm.moving_variance / VALUES.var(0))), float(norm(VALUES, training=False).numpy().var(0).mean())


def spread_behind_norm(variance: np.ndarray) -> np.ndarray:
    """Of each channel, when the moving variance is this."""
    norm = trial.normalisation()
    norm.moving_variance.assign(variance)
    return norm(trial.IMAGES, training=False).numpy().std((0, 1, 2))


def after_decay() -> np.ndarray:
    """Two weights, two and minus three, after a step with weight decay in which the loss asks for nothing."""
    weights = keras.Variable(np.array([2.0, -3.0], "float32"))
    keras.optimizers.SGD(0.1, weight_decay=0.5).apply([np.zeros(2, "float32")], [weights])
    return weights.numpy()


SHOWN: dict[str, Callable[[], bool]] = {
    "Settled is a callback, an object that Keras calls at the end of each epoch: it measures the accuracy once more, when the weights "
    "stand still.": lambda: (
        issubclass(of_chapter("Settled"), keras.callbacks.Callback)
        and len((seen := watched(0.5)[0])["settled"]) == 2
        and seen["settled"][-1] == watched(0.5)[1] != seen["accuracy"][-1]
        and seen["settled"][0] != seen["settled"][1]  # in between the weights have not stood still
    ),
    "But then the next layer would suddenly receive more than it is used to.": lambda: (
        (after_dropout() > 0).mean() < 0.8  # without the scaling, what gets through of many ones
        and abs(after_dropout().mean() - 1) < 0.02
        and layers.Dropout(0.25)(np.ones((9, 9)), training=False).numpy().mean() == 1
    ),
    "The average still settles at the right value, but each mask moves it much further, so it takes many times as many masks until it is "
    "as steady as before.": lambda: (
        abs(averages(0.9).mean() - 1) < 0.1
        and averages(0.9).std() > 3 * averages(0.25).std()
        and averages(0.9).reshape(-1, 20).mean(1).std() > averages(0.25).std()
        and averages(0.9).reshape(-1, 40).mean(1).std() < averages(0.25).std()
    ),
    "(Dropout is switched off for this measurement, as before; the accuracy that Keras prints in training is taken with units dropped, and "
    "would look too low.)": lambda: (
        # at a learning rate of zero the weights stand still all the time, and only the Dropout makes a difference
        min(watched(0.0)[0]["settled"]) == watched(0.0)[1] > max(watched(0.0)[0]["accuracy"]) + 0.02
    ),
    "The convolutional network of chapter 8 (The whole network) has one Dropout layer, after its large dense layer, where most of its "
    "parameters are.": lambda: (
        kinds(model := models.cnn()).count("Dropout") == 1
        and isinstance(layer := weighs_before_dropout(model), layers.Dense)
        and layer.count_params() > model.count_params() / 2
    ),
    "More images help far more.": lambda: (
        gain("digits_usual_norm", "digits_hundred").low > 3 * gain("digits_dropout", "digits_hundred").high
    ),
    "Dropout is usually placed near the end, at the dense layers, where networks like ours have most of their parameters.": lambda: all(
        isinstance(weighs_before_dropout(model), layers.Dense) and sum(share(model, "Dense", "parameters")) > 1 / 2
        for model in (models.cnn(), of_chapter("fully_connected")(0.5))
    ),
    "There are other remedies as well: varied training images (augmentation, in chapter 9 (Going further)) and weight decay, which pulls "
    "the weights towards zero.": lambda: (
        gain("further", "further_without_augmentation").low > 0
        and last_gap("further") < last_gap("further_without_augmentation")
        and 0 < after_decay()[0] < 2
        and -3 < after_decay()[1] < 0
    ),
    "The network of chapter 8 (The whole network) has both layers, so they had better get along.": lambda: (
        {"BatchNormalization", "Dropout"} <= set(kinds(models.cnn()))
        and min(gain("cnn", without).low for without in ("without_batch_norm", "without_dropout")) > 0
    ),
    "On average, Dropout leaves the mean of the values that pass through it as it was, but it changes their variance: in training some "
    "values are zero and the others larger than usual; in prediction, neither is the case.": lambda: (
        abs((learns := dropped(training=True)).mean() - VALUES.mean()) < 0.03
        and learns.var() > 2 * VALUES.var()
        and abs((learns == 0).mean() - 0.5) < 0.02
        and (abs(learns) > abs(VALUES))[learns != 0].all()
        and near(dropped(training=False), VALUES)
    ),
    "A BatchNormalization that comes after Dropout collects its moving variance in training and uses it in prediction, where it no longer "
    "fits.": lambda: (
        norm_behind_dropout(0.5)[0] > 1.5 and norm_behind_dropout(0.5)[1] < 0.6 and np.allclose(norm_behind_dropout(0.0), 1, atol=0.01)
    ),
    "A BatchNormalization that divides by too large a number makes the spread of what follows smaller.": lambda: (
        (spread_behind_norm(4 * trial.VARIANCE) < 0.6 * spread_behind_norm(trial.VARIANCE)).all() and MEASURED["shift_scales_logits"] > 1
    ),
    "So the shift might change little more than the scale of the ten logits, and seldom which of them is the largest.": lambda: (
        MEASURED["shift_scales_alike"] > 0.99 and MEASURED["shift_scales_logits"] > 1.1 and MEASURED["shift_keeps_answers"] > 0.95
    ),
    "That it is a little less here need not come from Dropout: with Dropout last, too, the moving variance is a little smaller than the "
    "real one.)": lambda: 1.5 < told("07_dropout", "shift_ratio") < 2 and 0.8 < told("07_dropout", "shift_ratio_control") < 1,
    "Lower: at the value times the share of masks that keep the unit.": lambda: (
        abs(average_of_many(scale=False) - (1 - 0.75)) < 0.02 and abs(average_of_many(scale=True) - 1) < 0.1
    ),
    "Larger logits make it surer of its answers, of its mistakes too.": lambda: all(
        np.max(softmax(2 * logits)) > np.max(softmax(logits)) for logits in np.random.default_rng(0).normal(size=(20, 10))
    ),
}

# A sentence -> why nothing is computed.
SAID: dict[str, str] = {}
