"""`reference.conv2d` against Keras's operation, on 32 images of 32 x 32 x 32 with 32 filters of 3 x 3.

Usage: python benchmarks/reference.py
"""

import statistics
import time
from collections.abc import Callable

import numpy as np

from cnnbook.keras_quietly import keras
from cnnbook.reference import conv2d

ROUNDS = 15


def milliseconds(function: Callable[[], object]) -> float:
    """Time of one call."""
    start = time.perf_counter()
    function()
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    rng = np.random.default_rng(0)
    images = rng.normal(size=(32, 32, 32, 32)).astype("float32")
    kernels = rng.normal(size=(3, 3, 32, 32)).astype("float32")
    calls = {
        "reference": lambda: conv2d(images, kernels, padding="same"),
        "keras": lambda: np.asarray(keras.ops.conv(images, kernels, padding="same")),
    }
    for call in calls.values():
        call()
    rounds = [{name: milliseconds(call) for name, call in calls.items()} for _ in range(ROUNDS)]
    for name in calls:
        times = sorted(r[name] for r in rounds)
        print(f"{name:10} median {statistics.median(times):6.1f} ms, from {times[0]:.1f} to {times[-1]:.1f}")
    ratios = sorted(r["reference"] / r["keras"] for r in rounds)
    print(f"reference / keras: median {statistics.median(ratios):.2f}, from {ratios[0]:.2f} to {ratios[-1]:.2f}")


if __name__ == "__main__":
    main()
