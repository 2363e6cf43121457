"""The demo of one batch, its Python side: the results and moving statistics are those of Keras, wrong traits are named."""

import html
import re

import numpy as np
import pytest
import traitlets

from cnnbook.demos import NormalizedBatch
from cnnbook.keras_quietly import layers

BATCHES = [[3.0, 4.5, -1.0, 2.5, 1.0, 2.0], [5.0, -5.0], [1.5] * 8]


def keras_layer(demo: NormalizedBatch):
    """Keras's layer with the demo's settings and fresh moving statistics."""
    layer = layers.BatchNormalization(momentum=demo.momentum, epsilon=demo.epsilon)
    layer.build((None, 1))
    layer.set_weights([np.array([number]) for number in (demo.gamma, demo.beta, 0, 1)])
    return layer


@pytest.mark.parametrize("batch", BATCHES, ids=str)
@pytest.mark.parametrize("settings", [{}, {"gamma": -2.5, "beta": 1.5, "epsilon": 0.1, "momentum": 0.99}, {"gamma": 0, "momentum": 0}])
def test_results_and_moving_statistics_equal_keras_step_by_step(batch, settings):
    demo = NormalizedBatch(values=batch, **settings)
    layer, x = keras_layer(demo), np.array(batch, "float32")[:, None]
    for step in range(1, 5):
        expected = np.array(layer(x, training=True))[:, 0]
        demo.mode = "training"
        np.testing.assert_allclose(demo.normalized(), expected, atol=1e-4)
        demo.step()
        assert demo.steps == step
        kept = np.ravel(layer.get_weights()[2:])
        np.testing.assert_allclose([demo.moving_mean, demo.moving_variance], kept, rtol=1e-5, atol=1e-6)
        demo.mode = "prediction"
        np.testing.assert_allclose(demo.normalized(), np.array(layer(x, training=False))[:, 0], rtol=1e-4, atol=1e-4)


def test_another_value_changes_all_results_in_training_and_one_in_prediction():
    demo = NormalizedBatch()
    changed = {}
    for mode in ("training", "prediction"):
        demo.mode, demo.values = mode, BATCHES[0]
        before = demo.normalized()
        demo.values = [-4.0, *BATCHES[0][1:]]
        changed[mode] = (demo.normalized() != before).sum()
    assert changed == {"training": 6, "prediction": 1}


def test_a_step_is_refused_in_prediction_and_leaves_the_moving_statistics():
    demo = NormalizedBatch(mode="prediction")
    with pytest.raises(ValueError, match='mode is "prediction"; a step takes "training"'):
        demo.step()
    assert (demo.moving_mean, demo.moving_variance, demo.steps) == (0, 1, 0)


def test_a_smaller_batch_brings_the_selection_back_into_it():
    demo = NormalizedBatch(selected=5)
    demo.values = [1, 2, 3]
    assert demo.selected == 2


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("values", [1], r"values is \[1\]; it takes 2 to 8 numbers from -5 to 5"),
        ("values", [0] * 9, "2 to 8 numbers"),
        ("values", [0, 5.1], "numbers from -5 to 5"),
        ("values", [0, float("nan")], "values is .*nan"),
        ("values", [0, "1"], "numbers from -5 to 5"),
        ("gamma", 5.5, "gamma is 5.5; it takes a number from -5 to 5"),
        ("gamma", "one", "gamma"),
        ("beta", float("nan"), "beta is nan; it takes a number from -5 to 5"),
        ("epsilon", 0, "epsilon is 0; it takes a number above 0 and at most 1"),
        ("epsilon", 1.5, "epsilon is 1.5"),
        ("momentum", 1, "momentum is 1; it takes a number of at least 0 and below 1"),
        ("momentum", -0.1, "momentum is -0.1"),
        ("mode", "test", "mode is 'test'; it takes one of training, prediction"),
        ("moving_mean", float("inf"), "moving_mean is inf; it takes a number from -5 to 5"),
        ("moving_variance", -1, "moving_variance is -1; it takes a number from 0 to 25"),
        ("steps", -1, "steps is -1; it takes a whole number of at least 0"),
        ("selected", 6, "selected is 6; with 6 values it takes a whole number from 0 to 5"),
    ],
)
def test_a_wrong_value_is_refused_with_what_the_trait_takes_and_changes_nothing(trait, value, message):
    demo = NormalizedBatch()
    before = demo.state()
    with pytest.raises(traitlets.TraitError, match=message):
        setattr(demo, trait, value)
    assert demo.state() == before


@pytest.mark.parametrize("mode", ["training", "prediction"])
def test_the_stand_in_has_each_value_and_result_and_the_statistics_it_used(mode):
    demo = NormalizedBatch(mode=mode, moving_mean=-0.25, moving_variance=0.5)
    stand_in = html.unescape(demo.stand_in())
    rows = re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td><td>(.*?)</td>', stand_in)
    table = np.array([[float(cell.replace("−", "-")) for cell in row] for row in rows])
    np.testing.assert_allclose(table, np.stack([range(1, 7), demo.values, demo.normalized()], axis=1), atol=0.0005)
    expected = "the batch's mean 2 and variance 2.917" if mode == "training" else "the moving mean −0.25 and variance 0.5"
    assert f"in {mode} with {expected}" in stand_in


@pytest.mark.parametrize("settings", [{}, {"gamma": 5, "beta": 5}, {"mode": "prediction", "moving_variance": 0, "epsilon": 1e-5}])
def test_the_stand_ins_picture_has_an_alternative_text_and_nothing_outside_of_it(settings):
    stand_in = NormalizedBatch(**settings).stand_in()
    assert re.search(r'<svg role="img" aria-label="Two number lines[^"]+"', stand_in)
    places = [tuple(map(float, place)) for place in re.findall(r'<text x="(.*?)" y="(.*?)"', stand_in)]
    assert all(0 < x < 480 and 0 < y <= 170 for x, y in places)
    assert len(places) == 2 * 6 + 6


def test_two_executions_give_the_same_html():
    assert NormalizedBatch().html() == NormalizedBatch().html()
