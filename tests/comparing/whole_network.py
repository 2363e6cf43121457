"""What the sentences of chapter "The whole network" compare."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from functools import cache

import numpy as np
from PIL import Image
from skimage import data as shipped

from bookbuild import claims_page
from cnnbook import article, claims, data, models, recipes, records
from cnnbook.demos import LiveCNN
from cnnbook.demos.cifar_training import facts
from cnnbook.keras_quietly import keras, layers, tf
from cnnbook.models import ablations
from cnnbook.training import experiments, loop
from cnnbook.training.fused_batch_norm import fused_batch_norm
from tests import remembered as trial
from tests.drawn import says
from tests.recorded import alike, costs, gain, told
from tests.remembered import INPUTS, LABELS, near

CHAPTER = "08_whole_network"
MEASURED = claims_page.measured_values()
CHANGED = ("without_batch_norm", "without_dropout", "batch_norm_after", "dropout_before_batch_norm", "without_strides", "with_pooling")
GREY = 0  # of pixels from -1 to 1
FREE = ("Placeholder", "Identity", "Reshape", "StopGradient")  # operations that compute nothing


def sides_and_maps() -> list[tuple[int, int]]:
    """Of what each convolution hands on."""
    return [layer.output.shape[2:] for layer in models.cnn().layers if isinstance(layer, layers.Conv2D)]


def normalised_in_training(way: Callable[[keras.Model], object]) -> tuple[int, np.ndarray]:
    """With a routine lent to the layer: how many operations pass over the whole batch, and what comes out."""
    images = tf.constant(np.random.default_rng(0).normal(3, 2, (32, 8, 8, 5)), tf.float32)
    network = keras.Sequential([keras.Input(images.shape[1:]), layers.BatchNormalization()])
    with way(network):
        graph = tf.function(lambda x: network(x, training=True)).get_concrete_function(images).graph
        result = network(images, training=True).numpy()
    made = [operation.outputs[0].shape for operation in graph.get_operations() if operation.type not in FREE and operation.outputs]
    return made.count(images.shape), result


@cache
def cat(sample: str) -> np.ndarray:
    return LiveCNN().pixels()[list(LiveCNN().samples).index(sample)]


def cropped_at(sample: str) -> int:
    """From which column on the photograph, in all its rows, gives the pixels of a sample: tried, one column after the other."""
    photograph = shipped.chelsea()
    side = len(photograph)
    for left in range(photograph.shape[1] - side):
        crop = Image.fromarray(photograph[:, left : left + side])
        if np.array_equal(crop.resize((32, 32), Image.Resampling.BOX), cat(sample)):
            return left
    raise ValueError(f"{sample} is no such crop")


def further_right() -> float:
    """By how many of the network's pixels the second crop of the cat lies further to the right than the first."""
    return (cropped_at("moved cat") - cropped_at("cat")) * article.INPUT_SHAPE[0] / len(shipped.chelsea())


def answers_differ() -> bool:
    """Does the network take the two crops of the cat for two classes?"""
    return len(set(LiveCNN().probabilities(np.stack([cat("cat"), cat("moved cat")])).argmax(1))) == 2


def squares() -> Iterator[tuple[slice, slice]]:
    """Where the chapter lays its grey square."""
    for top in range(0, 25, 4):
        for left in range(0, 25, 4):
            yield slice(top, top + 8), slice(left, left + 8)


def covered(image: np.ndarray) -> np.ndarray:
    """A batch of the image with a square over each place."""
    copies = np.repeat(image, len([*squares()]), axis=0)
    for copy, place in zip(copies, squares(), strict=True):
        copy[place] = GREY
    return copies


@cache
def foretold_and_felt() -> tuple[np.ndarray, np.ndarray]:
    """How much the logit of the cat changes under a grey square at each place: as the gradient says, and as it does."""
    trained, image = experiments.trained("cnn"), data.scale(cat("cat")[None])
    logits, pixels = keras.Model(trained.input, trained.layers[-2].output), tf.constant(image)
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        logit = logits(pixels)[0, 3]
    by_pixel = (tape.gradient(logit, pixels).numpy() * (GREY - image))[0]
    return np.array([by_pixel[place].sum() for place in squares()]), logits(covered(image)).numpy()[:, 3] - float(logit)


def lead(convolutional: str, dense: str) -> claims.Difference:
    """On the seeds that the networks have with pixels in order and in disorder."""
    runs = claims.on_same_seeds("cnn", "mlp", "cnn_shuffled", "mlp_shuffled")
    by_name = {each[0].experiment: each for each in runs}
    return claims.paired_difference(by_name[convolutional], by_name[dense])


@cache
def built(build: Callable[[], keras.Model]) -> keras.Model:
    return build()


def dense_inputs(build: Callable[[], keras.Model]) -> int:
    return next(layer.kernel.shape[0] for layer in built(build).layers if isinstance(layer, layers.Dense))


