"""How the networks of the book are trained: a recipe is everything but the network, the data and the seed.

Recipes load without Keras, so that whoever only counts updates or names an optimizer does not wait for it.
"""

from dataclasses import dataclass, fields, replace

from cnnbook import article, door

OPTIMIZERS = ("adam", "muon", "sgd")
SCHEDULES = ("constant", "one_cycle")
VALIDATIONS = ("test", "held_out")
HELD_OUT = 5_000  # training images at the end that "held_out" validates on


@dataclass(frozen=True)
class Recipe:
    """How to train: everything but the network, the data and the seed.

    The defaults are the article's recipe. `validation` is "test" (as the article does) or "held_out" (the last 5,000
    training images, which are then not trained on). With `shuffled_pixels` the pixels of all images stand in one other order,
    `data.shuffled`. `optimizer` is "adam", "muon", or "sgd": gradient descent with a momentum
    of 0.9. `schedule` is "constant", or "one_cycle": a linear rise to `learning_rate` over the first fifth of the updates, then
    a cosine fall to zero. `flips` mirrors half of the training images, `shifts` moves each by up to as many pixels, both anew in
    every epoch. With `label_smoothing` s the right class is asked for with probability 1 - s + s / 10, each other with s / 10.

    Numbers of NumPy and of tensors become Python's, so that every recipe can be recorded.

    Raises:
        TypeError, ValueError: an argument is of another type, or out of range.

    Example:
        >>> Recipe(learning_rate=1).learning_rate, Recipe(pixel_range=[0, 1]).pixel_range
        (1.0, (0.0, 1.0))
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
    shuffled_pixels: bool = False

    def __post_init__(self) -> None:
        settled = {
            "epochs": door.whole("epochs", self.epochs),
            "batch_size": door.whole("batch_size", self.batch_size),
            "learning_rate": door.number("learning_rate", self.learning_rate, above=0),
            "optimizer": door.choice("optimizer", self.optimizer, OPTIMIZERS),
            "schedule": door.choice("schedule", self.schedule, SCHEDULES),
            "flips": door.flag("flips", self.flips),
            "shifts": door.whole("shifts", self.shifts, 0, article.INPUT_SHAPE[0] - 1),
            "label_smoothing": door.number("label_smoothing", self.label_smoothing, 0, below=1),
            "pixel_range": door.interval("pixel_range", self.pixel_range),
            "validation": door.choice("validation", self.validation, VALIDATIONS),
            "shuffled_pixels": door.flag("shuffled_pixels", self.shuffled_pixels),
        }
        for name, value in settled.items():
            object.__setattr__(self, name, value)


def updates(images: int, recipe: Recipe) -> int:
    """How often the weights are updated in a whole training; the last batch of an epoch may be small.

    Example:
        >>> updates(50_000, Recipe(epochs=1, batch_size=32))
        1563
    """
    return -(-door.whole("images", images) // recipe.batch_size) * recipe.epochs


def recipe_of(recorded: dict) -> Recipe:
    """The recipe of a recorded run, from its JSON; what it does not mention, because it was recorded earlier, had its default.

    Raises:
        TypeError, ValueError: it has what no recipe has.
    """
    known = {field.name for field in fields(Recipe)}
    if not isinstance(recorded, dict) or not recorded.keys() <= known:
        raise ValueError(f"recorded is {recorded!r}; it takes a dict of {', '.join(sorted(known))}")
    return Recipe(**recorded)


ARTICLE = Recipe()
BETTER = Recipe(batch_size=128, learning_rate=0.004, schedule="one_cycle", flips=True)
FURTHER = replace(BETTER, optimizer="muon", learning_rate=0.015, shifts=2, label_smoothing=0.1)
QUICK = replace(FURTHER, epochs=2, batch_size=64, shifts=0, learning_rate=0.01)
