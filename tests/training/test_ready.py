"""What training and evaluation are handed is read rightly or refused by name, before anything is trained."""

import functools
import subprocess
import sys

import numpy as np
import pytest

from cnnbook import data, models, training
from cnnbook.keras_quietly import keras, layers
from cnnbook.recipes import Recipe
from tests.conftest import ROOT

RNG = np.random.default_rng(0)
IMAGES, LABELS = RNG.integers(0, 256, (64, 32, 32, 3), np.uint8), RNG.integers(0, 10, 64).astype(np.uint8)
CIFAR10 = data.Cifar10(IMAGES, LABELS, IMAGES[:16], LABELS[:16])
RECIPE = Recipe(epochs=1)


def tiny() -> keras.Model:
    return keras.Sequential([keras.Input((32, 32, 3)), layers.Flatten(), layers.Dense(10, activation="softmax")])


@pytest.fixture(scope="module")
def model() -> keras.Model:
    keras.utils.set_random_seed(0)
    network = tiny()
    training.compile(network, RECIPE, updates=2)
    return network


def test_a_column_of_labels_a_list_and_pixels_of_another_type_give_the_same_evaluation(model):
    expected = training.evaluate(model, IMAGES, LABELS)
    for images, labels in (
        (IMAGES, LABELS[:, None]),
        (IMAGES.astype(np.float32), LABELS.astype(float)),
        (IMAGES.tolist(), LABELS.tolist()),
        (keras.ops.convert_to_tensor(IMAGES), keras.ops.convert_to_tensor(LABELS)),
    ):
        assert training.evaluate(model, images, labels) == expected


def test_one_image_is_a_batch_of_one(model):
    np.testing.assert_allclose(training.predict(model, IMAGES[3]), training.predict(model, IMAGES)[3:4], rtol=1e-5)
    assert training.evaluate(model, IMAGES[3], LABELS[3]) == training.evaluate(model, IMAGES[3:4], LABELS[3:4])


HANDED = {
    "a label of 10": (IMAGES, np.where(LABELS == 3, 10, LABELS), "labels has 10"),
    "a label of -1": (IMAGES, LABELS.astype(int) - 1, "labels has -1"),
    "half a label": (IMAGES, LABELS + 0.5, r"labels has \d\.5"),
    "more labels than images": (IMAGES[:10], LABELS, r"labels has shape \(64,\); it takes 10"),
    "more images than labels": (IMAGES, LABELS[:10], r"labels has shape \(10,\); it takes 64"),
    "one-hot labels": (IMAGES, np.eye(10)[LABELS], r"labels has shape \(64, 10\)"),
    "scaled images": (data.scale(IMAGES), LABELS, "images has values from -1.0 to 1.0"),
    "other images": (IMAGES[:, :28, :28], LABELS, r"images has shape \(64, 28, 28, 3\)"),
    "no images": (IMAGES[:0], LABELS[:0], r"images has shape \(0, 32, 32, 3\)"),
    "masked labels": (IMAGES, np.ma.array(LABELS), "labels is a masked array"),
}


@pytest.mark.parametrize(("images", "labels", "complaint"), HANDED.values(), ids=HANDED)
def test_images_and_labels_that_do_not_go_together_are_refused_by_name(model, images, labels, complaint):
    for use in (
        lambda: training.evaluate(model, images, labels),
        lambda: training.batches(images, labels, RECIPE, train=True),
        lambda: training.AccuracyAfterEpoch("accuracy", images, labels),
    ):
        with pytest.raises((TypeError, ValueError), match=complaint):
            use()


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.flat, self.dense = layers.Flatten(), layers.Dense(10)

    def call(self, inputs):
        return self.dense(self.flat(inputs))


def network(shape: tuple, units: int) -> keras.Model:
    return keras.Sequential([keras.Input(shape), layers.Flatten(), layers.Dense(units)])


MODELS = {
    "a subclass": (Subclassed, "Subclassed, a subclass whose layers cannot be followed; it takes keras.Model"),
    "not built": (lambda: keras.Sequential([layers.Flatten(), layers.Dense(10)]), r"is not built; give it keras.Input\(\(32, 32, 3\)\)"),
    "not a model": (lambda: layers.Dense(10), "it takes a Keras model"),
    "nothing": (lambda: None, "model is None; it takes a Keras model"),
    "of other images": (lambda: network((28, 28, 1), 10), r"takes \(batch, 28, 28, 1\); it takes a model of images"),
    "of other classes": (lambda: network((32, 32, 3), 100), r"gives \(batch, 100\)"),
}


