"""The live network in the built page: it answers as Keras does, and fetches its weights only when they are needed."""

import json

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

from cnnbook import data
from cnnbook.demos import LiveCNN
from cnnbook.demos.live_cnn import trained_cnn
from tests.browser.driver import bring_into_view, number, until
from tests.browser.live import CHAPTER, Live, base64_of, encoded, keras_cnn
from tests.conftest import cifar10_or_reason

WEIGHTS = "live_cnn_weights.js"
IMAGES = 250

# Give the demo files, one after the other, as a reader would, and read the probabilities of each.
ANSWERS = """async files => {
    const root = document.querySelector(".cb-live"), input = root.querySelector(".cb-file"), answers = [];
    for (const [name, text] of files) {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name, { type: "image/png" }));
        input.files = transfer.files;
        input.dispatchEvent(new Event("change"));
        while (!root.querySelector(".cb-note").textContent.includes(name)) await new Promise(requestAnimationFrame);
        answers.push([...root.querySelectorAll(".cb-classes data")].map((value) => Number(value.value)));
    }
    return answers;
}"""


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    """CIFAR-10's first test images, or crops of a photograph where they cannot be had."""
    cifar10 = cifar10_or_reason()
    if not isinstance(cifar10, str):
        return cifar10.x_test[:IMAGES]
    rng, photograph = np.random.default_rng(0), data.photograph("temple")
    corners = rng.integers(0, (photograph.shape[0] - 32, photograph.shape[1] - 32), (IMAGES, 2))
    return np.stack([photograph[top : top + 32, left : left + 32] for top, left in corners])


@pytest.fixture
def live(open_anew, address):
    return Live(open_anew(address + CHAPTER))


@pytest.fixture
def served(open_anew, server):
    return Live(open_anew(server + CHAPTER))


def test_the_probabilities_of_many_pictures_are_those_of_keras(live, images):
    files = [(f"picture {i}.png", base64_of(encoded(image))) for i, image in enumerate(images)]
    assert len(files) >= 200
    found = np.array(live.page.evaluate(ANSWERS, files))
    expected = keras_cnn().predict(data.scale(images), verbose=0)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert live.page.foreign == live.page.complaints == []


def test_each_sample_gets_the_answer_of_keras_and_what_must_be_said_of_it(served):
    demo = LiveCNN()
    expected = keras_cnn().predict(data.scale(demo.pixels()), verbose=0)
    for (name, about), pixels, answer in zip(demo.samples.items(), demo.pixels(), expected, strict=True):
        served.choose("Image", name)
        np.testing.assert_allclose(served.probabilities(), answer, atol=1e-4)
        np.testing.assert_array_equal(served.pixels(), pixels)
        assert served.root.locator(".cb-answer strong").inner_text() == demo.classes[answer.argmax()]
        assert served.note() == about["note"]
        assert about["credit"] in served.root.locator(".cb-credit").inner_text()


def test_the_network_on_the_front_page_answers_as_keras_does_shows_its_inside_and_asks_nobody(open_page, address, images):
    front = Live(open_page(address + "index.html"))
    front.give("mine.png", encoded(images[0]))
    np.testing.assert_allclose(front.probabilities(), keras_cnn().predict(data.scale(images[:1]), verbose=0)[0], atol=1e-4)
    front.open("convolution 4")
    assert "convolution 4" in front.title()
    assert front.page.foreign == front.page.complaints == []


def test_the_three_most_probable_classes_are_read_out(served):
    demo = LiveCNN()
    answer = demo.probabilities(demo.pixels())[list(demo.samples).index("horse")]
    served.choose("Image", "horse")
    served.hears(", ".join(f"{demo.classes[i]} {100 * answer[i]:.1f} %" for i in np.argsort(-answer)[:3]))


def test_a_picture_that_is_none_of_the_ten_classes_is_said_to_be_none(served):
    served.choose("Image", "coffee")
    assert "none of the ten classes" in served.note()
    assert "must choose one" in served.root.inner_text()
    assert served.probabilities().sum() == pytest.approx(1, abs=1e-5)


def test_the_weights_are_fetched_once_and_only_when_the_demo_comes_near(open_page, address):
    page = open_page(address + CHAPTER)
    names = "performance.getEntriesByType('resource').map((entry) => entry.name)"
    scripts = f"[...document.querySelectorAll('script')].filter((script) => script.src.includes('{WEIGHTS}')).length"
    assert page.evaluate(scripts) == 0
    assert not any(WEIGHTS in name for name in page.evaluate(names))
    live = Live(page)
    live.choose("Image", "horse")
    assert page.evaluate(scripts) == 1


