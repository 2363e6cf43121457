"""A question that asks for a function: one that does what the question says is right, and one that does what it could say is not."""

import re
from collections.abc import Callable

import numpy as np
import pytest

from cnnbook import data, reference
from cnnbook.exercises.mechanics import EXERCISES, Function, verdict
from tests.exercises.test_questions import ASKED
from tests.exercises.test_questions_in_words import NUMBERS

AWAY = {"their number": lambda n: n, "the root of their number": np.sqrt}


def scaled(low: str, high: str) -> Callable:
    ends = NUMBERS | {"minus one": -1.0}
    return lambda pixels: data.scale(pixels) if (ends[low], ends[high]) == (-1, 1) else pixels / 255


def moved(when: str) -> Callable:
    def movement(before, after):
        return np.mean(np.abs(after.mean(0) - before.mean(0)) / {"before": before, "after": after}[when].std(0))

    return movement


def shortened(which: str) -> Callable:
    def clip(gradient, limit):
        length = np.sqrt(np.square(gradient).sum())
        return gradient * limit / length if (length > limit) == (which == "long") and length else gradient

    return clip


def dropped(fate: str) -> Callable:
    return lambda x, kept, rate: np.where(kept == (fate == "survives"), x / (1 - rate), 0.0)


def normalised(mode: str) -> Callable:
    def normalise(x, gamma, beta, epsilon):
        axes = tuple(range(np.ndim(x) - 1))
        mean, variance = (x.mean(axes), x.var(axes)) if mode == "training" else (0.0, 1.0)  # where the moving statistics begin
        return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta

    return normalise


def folded(first: str, second: str) -> Callable:
    """A kernel is only multiplied; a bias is multiplied and added to, in the order that is said."""

    def fold(kernel, bias, gamma, beta, mean, variance, epsilon):
        by = gamma / np.sqrt(variance + epsilon)
        ways = {"multiplies": lambda values: values * by, "adds": lambda values: values + beta - mean * by}
        return np.concatenate([(kernel * by).ravel(), ways[second](ways[first](bias))])

    return fold


def backwards(stride: str, padding: str) -> Callable:
    def both(image, kernel, error):
        padded = {"without": "valid", "with": "same"}[padding]
        side = {"one": 1, "two": 2}[stride]
        found = reference.conv2d_gradients(
            image[None, :, :, None], kernel[:, :, None, None], error[None, :, :, None], stride=side, padding=padded
        )
        return np.concatenate([part.ravel() for part in found[:2]])

    return both


def smallest(over: str) -> Callable:
    """The loss of a network that answers with the smoothed label itself."""

    def loss(s, classes):
        label = np.full(classes, s / classes if over == "all" else s / (classes - 1))
        label[0] = 1 - s + s / classes if over == "all" else 1 - s
        return -np.sum(label * np.log(np.where(label > 0, label, 1)))

    return loss


def asked_twice(take: str) -> Callable:
    def ask(predict, images):
        answers = [predict(images), predict(images[:, :, ::-1])]
        return {"mean": np.mean, "larger": np.max}[take](answers, axis=0)

    return ask


def error_of_difference(by: str) -> Callable:
    return lambda a, b: np.sqrt(sum(np.var(runs, ddof=1) / AWAY[by](len(runs)) for runs in (a, b)))


def seeds(least: str) -> Callable:
    times = {"twice": 2, "three times": 3}[least]
    return lambda difference, sd: next(n for n in range(1, 100_000) if abs(difference) >= times * sd * np.sqrt(2 / n) * (1 - 1e-12))