@pytest.mark.parametrize(("build", "complaint"), MODELS.values(), ids=MODELS)
def test_a_network_that_cannot_be_trained_is_refused_in_a_sentence(build, complaint):
    with pytest.raises((TypeError, ValueError), match=complaint):
        training.train(build, CIFAR10, RECIPE, seed=0)
    with pytest.raises((TypeError, ValueError), match=r"model .* (takes|subclass|not built|no loss)"):
        training.evaluate(build(), IMAGES, LABELS)


def test_a_network_without_weights_or_without_a_loss_is_refused():
    with pytest.raises(ValueError, match="has no weights to train"):
        training.compile(keras.Sequential([keras.Input((10,)), layers.Softmax()]), RECIPE, updates=1)
    with pytest.raises(ValueError, match=r"has no loss yet; call training.compile"):
        training.evaluate(tiny(), IMAGES, LABELS)


ARGUMENTS = {
    "seed": [-1, 2**32, 1.5, None, True],
    "recipe": [None, {}, "article"],
    "cifar10": [None, (IMAGES, LABELS)],
    "build": [None, "cnn", 3],
    "experiment": [None, 3],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in ARGUMENTS.items() for value in values])
def test_an_argument_that_cannot_be_recorded_or_followed_is_refused_before_training(name, value):
    handed = {"build": tiny, "cifar10": CIFAR10, "recipe": RECIPE, "seed": 0} | {name: value}
    with pytest.raises((TypeError, ValueError), match=rf"^{name} is"):
        training.train(**handed)


def test_a_built_model_in_the_place_of_its_builder_is_refused():
    with pytest.raises(TypeError, match=r"build is .* it takes a function that builds the network"):
        training.train(tiny(), CIFAR10, RECIPE, seed=0)


@pytest.mark.parametrize("updates", [0, -1, 2.5, None])
def test_updates_are_at_least_one(updates):
    with pytest.raises((TypeError, ValueError), match=f"updates is {updates}"):
        training.compile(tiny(), RECIPE, updates=updates)


@pytest.mark.parametrize("updates", range(1, 7))
def test_the_shortest_schedules_have_a_rate_at_every_update(updates):
    network = tiny()
    training.compile(network, Recipe(schedule="one_cycle", learning_rate=0.5), updates=updates)
    rates = [float(network.optimizer._learning_rate(step)) for step in range(updates)]
    assert all(0 <= rate <= 0.5 for rate in rates)
    assert max(rates) > 0


def test_too_few_images_to_hold_some_out_are_refused():
    with pytest.raises(ValueError, match='cifar10 has 64 training images; validation="held_out" holds out 5000'):
        training.train(tiny, CIFAR10, Recipe(validation="held_out"), seed=0)


@pytest.mark.parametrize(
    ("build", "name"), [(tiny, "tiny"), (functools.partial(network, (32, 32, 3), 10), None), (lambda: network((32, 32, 3), 10), None)]
)
def test_a_run_is_recorded_whatever_builds_its_network(build, name):
    built, run = training.train(build, CIFAR10, RECIPE, seed=0, verbose=False)
    assert run.model == (name or built.name)


def test_a_training_that_fails_to_learn_is_recorded_with_losses_that_are_no_numbers():
    _, run = training.train(models.mlp, CIFAR10, Recipe(epochs=2, optimizer="sgd", learning_rate=1e10), seed=0, verbose=False)
    assert np.isnan(run.history["val_loss"][-1])
    assert np.isnan(run.test_loss)


def test_the_books_networks_are_taken():
    for build in (models.mlp, models.cnn, models.two_layer_cnn):
        training.compile(build(), Recipe(optimizer="muon"), updates=10)


def test_the_first_model_after_loading_what_trains_is_numbered_as_the_first():
    code = (
        "from cnnbook import training; from cnnbook.training import experiments, replicas, recording\n"
        "from cnnbook.keras_quietly import keras\n"
        "inputs = keras.Input((2,)); print(keras.Model(inputs, keras.layers.Dense(1)(inputs)).name, inputs.name)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["functional", "keras_tensor"]
