"""The demo of the way back: its Python side against Keras, and the page's arithmetic against Python and against central differences."""

import doctest

import numpy as np
import pytest
import traitlets

from cnnbook.demos import WayBack, way_back
from cnnbook.demos.way_back import PARAMETERS, SHAPES, STAGES
from cnnbook.keras_quietly import keras, layers, tf


def drawn(seed: int) -> WayBack:
    """The demo with other numbers, none of them at a bend of ReLU or of the maximum."""
    rng = np.random.default_rng(seed)
    given = {name: rng.uniform(-2, 2, SHAPES[name]).tolist() for name in ("image", *PARAMETERS)}
    return WayBack(**given, label=int(rng.integers(2)))


def page_state(demo: WayBack) -> dict:
    return {name: getattr(demo, name) for name in ("image", *PARAMETERS, "label")}


def by_keras(demo: WayBack) -> tuple[dict, dict]:
    """The numbers of the parts and their errors, from Keras's layers and TensorFlow's tape."""
    parts = {name: tf.constant(getattr(demo, name), tf.float64) for name in ("image", *PARAMETERS)}
    with tf.GradientTape() as tape:
        for part in parts.values():
            tape.watch(part)
        given = keras.ops.reshape(parts["kernel"], (3, 3, 1, 1))
        parts["sums"] = keras.ops.conv(parts["image"][None, :, :, None], given, padding="same")[0, :, :, 0] + parts["bias"][0, 0]
        parts["map"] = keras.ops.relu(parts["sums"])
        parts["pooled"] = layers.MaxPooling2D(2, dtype="float64")(parts["map"][None, :, :, None])[0, :, :, 0]
        parts["logits"] = keras.ops.reshape(parts["pooled"], (1, 4)) @ parts["weights"] + parts["biases"]
        parts["probabilities"] = keras.ops.softmax(parts["logits"])
        label = keras.ops.one_hot([demo.label], 2, dtype="float64")
        loss = keras.losses.categorical_crossentropy(label, parts["logits"], from_logits=True)[0]
    errors = tape.gradient(loss, {name: part for name, part in parts.items() if name != "probabilities"})
    return {**parts, "loss": [[loss]]}, errors


def test_examples_in_the_docstrings_hold():
    assert doctest.testmod(way_back).failed == 0


@pytest.mark.parametrize("seed", range(20))
def test_every_number_and_every_error_is_that_of_keras(seed):
    demo = drawn(seed)
    parts, errors = by_keras(demo)
    for name, values in demo.forward().items():
        assert values.shape == SHAPES[name]
        np.testing.assert_allclose(values, np.array(parts[name]), atol=1e-9, err_msg=name)
    ours = demo.errors()
    assert set(ours) == set(SHAPES)
    for name, values in errors.items():
        np.testing.assert_allclose(ours[name], np.array(values), atol=1e-9, err_msg=name)


def test_the_pages_arithmetic_is_pythons_and_agrees_with_slopes_found_by_trying(javascript_module):
    page = javascript_module("way_back/network.js")
    for demo in [WayBack(), *map(drawn, range(20))]:
        state, ours = page_state(demo), demo.errors()
        for name, values in page.forward(state).items():
            np.testing.assert_allclose(values, demo.forward()[name], atol=1e-9, err_msg=name)
        for name, values in page.backward(state).items():
            np.testing.assert_allclose(values, ours[name], atol=1e-9, err_msg=name)
            places = list(np.ndindex(SHAPES[name]))
            tried = page.map("slope", [(state, name, *place) for place in places])
            bends = name == "map" and (demo.forward()["map"] == 0).any()  # an equal number beside it may become the largest
            # A probability so small cannot be made smaller by a step of 1e-5 and still have a logarithm.
            kept = demo.forward()[name] > 1e-3 if name == "probabilities" else np.ones(SHAPES[name], bool)
            if not bends:
                np.testing.assert_allclose(np.reshape(tried, SHAPES[name])[kept], ours[name][kept], rtol=1e-3, atol=1e-5, err_msg=name)


