"""Kinds of fault that pages without a kernel are known for, each tried on every demo that it could befall."""

import base64
import html
import io
import json
import re

import numpy as np
import pytest
from PIL import Image

from bookbuild import bundle_demos
from cnnbook import demos
from cnnbook.demos import CifarTraining, DropoutMask, LayerTable, LiveCNN, NormalizedBatch, SlidingFilter, TrainingGround, WayBack
from tests.browser.driver import bring_into_view

ALL = [getattr(demos, name) for name in demos.__all__]
every_demo = pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.name)
SETTLE = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))))"
# All that a reader sees of the demos, but for what is announced a little later.
SEEN = """async () => {
    for (let i = 0; i < 4; i++) await new Promise(requestAnimationFrame);
    const all = (selector, value) => [...document.querySelectorAll(`.cnnbook ${selector}`)].map(value).join();
    return [all("p:not([aria-live], [role=status]), td, th, dd, figcaption, output, button", (node) => node.textContent),
        all("input, select", (node) => node.value),
        all("canvas", (node) => node.toDataURL()), all("svg", (node) => node.innerHTML),
        all("[class]", (node) => node.getAttribute("class"))].join("\\n");
}"""
# Events of a pointer over a node: [kind, across, down, options], places as fractions of the node.
POINT = """([node, events]) => {
    const box = node.getBoundingClientRect();
    for (const [kind, across, down, options] of events) {
        const place = { clientX: box.left + across * box.width, clientY: box.top + down * box.height };
        const usual = { bubbles: true, cancelable: true, isPrimary: true, pointerId: 1, pointerType: "mouse", button: -1, buttons: 0 };
        node.dispatchEvent(new PointerEvent(kind, { ...usual, ...place, ...options }));
    }
}"""
PRESS = ["pointerdown", 0.3, 0.3, {"button": 0, "buttons": 1}]
MOVE = ["pointermove", 0.8, 0.7, {"buttons": 1}]
# What ends a drag, or begins none, and what the pointer does then.
NO_DRAG = {
    "another button": ([["pointerdown", 0.3, 0.3, {"button": 2, "buttons": 2}]], [["pointermove", 0.8, 0.7, {"buttons": 2}]]),
    "a Mac's menu": ([["pointerdown", 0.3, 0.3, {"button": 0, "buttons": 1, "ctrlKey": True}]], [MOVE]),
    "a menu": ([PRESS, ["contextmenu", 0.3, 0.3, {"button": 2}]], [MOVE]),
    "a lost pointer": ([PRESS, ["lostpointercapture", 0.3, 0.3, {}]], [MOVE]),
    "a cancelled pointer": ([PRESS, ["pointercancel", 0.3, 0.3, {}]], [MOVE]),
    "a release elsewhere": ([PRESS], [["pointermove", 0.8, 0.7, {"buttons": 0, "pointerType": "touch"}], MOVE]),
    "another button goes on": ([PRESS], [["pointermove", 0.8, 0.7, {"buttons": 2}], MOVE]),
    "a second finger": ([PRESS], [["pointerdown", 0.8, 0.7, {"pointerId": 2, "isPrimary": False, "button": 0, "buttons": 1}],
                                  ["pointermove", 0.8, 0.7, {"pointerId": 2, "isPrimary": False, "buttons": 1}]]),
}  # fmt: skip


def ready(page, kind):
    """Wait until the demo is there, and open all its parts but the one that goes on computing then."""
    bring_into_view(page.locator(".cnnbook-demo").first)
    page.locator({LiveCNN: ".cb-answer strong", TrainingGround: ".cb-ground .cb-answer strong"}.get(kind, ".cnnbook")).first.wait_for()
    page.evaluate("for (const part of document.querySelectorAll('details:not(.cb-why)')) part.open = true")
    if kind is LiveCNN:
        page.get_by_role("button", name="Draw", exact=True).click()
    page.evaluate(SETTLE)


def surfaces(page) -> list:
    return [node for node in page.locator(".cnnbook :is(canvas, [role=slider])").all() if node.is_visible()]


