"""The activation history in the built page: every number, bar and shade is the recorded one, by mouse, finger and keyboard."""

import re

import numpy as np
import pytest

from cnnbook.demos.activation_history import LAYERS, RECORDED
from tests.browser.driver import number
from tests.browser.history import CHAPTER, LAST, STEPS, TRAINED, History, as_numbers


@pytest.fixture
def history(open_anew, server):
    return History(open_anew(server + CHAPTER, color_scheme="light"))


class Paused(History):
    """The demo in a page whose time stands still unless a test lets it pass."""

    def __init__(self, page):
        page.clock.install(time=0)
        page.clock.pause_at(3_600)
        super().__init__(page)

    def settle(self):
        self.page.clock.run_for(40)  # two frames

    def let_pass_until(self, done):
        for _ in range(1_000):
            if done():
                return
            self.let_pass(20)
        pytest.fail("it never comes to that")

    def stops(self) -> bool:
        return self.root.get_by_role("button", name="Play", exact=True).count() == 1


@pytest.fixture
def paused(open_page, server):
    return Paused(open_page(server + CHAPTER, color_scheme="light"))


def fullest(counts: list[int]) -> float:
    return 100 * max(counts) / sum(counts)


def recorded(layer: int, step: int) -> list[list[float]]:
    """mean, sd, movement on entering, movement on leaving and share of the fullest bin in each panel."""
    return [
        [r.means[layer][step], r.sds[layer][step], r.moved[layer][step], r.left_moved["mean"][layer][step], fullest(r.counts[layer][step])]
        for r in TRAINED
    ]


# Go through all moments as with the slider; what each panel and the screen reader say of each.
MOMENTS = """async slider => {
    const root = slider.closest(".cnnbook"), frame = () => new Promise(requestAnimationFrame), found = [];
    for (let step = 0; step <= slider.max; step++) {
        slider.value = step;
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        slider.dispatchEvent(new Event("change", { bubbles: true }));
        await frame();
        await frame();
        const lists = [...root.querySelectorAll(".cb-panels dl")];
        const panels = lists.map((list) => [...list.querySelectorAll("dd")].map((each) => each.textContent));
        found.push([panels, root.querySelector("[aria-live]").textContent]);
    }
    return found;
}"""


@pytest.mark.parametrize("layer", range(len(LAYERS)), ids=LAYERS)
def test_every_number_at_every_moment_is_the_recorded_one_and_is_said_aloud(history, layer):
    history.choose("Layer", str(layer))
    found = history.slider.evaluate(MOMENTS)
    assert len(found) == len(STEPS)
    for step, (updates, (panels, words)) in enumerate(zip(STEPS, found, strict=True)):
        numbers = np.array(as_numbers(panels))[:, [0, 1, 2, 4, 3]]
        np.testing.assert_allclose(numbers[:, :4], np.array(recorded(layer, step))[:, :4], atol=1e-9)
        np.testing.assert_allclose(numbers[:, 4], np.array(recorded(layer, step))[:, 4], atol=0.0501)
        assert words.startswith(f"{LAYERS[layer]}, {updates:,} update")
        said = [number(text) for text in re.findall(r"(?:mean|sd|moves|and) (−?[\d,.]+\d)", words)]
        assert said == numbers[:, :4].ravel().tolist()


def test_bars_are_the_chosen_histogram_and_the_outline_is_the_first_one(history):
    for step in (0, 9, LAST):
        history.go(step)
        for panel, record in enumerate(TRAINED):
            for name, shown in (("cb-bars", step), ("cb-first", 0)):
                heights, edges = history.histogram(panel, name)
                counts = np.array(record.counts[3][shown])
                np.testing.assert_allclose(heights, counts / counts.max(), atol=0.001)
                np.testing.assert_allclose(edges, np.linspace(0, 1, len(counts) + 1), atol=0.006)


def test_the_mean_its_span_and_zero_stand_where_the_scale_says(history):
    history.go(LAST)
    for panel, record in enumerate(TRAINED):
        chart = history.root.locator(".cb-panels .cb-histogram").nth(panel)
        paths = [chart.locator(f".{name}").get_attribute("d") for name in ("cb-zero-line", "cb-mean", "cb-span")]
        places = [float(x) for path in paths for x in re.findall(r"M([\d.]+)", path)][:4]
        mean, sd = record.means[3][LAST], record.sds[3][LAST]
        expected = (np.array([0, mean, mean - sd, mean + sd]) / record.reaches[3] + 1) / 2
        np.testing.assert_allclose(np.array(places) / chart.evaluate("chart => chart.clientWidth"), expected, atol=0.006)


