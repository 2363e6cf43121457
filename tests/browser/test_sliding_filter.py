"""The sliding filter in the built page, driven by mouse, finger and keyboard; every number it shows equals Keras."""

import numpy as np
import pytest

from cnnbook.demos import SlidingFilter
from cnnbook.keras_quietly import keras
from tests.browser.driver import Driver, number

CHAPTER = "chapters/01_convolution.html"


def keras_map(
    picture="temple", colour="grey", kernel=None, bias=0.0, stride=1, padding="valid", filter_name="vertical edges"
) -> np.ndarray:
    """The whole feature map as Keras computes it."""
    demo = SlidingFilter()
    pixels = np.array([demo.pictures[picture][colour]], "float32")
    weights = np.array(kernel or demo.filters[colour][filter_name], "float32")[..., None]
    return np.array(keras.ops.conv(pixels, weights, strides=stride, padding=padding))[0, :, :, 0] + bias


# Choose settings by their labels, one set after the other, and read the whole feature map of each.
MAPS = """async (root, choices) => {
    const frame = () => new Promise(requestAnimationFrame), maps = [];
    const label = (name) => [...root.querySelectorAll("label")].find((each) => each.textContent === name);
    const field = (name) => document.getElementById(label(name).htmlFor);
    root.querySelector("details").open = true;
    for (const chosen of choices) {
        for (const [name, value] of Object.entries(chosen)) {
            field(name).value = value;
            if (field(name).value !== value) throw new Error(`${name} has no ${value}`);
            field(name).dispatchEvent(new Event("change"));
            await frame();
            await frame();
        }
        root.querySelector(".cb-finish").click();
        await frame();
        await frame();
        maps.push([...root.querySelectorAll("details tbody tr")].map((row) => [...row.cells].slice(1).map((cell) => cell.textContent)));
    }
    return maps;
}"""


def as_map(rows: list[list[str]]) -> np.ndarray:
    """A feature map as its table writes it; NaN where a cell is not computed."""
    return np.array([[number(text) if text else np.nan for text in row] for row in rows])


class Filter(Driver):
    def spot(self, canvas: str, side: int, row: float, column: float) -> tuple[float, float]:
        """Where on the page a place in a canvas of side × side cells is, as (x, y)."""
        box = self.root.locator(canvas).bounding_box()
        cell = box["width"] / side
        return box["x"] + column * cell, box["y"] + row * cell

    def computed(self) -> int:
        return int(self.root.locator(".cb-right figcaption").inner_text().split(", ")[-1].split(" of ")[0])

    def map(self) -> np.ndarray:
        """The table of the feature map; NaN where a cell is not computed."""
        details = self.root.locator("details")
        if details.get_attribute("open") is None:
            details.locator("summary").click()
            self.settle()
        rows = details.locator("tbody").evaluate(
            "body => [...body.rows].map((row) => [...row.cells].slice(1).map((cell) => cell.textContent))"
        )
        return as_map(rows)

    def tables(self) -> list[np.ndarray]:
        """patch, filter, products of each channel."""
        read = """tables => tables.map((table) => [...table.rows].map((row) =>
            [...row.cells].map((cell) => cell.querySelector("input")?.value ?? cell.textContent)))"""
        tables = self.root.locator(".cb-line table").evaluate_all(read)
        return [np.array([[number(value) for value in row] for row in table]) for table in tables]


@pytest.fixture
def demo(open_anew, address):
    return Filter(open_anew(address + CHAPTER))


@pytest.fixture
def served(open_anew, server):
    return Filter(open_anew(server + CHAPTER))


def test_the_first_cell_shows_patch_products_sum_and_bias_and_says_it_aloud(demo):
    patch, kernel, products = demo.tables()
    np.testing.assert_allclose(patch * kernel, products)
    assert demo.total == products.sum() == keras_map()[0, 0]
    assert demo.position() == (0, 0)
    assert demo.root.locator(".cb-total").inner_text() in demo.said


def test_finish_shows_the_whole_feature_map_of_keras(demo):
    demo.press("Finish")
    np.testing.assert_allclose(demo.map(), keras_map(), atol=0.01)
    assert demo.page.foreign == demo.page.complaints == []


