"""The inside of the live network: each unit has the value of Keras, and the numbers beside it are those that made it."""

import numpy as np
import pytest

from cnnbook import data
from cnnbook.demos import LiveCNN
from cnnbook.demos.live_cnn import trained_cnn
from cnnbook.keras_quietly import keras
from tests.browser.driver import number
from tests.browser.live import CHAPTER, Live, keras_cnn


@pytest.fixture
def served(open_anew, server):
    return Live(open_anew(server + CHAPTER))


@pytest.fixture(scope="module")
def of_keras() -> dict[str, np.ndarray]:
    """What each layer of Keras makes of the cat, (height, width, channels) by the demo's names."""
    kept = [layer for layer in keras_cnn().layers if type(layer).__name__ not in ("Flatten", "Dropout")]
    outputs = keras.Model(keras_cnn().inputs, [layer.output for layer in kept]).predict(data.scale(LiveCNN().pixels()[:1]), verbose=0)
    return {layer.name: values.reshape(layer.shape) for layer, values in zip(trained_cnn.layers(), outputs, strict=True)}


@pytest.mark.parametrize("layer", [layer.name for layer in trained_cnn.layers()])
def test_the_units_of_each_layer_have_the_values_of_keras(served, of_keras, layer):
    served.open(layer)
    height = of_keras[layer].shape[0]
    tiles = served.root.locator(".cb-tiles")
    for step in range(3):
        if step:
            tiles.focus()
            served.page.keyboard.press("ArrowRight")
            if height > 1:
                served.root.locator(".cb-map").focus()
                served.page.keyboard.press("ArrowUp")
        served.settle()
        row, column = served_position(served, height)
        assert served.unit() == pytest.approx(of_keras[layer][row, column, step], rel=1e-4, abs=5e-4)  # the dense kernel is rounded


def served_position(live: Live, height: int) -> tuple[int, int]:
    if height == 1:
        return 0, 0
    row, column = live.title().split(", row ")[1].split(", column ")
    return int(row) - 1, int(column) - 1


@pytest.mark.parametrize("layer", ["convolution 1", "convolution 2", "convolution 4"])
def test_a_convolutions_patch_filter_and_products_are_those_of_keras_and_add_up(served, of_keras, layer):
    served.open(layer)
    names = list(of_keras)
    before, place = of_keras[names[names.index(layer) - 1]], trained_cnn.layers()[names.index(layer)]
    kernel, bias = trained_cnn.weights()[layer]
    row, column = served_position(served, place.shape[0])
    read = "tables => tables.map((table) => [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent)))"
    tables = [np.array([[number(v) for v in line] for line in rows]) for rows in served.root.locator(".cb-unit table").evaluate_all(read)]
    incoming = [0, 1, 2] if layer == "convolution 1" else [int(served.root.get_by_label("Patch and filter of").input_value())]
    zeros = 1 if place.stride == 1 else 0  # of padding "same" before an even side
    window = np.pad(before, ((1, 1), (1, 1), (0, 0)))[
        row * place.stride - zeros + 1 : row * place.stride - zeros + 4,
        column * place.stride - zeros + 1 : column * place.stride - zeros + 4,
    ]
    for c, (patch, weights, products) in zip(incoming, zip(*[iter(tables)] * 3, strict=True), strict=True):
        np.testing.assert_allclose(patch, window[..., c], rtol=0.06, atol=6e-4)
        np.testing.assert_allclose(weights, kernel[:, :, c, 0], rtol=0.06, atol=6e-4)
        np.testing.assert_allclose(products, window[..., c] * kernel[:, :, c, 0], rtol=0.06, atol=6e-4)
    assert served.unit() == pytest.approx((window * kernel[..., 0]).sum() + bias[0], abs=1e-4)


