"""The images of the book: CIFAR-10, verified whatever way it came, photographs, small digits, and images as worse cameras see them."""

from cnnbook.data.changes import blurred, brightened, moved, noisy, pixel_order, shuffled
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
)
from cnnbook.data.digits import MOST_INK, Digits, load_digits
from cnnbook.data.labelled import images, labels, pixels, scale
from cnnbook.data.photographs import PHOTOGRAPHS, Photograph, grey, photograph

__all__ = [
    "ARCHIVE_SHA256",
    "ARCHIVE_URLS",
    "ARRAY_SHA256",
    "CLASS_NAMES",
    "ENVIRONMENT",
    "MOST_INK",
    "PHOTOGRAPHS",
    "Cifar10",
    "DataUnavailable",
    "Digits",
    "Photograph",
    "blurred",
    "brightened",
    "grey",
    "images",
    "keras_archive",
    "labels",
    "load_cifar10",
    "load_digits",
    "moved",
    "noisy",
    "photograph",
    "pixel_order",
    "pixels",
    "scale",
    "shuffled",
]
