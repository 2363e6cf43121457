"""Dropout's mask in the built page: every number it shows is that of NumPy and Keras for the same masks."""

import re

import numpy as np
import pytest

from cnnbook.demos import DropoutMask
from cnnbook.demos.dropout_mask import MOST_DRAWS, RATES
from cnnbook.keras_quietly import layers
from tests.browser.driver import Driver, number

CHAPTER = "chapters/07_dropout.html"
LABELS = {"rate": "Rate", "mode": "Mode", "seed": "Seed", "scale": "Scale the survivors by 1/(1 − rate)"}


class Mask(Driver):
    """The demo; `expected` is its Python side, to which the same things are done."""

    def __init__(self, page):
        super().__init__(page)
        self.expected = DropoutMask()

    def draw(self, masks=1):
        self.press("Draw a new mask" if masks == 1 else "Draw 100 masks")
        self.expected.draws += masks

    def set(self, **traits):
        for name, value in traits.items():
            field = self.root.get_by_label(LABELS[name], exact=True)
            if name == "scale":
                field.set_checked(value)
            elif name == "seed":
                field.fill(str(value))
            else:
                field.select_option(str(value))
            setattr(self.expected, name, value)
        self.settle()

    def select(self, row, column):
        self.root.locator(".cb-units tr").nth(row).locator("td").nth(column).click()
        self.expected.selected = [row, column]
        self.settle()

    def cells(self, part) -> np.ndarray:
        read = "(table, part) => [...table.rows].map((row) => [...row.cells].map((cell) => cell.querySelector(part).textContent))"
        return np.array([[number(text) for text in row] for row in self.root.locator(".cb-units").evaluate(read, part)])

    def hatched(self) -> np.ndarray:
        read = """table => [...table.rows].map((row) => [...row.cells].map((cell) =>
            getComputedStyle(cell).backgroundImage.includes("repeating-linear-gradient")))"""
        return np.array(self.root.locator(".cb-units").evaluate(read))

    def fact(self, name) -> str:
        return self.root.locator(f".cb-facts div:has(dt:text-is('{name}')) dd").inner_text()

    def curve(self) -> np.ndarray:
        """The running average as it is drawn, read back from the lines of the chart: the axis at 0 and the value's dashed line."""
        value = np.array(self.expected.values)[*self.expected.selected]
        heights = re.findall(r"[ML][\d.]+ ([\d.]+)", self.root.locator(".cb-average").get_attribute("d"))
        zero, one = (
            float(re.match(r"M[\d.]+ ([\d.]+)H", self.root.locator(line).get_attribute("d"))[1]) for line in (".cb-axis", ".cb-plain")
        )
        return (np.array(heights, float) - zero) / (one - zero) * value

    def names(self) -> list[str]:
        return self.root.locator(".cb-name").all_text_contents()

    def check(self):
        """Compare everything that is shown with the Python side."""
        demo = self.expected
        (row, column), values, outputs = demo.selected, np.array(demo.values), demo.outputs()
        has_mask = demo.draws > 0 and demo.mode == "training"
        dropped = ~demo.mask(demo.draws) if has_mask else np.zeros_like(values, bool)
        np.testing.assert_allclose(self.cells("small"), values)
        np.testing.assert_allclose(self.cells("span"), outputs, atol=0.0051)
        np.testing.assert_array_equal(self.hatched(), dropped)
        assert self.position() == (row, column)
        assert self.total == pytest.approx(outputs[row, column], abs=0.0051)
        assert number(self.fact("masks drawn so far")) == demo.draws
        assert f"value {values[row, column]:g}".replace("-", "−") in self.names()
        if demo.draws == 0 and demo.mode == "training":
            assert {self.fact(name) for name in ("dropped by this mask", "average of the unit", "largest distance of all units")} == {"–"}
            return
        averages = demo.averages()
        told = [float(part) for part in re.fullmatch(r"(\d+) of (\d+) \(([\d.]+) %\)", self.fact("dropped by this mask")).groups()]
        assert told == pytest.approx([dropped.sum(), values.size, 100 * dropped.mean()], rel=0, abs=0.051)
        average, value = re.fullmatch(r"(\S+) \(value (\S+)\)", self.fact("average of the unit")).groups()
        assert number(average) == pytest.approx(averages[row, column], abs=0.0051)
        assert number(value) == values[row, column]
        gaps = np.abs(averages - values)
        gap = self.fact("largest distance of all units").split(" (row ")
        assert number(gap[0]) == pytest.approx(gaps.max(), abs=0.0051)
        if gaps.max() > 0:
            at = tuple(int(n) - 1 for n in re.findall(r"\d+", gap[1]))
            assert gaps[at] == pytest.approx(gaps.max(), abs=1e-9)
        if demo.draws:
            assert f"average {average}" in self.names()
            assert self.curve()[-1] == pytest.approx(averages[row, column], abs=0.02)
        if has_mask:
            assert f"dropped {self.fact('dropped by this mask')}. Average {average}, value {value}." in self.said


