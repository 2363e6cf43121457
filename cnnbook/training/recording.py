"""Run the long trainings and write their records and weights to records/. Runs that are recorded already are kept.

Usage: python -m cnnbook.training.recording [--beside-other-work] [experiment ...]      (default: all, one run after the other)

Of a run beside other work the seconds are not recorded, since they would say more about the other work.
"""

import argparse
import sys
from dataclasses import replace

from cnnbook import data, records
from cnnbook.recipes import Recipe, updates
from cnnbook.training import loop
from cnnbook.training.activation_watch import ActivationWatch
from cnnbook.training.experiments import EXPERIMENTS, not_of

SETTLED = 5_000  # training images whose accuracy is measured after each epoch
WATCHED = 256  # training images whose activations are watched


def missing_seeds(name: str) -> list[int]:
    """Seeds of which no run with the experiment's present recipe and network is recorded, or no activations where they are watched."""
    experiment = EXPERIMENTS[name]
    done = {run.seed for run in recorded(records.load, name) if not not_of(experiment, run)}
    unwatched = set(experiment.watched) - {watched.seed for watched in recorded(records.load_activations, name)}
    return [seed for seed in experiment.seeds if seed not in done or seed in unwatched]


def recorded(load, name: str) -> list:
    """What is recorded so far."""
    try:
        return load(name)
    except FileNotFoundError:
        return []


def settled(cifar10: data.Cifar10, recipe: Recipe) -> loop.AccuracyAfterEpoch:
    """The accuracy on the first training images after each epoch, as all recorded runs have it."""
    return loop.AccuracyAfterEpoch("train_accuracy", cifar10.x_train[:SETTLED], cifar10.y_train[:SETTLED], recipe)


def run_and_record(name: str, seed: int, cifar10: data.Cifar10, *, beside_other_work: bool = False) -> None:
    """One run; its records are merged with those of the other seeds.

    Raises:
        NotRecorded: it could not be written; the message says where the run is instead.
    """
    experiment = EXPERIMENTS[name]
    callbacks = [settled(cifar10, experiment.recipe)]
    if seed in experiment.watched:
        (trained, _), _ = loop.split(cifar10, experiment.recipe)
        total = updates(len(trained), experiment.recipe)
        watch = ActivationWatch(data.scale(cifar10.x_train[:WATCHED], experiment.recipe.pixel_range), total)
        callbacks.append(watch)
    model, run = loop.train(experiment.build, cifar10, experiment.recipe, seed=seed, experiment=name, callbacks=callbacks)
    print(f"test accuracy {run.test_accuracy:.2%} in {run.seconds:.0f} s", flush=True)
    if beside_other_work:
        run = replace(run, seconds=None)
    with records.kept([run]):
        if experiment.keep_weights and seed == 0:  # before the record: a run that is recorded has its weights
            bare = experiment.build()  # not compiled: the optimizer's state would triple the file
            bare.set_weights(model.get_weights())
            bare.save_weights(records.weights_path(name))
        if seed in experiment.watched:
            others = [watched for watched in recorded(records.load_activations, name) if watched.seed != seed]
            records.save_activations(name, [*others, watch.record(name, seed)])
        others = [other for other in recorded(records.load, name) if other.seed != seed]
        records.save(name, [*others, run])


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("experiments", nargs="*", metavar="experiment", help="default: all, one run after the other")
    parser.add_argument("--beside-other-work", action="store_true", help="do not record the seconds")
    chosen = parser.parse_args(arguments)
    if unknown := [name for name in chosen.experiments if name not in EXPERIMENTS]:
        parser.error(f"no experiment is called {', '.join(unknown)}; there are {', '.join(EXPERIMENTS)}")
    cifar10 = data.load_cifar10()
    for name in chosen.experiments or EXPERIMENTS:
        for seed in missing_seeds(name):
            print(f"{name}, seed {seed}", flush=True)
            run_and_record(name, seed, cifar10, beside_other_work=chosen.beside_other_work)


if __name__ == "__main__":
    main(sys.argv[1:])
