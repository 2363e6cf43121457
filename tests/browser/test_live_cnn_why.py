"""Why this answer? In the page: the maps and what is said of them are Keras's, and only the newest question is answered."""

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from scipy.stats import spearmanr

from cnnbook import data
from cnnbook.demos import LiveCNN
from tests.browser.live import CHAPTER, Live, encoded
from tests.demos.explained import NETWORKS, SQUARE, hidden_shares, strengths, trained

SIDE, STEP = SQUARE["side"], SQUARE["step"]
ANSWERED = """() => ["gradient", "occlusion"].every((kind) => document.querySelectorAll(`.cb-live .cb-${kind}-words data`).length > 2)"""
TOLD = """[...document.querySelectorAll(".cb-live .cb-why li")].map((line) => line.textContent)"""
# The grey level of each pixel of the image in a canvas of 32 × 32 cells.
COLOURS = """canvas => { const cell = canvas.width / 32, context = canvas.getContext("2d");
    const all = context.getImageData(0, 0, canvas.width, canvas.height).data;
    return Array.from({ length: 1024 }, (_, k) => { const at = [Math.floor(k / 32), k % 32].map((i) => Math.floor((i + 0.5) * cell));
        return [...all.slice((at[0] * canvas.width + at[1]) * 4, (at[0] * canvas.width + at[1]) * 4 + 4)]; }); }"""

# The darkest pixel of each place: the largest of its three values.
DARKEST = """([canvas, first, step, places]) => {
    const cell = canvas.width / 32, context = canvas.getContext("2d"), size = step * cell;
    return Array.from({ length: places * places }, (_, k) => {
        const [y, x] = [Math.floor(k / places), k % places].map((i) => (first + i * step) * cell);
        const all = context.getImageData(x, y, size, size).data;
        return Math.min(...Array.from({ length: all.length / 4 }, (_, i) => Math.max(...all.slice(4 * i, 4 * i + 3))));
    });
}"""


class Why(Live):
    def __init__(self, page):
        super().__init__(page)
        self.root.locator(".cb-why > summary").click()
        self.wait()

    def wait(self):
        self.settle()
        self.page.wait_for_function(ANSWERED)

    def numbers(self, kind: str) -> list[float]:
        """All numbers that are told of the two maps: about the trained network, about the untrained one, and the rank correlation."""
        return self.root.locator(f".cb-{kind}-words data").evaluate_all("all => all.map((each) => Number(each.value))")

    def words(self, kind: str) -> list[str]:
        return self.root.locator(f".cb-{kind}-words li").all_inner_texts()

    def colours(self, kind: str, which: str = "trained") -> np.ndarray:
        return np.array(self.root.locator(f".cb-{kind}-{which}").evaluate(COLOURS)).reshape(32, 32, 4)


@pytest.fixture
def why(open_anew, server):
    return Why(open_anew(server + CHAPTER))


def check(why: Why, image: np.ndarray, chosen: int) -> None:
    """Every number that is told is what Keras and TensorFlow come to."""
    maps = [strengths(model(), image[None], [chosen])[0] for model in NETWORKS.values()]
    *shares, correlation = why.numbers("gradient")
    thirds = [slice(0, 11), slice(11, 21), slice(21, 32)]
    ninths = [[values[down, across].sum() / values.sum() for down in thirds for across in thirds] for values in maps]
    np.testing.assert_allclose(shares, [max(each) for each in ninths], rtol=1e-3)
    assert correlation == pytest.approx(spearmanr(*(values.ravel() for values in maps)).statistic, abs=2e-3)
    hidden = [hidden_shares(model(), image, chosen, SIDE, STEP) for model in NETWORKS.values()]
    *shares, correlation = why.numbers("occlusion")
    np.testing.assert_allclose(shares, [x for whole, places in hidden for x in (whole, places.min())], atol=1e-4)
    assert correlation == pytest.approx(spearmanr(*(places.ravel() for _, places in hidden)).statistic, abs=2e-3)
    for (_, places), words in zip(hidden, why.words("occlusion")[:2], strict=True):
        top, left = STEP * np.array(np.unravel_index(places.argmin(), places.shape))
        assert f"rows {top + 1} to {top + SIDE} and columns {left + 1} to {left + SIDE}" in words


def test_what_is_told_of_each_image_and_class_is_what_keras_comes_to(why):
    demo = LiveCNN()
    answers = demo.probabilities(demo.pixels()).argmax(1)
    for name, image, answer in list(zip(demo.samples, demo.pixels(), answers, strict=True))[1:4]:
        why.choose("Image", name)
        why.wait()
        check(why, image, answer)
    why.choose("Explain", "dog")
    why.wait()
    check(why, demo.pixels()[3], demo.classes.index("dog"))
    assert "dog" in why.root.locator(".cb-why").inner_text()
    photograph = data.photograph("temple")[100:132, 200:232]
    why.give("mine.png", encoded(photograph))
    why.wait()
    check(why, photograph, demo.classes.index("dog"))
    assert why.page.foreign == why.page.complaints == []