@pytest.fixture
def demo(open_anew, server):
    return Mask(open_anew(server + CHAPTER))


def test_it_starts_with_the_values_and_the_first_mask_is_drawn_at_a_press(open_page, address):
    demo = Mask(open_page(address + CHAPTER))
    demo.check()
    assert "no mask drawn yet" in demo.said
    demo.draw()
    demo.check()
    assert demo.page.foreign == demo.page.complaints == []


@pytest.mark.parametrize("rate", RATES)
def test_every_number_is_pythons_at_each_rate_with_and_without_scaling(demo, rate):
    demo.set(rate=rate, seed=int(100 * rate))
    demo.select(2, 4)
    for masks in (1, 1, 100, 1):
        demo.draw(masks)
        for scale in (True, False):
            demo.set(scale=scale)
            demo.check()
    demo.select(3, 1)
    demo.check()


@pytest.mark.parametrize("rate", RATES)
def test_survivors_are_what_keras_makes_of_them(demo, rate):
    demo.set(rate=rate)
    demo.draw()
    keras_factor = np.max(layers.Dropout(rate, seed=0)(np.ones((1, 1_000), "float32"), training=True))
    shown = demo.cells("span")
    np.testing.assert_allclose(shown, np.where(demo.hatched(), 0, demo.cells("small") * keras_factor), atol=0.0051)


def test_the_curve_is_the_running_average_of_the_selected_unit(demo):
    demo.select(1, 2)
    demo.draw(100)
    outputs = np.where(demo.expected.masks(100)[:, 1, 2], -2.3 / 0.75, 0)
    np.testing.assert_allclose(demo.curve(), np.cumsum(outputs) / np.arange(1, 101), atol=0.02)


def test_average_and_value_differ_in_style_and_have_names(demo):
    demo.draw(100)
    dashes = [demo.root.locator(line).evaluate("line => getComputedStyle(line).strokeDasharray") for line in (".cb-average", ".cb-plain")]
    assert dashes[0] == "none"
    assert dashes[1] != "none"
    heights = [box["y"] for box in (name.bounding_box() for name in demo.root.locator(".cb-name").all())]
    assert abs(heights[0] - heights[1]) >= 12


def test_the_written_arithmetic_gives_the_output_it_stands_before(demo):
    for rate in RATES:
        demo.set(rate=rate)
        demo.draw()
        for row, column in [(0, 0), (1, 2)]:
            demo.select(row, column)
            text = demo.root.locator("p:has(> .cb-total)").inner_text()
            if demo.expected.mask(demo.expected.draws)[row, column]:
                sum_, result = re.split("[=≈]", text)
                assert eval(sum_.replace("×", "*").replace("−", "-")) == pytest.approx(number(result.strip()), abs=0.0051)
            else:
                assert text.endswith("is dropped: 0")


def test_what_the_average_heads_for_is_the_value_only_with_scaling(demo):
    demo.set(rate=0.75)
    assert "With scaling the average heads for the value: 1.2 × 1/(1 − 0.75) × (1 − 0.75) = 1.2." in demo.root.inner_text()
    demo.set(scale=False)
    assert "Without scaling the average heads for 1.2 × (1 − 0.75) = 0.3, not for the value 1.2." in demo.root.inner_text()


def test_in_prediction_the_values_come_out_and_a_new_mask_changes_nothing_and_that_is_said(demo):
    demo.draw(100)
    demo.set(mode="prediction")
    demo.check()
    for button in ("Draw a new mask", "Draw 100 masks"):
        demo.press(button)
        demo.check()
        assert "a new mask changes nothing" in demo.said
        assert "a new mask changes nothing" in demo.root.locator("p:not(.cb-hidden)").last.inner_text()
    demo.set(mode="training")
    demo.check()


