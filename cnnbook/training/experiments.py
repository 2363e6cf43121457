"""The long trainings of the book by name: what is trained, how, with how many seeds; train one, or load what was recorded."""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from cnnbook import door, machine, models, records
from cnnbook.data import Cifar10
from cnnbook.keras_quietly import keras
from cnnbook.models import ablations
from cnnbook.recipes import ARTICLE, BETTER, FURTHER, QUICK, Recipe, recipe_of, updates
from cnnbook.run_record import RunRecord
from cnnbook.training import digests, loop

TRAIN = "CNNBOOK_TRAIN"
TRAINED = "CNNBOOK_TRAINED"  # names a file in which `train_or_load` notes each training; `make test` reads it
# The learning rates of the sweeps in chapter 6, about √10 apart; the second of Adam's is the article's.
RATES = {"adam": (0.00015, 0.0005, 0.0015, 0.005, 0.015, 0.05), "sgd": (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)}
SWEPT = (models.cnn, ablations.without_batch_norm)
# The best rate of each network in its sweep, by held-out images, carried to ten epochs; chapter 6 checks that they are the best.
CARRIED = {
    "sgd": {"cnn": 0.003, "without_batch_norm": 0.01},
    "adam": {"cnn": ARTICLE.learning_rate, "without_batch_norm": 0.0015},
}
# The recipe of "Going further" without one of its ingredients; chapter 9 checks that the first and the last have the best rate tried.
LEFT_OUT = {
    "without_muon": {"optimizer": BETTER.optimizer, "learning_rate": 0.016},
    "without_shifts": {"shifts": 0},
    "without_smoothing": {"label_smoothing": 0.0},
    "without_flips": {"flips": False},
    "without_augmentation": {"shifts": 0, "flips": False},
    # Four times as many updates; half the rate, as the square root of the batch (Malladi et al. 2022).
    "without_large_batches": {"batch_size": ARTICLE.batch_size, "learning_rate": FURTHER.learning_rate / 2},
    "without_schedule": {"schedule": "constant", "learning_rate": FURTHER.learning_rate / 2},
}
# Where BatchNormalization has most to lose: with and without it, with and without noise (chapter 5).
NOISE = (models.cnn, ablations.without_batch_norm, ablations.noisy_batch_norm, ablations.noise_alone)
NOISE_RECIPE = Recipe(epochs=1, optimizer="sgd", learning_rate=0.001)
WATCHED = (6, 7, 8)  # the seeds whose activations chapter 5 shows, of three networks
LENGTHS = (2, 3, 4, 20, 40)  # epochs of the same recipe; ten are "further" itself
# Trials: one seed each, judged on held-out images. First how little training the article's accuracy takes (chapter 9),
# as changes to the recipe of "Going further".
TRIED = {
    "trial_1": {"epochs": 2},
    "trial_2": {"epochs": 2, "shifts": 0},
    "trial_3": {"epochs": 2, "shifts": 0, "learning_rate": 0.03},
    "trial_4": {"epochs": 2, "shifts": 0, "learning_rate": 0.01, "batch_size": 64},
    "trial_5": {"epochs": 2, "shifts": 0, "learning_rate": 0.02, "batch_size": 64},
    "trial_6": {"epochs": 2, "shifts": 0, "learning_rate": 0.01, "batch_size": 32},
    "trial_7": {"epochs": 2, "shifts": 0, "learning_rate": 0.01, "batch_size": 64, "label_smoothing": 0.0},
    "trial_8": {"epochs": 2, "shifts": 0, "learning_rate": 0.01, "batch_size": 64, "flips": False},
    "trial_9": {"epochs": 2, "shifts": 0, "learning_rate": 0.01, "batch_size": 64, "flips": False, "label_smoothing": 0.0},
    "trial_10": {"epochs": 3},
    "trial_11": {"epochs": 3, "shifts": 0},
    "trial_12": {"epochs": 3, "learning_rate": 0.03},
}
# Then at which rate chapter 8's better recipe, that one and two of its rows do best, which lies between two others.
RATES_TRIED = {
    "better": (0.002, 0.004, 0.008, 0.016),
    "whole_recipe": (0.00375, 0.0075, 0.015, 0.03),
    "without_muon": (0.002, 0.004, 0.008, 0.016, 0.032),
    "without_schedule": (0.00375, 0.0075, 0.015),
}


