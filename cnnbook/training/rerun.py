"""Train one recorded run again, and compare: does the code still give what the book says?

Usage: python -m cnnbook.training.rerun [experiment seed]      (default: the date chooses)
"""

import argparse
import hashlib
import sys
from datetime import date

from cnnbook import data, records
from cnnbook.run_record import RunRecord
from cnnbook.training import agreement, digests, loop
from cnnbook.training.experiments import EXPERIMENTS, not_of
from cnnbook.training.recording import settled


def chosen(day: date) -> tuple[str, int]:
    """The experiment and the seed whose turn it is on a day; in the course of time, any of them.

    Example:
        >>> chosen(date(2026, 1, 5)) == chosen(date(2026, 1, 5))
        True
    """
    runs = [(name, seed) for name in sorted(EXPERIMENTS) for seed in EXPERIMENTS[name].seeds]
    return runs[int(hashlib.sha256(day.isoformat().encode()).hexdigest(), 16) % len(runs)]


def rerun(name: str, seed: int, cifar10: data.Cifar10) -> list[str]:
    """Train a recorded run again; how the result differs from the record, in sentences.

    Raises:
        ValueError: the record is of another recipe or network than the experiment today.
    """
    experiment, recorded = EXPERIMENTS[name], records.load(name)
    twin = next(run for run in recorded if run.seed == seed)
    if fault := not_of(experiment, twin):
        raise ValueError(f"{name}, seed {seed}: {fault}; run `make records`")
    callbacks = [settled(cifar10, experiment.recipe)]
    _, run = loop.train(experiment.build, cifar10, experiment.recipe, seed=seed, experiment=name, callbacks=callbacks)
    print(_compared(run, twin))
    return agreement.disagreements(run, recorded)


def _compared(run: RunRecord, twin: RunRecord) -> str:
    elsewhere = "with the spread of the recorded seeds, since the machine is a different one"
    how = "to the last digit" if agreement.same_machine(run, twin) else elsewhere
    same = twin.digests is not None and twin.digests["code"] == digests.of_code()
    since = "" if same else "; the code that trains has changed since then, or has no digest in the record"
    return f"test accuracy {run.test_accuracy:.2%}, recorded {twin.test_accuracy:.2%} on {twin.date}; compared {how}{since}"


def main(arguments: list[str]) -> str | None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("experiment", nargs="?", choices=EXPERIMENTS, metavar="experiment")
    parser.add_argument("seed", nargs="?", type=int, default=0)
    asked = parser.parse_args(arguments)
    name, seed = (asked.experiment, asked.seed) if asked.experiment else chosen(date.today())
    print(f"{name}, seed {seed}", flush=True)
    found = rerun(name, seed, data.load_cifar10())
    if found:
        return "\n".join([f"{name}, seed {seed} does not agree with its record:", *found, "What has changed in the training?"])
    print("it agrees with its record")
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
