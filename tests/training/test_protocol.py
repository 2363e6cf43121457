"""Marked images are followed through split, training, evaluation and recording: each number in a record is of the images it says."""

from dataclasses import replace

import numpy as np
import pytest

from cnnbook import data, recipes, records
from cnnbook.keras_quietly import keras
from cnnbook.recipes import Recipe
from cnnbook.training import loop, recording
from cnnbook.training.experiments import EXPERIMENTS, Experiment

HELD_OUT, SETTLED, TRAINED, TEST = 300, 200, 500, 400
# How many images of each part are marked with their right class; the rest with the next one. No two parts have the same share.
RIGHT = {"settled": 151, "rest": 47, "held_out": 31, "test": 277}
RECIPES = {
    "article": recipes.ARTICLE,
    "better": recipes.BETTER,
    "further": recipes.FURTHER,
    "held out": Recipe(validation="held_out"),
    "zero to one": Recipe(pixel_range=(0.0, 1.0)),
    "shuffled": Recipe(shuffled_pixels=True),
}


@keras.saving.register_keras_serializable(package="tests")
class ReadsTheMark(keras.layers.Layer):
    """Answers with the class that is written into every pixel of an image; its one weight is never used."""

    def __init__(self, low: float, high: float, **kwargs):
        super().__init__(**kwargs)
        self.low, self.high = low, high

    def build(self, shape):
        self.idle = self.add_weight(shape=(1,), name="idle")

    def call(self, images):
        ops = keras.ops
        level = ops.round((images[:, 16, 16, 0] - self.low) / (self.high - self.low) * 255)
        return ops.one_hot(ops.cast(level, "int32") // 25, 10) * 0.9 + 0.01 + 0 * self.idle


def reads_the_mark(low: float, high: float):
    def build() -> keras.Model:
        inputs = keras.Input((32, 32, 3))
        return keras.Model(inputs, ReadsTheMark(low, high)(inputs))

    return build


def marked(part: str, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Images of one level each, 25 levels a class, and their classes; the first are marked with the right one."""
    classes = np.arange(count) % 10
    answers = np.where(np.arange(count) < RIGHT[part], classes, (classes + 1) % 10)
    levels = 25 * answers + np.arange(count) % 25
    return np.broadcast_to(levels[:, None, None, None], (count, 32, 32, 3)).astype(np.uint8), classes.astype(np.uint8)


def images() -> data.Cifar10:
    parts = [marked("settled", SETTLED), marked("rest", TRAINED - SETTLED), marked("held_out", HELD_OUT)]
    return data.Cifar10(*(np.concatenate(each) for each in zip(*parts, strict=True)), *marked("test", TEST))


def share(*parts: str) -> float:
    sizes = {"settled": SETTLED, "rest": TRAINED - SETTLED, "held_out": HELD_OUT, "test": TEST}
    return round(sum(RIGHT[part] for part in parts) / sum(sizes[part] for part in parts), 5)


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES.keys())
def test_each_accuracy_of_a_record_is_of_the_images_it_says_and_all_of_them(recipe, monkeypatch, tmp_path):
    for module, name, value in ((loop, "HELD_OUT", HELD_OUT), (recording, "SETTLED", SETTLED), (records, "RECORDS", tmp_path)):
        monkeypatch.setattr(module, name, value)
    recipe = replace(recipe, epochs=2)
    monkeypatch.setitem(EXPERIMENTS, "trial", Experiment(reads_the_mark(*recipe.pixel_range), recipe))
    recording.run_and_record("trial", 0, images())
    (run,) = records.load("trial")
    held_out = recipe.validation == "held_out"
    trained = share("settled", "rest") if held_out else share("settled", "rest", "held_out")
    expected = {"accuracy": trained, "train_accuracy": share("settled"), "val_accuracy": share("held_out" if held_out else "test")}
    if held_out:
        expected["test_accuracy"] = share("test")
    assert {name: values for name, values in run.history.items() if "loss" not in name} == {
        name: [value] * 2 for name, value in expected.items()
    }
    assert run.test_accuracy == share("test")


# As Keras's documentation gives them; the learning rate is the recipe's.
DEFAULTS = {
    "adam": {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7, "amsgrad": False},
    "sgd": {"momentum": 0.9, "nesterov": False},
    "muon": {
        "adam_beta_1": 0.9,
        "adam_beta_2": 0.999,
        "epsilon": 1e-7,
        "momentum": 0.95,
        "nesterov": True,
        "ns_steps": 5,
        "adam_weight_decay": None,
    },
}
NEITHER = {"weight_decay": None, "clipnorm": None, "clipvalue": None, "global_clipnorm": None, "use_ema": False, "loss_scale_factor": None}


@pytest.mark.parametrize("optimizer", DEFAULTS)
def test_every_setting_of_an_optimizer_but_its_rate_is_the_documented_one(optimizer):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3), keras.layers.Dense(1)])
    loop.compile(model, Recipe(optimizer=optimizer, learning_rate=0.25), updates=1)
    settings = model.optimizer.get_config()
    assert {name: settings[name] for name in NEITHER} == NEITHER
    assert {name: settings[name] for name in DEFAULTS[optimizer]} == pytest.approx(DEFAULTS[optimizer])
    assert settings["learning_rate"] == 0.25
    assert model.optimizer.gradient_accumulation_steps is None


def test_every_network_begins_with_keras_s_initialisers_and_the_loss_is_of_probabilities():
    for build in {experiment.build for experiment in EXPERIMENTS.values()}:
        for layer in build().get_config()["layers"]:
            initialisers = {name: value["class_name"] for name, value in layer["config"].items() if name.endswith("kernel_initializer")}
            assert set(initialisers.values()) <= {"GlorotUniform"}
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(10, activation="softmax")])
    loop.compile(model, recipes.ARTICLE, updates=1)
    assert model.loss.get_config() == keras.losses.CategoricalCrossentropy().get_config()
