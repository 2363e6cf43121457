"""The sliding filter: a finished map stays finished, Play keeps its time, and own images are convolved like the others."""

import io

import numpy as np
import pytest
import traitlets
from PIL import Image

from cnnbook.data import grey
from cnnbook.demos import SlidingFilter
from cnnbook.reference import conv2d
from tests.browser.driver import Driver, number

CELLS = 26 * 26
OWN_FILTER = np.arange(9.0).reshape(3, 3, 1).tolist()


class Sliding(Driver):
    def computed(self) -> int:
        return int(self.root.locator(".cb-right figcaption").inner_text().split(", ")[-1].split(" of ")[0])

    def map(self) -> np.ndarray:
        """The table of the feature map."""
        self.root.locator("details").evaluate("(details) => { details.open = true; }")
        self.settle()
        rows = self.root.locator("details tbody tr").evaluate_all(
            "rows => rows.map((row) => [...row.cells].slice(1).map((cell) => cell.textContent))"
        )
        return np.array([[number(text) for text in row] for row in rows])


@pytest.fixture
def sliding(open_demos):
    return lambda **options: Sliding(open_demos(SlidingFilter(**options)))


def test_a_finished_map_stays_finished_and_is_computed_anew_when_anything_changes(sliding):
    demo, twin = sliding(), SlidingFilter()
    demo.press("Finish")
    changes = [
        ("Filter", "filter", "blur"), ("Image", "picture", "flower"), ("Channels", "colour", "rgb"), ("Stride", "stride", 2),
        ("Padding", "padding", "same"), ("Stride", "stride", 1),
    ]  # fmt: skip
    for label, trait, value in changes:
        demo.choose(label, str(value))
        setattr(twin, trait, value)
        np.testing.assert_allclose(demo.map(), twin.feature_map(), atol=0.01, err_msg=label)
    demo.root.get_by_label("filter red, row 2, column 2").fill("3")
    demo.root.get_by_label("Bias", exact=True).fill("7")
    demo.settle()
    kernel = np.array(twin.kernel)
    kernel[1, 1, 0] = 3
    twin.kernel, twin.bias = kernel.tolist(), 7
    np.testing.assert_allclose(demo.map(), twin.feature_map(), atol=0.01)
    assert demo.page.complaints == []


def test_a_map_that_is_not_finished_begins_anew_with_another_filter(sliding):
    demo = sliding()
    demo.press("Step forward")
    demo.choose("Filter", "blur")
    assert demo.computed() == 1


def test_a_demo_can_be_published_with_its_finished_map_and_play_begins_it_anew(sliding):
    demo = sliding(finished=True, filter="outline", position=[12, 5])
    assert (demo.computed(), demo.position()) == (CELLS, (12, 5))
    demo.press("Play")
    assert demo.computed() < CELLS


def test_an_emptied_weight_leaves_no_warning_behind_when_a_named_filter_is_chosen(sliding):
    demo = sliding()
    weight = demo.root.get_by_label("filter, row 1, column 2")  # 0 in both filters
    weight.fill("")
    demo.settle()
    assert "takes a number" in demo.root.get_by_role("alert").inner_text()
    demo.choose("Filter", "sharpen")
    demo.choose("Filter", "vertical edges")
    assert demo.root.get_by_role("alert").inner_text() == ""
    assert (weight.input_value(), weight.get_attribute("aria-invalid")) == ("0", None)


# Presses Play and returns when; then how long ago that was, and how many cells are computed.
BEGIN = "() => { document.querySelector('.cb-play').click(); return performance.now(); }"
SO_FAR = """(began) => [performance.now() - began,
    Number(document.querySelector('.cb-right figcaption').textContent.match(/, (\\d+) of/)[1])]"""
LATE = 700  # milliseconds by which a busy browser may draw later


