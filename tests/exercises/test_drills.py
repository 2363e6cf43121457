"""Drills: what they hold to be right is what Keras computes, and the page draws and judges the same questions."""

import doctest
import itertools

import numpy as np
import pytest

from cnnbook import exercises
from cnnbook.exercises import drills, for_the_page
from cnnbook.exercises.mechanics import judged
from cnnbook.keras_quietly import keras, layers
from tests.exercises.conftest import as_text

LEVELS = (1, 2, 3)
SEEDS = [*range(60), 999_999]
ALL = list(itertools.product(exercises.DRILL_KINDS, LEVELS, SEEDS))


def made(kind, level, seed):
    """The numbers of a question, by name."""
    return drills.MAKERS[kind](drills.Draws(4 * seed + level), level)


def shape_after(layer, *shape):
    return layer.compute_output_shape((None, *shape))[1]


def counted(layer, *shape):
    layer.build((None, *shape))
    return layer.count_params()


def each(kind, level, seeds=20):
    return [(made(kind, level, seed).values, exercises.drill(kind, seed=seed, level=level).expected.right) for seed in range(seeds)]


@pytest.mark.parametrize("level", LEVELS)
def test_output_sizes_are_those_of_keras(level):
    for v, right in each("output_size", level):
        side = shape_after(layers.Conv2D(1, v["k"], strides=v["s"], padding=v["padding"]), v["n"], v["n"], 1)
        if level == 3:
            side = shape_after(layers.Conv2D(1, v["k2"], strides=v["s2"], padding=v["padding2"]), side, side, 1)
        assert right == side


@pytest.mark.parametrize("level", LEVELS)
def test_parameters_are_those_of_keras(level):
    for v, right in each("parameters", level):
        if level == 2:
            assert right == counted(layers.Dense(v["u"]), v["h"] * v["h"] * v["c"])
        else:
            assert right == counted(layers.Conv2D(v["f"], (v["k"], v["k2"]), groups=v["g"]), None, None, v["c"])


@pytest.mark.parametrize("level", LEVELS)
def test_multiply_accumulates_are_the_weights_of_keras_at_each_place_of_its_map(level):
    for v, right in each("multiply_accumulates", level):
        padding = "valid" if level == 3 else "same"
        layer = layers.Conv2D(v["f"], v["k"], strides=v["s"], padding=padding, groups=v["g"], use_bias=False)
        side = shape_after(layer, v["h"], v["h"], v["c"])
        assert right == side**2 * counted(layer, None, None, v["c"])


@pytest.mark.parametrize("level", LEVELS)
def test_a_receptive_field_is_where_a_change_of_the_input_reaches_a_unit_in_keras(level):
    for values, right in each("receptive_field", level, 6):
        pairs = [(int(text[0]), int(text[-1])) for text in values["layers"].split(", ")]
        for side, reaches in ((right, True), (right - 1, False)):
            stack = [layers.Conv1D(1, k, strides=s, kernel_initializer="ones") for k, s in pairs]
            for layer in stack:
                side = (side - layer.kernel_size[0]) // layer.strides[0] + 1 if side else 0
            assert (side == 1) == reaches


@pytest.mark.parametrize("level", LEVELS)
def test_batch_normalization_is_that_of_keras(level):
    for v, right in each("batch_norm", level):
        layer = layers.BatchNormalization(epsilon=1e-3)
        spread = np.sqrt(v["variance"])
        batch = np.array(v["values"] if level == 3 else [v["mean"] - spread, v["mean"] + spread], np.float32)[:, None]
        layer.build(batch.shape)
        layer.gamma.assign([v["gamma"]])
        layer.beta.assign([v["beta"]])
        out = np.ravel(layer(batch, training=True))
        if level == 3:
            assert right == pytest.approx(out[0], rel=1e-4)
        else:  # two values of the batch fix the line on which all values lie
            at = (v["x"] - batch[0, 0]) / (batch[1, 0] - batch[0, 0])
            assert right == pytest.approx(out[0] + at * (out[1] - out[0]), rel=1e-4)


def test_dropout_scales_as_keras_does():
    for v, right in [*each("dropout_scaling", 1), *each("dropout_scaling", 2)]:
        kept = np.ravel(layers.Dropout(v["rate"], seed=1)(np.full(400, v["x"], np.float32), training=True))
        assert right == pytest.approx(v["m"] * kept.max(), rel=1e-5)


def test_the_variance_after_dropout_is_what_keras_gives_on_many_units():
    for v, right in each("dropout_scaling", 3, 6):
        x = np.random.default_rng(0).normal(v["mean"], np.sqrt(v["variance"]), 400_000).astype("float32")
        out = np.asarray(layers.Dropout(v["rate"], seed=2)(x, training=True), np.float64)
        assert right == pytest.approx(out.var(), rel=0.03)