def test_the_drawn_maps_are_those_of_keras_and_a_rise_has_a_stroke_as_well_as_a_colour(why):
    image = LiveCNN().pixels()[0]
    chosen = int(trained().predict(data.scale(image[None]), verbose=0).argmax())
    values = strengths(trained(), image[None], [chosen])[0]
    reach = np.sort(values.ravel())[int(0.99 * values.size)]
    np.testing.assert_allclose(why.colours("gradient")[..., 0], 255 * np.minimum(values / reach, 1), atol=1.5)
    whole, shares = hidden_shares(trained(), image, chosen, SIDE, STEP)
    falls = (whole - shares) / np.abs(whole - shares).max()
    first = (SIDE - STEP) // 2
    drawn = why.colours("occlusion")[first : 32 - first, first : 32 - first]  # two pixels a place
    corner = drawn[::STEP, ::STEP]
    red, blue = corner[..., 0].astype(int), corner[..., 2].astype(int)
    assert (red > blue)[falls > 0.05].all()
    assert (blue > red)[falls < -0.05].all()
    canvas = why.root.locator(".cb-occlusion-trained").element_handle()
    darkest = np.reshape(why.page.evaluate(DARKEST, [canvas, first, STEP, len(falls)]), falls.shape)
    dark = darkest < 100  # where a black stroke is
    np.testing.assert_array_equal(dark, falls <= -0.05)
    assert dark.any()
    border = why.colours("occlusion")[:first].reshape(-1, 4)
    assert (border == border[0]).all()  # where the square's middle never is


def test_nothing_is_computed_before_the_fold_is_opened_or_while_it_is_closed(open_anew, server):
    live = Live(open_anew(server + CHAPTER))
    why = live.root.locator(".cb-why")
    assert why.locator("li").count() == 0
    why.locator("summary").click()
    live.page.wait_for_function(ANSWERED)
    before = why.locator("li").all_text_contents()
    why.locator("summary").click()
    live.choose("Image", "horse")
    live.hears("horse")
    assert why.locator("li").all_text_contents() == before
    why.locator("summary").click()
    live.page.wait_for_function(f"before => ({ANSWERED})() && !({TOLD}).every((line, place) => line === before[place])", arg=before)


def test_the_newest_image_counts_and_meanwhile_the_page_says_that_it_computes(why):
    why.page.evaluate(
        """() => {
            globalThis.seen = [];
            const words = document.querySelector(".cb-live .cb-occlusion-words"), select = document.querySelector(".cb-live select");
            new MutationObserver(() => seen.push(words.textContent)).observe(words, { childList: true });
            const names = ["horse", "flower", "coffee"];
            const next = () => {
                if (!names.length) return;
                select.value = names.shift();
                select.dispatchEvent(new Event("change"));
                requestAnimationFrame(() => requestAnimationFrame(next));
            };
            next();
        }"""
    )
    demo = LiveCNN()
    coffee = demo.classes[demo.probabilities(demo.pixels()).argmax(1)[3]]
    why.page.wait_for_function(
        f"(name) => ({ANSWERED})() && document.querySelector('.cb-why').textContent.includes(`logit of ${{name}}?`)", arg=coffee
    )
    check(why, demo.pixels()[3], demo.classes.index(coffee))
    seen = why.page.evaluate("seen")
    assert seen[0] == "Computing …"
    assert len({text for text in seen if text != "Computing …"}) == 1, "a map of an image that was no longer there"


def test_a_screen_reader_is_told_where_the_answer_depends_and_how_far_the_untrained_network_agrees(why):
    why.hears("Rank correlation of the two maps")
    told = why.root.locator("[aria-live]").text_content()
    for kind in ("gradient", "occlusion"):
        trained_words, untrained_words, agreement = why.words(kind)
        assert all(words in told for words in (trained_words, untrained_words, agreement))
        for which, words in (("trained", trained_words), ("untrained", untrained_words)):
            image = why.root.locator(f".cb-{kind}-{which}")
            assert image.get_attribute("role") == "img"
            assert words in image.get_attribute("aria-label")


def test_it_is_opened_and_asked_with_the_keyboard_alone(open_anew, server):
    live = Live(open_anew(server + CHAPTER))
    live.root.locator(".cb-why > summary").focus()
    live.page.keyboard.press("Enter")
    live.page.wait_for_function(ANSWERED)
    live.page.keyboard.press("Tab")
    live.page.keyboard.press("d")  # the first class that begins so
    live.page.wait_for_function("document.querySelector('.cb-why').textContent.includes('logit of deer?')")


@pytest.mark.parametrize("look", [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"forced_colors": "active"}], ids=str)
def test_open_on_a_phone_it_has_no_barrier_fits_and_its_maps_can_be_seen(open_anew, server, look):
    why = Why(open_anew(server + CHAPTER, width=390, reduced_motion="reduce", **look))
    results = Axe().run(why.page, context=".cb-live").response["violations"]
    assert [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in results] == []
    assert why.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert why.colours("gradient")[..., 0].std() > 20
    assert all(
        box["width"] > 120 for box in (why.root.locator(f".cb-{kind}-untrained").bounding_box() for kind in ("gradient", "occlusion"))
    )
