"""The demo of the way back in its page: every number and error it shows is Keras's, and it works with mouse, finger and keyboard."""

import numpy as np
import pytest

from cnnbook.demos import WayBack
from cnnbook.demos.way_back import PARAMETERS, SHAPES, STAGES
from tests.browser.driver import Driver, number
from tests.demos.test_way_back import by_keras

CHAPTER = "chapters/04_learning.html"
TITLES = {"kernel": "filter", "bias": "its bias", "map": "after ReLU", "weights": "dense weights"}


class Way(Driver):
    """The demo; `expected` is its Python side, to which the same things are done."""

    def __init__(self, page):
        super().__init__(page)
        self.expected = WayBack()

    def table(self, part):
        return self.root.get_by_role("grid", name=f"{TITLES.get(part, part)}. Arrow keys choose a number.", exact=True)

    def cell(self, part, row, column):
        return self.table(part).locator("tr").nth(row).locator("td").nth(column)

    def shown(self, part, what) -> np.ndarray:
        read = "(table, what) => [...table.rows].map((row) => [...row.cells].map((cell) => cell.querySelector(what).textContent))"
        texts = self.table(part).evaluate(read, what)
        return np.array([[number(text.removeprefix("← ")) if text else np.nan for text in row] for row in texts])

    def choose_number(self, part, row, column):
        self.cell(part, row, column).click()
        self.settle()

    def write(self, value):
        self.root.get_by_label("Chosen number", exact=True).fill(str(value))
        self.settle()

    def check(self, stage):
        """Compare everything that is shown with Keras, as far as the error has come."""
        parts, errors = by_keras(self.expected)
        reached = {part for parts_reached in STAGES[: stage + 1] for part in parts_reached}
        for part in SHAPES:
            np.testing.assert_allclose(self.shown(part, "span"), np.array(parts[part]), atol=0.0051, err_msg=part)
            if part not in reached:
                assert np.isnan(self.shown(part, "small")).all()
            elif part in errors:
                np.testing.assert_allclose(self.shown(part, "small"), np.array(errors[part]), atol=0.00051, err_msg=part)


@pytest.fixture
def demo(open_page, server):
    return Way(open_page(server + CHAPTER))


def test_it_shows_the_way_forward_first_and_then_the_error_part_by_part(open_page, address):
    demo = Way(open_page(address + CHAPTER))
    demo.check(0)
    for stage in range(1, len(STAGES)):
        demo.press("Hand the error one part back")
        demo.check(stage)
    assert demo.root.get_by_role("button", name="Hand the error one part back").is_disabled()
    demo.press("Forward only")
    demo.check(0)
    assert demo.page.foreign == demo.page.complaints == []


@pytest.mark.parametrize(
    ("part", "row", "column", "value"), [("image", 1, 2, 2.5), ("kernel", 0, 1, -1), ("bias", 0, 0, 1), ("weights", 2, 1, -3)]
)
def test_after_a_change_all_is_kerass_and_the_slope_found_by_trying_agrees(demo, part, row, column, value):
    demo.press("Hand it all the way back")
    demo.choose_number(part, row, column)
    demo.write(value)
    table = getattr(demo.expected, part)
    setattr(
        demo.expected, part, [[value if (i, j) == (row, column) else old for j, old in enumerate(line)] for i, line in enumerate(table)]
    )
    demo.check(len(STAGES) - 1)
    assert "as its error says" in demo.root.locator(".cb-story").inner_text()
    error = by_keras(demo.expected)[1][part][row, column]
    told = demo.said.split("changes the loss at a rate of ")[1].split(",")[0]
    assert number(told) == pytest.approx(float(error), abs=0.002)


def test_a_step_changes_the_parameters_as_gradient_descent_does_and_the_loss_falls(demo):
    demo.press("Hand it all the way back")
    demo.choose("Learning rate", "0.5")
    demo.expected.rate = 0.5
    losses = [demo.shown("loss", "span")[0, 0]]
    for _ in range(3):
        demo.press("Take a step")
        demo.expected.step()
        demo.check(len(STAGES) - 1)
        losses.append(demo.shown("loss", "span")[0, 0])
    assert losses == sorted(losses, reverse=True)
    demo.press("Start again")
    demo.expected = WayBack()
    demo.check(0)


def test_the_other_class_can_be_the_right_one(demo):
    demo.press("Hand it all the way back")
    demo.choose("Right class", "A")
    demo.expected.label = 0
    demo.check(len(STAGES) - 1)


def test_numbers_that_are_computed_cannot_be_typed_and_a_wrong_one_is_named(demo):
    field = demo.root.get_by_label("Chosen number", exact=True)
    demo.choose_number("sums", 1, 1)
    assert field.is_disabled()
    demo.choose_number("image", 0, 0)
    demo.write(11)
    assert field.get_attribute("aria-invalid") == "true"
    assert "Chosen number takes a number from −10 to 10" in demo.root.get_by_role("alert").inner_text()
    demo.check(0)


def test_arrow_keys_choose_and_stop_at_the_edge_and_tab_goes_from_part_to_part(demo):
    demo.cell("kernel", 0, 0).focus()
    demo.page.keyboard.press("ArrowRight")
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "End", "Home"):
        demo.page.keyboard.press(key)
    demo.settle()
    assert "filter, row 3, column 1" in demo.said
    assert demo.page.evaluate("document.activeElement.getAttribute('aria-selected')") == "true"
    demo.page.keyboard.press("Tab")
    assert demo.page.evaluate("document.activeElement.closest('table').getAttribute('aria-label')").startswith("its bias")


def test_what_is_said_names_the_number_its_error_and_the_loss(demo):
    demo.press("Hand it all the way back")
    demo.choose_number("pooled", 0, 0)
    assert demo.said.startswith("pooled, row 1, column 1. Forward: the largest of ")
    assert "Back: weight × error, summed over both logits" in demo.said
    assert "Loss 0." in demo.said


def test_a_finger_works_on_a_phone_and_nothing_is_too_wide(open_page, server):
    phone = Way(open_page(server + CHAPTER, width=390, has_touch=True, is_mobile=True))
    phone.root.get_by_role("button", name="Hand it all the way back").tap()
    phone.cell("weights", 3, 1).tap()
    phone.settle()
    phone.check(len(STAGES) - 1)
    assert "dense weights, row 4, column 2" in phone.said
    assert phone.root.evaluate("root => root.scrollWidth <= root.clientWidth")


def test_every_parameter_can_be_changed(demo):
    for part in ("image", *PARAMETERS):
        demo.choose_number(part, 0, 0)
        assert demo.root.get_by_label("Chosen number", exact=True).is_enabled()


def test_without_javascript_the_stand_in_is_a_table(open_page, server):
    page = open_page(server + CHAPTER, java_script_enabled=False)
    stand_in = page.locator("[data-demo='way_back'] .cnnbook-standin")
    assert stand_in.is_visible()
    assert "A small network, part by part" in stand_in.locator("caption").inner_text()