@pytest.mark.parametrize("colour", ["grey", "rgb"])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_every_filter_gives_the_feature_map_of_keras_at_each_stride_and_padding(served, colour, stride, padding):
    served.choose("Channels", colour)
    served.choose("Stride", str(stride))
    served.choose("Padding", padding)
    names = list(SlidingFilter().filters[colour])
    chosen = [("temple", name) for name in names] + [("bars", names[0]), ("flower", names[-1])]
    maps = served.root.evaluate(MAPS, [{"Image": picture, "Filter": name} for picture, name in chosen])
    for (picture, name), rows in zip(chosen, maps, strict=True):
        expected = keras_map(picture, colour, stride=stride, padding=padding, filter_name=name)
        np.testing.assert_allclose(as_map(rows), expected, atol=0.011, err_msg=f"{picture}, {name}")


def test_arrow_keys_move_the_window_and_each_shown_sum_equals_keras(demo):
    demo.root.locator(".cb-input").focus()
    expected = keras_map()
    row = column = 0
    for key, by in [
        ("ArrowRight", (0, 1)),
        ("ArrowDown", (1, 0)),
        ("ArrowDown", (1, 0)),
        ("ArrowLeft", (0, -1)),
        ("ArrowLeft", (0, 0)),
        ("ArrowUp", (-1, 0)),
    ]:
        demo.page.keyboard.press(key)
        demo.settle()
        row, column = row + by[0], column + by[1]
        assert demo.position() == (row, column)
        assert demo.total == expected[row, column]
    demo.page.keyboard.press("End")
    demo.settle()
    assert demo.position() == (row, expected.shape[1] - 1)
    demo.page.keyboard.press("Home")
    demo.settle()
    assert demo.position() == (row, 0)


def test_the_whole_demo_can_be_reached_and_used_with_the_keyboard_alone(served):
    page = served.page
    page.get_by_label("Image", exact=True).first.focus()
    reached = []
    for _ in range(40):
        reached.append(page.evaluate("document.activeElement.className || document.activeElement.tagName"))
        if reached[-1] == "SUMMARY":
            break
        page.keyboard.press("Tab")
    assert {"cb-canvas cb-input", "cb-back", "cb-play", "cb-forward", "cb-finish", "cb-restart", "SUMMARY"} <= set(reached)
    page.locator(".cb-forward").first.focus()
    page.keyboard.press("Enter")
    served.settle()
    assert served.position() == (0, 1)


def drag(served, start, end, steps=15):
    served.page.mouse.move(*served.spot(".cb-input", 28, *start))
    served.page.mouse.down()
    served.page.mouse.move(*served.spot(".cb-input", 28, *end), steps=steps)
    served.settle()
    served.page.mouse.up()


def test_dragging_moves_the_window_and_computes_only_cells_on_the_way(served):
    drag(served, (5.5, 5.5), (5.5, 20.5))
    assert served.position() == (4, 19)
    assert served.total == keras_map()[4, 19]
    computed = ~np.isnan(served.map())
    assert computed[4, 4:20].all()
    assert computed.sum() < 60  # with what the mouse passed over


def test_a_mouse_over_the_image_or_the_map_shows_the_place_without_a_press(served):
    served.page.mouse.move(*served.spot(".cb-input", 28, 9.5, 14.5))
    served.settle()
    assert (served.position(), served.total) == ((8, 13), keras_map()[8, 13])
    served.page.mouse.move(*served.spot(".cb-map", 26, 20.5, 3.5))
    served.settle()
    assert (served.position(), served.total) == ((20, 3), keras_map()[20, 3])


def test_the_window_stays_inside_when_it_is_dragged_beyond_the_edge(served):
    drag(served, (5, 5), (5, 45))
    assert served.position()[1] == 25


def test_clicking_the_feature_map_moves_the_window_there(served):
    served.page.mouse.click(*served.spot(".cb-map", 26, 3.5, 7.5))
    served.settle()
    assert served.position() == (3, 7)
    assert served.total == keras_map()[3, 7]


def test_a_finger_moves_the_window_on_a_phone(open_page, server):
    phone = Filter(open_page(server + CHAPTER, width=390, has_touch=True, is_mobile=True))
    phone.page.touchscreen.tap(*phone.spot(".cb-input", 28, 6.5, 10.5))
    phone.settle()
    assert phone.position() == (5, 9)
    assert phone.total == keras_map()[5, 9]