@dataclass(frozen=True)
class Experiment:
    """A network and a recipe, trained from several seeds: from these, or, given a number, from so many beginning with 0.

    The activations of the seeds in `watched` are recorded too (chapter 5), and with `keep_weights` the trained weights of seed 0.

    Raises:
        TypeError, ValueError: `seeds` is neither a whole number of at least 1 nor a tuple of seeds, or a watched seed is not among them.

    Example:
        >>> Experiment(models.cnn, seeds=3).seeds
        (0, 1, 2)
    """

    build: Callable[[], keras.Model]
    recipe: Recipe = ARTICLE
    seeds: int | tuple[int, ...] = 5
    watched: tuple[int, ...] = ()
    keep_weights: bool = False

    def __post_init__(self):
        seeds = self.seeds if isinstance(self.seeds, tuple) else tuple(range(door.whole("seeds", self.seeds)))
        object.__setattr__(self, "seeds", _each_once("seeds", seeds))
        object.__setattr__(self, "watched", _each_once("watched", self.watched))
        if strangers := set(self.watched) - set(self.seeds):
            raise ValueError(f"watched is {self.watched}; it takes seeds of the experiment, and {min(strangers)} is none")
        object.__setattr__(self, "keep_weights", door.flag("keep_weights", self.keep_weights))


def _each_once(name: str, seeds: tuple) -> tuple[int, ...]:
    if not isinstance(seeds, tuple):
        raise TypeError(f"{name} is {seeds!r}; it takes a tuple of seeds")
    seeds = tuple(door.whole(f"{name}[{place}]", seed, 0) for place, seed in enumerate(seeds))
    if list(seeds) != sorted(set(seeds)):
        raise ValueError(f"{name} is {seeds}; it takes each seed once, in rising order")
    return seeds


def sweep_name(network: str, optimizer: str, rate: float) -> str:
    """The experiment of a learning-rate sweep with this network ("cnn" or "without_batch_norm"), optimizer and rate."""
    return f"sweep_{optimizer}_{rate:g}_{network}"


def rate_trial_name(row: str, rate: float) -> str:
    """The trial of a recipe, or of a row of "Going further", at a learning rate."""
    return f"trial_{row}_{rate:g}"


def held_out_by_rate(row: str) -> dict[float, float]:
    """At each learning rate that was tried, the accuracy on held-out images after the last epoch; one seed each.

    Raises:
        TypeError, ValueError: no rates were tried for such a row.

    Example:
        >>> list(held_out_by_rate("without_schedule"))
        [0.00375, 0.0075, 0.015]
    """
    row = door.choice("row", row, tuple(RATES_TRIED))
    return {rate: records.load(rate_trial_name(row, rate))[0].history["val_accuracy"][-1] for rate in RATES_TRIED[row]}


def carried_name(network: str, optimizer: str) -> str:
    """The experiment in which a network trains for ten epochs at the best rate of its sweep; by the article's recipe, its own."""
    of_article = (optimizer, CARRIED[optimizer][network]) == (ARTICLE.optimizer, ARTICLE.learning_rate)
    return network if of_article else f"best_{optimizer}_{network}"