def test_each_panel_has_its_own_scale_until_all_get_the_largest(history):
    reaches = np.array([record.reaches[3] for record in TRAINED])
    np.testing.assert_allclose(history.ends(), reaches, rtol=0.005)
    history.root.get_by_label("Same scale for all").check()
    history.settle()
    np.testing.assert_allclose(history.ends(), reaches.max(), rtol=0.005)
    for panel, reach in enumerate(reaches):
        _, edges = history.histogram(panel, "cb-bars")
        np.testing.assert_allclose(edges[[0, -1]], [0.5 - reach / reaches.max() / 2, 0.5 + reach / reaches.max() / 2], atol=0.006)
        rows = np.flatnonzero(history.shades(panel)[2:].max(0) > 0.02)
        filled = (rows[-1] - rows[0] + 1) / history.shades(panel).shape[1]
        assert filled <= reach / reaches.max() + 0.02


def test_the_shades_of_the_strip_are_the_shares_of_the_bins(history):
    for panel, record in enumerate(TRAINED):
        shades = history.shades(panel)
        for step in range(2, len(STEPS)):
            counts = np.array(record.counts[3][step])
            middles = ((np.arange(len(counts)) + 0.5) / len(counts) * shades.shape[1]).astype(int)
            np.testing.assert_allclose(shades[step][::-1][middles], counts / counts.max(), atol=0.02)


@pytest.mark.parametrize("same_scale", [False, True])
def test_the_band_of_each_channel_is_what_leaves_it_at_every_moment(history, same_scale):
    history.root.get_by_label("Same scale for all").set_checked(same_scale)
    history.go(7)
    ends = [[values.min(), values.max()] for values in (np.array(record.channels[3]) for record in TRAINED)]
    if same_scale:
        ends = 3 * [[min(low for low, _ in ends), max(high for _, high in ends)]]
    for panel, (record, (least, most)) in enumerate(zip(TRAINED, ends, strict=True)):
        least, most = min(0, least), max(0, most)
        chart, channels = history.root.locator(".cb-channels").nth(panel), np.array(record.channels[3])
        for channel, group in enumerate(chart.locator("g").all()):
            band, mean = (
                np.array(re.findall(r"([\d.]+) ([\d.]+)", group.locator(f".{name}").get_attribute("d")), float)
                for name in ("cb-band", "cb-middle")
            )
            highs, lows = band[: len(STEPS), 1], band[len(STEPS) :, 1][::-1]
            values = most - (np.stack([lows, mean[:, 1], highs], axis=1) - 30 * channel) / 26 * (most - least)
            np.testing.assert_allclose(values, channels[:, channel], atol=0.01 * (most - least))
        told = chart.get_attribute("aria-label").split("percentile: ")[1]
        said = [number(text) for text in re.findall(r"−?[\d.]*\d", told)]
        np.testing.assert_allclose(said, channels[7][:, [0, 2]].ravel(), rtol=0.006)


@pytest.mark.parametrize("panel", range(3))
def test_a_click_on_a_column_of_any_strip_chooses_its_moment(history, panel):
    for column in (LAST, 0, 13):
        history.page.mouse.click(*history.spot(panel, column))
        history.settle()
        assert history.step == column


def test_dragging_over_a_strip_moves_through_the_training_and_stops_at_its_ends(history):
    history.page.mouse.move(*history.spot(0, 5))
    history.page.mouse.down()
    history.page.mouse.move(*history.spot(0, 12), steps=6)
    history.settle()
    assert history.step == 12
    history.page.mouse.move(*history.spot(0, LAST + 6), steps=3)
    history.page.mouse.up()
    history.settle()
    assert history.step == LAST


def test_a_finger_chooses_a_moment_on_a_phone(open_page, server):
    phone = History(open_page(server + CHAPTER, width=390, has_touch=True, is_mobile=True))
    phone.page.touchscreen.tap(*phone.spot(1, 20))
    phone.settle()
    assert phone.step == 20
    np.testing.assert_allclose(np.array(phone.numbers())[:, :3], np.array(recorded(3, 20))[:, :3], atol=1e-9)
    phone.root.get_by_role("button", name="Forward").tap()
    phone.settle()
    assert phone.step == 21


def test_the_slider_moves_by_keys_and_says_updates_and_epoch(history):
    keys = {"ArrowRight": 1, "ArrowUp": 2, "ArrowLeft": 1, "End": LAST, "ArrowDown": LAST - 1, "Home": 0}
    for key, step in keys.items():
        history.key(key)
        assert history.step == step
    for step, updates in enumerate(STEPS):
        history.go(step)
        count = f"{updates:,} update{'' if updates == 1 else 's'}"
        expected = f"{count}, in epoch {updates // 1563 + 1}" if updates else f"{count}, before training"
        assert history.slider.get_attribute("aria-valuetext") == history.root.locator(".cb-moment").inner_text() == expected


