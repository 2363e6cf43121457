"""Have Keras train the small networks of `cases` and store the weights it ends with.

Usage: python -m tests.demos.engine.store      (writes keras_updates.npz beside this file; half a minute)
"""

from pathlib import Path

import numpy as np

from tests.demos.engine.cases import CASES, OPTIMIZERS, keras_weights

STORED = Path(__file__).with_name("keras_updates.npz")


def key(case, update: str, n: int) -> str:
    """The name of an array in the file."""
    return f"{case}/{update}/{n}"


if __name__ == "__main__":
    arrays = {
        key(case, update, n): value
        for case in CASES
        for update, weights in keras_weights(case.layers, OPTIMIZERS[case.optimizer]).items()
        for n, value in enumerate(weights)
    }
    np.savez_compressed(STORED, **arrays)
    print(f"{len(CASES)} cases, {STORED.stat().st_size:,} bytes")