SHORT = {name: replace(FURTHER, **changed) for name, changed in TRIED.items()}
TUNED = {
    rate_trial_name(row, rate): replace(BETTER if row == "better" else replace(FURTHER, **LEFT_OUT.get(row, {})), learning_rate=rate)
    for row, rates in RATES_TRIED.items()
    for rate in rates
}
TRIALS = {name: replace(recipe, validation="held_out") for name, recipe in (SHORT | TUNED).items()}
EXPERIMENTS: dict[str, Experiment] = {
    "mlp": Experiment(models.mlp, seeds=10, keep_weights=True),
    "mlp_zero_to_one": Experiment(models.mlp, Recipe(pixel_range=(0.0, 1.0))),
    "two_layer_cnn": Experiment(models.two_layer_cnn),
    "two_layer_cnn_relu": Experiment(models.two_layer_cnn_relu),
    "cnn": Experiment(models.cnn, seeds=10, watched=WATCHED, keep_weights=True),
    # At the best rate of the network without BatchNormalization (chapter 6).
    "cnn_higher_rate": Experiment(models.cnn, Recipe(learning_rate=CARRIED["adam"]["without_batch_norm"]), seeds=10),
    "cnn_better": Experiment(models.cnn, BETTER, keep_weights=True),
    "cnn_held_out": Experiment(models.cnn, Recipe(validation="held_out"), seeds=10, keep_weights=True),
    "without_batch_norm": Experiment(ablations.without_batch_norm, seeds=10, watched=WATCHED),
    "noisy_batch_norm": Experiment(ablations.noisy_batch_norm, seeds=10, watched=WATCHED),
    "noise_alone": Experiment(ablations.noise_alone, seeds=10),
    "without_dropout": Experiment(ablations.without_dropout, seeds=10),
    "batch_norm_after": Experiment(ablations.batch_norm_after, seeds=10),
    "dropout_before_batch_norm": Experiment(ablations.dropout_before_batch_norm, seeds=10, keep_weights=True),
    "without_strides": Experiment(ablations.without_strides),
    "with_pooling": Experiment(ablations.with_pooling, seeds=10),
    "mlp_shuffled": Experiment(models.mlp, Recipe(shuffled_pixels=True), seeds=10),
    "cnn_shuffled": Experiment(models.cnn, Recipe(shuffled_pixels=True)),
    "further": Experiment(models.cnn, FURTHER, seeds=10),
    **{
        f"further_{name}": Experiment(models.cnn, replace(FURTHER, **changed), seeds=5 if name == "without_augmentation" else 10)
        for name, changed in LEFT_OUT.items()
    },
    **{
        f"further_{epochs}_epochs": Experiment(models.cnn, replace(FURTHER, epochs=epochs), seeds=10 if epochs == 2 else 5)
        for epochs in LENGTHS
    },
    "quick": Experiment(models.cnn, QUICK, seeds=10),
    **{name: Experiment(models.cnn, recipe, seeds=1) for name, recipe in TRIALS.items()},
    **{
        sweep_name(build.__name__, optimizer, rate): Experiment(
            build, Recipe(epochs=1, optimizer=optimizer, learning_rate=rate, validation="held_out"), seeds=10
        )
        for build in SWEPT
        for optimizer, rates in RATES.items()
        for rate in rates
    },
    **{
        name: Experiment(
            build,
            Recipe(optimizer=optimizer, learning_rate=rates[build.__name__]),
            seeds=10 if optimizer == "adam" else 5,
        )
        for build in SWEPT
        for optimizer, rates in CARRIED.items()
        if (name := carried_name(build.__name__, optimizer)) != build.__name__
    },
    **{f"sgd_{NOISE_RECIPE.learning_rate:g}_{build.__name__}": Experiment(build, NOISE_RECIPE, seeds=10) for build in NOISE},
}


def not_of(experiment: Experiment, run: RunRecord) -> str:
    """What keeps a recorded run from being one of this experiment as it is defined today, or "".

    Networks are compared where Keras is of the same version: another one describes the same layer in other words.
    """
    if recipe_of(run.recipe) != experiment.recipe:
        return "it was trained by another recipe"
    if run.model != experiment.build.__name__:
        return f"its network is {run.model}, not {experiment.build.__name__}"
    if run.digests is None or run.versions.get("keras") != machine.versions()["keras"]:
        return ""
    if run.digests["network"] not in (digests.of_network(experiment.build), digests.of_network_before(experiment.build)):
        return f"the network {run.model} has changed since"
    return ""


