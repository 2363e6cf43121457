"""The training ground in a page: what readers do with it, on all kinds of screens and with hostile settings."""

import base64
import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from cnnbook import data
from cnnbook.demos import TrainingGround
from cnnbook.demos.training_ground.presets import PRESETS
from cnnbook.demos.training_ground.rules import LIMITS, layer
from tests.demos.engine.cases import keras_model
from tests.demos.training_ground.conftest import SCRIPT, Ground, html


def link(setup) -> str:
    """The address's part that holds a set-up."""
    return "#ground=" + base64.urlsafe_b64encode(json.dumps(setup).encode()).decode().rstrip("=")


def test_it_learns_digits_and_says_so(ground):
    assert ground.status == "Not trained yet."
    ground.train(300)
    training, test = ground.accuracy()
    assert training > 95
    assert test > 90
    assert ground.page.complaints == []


def test_one_step_is_one_update_and_starting_again_forgets_them(ground):
    for n in (1, 2):
        ground.press("One step")
        ground.wait(f"status.startsWith('{n} updates')")
    ground.press("Start again")
    ground.wait("status === 'Not trained yet.'")


def test_the_same_set_up_gives_the_same_curve_whatever_happens_between(ground):
    curve = "root => [...root.querySelectorAll('.cb-curves')].map((svg) => svg.getAttribute('aria-label'))"

    def measured():
        ground.press("Start again")
        for n in range(1, 4):
            ground.press("One step")
            ground.wait(f"/^{n} updates.*measured at update {n}:/.test(status)")
        ground.root.locator('.cb-curves[aria-label*="after 3 updates"]').first.wait_for()  # drawn a frame after the status
        return ground.root.evaluate(curve)

    first = measured()
    ground.set("Seed", "7")
    other = measured()
    ground.set("Seed", "1")
    assert first == measured() != other


def test_each_rows_shape_and_parameters_are_those_of_keras(open_ground):
    for name, preset in PRESETS.items():
        ground = Ground(open_ground(TrainingGround(name)))
        specs = preset["setup"]["layers"]
        layers = keras_model(specs, (8, 8, 1))[0].layers[1:]
        for (shape, parameters, _), made, spec in zip(ground.counts(), layers, specs, strict=True):
            assert shape.split(" × ") == [str(side) for side in made.output.shape[1:]]
            if spec["kind"] != "Dropout":  # the stand-in for it keeps a mask
                assert parameters.replace(",", "") == str(made.count_params())


def test_layers_are_inserted_moved_and_removed_and_the_counts_follow(ground):
    kinds = "root => [...root.querySelectorAll('.cb-layers:not(.cb-flow) tbody th')].map((cell) => cell.textContent)"
    first = ground.root.evaluate(kinds)
    ground.set("New layer", "MaxPooling2D")
    ground.set("Put it", "1")
    ground.press("Insert")
    ground.wait("root.querySelectorAll('.cb-layers:not(.cb-flow) tbody tr').length === 7")
    assert ground.root.evaluate(kinds) == [first[0], "MaxPooling2D", *first[1:]]
    assert ground.counts()[1][0] == "4 × 4 × 8"
    ground.press("Layer 2, MaxPooling2D: move down")
    ground.wait("root.querySelectorAll('.cb-layers:not(.cb-flow) tbody th')[2].textContent === 'MaxPooling2D'")
    assert ground.page.evaluate("document.activeElement.getAttribute('aria-label')") == "Layer 3, MaxPooling2D: move down"
    ground.press("Layer 3, MaxPooling2D: remove")
    ground.wait("root.querySelectorAll('.cb-layers:not(.cb-flow) tbody tr').length === 6")
    assert ground.root.evaluate(kinds) == first


