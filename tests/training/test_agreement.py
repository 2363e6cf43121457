"""A training that was not the recorded one is noticed: to the last digit on the same machine, by the spread of the seeds elsewhere."""

from dataclasses import replace

import pytest

from cnnbook import records
from cnnbook.run_record import RunRecord
from cnnbook.training.agreement import disagreements, same_machine

CNN = records.load("cnn")


def first_epoch(experiment: str, machine: str) -> RunRecord:
    """What seed 0 of another experiment measured in its first epoch, as if it were a run of the CNN, with the CNN's end."""
    history = records.load(experiment)[0].history
    first = {name: [history[name][0], *values[1:]] for name, values in CNN[0].history.items() if name in history}
    return replace(CNN[0], history=first, machine=machine)


HERE, ELSEWHERE = CNN[0].machine, "another processor, 8 cores"


@pytest.mark.parametrize("machine", [HERE, ELSEWHERE])
def test_a_recorded_run_agrees_with_itself_wherever_it_is_compared(machine):
    assert [disagreements(replace(run, machine=machine), CNN) for run in CNN] == [[]] * len(CNN)


# What was done wrong -> where it is on record; with 45,000 images is `cnn_held_out`.
WRONG = ["without_batch_norm", "without_dropout", "batch_norm_after", "noisy_batch_norm", "sweep_adam_0.05_cnn", "mlp"]


@pytest.mark.parametrize("wrong", [*WRONG, "cnn_held_out"])
def test_on_the_same_machine_the_first_epoch_of_a_wrong_training_is_noticed(wrong):
    found = disagreements(first_epoch(wrong, HERE), CNN)
    assert any(fault.startswith("loss after epoch 1 is") for fault in found)


@pytest.mark.parametrize("wrong", WRONG)
def test_elsewhere_the_first_epoch_of_a_wrong_training_is_noticed_too(wrong):
    (*_, found) = disagreements(first_epoch(wrong, ELSEWHERE), CNN)
    assert "after epoch 1 is" in found
    assert f"{len(CNN)} recorded seeds predict" in found


def test_the_last_digit_counts_on_the_same_machine_and_not_elsewhere():
    moved = {**CNN[0].history, "loss": [CNN[0].history["loss"][0] + 1e-5, *CNN[0].history["loss"][1:]]}
    here = replace(CNN[0], history=moved)
    (found,) = disagreements(here, CNN)
    assert found.startswith("loss after epoch 1 is 1.53599; recorded on the same kind of machine: 1.53598")
    assert disagreements(replace(here, machine=ELSEWHERE), CNN) == []


def test_another_end_another_network_and_other_data_are_noticed():
    assert disagreements(replace(CNN[0], test_accuracy=0.6, machine=ELSEWHERE), CNN)[0].startswith("test_accuracy is 0.6")
    faster = replace(CNN[0], recipe={**CNN[0].recipe, "learning_rate": 0.001})
    assert disagreements(faster, CNN) == ["its recipe is not the recorded one"]
    for part in ("network", "data"):
        other = replace(CNN[0], digests={**CNN[0].digests, part: "0" * 16})
        assert disagreements(other, CNN) == [f"its {part} is not the recorded one"]


@pytest.mark.parametrize("package", ["tensorflow", "keras", "numpy"])
def test_other_versions_are_another_machine_but_another_python_is_not(package):
    assert not same_machine(replace(CNN[0], versions={**CNN[0].versions, package: "0"}), CNN[0])
    assert same_machine(replace(CNN[0], versions={**CNN[0].versions, "python": "0"}), CNN[0])


def test_losses_that_are_no_numbers_agree_with_each_other():
    broken = replace(CNN[0], history={"loss": [None] * 10, "val_accuracy": CNN[0].history["val_accuracy"]})
    assert disagreements(broken, [broken]) == []