def train_or_load(experiment: str, cifar10: Cifar10) -> tuple[keras.Model, RunRecord]:
    """Train seed 0 of an experiment where the environment variable CNNBOOK_TRAIN is 1; otherwise load its committed weights.

    Either way the epochs are printed; after loading they are the recorded ones. A training is noted in the file that the
    environment variable CNNBOOK_TRAINED names, if it is set.

    Raises:
        ValueError: no weights are kept of such an experiment or they cannot be read, what is recorded is of another recipe or network,
            or CNNBOOK_TRAIN is neither 0 nor 1.
        FileNotFoundError: they are not there.

    Example (not run by the tests: it needs CIFAR-10, and may train for minutes):
        >>> model, run = train_or_load("cnn", load_cifar10())  # doctest: +SKIP
    """
    _check_keeps_weights(experiment)
    wanted = os.environ.get(TRAIN, "0")
    if wanted not in ("0", "1"):
        raise ValueError(f"{TRAIN} is {wanted!r}; it takes 0 (load committed weights) or 1 (train)")
    build, recipe = EXPERIMENTS[experiment].build, EXPERIMENTS[experiment].recipe
    if wanted == "1":
        model, run = loop.train(build, cifar10, recipe, seed=0, experiment=experiment)
        _note(model, run)
        return model, run
    model = trained(experiment)
    (images, _), _ = loop.split(cifar10, recipe)
    loop.compile(model, recipe, updates=updates(len(images), recipe))
    run = next(run for run in records.load(experiment) if run.seed == 0)  # whose weights are kept
    if fault := not_of(EXPERIMENTS[experiment], run):
        raise ValueError(f"the recorded run of experiment {experiment!r} is out of date: {fault}; run `make records`")
    print(report(run))
    return model, run


def report(run: RunRecord) -> str:
    """What is printed of a recorded run whose weights were loaded: when it was trained, and its epochs."""
    took = "beside other work" if run.seconds is None else f"in {run.seconds:.0f} s"
    epochs = range(len(run.history["loss"]))
    lines = [loop.epoch_line(epoch, {name: values[epoch] for name, values in run.history.items()}) for epoch in epochs]
    return "\n".join([f"weights loaded; trained on {run.date} {took} ({run.machine})", loop.HEADER, *lines])


def _note(model: keras.Model, run: RunRecord) -> None:
    """One line of $CNNBOOK_TRAINED: the run, the process, and how often the optimizer has updated this very model."""
    if path := os.environ.get(TRAINED):
        note = {"process": os.getpid(), "updates": int(model.optimizer.iterations.numpy()), "run": asdict(run)}
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(note) + "\n")


def trained(experiment: str) -> keras.Model:
    """The network of an experiment with the committed weights of its seed 0, not compiled.

    Raises:
        ValueError: no weights are kept of such an experiment or they cannot be read.
        FileNotFoundError: they are not there.

    Example:
        >>> trained("cnn").count_params()
        592554
    """
    _check_keeps_weights(experiment)
    model = EXPERIMENTS[experiment].build()
    path = records.weights_path(experiment)
    if not path.is_file():
        raise FileNotFoundError(f"experiment {experiment!r} has no weights at {path}; train it with {TRAIN}=1")
    try:
        model.load_weights(path)
    except Exception as error:  # whatever a strange file makes h5py and Keras raise
        raise ValueError(f"{path} cannot be read as the weights of experiment {experiment!r}: {error}") from error
    return model


def _check_keeps_weights(experiment: str) -> None:
    kept = [name for name, known in EXPERIMENTS.items() if known.keep_weights]
    if experiment not in kept:
        raise ValueError(f"experiment is {experiment!r}; it takes one of {', '.join(kept)}")
