"""One of several processes, on one machine or many, that train a network together, or one process that divides its processor.

Usage: TF_CONFIG='{"cluster": {"worker": ["host:port", ...]}, "task": {"type": "worker", "index": 0}}' \\
       python -m cnnbook.worker NETWORK WEIGHTS.npz --images 2000
       python -m cnnbook.worker NETWORK WEIGHTS.npz --images 2000 --devices 2

With TF_CONFIG each process is told the addresses of all, and which of them it is. Without, it is alone, and may act as several
devices. The network is a function of `models` or `ablations`. The first worker writes the weights; each prints its test accuracy.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np

from cnnbook import ablations, models, training
from cnnbook.data import load_cifar10
from cnnbook.replicas import replicated
from cnnbook.training import Recipe

import tensorflow as tf  # isort: skip


def divided_processor(devices: int) -> tf.distribute.MirroredStrategy:
    """A strategy with this processor as so many devices: slower than one, but with all that several devices have to settle."""
    names = [f"CPU:{number}" for number in range(devices)]
    tf.config.set_logical_device_configuration(
        tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration() for _ in names]
    )
    return tf.distribute.MirroredStrategy(names)


def train_together(strategy: tf.distribute.Strategy, network: str, weights: Path, images: int, recipe: Recipe) -> None:
    """What this process does: train on the first training images with the others, test on as many, write the weights."""
    cifar10 = load_cifar10()
    few = replace(cifar10, **{name: getattr(cifar10, name)[:images] for name in ("x_train", "y_train", "x_test", "y_test")})
    build = getattr(models, network, None) or getattr(ablations, network)
    with strategy.scope():
        model, run = training.train(replicated(build), few, recipe, seed=0, verbose=False)
    if not strategy.cluster_resolver or strategy.cluster_resolver.task_id == 0:
        np.savez(weights, *model.get_weights())
    print(json.dumps({"replicas": strategy.num_replicas_in_sync, "test_accuracy": run.test_accuracy}))


def on_this_machine(workers: int, *arguments: str) -> list[dict]:
    """Start as many processes of this module on this machine, connected through the loopback interface; what each prints.

    Raises:
        RuntimeError: one of them failed; its last words are in the message.

    Example:
        >>> on_this_machine(2, "mlp", "weights.npz", "--images", "2000")  # doctest: +SKIP
    """
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(workers)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))  # a free port, of the system's choice
        addresses = [f"127.0.0.1:{each.getsockname()[1]}" for each in sockets]
    started = []
    for index in range(workers):
        config = json.dumps({"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}})
        command = [sys.executable, "-m", "cnnbook.worker", *arguments]
        environment = os.environ | ({"TF_CONFIG": config} if workers > 1 else {})
        started.append(subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
    try:
        outputs = [process.communicate(timeout=300) for process in started]
    finally:
        for process in started:
            process.kill()
    for process, (_, complaints) in zip(started, outputs, strict=True):
        if process.returncode:
            raise RuntimeError(f"a worker failed: {complaints.strip().splitlines()[-1] if complaints.strip() else process.returncode}")
    return [json.loads(out.splitlines()[-1]) for out, _ in outputs]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network")
    parser.add_argument("weights", type=Path)
    parser.add_argument("--devices", type=int, default=1)
    parser.add_argument("--images", type=int, default=2_000)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--optimizer", default="sgd")
    parser.add_argument("--learning-rate", type=float, default=0.01)
    chosen = parser.parse_args()
    recipe = Recipe(epochs=chosen.epochs, optimizer=chosen.optimizer, learning_rate=chosen.learning_rate)
    strategy = tf.distribute.MultiWorkerMirroredStrategy() if "TF_CONFIG" in os.environ else divided_processor(chosen.devices)
    train_together(strategy, chosen.network, chosen.weights, chosen.images, recipe)


if __name__ == "__main__":
    main()
