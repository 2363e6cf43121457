"""Did these tests train the networks that chapters train, was it today, and was it the right training? The last step of `make test`.

Usage: CNNBOOK_TRAINED=FILE python -m tests.trained      (the file that `train_or_load` wrote, one line a training)
"""

import json
import os
import sys
from datetime import date, timedelta
from pathlib import Path

from bookbuild.front_page import trained_anew
from cnnbook import article, recipes, records
from cnnbook.recipes import recipe_of
from cnnbook.run_record import RunRecord
from cnnbook.training import agreement
from cnnbook.training.experiments import EXPERIMENTS, TRAIN, TRAINED, not_of
from tests.conftest import cifar10_or_reason


def faults(experiment: str, notes: list[dict], recorded: list[RunRecord], today: date) -> list[str]:
    """What is wrong with an experiment's training, as `train_or_load` noted it; nothing where all is well."""
    if not notes:
        return [f"was not trained; is {TRAIN}=1 set, and does train_or_load heed it?"]
    run, wanted = RunRecord(**notes[-1]["run"]), EXPERIMENTS[experiment]
    found = []
    if fault := not_of(wanted, run):
        found.append(fault)
    # Twice midnight: a training may begin before it, and the tests may end after it.
    if not timedelta(0) <= today - date.fromisoformat(run.date) <= timedelta(1):
        found.append(f"its training is of {run.date}, not of today")
    images = article.TRAINING_IMAGES - (recipes.HELD_OUT if recipe_of(run.recipe).validation == "held_out" else 0)
    if (expected := recipes.updates(images, wanted.recipe)) != notes[-1]["updates"]:
        found.append(f"its weights were updated {notes[-1]['updates']} times, not {expected}")
    return found + agreement.disagreements(run, recorded)


def main() -> str | None:
    if isinstance(reason := cifar10_or_reason(), str):
        print(f"nothing was trained: {reason}")
        return None
    path = Path(os.environ[TRAINED])
    notes = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []
    wrong = []
    for experiment in sorted(trained_anew()):
        own = [note for note in notes if note["run"]["experiment"] == experiment]
        found = faults(experiment, own, records.load(experiment), date.today())
        wrong += [f"{experiment}: {fault}" for fault in found]
        if not found:
            how = (
                "to the last digit"
                if agreement.same_machine(RunRecord(**own[-1]["run"]), records.load(experiment)[0])
                else "within the spread"
            )
            print(f"{experiment} was trained in these tests and agrees with its record {how}")
    return "\n".join(wrong) or None


if __name__ == "__main__":
    sys.exit(main())
