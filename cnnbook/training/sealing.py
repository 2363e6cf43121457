"""Give the records that were made before there were digests and seals both. What has them stays as it is.

Usage: python -m cnnbook.training.sealing

Recipe, network and data are digested as the experiment defines them today, once it is made sure that the run is of that recipe and that
network; the code is null: nobody wrote down what it was.
"""

from dataclasses import asdict, replace

from cnnbook import records
from cnnbook.recipes import recipe_of
from cnnbook.run_record import RunRecord
from cnnbook.soundness import digest
from cnnbook.training import digests, digits
from cnnbook.training.experiments import EXPERIMENTS, Experiment, not_of


def with_digests(experiment: Experiment, run: RunRecord) -> RunRecord:
    """The run with its digests.

    Raises:
        ValueError: it is of another recipe or network.
    """
    if run.digests is not None:
        return run
    if fault := not_of(experiment, run):
        raise ValueError(f"{run.experiment}, seed {run.seed}: {fault}; run `make records`")
    network = digests.of_network(experiment.build)
    recipe = asdict(recipe_of(run.recipe))  # with what was not there to be mentioned
    found = {"recipe": digest(recipe), "network": network, "data": digests.CIFAR10, "code": None}
    return replace(run, recipe=recipe, digests=found)


def main() -> None:
    """All records; running it again changes nothing."""
    for name, experiment in EXPERIMENTS.items():
        if records.path_of(name).is_file():
            records.save(name, [with_digests(experiment, run) for run in records.load(name)])
        if records.activations_path(name).is_file():
            records.save_activations(name, records.load_activations(name))
    for name, setup in digits.EXPERIMENTS.items():
        records.save(
            name, [replace(run, digests=run.digests or digits.digests_of(setup) | {"code": None}) for run in digits.recorded(name)]
        )


if __name__ == "__main__":
    main()