def test_back_and_forward_take_one_step_and_stop_at_the_ends(history):
    for name, step in [("Back", 0), ("Forward", 1), ("Forward", 2), ("Back", 1)]:
        history.press(name)
        assert history.step == step
    history.go(LAST)
    history.press("Forward")
    assert history.step == LAST


def test_the_whole_demo_can_be_reached_with_the_keyboard_alone(history):
    history.root.get_by_label("Layer", exact=True).focus()
    reached = []
    for _ in range(7):
        reached.append(history.page.evaluate("document.activeElement.type || document.activeElement.tagName"))
        history.page.keyboard.press("Tab")
    assert reached == ["select-one", "checkbox", "range", "button", "button", "button", "SUMMARY"]


def test_play_goes_on_to_the_end_stops_there_and_speaks_only_then(paused):
    paused.go(LAST - 2)
    before = paused.said
    paused.press("Play")
    paused.let_pass_until(lambda: paused.step == LAST - 1)
    assert paused.said == before
    paused.let_pass_until(paused.stops)
    assert paused.step == LAST
    assert f"{STEPS[LAST]:,} updates" in paused.said
    paused.let_pass(5_000)
    assert paused.step == LAST


def test_play_at_the_end_starts_anew_and_pause_stops_it(paused):
    paused.go(LAST)
    paused.press("Play")
    paused.let_pass_until(lambda: paused.step == 1)
    paused.press("Pause")
    paused.let_pass(5_000)
    assert paused.step == 1


@pytest.mark.parametrize(
    ("take_over", "step"), [(lambda h: h.press("Forward"), 1), (lambda h: h.go(9), 9), (lambda h: h.page.mouse.click(*h.spot(0, 9)), 9)]
)
def test_who_moves_while_it_plays_takes_over(paused, take_over, step):
    paused.press("Play")
    take_over(paused)
    paused.let_pass_until(paused.stops)
    assert paused.step == step
    paused.let_pass(5_000)
    assert paused.step == step


def test_nothing_moves_by_itself_and_less_motion_makes_the_steps_of_play_slower(open_page, server):
    asked = {}
    for motion in ("no-preference", "reduce"):
        calm = History(open_page(server + CHAPTER, reduced_motion=motion))
        calm.page.clock.install()
        calm.let_pass(2_000)
        assert calm.step == 0
        calm.page.evaluate("window.setInterval = (action, ms) => { window.asked = ms; return 1; }")
        calm.press("Play")
        asked[motion] = calm.page.evaluate("window.asked")
    assert asked["reduce"] >= 1000 > asked["no-preference"]


def test_the_table_holds_all_moments_of_the_chosen_layer_and_follows_it(history):
    history.root.locator("summary").click()
    for layer in (3, 0, 4):
        history.choose("Layer", str(layer))
        expected = [STEPS, *(values[layer] for record in TRAINED for values in (record.means, record.sds, record.moved))]
        np.testing.assert_allclose(history.table(), np.transpose(expected), atol=1e-9)
        assert history.root.locator("caption").inner_text().startswith(f"{LAYERS[layer]};")
    assert history.root.locator("thead th[scope=colgroup]").all_inner_texts() == list(RECORDED.values())


def test_a_strip_is_redrawn_when_the_theme_changes(open_page, server):
    history = History(open_page(server + CHAPTER, color_scheme="light"))
    look = "() => document.querySelector('.cb-strip').toDataURL()"
    before = history.page.evaluate(look)
    history.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    history.page.wait_for_function("before => document.querySelector('.cb-strip').toDataURL() !== before", arg=before)


def test_without_javascript_and_in_print_first_and_last_histograms_stand_in(open_page, server):
    history = History(open_page(server + CHAPTER))
    still = open_page(server + CHAPTER, java_script_enabled=False).locator("[data-demo=activation_history] .cnnbook-standin")
    assert still.is_visible()
    assert len(still.locator("svg[role=img]").all()) == len(TRAINED)
    history.page.emulate_media(media="print")
    assert not history.root.is_visible()
    assert history.page.locator("[data-demo=activation_history] .cnnbook-standin").is_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_panels_stand_side_by_side_or_beneath_each_other_and_within_the_page(open_page, server, width):
    history = History(open_page(server + CHAPTER, width=width))
    boxes = [figure.bounding_box() for figure in history.root.locator(".cb-panels > figure").all()]
    lefts, tops = ({round(box[side]) for box in boxes} for side in ("x", "y"))
    assert (len(lefts), len(tops)) == ((3, 1) if width == 1280 else (1, 3))
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)
    assert history.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_demo_makes_no_foreign_request_and_logs_no_error(history):
    history.press("Forward")
    history.root.get_by_label("Same scale for all").check()
    history.settle()
    assert history.page.foreign == history.page.complaints == []