def test_while_the_weights_are_missing_the_demo_says_so_and_can_be_used_otherwise(open_page, server):
    page = open_page(server + CHAPTER)
    held = []
    page.context.route(f"**/{WEIGHTS}?v=*", lambda route: held.append(route))
    root = page.locator(".cb-live")
    bring_into_view(root)
    page.wait_for_function("document.querySelector('.cb-loading').textContent.includes('Loading the network')")
    size = number(root.locator(".cb-loading").inner_text().split("network (")[1].split(" MB")[0])
    assert size == pytest.approx(len(trained_cnn.packed()) * 4 / 3 / 1e6, abs=0.1)
    assert root.get_by_label("Image", exact=True).is_enabled()
    until(page, lambda: held)
    held[0].abort()
    page.wait_for_function("document.querySelector('.cb-loading').textContent.includes('could not be loaded')")
    page.context.unroute(f"**/{WEIGHTS}?v=*")
    root.get_by_label("Image", exact=True).select_option("horse")
    root.get_by_role("button", name="Try again").click()
    root.locator(".cb-answer strong").wait_for()
    assert not root.locator(".cb-loading").is_visible()


def test_in_jupyter_the_weights_come_with_the_widget_and_no_script_is_fetched(open_page, server):
    page = open_page(server + CHAPTER)
    demo = LiveCNN()
    found = page.evaluate(
        """async ([source, state, weights]) => {
            const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
            const bytes = Uint8Array.from(atob(weights), (character) => character.charCodeAt(0)), el = document.createElement("div");
            document.body.prepend(el);
            const get = (name) => (name === "weights" ? new DataView(bytes.buffer) : state[name]);
            module.default.render({ el, model: { get, set() {}, on() {}, off() {}, save_changes() {} } });
            el.scrollIntoView();
            while (!el.querySelector(".cb-answer strong")) await new Promise(requestAnimationFrame);
            return [...el.querySelectorAll(".cb-classes data")].map((value) => Number(value.value));
        }""",
        [demo._esm, demo.state(), base64_of(demo.weights)],
    )
    np.testing.assert_allclose(found, demo.probabilities(demo.pixels())[0], atol=1e-4)
    assert page.locator(f"script[src*='{WEIGHTS}']").count() == 0


def test_no_request_leaves_the_page_when_a_picture_of_ones_own_is_classified(open_page, address, images):
    live, asked = Live(open_page(address + CHAPTER)), []
    live.page.clock.install()
    live.page.on("request", lambda request: asked.append(request.url))
    live.give("mine.png", encoded(images[0]))
    live.give(
        "mine.svg", b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>', "image/svg+xml"
    )
    live.let_pass(2_000)
    assert [url for url in asked if not url.startswith("blob:")] == []
    assert "nothing is uploaded" in live.root.inner_text()


def test_everything_can_be_reached_with_the_keyboard(served):
    served.open("convolution 2")
    served.press("Draw")
    served.root.get_by_label("Image", exact=True).focus()
    reached = []
    for _ in range(40):
        reached.append(served.page.evaluate("document.activeElement.className || document.activeElement.tagName"))
        served.page.keyboard.press("Tab")
    wanted = [
        "SELECT",
        "cb-choose",
        "cb-draw",
        "cb-swatch",
        "cb-clear",
        "cb-canvas cb-picture cb-sheet",
        "SUMMARY",
        "cb-canvas cb-tiles",
        "cb-canvas cb-map",
    ]
    assert [name for name in wanted if name not in reached] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("layer", ["convolution 2", "dense", "probabilities"])
def test_with_all_its_parts_open_it_has_no_barrier_and_fits_a_phone(open_anew, server, theme, layer):
    live = Live(open_anew(server + CHAPTER, width=390, color_scheme=theme, reduced_motion="reduce"))
    live.open(layer)
    live.press("Draw")
    results = Axe().run(live.page, context=".cb-live").response["violations"]
    assert [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in results] == []
    assert live.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_javascript_the_samples_and_their_answers_stand_in(open_page, server):
    page = open_page(server + CHAPTER, java_script_enabled=False)
    stand_in = page.locator('.cnnbook-demo[data-demo="live_cnn"] .cnnbook-standin')
    assert stand_in.is_visible()
    assert all(image.get_attribute("alt") for image in stand_in.locator("img").all())
    assert "none of the ten classes" in stand_in.inner_text()


def test_the_state_in_the_page_holds_no_weights(served):
    state = json.loads(served.page.locator('[data-demo="live_cnn"]').get_attribute("data-state"))
    assert sorted(state) == sorted(LiveCNN().state())