@pytest.mark.parametrize(
    ("label", "value", "said"),
    [
        ("Training images", "0", "Training images takes a whole number from 1 to 1,442."),
        ("Batch size", "1e9", "Batch size takes a whole number from 1 to 256."),
        ("Learning rate", "1e10", "Learning rate takes a number from 0 to 1,000,000,000."),
        ("Learning rate", "", "Learning rate takes a number from 0 to"),
        ("Seed", "-1", "Seed takes a whole number from 0 to 9,999."),
        ("Layer 1, Conv2D: filters", "65", "Layer 1, Conv2D: filters takes a whole number from 1 to 64."),
        ("Layer 6, Dense: units", "2.5", "Layer 6, Dense: units takes a whole number from 1 to 512."),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_a_sentence_and_the_last_one_counts(ground, label, value, said):
    before = ground.root.get_by_label(label, exact=True).input_value()
    ground.set(label, value)
    assert ground.complaint.removeprefix("⚠ ").startswith(said)
    ground.press("One step")
    ground.wait("status.startsWith('1 updates')")
    ground.set(label, before)
    assert ground.complaint == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"layers": []}, "The last layer gives 8 × 8 × 1, but there are 10 classes"),
        ({"layers": [layer("Dense")]}, "Layer 1: Dense takes one row of numbers; put Flatten before it."),
        ({"layers": [layer("Conv2D", filters=64, kernel=8)] * 3}, "the limit here is 200,000"),
        ({"layers": [layer("MaxPooling2D", size=8), layer("MaxPooling2D", size=8)]}, "a window of 8 × 8 does not fit into 1 × 1"),
    ],
)
def test_a_network_that_cannot_be_trained_says_why(open_ground, changes, said):
    ground = Ground(open_ground(TrainingGround(setup=PRESETS["learning"]["setup"] | changes)))
    assert said in ground.status
    assert ground.root.get_by_role("button", name="Train", exact=True).is_disabled()
    ground.set("Begin with", "learning")
    ground.press("One step")
    ground.wait("status.startsWith('1 updates')")


@pytest.mark.parametrize("preset", ["raw", "learning"])
def test_a_training_that_breaks_says_where_the_first_number_arose_that_is_not_finite(open_ground, preset):
    ground = Ground(open_ground(TrainingGround(preset)))
    if preset == "learning":
        ground.set("Optimizer", "sgd")
        ground.set("Learning rate", "1e9")
    ground.press("Train")
    ground.wait("status.includes('The first number that is not finite appeared')")
    assert re.search(r"(of layer \d \(\w+\)|loss) became (NaN|∞|−∞)", ground.status)
    assert ground.root.get_by_role("button", name="Train", exact=True).is_disabled()
    ground.press("Start again")
    ground.wait("status === 'Not trained yet.'")


def test_it_ends_after_its_most_updates(open_ground):
    demo = TrainingGround()
    demo.set_trait("limits", LIMITS | {"updates": 25})
    ground = Ground(open_ground(demo))
    ground.press("Train")
    ground.wait("status.includes('It ends here, after 25 updates.')")
    assert ground.root.get_by_role("button", name="Train", exact=True).is_disabled()


def test_a_kept_run_lies_under_the_next_and_what_differs_is_named(ground):
    ground.train(20)
    ground.press("Keep this run")
    ground.set("Learning rate", "0.01")
    ground.wait("root.textContent.includes('differ in one thing, rate (0.003 and 0.01)')")
    ground.train(20)
    assert ground.root.locator(".cb-curves .cb-kept-0").count() == 4
    assert ground.root.locator(".cb-runs tbody tr").count() == 2
    ground.set("Batch size", "64")
    ground.wait("root.textContent.includes('differ in 2 things')")
    ground.press("Forget kept runs")
    ground.wait("!root.querySelector('.cb-curves .cb-kept-0')")


def test_the_address_holds_the_set_up_and_the_browsers_history_goes_back_to_another(ground, open_ground):
    ground.set("Seed", "42")
    ground.page.wait_for_function("location.hash.startsWith('#ground=')")
    first = ground.page.url
    ground.set("Batch size", "64")
    ground.page.wait_for_function("(before) => location.href !== before", arg=first)
    ground.page.go_back()
    ground.wait("[...root.querySelectorAll('input')].some((field) => field.value === '32')")
    assert ground.root.get_by_label("Seed", exact=True).input_value() == "42"
    ground.page.go_back()
    ground.wait("[...root.querySelectorAll('label')].find((label) => label.textContent === 'Seed').nextSibling.value === '1'")
    ground.page.go_forward()
    ground.page.go_forward()
    ground.wait("[...root.querySelectorAll('label')].find((label) => label.textContent === 'Batch size').nextSibling.value === '64'")
    sent = open_ground(path=ground.page.url.split("/")[-1])
    sent.locator(".cb-ground").wait_for()  # without scrolling: what was sent is to be seen at once
    there = Ground(sent)
    assert (there.root.get_by_label("Seed", exact=True).input_value(), there.root.get_by_label("Batch size", exact=True).input_value()) == (
        "42",
        "64",
    )


