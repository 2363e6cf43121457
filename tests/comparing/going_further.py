"""What the sentences of chapter "Going further" compare."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from time import process_time

import numpy as np

from cnnbook import article, data, models, recipes, records, reference, training
from cnnbook.keras_quietly import keras, layers, tf
from cnnbook.training import experiments, muon
from tests import drawn
from tests.drawn import says
from tests.recorded import gain, rises, timed
from tests.remembered import INPUTS, LABELS, best_rate

CHAPTER = "09_going_further"
FURTHER = recipes.FURTHER
TUNED = ("without_muon", "without_schedule")  # the rows of "Which change does it?" with a rate of their own


def changed() -> set[str]:
    """The settings in which the recipe differs from that of chapter 8."""
    return {name for name, value in vars(FURTHER).items() if value != vars(recipes.BETTER)[name]}


@cache
def shifted() -> tuple[np.ndarray, np.ndarray]:
    """Of frogs and cats, grey and white with a black column in the middle, as training deals them out: images and labels."""
    labels = np.arange(400) % 2 * 3 + 3  # cat is 3, frog is 6
    images = np.broadcast_to(np.where(labels == 6, 255, 127).reshape(-1, 1, 1, 1), (400, *article.INPUT_SHAPE)).astype(np.uint8)
    images[:, :, 16] = 0
    dealt = list(training.batches(images, labels, replace(FURTHER, flips=False), train=True, seed=0))
    return tuple(np.concatenate([pair[part].numpy() for pair in dealt]) for part in (0, 1))


def share_of_right(logit: float) -> float:
    """The probability of the right class where the others' logits are zero."""
    return float(reference.softmax([logit, 0, 0])[0])


def widths_in_training() -> list[float]:
    """How far the right class's logit is above the next one, step by step, where it is so from the start."""
    logits, label, widths = np.array([[2.0, 1, -1]]), np.array([[1.0, 0, 0]]), []
    for _ in range(20):
        widths.append(logits[0, 0] - logits[0, 1])
        logits = logits - reference.softmax_cross_entropy_gradients(logits, label)
    return widths


def losses_by_width(smoothing: float) -> np.ndarray:
    """Of ten logits, the right one above the equal others by ever more."""
    label = (1 - smoothing) * np.eye(10)[:1] + smoothing / 10
    return np.array([reference.softmax_cross_entropy(width * np.eye(10)[:1], label) for width in np.arange(0, 20, 0.5)])


@cache
def strengths() -> np.ndarray:
    """The singular values of the gradient of the third convolution's kernel in the untrained network, on pieces of a photograph."""
    temple, corners = data.photograph("temple"), np.random.default_rng(0).integers(0, 200, (64, 2))
    images = data.scale(np.stack([temple[top : top + 32, left : left + 32] for top, left in corners]))
    keras.utils.set_random_seed(0)
    network = models.cnn()
    kernel = [layer for layer in network.layers if isinstance(layer, layers.Conv2D)][2].kernel
    with tf.GradientTape() as tape:
        loss = keras.losses.CategoricalCrossentropy()(np.eye(10)[np.arange(64) % 10], network(images, training=True))
    return np.linalg.svd(np.reshape(tape.gradient(loss, kernel.value), (-1, kernel.shape[-1])), compute_uv=False)


def loud() -> np.ndarray:
    """Which of the directions are more than a third as strong as the strongest."""
    return strengths() > strengths()[0] / 3


def first_step(optimizer: keras.optimizers.Optimizer, gradient: np.ndarray) -> np.ndarray:
    """What it takes away from the weights for their first gradient, as a matrix of length one."""
    weights = keras.Variable(np.zeros(gradient.shape, "float32"))
    optimizer.apply([tf.constant(gradient)], [weights])
    return -weights.numpy() / np.linalg.norm(weights.numpy())


def first_steps_are_so() -> bool:
    """Is Adam's first step the signs of the gradient, and Muon's what the chapter computes, but for their length?"""
    gradient = np.random.default_rng(0).normal(size=(12, 5)).astype("float32")
    signs, evened = np.sign(gradient), muon.Muon().zeropower_via_newtonschulz5(tf.constant(gradient), 5).numpy()
    return all(
        np.allclose(first_step(optimizer, gradient), step / np.linalg.norm(step), atol=1e-3)
        for optimizer, step in ((keras.optimizers.Adam(0.1), signs), (muon.Muon(0.1, weight_decay=None, adam_weight_decay=None), evened))
    )


