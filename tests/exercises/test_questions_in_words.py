"""A question whose answer is a word: what it says leads to the word that is checked, and what it could say instead does not."""

import re
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from cnnbook import arithmetic, inspection, models
from cnnbook.keras_quietly import layers
from tests.drawn import slopes
from tests.exercises.explained.convolution import photograph
from tests.exercises.test_explanations import EXPECTED
from tests.exercises.test_questions import ASKED
from tests.remembered import INPUTS, WEIGHTS, near

rng = np.random.default_rng(0)
NUMBERS = {"zero": 0.0, "one": 1.0}
ROW = re.compile(r"(?m)^(?P<name>\w+) \((?P<kind>\w+)\) +\(None, (?P<shape>[\d, ]+)\) +(?P<parameters>[\d,]+)$")


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def of_interval(low: str, high: str) -> str:
    return "B is better" if number(low) > 0 else "A is better" if number(high) < 0 else "nobody can tell"


def of_images(images: str, updates: str) -> str:
    """The suspect: on the same images nothing but the statistics is another, and these have not left their start."""
    left = layers.BatchNormalization().momentum ** {"sixty": 60}[updates]
    return "moving statistics" if images == "the same" and left > 1 / 2 else "overfitting"


def of_probability(probability: str) -> str | None:
    with np.errstate(divide="ignore"):
        return "the logarithm of zero" if np.isinf(np.log(NUMBERS[probability])) else None


def of_patches(learned_from: str) -> str | None:
    """Does a step that is short enough for the steepest direction get nowhere in the flattest?"""
    image = {"photograph": photograph(), "noise": rng.normal(size=(60, 60))}[learned_from]
    patches = np.lib.stride_tricks.sliding_window_view((image - image.mean()) / image.std(), (3, 3)).reshape(-1, 9)
    return "neighbours are alike" if np.linalg.cond(patches.T @ patches) > 100 else None


def of_summary(table: str) -> str:
    """The row whose parameters are not those of its shape and of the one before it."""
    rows = [match.groupdict() for match in ROW.finditer(table)]
    shapes = [[int(side) for side in row["shape"].split(",")] for row in rows]
    counted = {
        row["name"]: {"Conv2D": (9 * before[-1] + 1) * shape[-1], "Dense": (before[-1] + 1) * shape[-1]}.get(row["kind"], 0)
        for (before, shape), row in zip(pairwise(shapes), rows[1:], strict=True)
    }
    (wrong,) = (row["name"] for row in rows[1:] if counted[row["name"]] != int(row["parameters"].replace(",", "")))
    return wrong


def of_gradients(code: str) -> tuple[str, str]:
    """Which of the three gradients are wrong, and whether it is the slope of tanh that makes them so."""
    values = {"np": np}
    exec(code, values)
    bias = np.zeros(3)
    arrays = INPUTS, WEIGHTS, bias
    right = [slopes(lambda: np.tanh(INPUTS @ WEIGHTS + bias).sum(), array) for array in arrays]
    fits = [near(ours, theirs) for ours, theirs in zip(values["wrong_gradients"](*arrays, np.ones((8, 3))), right, strict=True)]
    exec(code.replace("(1 - out)", "(1 - out**2)"), values)
    mended = all(near(ours, theirs) for ours, theirs in zip(values["wrong_gradients"](*arrays, np.ones((8, 3))), right, strict=True))
    return "all" if not any(fits) else "some", "the slope of tanh" if mended else "something else"


def of_side(side: str) -> tuple[str, ...]:
    """What changes in the rows of the two-layer network's summary."""
    before, after = (sides_and_weights(each) for each in (32, int(side)))
    both = [
        (old_shape != new_shape, old_count != new_count)
        for (old_shape, old_count), (new_shape, new_count) in zip(before, after, strict=True)
    ]
    return tuple({(True, True): "both", (True, False): "shape", (False, True): "parameters"}.get(changed, "nothing") for changed in both)


def sides_and_weights(side: int) -> list[tuple[int, int]]:
    first = arithmetic.conv_output_size(side, 4, 2, "same")
    second = arithmetic.conv_output_size(first, 3, 2, "same")
    return [(first, 0), (second, 0), (second**2 * 20, 0), (10, (second**2 * 20 + 1) * 10)]


def of_pooling(first: str, second: str) -> tuple[str, str]:
    """Whether each kind of pooling makes of a mixture of two images the mixture of what it makes of them."""
    pools = {"average": layers.AveragePooling2D(2), "max": layers.MaxPooling2D(2)}
    a, b = rng.normal(size=(2, 1, 8, 8, 3)).astype("float32")
    return tuple(
        "affine" if near(pools[kind]((a + b) / 2), (pools[kind](a) + pools[kind](b)) / 2) else "not affine" for kind in (first, second)
    )