@pytest.mark.parametrize("name", PRESETS)
def test_an_address_may_name_a_preset_and_choosing_one_writes_its_name(open_ground, name):
    initial = "learning" if name != "learning" else "norm"
    ground = Ground(open_ground(TrainingGround(initial), path=f"#ground={name}"))
    chosen = ground.root.get_by_label("Begin with", exact=True)
    assert chosen.input_value() == name
    assert PRESETS[name]["text"] in ground.root.inner_text()
    chosen.select_option(initial)
    ground.page.wait_for_function("location.hash === ''")
    chosen.select_option(name)
    ground.page.wait_for_function("(name) => location.hash === `#ground=${name}`", arg=name)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("#ground=nonsense", "It is damaged."),
        (link({"layers": [{"kind": "ReLU"}] * 300}), f"It has 300 layers; the limit here is {LIMITS['layers']}."),
        (link({"layers": [{"kind": "constructor"}]}), "Layer 1 is of the kind constructor, which is not known here."),
        (link({"layers": [], "images": 0}), "images is 0; it takes a whole number from 1 to 1,442."),
        (link({"layers": [], "colour": 1}), "The set-up has no setting colour."),
        (link([]), "There is no list of layers in it."),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_with_a_sentence(open_ground, path, said):
    ground = Ground(open_ground(path=path))
    assert said in ground.complaint
    ground.press("One step")
    ground.wait("status.startsWith('1 updates')")


def test_several_on_one_page_train_by_themselves_and_have_addresses_of_their_own(open_ground):
    page = open_ground(TrainingGround(), TrainingGround("dropout"))
    one, other = Ground(page, 0), Ground(page, 1)
    one.press("One step")
    one.wait("status.startsWith('1 updates')")
    assert other.status == "Not trained yet."
    one.set("Seed", "5")
    other.set("Seed", "6")
    page.wait_for_function("location.hash.includes('ground=') && location.hash.includes('ground2=')")
    again = open_ground(TrainingGround(), TrainingGround("dropout"), path=page.url.split("/")[-1])
    assert [Ground(again, n).root.get_by_label("Seed", exact=True).input_value() for n in (0, 1)] == ["5", "6"]


def test_the_script_is_fetched_only_when_the_demo_comes_near(open_ground):
    page = open_ground()
    page.locator(".cnnbook", has_text="loads when you scroll near it").wait_for(state="attached")
    assert SCRIPT not in page.asked
    Ground(page)
    assert page.asked.count(SCRIPT) == 1


def longest_task(page, browser, trace) -> float:
    """Milliseconds of the processor that the longest of the page's tasks takes while the whole network is mounted and trains."""
    browser.start_tracing(page=page, path=trace, categories=["toplevel"])
    Ground(page).train(100)
    browser.stop_tracing()
    events = json.loads(trace.read_text())["traceEvents"]
    main = {(event["pid"], event["tid"]) for event in events if event.get("args", {}).get("name") == "CrRendererMain"}
    tasks = [event.get("tdur", 0) / 1000 for event in events if "RunTask" in event["name"] and (event["pid"], event["tid"]) in main]
    assert len(tasks) > 100
    return max(tasks)


def test_no_task_holds_up_a_page_on_a_phone_for_long_while_it_loads_and_trains(open_ground, browser, tmp_path):
    """A task that is long is long in each page; one that other work beside the tests made slow is so in some of them."""
    for _ in range(5):
        longest = longest_task(open_ground(TrainingGround("whole"), width=390), browser, tmp_path / "trace.json")
        if longest < 45:  # mounted in one go it was 50; beside other work 35 were seen, and once 67
            break
    assert longest < 45


@pytest.mark.parametrize("policy", ["script-src 'self' 'unsafe-inline'; worker-src 'none'", "script-src 'self'; style-src 'unsafe-inline'"])
def test_without_workers_and_webassembly_it_trains_as_well(open_ground, policy):
    ground = Ground(open_ground(policy=policy))
    ground.train(60)
    assert ground.accuracy()[0] > 60


