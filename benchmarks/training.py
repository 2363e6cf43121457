"""Images a second: Keras as in the article's listing, the book's training, and PyTorch, for the CNN of chapter 8.

Usage: python benchmarks/training.py [--rounds 5]      (needs the extra [benchmark] and CIFAR-10; some half an hour)

Each measurement is a process of its own; they alternate within a round, because machines vary from minute to minute.
"products" is no training: the sums of products of the convolutions and dense layers alone, forward and for the gradients, on
one batch that stays the same. It is what is left if everything else costs nothing. Results go to benchmarks/training.json.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np

from cnnbook import article, machine
from cnnbook.data import load_cifar10, scale

RESULTS = Path(__file__).with_suffix(".json")
RUNNERS = ("keras", "book", "torch", "products")
BATCHES = (32, 128)
IMAGES, WARM_UP = 50_000, 1_280  # an epoch, because what Keras waits for at its end depends on how long it is


def run_keras(images: np.ndarray, labels: np.ndarray, batch_size: int):
    """Float arrays and `fit`, as one would write it first."""
    from cnnbook.keras_quietly import keras
    from cnnbook.models import cnn

    model = cnn()
    model.compile(keras.optimizers.Adam(0.0005), "categorical_crossentropy", metrics=["accuracy"])
    x, y = scale(images), keras.utils.to_categorical(labels, 10)
    return lambda n: model.fit(x[:n], y[:n], batch_size=batch_size, verbose=0)


def run_book(images: np.ndarray, labels: np.ndarray, batch_size: int):
    """What `training.train` does in an epoch."""
    from cnnbook import recipes, training
    from cnnbook.models import cnn
    from cnnbook.training.fused_batch_norm import fused_batch_norm

    model = cnn()
    recipe = recipes.Recipe(batch_size=batch_size)
    training.compile(model, recipe, updates=1)

    def fit(n: int) -> None:
        with fused_batch_norm(model):
            model.fit(training.batches(images[:n], labels[:n], recipe, train=True), shuffle=False, verbose=0)

    return fit


def run_torch(images: np.ndarray, labels: np.ndarray, batch_size: int):
    """The same network and optimizer, pixels uint8 until the batch is made; channels last and the fused Adam are its fastest here."""
    import torch
    from torch import nn

    blocks, channels = [], 3
    for filters, stride in article.CONVOLUTIONS:
        blocks += [nn.Conv2d(channels, filters, 3, stride, 1), nn.BatchNorm2d(filters, eps=1e-3), nn.LeakyReLU(0.3)]
        channels = filters
    blocks += [nn.Flatten(), nn.Linear(4096, 128), nn.BatchNorm1d(128, eps=1e-3), nn.LeakyReLU(0.3), nn.Dropout(0.5), nn.Linear(128, 10)]
    model = nn.Sequential(*blocks).to(memory_format=torch.channels_last)
    optimizer, loss_of = torch.optim.Adam(model.parameters(), 0.0005, fused=True), nn.CrossEntropyLoss()
    x, y = torch.from_numpy(images).permute(0, 3, 1, 2), torch.from_numpy(labels).long()

    def fit(n: int) -> None:
        for index in torch.randperm(n).split(batch_size):
            optimizer.zero_grad()
            loss_of(model(x[index].float() / 127.5 - 1), y[index]).backward()
            optimizer.step()

    return fit


def run_products(images: np.ndarray, labels: np.ndarray, batch_size: int):
    """The CNN without BatchNormalization, activations, Dropout, loss, optimizer and input pipeline."""
    import tensorflow as tf

    from cnnbook.keras_quietly import keras
    from cnnbook.models import cnn

    layers = [layer for layer in cnn().layers if layer.weights or layer.name == "flatten"]
    layers = [layer for layer in layers if not isinstance(layer, keras.layers.BatchNormalization)]
    batch = tf.constant(scale(images[:batch_size]))

    @tf.function
    def gradients():
        with tf.GradientTape() as tape:
            x = batch
            for layer in layers:
                x = layer(x)
        return tape.gradient(x, [weight for layer in layers for weight in layer.trainable_variables])

    def compute(n: int) -> None:
        for _ in range(n // batch_size):
            gradients()

    return compute


def measure(runner: str, batch_size: int) -> dict:
    """In this process: images a second after a warm-up, and peak memory in GB."""
    cifar10 = load_cifar10()
    fit = globals()[f"run_{runner}"](cifar10.x_train, cifar10.y_train, batch_size)
    fit(WARM_UP)
    start = time.perf_counter()
    fit(IMAGES)
    seconds = time.perf_counter() - start
    return {"images_per_second": IMAGES / seconds, "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9}


def measure_in_process(runner: str, batch_size: int) -> dict:
    """The same in a fresh process."""
    command = [sys.executable, __file__, "--run", runner, "--batch", str(batch_size)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--run", choices=RUNNERS)
    parser.add_argument("--batch", type=int, default=32)
    arguments = parser.parse_args()
    if arguments.run:
        print(json.dumps(measure(arguments.run, arguments.batch)))
        return
    results = {"date": date.today().isoformat(), "rounds": {}}
    for batch_size in BATCHES:
        rounds = []
        for number in range(arguments.rounds):
            rounds.append({runner: measure_in_process(runner, batch_size) for runner in RUNNERS})
            speeds = "  ".join(f"{runner} {rounds[-1][runner]['images_per_second']:6.0f}" for runner in RUNNERS)
            print(f"batch {batch_size:3}  round {number + 1}  {speeds}", flush=True)
        results["rounds"][batch_size] = rounds
        for other in (runner for runner in RUNNERS if runner != "book"):
            ratios = sorted(r["book"]["images_per_second"] / r[other]["images_per_second"] for r in rounds)
            print(f"batch {batch_size:3}  book / {other}: median {statistics.median(ratios):.2f}, from {ratios[0]:.2f} to {ratios[-1]:.2f}")
        memory = ", ".join(f"{runner} {max(r[runner]['peak_gb'] for r in rounds):.2f} GB" for runner in RUNNERS)
        print(f"batch {batch_size:3}  peak memory: {memory}", flush=True)
    results |= {"machine": machine.name(), "versions": machine.versions() | {"torch": version("torch")}}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
