"""Run the long trainings and write their records and weights to records/. Runs that are recorded already are kept.

Usage: python scripts/record.py [experiment ...]      (default: all; five seeds each, one run after the other)
"""

import sys
from dataclasses import asdict

from cnnbook import records, training
from cnnbook.data import load_cifar10

SEEDS = range(5)


def missing_seeds(experiment: str) -> list[int]:
    """Seeds of which no run with the experiment's present recipe is recorded."""
    recipe = as_json(asdict(training.EXPERIMENTS[experiment][1]))
    try:
        done = {run.seed for run in records.load(experiment) if run.recipe == recipe}
    except FileNotFoundError:
        done = set()
    return [seed for seed in SEEDS if seed not in done]


def as_json(recipe: dict) -> dict:
    """A recipe as it looks when read back: JSON knows no tuples."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in recipe.items()}


def main(experiments: list[str]) -> None:
    cifar10 = load_cifar10()
    for experiment in experiments or training.EXPERIMENTS:
        build, recipe = training.EXPERIMENTS[experiment]
        seeds = missing_seeds(experiment)
        kept = [] if seeds == list(SEEDS) else [run for run in records.load(experiment) if run.seed not in seeds]
        for seed in seeds:
            print(f"{experiment}, seed {seed}", flush=True)
            model, run = training.train(build, cifar10, recipe, seed=seed, experiment=experiment)
            print(f"test accuracy {run.test_accuracy:.2%} in {run.seconds:.0f} s", flush=True)
            if seed == 0:  # before the record: a run that is recorded has its weights
                bare = build()  # not compiled: the optimizer's state would triple the file
                bare.set_weights(model.get_weights())
                bare.save_weights(records.weights_path(experiment))
            kept = sorted([*kept, run], key=lambda run: run.seed)
            records.save(experiment, kept)


if __name__ == "__main__":
    main(sys.argv[1:])
