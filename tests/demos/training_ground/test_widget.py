"""The training ground's Python side: what it takes, what stands in for it, what a kernel gets."""

import numpy as np
import pytest
import traitlets

from bookbuild import record_ground
from cnnbook import data
from cnnbook.demos import TrainingGround
from cnnbook.demos.training_ground import recorded
from cnnbook.demos.training_ground.page import digits_text
from cnnbook.demos.training_ground.presets import PRESETS, UPDATES
from cnnbook.demos.training_ground.rules import LAYERS, LIMITS, RULES, layer
from cnnbook.training import digits


@pytest.mark.parametrize(
    ("setup", "said"),
    [
        ({}, "setup is {}; it takes a dict with a list of layers"),
        ({"layers": [layer("ReLU")] * 300}, f"it takes a list of at most {LIMITS['layers']} dicts"),
        ({"layers": [{"kind": "Softmax"}]}, "it takes a dict with a kind from Conv2D"),
        ({"layers": [{"kind": "Conv2D", "filters": 0}]}, "['filters'] is 0; it takes a whole number from 1 to 64"),
        ({"layers": [{"kind": "Dropout", "rate": 1}]}, "['rate'] is 1; it takes a number from 0 to 0.95"),
        ({"layers": [], "images": 0}, "['images'] is 0; it takes a whole number from 1 to 1442"),
        ({"layers": [], "rate": float("nan")}, "['rate'] is nan; it takes a number from 0 to"),
        ({"layers": [], "seed": True}, "['seed'] is True; it takes a whole number from 0 to 9999"),
        ({"layers": [], "optimizer": "rmsprop"}, "it takes one of adam, momentum, sgd"),
        ({"layers": [], "colour": 1}, "it takes a dict with layers, optimizer"),
    ],
)
def test_a_set_up_that_it_does_not_take_is_refused_by_name(setup, said):
    with pytest.raises(traitlets.TraitError) as refused:
        TrainingGround(setup=setup)
    assert said in str(refused.value)


def test_an_unknown_preset_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="preset is 'none'; it takes one of learning, "):
        TrainingGround("none")


def test_what_is_left_out_is_as_usual():
    ground = TrainingGround(setup={"layers": [{"kind": "Conv2D", "filters": 4}], "seed": 9})
    assert ground.setup["layers"] == [layer("Conv2D", filters=4)]
    assert (ground.setup["seed"], ground.setup["rate"]) == (9, RULES["training"]["rate"]["usual"])


def test_all_training_images_may_be_used_and_no_more():
    assert RULES["training"]["images"]["most"] == len(data.load_digits().y_train)


def test_each_kind_has_the_settings_and_usual_values_of_the_engine(javascript_module):
    specs = javascript_module("engine/specs.js")
    for kind, settings in LAYERS.items():
        settled = specs.settle({"kind": kind})
        for name, setting in settings.items():
            given = settled[name][0] if isinstance(settled[name], list) else settled[name]
            assert name in settled
            if name != "filters":
                assert given == setting.usual, (kind, name)


def test_the_page_gets_the_very_digits(javascript_module):
    digits = data.load_digits()
    letters = digits_text()["test"]
    assert [ord(letter) - ord("A") for letter in letters["images"]] == digits.x_test.ravel().tolist()
    assert [int(label) for label in letters["labels"]] == digits.y_test.tolist()


@pytest.mark.parametrize("pixels", digits.REACH)
def test_pixels_are_scaled_as_keras_gets_them(javascript_module, pixels):
    ink = np.arange(data.MOST_INK + 1)
    scaled = javascript_module("training_ground/digits.js").scaled(ink.tolist(), pixels)
    assert scaled == digits.scaled(ink, pixels).tolist()


def test_the_history_is_arrays(monkeypatch):
    ground = TrainingGround()
    assert all(values.shape == (0,) for values in ground.history.values())
    ground.points = [[0, 0.0, 2.3, 0.1, 2.4, 0.1], [5, 0.1, None, 0.5, 1.2, 0.4]]
    assert ground.history["update"].tolist() == [0, 5]
    assert np.isnan(ground.history["training_loss"][1])
    assert ground.history["test_accuracy"].tolist() == [0.1, 0.4]


@pytest.mark.parametrize("name", PRESETS)
def test_the_stand_in_tells_what_was_recorded(name):
    last, shown = recorded()[name][-1], TrainingGround(name).stand_in()
    assert f"after {last[0]} updates, {100 * last[3]:.1f} % of the training images and {100 * last[5]:.1f} % of the test images" in shown
    assert ("was no longer finite" in shown) is (last[0] < UPDATES)
    assert "<polyline" in shown
    assert "<polyline" not in TrainingGround(name, setup=PRESETS[name]["setup"] | {"seed": 77}).stand_in()


@pytest.mark.parametrize("name", ["learning", "raw"])
def test_the_recorded_training_is_what_the_engine_does_today(browser, name):
    page = browser.new_page()
    record_ground.load(page)
    found, expected = record_ground.train(page, name), recorded()[name]
    page.close()
    assert [point[0] for point in found] == [point[0] for point in expected]
    # Powers of e may differ in their last digit between browsers, and training magnifies that.
    assert found[-1][5] == pytest.approx(expected[-1][5], abs=0.02)
