"""What the sentences of chapter "Batch normalization" compare."""

from collections.abc import Callable

import numpy as np

from bookbuild import claims_page
from cnnbook import article, reference
from cnnbook.keras_quietly import layers
from cnnbook.models import ablations
from cnnbook.training.experiments import CARRIED, EXPERIMENTS, SWEPT, carried_name
from tests.remembered import ERROR, INPUTS, WEIGHTS, kinds, near

MEASURED = claims_page.measured_values()
rng = np.random.default_rng(0)


def kept_variance(values: np.ndarray) -> np.ndarray:
    """That of one batch, by a layer that forgets at once what it kept before."""
    layer = layers.BatchNormalization(momentum=0.0)
    layer(values, training=True)
    return layer.moving_variance.numpy()


def divides_by(less: int) -> bool:
    """Is it the sum of the squared deviations by the number of values less this one, whatever the shape of the batch?"""
    batches = [rng.normal(size=shape).astype("float32").reshape(-1, shape[-1]) for shape in [(5, 2), (2, 2, 2, 3)]]
    squares = [((values - values.mean(0)) ** 2).sum(0) / (len(values) - less) for values in batches]
    shaped = [batches[0], batches[1].reshape(2, 2, 2, 3)]
    return all(near(kept_variance(values), expected) for values, expected in zip(shaped, squares, strict=True))


def step(times: float, *, with_layer: bool) -> float:
    """How far gradient descent, at a rate of one, moves weights that are so many times as large."""
    back = reference.batch_norm_gradients(INPUTS @ (times * WEIGHTS), np.ones(3), ERROR)[0] if with_layer else ERROR
    return float(np.linalg.norm(INPUTS.T @ back))


def long_rates(build: Callable) -> set[tuple[str, float]]:
    """Optimizers and rates by which a network is trained for more than one epoch."""
    recipes = [experiment.recipe for experiment in EXPERIMENTS.values() if experiment.build is build]
    return {(recipe.optimizer, recipe.learning_rate) for recipe in recipes if recipe.epochs > 1}


def depth(build: Callable) -> int:
    """Of the layers that have weights to multiply with."""
    return sum(kind in ("Conv2D", "Dense") for kind in kinds(build()))


SHOWN: dict[str, Callable[[], bool]] = {
    # Accuracy with batch statistics minus that with moving ones: with the default momentum, and with one that forgets faster.
    "This chapter builds the layer, plays with it, runs into a trap that makes many a short training look worse than it was, and measures "
    "what it is good for.": lambda: MEASURED["slow_memory_gap"] > 1 / 10 > MEASURED["fast_memory_gap"],
    "In Keras it is the plain variance of the batch: the sum of the squared deviations is divided by the number of values, not by one "
    "less.": lambda: divides_by(less=0) and not divides_by(less=1),
    # With the layer, a step is longer where the weights are small. Of these runs nothing was watched beside loss and accuracy.
    "(At the same rate, steps may carry the network further or less far with the layer than without; that we did not measure.)": lambda: (
        step(0.1, with_layer=True) > step(0.1, with_layer=False)
        and step(10, with_layer=True) < step(10, with_layer=False)
        and not any(EXPERIMENTS[carried_name(build.__name__, "sgd")].watched for build in SWEPT)
    ),
    "About other rates in longer trainings, and about deeper networks, these runs say nothing.": lambda: (
        long_rates(ablations.without_batch_norm) <= {(name, rate) for name, rates in CARRIED.items() for rate in rates.values()}
        and {depth(build) for build in (*SWEPT, ablations.batch_norm_after)} == {len(article.CONVOLUTIONS) + 2}
    ),
}

# A sentence -> why nothing is computed.
SAID: dict[str, str] = {
    "One more parameter is worth a thought, and it is in the layer before.": "a transition; the next sentences are about that parameter",
    "gave another answer: it makes larger learning rates possible, and the gain comes from those.": "reports what Bjorck et al. found",
    "Set all values to nearly the same number.": "a thing to try in a demo",
}
