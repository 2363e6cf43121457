"""A proportion in words, "half" or "ten times", is measured where it says a setting or a result; elsewhere it has its reason."""

import re
from collections.abc import Callable
from functools import cache

import nbformat
import numpy as np
import pytest

from bookbuild import execute
from cnnbook import arithmetic, article, claims, models, recipes
from cnnbook.claims import statistics
from cnnbook.demos import dropout_mask
from cnnbook.keras_quietly import keras
from cnnbook.training import augmentation, experiments, loop
from tests import drawn
from tests.claims.conftest import code_of
from tests.conftest import markdown
from tests.test_chapters import CHAPTERS, each_chapter
from tests.test_described_results import RESULTS
from tests.test_number_words import as_number, described

COUNT = "|".join(sorted((claims.in_words(number) for number in range(2, 100)), key=len, reverse=True)) + "|hundred|thousand"
PROPORTION = re.compile(
    rf"(?<![\w-])(?:half|halve[sd]?|twice|doubl\w+|triple\w*|quarters?|a third(?= of| as|[,.;])|fifths?|a tenth|tenths"
    rf"|(?:{COUNT}) (?:times(?! out)|(?:times )?(?:in|out of)(?: a)? (?:{COUNT})))(?!\w)",
    re.IGNORECASE,
)


def flipped() -> float:
    images = np.zeros((1000, 1, 2, 1), np.float32)
    images[:, :, 1] = 1
    return float(np.mean(augmentation.flip(images, seed=1)[:, 0, 0, 0]))


def shown_rate() -> float:
    """That of the chapter's first masks."""
    return float(re.search(r"(?m)^rate = ([\d.]+)", code_of("07_dropout"))[1])


def places(side: int = 32, stride: int = 2) -> int:
    """Of the map that a layer gives."""
    return arithmetic.conv_output_size(side, 3, stride, "same") ** 2


def chained() -> int:
    """The product of the two factors of the example."""
    return 2 * as_number(re.search(r"loss grows (\w+) times as fast as \$y\$, and \$y\$ grows twice", all_chapters())[1])


def whole_dropout() -> float:
    return next(layer.rate for layer in models.cnn().layers if isinstance(layer, keras.layers.Dropout))


def peak_at() -> float:
    """The share of the updates after which the better recipe's rate is highest."""
    model = models.two_layer_cnn()
    loop.compile(model, recipes.BETTER, updates=1000)
    rates = [float(model.optimizer._learning_rate(step)) for step in range(1000)]
    return int(np.argmax(rates)) / 1000


# A phrase that states a setting or a result -> the proportion that it says, how to measure it, and how rough the phrase is.
MEASURED: dict[str, tuple[float, Callable[[], float], float]] = {
    "probability of a tenth": (1 / 10, lambda: 1 / article.CLASSES, 0),
    "minus the logarithm of a tenth": (1 / 10, lambda: 1 / article.CLASSES, 0),
    "dog about a third of that": (1 / 3, lambda: drawn.share("dog") / drawn.share("cat"), 0.04),
    "more than a fifth right, which is twice": (
        2 / 10,
        lambda: float(re.search(r"accuracies\(runs\)\) > ([\d.]+)", code_of("06_batch_normalization"))[1]),
        0,
    ),
    "a rate of one quarter, only three quarters of": (1 / 4, lambda: shown_rate(), 0),
    "a rate of one quarter, that comes close to three quarters": (
        3 / 4,
        lambda: 1 - shown_rate(),
        0,
    ),
    "Dropout at a rate of one half after both": (1 / 2, lambda: float(re.search(r"= \[?run\(([\d.]*[1-9]),", code_of("07_dropout"))[1]), 0),
    "four fifths of the units lie between": (
        4 / 5,
        lambda: np.ptp([int(part) for part in re.search(r"percentile\(.*\[(.*)\]\)", code_of("07_dropout"))[1].split(",")]) / 100,
        0,
    ),
    "sets a random half of the units to zero": (1 / 2, whole_dropout, 0),
    "costs a tenth of the training data": (1 / 10, lambda: recipes.HELD_OUT / article.TRAINING_IMAGES, 0),
    "rises to · during the first fifth of the updates": (1 / 5, peak_at, 0.002),
    "with a chance of one half, because": (1 / 2, flipped, 0.05),
    "with a chance of one half, as before": (1 / 2, flipped, 0.05),
    "each rate twice the one before": (2, lambda: np.divide(*experiments.RATES_TRIED["without_muon"][1::-1]), 0),
    "has half the peak rate": (
        1 / 2,
        lambda: experiments.LEFT_OUT["without_large_batches"]["learning_rate"] / recipes.FURTHER.learning_rate,
        0,
    ),
    "nineteen in twenty intervals made in this way": (19 / 20, lambda: statistics.DIFFERENCE_CONFIDENCE, 0),
    "additions, repeated five times, bring": (5, lambda: keras.optimizers.Muon().ns_steps, 0),
    "then the loss grows six times as fast": (6, lambda: chained(), 0),
    "both layers need four times as many": (4, lambda: places(stride=1) / places(stride=2), 0),
    "passes on four times as many": (4, lambda: places(stride=1) / places(stride=2), 0),
    "the dense layer needs four times as many": (4, lambda: places(stride=1) / places(stride=2), 0),
    "do four times the work": (4, lambda: places(side=64) / places(), 0),
    "the convolution before it has to compute four times as many numbers": (4, lambda: places(stride=1) / places(stride=2), 0),
    "the output is zero nine times out of ten": (9 / 10, lambda: max(dropout_mask.RATES), 0),
    "and ten times the value": (10, lambda: 1 / (1 - max(dropout_mask.RATES)), 0),
}

