"""The live network's Python side: the NumPy network is Keras's, rounding costs nothing that shows, traits refuse what they cannot."""

import base64
import re

import numpy as np
import pytest
import traitlets

from bookbuild import bundle_demos
from cnnbook import article, data, models, records
from cnnbook.demos import LiveCNN
from cnnbook.demos.live_cnn import trained_cnn
from cnnbook.demos.shared.base import DEMOS
from cnnbook.keras_quietly import keras

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def keras_cnn():
    model = models.cnn()
    model.load_weights(records.weights_path("cnn"))
    return model


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    """The samples, crops of a photograph, and noise."""
    rng, photograph = np.random.default_rng(0), data.photograph("temple")
    corners = rng.integers(0, (photograph.shape[0] - 32, photograph.shape[1] - 32), (20, 2))
    crops = [photograph[top : top + 32, left : left + 32] for top, left in corners]
    return np.concatenate([LiveCNN().pixels(), crops, rng.integers(0, 256, (20, 32, 32, 3), dtype=np.uint8)])


def test_the_probabilities_are_those_of_keras(keras_cnn, pictures):
    expected = keras_cnn.predict(data.scale(pictures), verbose=0)
    np.testing.assert_allclose(LiveCNN().probabilities(pictures), expected, atol=1e-5)


def test_every_layer_makes_what_the_layer_of_keras_makes(keras_cnn, pictures):
    kept = [layer for layer in keras_cnn.layers if type(layer).__name__ not in ("Flatten", "Dropout")]
    outputs = keras.Model(keras_cnn.inputs, [layer.output for layer in kept]).predict(data.scale(pictures[:4]), verbose=0)
    made = trained_cnn.steps(pictures[:4])
    assert len(made) == len(outputs)
    for (name, values), expected in zip(made.items(), outputs, strict=True):
        np.testing.assert_allclose(values.reshape(expected.shape), expected, rtol=1e-5, atol=2e-5, err_msg=name)


def test_the_layers_of_the_demo_are_those_of_keras_in_name_shape_and_stride(keras_cnn):
    kinds = {
        "InputLayer": "input",
        "Conv2D": "conv",
        "BatchNormalization": "norm",
        "LeakyReLU": "act",
        "Dense": "dense",
        "Softmax": "softmax",
    }
    kept = [layer for layer in keras_cnn.layers if type(layer).__name__ in kinds]
    for ours, theirs in zip(trained_cnn.layers(), kept, strict=True):
        assert ours.kind == kinds[type(theirs).__name__]
        assert tuple(n for n in ours.shape if n > 1) == theirs.output.shape[1:]
        assert ours.stride == getattr(theirs, "strides", (1, 1))[0]
    assert next(layer.negative_slope for layer in kept if hasattr(layer, "negative_slope")) == pytest.approx(article.LEAKY_SLOPE)


def test_rounding_the_dense_kernel_moves_a_weight_by_half_a_step_and_a_probability_by_little(pictures):
    kernel, bias = trained_cnn.weights()["dense"]
    integers, scales = trained_cnn.rounded(kernel)
    restored = integers * scales
    assert (np.abs(restored - kernel) <= scales / 2 * 1.01).all()
    exact = trained_cnn.steps(pictures)["probabilities"]
    rounded = trained_cnn.steps(pictures, {**trained_cnn.weights(), "dense": [restored, bias]})["probabilities"]
    assert np.abs(rounded - exact).max() < 3e-5


def test_the_packed_weights_hold_every_parameter():
    parameters = sum(array.size for arrays in trained_cnn.weights().values() for array in arrays)
    assert parameters == 592_554
    dense, units = trained_cnn.weights()["dense"][0].shape
    assert len(trained_cnn.packed()) == 4 * (parameters - dense * units + units) + 2 * dense * units
    assert LiveCNN().weights == trained_cnn.packed()


def test_what_the_live_network_adds_to_a_page_stays_below_two_megabytes():
    own = sum(path.stat().st_size for path in (DEMOS / LiveCNN.name).glob("*.js"))
    assert len(bundle_demos.weights_script()) + own + len(LiveCNN().html()) <= 2 * MEGABYTE


