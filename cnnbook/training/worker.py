"""One of several processes, on one machine or many, that train a network together, or one process that divides its processor.

Usage: TF_CONFIG='{"cluster": {"worker": ["host:port", ...]}, "task": {"type": "worker", "index": 0}}' \\
       python -m cnnbook.training.worker NETWORK IMAGES.npz WEIGHTS.npz
       python -m cnnbook.training.worker NETWORK IMAGES.npz WEIGHTS.npz --devices 2

With TF_CONFIG each process is told the addresses of all, and which of them it is. Without, it is alone, and may act as several
devices. The network is a function of `models` or `ablations`, and IMAGES.npz has the arrays x_train, y_train, x_test and y_test.
The first worker writes the weights; each prints its test accuracy.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from cnnbook import door, models
from cnnbook.data import ARRAY_SHA256, Cifar10
from cnnbook.keras_quietly import tf
from cnnbook.models import ablations
from cnnbook.recipes import Recipe
from cnnbook.training.loop import train
from cnnbook.training.replicas import replicated


def divided_processor(devices: int) -> tf.distribute.MirroredStrategy:
    """A strategy with this processor as so many devices: slower than one, but with all that several devices have to settle."""
    names = [f"CPU:{number}" for number in range(door.whole("devices", devices))]
    tf.config.set_logical_device_configuration(
        tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration() for _ in names]
    )
    return tf.distribute.MirroredStrategy(names)


def train_together(strategy: tf.distribute.Strategy, network: str, cifar10: Cifar10, weights: Path, recipe: Recipe) -> None:
    """What this process does: train and test with the others, write the weights."""
    build = getattr(models, network, None) or getattr(ablations, network)
    with strategy.scope():
        model, run = train(replicated(build), cifar10, recipe, seed=0, verbose=False)
    if not strategy.cluster_resolver or strategy.cluster_resolver.task_id == 0:
        np.savez(weights, *model.get_weights())
    print(json.dumps({"replicas": strategy.num_replicas_in_sync, "test_accuracy": run.test_accuracy}))


def on_this_machine(workers: int, network: str, cifar10: Cifar10, weights: Path, *options: str) -> list[dict]:
    """Start as many processes of this module on this machine, connected through the loopback interface; what each prints.

    Each gets the images of `cifar10` and nothing more, since they share the memory of one machine.

    Raises:
        TypeError, ValueError: `workers` is no whole number of at least 1.
        RuntimeError: one of them failed; its last words are in the message.

    Example (not run by the tests: it trains):
        >>> on_this_machine(2, "mlp", load_cifar10().first(2_000), Path("weights.npz"))  # doctest: +SKIP
    """
    workers = door.whole("workers", workers)
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(workers)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))  # a free port, of the system's choice
        addresses = [f"127.0.0.1:{each.getsockname()[1]}" for each in sockets]
    # On Colab the package is not installed, only on the path; and its one GPU is not for several processes.
    path = os.pathsep.join(filter(None, [str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH")]))
    with TemporaryDirectory() as folder:
        images = Path(folder) / "images.npz"
        np.savez(images, **{name: getattr(cifar10, name) for name in ARRAY_SHA256})
        started = []
        for index in range(workers):
            config = json.dumps({"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}})
            command = [sys.executable, "-m", "cnnbook.training.worker", network, str(images), str(weights), *options]
            environment = os.environ | {"PYTHONPATH": path, "CUDA_VISIBLE_DEVICES": "-1"} | ({"TF_CONFIG": config} if workers > 1 else {})
            started.append(subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        with ThreadPoolExecutor(workers) as readers:
            results = [readers.submit(_result, process) for process in started]
            try:
                done, _ = wait(results, return_when=FIRST_EXCEPTION)
            finally:
                for process in started:
                    process.kill()  # where one failed, the others would wait for it
        for result in done:
            result.result()  # raises what went wrong first
        return [result.result() for result in results]


def _result(process: subprocess.Popen) -> dict:
    """What a worker prints at its end."""
    out, complaints = process.communicate(timeout=300)
    if process.returncode:
        raise RuntimeError(f"a worker failed: {complaints.strip().splitlines()[-1] if complaints.strip() else process.returncode}")
    return json.loads(out.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network")
    parser.add_argument("images", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--devices", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--optimizer", default="sgd")
    parser.add_argument("--learning-rate", type=float, default=0.01)
    chosen = parser.parse_args()
    recipe = Recipe(epochs=chosen.epochs, optimizer=chosen.optimizer, learning_rate=chosen.learning_rate)
    strategy = tf.distribute.MultiWorkerMirroredStrategy() if "TF_CONFIG" in os.environ else divided_processor(chosen.devices)
    with np.load(chosen.images) as arrays:
        cifar10 = Cifar10(**arrays)
    train_together(strategy, chosen.network, cifar10, chosen.weights, recipe)


if __name__ == "__main__":
    main()
