"""Exercises in the built pages: answered and checked without a kernel, remembered, forgotten, from a server and from a folder."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from bookbuild import exercise_script
from cnnbook.exercises import for_the_page
from cnnbook.exercises.mechanics import verdict
from tests.browser.conftest import SITE

CHAPTER = "chapters/01_convolution.html"
EXERCISES = for_the_page.data()["exercises"]
BLOCKED = "Object.defineProperty(globalThis, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } });"


@pytest.fixture(scope="module")
def context(browser):
    """One reader's browser, with a memory."""
    made = browser.new_context(viewport={"width": 1280, "height": 900})
    yield made
    made.close()


@pytest.fixture(scope="module")
def shared(context, server):
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.goto(server + CHAPTER)
    page.locator(".cb-exercise").first.wait_for()
    return page


@pytest.fixture
def page(shared, server):
    """A chapter in which nothing has been answered yet."""
    if not shared.url.endswith(CHAPTER):
        shared.goto(server + CHAPTER)
    shared.evaluate("localStorage.clear()")
    shared.reload()
    shared.locator(".cb-exercise").first.wait_for()
    yield shared
    assert shared.faults == []


def ask(page, name):
    return page.locator(f"[data-exercise={name}]")


def check(page, name):
    """Press Check, and what is said then."""
    form = ask(page, name)
    form.get_by_role("button", name="Check", exact=True).click()
    return said(page, name)


def said(page, name) -> str:
    line = ask(page, name).get_by_role("status")
    line.filter(has_text=re.compile(".")).wait_for()
    return line.inner_text()


def progress(page) -> str:
    return page.locator(".cb-progress").inner_text()


@pytest.mark.parametrize("typed", ["1,200", "1216", "１２１６", "", "abc", "1216,5"])
def test_the_page_says_of_a_number_what_the_notebook_says(page, typed):
    ask(page, "sixteen_filters").get_by_label("Your answer").fill(typed)
    assert check(page, "sixteen_filters") == verdict("sixteen_filters", typed)


def test_a_table_several_parts_and_a_choice_are_answered_with_their_own_fields(page):
    cells = [[str(3 * i + j) for j in range(3)] for i in range(3)]
    fields = ask(page, "copying_filter").get_by_role("textbox").all()
    for field, text in zip(fields, [cell for row in cells for cell in row], strict=True):
        field.fill(text)
    assert check(page, "copying_filter") == verdict("copying_filter", cells)
    ask(page, "three_strides").get_by_label("same").fill("12")
    ask(page, "three_strides").get_by_label("valid").fill("11")
    assert check(page, "three_strides") == verdict("three_strides", {"same": "12", "valid": "11"})
    ask(page, "slow_on_photographs").get_by_label("edges are missing").check()
    assert check(page, "slow_on_photographs") == verdict("slow_on_photographs", "edges are missing")


def test_it_is_answered_with_the_keyboard_alone_and_the_focus_stays(page):
    field = ask(page, "sixteen_filters").get_by_label("Your answer")
    field.focus()
    page.keyboard.type("1216")
    page.keyboard.press("Enter")
    assert said(page, "sixteen_filters").startswith("✓")
    assert field.evaluate("(field) => field === document.activeElement")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.evaluate("document.activeElement.textContent") == "Check"


def test_a_reload_loses_no_answer_and_what_is_solved_is_counted_until_it_is_forgotten(page, server):
    assert "0 of 6 exercises solved" in progress(page)
    assert "sent nowhere" in progress(page)
    ask(page, "sixteen_filters").get_by_label("Your answer").fill("1216")
    check(page, "sixteen_filters")
    ask(page, "three_strides").get_by_label("same").fill("half an answer")
    page.reload()
    assert said(page, "sixteen_filters") == "✓ sixteen_filters: right."
    assert ask(page, "sixteen_filters").get_by_label("Your answer").input_value() == "1216"
    assert ask(page, "three_strides").get_by_label("same").input_value() == "half an answer"
    assert "1 of 6 exercises solved" in progress(page)
    page.goto(server + "index.html")
    assert f"1 of {sum(len(chapter['exercises']) for chapter in exercise_script.chapters())} exercises solved" in progress(page)
    page.get_by_role("button", name="Forget all my answers").click()
    page.get_by_text("Forgotten.").wait_for()
    assert "Convolution: 0 of 6" in progress(page)
    page.goto(server + CHAPTER)
    assert ask(page, "sixteen_filters").get_by_label("Your answer").input_value() == ""


def test_a_solved_exercise_stays_solved_when_a_wrong_answer_is_tried_later(page):
    for typed in ("1216", "3"):
        ask(page, "sixteen_filters").get_by_label("Your answer").fill(typed)
        check(page, "sixteen_filters")
    assert "1 of 6 exercises solved" in progress(page)