def test_the_weights_are_no_part_of_the_page_and_the_output_is_the_same_each_time():
    demo = LiveCNN()
    assert "weights" not in demo.state()
    assert len(demo.html()) < MEGABYTE / 10
    assert demo.html() == LiveCNN().html()


def test_new_weights_get_a_new_address_so_that_no_browser_keeps_the_old_ones(monkeypatch):
    old = bundle_demos.bundle().splitlines()
    monkeypatch.setattr(bundle_demos, "packed", lambda: b"newly trained")
    ((before, after),) = {(a, b) for a, b in zip(old, bundle_demos.bundle().splitlines(), strict=True) if a != b}
    assert f'"weights_address": "{bundle_demos.WEIGHTS}?v=' in before
    assert f'"weights_address": "{bundle_demos.WEIGHTS}?v=' in after


def test_the_samples_are_pictures_as_the_network_takes_them_each_with_credit_and_words():
    demo = LiveCNN()
    assert demo.pixels().shape == (len(demo.samples), 32, 32, 3)
    for name, about in demo.samples.items():
        assert len(base64.b64decode(about["pixels"])) == 32 * 32 * 3, name
        assert about["alt"], name
        assert "CC0" in about["credit"] or "CC BY" in about["credit"], name


def test_a_cat_and_a_horse_are_recognised_the_moved_cat_is_not_and_the_others_are_said_to_be_none():
    demo = LiveCNN()
    answers = dict(zip(demo.samples, np.array(demo.classes)[demo.probabilities(demo.pixels()).argmax(1)], strict=True))
    assert (answers["cat"], answers["horse"]) == ("cat", "horse")
    assert answers["moved cat"] != "cat"
    for name in ("coffee", "flower"):
        assert "none of the ten classes" in demo.samples[name]["note"]


def test_the_stand_in_shows_each_sample_with_its_three_most_probable_classes():
    demo = LiveCNN()
    stand_in = demo.stand_in()
    assert stand_in.count("<img alt=") == len(demo.samples)
    for answer in demo.probabilities(demo.pixels()):
        best = np.argsort(-answer)[:3]
        assert ", ".join(f"{demo.classes[i]} {100 * answer[i]:.0f} %" for i in best) in stand_in
    assert re.search(r"Rachel Michetti", stand_in)


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("sample", "dog", "sample is 'dog'; it takes one of cat, moved cat, horse, coffee, flower"),
        ("layer", "flatten", "layer is 'flatten'; it takes one of input, convolution 1, .*, logits, probabilities"),
        ("explained", "lion", "explained is 'lion'; it takes one of answer, airplane, .*, truck"),
        ("map", 32, "map is 32; with layer='convolution 1' it takes a whole number from 0 to 31"),
        ("map", -1, "map is -1"),
        ("map", True, "map is True"),
        (
            "position",
            [0, 32],
            r"position is \[0, 32\]; with layer='convolution 1' it takes \[row, column\], row from 0 to 31, col",
        ),
        ("position", [0], "position is"),
        ("position", [0.5, 1], "position is"),
        ("position", [True, 1], "position is"),
    ],
)
def test_a_wrong_value_is_refused_with_what_the_trait_takes_and_changes_nothing(trait, value, message):
    demo = LiveCNN()
    before = demo.state()
    with pytest.raises(traitlets.TraitError, match=message):
        setattr(demo, trait, value)
    assert demo.state() == before


def test_another_layer_brings_map_and_position_back_into_it():
    demo = LiveCNN(layer="convolution 3", map=63, position=[15, 3])
    assert (demo.map, demo.position) == (63, [15, 3])
    demo.layer = "convolution 4"
    assert (demo.map, demo.position) == (63, [7, 3])
    demo.layer = "logits"
    assert (demo.map, demo.position) == (9, [0, 0])


@pytest.mark.parametrize(
    "pixels",
    [np.zeros((32, 32, 3), np.uint8), np.zeros((1, 32, 32, 3)), np.zeros((1, 33, 32, 3), np.uint8)],
    ids=["one", "float", "33 rows"],
)
def test_pixels_of_another_shape_or_type_are_refused(pixels):
    with pytest.raises(ValueError, match=r"pixels is .*; it takes uint8 of shape \(batch, 32, 32, 3\)"):
        LiveCNN().probabilities(pixels)
