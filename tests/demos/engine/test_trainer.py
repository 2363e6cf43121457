"""A training from its set-up: deterministic, measured as Keras measures, and honest about the first number that is not finite."""

import json

import numpy as np
import pytest
from sklearn.datasets import load_digits

from cnnbook.keras_quietly import keras
from tests.demos.engine.cases import keras_model

SHAPE = (8, 8, 1)
CONV, NORM, FLATTEN, DENSE = (
    {"kind": "Conv2D", "filters": 6, "kernel": 3, "padding": "same"},
    {"kind": "BatchNormalization"},
    {"kind": "Flatten"},
    {"kind": "Dense", "units": 10},
)
SMALL = [CONV, {"kind": "LeakyReLU"}, {"kind": "MaxPooling2D"}, FLATTEN, {"kind": "Dropout", "rate": 0.2}, DENSE]
SETUP = {
    "layers": SMALL,
    "optimizer": {"kind": "momentum", "rate": 0.05, "momentum": 0.9},
    "batch": 32,
    "images": 200,
    "initialisation": {"scheme": "glorot_uniform", "scale": 0},
    "seed": 3,
}

# Train, and what can be told of it afterwards.
TRAIN = """([setup, updates, factors]) => {
    const trainer = new engine.Trainer(setup, digits), { network } = trainer;
    factors.forEach((factor, n) => network.weights[n].values.forEach((value, i, all) => { all[i] = value * factor; }));
    while (trainer.updates < updates && !trainer.failure) engine.finish(trainer.update());
    const { points, failure, norms, last, perEpoch } = trainer;
    if (!failure) engine.finish(trainer.ask());
    return { points, failure, norms, last, perEpoch, updates: trainer.updates, weights: network.weights.map(({ values }) => [...values]) };
}"""


@pytest.fixture(scope="module")
def digits():
    images, labels = load_digits(return_X_y=True)
    return (images / 8 - 1).astype(np.float32), labels


@pytest.fixture(scope="module")
def page(engine, digits):
    """The page with 1,400 digits to train on, the rest to test."""
    images, labels = digits
    text = json.dumps([images.ravel().tolist(), labels.tolist()])
    engine.evaluate(
        """([images, labels]) => {
            const part = (from, to) => ({
                images: Float32Array.from(images.slice(64 * from, 64 * to)), labels: Uint8Array.from(labels.slice(from, to)),
            });
            globalThis.digits = { shape: [8, 8, 1], classes: 10, training: part(0, 1400), test: part(1400, 1797) };
        }""",
        json.loads(text),
    )
    return engine


def train(page, updates, factors=(), **changes):
    """Train with a set-up changed so; `factors` multiply the first weights, array by array."""
    return page.evaluate(TRAIN, [SETUP | changes, updates, list(factors)])


def test_the_same_set_up_gives_the_same_weights_and_another_seed_gives_others(page):
    first, again, other = train(page, 20), train(page, 20), train(page, 20, seed=4)
    assert first["weights"] == again["weights"] != other["weights"]
    assert first["points"] == again["points"]


def test_it_learns_digits_it_has_not_seen(page):
    found = train(page, 440, images=1400)
    assert found["perEpoch"] == 44
    assert found["points"][0]["test"]["accuracy"] < 0.3
    assert found["points"][-1]["test"]["accuracy"] > 0.9


def test_what_is_measured_is_what_keras_measures_with_the_same_weights(page, digits):
    found = train(page, 30)
    model, _ = keras_model([layer for layer in SMALL if layer["kind"] != "Dropout"], SHAPE)
    model.set_weights([np.reshape(ours, theirs.shape) for ours, theirs in zip(found["weights"], model.get_weights(), strict=True)])
    images, labels = digits
    for part, rows in (("training", slice(0, 200)), ("test", slice(1400, 1760))):
        logits = model(images[rows].reshape(-1, *SHAPE)).numpy()
        loss = float(keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels[rows], logits))
        assert found["points"][-1][part] == {"loss": pytest.approx(loss, rel=1e-4), "accuracy": (logits.argmax(1) == labels[rows]).mean()}


def test_the_norms_are_one_per_layer_that_is_trained(page):
    assert [norm is not None and norm > 0 for norm in train(page, 3)["norms"]] == [True, False, False, False, False, True]


def test_equal_kernels_stay_equal(page):
    layers = [layer for layer in SMALL if layer["kind"] != "Dropout"]  # whose masks would tell the filters apart
    found = train(page, 30, layers=layers, initialisation={"scheme": "equal", "scale": 0.05})
    kernel = np.reshape(found["weights"][0], (9, 6))
    assert np.ptp(kernel, axis=1).max() < 1e-6 < np.ptp(kernel)


DEEP = [CONV | {"filters": 2}, CONV | {"filters": 2}, FLATTEN, DENSE]


@pytest.mark.parametrize(
    ("factors", "rate", "where"),
    [
        # Outputs up to 1e38 are numbers, ten times as much is none.
        ([1e20, 0, 1e20, 0, 1, 0], 0.1, {"update": 0, "layer": 1, "what": "output"}),
        # Small first weights keep the logits small, but the large ones after them multiply on the way back.
        ([1e-37, 0, 1e22, 0, 1e22, 0], 0.1, {"update": 1, "layer": 0, "what": "gradient of the output"}),
        # Everything is a number but what the update makes of it.
        ([1, 1, 1, 1, 1, 1], 1e39, {"update": 1, "layer": 0, "what": "kernel"}),
    ],
)
def test_the_first_number_that_is_not_finite_is_found_where_it_arose(page, factors, rate, where):
    failure = train(page, 3, factors, layers=DEEP, optimizer={"kind": "sgd", "rate": rate})["failure"]
    assert {name: failure[name] for name in where} == where
    assert failure["value"] in ("NaN", "∞", "−∞")


def test_a_huge_learning_rate_ends_with_a_failure_and_not_with_numbers(page):
    found = train(page, 50, optimizer={"kind": "sgd", "rate": 1e9})
    assert found["failure"]
    assert found["updates"] < 50
