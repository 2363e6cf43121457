"""Training on several devices and in several processes gives what one device gives."""

import json
import os
import re
import subprocess
import sys
import time

import nbformat
import numpy as np
import pytest

from cnnbook import models
from cnnbook.data import Cifar10
from cnnbook.keras_quietly import keras, layers
from cnnbook.training import worker
from cnnbook.training.replicas import replicated
from tests.conftest import ROOT, markdown

ROUNDING = {"mlp": 1e-5, "without_dropout": 1e-3}  # in a deep network training amplifies it
# The whole recipe, cut short, in a process whose processor acts as two devices.
PREPARED = """
import dataclasses, json
import numpy as np
from cnnbook import data, models, recipes, training
from cnnbook.keras_quietly import keras
from cnnbook.training import replicas, worker
import tensorflow as tf
worker.divided_processor(2)
recipes.FURTHER = dataclasses.replace(recipes.FURTHER, epochs=2)
cifar10 = data.load_cifar10().first(512)
"""
LITTLE = Cifar10(*2 * (np.zeros((1, 32, 32, 3), np.uint8), np.zeros(1, np.uint8)))


def weights_of(path) -> list[np.ndarray]:
    with np.load(path) as arrays:
        return list(arrays.values())


@pytest.fixture(scope="module", params=ROUNDING)
def network(request, cifar10, tmp_path_factory):
    """The arguments of a short training, and the weights and accuracy that one process on one device gets from it."""
    few = cifar10.first(128 if request.param == "without_dropout" else 1_000)
    arguments = (request.param, few, tmp_path_factory.mktemp(request.param) / "weights.npz")
    (alone,) = worker.on_this_machine(1, *arguments)
    assert alone["replicas"] == 1
    return arguments, weights_of(arguments[-1]), alone["test_accuracy"]


def assert_same(network, weights, accuracy):
    (name, *_), expected, expected_accuracy = network
    for ours, theirs in zip(weights, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=ROUNDING[name])
    assert accuracy == pytest.approx(expected_accuracy, abs=0.01)


def test_two_processes_give_the_weights_of_one(network):
    both = worker.on_this_machine(2, *network[0])
    assert [one["replicas"] for one in both] == [2, 2]
    assert both[0] == both[1]
    assert_same(network, weights_of(network[0][-1]), both[0]["test_accuracy"])


def test_two_devices_of_one_process_give_the_weights_of_one_device(network):
    (divided,) = worker.on_this_machine(1, *network[0], "--devices", "2")
    assert divided["replicas"] == 2
    assert_same(network, weights_of(network[0][-1]), divided["test_accuracy"])


def test_the_test_would_notice_a_batch_that_is_not_shared(network):
    """Half of the batches, as one of two workers that do not talk would see them, leads to other weights."""
    (name, images, weights), expected, _ = network
    worker.on_this_machine(1, name, images.first(len(images.x_train) // 2), weights)
    assert max(np.abs(a - b).max() for a, b in zip(weights_of(weights), expected, strict=True)) > 10 * ROUNDING[name]


def on_two_devices(code: str) -> dict:
    """What the code prints in its last line, as JSON, after the lines above."""
    done = subprocess.run([sys.executable, "-c", PREPARED + code], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.usefixtures("cifar10")
def test_the_listing_of_the_chapter_trains_the_cnn_on_two_devices_by_the_whole_recipe():
    chapter = nbformat.read(ROOT / "chapters" / "09_going_further.ipynb", as_version=4)
    (listing,) = re.findall(r"```python\n(.*?)```", "\n".join(markdown(chapter)), re.DOTALL)
    shown = """
told = {"replicas": model.distribute_strategy.num_replicas_in_sync, "optimizer": run.recipe["optimizer"], "losses": run.history["loss"]}
print(json.dumps(told))
"""
    told = on_two_devices(listing + shown)
    assert told["replicas"] == 2
    assert told["optimizer"] == "muon"
    assert told["losses"][-1] < told["losses"][0]


@pytest.mark.usefixtures("cifar10")
def test_the_whole_recipe_gives_the_same_weights_on_two_devices_as_on_one():
    """In the network without BatchNormalization and Dropout, in which nothing magnifies rounding."""
    told = on_two_devices("""
alone, _ = training.train(models.mlp, cifar10, recipes.FURTHER, seed=0)
with tf.distribute.MirroredStrategy().scope():
    divided, _ = training.train(replicas.replicated(models.mlp), cifar10, recipes.FURTHER, seed=0)
apart = [float(np.abs(a - b).max()) for a, b in zip(alone.get_weights(), divided.get_weights())]
keras.utils.set_random_seed(0)
moved = min(float(np.abs(a - b).max()) for a, b in zip(alone.get_weights(), models.mlp().get_weights()))
print(json.dumps({"apart": max(apart), "moved": moved, "replicas": divided.distribute_strategy.num_replicas_in_sync}))
""")
    assert told["replicas"] == 2
    assert told["apart"] < 1e-5
    assert told["moved"] > 100 * told["apart"]


def test_a_worker_that_fails_says_why(tmp_path):
    with pytest.raises(RuntimeError, match="no_such_network"):
        worker.on_this_machine(1, "no_such_network", LITTLE, tmp_path / "weights.npz")


def test_the_first_worker_that_fails_is_reported_and_the_others_do_not_wait_for_it(tmp_path, monkeypatch):
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\ncase "$TF_CONFIG" in *\'"index": 1\'*) echo out of luck >&2; exit 3;; esac\nexec sleep 100\n')
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    start = time.monotonic()
    with pytest.raises(RuntimeError, match="a worker failed: out of luck"):
        worker.on_this_machine(3, "mlp", LITTLE, tmp_path / "weights.npz")
    assert time.monotonic() - start < 60


def test_a_worker_finds_the_package_where_it_is_only_on_the_path_as_on_colab(tmp_path, monkeypatch):
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\necho "{\\"path\\": \\"$PYTHONPATH\\", \\"gpu\\": \\"$CUDA_VISIBLE_DEVICES\\"}"\n')
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    (told,) = worker.on_this_machine(1, "mlp", LITTLE, tmp_path / "weights.npz")
    assert told == {"path": f"{ROOT}{os.pathsep}/elsewhere", "gpu": "-1"}


def test_a_replicated_network_has_the_same_weights_in_the_same_places():
    keras.utils.set_random_seed(0)
    plain = models.cnn()
    keras.utils.set_random_seed(0)
    spread = replicated(models.cnn)()
    for ours, theirs in zip(spread.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert all(layer.synchronized for layer in spread.layers if isinstance(layer, layers.BatchNormalization))
    assert replicated(models.cnn).__name__ == "cnn"


def test_a_model_that_cannot_be_replicated_is_refused():
    with pytest.raises(TypeError, match="Sequential"):
        replicated(lambda: keras.Sequential([keras.Input((2,)), layers.Dense(1)]))()


@pytest.mark.parametrize("workers", [0, -1, True, 2.5, "2"])
def test_a_number_of_processes_that_is_none_is_refused_by_name_before_anything_starts(tmp_path, workers):
    with pytest.raises((TypeError, ValueError), match=rf"workers is {workers!r}; it takes an int of at least 1"):
        worker.on_this_machine(workers, "mlp", LITTLE, tmp_path / "weights.npz")
