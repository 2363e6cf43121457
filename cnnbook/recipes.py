"""How the networks of the book are trained: a recipe is everything but the network, the data and the seed.

Recipes load without Keras, so that whoever only counts updates or names an optimizer does not wait for it.
"""

from dataclasses import dataclass, replace

from cnnbook import article

OPTIMIZERS = ("adam", "muon", "sgd")
SCHEDULES = ("constant", "one_cycle")
VALIDATIONS = ("test", "held_out")
HELD_OUT = 5_000  # training images at the end that "held_out" validates on


@dataclass(frozen=True)
class Recipe:
    """How to train: everything but the network, the data and the seed.

    The defaults are the article's recipe. `validation` is "test" (as the article does) or "held_out" (the last 5,000
    training images, which are then not trained on). `optimizer` is "adam", "muon", or "sgd": gradient descent with a momentum
    of 0.9. `schedule` is "constant", or "one_cycle": a linear rise to `learning_rate` over the first fifth of the updates, then
    a cosine fall to zero. `flips` mirrors half of the training images, `shifts` moves each by up to as many pixels, both anew in
    every epoch. With `label_smoothing` s the right class is asked for with probability 1 - s + s / 10, each other with s / 10.
    """

    epochs: int = article.EPOCHS
    batch_size: int = article.BATCH_SIZE
    learning_rate: float = article.LEARNING_RATE
    optimizer: str = "adam"
    schedule: str = "constant"
    flips: bool = False
    shifts: int = 0
    label_smoothing: float = 0.0
    pixel_range: tuple[float, float] = (-1.0, 1.0)
    validation: str = "test"

    def __post_init__(self) -> None:
        choices = {"optimizer": OPTIMIZERS, "schedule": SCHEDULES, "validation": VALIDATIONS}
        for name, allowed in choices.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} is {getattr(self, name)!r}; it takes one of {allowed}")
        for name in ("epochs", "batch_size"):
            value = getattr(self, name)
            if type(value) is not int or value < 1:
                raise ValueError(f"{name} is {value!r}; it takes a whole number of at least 1")
        if not 0 < self.learning_rate < float("inf"):
            raise ValueError(f"learning_rate is {self.learning_rate!r}; it must be above 0 and finite")
        if type(self.flips) is not bool:
            raise ValueError(f"flips is {self.flips!r}; it takes True or False")
        if type(self.shifts) is not int or not 0 <= self.shifts < article.INPUT_SHAPE[0]:
            raise ValueError(f"shifts is {self.shifts!r}; it takes a whole number from 0 to {article.INPUT_SHAPE[0] - 1}")
        if not 0 <= self.label_smoothing < 1:
            raise ValueError(f"label_smoothing is {self.label_smoothing!r}; it takes a number from 0 to below 1")
        if not self.pixel_range[0] < self.pixel_range[1]:
            raise ValueError(f"pixel_range is {self.pixel_range!r}; it takes (low, high) with low < high")


def updates(images: int, recipe: Recipe) -> int:
    """How often the weights are updated in a whole training; the last batch of an epoch may be small."""
    return -(-images // recipe.batch_size) * recipe.epochs


def recipe_of(recorded: dict) -> Recipe:
    """The recipe of a recorded run, from its JSON; what it does not mention, because it was recorded earlier, had its default."""
    return Recipe(**{name: tuple(value) if isinstance(value, list) else value for name, value in recorded.items()})


ARTICLE = Recipe()
BETTER = Recipe(batch_size=128, learning_rate=0.004, schedule="one_cycle", flips=True)
FURTHER = replace(BETTER, optimizer="muon", learning_rate=0.015, shifts=2, label_smoothing=0.1)