def test_another_seed_gives_other_masks_and_the_same_seed_the_same(demo):
    demo.draw()
    first = demo.hatched()
    demo.set(seed=1)
    demo.check()
    assert not np.array_equal(demo.hatched(), first)
    demo.set(seed=0)
    np.testing.assert_array_equal(demo.hatched(), first)


@pytest.mark.parametrize("wrong", ["-1", "2.5", "", "10000"])
def test_a_seed_that_is_no_whole_number_is_named_and_changes_nothing(demo, wrong):
    demo.draw()
    field = demo.root.get_by_label("Seed", exact=True)
    field.fill(wrong)
    demo.settle()
    assert field.get_attribute("aria-invalid") == "true"
    assert "Seed takes a whole number from 0 to 9,999" in demo.root.get_by_role("alert").inner_text()
    demo.check()
    field.fill("12")
    demo.settle()
    assert field.get_attribute("aria-invalid") == "false"
    assert demo.root.get_by_role("alert").inner_text() == ""


def test_arrow_keys_choose_a_unit_and_stop_at_the_edge_and_space_draws_a_mask(demo):
    demo.root.locator("td[tabindex='0']").focus()
    keys = ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowLeft", "End", "ArrowRight", "ArrowUp", "ArrowUp", "Home"]
    places = [[0, 1], [1, 1], [1, 0], [1, 0], [1, 5], [1, 5], [0, 5], [0, 5], [0, 0]]
    for key, place in zip(keys, places, strict=True):
        demo.page.keyboard.press(key)
        demo.settle()
        assert list(demo.position()) == place
        demo.expected.selected = place
    before = demo.page.evaluate("scrollY")
    for _ in range(3):
        demo.page.keyboard.press("Space")
        demo.expected.draws += 1
        demo.settle()
        demo.check()
    assert demo.page.evaluate("scrollY") == before
    assert demo.page.evaluate("document.activeElement.getAttribute('aria-selected')") == "true"


def test_the_whole_demo_can_be_reached_with_the_keyboard(demo):
    demo.root.get_by_label("Rate", exact=True).focus()
    reached = []
    for _ in range(8):
        reached.append(demo.page.evaluate("document.activeElement.type || document.activeElement.getAttribute('role')"))
        demo.page.keyboard.press("Tab")
    assert reached == ["select-one", "select-one", "text", "checkbox", "button", "button", "button", "gridcell"]


def test_the_grid_says_of_each_unit_what_happened_to_it(demo):
    demo.draw()
    labels = [cell.get_attribute("aria-label") for cell in demo.root.get_by_role("gridcell").all()]
    assert len(labels) == 24
    assert [label.endswith("dropped: 0") for label in labels] == (~demo.expected.mask(1)).ravel().tolist()
    assert labels[0] == "1.2 gives 1.6"


def test_a_finger_chooses_a_unit_and_draws_a_mask_on_a_phone(open_page, server):
    phone = Mask(open_page(server + CHAPTER, width=390, has_touch=True, is_mobile=True))
    phone.root.get_by_role("button", name="Draw a new mask").tap()
    phone.root.locator("td").nth(9).tap()
    phone.settle()
    phone.expected.draws, phone.expected.selected = 1, [1, 3]
    phone.check()
    too_wide = "cells => cells.filter((cell) => cell.scrollWidth > cell.clientWidth).length"
    assert phone.root.locator(".cb-units td").evaluate_all(too_wide) == 0


def test_at_the_limit_it_says_so_and_start_again_begins_with_the_same_first_mask(demo):
    demo.draw()
    first = demo.hatched()
    for _ in range(19):
        demo.draw(100)
    demo.press("Draw 100 masks")
    demo.expected.draws = MOST_DRAWS
    demo.check()
    assert "The limit is 2,000 masks." in demo.root.get_by_role("alert").inner_text()
    demo.press("Draw a new mask")
    demo.check()
    demo.press("Start again")
    demo.expected.draws = 0
    demo.check()
    assert demo.root.get_by_role("alert").inner_text() == ""
    demo.draw()
    np.testing.assert_array_equal(demo.hatched(), first)


def test_without_javascript_the_stand_in_is_a_table(open_page, server):
    page = open_page(server + CHAPTER, java_script_enabled=False)
    stand_in = page.locator("[data-demo='dropout_mask'] .cnnbook-standin")
    assert stand_in.is_visible()
    assert "the first mask of Dropout" in stand_in.locator("caption").inner_text()