def by_rate(row: str) -> list[float]:
    return list(experiments.held_out_by_rate(row).values())


def kept_short_of() -> float:
    """By how much the whole recipe does worse at the rate that it keeps than at the best one tried."""
    tried = experiments.held_out_by_rate("whole_recipe")
    return max(tried.values()) - tried[FURTHER.learning_rate]


def without(row: str) -> list[experiments.Experiment]:
    """All experiments that leave this out of the recipe, whatever their network, length, rate and images."""
    same = {"epochs": 1, "learning_rate": 1.0, "validation": "test"}
    wanted = replace(FURTHER, **experiments.LEFT_OUT[row] | same)
    return [each for each in experiments.EXPERIMENTS.values() if replace(each.recipe, **same) == wanted]


def products_of_muon() -> int:
    """How many matrix products it takes to make a step of a gradient."""
    optimizer = muon.Muon()
    step = tf.function(lambda gradient: optimizer.zeropower_via_newtonschulz5(gradient, 5))
    operations = step.get_concrete_function(tf.TensorSpec((8, 4))).graph.get_operations()
    return sum("MatMul" in operation.type for operation in operations)


def tried(epochs: int) -> list[float]:
    """What the trials with so many epochs got right."""
    return [records.load(name)[0].history["val_accuracy"][-1] for name, changes in experiments.TRIED.items() if changes["epochs"] == epochs]


def halves_apart(*between: layers.Layer) -> float:
    """How far the mean of the gradients of two halves is from the gradient of the whole, with these layers in the network."""
    keras.utils.set_random_seed(0)
    network = keras.Sequential([keras.Input((4,)), layers.Dense(5), *between, layers.Dense(3, "softmax")])

    def gradient(part: slice) -> np.ndarray:
        with tf.GradientTape() as tape:
            loss = keras.losses.CategoricalCrossentropy()(LABELS[part], network(INPUTS[part], training=True))
        return tape.gradient(loss, network.layers[0].kernel.value).numpy()

    whole = gradient(slice(None))
    return np.abs((gradient(slice(4)) + gradient(slice(4, None))) / 2 - whole).max() / np.abs(whole).max()


@cache
def seconds_per_image(images: int) -> float:
    """Of the processor's time, for the gradients of a batch of so many images; the least of some tries."""
    network, batch, took = models.mlp(), tf.zeros((images, *article.INPUT_SHAPE)), []
    for _ in range(5):
        start = process_time()
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(network(batch)[:, 0])
        tape.gradient(loss, [variable.value for variable in network.trainable_variables])
        took.append(process_time() - start)
    return min(took) / images