@pytest.mark.parametrize("level", LEVELS)
def test_gradients_are_those_that_tensorflow_takes_through_keras(level):
    import tensorflow as tf

    for v, right in each("conv_gradients", level, 8):
        upstream = tf.constant(np.array(v["upstream"], np.float32)[None, :, :, None])
        image = tf.Variable(np.array(v.get("image", np.zeros((3, 3))), np.float32)[None, :, :, None])
        kernel = tf.Variable(np.array(v.get("kernel", np.zeros((len(right), len(right)))), np.float32)[:, :, None, None])
        with tf.GradientTape() as tape:
            out = keras.ops.conv(image, kernel, strides=2 if level == 3 else 1, padding="valid")
        wanted = tape.gradient(out, image if level == 2 else kernel, output_gradients=upstream)
        np.testing.assert_array_equal(right, np.squeeze(wanted))


@pytest.mark.parametrize("module", [drills], ids=lambda module: module.__name__)
def test_examples_in_the_docstrings_hold(module):
    assert doctest.testmod(module).failed == 0


def test_every_drill_accepts_what_is_right_and_explains_each_mistake():
    for kind, level, seed in ALL:
        drill = exercises.drill(kind, seed=seed, level=level)
        assert judged(drill.name, drill.expected, drill.expected.right) == f"✓ {drill.name}: right."
        assert drill.expected.mistakes or not np.any(drill.expected.right), drill.name
        for wrong, why in drill.expected.mistakes:
            assert judged(drill.name, drill.expected, wrong).endswith(f": {why}."), drill.name
        assert "{" not in drill.question + drill.solution


def test_seeds_and_levels_make_different_questions():
    for kind in exercises.DRILL_KINDS:
        assert len({exercises.drill(kind, seed=seed, level=level).question for seed in SEEDS for level in LEVELS}) > 100


@pytest.fixture(scope="module")
def page(script):
    """The page's drills, and its verdicts on them."""
    drawn, checker = script("drills.js")._page, script("checker.js")._page
    for each_page in (drawn, checker):
        each_page.evaluate("(book) => { globalThis.book = book; }", for_the_page.data())
    return drawn, checker


def test_the_page_draws_the_same_question_with_the_same_numbers_mistakes_and_words(page):
    drawn = page[0].evaluate("(all) => all.map(([kind, level, seed]) => linked.drill(book, kind, level, seed))", [list(one) for one in ALL])
    for (kind, level, seed), here in zip(ALL, drawn, strict=True):
        drill = exercises.drill(kind, seed=seed, level=level)
        assert here["question"] == drill.question
        assert here["solution"] == drill.solution
        assert here["name"] == drill.name
        assert here["expected"] == for_the_page.as_data(drill.expected)


def test_the_page_judges_a_drill_with_the_same_line(page):
    cases = []
    for kind, level, seed in ALL[::7]:
        drill = exercises.drill(kind, seed=seed, level=level)
        answers = [as_text(answer) for answer in (drill.expected.right, *(wrong for wrong, _ in drill.expected.mistakes))]
        odd = [["", "1"], ["x", "2"]] if kind == "conv_gradients" else "three"
        cases += [(drill, answer) for answer in (*answers, odd)]
    lines = page[1].evaluate(
        "(all) => all.map(([name, expected, answer]) => linked.judged(book, name, expected, answer))",
        [[drill.name, for_the_page.as_data(drill.expected), answer] for drill, answer in cases],
    )
    assert lines == [judged(drill.name, drill.expected, answer) for drill, answer in cases]


@pytest.mark.parametrize(
    ("link", "read"),
    [
        ("#drill=output_size-2-7", ["output_size", 2, 7]), ("#drill=conv_gradients-3-999999", ["conv_gradients", 3, 999_999]),
        ("", None), ("#drill=", None), ("#drill=output_size-4-7", None), ("#drill=output_size-0-7", None), ("#drill=nothing-1-7", None),
        ("#drill=output_size-1-1000000", None), ("#drill=toString-1-7", None), ("#exercises", None), ("#drill=output_size-1--7", None),
    ],
)  # fmt: skip
def test_a_link_is_read_or_not_followed(page, link, read):
    assert page[0].evaluate("(link) => linked.readLink(link, book.drawn)", link) == read


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"kind": "output", "seed": 1}, ValueError, "kind"),
        ({"kind": "output_size", "seed": -1}, ValueError, "seed"),
        ({"kind": "output_size", "seed": 10**6}, ValueError, "seed"),
        ({"kind": "output_size", "seed": 1.5}, (TypeError, ValueError), "seed"),
        ({"kind": "output_size", "seed": 1, "level": 4}, ValueError, "level"),
    ],
)
def test_what_is_no_drill_is_refused_by_name(arguments, error, message):
    with pytest.raises(error, match=message):
        exercises.drill(**arguments)