def test_a_function_is_left_to_python_and_the_reader_says_when_it_is_solved(page):
    exercise = ask(page, "gradient_descent")
    assert "needs Python" in exercise.inner_text()
    assert "make lab" in exercise.inner_text()
    assert "def my_descent" in page.locator("#exercises").inner_text()
    exercise.get_by_label("Solved in Python").check()
    ask(page, "slow_on_photographs").get_by_label("neighbours are alike").check()
    check(page, "slow_on_photographs")
    assert "1 of 6 exercises solved" in progress(page)


@pytest.mark.parametrize("where", ["server", "file"])
def test_without_storage_everything_works_until_the_page_is_left(browser, server, where):
    context = browser.new_context()
    context.add_init_script(BLOCKED)
    page = context.new_page()
    faults = []
    page.on("pageerror", lambda error: faults.append(error.stack))
    page.goto((server if where == "server" else f"{SITE.as_uri()}/") + CHAPTER)
    ask(page, "sixteen_filters").get_by_label("Your answer").fill("1216")
    assert check(page, "sixteen_filters") == "✓ sixteen_filters: right."
    assert "1 of 6 exercises solved" in progress(page)
    assert "stores nothing" in progress(page)
    assert [stack for stack in faults if "exercises.js" in stack] == []  # the theme's own scripts do not expect this
    context.close()


@pytest.mark.parametrize(
    "stored", ["no JSON {", "[1]", "null", '{"sixteen_filters": 7, "three_strides": {"answer": 5, "isChecked": true}}']
)
def test_what_others_left_in_the_storage_breaks_nothing(page, stored):
    page.evaluate("(text) => localStorage.setItem('cnnbook-exercises', text)", stored)
    page.reload()
    ask(page, "sixteen_filters").get_by_label("Your answer").fill("1216")
    assert check(page, "sixteen_filters").startswith("✓")


def test_every_exercise_of_every_chapter_is_in_its_page_and_nothing_is_published_unanswered(browser, server):
    page = browser.new_page()
    for chapter in exercise_script.chapters():
        page.goto(server + chapter["page"])
        shown = page.locator("#exercises [data-exercise]").evaluate_all("nodes => nodes.map((node) => node.dataset.exercise)")
        assert shown == [name for names in chapter["exercises"] for name in names]
        assert "not answered yet" not in page.locator("article").inner_text()
        folds = page.locator("#exercises .tag_hide-cell summary .collapsed").all_inner_texts()
        assert set(folds) == {"Show the solution"}
        forms = page.locator("#exercises form.cb-exercise").count()
        assert forms == sum(EXERCISES[name]["kind"] != "python" for name in shown)
    page.close()