def best_of_ten() -> np.ndarray:
    """Where ten epochs are equally good, and each is measured twice with noise: what the one that looked best got, on average."""
    first, second = np.random.default_rng(0).normal(size=(2, 1000, recipes.ARTICLE.epochs))
    best = first.argmax(1)[:, None]
    return np.array([np.take_along_axis(numbers, best, axis=1).mean() for numbers in (first, second)])


def not_told_apart() -> list[str]:
    return [name for name in CHANGED if not gain(name, "cnn").shown]


def shared_by_tries() -> float:
    """Of the runs with which the best run of one seed is compared: how many the best one of another seed is compared with, too."""
    first, second, *others = (run.seed for run in records.load("cnn"))
    of_first, of_second = {second, *others}, {first, *others}
    return len(of_first & of_second) / len(of_first)


def chosen_epochs() -> np.ndarray:
    """Of each run, by held-out images and by the test set, counted from one."""
    runs = [run.history for run in records.load("cnn_held_out")]
    return np.array([[np.argmax(run[images]) + 1 for images in ("val_accuracy", "test_accuracy")] for run in runs])


@cache
def trained_with(build: Callable[[], keras.Model]) -> list[recipes.Recipe]:
    return [experiment.recipe for experiment in experiments.EXPERIMENTS.values() if experiment.build is build]


def weights_after(updates: int, planned: int, recipe: recipes.Recipe) -> np.ndarray:
    """Of a small network, at some point of a training that is planned to have so many updates."""
    keras.utils.set_random_seed(0)
    network = keras.Sequential([keras.Input((4,)), layers.Dense(3, "softmax")])
    loop.compile(network, recipe, planned)
    network.run_eagerly = True
    for row in range(updates):
        network.train_on_batch(INPUTS[row : row + 2], LABELS[row : row + 2])
    return network.layers[-1].kernel.numpy()


def begins_alike(recipe: recipes.Recipe) -> bool:
    """Are the first updates of a training of five those of one of twenty?"""
    return near(weights_after(2, 5, recipe), weights_after(2, 20, recipe))