# An exercise -> what its question says, the function that follows from it, and what the question could say instead.
FUNCTIONS: dict[str, tuple[str, Callable, dict[str, str]]] = {
    "scale_pixels": (r"to the range from (?P<low>minus one|zero) to (?P<high>one)\.", scaled, {"low": "zero"}),
    "how_far_moved": (
        r"how far a channel's mean has moved, in units of that channel's standard deviation (?P<when>\w+) the update",
        moved,
        {"when": "after"},
    ),
    "clip_by_norm": (r"shorten it if it is too (?P<which>\w+), without changing its direction", shortened, {"which": "short"}),
    "apply_mask": (r"`kept` has the shape of `x` and is true where a unit (?P<fate>[\w ]+)\.", dropped, {"fate": "is dropped"}),
    "normalise_batch": (
        r"BatchNormalization as it works in (?P<mode>\w+), with γ, β and ε, for a batch with any number of axes",
        normalised,
        {"mode": "prediction"},
    ),
    "fold_batch_norm": (
        r"BatchNormalization (?P<first>\w+) each channel by a fixed number and (?P<second>\w+) another one",
        folded,
        {"first": "adds", "second": "multiplies"},
    ),
    "convolution_backwards": (
        r"through a convolution with a stride of (?P<stride>\w+) and (?P<padding>\w+) padding, for one channel and one filter",
        backwards,
        {},
    ),
    "smallest_loss": (
        r"how small it can become, for a share `s` that is spread over (?P<over>.+) `classes`",
        smallest,
        {"over": "the other"},
    ),
    "ask_twice": (
        r"about an image and about its mirror image, and take the (?P<take>\w+) of both answers",
        asked_twice,
        {"take": "larger"},
    ),
    "standard_error": (
        r"\(The variance of the mean of several runs is the variance of one run divided by (?P<by>[\w ]+)\.\)",
        error_of_difference,
        {"by": "the root of their number"},
    ),
    "seeds_needed": (r"for the difference to be at least (?P<least>.+) its standard error\.", seeds, {"least": "three times"}),
}


def said(exercise: str) -> dict[str, str]:
    found = re.search(FUNCTIONS[exercise][0], ASKED[exercise][0], re.DOTALL)
    assert found, f"the chapter asks another question than {FUNCTIONS[exercise][0]!r}"
    return found.groupdict()


def is_right(exercise: str, words: dict[str, str]) -> bool:
    return verdict(exercise, FUNCTIONS[exercise][1](**words)) == f"✓ {exercise}: right."


@pytest.mark.parametrize("exercise", FUNCTIONS)
def test_a_function_that_does_what_the_question_says_is_right(exercise):
    assert is_right(exercise, said(exercise))


@pytest.mark.parametrize("exercise", [name for name, (_, _, instead) in FUNCTIONS.items() if instead])
def test_a_function_that_does_something_else_is_not(exercise):
    assert not is_right(exercise, said(exercise) | FUNCTIONS[exercise][2])


SIGNS = {"plus": 1, "minus": -1}


def test_the_hints_about_sizes_give_sizes():
    prose = ASKED["find_all_corners"][0]
    two = re.search(r"one of the number, and one of the number with the (opposite|same) sign", prose)[1]
    larger = re.search(r"half the size of the numbers' sum (\w+) half the size of their difference", prose)[1]
    smaller = re.search(r"both of them together (\w+) the larger one", prose)[1]
    for a, b in np.random.default_rng(0).normal(size=(20, 2)):
        assert max(a, 0) + max(-a if two == "opposite" else a, 0) == abs(a)
        largest = abs(a + b) / 2 + SIGNS[larger] * abs(a - b) / 2
        assert np.isclose(largest, max(abs(a), abs(b)))
        assert np.isclose(abs(a) + abs(b) + SIGNS[smaller] * largest, min(abs(a), abs(b)))


# These say what to write by referring to the chapter, whose code is compared with the package elsewhere.
BY_THE_CHAPTER = {"sliding_loop", "gradient_descent", "train_by_hand"}


def test_the_question_of_every_exercise_that_takes_a_function_is_followed():
    taking = {name for name, made in EXERCISES.items() if isinstance(made(), Function)}
    assert taking == FUNCTIONS.keys() | BY_THE_CHAPTER
