"""The demos' Python side: traits, their limits, the HTML for the page, and the script made of all of them."""

import html
import json
import re

import numpy as np
import pytest
import traitlets

from cnnbook.demos import ReceptiveField, SlidingFilter
from cnnbook.demos.shared.base import Demo
from cnnbook.keras_quietly import keras


@pytest.mark.parametrize("colour", ["grey", "rgb"])
@pytest.mark.parametrize(("stride", "padding"), [(1, "valid"), (2, "same"), (3, "valid")])
def test_the_feature_map_equals_keras_for_every_filter_and_picture(colour, stride, padding):
    demo = SlidingFilter(colour=colour, stride=stride, padding=padding, bias=3.0)
    for picture in demo.pictures:
        for name in demo.filters[colour]:
            demo.picture, demo.filter = picture, name
            pixels = np.array([demo.pictures[picture][colour]], "float32")
            expected = keras.ops.conv(pixels, np.array(demo.kernel, "float32")[..., None], strides=stride, padding=padding)
            np.testing.assert_allclose(demo.feature_map(), np.array(expected)[0, :, :, 0] + 3, atol=0.01)


def test_choosing_a_filter_sets_the_kernel_and_a_kernel_of_ones_own_says_so():
    demo = SlidingFilter()
    demo.filter = "blur"
    assert demo.kernel == demo.filters["grey"]["blur"]
    demo.kernel = [[[1], [2], [3]]] * 3
    assert demo.filter == "custom"


def test_another_number_of_channels_keeps_the_named_filter_and_spreads_ones_own():
    demo = SlidingFilter(filter="outline")
    demo.colour = "rgb"
    assert (demo.filter, np.shape(demo.kernel)) == ("outline", (3, 3, 3))
    demo.kernel = np.tile([1.0, 2.0, 6.0], (3, 3, 1)).tolist()
    demo.colour = "grey"
    assert (demo.filter, demo.kernel[0][0]) == ("custom", [3.0])


def test_a_colour_filter_that_grey_does_not_know_becomes_ones_own():
    demo = SlidingFilter(colour="rgb", filter="red against the rest")
    demo.colour = "grey"
    assert demo.filter == "custom"
    assert np.shape(demo.feature_map()) == (26, 26)


def test_a_demo_of_ones_own_filter_can_be_made_and_shown_and_named_filters_stay_as_they_are():
    demo = SlidingFilter(filter="custom", kernel=np.full((3, 3, 1), np.float32(0.5)).tolist())
    assert demo.kernel[0][0] == [0.5]
    assert SlidingFilter(filter="custom").html()
    other = SlidingFilter()
    other.kernel[0][0][0] = 99
    assert other.filters["grey"]["vertical edges"][0][0][0] == -1


def test_a_smaller_map_brings_the_window_back_into_it():
    demo = SlidingFilter(position=[25, 25])
    demo.stride = 2
    assert demo.position == [0, 0]


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("picture", "cat", "picture is 'cat'; it takes one of bars, temple, flower"),
        ("filter", "edges", "filter is 'edges'.*vertical edges"),
        ("filter", "red against the rest", "with colour='grey' it takes"),
        ("kernel", [[1, 2], [3, 4]], "3 rows of 3 cells with a number per channel"),
        ("kernel", np.ones((3, 3, 3)).tolist(), r"with colour='grey' it takes numbers of shape \(3, 3, 1\)"),
        ("stride", True, "stride is True"),
        ("kernel", [[[float("nan")]] * 3] * 3, "each from -1000 to 1000"),
        ("kernel", [["a"]], "kernel is"),
        ("bias", float("nan"), "bias is nan; it takes a number from -1000 to 1000"),
        ("stride", 4, "stride is 4; it takes one of 1, 2, 3"),
        ("stride", 0, "stride is 0"),
        ("padding", "full", "padding"),
        ("position", [26, 0], r"position is \[26, 0\]; with stride=1 and padding='valid' it takes \[row, column\], row from 0 to 25, col"),
        ("position", [0], "position is"),
    ],
)
def test_a_wrong_value_is_refused_with_what_the_trait_takes_and_changes_nothing(trait, value, message):
    demo = SlidingFilter()
    before = demo.state()
    with pytest.raises(traitlets.TraitError, match=message):
        setattr(demo, trait, value)
    assert demo.state() == before


def test_a_receptive_fields_spans_grow_by_the_rule_and_include_the_padding():
    demo = ReceptiveField(layers=[[4, 2], [3, 2]], position=[0, 7])
    assert demo.sides() == [32, 16, 8]
    assert demo.spans() == [((-1, 6), (27, 34)), ((0, 2), (14, 16)), ((0, 0), (7, 7))]
    assert demo.size() == 8


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("layers", [], "layers is .*1 to 16 pairs"),
        ("layers", [[3, 1]] * 17, "1 to 16 pairs"),
        ("layers", [[6, 1]], "kernels from"),
        ("layers", [[3, 0]], "strides from"),
        ("position", [8, 0], "row from 0 to 7, column from 0 to 7"),
        ("picture", "cat", "picture is 'cat'"),
    ],
)
def test_a_receptive_field_refuses_what_it_cannot_draw(trait, value, message):
    demo = ReceptiveField()
    with pytest.raises(traitlets.TraitError, match=message):
        setattr(demo, trait, value)


def output(demo: Demo) -> dict:
    return demo._repr_mimebundle_()[0]


def test_the_output_holds_the_state_for_the_page_a_view_for_jupyter_and_words_for_the_rest():
    demo = SlidingFilter(filter="outline", stride=2)
    data = output(demo)
    state = json.loads(html.unescape(re.search(r'data-state="([^"]*)"', data["text/html"])[1]))
    assert state == demo.state()
    assert state["kernel"] == demo.filters["grey"]["outline"]
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/plain"] == "SlidingFilter()"


def test_two_executions_give_the_same_html():
    assert output(SlidingFilter())["text/html"] == output(SlidingFilter())["text/html"]


def test_the_stand_in_describes_its_pictures_and_credits_the_photographer():
    stand_in = SlidingFilter(picture="flower").stand_in()
    assert stand_in.count("<img alt=") == 2
    assert "vultilion" in stand_in
    assert "data:image/bmp" in stand_in