def test_it_trains_in_a_page_from_a_file(browser, scripts, tmp_path):
    for name, text in {**scripts, "page.html": html(TrainingGround())}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    page = browser.new_page()
    workers = []
    page.on("worker", lambda worker: workers.append(worker.url))
    page.goto((tmp_path / "page.html").as_uri())
    ground = Ground(page)
    ground.train(20)
    assert len(workers) == 1
    ground.set("Seed", "9")
    page.wait_for_function("location.hash.startsWith('#ground=')")
    page.close()


def test_a_digit_drawn_with_the_keyboard_gets_an_answer(ground):
    ground.train(150)
    pad = ground.root.locator(".cb-pad")
    pad.focus()
    for key in ("ArrowUp",) * 5:
        ground.page.keyboard.press(key)
    for _ in range(12):
        ground.page.keyboard.press("Shift+ArrowDown")
    ground.wait("root.querySelector('.cb-ask figcaption').textContent.startsWith('Your digit')")
    ground.wait("root.querySelector('.cb-answer strong') !== null")
    assert "drawn by you" in pad.get_attribute("aria-label")
    ground.root.get_by_label("Test image", exact=True).press("ArrowRight")
    ground.wait("root.querySelector('.cb-ask figcaption').textContent.startsWith('Test image 2')")


def test_a_digit_drawn_with_the_pointer_is_counted_as_the_data_set_counts(open_ground, javascript_module):
    pad = javascript_module("training_ground/pad.js")
    points = [0] * 1024
    assert pad.reduced([1] * 1024) == [16] * 64
    points[4 * 32 + 4] = 1  # row 4, column 4: the second pixel of the second row
    assert {n: ink for n, ink in enumerate(pad.reduced(points)) if ink} == {9: 1}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_has_no_barrier_and_fits_a_phone_while_it_trains(open_ground, theme):
    ground = Ground(open_ground(TrainingGround("norm"), width=390, color_scheme=theme, reduced_motion="reduce"))
    ground.train(10)
    ground.press("Keep this run")
    results = Axe().run(ground.page, context=".cb-ground").response["violations"]
    assert [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in results] == []
    assert ground.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_theme_and_width_may_change_while_it_trains(ground):
    ground.press("Train")
    ground.wait("status.includes('updates')")
    ground.page.emulate_media(color_scheme="dark")
    ground.page.set_viewport_size({"width": 400, "height": 800})
    before = ground.updates
    ground.wait(f"Number((status.match(/^[0-9,]+/) ?? ['0'])[0].replaceAll(',', '')) > {before + 20}")
    assert ground.page.complaints == []


def test_a_screen_reader_hears_the_result_once_it_rests_and_little_before(ground):
    heard = []
    ground.page.expose_function("hear", lambda text: heard.append(text))
    ground.root.locator("[aria-live]").evaluate(
        "node => new MutationObserver(() => hear(node.textContent)).observe(node, { childList: true })"
    )
    ground.train(200)
    ground.wait("root.querySelector('[aria-live]').textContent.includes('of test images')")
    assert 1 <= len(heard) <= 4


def test_in_print_and_without_javascript_the_set_up_stands_in(open_ground):
    page = open_ground(java_script_enabled=False)
    stand_in = page.locator(".cnnbook-standin")
    assert "Conv2D" in stand_in.inner_text()
    assert stand_in.locator("img").get_attribute("alt").startswith("Ten of the test images")
    printed = open_ground()
    Ground(printed)
    printed.emulate_media(media="print")
    assert printed.locator(".cnnbook-standin").is_visible()
    assert not printed.locator(".cb-ground").is_visible()


def test_in_jupyter_the_kernel_gets_what_was_measured(open_ground):
    page, demo = open_ground(), TrainingGround()
    points = page.evaluate(
        """async ([source, state]) => {
            const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
            const el = document.createElement("div"), set = (name, value) => { state[name] = value; };
            const model = { get: (name) => state[name], set, on() {}, off() {}, save_changes() {} };
            document.body.prepend(el);
            module.default.render({ el, model });
            while (!el.querySelector(".cb-credit")) await new Promise(requestAnimationFrame);
            el.querySelector(".cb-play + button").click();
            while (!state.points) await new Promise((done) => setTimeout(done, 20));
            return state.points;
        }""",
        [demo._esm, demo.state()],
    )
    demo.points = points
    assert demo.history["update"].tolist() == [0, 1]
    assert 0 <= demo.history["test_accuracy"][-1] <= 1
    assert len(data.load_digits().y_train) == demo.rules["training"]["images"]["most"]
