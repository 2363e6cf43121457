"""How the demo of the way back says that a number was made, and its error: following the words gives the number."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

from cnnbook.demos import WayBack
from cnnbook.demos.way_back import SHAPES
from tests.browser.driver import number as number_of
from tests.demos.test_way_back import drawn, page_state

NUMBER = r"−?[\d,]*\d(?:\.\d+)?"


def padded(table: np.ndarray) -> np.ndarray:
    return np.pad(table, 1)


def window(table: np.ndarray, row: int, column: int) -> np.ndarray:
    """The 2×2 numbers that are pooled together with the one at a place of the map."""
    row, column = row // 2 * 2, column // 2 * 2
    return table[row : row + 2, column : column + 2]


# How a number was made: what the words say, with `n` the numbers of all parts and its place.
VALUES: dict[str, Callable] = {
    "a pixel": lambda n: n.image[n.at],
    "a weight of the filter": lambda n: n.kernel[n.at],
    "the filter's bias": lambda n: n.bias[0, 0],
    "the weight from pooled number {row} to class {class}": lambda n: n.weights[n.at],
    "the bias of class {class}": lambda n: n.biases[n.at],
    "each pixel × its weight, plus the bias": lambda n: (
        (padded(n.image)[n.at[0] : n.at[0] + 3, n.at[1] : n.at[1] + 3] * n.kernel).sum() + n.bias[0, 0]
    ),
    "ReLU: the larger of {number} and 0 is": lambda n: max(n.sums[n.at], 0),
    "the largest of {numbers} is": lambda n: window(n.map, 2 * n.at[0], 2 * n.at[1]).max(),
    "each pooled number × its weight, plus the bias": lambda n: (n.pooled.ravel() * n.weights[:, n.at[1]]).sum() + n.biases[0, n.at[1]],
    "e to the power of {number}, divided by the sum of both such powers, is": lambda n: np.exp(n.logits[n.at]) / np.exp(n.logits).sum(),
    "minus the logarithm of the probability of class {right}, {number}, is": lambda n: -np.log(n.probabilities[0, n.label]),
}
# How its error was made: the same, with `e` the errors of all parts. None where the words do not fit the place.
ERRORS: dict[str, Callable] = {
    "the loss changes at the same rate as itself": lambda n, e: 1,
    "minus one over its probability": lambda n, e: -1 / n.probabilities[n.at] if n.at[1] == n.label else None,
    "only the right class counts": lambda n, e: None if n.at[1] == n.label else 0,
    "probability minus 1, for the right class": lambda n, e: n.probabilities[n.at] - 1 if n.at[1] == n.label else None,
    "probability minus 0, for the wrong class": lambda n, e: None if n.at[1] == n.label else n.probabilities[n.at] - 0,
    "the error of its logit": lambda n, e: e.logits[n.at],
    "its input × the error of its logit": lambda n, e: n.pooled.ravel()[n.at[0]] * e.logits[0, n.at[1]],
    "weight × error, summed over both logits": lambda n, e: (n.weights.reshape(2, 2, 2)[n.at] * e.logits[0]).sum(),
    "the largest of its window gets the whole error": lambda n, e: (
        e.pooled[n.at[0] // 2, n.at[1] // 2] if n.map[n.at] == window(n.map, *n.at).max() else None
    ),
    "not the largest of its window, so no error": lambda n, e: 0 if n.map[n.at] < window(n.map, *n.at).max() else None,
    "as large as another number of its window, which gets the whole error": lambda n, e: (
        0 if n.map[n.at] == window(n.map, *n.at).max() and (window(e.map, *n.at) != 0).any() and e.map[n.at] == 0 else None
    ),
    "above 0, so ReLU passes the error back": lambda n, e: e.map[n.at] if n.sums[n.at] > 0 else None,
    "not above 0, so ReLU stops the error": lambda n, e: None if n.sums[n.at] > 0 else 0,
    "the errors of all the sums, added up": lambda n, e: e.sums.sum(),
    "the pixel it lay on × the error there, summed over all places": lambda n, e: (
        padded(n.image)[n.at[0] : n.at[0] + 4, n.at[1] : n.at[1] + 4] * e.sums
    ).sum(),
    "the weight it went through × the error there": lambda n, e: (
        np.flip(padded(e.sums)[n.at[0] : n.at[0] + 3, n.at[1] : n.at[1] + 3]) * n.kernel
    ).sum(),
}


def words_and_number(story: str) -> tuple[str, float]:
    """What a story says, without the numbers that it puts in ("2 × 3 + 1 = "), and the number at its end."""
    told = re.sub(r": [^:]* = ", ": ", story)
    found = re.fullmatch(rf"(.*?):? ({NUMBER})", told)
    assert found, f"{story!r} does not end with a number"
    words, number = found.groups()
    return words, number_of(number)


def named(words: str, at: tuple[int, int], label: int) -> str:
    """The words with names in place of what tells one place from another, which have to be those of the place."""
    classes = {"A": 0, "B": 1}
    words = re.sub(r"(?<=from pooled number )\d", lambda found: "{row}" if int(found[0]) == at[0] + 1 else found[0], words)
    if "probability of class" in words:
        words = re.sub(r"(?<=class )[AB]", lambda found: "{right}" if classes[found[0]] == label else found[0], words)
        return re.sub(rf"(?<=, )(?:below )?{NUMBER}(?=, is)", "{number}", words)
    words = re.sub(r"(?<=class )[AB]", lambda found: "{class}" if classes[found[0]] == at[1] else found[0], words)
    words = re.sub(rf"(?<=the largest of )(?:{NUMBER}(?:, )?)+(?= is)", "{numbers}", words)
    return re.sub(rf"(?<=larger of ){NUMBER}|(?<=power of ){NUMBER}", "{number}", words)


def numbers(demo: WayBack) -> tuple[SimpleNamespace, SimpleNamespace]:
    own = {name: np.array(getattr(demo, name)) for name in SHAPES if hasattr(demo, name)}
    return SimpleNamespace(**own | demo.forward(), label=demo.label), SimpleNamespace(**demo.errors())


@pytest.fixture(scope="module")
def stories(javascript_module):
    """What is said of every number of some networks: (demo, part, place, how it was made, how its error was made)."""
    network, story = javascript_module("way_back/network.js"), javascript_module("way_back/story.js")
    found = []
    for demo in [WayBack(), *map(drawn, range(6))]:
        parts, errors = network.forward(page_state(demo)), network.backward(page_state(demo))
        for part, shape in SHAPES.items():
            for at in np.ndindex(shape):
                said = [story.valueStory(parts, part, *at, demo.label), story.errorStory(parts, errors, part, *at, demo.label)]
                found.append((demo, part, at, *said))
    return found


def test_following_the_words_gives_the_number_and_the_error(stories):
    followed = set()
    for demo, part, at, value, error in stories:
        n, e = numbers(demo)
        n.at = at
        for words, number, table, given in (
            (*words_and_number(value), VALUES, (n,)),
            (*words_and_number(error), ERRORS, (n, e)),
        ):
            key = named(words, at, demo.label) if table is VALUES else words
            assert key in table, f"of {part} the demo says {words!r}: add how to follow that"
            result = table[key](*given)
            assert result is not None, f"{part} {at}: {words!r} is said of a number of which it is not so"
            assert number == pytest.approx(result, abs=0.006, rel=1e-5), (part, at, words)
            followed.add(key)
    assert followed == VALUES.keys() | ERRORS.keys()