@pytest.mark.parametrize(("layer", "row", "column"), [("convolution 1", 0, 31), ("convolution 3", 8, 15), ("activation 4", 3, 4)])
def test_a_unit_depends_on_the_pixels_that_are_outlined_and_on_no_others(served, layer, row, column):
    served.open(layer)
    side = next(each.shape[0] for each in trained_cnn.layers() if each.name == layer)
    served.page.mouse.click(*served.spot(".cb-map", side, row + 0.5, column + 0.5))
    served.settle()
    assert served_position(served, side) == (row, column)
    said = served.root.get_by_role("img", name="The image with what the unit sees").get_attribute("aria-label")
    rows, columns = said.split("rows ")[1].rstrip(".").split(", columns ")
    (top, bottom), (left, right) = ([int(n) for n in part.split(" to ")] for part in (rows, columns))
    inside = np.zeros((32, 32), bool)
    inside[top - 1 : bottom, left - 1 : right] = True
    picture = LiveCNN().pixels()[0]
    value = trained_cnn.steps(picture[None])[layer][0, row, column]
    outside = np.where(inside[..., None], picture, 255 - picture)
    np.testing.assert_array_equal(trained_cnn.steps(outside[None])[layer][0, row, column], value)
    for corner in ((top - 1, left - 1), (top - 1, right - 1), (bottom - 1, left - 1), (bottom - 1, right - 1)):
        changed = picture.copy()
        changed[corner] = 255 - changed[corner]
        assert (trained_cnn.steps(changed[None])[layer][0, row, column] != value).any()


def test_zeros_of_the_padding_look_different_from_numbers_of_the_layer_before(served):
    served.open("convolution 3")
    served.page.mouse.click(*served.spot(".cb-map", 16, 0.5, 15.5))
    served.settle()
    read = "tables => [...tables[0].rows].map((row) => [...row.cells].map((cell) => Number(cell.className === 'cb-zero')))"
    assert served.root.locator(".cb-unit table").evaluate_all(read) == [[1, 1, 1], [0, 0, 1], [0, 0, 1]]


def test_hovering_over_a_map_shows_the_unit_under_the_pointer(served, of_keras):
    served.open("BatchNorm 2")
    served.page.mouse.move(*served.spot(".cb-map", 16, 4.5, 9.5))
    served.settle()
    assert served_position(served, 16) == (4, 9)
    assert served.unit() == pytest.approx(of_keras["BatchNorm 2"][4, 9, 0], abs=1e-4)


@pytest.mark.parametrize("layer", ["BatchNorm 5", "logits", "probabilities"])
def test_hovering_over_a_unit_that_is_alone_shows_it(served, of_keras, layer):
    served.open(layer)
    served.page.mouse.move(*served.spot(".cb-tiles", 1, 0.45, 0.99))
    served.settle()
    _, name = served.title().split(", ")
    unit = data.CLASS_NAMES.index(name) if name in data.CLASS_NAMES else int(name.split()[-1]) - 1
    assert unit > 0
    assert served.unit() == pytest.approx(of_keras[layer][0, 0, unit], rel=1e-4, abs=5e-4)


def test_clicking_a_small_map_chooses_it_and_the_arrows_choose_a_unit_that_is_read_out(served, of_keras):
    served.open("convolution 2")
    served.page.mouse.click(*served.spot(".cb-tiles", 16, 1.55 * 8, 5.55))  # two rows of sixteen tiles
    served.settle()
    assert served.title() == "convolution 2, map 22, row 9, column 9"
    served.root.locator(".cb-map").focus()
    served.page.keyboard.press("ArrowLeft")
    served.hears("convolution 2, map 22, row 9, column 8: ")
    assert served.unit() == pytest.approx(of_keras["convolution 2"][8, 7, 21], abs=1e-4)


def test_another_picture_changes_the_unit_that_is_looked_at(served):
    served.open("logits")
    before = served.unit()
    served.choose("Image", "horse")
    assert served.unit() != before
    assert served.unit() == pytest.approx(trained_cnn.steps(LiveCNN().pixels()[2:3])["logits"][0, 0, 0, 0], abs=1e-3)


def test_the_filters_of_a_convolution_can_be_seen(served):
    served.open("convolution 1")
    maps = served.root.locator(".cb-tiles").evaluate("canvas => canvas.toDataURL()")
    served.choose("Show", "filters")
    assert served.root.locator(".cb-tiles").evaluate("canvas => canvas.toDataURL()") != maps
    assert "all 32 filters" in served.root.inner_text()
    served.choose("Layer", "BatchNorm 1")
    assert not served.root.get_by_label("Show").is_visible()