def of_factor(becomes: str) -> str:
    values = rng.normal(size=(64, 3)).astype("float32")
    normalise = layers.BatchNormalization(epsilon=1e-9)
    changed = {"ten times as large": 10, "a tenth": 1 / 10}[becomes] * values
    return "as before" if near(normalise(changed, training=True), normalise(values, training=True)) else becomes


def of_costs(parameters: str, work: str) -> tuple[str, ...]:
    """The layers of the CNN that have the most, or the fewest, of both."""
    rows = [row for row in inspection.table(models.cnn()).rows if row.layer in ("Conv2D", "Dense")]
    kinds = {"Conv2D": "convolution", "Dense": "dense"}
    names = [
        f"{('first', 'second', 'third', 'fourth')[sum(o.layer == row.layer for o in rows[:k])]} {kinds[row.layer]}"
        for k, row in enumerate(rows)
    ]
    pick = {"most": np.argmax, "fewest": np.argmin}
    return tuple(
        names[pick[which]([getattr(row, of) for row in rows])] for which, of in ((parameters, "parameters"), (work, "multiply_accumulates"))
    )


# An exercise -> what its question says, what follows from that, and what it could say instead.
ASKED_IN_WORDS: dict[str, tuple[str, Callable, dict[str, str]]] = {
    "two_intervals": (
        r"the same five seeds.*B minus A, seed by seed +0\.8 points +(?P<low>[\d.−]+) to (?P<high>[\d.]+) points",
        of_interval,
        {"low": "−0.1"},
    ),
    "first_suspect": (
        r"After (?P<updates>\w+) updates a network gets nearly all of its training images right while it trains\.\s+Evaluated on "
        r"\*(?P<images>[\w ]+) images\*, it gets less than a third",
        of_images,
        {"images": "new"},
    ),
    "where_nan_comes_from": (
        r"All pixels are finite\.\s+Until then the weights were small, and so were the gradients\..*a probability of exactly "
        r"(?P<probability>\w+)\.",
        of_probability,
        {"probability": "one"},
    ),
    "slow_on_photographs": (
        r"from patches of the (?P<learned_from>\w+) instead of noise \(first subtract the mean brightness and divide by the standard dev",
        of_patches,
        {"learned_from": "noise"},
    ),
    "layer_that_does_not_fit": (
        r"Both convolutions have 3×3 filters, a stride of two.*and dense layers have biases.*```(?P<table>.*)```",
        of_summary,
        {},
    ),
    "larger_image": (r"gets images of (?P<side>\d+) × \1 pixels", of_side, {"side": "32"}),
    "affine_pooling": (
        r"followed by \*(?P<first>\w+) pooling\*, which takes the mean.*by \*(?P<second>\w+) pooling\*, which takes the largest",
        of_pooling,
        {"second": "average"},
    ),
    "ten_times_the_weights: output": (
        r"whose ε is negligibly small\.\s+Now all weights of the convolution become (?P<becomes>[\w ]+)\.\s+What happens to the output in "
        "training",
        of_factor,
        {},
    ),
    "largest_layers": (
        r"Which layer of the convolutional network has the (?P<parameters>\w+) parameters, and which the (?P<work>\w+) multiply–accumul",
        of_costs,
        {"work": "fewest"},
    ),
}


def right(exercise: str) -> tuple:
    """What is checked, part by part."""
    return tuple(expected.right for name, expected in EXPECTED.items() if name == exercise or name.startswith(f"{exercise}: "))


def follows(exercise: str, said: dict[str, str]) -> tuple:
    found = ASKED_IN_WORDS[exercise][1](**said)
    return found if isinstance(found, tuple) else (found,)


def said(exercise: str) -> dict[str, str]:
    pattern, _, _ = ASKED_IN_WORDS[exercise]
    found = re.search(pattern, ASKED[exercise.partition(":")[0]][0], re.DOTALL)
    assert found, f"the chapter asks another question than {pattern!r}"
    return found.groupdict()


@pytest.mark.parametrize("exercise", ASKED_IN_WORDS)
def test_what_the_question_says_leads_to_the_word_that_is_checked(exercise):
    assert follows(exercise, said(exercise)) == right(exercise)


@pytest.mark.parametrize("exercise", [name for name, (_, _, instead) in ASKED_IN_WORDS.items() if instead])
def test_a_question_that_says_otherwise_has_another_answer(exercise):
    assert follows(exercise, said(exercise) | ASKED_IN_WORDS[exercise][2]) != right(exercise)


def test_the_mistake_in_the_code_is_the_one_that_is_looked_for():
    code = re.search(r"def wrong_gradients.*?\n\n", ASKED["find_the_bug"][1], re.DOTALL)[0]
    assert of_gradients(code) == right("find_the_bug")
