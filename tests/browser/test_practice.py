"""Practice without end in the built page: questions from a link, judged as in Python, counted and remembered."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from bookbuild import work_sheet
from cnnbook import exercises
from cnnbook.exercises.mechanics import judged
from tests.browser.conftest import SITE
from tests.browser.test_exercises import BLOCKED
from tests.exercises.conftest import as_text


@pytest.fixture
def tab(browser):
    """A reader's page with nothing remembered: what one clears is written too late to be sure of it."""
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    yield page
    assert page.faults == []
    context.close()


def follow(page, drill):
    """Open the link of a question."""
    page.goto(f"{SITE.as_uri()}/practice.html#drill={drill.name}")
    page.locator(".cb-question").wait_for()


def type_in(page, answer):
    if isinstance(answer, list):
        for field, text in zip(page.locator(".cb-table input").all(), [cell for row in answer for cell in row], strict=True):
            field.fill(text)
    else:
        page.get_by_label("Your answer").fill(answer)


def check(page) -> str:
    page.get_by_role("button", name="Check").click()
    line = page.locator(".cb-verdict")
    line.filter(has_text=re.compile(".")).wait_for()
    return line.inner_text()


def score(page) -> str:
    return page.locator(".cb-score").inner_text().split(".")[0]


@pytest.mark.parametrize("kind", exercises.DRILL_KINDS)
def test_a_link_leads_to_the_question_that_python_asks_and_answers_are_judged_alike(tab, kind):
    drill = exercises.drill(kind, seed=7, level=2)
    follow(tab, drill)
    assert tab.locator(".cb-question").inner_text() == drill.question
    for answer in (drill.expected.mistakes[0][0], drill.expected.right):
        type_in(tab, as_text(answer))
        assert check(tab) == judged(drill.name, drill.expected, as_text(answer))
    assert score(tab) == "0 of 1 right at the first try, 0 in a row"
    tab.get_by_role("button", name="Show the solution").click()
    assert tab.locator(".cb-solution").inner_text() == drill.solution
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390


def test_right_answers_in_a_row_are_counted_and_remembered_until_one_is_wrong(tab):
    drill = exercises.drill("output_size", seed=3, level=1)
    follow(tab, drill)
    for count in (1, 2):
        kind, level, seed = re.search(r"drill=(\w+)-(\d)-(\d+)", tab.get_by_text("Link to this question").get_attribute("href")).groups()
        type_in(tab, str(exercises.drill(kind, seed=int(seed), level=int(level)).expected.right))
        assert check(tab).startswith("✓")
        assert score(tab) == f"{count} of {count} right at the first try, {count} in a row"
        asked = tab.locator(".cb-question").inner_text()
        tab.get_by_role("button", name="Next question").click()
        assert tab.locator(".cb-verdict").inner_text() == ""
        assert tab.evaluate("document.activeElement.className") == "cb-question"
        assert asked
    tab.reload()
    assert score(tab) == "2 of 2 right at the first try, 2 in a row"
    type_in(tab, "-1")
    check(tab)
    assert score(tab) == "2 of 3 right at the first try, 0 in a row"


def test_another_kind_or_level_asks_another_question_which_a_reload_keeps(tab):
    follow(tab, exercises.drill("output_size", seed=3))
    tab.get_by_label("What to practise").select_option("Dropout's scaling")
    tab.get_by_label("Level").select_option("3")
    asked = tab.locator(".cb-question").inner_text()
    assert "variance after Dropout" in asked
    tab.reload()
    assert tab.locator(".cb-question").inner_text() == asked
    assert tab.get_by_label("Level").input_value() == "3"


def test_an_unreadable_link_asks_some_question(tab):
    tab.goto("about:blank")
    tab.goto(f"{SITE.as_uri()}/practice.html#drill=output_size-9-7")
    assert tab.locator(".cb-question").inner_text().endswith("?")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_no_barrier(browser, theme):
    context = browser.new_context(viewport={"width": 390, "height": 800}, color_scheme=theme, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{SITE.as_uri()}/practice.html#drill=conv_gradients-1-7")
    page.get_by_role("button", name="Show the solution").click()
    assert Axe().run(page, context=".cnnbook-practice").response["violations"] == []
    context.close()


def test_a_whole_drill_is_done_with_the_keyboard_alone(tab):
    follow(tab, exercises.drill("output_size", seed=3))
    tab.get_by_label("What to practise").focus()
    tab.keyboard.type("Gradients")
    tab.keyboard.press("Tab")
    tab.keyboard.press("ArrowDown")
    kind, level, seed = re.search(r"drill=(\w+)-(\d)-(\d+)", tab.url).groups()
    drill = exercises.drill(kind, seed=int(seed), level=int(level))
    assert (kind, level) == ("conv_gradients", "2")
    for cell in drill.expected.right.ravel():
        tab.keyboard.press("Tab")
        tab.keyboard.type(f"{cell:.0f}")
    tab.keyboard.press("Enter")
    tab.locator(".cb-verdict").filter(has_text=re.compile(".")).wait_for()
    assert tab.locator(".cb-verdict").inner_text() == f"✓ {drill.name}: right."
    for _ in range(2):
        tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    assert tab.locator(".cb-solution").inner_text() == drill.solution
    tab.keyboard.press("Tab")
    tab.keyboard.press("Space")
    assert tab.evaluate("document.activeElement.className") == "cb-question"
    assert tab.locator(".cb-solution").inner_text() == ""
    assert score(tab) == "1 of 1 right at the first try, 1 in a row"


def test_without_storage_questions_are_asked_and_counted_until_the_page_is_left(browser):
    context = browser.new_context()
    context.add_init_script(BLOCKED)
    page = context.new_page()
    faults = []
    page.on("pageerror", lambda error: faults.append(error.stack))
    drill = exercises.drill("dropout_scaling", seed=5)
    follow(page, drill)
    type_in(page, str(drill.expected.right))
    assert check(page).startswith("✓")
    assert score(page) == "1 of 1 right at the first try, 1 in a row"
    assert "stores nothing" in page.locator(".cb-score").inner_text()
    assert [stack for stack in faults if "practice.js" in stack] == []  # the theme's own scripts do not expect this
    context.close()


def test_on_paper_and_without_scripts_there_is_a_question_of_each_kind_and_level_with_its_solution(tab, browser):
    follow(tab, exercises.drill("output_size", seed=3))
    sheet = tab.locator(".cnnbook-sheet").first
    assert not sheet.is_visible()
    tab.emulate_media(media="print")
    assert sheet.is_visible()
    assert not tab.locator(".cb-question").is_visible()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{SITE.as_uri()}/practice.html")
    for reader in (tab, page):
        text = " ".join(reader.locator(".cnnbook-practice").inner_text().split())
        for drill in (drill for drills in work_sheet.drills().values() for drill in drills):
            assert drill.question in text
            assert drill.solution in text
    assert page.locator(".cnnbook-sheet .cnnbook-blank, .cnnbook-sheet .cnnbook-grid").count() == 3 * len(exercises.DRILL_KINDS)
    context.close()
