"""Every explanation of a known mistake, with the answer of somebody who makes just the mistake that it names.

A table goes from the exercise, or "exercise: part", to its explanations, and from each to an oracle, which follows the
explanation from the question on, by other means than `cnnbook.exercises`. An oracle is one of these:
- a function without arguments, which gives the wrong number or array, or the wrong word if what is said of it holds;
- a bare word, where nothing can be computed;
- the wrong function, where the exercise asks for a function;
- for filters and for what drops maps, a function that says whether the explanation holds for an answer.
"""

from tests.exercises.explained import (
    batch_normalization,
    convolution,
    drift,
    dropout,
    going_further,
    inspecting,
    learning,
    stacking,
    whole_network,
)

EXPLAINED: dict[str, dict[str, object]] = {
    **convolution.EXPLAINED,
    **stacking.EXPLAINED,
    **inspecting.EXPLAINED,
    **learning.EXPLAINED,
    **drift.EXPLAINED,
    **batch_normalization.EXPLAINED,
    **dropout.EXPLAINED,
    **whole_network.EXPLAINED,
    **going_further.EXPLAINED,
}