SHOWN: dict[str, Callable[[], bool]] = {
    "So step by step the maps say less about where something is, and more about what it is.": lambda: all(
        side <= side_before and maps >= maps_before and (side, maps) != (side_before, maps_before)
        for (side_before, maps_before), (side, maps) in zip(sides_and_maps(), sides_and_maps()[1:], strict=False)
    ),
    # A routine is the faster, the fewer times it passes over the batch; measured times would depend on what else the computer does.
    "And it makes BatchNormalization use a faster routine with the same result.": lambda: (
        normalised_in_training(fused_batch_norm)[0] < normalised_in_training(nullcontext)[0]
        and near(normalised_in_training(fused_batch_norm)[1], normalised_in_training(nullcontext)[1])
    ),
    # Sorted from the least alike on, and drawn in that order.
    "The first two rows look much alike, least so on the left, and the numbers say the same.": lambda: (
        says(CHAPTER, "shown = np.argsort(alike)[::3]", "figures.filter_changes(start[..., shown], end[..., shown])")
        and min(alike()) < 0.8 < 0.9 < np.median(alike())
        and np.allclose(
            [min(alike()), np.median(alike())], [told(CHAPTER, f"filters_alike_{which}") for which in ("least", "median")], 0, 0.01
        )
    ),
    # The square of a correlation is the share of the one pattern that the other explains.
    "So most of what you see in a trained filter was there before the network had seen a single image.": lambda: min(alike() ** 2) > 1 / 2,
    "In the second the cat has moved sideways by less than two pixels, and the answer changes.": lambda: (
        0 < abs(further_right()) < 2 and answers_differ()
    ),
    # The untrained network of the section is the one that both trained networks began as.
    "That alone does not explain it, since with its own beginning the trained network agrees less; but how far two networks with different "
    "beginnings agree, we did not measure.)": lambda: (
        MEASURED["gradient_control"] < MEASURED["second_network_control"]
        and says(CHAPTER, "keras.utils.set_random_seed(0)", '"untrained": models.cnn()', 'experiments.trained("cnn_held_out")')
        and {records.load(name)[0].seed for name in ("cnn", "cnn_held_out")} == {0}
    ),
    # What a place does is not what the slopes of its pixels add up to.
    "Even a map that passes the test says less than it seems to.": lambda: np.corrcoef(*foretold_and_felt())[0, 1] ** 2 < 1 / 2,
    "The convolutional network has fewer parameters than the fully connected one and is much better.": lambda: (
        models.cnn().count_params() < models.mlp().count_params() and gain("cnn", "mlp").low > 0.1
    ),
    "Where they do not, as here, most of the lead is gone.": lambda: lead("cnn_shuffled", "mlp_shuffled").high < lead("cnn", "mlp").low / 2,
    "When every stride becomes one, more than one thing changes.": lambda: all(
        sum(costs(built(ablations.without_strides), of)) > sum(costs(built(models.cnn), of))
        for of in ("parameters", "multiply_accumulates")
    ),
    "That fits the large dense layer as the reason; but pooling changes more than the size of that layer, so it is no proof.": lambda: (
        dense_inputs(ablations.without_strides) > dense_inputs(ablations.with_pooling) == dense_inputs(models.cnn)
        and gain("without_strides", "cnn", "gap").low > max(0, gain("with_pooling", "cnn", "gap").high)
        and np.not_equal(
            *(costs(built(build), "multiply_accumulates") for build in (ablations.without_strides, ablations.with_pooling))
        ).sum()
        > 1
    ),
    "But it is tempting to report the best epoch, and then the number is no longer honest: the largest of ten noisy numbers is flattered, "
    "because it owes part of its size to luck.": lambda: best_of_ten()[0] > 1 > 0.1 > abs(best_of_ten()[1]),
    "Then we choose from a larger field: the whole network, and those changed networks of the last section that our runs could not tell "
    "from it.": lambda: told(CHAPTER, "rivals") == 1 + len(not_told_apart()) > 1,
    "The third is not a result: it was chosen for being the largest, so it can never be below the second.": lambda: (
        says(CHAPTER, "flattered[run.seed] = max(test)", '"chosen by the held-out set": honest', '"chosen by the test set": flattered')
        and trial.flatters()
    ),
    "Both ways mostly choose the same one of the last epochs, so there is little luck to be had.": lambda: (
        np.mean(chosen_epochs()[:, 0] == chosen_epochs()[:, 1]) > 1 / 2 and chosen_epochs().min() > 0.7 * recipes.ARTICLE.epochs
    ),
    "Once the choice is made, you can train again on all images, as chapter 9 (Going further) does.": lambda: (
        {recipe.validation for recipe in experiments.TRIALS.values()} == {"held_out"} and recipes.FURTHER.validation == "test"
    ),
    "Chapter 9 (Going further) trains the same network better still.": lambda: (
        experiments.EXPERIMENTS["further"].build is experiments.EXPERIMENTS["cnn_better"].build and gain("further", "cnn_better").low > 0
    ),
    "With more epochs that recipe gets further, as that chapter shows; we did not train for longer by the article's recipe.": lambda: (
        gain("further_20_epochs", "further").low > 0
        and not any(
            recipe.epochs > recipes.ARTICLE.epochs and replace(recipe, epochs=recipes.ARTICLE.epochs) == recipes.ARTICLE
            for recipe in trained_with(models.cnn)
        )
    ),
    # Other pixels, but the same recipe.
    "Nor did we try what the fully connected network would gain from a better recipe.": lambda: all(
        replace(recipe, pixel_range=recipes.ARTICLE.pixel_range, shuffled_pixels=False) == recipes.ARTICLE
        for recipe in trained_with(models.mlp)
    ),
    "You can pause, and you can stop after any epoch: since the learning rate is constant, a shorter training is simply the beginning of a "
    "longer one.": lambda: (
        begins_alike(recipe := recipes.Recipe(**facts.RECIPE)) and not begins_alike(replace(recipe, schedule="one_cycle"))
    ),
    # Shares of unequal size, each error divided by the images of the whole batch.
    "Each takes its share of every batch, and they add up their gradients, as chapter 9 (Going further) explains.": lambda: near(
        sum(trial.mean_gradient(part) * len(INPUTS[part]) / len(INPUTS) for part in (slice(3), slice(3, None))),
        trial.mean_gradient(slice(None)),
    ),
    "The tries share most of their runs, so this interval is only rough.)": lambda: shared_by_tries() > 1 / 2,
}

# A sentence -> why nothing is computed.
SAID: dict[str, str] = {
    "Each of these numbers comes from a single run without a seed; nothing more is known about the runs.": (
        "a report of what the article says"
    ),
    "You need what you have read so far, or at least the ideas of filter, stride and padding, and you should have seen a network being "
    "trained.": "advice to the reader",
    "With some popular refinements, such as guided backpropagation, it hardly does, so they mostly show the image, and not what the "
    "network has learned.": "a report of what Adebayo et al. found",
    "Both are true, but one more number belongs beside them: how much each has to compute.": "announces the number that follows",
    "Newer and better networks lost less, so the authors concluded that years of choosing by the old test set are probably not the "
    "reason.": "a report of what Recht et al. found",
    "On a computer with several cores, try more Workers, parts of the page that compute side by side.": "says what to try",
    "Their settings come from an earlier trial whose test accuracy was known, so by this chapter's own standard the gain may be a little "
    "flattered.": "that trial was not recorded; the sentences after it try the rate again",
}