@pytest.mark.parametrize(("speed", "seconds"), [("slow", 40), ("usual", 10), ("fast", 3)])
def test_play_takes_its_time_for_a_map_of_any_size(sliding, speed, seconds):
    demo = sliding()
    demo.page.clock.install()
    demo.choose("Speed", speed)
    for stride, cells in (("1", CELLS), ("3", 81)):
        demo.choose("Stride", stride)
        demo.press("Restart")
        began = demo.page.evaluate(BEGIN)
        demo.page.clock.run_for(500 * seconds)
        elapsed, computed = demo.page.evaluate(SO_FAR, began)
        each = 1000 * seconds / cells
        assert (elapsed - LATE) / each - 2 <= computed <= elapsed / each + 2
        demo.page.clock.run_for(600 * seconds)
        demo.settle()
        assert demo.computed() == cells
        assert demo.root.get_by_role("button", name="Play", exact=True).is_visible()


def test_a_finger_that_goes_up_or_down_scrolls_the_page_and_leaves_the_window(sliding):
    demo = sliding()
    assert (
        demo.root.locator(".cb-input, .cb-map").evaluate_all("all => all.map((node) => getComputedStyle(node).touchAction)")
        == ["pan-y"] * 2
    )


def test_an_image_of_ones_own_is_convolved_and_another_choice_takes_its_place(sliding):
    demo = sliding()
    pixels = np.random.default_rng(0).integers(0, 256, (28, 28, 3)).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    demo.press("Finish")
    demo.root.locator(".cb-file").set_input_files({"name": "own.png", "mimeType": "image/png", "buffer": file.getvalue()})
    demo.page.wait_for_function("document.querySelector('.cb-credit').textContent.includes('own.png')")
    kernel = np.array(SlidingFilter().kernel, float)[..., None]
    np.testing.assert_allclose(demo.map(), conv2d(grey(pixels)[None, :, :, None].astype(float), kernel)[0, :, :, 0], atol=0.01)
    demo.choose("Channels", "rgb")
    kernel = np.array(SlidingFilter(colour="rgb").kernel, float)[..., None]
    np.testing.assert_allclose(demo.map(), conv2d(pixels[None].astype(float), kernel)[0, :, :, 0], atol=0.01)
    demo.choose("Image", "temple")
    np.testing.assert_allclose(demo.map(), SlidingFilter(colour="rgb").feature_map(), atol=0.01)
    assert demo.root.get_by_label("Image", exact=True).locator("option").count() == 3


def test_a_file_that_is_no_image_is_refused_in_a_sentence_that_goes_with_the_next_choice(sliding):
    demo = sliding()
    demo.root.locator(".cb-file").set_input_files({"name": "text.png", "mimeType": "image/png", "buffer": b"no image"})
    demo.page.wait_for_function("document.querySelector('[role=alert]').textContent.includes('text.png')")
    demo.choose("Image", "flower")
    assert demo.root.get_by_role("alert").inner_text() == ""


@pytest.mark.parametrize("named", ["blur", "vertical edges"])
def test_a_kernel_and_the_name_of_another_filter_contradict_each_other(named):
    with pytest.raises(traitlets.TraitError, match=rf"^kernel is .*; with filter='{named}' it takes the weights of that filter"):
        SlidingFilter(filter=named, kernel=OWN_FILTER)
    demo = SlidingFilter(filter="outline")
    with pytest.raises(traitlets.TraitError, match=r"^kernel is "), demo.hold_trait_notifications():
        demo.filter, demo.kernel = named, OWN_FILTER
    assert (demo.filter, demo.kernel) == ("outline", demo.filters["grey"]["outline"])


def test_a_kernel_goes_with_its_own_name_with_custom_and_with_no_name():
    named = SlidingFilter().filters["grey"]["blur"]
    assert SlidingFilter(filter="blur", kernel=named).filter == "blur"
    assert SlidingFilter(filter="custom", kernel=OWN_FILTER).kernel == SlidingFilter(kernel=OWN_FILTER).kernel == OWN_FILTER
    assert SlidingFilter(kernel=OWN_FILTER).filter == "custom"
