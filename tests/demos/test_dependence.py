"""On what the live network's answer depends: gradient and hidden places as Keras computes them, trained and untrained."""

import base64

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from cnnbook import data, models
from cnnbook.demos import LiveCNN
from cnnbook.demos.live_cnn import trained_cnn
from cnnbook.demos.shared import linker
from cnnbook.demos.shared.base import DEMOS
from cnnbook.keras_quietly import keras
from tests.conftest import cifar10_or_reason
from tests.demos.explained import NETWORKS, SQUARE, hidden_shares, strengths, untrained
from tests.demos.pieces import SHORTEST

COARSE = {"side": SQUARE["side"], "step": 6}  # fewer places than in the page, with the same arithmetic
FILES = [DEMOS / "live_cnn" / "dependence.js", DEMOS / "live_cnn" / "network.js", DEMOS / "engine" / "layer.js"]
LINKED = f"{linker.link(*FILES)}\nglobalThis.js = {{ {', '.join(f'...{linker.variable(file)}' for file in FILES)} }};"
# Both networks, the trained one from exact weights, kept in the page.
PREPARE = """([layers, facts, text, seed]) => {
    const floats = new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer), arrays = layers.map(() => []);
    const { network, places } = js.build({ layers, facts });
    let at = 0;
    places.forEach((place, n) => {
        arrays[n] = network.layers[place].weights.map(({ values }) => floats.subarray(at, at += values.length));
    });
    globalThis.trained = { layers, facts, arrays };
    globalThis.networks = js.finish(js.networksOf(trained, seed));
}"""


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    """The samples, noise, a plain sheet, and CIFAR-10's first test images where they can be had."""
    cifar10 = cifar10_or_reason()
    real = [] if isinstance(cifar10, str) else [cifar10.x_test[:4]]
    noise = np.random.default_rng(0).integers(0, 256, (1, 32, 32, 3), dtype=np.uint8)
    return np.concatenate([LiveCNN().pixels(), noise, np.full((1, 32, 32, 3), 255, np.uint8), *real])


@pytest.fixture(scope="module")
def page(browser):
    page, demo = browser.new_page(), LiveCNN()
    page.set_default_timeout(120_000)
    page.evaluate(f"() => {{ {LINKED} }}")
    flat = np.concatenate([array.ravel() for arrays in trained_cnn.weights().values() for array in arrays]).astype("<f4")
    page.evaluate(PREPARE, [demo.layers, demo.facts, base64.b64encode(flat.tobytes()).decode(), SQUARE["seed"]])
    yield page
    page.close()


@pytest.mark.parametrize("which", NETWORKS)
def test_the_gradient_with_respect_to_the_image_is_that_of_tensorflow(page, pictures, which):
    model = NETWORKS[which]()
    answers = model.predict(data.scale(pictures), verbose=0).argmax(1)
    for classes in (answers, (answers + 3) % 10):
        found = page.evaluate(
            "([which, all]) => all.map(([pixels, chosen]) => Array.from(js.finish(js.gradientOf(networks[which], pixels, chosen))))",
            [which, [[image.ravel().tolist(), int(chosen)] for image, chosen in zip(pictures, classes, strict=True)]],
        )
        for ours, theirs in zip(found, strengths(model, pictures, classes), strict=True):
            np.testing.assert_allclose(np.reshape(ours, (32, 32)), theirs, rtol=1e-4, atol=1e-5 * theirs.max())


@pytest.mark.parametrize("which", NETWORKS)
def test_the_probabilities_with_a_grey_square_at_each_place_are_those_of_keras(page, pictures, which):
    for image, chosen in zip(pictures[:3], (3, 3, 7), strict=True):
        found = page.evaluate(
            "([which, pixels, chosen, square]) => js.finish(js.occlusionOf(networks[which], pixels, chosen, square))",
            [which, image.ravel().tolist(), chosen, COARSE],
        )
        whole, shares = hidden_shares(NETWORKS[which](), image, chosen, **COARSE)
        assert shares.shape == (5, 5)
        np.testing.assert_allclose([found["whole"], *found["shares"]], [whole, *shares.ravel()], atol=1e-5)


def test_the_untrained_network_starts_as_keras_starts_one():
    keras.utils.set_random_seed(0)
    for ours, theirs in zip(untrained().weights, models.cnn().weights, strict=True):
        if ours.name == "kernel":
            assert np.abs(ours.numpy()).max() == pytest.approx(np.abs(theirs.numpy()).max(), rel=0.01)
            assert ours.numpy().std() == pytest.approx(theirs.numpy().std(), rel=0.1)
        else:
            np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


def test_no_piece_of_work_between_two_pauses_is_long(page, pictures):
    pieces = page.evaluate(
        f"""([pixels, square]) => {{
            function* whole() {{
                const both = yield* js.networksOf(trained, 0);
                yield* js.gradientOf(both.trained, pixels, 3);
                yield* js.occlusionOf(both.trained, pixels, 3, square);
            }}
            return ({SHORTEST})(whole, 6);
        }}""",
        [pictures[0].ravel().tolist(), COARSE | {"step": 24}],
    )
    assert len(pieces) > 100
    assert max(pieces) < 40


@pytest.fixture(scope="module")
def dependence(javascript_module):
    return javascript_module("live_cnn/dependence.js")


def test_the_grey_square_covers_the_image_from_border_to_border(dependence):
    assert dependence.cornersOf(32, SQUARE) == list(range(0, 32 - SQUARE["side"] + 1, SQUARE["step"]))
    assert dependence.cornersOf(32, SQUARE)[-1] + SQUARE["side"] == 32


@settings(max_examples=60, deadline=None)
@given(pairs=st.lists(st.tuples(st.integers(-5, 5), st.floats(-1e6, 1e6)), min_size=3, max_size=50))
def test_the_rank_correlation_is_that_of_scipy_with_equal_numbers_too(dependence, pairs):
    one, other = map(list, zip(*pairs, strict=True))
    found = dependence.rankCorrelation(one, other)
    if len(set(one)) == 1 or len(set(other)) == 1:
        assert found is None
    else:
        assert found == pytest.approx(spearmanr(one, other).statistic, abs=1e-9)


@pytest.mark.parametrize("side", [32, 13])
def test_the_ninth_with_most_of_a_map_is_found_wherever_it_lies(dependence, side):
    parts = np.array_split(np.arange(side), 3)
    for row in range(3):
        for column in range(3):
            values = np.full((side, side), 0.1)
            values[parts[row][2], parts[column][2]] = 1000
            found = dependence.largestNinth(values.ravel().tolist(), side)
            assert found["place"] == 3 * row + column
            assert found["share"] > 0.85
            assert found["even"] == pytest.approx(1 / 9, abs=0.04)