# Phrases of which nothing is measured, each with the reason.
EXPLAINED = {
    "stride of two halves a side of": "the sides that follow are computed",
    "say that it halves every side": "what people say, and the sides that follow contradict it",
    "the number is even, half of them go at each end": "how padding is divided; checked against Keras in the section",
    "that is twice the error times the pixel": "the derivative of a square, which the section's code takes",
    "quarters": "of a window of two by two",
    "bottom right quarter": "of a window of two by two",
    "top right quarter": "of a window of two by two",
    "top left quarter": "of a window of two by two",
    "what one quarter adds": "of a window of two by two",
    "light right half": "of a window of two by two",
    "light top half": "of a window of two by two",
    "light left half": "of a window of two by two",
    "upper and the lower half": "of a window of two by two",
    "half and half": "any mixture of two",
    "adds twice as much as the one before": "the fields that the demo shows",
    "twice as far apart": "what a stride of two does",
    "covers twice as many pixels": "what a stride of two does",
    "which this layer halves again": "the shapes of the table beside it",
    "twice as high and twice as wide": "a thing to try in a demo, and its answer",
    "it halves height and width once more": "the answer to a thing to try",
    "a quarter as many": "two halvings, in the answer to a thing to try",
    "If the loss grows three times as fast": "an example of two factors",
    "We do so three times": "the cases in the figure",
    "Show the batch ten times": "a thing to try in a demo, and any number would do",
    "the network twice": "how often it was done: two cases follow",
    "$y$ grows twice as fast": "an example of two factors",
    "other two are half and twice as large": "the names of the cases in the figure",
    "With half the standard deviation": "the names of the cases in the figure",
    "With twice the standard deviation": "the names of the cases in the figure",
    "ReLU sets about half of the sums": "a derivation: the sums are as often below zero as above",
    "weights must be twice as large": "a derivation: two times a half is one",
    "each gets a quarter of the error": "an average of four",
    "three quarters are thrown away": "all but one of four",
    "shrinks its maps twice": "two layers with a stride, in the figure of the network",
    "move by half a place": "one pixel at a stride of two",
    "each is more than twice the one before": "the claim exponents_double",
    "input counts *twice*": "two factors of the formula before it",
    "a tenth and nine tenths of it": "what the tenth and the ninetieth percentile are",
    "The same run twice": "the figure has two panels",
    "the first half of what": "normalising is one of two steps",
    "half of them under": "two of four kinds, counted in the sentence",
    "half of the group home": "a comparison with people, in which any share would do",
    "half of the · units lie above, half below": "what a median is",
    "above it was about twice": "the number that the section computes from them",
    "there are twice as many maps": "the numbers of filters stand in the sentence before",
    "a difference of half a point": "an example of a small difference",
    "seldom twice the same": "a heading",
    "second doubling": "of the epochs, whose numbers are computed",
    "the epochs double": "of the epochs, whose numbers are computed",
    "half a batch": "two devices share one",
    "gradients of its two halves": "two devices share one",
    "others of its half": "two devices share one",
}


def plain(text: str) -> str:
    """In one line, with a dot for each number that is filled in and each piece of code or displayed formula."""
    return " ".join(re.sub(r"```.*?```|\$\$.*?\$\$|`[^`]*`", "·", execute.NUMBER.sub("·", text), flags=re.DOTALL).split())


def typed_proportions(text: str) -> list[str]:
    """The proportions in words of a text that neither table knows, each with what stands around it."""
    known = sorted((*RESULTS, *MEASURED, *EXPLAINED), key=len, reverse=True)
    left = re.sub("|".join(map(re.escape, known)), "·", plain(text))
    return [left[max(found.start() - 30, 0) : found.end() + 30] for found in PROPORTION.finditer(left)]


def texts(chapter: nbformat.NotebookNode) -> list[str]:
    return ["\n".join(markdown(chapter)).split("## Exercises")[0], *described(chapter)]


@cache
def all_chapters() -> str:
    return " ".join(plain(text) for path in CHAPTERS for text in texts(nbformat.read(path, as_version=4)))


@each_chapter
def test_a_proportion_in_words_is_measured_or_explained(chapter):
    found = [phrase for text in texts(chapter) for phrase in typed_proportions(text)]
    assert found == [], "add the phrase to MEASURED, with how to measure it, or to EXPLAINED, with the reason"


@pytest.mark.parametrize("phrase", MEASURED)
def test_a_proportion_is_what_is_measured(phrase):
    said, measure, rough = MEASURED[phrase]
    assert measure() == pytest.approx(said, abs=rough or 1e-9)


@pytest.mark.parametrize("phrase", [*MEASURED, *EXPLAINED])
def test_a_phrase_of_the_tables_still_stands_somewhere(phrase):
    assert phrase in all_chapters(), "take it off the table"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the test curve flattens near one half", 1),
        ("with a chance of one half, as before", 0),
        ("It takes twice the time", 1),
        ("with a chance of one quarter, as before", 1),
        ("the third filter", 0),
    ],
)
def test_the_rule_about_proportions_notices_another_one(text, found):
    assert len(typed_proportions(text)) == found
