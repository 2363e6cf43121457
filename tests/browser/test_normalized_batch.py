"""The batch to play with in the built page: every number it shows is the one of Keras's BatchNormalization, by hand or by key."""

import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

from cnnbook.keras_quietly import keras, layers
from tests.browser.driver import Driver, bring_into_view, number

CHAPTER = "chapters/06_batch_normalization.html"
HALF = 0.00051  # numbers are shown with three decimals
SETTINGS = [{}, {"γ": "-2.5", "β": "1.25", "ε": "0.1", "Momentum": "0.99"}, {"γ": "0", "ε": "1", "Momentum": "0"}, {"γ": "5", "β": "-5"}]


class Batch(Driver):
    def __init__(self, page):
        super().__init__(page)
        self.settle()

    def fill(self, label, text):
        self.root.get_by_label(label, exact=True).fill(str(text))
        self.settle()

    def set(self, settings):
        for label, text in settings.items():
            (self.choose if label == "ε" else self.fill)(label, text)

    def set_values(self, values):
        while len(self.values()) < len(values):
            self.press("Add a value")
        while len(self.values()) > len(values):
            self.press(f"Remove value {len(self.values())}")
        for i, value in enumerate(values, 1):
            self.field(i).fill(str(value))
        self.settle()

    def field(self, i):
        return self.root.get_by_role("textbox", name=f"value {i}", exact=True)

    def dot(self, i):
        return self.root.get_by_role("slider", name=f"value {i}", exact=True)

    def middle(self, i) -> tuple[float, float]:
        """The middle of a dot in the window."""
        bring_into_view(self.dot(i))
        box = self.dot(i).locator("text").bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drag(self, i, pixels, release=True):
        """Drag a dot sideways with the mouse."""
        x, y = self.middle(i)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        for way in (pixels / 2, pixels):
            self.page.mouse.move(x + way, y + 3)
        self.settle()
        if release:
            self.page.mouse.up()
            self.settle()

    def scale(self) -> float:
        """Pixels of 1 on the line of the values."""
        return (self.root.locator(".cb-batch").bounding_box()["width"] - 40) / 10

    def read(self, selector, expression) -> list:
        return self.root.locator(selector).evaluate_all(f"nodes => nodes.map((node) => {expression})")

    def values(self) -> list[float]:
        return list(map(float, self.read(".cb-values tr:not([hidden]) input", "node.value")))

    def results(self) -> list[float]:
        return list(map(number, self.read(".cb-values tr:not([hidden]) .cb-result", "node.textContent")))

    def places(self) -> list[float]:
        """Where the dots of the results are, in pixels from the left of the picture."""
        return self.read(".cb-dot:not(.cb-slider):not([hidden]) text", "Number(node.getAttribute('x'))")

    def ticks(self) -> np.ndarray:
        """[[place, number], ...] along the line of the results."""
        ticks = self.read(".cb-tick", "[node.getAttribute('x'), node.textContent]")
        return np.array([[float(x), number(text)] for x, text in ticks[len(ticks) // 2 :]])

    def statistics(self) -> np.ndarray:
        """[[batch mean, batch variance], [moving mean, moving variance]]."""
        cells = self.read(".cb-kept tbody td:not(:last-child)", "node.textContent")
        return np.array(list(map(number, cells))).reshape(2, 2)

    def steps(self) -> int:
        return int(number(self.root.locator(".cb-kept caption").inner_text().split()[0]))

    def complaint(self) -> str:
        return self.root.get_by_role("alert").inner_text()


@pytest.fixture
def batch(open_anew, server):
    return Batch(open_anew(server + CHAPTER))


def worth(written: str) -> float:
    """What a calculation on the page gives, by Python."""
    return eval(re.sub(r"√(\(.*?\))", r"\1**0.5", written).translate(str.maketrans({"·": "*", "−": "-"})))


def of_keras(values, settings, shown=0) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Keras's results in both modes, after the batch was shown so many times, and [batch, moving] mean and variance."""
    x = np.array(values, "float32")[:, None]
    layer = layers.BatchNormalization(momentum=float(settings.get("Momentum", 0.9)), epsilon=float(settings.get("ε", 0.001)))
    layer.build((None, 1))
    layer.set_weights([np.array([float(n)]) for n in (settings.get("γ", 1), settings.get("β", 0), 0, 1)])
    for _ in range(shown):
        layer(x, training=True)
    moving = np.ravel(layer.get_weights()[2:])
    results = {name: np.ravel(layer(x, training=name == "Training")) for name in ("Prediction", "Training")}
    return results, np.stack([np.ravel(keras.ops.moments(x, axes=[0])), moving])


def test_the_demo_starts_in_training_with_nothing_seen(batch):
    np.testing.assert_allclose(batch.results(), of_keras(batch.values(), {})[0]["Training"], atol=HALF)
    assert batch.steps() == 0
    assert "Training: value 1 of 6, 3, gives 0.585. Batch mean 2, variance 2.917. After 0 steps, moving mean 0" in batch.said


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("values", [[3, 4.5, -1, 2.5, 1, 2], [-5, 5], [0.5] * 3, [1.25, -3.875, 4, 0, 0.1, -0.1, 5, 2]], ids=str)
def test_every_number_equals_keras_in_training_and_in_prediction(batch, settings, values):
    batch.set(settings)
    batch.set_values(values)
    assert batch.values() == values
    shown = 0
    for button, times in [(None, 0), ("Show this batch", 1), ("Show it 10 times", 10)]:
        if button:
            batch.press(button)
        shown += times
        results, statistics = of_keras(values, settings, shown)
        assert batch.steps() == shown
        np.testing.assert_allclose(batch.statistics(), statistics, atol=HALF)
        for mode in ("Prediction", "Training"):
            batch.press(mode)
            np.testing.assert_allclose(batch.results(), results[mode], atol=HALF)
            np.testing.assert_allclose(
                np.interp(batch.places(), *batch.ticks().T), np.clip(results[mode], *batch.ticks()[[0, -1], 1]), atol=HALF
            )


def test_the_written_calculation_gives_the_result_of_each_value(batch):
    batch.set(SETTINGS[1])
    batch.press("Show it 10 times")
    for mode in ("Training", "Prediction"):
        batch.press(mode)
        for i, result in enumerate(batch.results(), 1):
            batch.dot(i).focus()
            batch.settle()
            assert batch.total == result
            assert worth(batch.root.locator(".cb-calculation").inner_text()) == pytest.approx(
                result, abs=0.005
            )  # from numbers rounded to three decimals


def test_the_next_step_is_written_out_then_taken_and_forgotten_and_prediction_takes_none(batch):
    batch.set(SETTINGS[1])
    batch.press("Show this batch")
    written = [batch.root.locator(f".cb-next-{name}").inner_text().split(" = ") for name in ("mean", "variance")]
    batch.press("Show this batch")
    for (how, result), kept in zip(written, batch.statistics()[1], strict=True):
        assert number(result) == kept == pytest.approx(worth(how), abs=0.002)
    batch.press("Forget")
    assert (batch.steps(), batch.statistics()[1].tolist()) == (0, [0, 1])
    batch.press("Prediction")
    assert all(button.is_disabled() for button in batch.root.get_by_role("button", name="Show").all())


@pytest.mark.parametrize(("mode", "others_move"), [("Training", True), ("Prediction", False)])
def test_moving_one_value_moves_the_other_results_in_training_only(batch, mode, others_move):
    batch.press("Show this batch")
    batch.press(mode)
    before, places = batch.results(), batch.places()
    batch.drag(3, 150)
    moved = [now != then for now, then in zip(batch.results(), before, strict=True)]
    moved_places = [now != then for now, then in zip(batch.places(), places, strict=True)]
    assert moved == moved_places == [i == 2 or others_move for i in range(6)]


def test_a_dot_is_dragged_and_stops_at_the_end_of_the_line(batch):
    batch.drag(1, -2 * batch.scale())
    assert batch.values()[0] == pytest.approx(1, abs=0.1)
    assert batch.dot(1).get_attribute("aria-valuenow") == batch.field(1).input_value()
    np.testing.assert_allclose(batch.results(), of_keras(batch.values(), {})[0]["Training"], atol=HALF)
    batch.drag(2, 500)
    assert batch.values()[1] == 5


def test_a_click_chooses_a_value_and_moves_none(batch):
    before = batch.values()
    batch.drag(4, 0)
    assert batch.values() == before
    assert batch.total == batch.results()[3]


def test_a_finger_drags_a_dot_on_a_phone(open_page, server):
    phone = Batch(open_page(server + CHAPTER, width=390, has_touch=True, is_mobile=True))
    x, y = phone.middle(3)
    touch = phone.page.context.new_cdp_session(phone.page)
    for kind, path in [("touchStart", [x]), ("touchMove", np.linspace(x, x + 2 * phone.scale(), 10)), ("touchEnd", [None])]:
        for place in path:
            points = [] if place is None else [{"x": float(place), "y": y}]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    phone.settle()
    assert phone.values()[2] == pytest.approx(1, abs=0.3)  # the browser swallows the first pixels of a gesture


def test_keys_move_the_dot_and_stop_at_the_ends(batch):
    batch.dot(2).focus()
    moves = [("ArrowRight", 4.6), ("ArrowUp", 4.7), ("ArrowLeft ArrowDown", 4.5), ("PageDown", 3.5), ("PageUp PageUp", 5)]
    for keys, value in [*moves, ("Home", -5), ("ArrowLeft", -5), ("End", 5)]:
        for key in keys.split():
            batch.page.keyboard.press(key)
        batch.settle()
        assert batch.values()[1] == value
        assert float(batch.dot(2).get_attribute("aria-valuenow")) == value
    assert "value 2 of 6, 5, gives" in batch.said


def test_nothing_is_said_while_a_dot_is_dragged_and_all_when_it_rests(batch):
    before = batch.said
    batch.drag(1, -100, release=False)
    assert (batch.said, batch.values()[0] < 3) == (before, True)
    batch.page.mouse.up()
    batch.settle()
    assert f"value 1 of 6, {batch.values()[0]:g}".replace("-", "−") in batch.said


def test_a_result_beyond_the_line_is_said_and_stands_at_its_end(batch):
    batch.fill("Momentum", 0)
    batch.set_values([1, 1.5])
    batch.press("Show this batch")
    batch.press("Prediction")
    batch.set_values([-5, 1.5])
    assert batch.results()[0] < batch.ticks()[0, 1]
    assert batch.places()[0] == batch.ticks()[0, 0]
    assert "an arrow marks a result beyond the end of the line" in batch.root.inner_text()


def test_a_removed_value_leaves_the_others_and_the_focus_in_the_table(batch):
    batch.press("Remove value 2")
    assert batch.values() == [3, -1, 2.5, 1, 2]
    batch.press("Remove value 5")
    assert batch.page.evaluate("document.activeElement.getAttribute('aria-label')") == "Remove value 4"
    assert batch.root.get_by_role("slider").count() == 4


@pytest.mark.parametrize(("start", "button", "said"), [(8, "Add a value", "at most 8 values"), (2, "Remove value 1", "at least 2 values")])
def test_a_batch_stays_between_two_and_eight_values(batch, start, button, said):
    batch.set_values(range(-4, start - 4))
    batch.press(button)
    assert said in batch.complaint()
    assert len(batch.values()) == start


@pytest.mark.parametrize(
    ("label", "wrong", "named"),
    [
        ("γ", "5.5", "γ takes a number from −5 to 5"),
        ("β", "", "β takes a number from −5 to 5"),
        ("Momentum", "1", "Momentum takes a number of at least 0 and below 1"),
        ("Momentum", "-0.1", "Momentum takes a number"),
        ("value 2", "-6", "value 2 takes a number from −5 to 5"),
        ("value 2", "", "value 2 takes a number"),
    ],
)
def test_a_number_that_is_not_taken_is_named_and_changes_nothing(batch, label, wrong, named):
    field = batch.root.get_by_role("textbox", name=label, exact=True)
    before, valid = batch.results(), field.input_value()
    field.fill(wrong)
    batch.settle()
    assert named in batch.complaint()
    assert field.get_attribute("aria-invalid") == "true"
    assert batch.results() == before
    batch.press("Prediction")
    batch.press("Training")
    assert (batch.complaint(), field.input_value(), batch.results()) == ("", valid, before)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_batch_has_no_barrier_in_prediction_and_fits_its_page(open_page, server, width, scheme):
    batch = Batch(open_page(server + CHAPTER, width=width, color_scheme=scheme))
    batch.set_values([1.5] * 8)
    batch.press("Prediction")
    batch.fill("γ", "9")
    assert Axe().run(batch.page, context=".cnnbook").response["violations"] == []
    assert batch.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_page_and_the_demo_make_no_foreign_request_and_log_no_error(batch):
    batch.press("Show it 10 times")
    assert batch.page.foreign == batch.page.complaints == []