def test_less_motion_makes_the_steps_of_play_slower(open_page, server):
    asked = {}
    for motion in ("no-preference", "reduce"):
        calm = Filter(open_page(server + CHAPTER, reduced_motion=motion))
        calm.page.evaluate("window.setInterval = (action, ms) => { window.asked = ms; return 1; }")
        calm.press("Play")
        asked[motion] = calm.page.evaluate("window.asked")
    assert asked["reduce"] >= 1000 > asked["no-preference"]


def test_play_fills_the_map_and_pause_stops_it(open_page, server):
    served = Filter(open_page(server + CHAPTER))
    served.page.clock.install()
    served.press("Play")
    served.page.wait_for_function("document.querySelector('.cb-right figcaption').textContent.match(/, (\\d+) of/)[1] > 5")
    served.press("Pause")
    before = served.computed()
    served.let_pass(2_000)
    assert served.computed() == before > 5
    assert served.position() == divmod(before - 1, 26)
    assert np.isnan(served.map()).sum() == 26 * 26 - before


def test_steps_go_forth_and_back_and_restart_empties_the_map(served):
    for _ in range(3):
        served.press("Step forward")
    assert (served.position(), served.computed()) == ((0, 3), 4)
    served.press("Step back")
    assert (served.position(), served.computed()) == ((0, 2), 3)
    served.press("Restart")
    assert (served.position(), served.computed()) == ((0, 0), 1)
    served.press("Step back")
    assert served.position() == (0, 0)


def test_a_weight_and_the_bias_can_be_changed_and_count_at_once(served):
    served.root.get_by_label("filter, row 1, column 1").fill("-2.5")
    served.root.get_by_label("Bias").fill("10")
    served.press("Finish")
    kernel = [[[-2.5], [0], [1]], [[-1], [0], [1]], [[-1], [0], [1]]]
    np.testing.assert_allclose(served.map(), keras_map(kernel=kernel, bias=10), atol=0.011)
    assert served.root.get_by_label("Filter", exact=True).input_value() == "custom"


@pytest.mark.parametrize("label", ["filter, row 2, column 2", "Bias"])
def test_a_weight_that_is_no_number_is_named_and_changes_nothing(served, label):
    before = served.total
    field = served.root.get_by_label(label)
    field.fill("")
    served.settle()
    assert field.get_attribute("aria-invalid") == "true"
    assert "takes a number" in served.root.get_by_role("alert").inner_text()
    assert served.total == before


def test_colour_shows_three_channels_whose_sums_add_up(served):
    served.choose("Channels", "rgb")
    served.choose("Filter", "red against the rest")
    served.press("Step forward")
    tables = served.tables()
    assert len(tables) == 9
    products = sum(table.sum() for table in tables[2::3])
    assert served.total == pytest.approx(products, abs=0.01)
    assert served.total == pytest.approx(keras_map(colour="rgb", filter_name="red against the rest")[0, 1], abs=0.01)


def test_zeros_of_the_padding_look_different_from_black_pixels(served):
    served.choose("Image", "bars")
    served.choose("Padding", "same")
    corner, black = served.root.locator(".cb-input").evaluate(
        """canvas => { const cell = canvas.width / 30, look = (i, j) => {
            const data = canvas.getContext("2d").getImageData(j * cell + 1, i * cell + 1, cell - 2, cell - 2).data;
            return new Set(Array.from({ length: data.length / 4 }, (_, k) => data[4 * k])).size; };
            return [look(29, 29), look(28, 28)]; }"""
    )
    assert corner > 1
    assert black == 1


def test_without_javascript_a_still_picture_stands_in(open_page, server):
    page = open_page(server + CHAPTER, java_script_enabled=False)
    stand_in = page.locator(".cnnbook-demo .cnnbook-standin").first
    assert stand_in.is_visible()
    assert all(image.get_attribute("alt") for image in stand_in.locator("img").all())


def test_in_print_the_still_picture_takes_the_place_of_the_demo(open_page, server):
    served = Filter(open_page(server + CHAPTER))
    served.page.emulate_media(media="print")
    assert not served.root.is_visible()
    assert served.page.locator(".cnnbook-demo .cnnbook-standin").first.is_visible()


def test_a_demo_is_redrawn_when_the_theme_changes(open_page, server):
    served = Filter(open_page(server + CHAPTER))
    look = "canvas => canvas.toDataURL()"
    canvas = served.root.locator(".cb-map")
    before = canvas.evaluate(look)
    served.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    served.settle()
    served.page.wait_for_function("before => document.querySelector('.cb-map').toDataURL() !== before", arg=before)