@pytest.mark.parametrize("label", [0, 1])
def test_the_loss_is_that_of_python_where_a_probability_is_too_small_for_any_number(javascript_module, label):
    page, demo = javascript_module("way_back/network.js"), WayBack(label=label)
    demo.weights = [[1000.0, -1000.0], *demo.weights[1:]]
    assert demo.forward()["probabilities"].min() == 0
    np.testing.assert_allclose(page.forward(page_state(demo))["loss"], demo.forward()["loss"], rtol=1e-12)
    for place in np.ndindex(SHAPES["weights"]):
        assert page.slope(page_state(demo), "weights", *place) == pytest.approx(demo.errors()["weights"][place], rel=1e-3, abs=1e-5)


def test_of_equal_numbers_in_a_window_the_first_is_said_to_get_the_error_and_the_others_that_they_are_as_large(javascript_module):
    page, demo = javascript_module("way_back/network.js"), WayBack()
    parts, errors = page.forward(page_state(demo)), page.backward(page_state(demo))
    story = javascript_module("way_back/story.js")
    window = [(2, 2), (2, 3), (3, 2), (3, 3)]  # all zero at the start
    said = [story.errorStory(parts, errors, "map", *place, demo.label) for place in window]
    assert "gets the whole error" in said[0]
    assert all(text.startswith("as large as another number") for text in said[1:])
    assert story.errorStory(parts, errors, "map", 0, 1, demo.label).startswith("not the largest")


def test_steps_are_those_of_python_and_make_the_loss_smaller(javascript_module):
    page, demo = javascript_module("way_back/network.js"), WayBack(rate=0.1)
    losses = [demo.forward()["loss"].item()]
    for _ in range(10):
        expected = page.stepped(page_state(demo), demo.rate)
        demo.step()
        for name in PARAMETERS:
            np.testing.assert_allclose(getattr(demo, name), expected[name], atol=1e-9)
        losses.append(demo.forward()["loss"].item())
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < losses[0] / 2


def test_what_it_starts_with_stands_at_no_bend():
    parts = WayBack().forward()
    assert np.abs(parts["sums"]).min() > 1e-3
    windows = parts["map"].reshape(2, 2, 2, 2).swapaxes(1, 2).reshape(4, 4)
    largest = np.sort(windows, axis=1)
    assert ((largest[:, -1] - largest[:, -2] > 1e-3) | (largest[:, -1] == 0)).all()


def test_the_error_reaches_every_part_in_the_end_and_none_twice():
    assert sorted(part for parts in STAGES for part in parts) == sorted(SHAPES)


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("image", [[1, 2], [3, 4]], "it takes 4 rows of 4 numbers from -10 to 10"),
        ("image", np.full((4, 4), 11.0), "it takes 4 rows of 4 numbers from -10 to 10"),
        ("kernel", [[float("nan")] * 3] * 3, "it takes 3 rows of 3 numbers"),
        ("label", 2, "label is 2; it takes a whole number from 0 to 1"),
        ("rate", 0.2, "rate is 0.2; it takes one of 0.1, 0.5, 1"),
        ("stage", 6, "stage is 6; it takes a whole number from 0 to 5"),
        ("part", "filter", "part is 'filter'; it takes one of image"),
        ("position", [3, 0], "with part='kernel' it takes"),
    ],
)
def test_what_it_cannot_take_is_refused_by_name(trait, value, message):
    with pytest.raises(traitlets.TraitError) as refused:
        WayBack(**{trait: value})
    assert message in str(refused.value)


def test_another_part_keeps_the_chosen_place_inside_it():
    demo = WayBack(part="image", position=[3, 3])
    demo.part = "logits"
    assert demo.position == [0, 1]


def test_the_stand_in_names_every_part():
    text = WayBack().html()
    assert text.count('<th scope="row">') == len(SHAPES)
    assert "With JavaScript you see the error flow back" in text