@pytest.mark.parametrize("answer", ["1216", "1"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_verdict_is_no_barrier_in_any_theme_on_a_phone(browser, server, theme, answer):
    context = browser.new_context(viewport={"width": 390, "height": 800}, color_scheme=theme, reduced_motion="reduce")
    page = context.new_page()
    page.goto(server + CHAPTER)
    ask(page, "sixteen_filters").get_by_label("Your answer").fill(answer)
    check(page, "sixteen_filters")
    assert Axe().run(page, context=".cb-exercise").response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_right_and_wrong_differ_without_colours(browser, server):
    context = browser.new_context(forced_colors="active")
    page = context.new_page()
    page.goto(server + CHAPTER)
    looks = []
    for answer in ("1216", "1"):
        ask(page, "sixteen_filters").get_by_label("Your answer").fill(answer)
        check(page, "sixteen_filters")
        looks.append(ask(page, "sixteen_filters").get_by_role("status").evaluate("(line) => getComputedStyle(line).borderLeftStyle"))
    assert looks[0] != looks[1]
    context.close()


def test_on_paper_there_are_lines_to_write_on_and_nothing_to_press(page):
    page.emulate_media(media="print")
    seen = "nodes => nodes.filter((node) => node.checkVisibility()).length"
    assert page.locator("#exercises").locator("button, input, select").evaluate_all(seen) == 0
    assert page.locator("#exercises .cnnbook-blank").evaluate_all(seen) >= 3
    assert page.locator("#exercises .cnnbook-grid").evaluate_all(seen) == 2
    page.emulate_media(media="screen")


def test_without_scripts_the_question_has_a_place_to_write_on(browser, server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server + CHAPTER)
    assert page.locator("#exercise-sixteen_filters .cnnbook-blank").is_visible()
    context.close()


def test_an_answer_and_its_explanation_open_only_after_a_prediction_and_stay_open(page, server):
    page.goto(server + "chapters/03_inspecting.html")
    first, second = ask(page, "first_row"), ask(page, "second_row")
    folds = page.locator("details.cnnbook-answer")
    assert not folds.nth(0).is_visible()
    first.get_by_role("button", name="Check my prediction").click()
    assert said(page, "first_row").endswith("not answered yet.")
    assert not folds.nth(0).is_visible()
    for label, typed in (("side of the maps", "15"), ("number of maps", "10"), ("parameters", "480")):
        first.get_by_label(label).fill(typed)
    first.get_by_role("button", name="Check my prediction").click()
    folds.nth(0).locator("p").first.wait_for()
    assert said(page, "first_row") == verdict("first_row", ("15", "10", "480"))
    assert "not one more parameter" in folds.nth(0).inner_text().lower()
    assert not folds.nth(1).is_visible()
    assert second.get_by_text("Enter a prediction").is_visible()
    page.reload()
    folds.nth(0).wait_for()
    assert not folds.nth(1).is_visible()
    summary = page.get_by_text("Total params").first
    assert summary.evaluate("(line) => line.compareDocumentPosition(document.querySelector('[data-exercise=dense_row]'))") == 2


def test_without_scripts_and_on_paper_no_answer_is_kept_back(browser, server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server + "chapters/03_inspecting.html")
    assert page.locator("details.cnnbook-answer").first.is_visible()
    context.close()
    page = browser.new_page()
    page.goto(server + "chapters/03_inspecting.html")
    page.emulate_media(media="print")
    assert page.locator("details.cnnbook-answer p").first.is_visible()
    page.close()


def focused(page) -> str:
    """What has the focus: its label, or what stands on it."""
    return page.evaluate("document.activeElement.labels?.[0]?.textContent || document.activeElement.textContent")


def tab_to(page, name, most=40):
    """Press Tab until something of that name has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if focused(page).strip() == name:
            return
    pytest.fail(f"Tab never came to {name!r}")


def test_several_parts_a_choice_and_the_solution_are_reached_with_the_keyboard_alone(page, server):
    page.goto(server + "chapters/02_stacking.html")
    ask(page, "two_small_or_one_large").get_by_label("two of 3×3").focus()
    page.keyboard.type("73728")
    tab_to(page, "one of 5×5")
    page.keyboard.type("102,400")
    tab_to(page, "a bias")
    page.keyboard.press("ArrowDown")
    tab_to(page, "Check")
    page.keyboard.press("Enter")
    answer = {"two of 3×3": "73728", "one of 5×5": "102,400", "besides": "a larger receptive field"}
    assert said(page, "two_small_or_one_large") == verdict("two_small_or_one_large", answer)
    assert focused(page) == "Check"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    ask(page, "two_small_or_one_large").locator("xpath=following-sibling::*[1]").get_by_text("fewer weights, and an activation").wait_for()


def test_a_table_and_a_list_of_words_are_filled_with_the_keyboard_alone(page, server):
    page.goto(server + "chapters/02_stacking.html")
    ask(page, "weaker_of_two").get_by_role("textbox").first.focus()
    for typed in ("2", "1", "0", "-3"):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert said(page, "weaker_of_two") == verdict("weaker_of_two", ["2", "1", "0", "-3"])
    page.goto(server + "chapters/08_whole_network.html")
    ask(page, "largest_layers").get_by_label("most parameters").focus()
    page.keyboard.type("first d")
    page.keyboard.press("Tab")
    page.keyboard.type("third")
    tab_to(page, "Check")
    page.keyboard.press("Enter")
    assert said(page, "largest_layers") == "✓ largest_layers: right."


def test_in_forced_colours_fields_have_borders_and_the_focus_is_seen(browser, server):
    context = browser.new_context(forced_colors="active")
    page = context.new_page()
    page.goto(server + CHAPTER)
    edge = "(node) => { const { borderTopStyle, borderTopWidth } = getComputedStyle(node); return `${borderTopStyle} ${borderTopWidth}`; }"
    for field in ask(page, "copying_filter").locator("input, button").all():
        assert field.evaluate(edge) == "solid 1px"
    ask(page, "sixteen_filters").get_by_label("Your answer").focus()
    for _ in range(2):
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        page.keyboard.press("Tab")
    context.close()


def test_a_fold_says_to_those_who_hear_it_what_it_opens(page):
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    names = [node["name"]["value"].strip() for node in nodes if node.get("role", {}).get("value") == "DisclosureTriangle"]
    assert names.count("Show the solution") == page.locator("#exercises .tag_hide-cell").count() > 5
    assert [name for name in names if "hidden content" in name] == []