@pytest.fixture
def opened(open_demos):
    """A function that opens one demo of a kind, ready."""

    def open_(kind, **options):
        page = open_demos(kind(), **options)
        ready(page, kind)
        return page

    return open_


@pytest.mark.parametrize(
    "kind", [kind for kind in ALL if kind not in (CifarTraining, DropoutMask, LayerTable, WayBack)], ids=lambda kind: kind.name
)
def test_nothing_moves_or_draws_without_a_pressed_primary_button(opened, kind):
    page = opened(kind)
    assert surfaces(page)
    for node in surfaces(page):
        for events, then in NO_DRAG.values():
            page.evaluate(POINT, [node.element_handle(), events])
            before = page.evaluate(SEEN)
            page.evaluate(POINT, [node.element_handle(), then])
            after = page.evaluate(SEEN)
            page.evaluate(POINT, [node.element_handle(), [["pointerup", 0.3, 0.3, {}]]])
            assert after == before
    assert page.complaints == []


def test_a_drag_with_the_primary_button_draws_and_moves(opened):
    for kind, surface in [(LiveCNN, ".cb-picture"), (TrainingGround, ".cb-pad"), (NormalizedBatch, "[role=slider]")]:
        page = opened(kind)
        node = page.locator(surface).first
        bring_into_view(node)
        before, box = page.evaluate(SEEN), node.bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] / 2 + 40, box["y"] + box["height"] / 2 + 5, steps=4)
        page.mouse.up()
        assert page.evaluate(SEEN) != before


@every_demo
def test_a_swipe_over_a_map_scrolls_and_chooses_nothing(opened, kind):
    page = opened(kind, width=390, has_touch=True, is_mobile=True)
    page.evaluate("document.querySelector('footer').style.height = '2000px'")
    session = page.context.new_cdp_session(page)
    for node in surfaces(page):
        if node.evaluate("node => getComputedStyle(node).touchAction") == "none":
            continue  # a sheet that is drawn on
        node.evaluate("node => scrollTo({ top: scrollY + node.getBoundingClientRect().top - 300, behavior: 'instant' })")
        before, box, top = page.evaluate(SEEN), node.bounding_box(), page.evaluate("scrollY")
        x, y = box["x"] + box["width"] / 2, box["y"] + min(box["height"], 60) / 2
        for kind_of, points in [
            ("touchStart", [{"x": x, "y": y}]),
            *[("touchMove", [{"x": x + step / 2, "y": y - 15 * step}]) for step in range(1, 9)],  # never quite straight
            ("touchEnd", []),
        ]:
            session.send("Input.dispatchTouchEvent", {"type": kind_of, "touchPoints": points})
        page.wait_for_function("top => scrollY > top + 50", arg=top)
        assert page.evaluate(SEEN) == before


@pytest.mark.parametrize("kind", [SlidingFilter, demos.ActivationHistory, TrainingGround], ids=lambda kind: kind.name)
def test_a_key_that_is_held_down_presses_play_once(opened, kind):
    page = opened(kind)
    play = page.locator(".cb-play").first
    places = [(play, "Enter"), *([(page.locator(".cb-input"), " ")] if kind is SlidingFilter else [])]
    for node, key in places:
        before = play.inner_text()
        node.focus()
        for _ in range(4):  # the second and later ones are repetitions
            page.keyboard.down(key)
        page.keyboard.up(key)
        page.evaluate(SETTLE)
        assert play.inner_text() != before
        play.click()
        page.evaluate(SETTLE)


# ---- numbers that people type ----

TYPED = ["0,5", "1e308", "-1e308", "1e999", "９", "−1", "1/4", "1/0", "12 000", "", "-", "NaN", "1.2.3", "0x10", "1e-320"]


