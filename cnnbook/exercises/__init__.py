"""Checks of the exercises: they say what is wrong with an answer, not only that something is.

One module a chapter holds its exercises, and a long exercise has one of its own; `mechanics` has the kinds of answer, `reading` what a
learner may hand in.
"""

# Each module registers its exercises when it is imported.
from cnnbook.exercises import (
    batch_normalization,
    convolution,
    corners,
    drift,
    dropout,
    going_further,
    inspecting,
    learning,
    predicting,
    stacking,
    whole_maps,
    whole_network,
)
from cnnbook.exercises.drills import DRILL_KINDS, Drill, drill
from cnnbook.exercises.mechanics import EXERCISES, verdict

__all__ = [
    "DRILL_KINDS",
    "EXERCISES",
    "Drill",
    "answer",
    "batch_normalization",
    "convolution",
    "corners",
    "drift",
    "drill",
    "dropout",
    "going_further",
    "inspecting",
    "learning",
    "predicting",
    "stacking",
    "whole_maps",
    "whole_network",
]


def answer(exercise: str, value: object) -> None:
    """Check your answer to an exercise and print the verdict in one line.

    Args:
        exercise: the exercise's name, as it stands in the chapter.
        value: your answer, of the kind that the exercise asks for:
            - a number (Python's or NumPy's; a whole number may be written 1216 or 1216.0),
            - a word (capitals do not matter; the verdict on a wrong word lists the allowed ones),
            - an array (NumPy's, a tensor, or nested lists),
            - a function (its name without brackets; it is called with several arguments),
            - a Keras model,
            - several of these, as a tuple in the order of the question, or as a dict.
            As long as it is `...`, or a function that returns `...`, the exercise counts as not answered.

    A wrong answer, or one that cannot be read, is explained and raises nothing; so the cells below still run.
    Numbers that are computed in floating point need not agree to the last digit.

    Raises:
        KeyError: no exercise has that name; the message lists the names.

    Example:
        >>> answer("sixteen_filters", ...)
        sixteen_filters: not answered yet.
        >>> answer("sixteen_filters", 1200)
        ✗ sixteen_filters: 1200 is not right: the biases are missing, one for each filter.
        >>> answer("sixteen_filters", 1216)
        ✓ sixteen_filters: right.
    """
    print(verdict(exercise, value))
