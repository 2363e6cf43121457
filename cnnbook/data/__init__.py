"""The images of the book: CIFAR-10, verified whatever way it came, two sample photographs, and what a worse camera makes of images."""

from cnnbook.data.changes import blurred, brightened, moved, noisy
from cnnbook.data.cifar10 import (
    ARCHIVE_SHA256,
    ARCHIVE_URLS,
    ARRAY_SHA256,
    CLASS_NAMES,
    ENVIRONMENT,
    Cifar10,
    DataUnavailable,
    keras_archive,
    load_cifar10,
    scale,
)
from cnnbook.data.photographs import PHOTOGRAPHS, Photograph, grey, photograph

__all__ = [
    "ARCHIVE_SHA256",
    "ARCHIVE_URLS",
    "ARRAY_SHA256",
    "CLASS_NAMES",
    "ENVIRONMENT",
    "PHOTOGRAPHS",
    "Cifar10",
    "DataUnavailable",
    "Photograph",
    "blurred",
    "brightened",
    "grey",
    "keras_archive",
    "load_cifar10",
    "moved",
    "noisy",
    "photograph",
    "scale",
]
