"""Train the networks of the book: the loop, the long trainings by name, and what they need besides Keras."""

from cnnbook.training.loop import AccuracyAfterEpoch, batches, compile, evaluate, predict, split, train

__all__ = ["AccuracyAfterEpoch", "batches", "compile", "evaluate", "predict", "split", "train"]