SHOWN: dict[str, Callable[[], bool]] = {
    "First, we make three more changes to the training, and choose the learning rate anew.": lambda: (
        len(changed() - {"learning_rate"}) == 3 and "learning_rate" in changed()
    ),
    # The column shows how far an image was moved, the colour what it is.
    "A frog that sits two pixels further left is still a frog, so the label stays.": lambda: (
        set(shifted()[0][:, 0, :, 0].argmin(1)) == set(range(16 - 2, 16 + 2 + 1))
        and np.array_equal(np.where(shifted()[0].max((1, 2, 3)) > 0.5, 6, 3), shifted()[1].argmax(1))
    ),
    "It comes nearer as the right class's logit rises above the others.": lambda: rises([share_of_right(logit) for logit in range(10)]),
    "So even where the answer is already right, training keeps pulling the logits further apart.": lambda: (
        widths_in_training()[0] > 0 and rises(widths_in_training())
    ),
    # Without smoothing it would be the further the better.
    "Now there is a distance between the logits that is just right, and any larger one costs more.": lambda: (
        0 < (best := losses_by_width(FURTHER.label_smoothing).argmin()) < 20
        and rises(losses_by_width(FURTHER.label_smoothing)[best:])
        and rises(-losses_by_width(0))
    ),
    "A gradient is rather like that meeting: it asks for many changes at once, a few of them loudly and most of them quietly, and a step "
    "along it mostly follows the loud ones.": lambda: (
        loud().mean() < 1 / 4 and (strengths()[loud()] ** 2).sum() > 1 / 2 * (strengths() ** 2).sum()
    ),
    "The next cell computes them, the largest first, and does the same for the first step that Adam and Muon make of "
    "this gradient.": lambda: (
        says(CHAPTER, '"the gradient": gradient', "tf.sign(gradient)", "zeropower_via_newtonschulz5(gradient, 5)", "np.linalg.svd(")
        and rises(-strengths())
        and first_steps_are_so()
    ),
    "Another optimizer, or a rate that stays where it is, may need another learning rate, and at a wrong one it would look worse than "
    "it is.": (
        lambda: (
            best_rate("without_muon") != best_rate("whole_recipe")
            and best_rate("without_schedule") != FURTHER.learning_rate
            and all(np.ptp(by_rate(row)) > 0.01 for row in TUNED)
        )
    ),
    # The difference is no larger than two seeds of the same recipe may differ.
    "One seed does not settle that; but if it is so, the comparison favours the other two, and what Muon and the schedule are worth comes "
    "out too small rather than too large.": lambda: (
        0 < kept_short_of() < 2 * np.sqrt(2) * np.std(records.test_accuracies("further"), ddof=1)
        and all(experiments.LEFT_OUT[row]["learning_rate"] == best_rate(row) for row in TUNED)
    ),
    "So which of the two is worth more, these runs do not say.": lambda: not gain(*(f"further_{row}" for row in TUNED)).shown,
    "Nor do they say what either is worth in a longer training or another network; and the rates were searched with one seed "
    "each.": lambda: all(
        {(each.build, each.recipe.epochs) for each in without(row)} == {(models.cnn, FURTHER.epochs)}
        and {len(records.load(experiments.rate_trial_name(row, rate))) for rate in experiments.RATES_TRIED[row]} == {1}
        for row in TUNED
    ),
    # The other rows change the rate as well, or two things on purpose.
    "Three more were each left out alone:": lambda: (
        [row for row, changes in experiments.LEFT_OUT.items() if len(changes) == 1]
        == ["without_shifts", "without_smoothing", "without_flips"]
    ),
    "Large batches do save multiplications, though: Muon needs some of its own at each update, and there are fewer updates.": lambda: (
        products_of_muon() > 0
        and recipes.updates(article.TRAINING_IMAGES, FURTHER)
        < recipes.updates(article.TRAINING_IMAGES, replace(FURTHER, **experiments.LEFT_OUT["without_large_batches"]))
    ),
    "The last lines, with an epoch more, do best, but an epoch takes time.": lambda: (
        [changes["epochs"] for changes in experiments.TRIED.values()] == [2] * len(tried(2)) + [3] * len(tried(3))
        and min(tried(3)) > max(tried(2))
        and timed("further_3_epochs")[0] > timed("further_2_epochs")[0]
    ),
    "With BatchNormalization the two differ by far more than rounding (the cell above prints by how much, as a share of the largest number "
    "in the gradient).": lambda: (
        halves_apart(layers.BatchNormalization()) > 1e-2 > 1e-5 > halves_apart()
        and says(CHAPTER, "max(off) / max(np.abs(c).max() for c in whole)", "halves_apart = disagreement(with_norm)", "{halves_apart:")
    ),
    # What is usual cannot be computed; the reason for it can: a device is kept busy by many images at once.
    "With more devices, the batch is usually made larger, so that each has enough to do.": lambda: (
        seconds_per_image(FURTHER.batch_size) < seconds_per_image(FURTHER.batch_size // 64) / 2
    ),
    "For an input in one direction the outputs change a great deal, and for one at right angles to it hardly at all.": lambda: (
        drawn.reach(1)[0] > 5 * drawn.reach(1)[1]
    ),
    "Muon makes the ellipse almost round: the two singular values are nearly equal.": lambda: np.isclose(
        *np.linalg.svd(drawn.computed("09_going_further", "# A gradient, made up")["evened_out"])[1], rtol=0.1
    ),
}

# A sentence -> why nothing is computed.
SAID: dict[str, str] = {
    "Schedule, batch and flips come from chapter 8 (The whole network), and what was said there about their choice still holds: the gain "
    "may be a little flattered.": "the trial that they come from was not recorded",
}
