"""What the comments of the solutions say, sentence by sentence, and whether it is so.

The table goes from the exercise to the sentences of its solutions, and from each to an oracle, which follows the sentence by other means
than the solution's code, or to the reason why nothing is computed. A solution that hands no answer in goes with the exercise before it.
"""

from collections.abc import Callable

from tests.exercises import solved_filters, solved_results, solved_training

SOLVED: dict[str, dict[str, Callable[[], bool] | str]] = {**solved_filters.SOLVED, **solved_training.SOLVED, **solved_results.SOLVED}
