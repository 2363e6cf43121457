"""Practice without end: a question from a seed, at one of three levels, with the usual mistakes known.

`page/drills.js` draws the same questions for the same seeds, so that what is printed here can be answered in the page.
"""

from dataclasses import dataclass

import numpy as np

from cnnbook import door
from cnnbook.exercises.draws import Draws
from cnnbook.exercises.drill_kinds import LEVELS, MAKERS, Made
from cnnbook.exercises.drill_words import DRILLS
from cnnbook.exercises.mechanics import Array, Number, judged
from cnnbook.exercises.reading import shown

DRILL_KINDS = tuple(MAKERS)
MOST_SEED = 999_999
TOLERANCE = 0.01  # of answers in floating point: rounding while one computes by hand is no mistake
APART = 0.02  # share by which mistakes in floating point must differ to be told apart


@dataclass(frozen=True)
class Drill:
    """A question with what is expected: print `question` on a work sheet, hand an answer to `answer`, and read `solution`."""

    kind: str
    seed: int
    level: int
    question: str
    solution: str
    expected: Number | Array

    @property
    def name(self) -> str:
        """What the page has behind #drill=."""
        return f"{self.kind}-{self.level}-{self.seed}"

    def answer(self, value: object) -> None:
        """Print the verdict on an answer in one line, as `exercises.answer` does."""
        print(judged(self.name, self.expected, value))


def drill(kind: str, *, seed: int, level: int = 1) -> Drill:
    """A question to practise on: the same kind, seed and level give the same question, here and in the page.

    Args:
        kind: one of `DRILL_KINDS`.
        seed: a whole number from 0 to 999999.
        level: 1, 2 or 3.

    Raises:
        ValueError or TypeError: an argument is something else.

    Example:
        >>> question = drill("parameters", seed=8)
        >>> question.question
        'How many parameters does Conv2D(21, 3) have on an input whose number of channels is 8?'
        >>> question.answer(1512)
        ✗ parameters-1-8: 1512 is not right: the biases are missing.
        >>> question.answer((3 * 3 * 8 + 1) * 21)
        ✓ parameters-1-8: right.
    """
    door.choice("kind", kind, DRILL_KINDS)
    level, seed = door.whole("level", level, 1, LEVELS), door.whole("seed", seed, 0, MOST_SEED)
    return _named(MAKERS[kind](Draws(4 * seed + level), level), kind, seed, level)


def _named(made: Made, kind: str, seed: int, level: int) -> Drill:
    """What was made, in words."""
    words = DRILLS[kind]
    values = {name: _text(value) for name, value in {**made.values, "right": made.right}.items()}
    told, known = [made.right], []
    for wrong, why in made.mistakes:
        if all(_are_apart(wrong, other) for other in told):
            told.append(wrong)
            known.append((np.array(wrong, float) if isinstance(wrong, list) else wrong, words[why]))
    if isinstance(made.right, list):
        expected = Array(np.array(made.right, float), words[made.first], known)
    else:
        expected = Number(made.right, words[made.first], known, TOLERANCE)
    return Drill(kind, seed, level, words[made.question].format(**values), words[made.way].format(**values), expected)


def _text(value: object) -> str:
    return value if isinstance(value, str) else str(value) if isinstance(value, list) else shown(value)


def _are_apart(a: object, b: object) -> bool:
    if isinstance(a, float):
        return abs(a - b) > APART * max(abs(a), abs(b), 1)
    return a != b
