"""`reference.conv2d` and its gradients against Keras, on 32 images of 32 x 32 x 32 with 32 filters of 3 x 3.

Usage: python -m benchmarks.reference

Both are timed in turn, so that what else the machine does meets both alike. All times, in milliseconds, go to benchmarks/reference.json.
"""

import json
import os
import statistics
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np

from cnnbook import machine
from cnnbook.keras_quietly import keras, tf
from cnnbook.reference import conv2d, conv2d_gradients

RESULTS = Path(__file__).with_suffix(".json")
ROUNDS, WARM_UP = 30, 3


def milliseconds(function: Callable[[], object]) -> float:
    """Time of one call."""
    start = time.perf_counter()
    function()
    return 1000 * (time.perf_counter() - start)


def calls() -> dict[str, dict[str, Callable[[], object]]]:
    """What is compared: by what is computed, then by who computes it."""
    rng = np.random.default_rng(0)
    images, upstream = (rng.normal(size=(32, 32, 32, 32)).astype("float32") for _ in range(2))
    kernels = rng.normal(size=(3, 3, 32, 32)).astype("float32")

    @tf.function
    def on_tape(images: tf.Tensor, kernels: tf.Tensor, upstream: tf.Tensor) -> tuple[tf.Tensor, list[tf.Tensor]]:
        bias = tf.zeros(32)
        with tf.GradientTape() as tape:
            tape.watch([images, kernels, bias])
            output = keras.ops.conv(images, kernels, padding="same") + bias
        return output, tape.gradient(output, [images, kernels, bias], output_gradients=upstream)

    def reference_both() -> None:
        conv2d(images, kernels, np.zeros(32), padding="same")
        conv2d_gradients(images, kernels, upstream, padding="same")

    return {
        "forward": {
            "reference": lambda: conv2d(images, kernels, padding="same"),
            "keras": lambda: np.asarray(keras.ops.conv(images, kernels, padding="same")),
        },
        "forward and gradients": {
            "reference": reference_both,
            "keras": lambda: [np.asarray(result) for result in tf.nest.flatten(on_tape(images, kernels, upstream))],
        },
    }


def main() -> None:
    results = {
        "date": date.today().isoformat(),
        "machine": machine.name(),
        "numpy": np.__version__,
        "keras": keras.__version__,
        "load": round(os.getloadavg()[0], 1),
    }
    print(*results.values(), sep=", ")
    results["runs"] = []
    for what, sides in calls().items():
        rounds = [{side: milliseconds(call) for side, call in sides.items()} for _ in range(WARM_UP + ROUNDS)][WARM_UP:]
        medians = {side: round(statistics.median(times[side] for times in rounds), 1) for side in sides}
        ratio = round(statistics.median(times["reference"] / times["keras"] for times in rounds), 2)
        results["runs"].append({"what": what, "medians": medians, "ratio": ratio, "milliseconds": rounds})
        print(f"{what}: {medians}, reference / keras {ratio}")
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