@every_demo
def test_whatever_is_typed_no_number_becomes_nan_and_a_decimal_comma_is_a_point(opened, kind):
    page = opened(kind)
    fields = [field for field in page.locator(".cnnbook input[inputmode]").all() if field.is_visible() and field.is_enabled()]
    assert bool(fields) is (kind not in (LiveCNN, demos.ActivationHistory, demos.ReceptiveField))
    for field in fields[:6]:
        good = field.input_value()
        for text in TYPED:
            field.fill(text)
            page.evaluate(SETTLE)
            said = page.locator(".cnnbook").first.inner_text()
            assert re.findall(r"\bNaN\b|\bInfinity\b|∞|undefined", said) == []
            assert (field.get_attribute("aria-invalid") == "true") is ("The last valid value still applies." in said), text
        seen = []
        for text in ("0,5", "0.5", "½"):
            field.fill(text)
            seen.append((page.evaluate(SEEN).replace("0,5", "0.5"), field.get_attribute("aria-invalid")))
        assert seen[0] == seen[1]
        assert seen[2][1] == "true"
        field.fill(good)
        page.evaluate(SETTLE)
        assert page.get_by_role("alert").first.inner_text() == ""
    assert page.complaints == []


def test_counts_beyond_what_a_javascript_number_holds_keep_all_their_digits(opened):
    page = opened(LayerTable)
    for name, value in [
        ("input height", "4095"),
        ("input width", "4093"),
        ("Layer 1, Conv2D: filters", "4091"),
        ("Layer 1, Conv2D: kernel", "4079"),
    ]:
        page.get_by_label(name, exact=True).fill(value)
    page.evaluate(SETTLE)
    layers = [{**LayerTable().layers[0], "filters": 4091, "kernel": 4079}, *LayerTable().layers[1:]]
    expected = LayerTable(input_shape=[4095, 4093, 3], layers=layers).counts()
    assert expected[0][2] > 2**53
    rows = page.locator(".cb-layers tbody tr")
    for n, (_, parameters, macs) in enumerate(expected):
        assert [text.replace(",", "") for text in rows.nth(n).locator(".cb-value").all_inner_texts()] == [str(parameters), str(macs)]


