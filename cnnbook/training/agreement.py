"""Does a training agree with what is recorded of it? To the last digit on the same machine, otherwise as well as the seeds agree."""

from cnnbook import claims, machine
from cnnbook.recipes import recipe_of
from cnnbook.run_record import RunRecord

# Of the first epoch. A wrong training shows here at once: the means over 1,563 updates hardly differ between seeds.
FIRST = ("loss", "val_accuracy")


def same_machine(run: RunRecord, other: RunRecord) -> bool:
    """Were both trained on machines that are `machine.alike`?"""
    return machine.alike(run.machine, run.versions, other.machine, other.versions)


def disagreements(run: RunRecord, recorded: list[RunRecord]) -> list[str]:
    """How what `run` measured differs from the recorded runs of its experiment, in sentences.

    Where the run of its seed was recorded on the same kind of machine, all that both measured must be the same. Elsewhere rounding makes
    of one seed another run: its first epoch and its test accuracy then lie where the recorded seeds predict one more run, in the
    interval of `claims.prediction_interval`.

    Raises:
        StopIteration: the seed is not recorded.
    """
    twin = next(other for other in recorded if other.seed == run.seed)
    found = []
    same_keras = run.versions.get("keras") == twin.versions.get("keras")  # another Keras describes the same network in other words
    if recipe_of(run.recipe) != recipe_of(twin.recipe):  # not by digest: an older record does not mention what had its default
        found.append("its recipe is not the recorded one")
    for part in ("network", "data") if same_keras else ("data",):
        if twin.digests and run.digests and twin.digests[part] != run.digests[part]:
            found.append(f"its {part} is not the recorded one")
    return found + (_exactly(run, twin) if same_machine(run, twin) else _about(run, recorded))


def _exactly(run: RunRecord, twin: RunRecord) -> list[str]:
    found = []
    for name in twin.history.keys() & run.history.keys():
        for epoch, (measured, expected) in enumerate(zip(run.history[name], twin.history[name], strict=True), 1):
            if repr(measured) != repr(expected):  # NaN is like NaN here
                found.append(f"{name} after epoch {epoch} is {measured}; recorded on the same kind of machine: {expected}")
                break
    for name in ("test_accuracy", "test_loss"):
        if repr(getattr(run, name)) != repr(getattr(twin, name)):
            found.append(f"{name} is {getattr(run, name)}; recorded on the same kind of machine: {getattr(twin, name)}")
    return sorted(found)


def _about(run: RunRecord, recorded: list[RunRecord]) -> list[str]:
    measures = {f"{name} after epoch 1": lambda each, name=name: each.history[name][0] for name in FIRST}
    measures["test_accuracy"] = lambda each: each.test_accuracy
    found = []
    for what, measure in measures.items():
        low, high = claims.prediction_interval([measure(each) for each in recorded])
        if not low <= measure(run) <= high:
            found.append(f"{what} is {measure(run)}; {len(recorded)} recorded seeds predict {low:.5f} to {high:.5f}")
    return found
