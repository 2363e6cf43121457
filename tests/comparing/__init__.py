"""Of each chapter the sentences that compare or conclude: with what shows that they are so, or the reason why nothing can be computed."""

from collections.abc import Callable

from tests.comparing import (
    batch_normalization,
    conclusions,
    convolution,
    drift,
    dropout,
    going_further,
    inspecting,
    learning,
    stacking,
    whole_network,
    with_numbers,
)

OF_CHAPTERS = (
    conclusions,
    convolution,
    stacking,
    inspecting,
    learning,
    drift,
    batch_normalization,
    dropout,
    whole_network,
    going_further,
    with_numbers,
)
SHOWN: dict[str, Callable[[], bool]] = {sentence: is_so for chapter in OF_CHAPTERS for sentence, is_so in chapter.SHOWN.items()}
SAID: dict[str, str] = {sentence: why for chapter in OF_CHAPTERS for sentence, why in chapter.SAID.items()}