@pytest.mark.parametrize(
    ("kind", "again", "sentence", "other"),
    [
        (LayerTable, "Insert", "at most 24 layers", ("input height", "31")),
        (NormalizedBatch, "Add a value", "at most 8 values", ("γ", "2")),
        (TrainingGround, "Insert", "at most 24 layers", ("Seed", "7")),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_why_nothing_came_of_a_press_is_said_until_the_next_thing_is_done(opened, kind, again, sentence, other):
    page = opened(kind)
    for _ in range(30):
        page.get_by_role("button", name=again, exact=True).first.click()
        page.evaluate(SETTLE)
        if sentence in page.get_by_role("alert").first.inner_text():
            break
    assert sentence in page.get_by_role("alert").first.inner_text()
    page.get_by_label(other[0], exact=True).fill(other[1])
    page.evaluate(SETTLE)
    assert page.get_by_role("alert").first.inner_text() == ""


# ---- loading ----


def held(route):
    pass


def answered(body: str, kind: str = "text/javascript", status: int = 200):
    return lambda route: route.fulfill(status=status, content_type=kind, body=body)


BROKEN = {
    "refused": lambda content: lambda route: route.abort(),
    "missing": lambda content: answered("<h1>Not found</h1>", "text/html", 404),
    "a page in its place": lambda content: answered("<!doctype html><p>Log in first", "text/html"),
    "cut off": lambda content: answered(content[: len(content) // 2]),
    "empty": lambda content: answered(""),
    "of another length": lambda content: answered(content.replace('Text = "', 'Text = "AAAA')),
}
LOADED = [(LiveCNN, bundle_demos.WEIGHTS), (TrainingGround, bundle_demos.GROUND)]


@pytest.mark.parametrize("outcome", BROKEN)
@pytest.mark.parametrize(("kind", "file"), LOADED, ids=lambda value: getattr(value, "name", ""))
def test_whatever_becomes_of_a_load_a_sentence_says_it_and_a_button_tries_again(open_demos, files, kind, file, outcome):
    if kind is TrainingGround and outcome == "of another length":
        pytest.skip("a script has no length that it should have")
    page = open_demos(kind(), answers={file: BROKEN[outcome](files[file])})
    bring_into_view(page.locator(".cnnbook-demo"))
    for _ in range(2):
        page.get_by_role("button", name="Try again").wait_for()
        note = page.locator(".cb-loading").inner_text()
        assert re.search(rf"is not available: {file} (could not be loaded|arrived incomplete)\.", note)
        asked = page.asked.count(file)
        page.get_by_role("button", name="Try again").click()
        page.wait_for_function("document.querySelector('.cb-loading').textContent.includes('not available')")
        assert page.asked.count(file) == asked + 1
    page.answers.clear()
    page.get_by_role("button", name="Try again").click()
    ready(page, kind)
    assert not page.locator(".cb-loading").is_visible()


@pytest.mark.parametrize(("kind", "file"), LOADED, ids=lambda value: getattr(value, "name", ""))
def test_a_load_that_is_never_answered_says_that_it_takes_long_and_can_be_tried_again(open_demos, kind, file):
    page = open_demos(kind(), answers={file: held}, clock=True)
    bring_into_view(page.locator(".cnnbook-demo"))
    page.wait_for_function("document.querySelector('.cb-loading').textContent.includes('Loading the')")
    page.clock.run_for(20_000)
    assert "This is taking a long time" in page.locator(".cb-loading").inner_text()
    page.answers.clear()
    page.get_by_role("button", name="Try again").click()
    page.clock.resume()
    ready(page, kind)


# ---- own images ----

GIVE = """([text, name]) => {
    const transfer = new DataTransfer(), input = document.querySelector(".cb-file");
    transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name, { type: "image/jpeg" }));
    input.files = transfer.files;
    input.dispatchEvent(new Event("change"));
}"""


def jpeg(image: Image.Image) -> str:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=80)
    return base64.b64encode(buffer.getvalue()).decode()


@pytest.fixture(scope="module")
def photograph() -> str:
    pixels = np.random.default_rng(0).integers(0, 256, (376, 512, 3), dtype=np.uint8)
    return jpeg(Image.fromarray(pixels).resize((4096, 3008)))


def test_while_a_large_photograph_is_read_the_page_says_so_and_goes_on(opened, photograph):
    page = opened(LiveCNN)
    page.evaluate("""() => {
        globalThis.frames_ = 0;
        const status = document.querySelector(".cb-reading");
        (function frame() { if (status.textContent) frames_ += 1; requestAnimationFrame(frame); })();
    }""")
    page.evaluate(GIVE, [photograph, "large.jpg"])
    page.wait_for_function("document.querySelector('.cb-reading').textContent.includes('Reading “large.jpg”')")
    page.wait_for_function("document.querySelector('.cb-note').textContent.includes('large.jpg')")
    page.wait_for_function("!document.querySelector('.cb-reading').textContent")
    assert page.evaluate("frames_") >= 5


@pytest.mark.parametrize("newer", ["a sample", "a drawing", "a small image"])
def test_a_late_image_does_not_take_the_place_of_a_newer_choice(opened, photograph, newer):
    page = opened(LiveCNN)
    page.evaluate(GIVE, [photograph, "large.jpg"])
    if newer == "a sample":
        page.get_by_label("Image", exact=True).select_option("horse")
    elif newer == "a drawing":
        page.locator(".cb-picture").focus()
        page.keyboard.press(" ")
    else:
        page.evaluate(GIVE, [jpeg(Image.new("RGB", (40, 40), "red")), "small.jpg"])
        page.wait_for_function("document.querySelector('.cb-note').textContent.includes('small.jpg')")
    page.evaluate(
        """async (text) => { // as long as it takes to read it, and longer
            const blob = new Blob([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], { type: "image/jpeg" });
            for (let i = 0; i < 4; i++) await createImageBitmap(blob);
            for (let i = 0; i < 60; i++) await new Promise(requestAnimationFrame);
        }""",
        photograph,
    )
    assert "large.jpg" not in page.locator(".cb-live").inner_text()
    assert page.locator(".cb-reading").inner_text() == ""


# ---- one demo that fails ----


def damaged(demo, **changes) -> str:
    state = {name: value for name, value in {**demo.state(), **changes}.items() if value is not None}
    return re.sub(r'data-state="[^"]*"', lambda _: f'data-state="{html.escape(json.dumps(state))}"', demo.html())


@pytest.mark.parametrize(
    "broken",
    [
        lambda: damaged(SlidingFilter(), limits=None),
        lambda: damaged(WayBack(), part="nonsense"),  # which it meets when it draws
        lambda: re.sub(r'data-state="[^"]*"', 'data-state="{"', SlidingFilter().html()),
        lambda: SlidingFilter().html().replace('data-demo="sliding_filter"', 'data-demo="of another version"'),
    ],
    ids=["a missing part", "a wrong part", "no JSON", "an unknown demo"],
)
def test_a_demo_that_fails_shows_its_still_image_and_the_others_go_on(open_demos, broken):
    page = open_demos(broken(), DropoutMask())
    page.locator(".cnnbook-shown").wait_for()
    first = page.locator(".cnnbook-demo").first
    assert "This demo is not running in your browser" in first.get_by_role("alert").inner_text()
    assert first.locator(".cnnbook-standin").is_visible()
    first.get_by_role("button", name="Start it again").click()
    page.locator(".cnnbook-shown").wait_for()
    page.get_by_role("button", name="Draw a new mask").click()
    page.wait_for_function("document.querySelectorAll('.cb-survivor').length > 0")
    assert page.locator(".cnnbook-shown").count() == 1


# ---- pages that forbid, systems that choose colours ----


@every_demo
def test_under_a_strict_policy_for_styles_every_demo_looks_the_same(opened, kind):
    policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data: blob:; worker-src blob:"
    strict = opened(kind, policy=policy)
    own = [text for text in strict.complaints if "style" in text and "image-rendering" not in text]
    assert [text for text in own if "inline style" not in text] == []
    colours = """() => [...document.querySelectorAll(".cnnbook *")].map((node) => {
        const { backgroundColor, color, width, left } = getComputedStyle(node);
        return [node.className.baseVal ?? node.className, backgroundColor, color, left].join();
    })"""
    assert strict.evaluate(colours) == opened(kind).evaluate(colours)


def pixels(node) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(node.screenshot())).convert("RGB"), int)


def test_in_forced_colours_what_backgrounds_and_shadows_tell_can_be_seen(opened):
    page = opened(DropoutMask, forced_colors="active")
    page.get_by_role("button", name="Draw a new mask").click()
    page.locator(".cb-dropped").first.wait_for()
    page.evaluate("document.activeElement.blur()")
    dropped, kept = (page.locator(f".cb-units .{name}:not([aria-selected=true])").first for name in ("cb-dropped", "cb-survivor"))
    edge = np.s_[-8:-4, 4:-4]  # beneath the numbers
    assert np.ptp(pixels(dropped)[edge], axis=(0, 1)).max() > 100  # hatched
    assert np.ptp(pixels(kept)[edge], axis=(0, 1)).max() == 0
    chosen = page.locator(".cb-units [aria-selected=true]")
    assert np.ptp(pixels(chosen)[2:6, 10:-10], axis=(0, 1)).max() > 100  # the ring

    page = opened(demos.ActivationHistory, forced_colors="active")
    legend = pixels(page.locator(".cb-shades").first)
    assert len(np.unique(legend[legend.shape[0] // 2, 3:-3], axis=0)) > 10

    page = opened(LiveCNN, forced_colors="active")
    swatches = [tuple(pixels(swatch)[4, 6]) for swatch in page.locator(".cb-swatch").all()]
    assert len(set(swatches)) == len(swatches)
    bar = page.locator(".cb-best .cb-bar")
    assert abs(pixels(bar)[4, 2] - pixels(page.locator(".cb-best .cb-track"))[4, -3]).max() > 50

    page = opened(WayBack, forced_colors="active")
    assert np.ptp(pixels(page.locator("[aria-selected=true]").first)[2:5, 8:-8], axis=(0, 1)).max() > 100
