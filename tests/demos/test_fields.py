"""The number field that all demos share: its warning and its mark last as long as the wrong text, and no longer."""

import pytest

from cnnbook.demos.shared import linker

FIELD = linker.DEMOS / "shared" / "fields.js"
SCRIPT = f"""() => {{
{linker.link(FIELD)}
const {{ numberField, warnings, wholeFrom }} = {linker.variable(FIELD)};
const {{ node, warn }} = warnings();
globalThis.value = 3;
const field = (name) => numberField({{ name, range: wholeFrom(1, 9000), warn, read: () => value, write: (given) => {{ value = given; }} }});
globalThis.fields = [field("Count"), field("Other")];
for (const each of fields) each.show();
document.body.append(...fields.map((each) => each.input), document.createElement("button"), node);
}}"""


@pytest.fixture
def page(browser):
    page = browser.new_page()
    page.evaluate(SCRIPT)
    yield page
    page.close()


def state(page) -> list:
    """The value, the first field's text and mark, and the warning."""
    return [
        page.evaluate("value"),
        page.locator("input").first.input_value(),
        page.locator("input").first.get_attribute("aria-invalid"),
        page.get_by_role("alert").inner_text(),
    ]


WARNING = "Count takes a whole number from 1 to 9,000. The last valid value still applies."


@pytest.mark.parametrize("wrong", ["", "0", "9001", "1.5", "-2"])
def test_what_a_field_does_not_take_is_marked_named_and_changes_nothing_until_it_is_put_right(page, wrong):
    field = page.locator("input").first
    field.fill(wrong)
    assert state(page) == [3, wrong, "true", WARNING]
    field.fill("12")
    assert state(page) == [12, "12", "false", ""]


def test_a_drawing_while_one_types_leaves_the_text_and_one_afterwards_brings_back_the_valid_number(page):
    page.locator("input").first.fill("0")
    page.evaluate("fields[0].show()")
    assert state(page) == [3, "0", "true", WARNING]
    page.locator("button").focus()
    page.evaluate("fields[0].show()")
    assert state(page) == [3, "3", None, ""]


def test_a_field_that_is_dropped_or_hidden_takes_its_warning_along_and_leaves_the_others(page):
    for field in page.locator("input").all():
        field.fill("0")
    assert page.get_by_role("alert").inner_text() == f"{WARNING} {WARNING.replace('Count', 'Other')}"
    page.evaluate("fields[0].drop()")
    assert page.get_by_role("alert").inner_text() == WARNING.replace("Count", "Other")
    page.evaluate("fields[1].input.hidden = true; fields[1].show()")
    assert page.get_by_role("alert").inner_text() == ""
