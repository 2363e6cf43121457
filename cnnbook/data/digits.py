"""Small images of handwritten digits, which come with scikit-learn: 8 × 8 pixels from 0 (paper) to 16 (ink).

They are the test set of the "Optical Recognition of Handwritten Digits" data set (E. Alpaydin and C. Kaynak, UCI, 1998, CC BY 4.0).
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

MOST_INK = 16
EVERY = 5  # every fifth image of each digit is a test image; the order is that of the writers, so both parts have all of them


@dataclass(frozen=True)
class Digits:
    """Images uint8 (number, 8, 8, 1) from 0 to 16 and labels uint8 (number,), split once and for all."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


@cache
def load_digits() -> Digits:
    """The 1,797 digits: 1,442 to train on, 355 to test.

    Example:
        >>> digits = load_digits()
        >>> digits.x_train.shape, digits.x_test.shape, digits.x_train.max()
        ((1442, 8, 8, 1), (355, 8, 8, 1), np.uint8(16))
    """
    from sklearn import datasets  # takes a second, and most readers of `data` need no digits

    pixels, labels = datasets.load_digits(return_X_y=True)
    pixels, labels = pixels.reshape(-1, 8, 8, 1).astype(np.uint8), labels.astype(np.uint8)
    is_test = np.zeros(len(labels), bool)
    for digit in range(10):
        is_test[np.flatnonzero(labels == digit)[EVERY - 1 :: EVERY]] = True
    arrays = [pixels[~is_test], labels[~is_test], pixels[is_test], labels[is_test]]
    for array in arrays:
        array.setflags(write=False)
    return Digits(*arrays)
