"""Keras and TensorFlow without their greetings: the one place that loads them.

TensorFlow's C++ greets on stderr when it is loaded, whatever the log level, and nbval would compare that.
"""

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager

if missing := [name for name in ("tensorflow", "keras") if importlib.util.find_spec(name) is None]:
    raise ModuleNotFoundError(
        f"{' and '.join(missing)} missing, which cnnbook needs for its networks and their training; install cnnbook[keras]"
    )


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Drop what is written to file descriptor 2, which C++ writes to."""
    kept, devnull = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(devnull)


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
with _silent_stderr():
    import keras
    import tensorflow as tf
    from keras import layers
    from keras.src.models.functional import Functional  # what keras.Model makes of layers; Keras has no public name for it

__all__ = ["Functional", "keras", "layers", "tf"]
