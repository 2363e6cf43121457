"""Augmentation: shifted pictures are windows of the picture mirrored at its edges, every shift is drawn, flipped ones are mirror images."""

from collections import Counter

import numpy as np
import pytest

from cnnbook.training import augmentation

IMAGES = np.random.default_rng(0).integers(0, 256, (400, 9, 7, 3), np.uint8)


def moved_by(image: np.ndarray, original: np.ndarray, pixels: int) -> tuple[int, int]:
    """How far down and across the original was moved to give the image."""
    height, width = image.shape[:2]
    padded = np.pad(original, [(pixels, pixels), (pixels, pixels), (0, 0)], "reflect")
    places = [(r, c) for r in range(2 * pixels + 1) for c in range(2 * pixels + 1)]
    (found,) = [(pixels - r, pixels - c) for r, c in places if np.array_equal(padded[r : r + height, c : c + width], image)]
    return found


@pytest.mark.parametrize("pixels", [1, 2])
def test_each_image_is_moved_by_a_step_of_its_own_and_all_steps_occur_equally_often(pixels):
    shifted = augmentation.shift(IMAGES, pixels, seed=3).numpy()
    assert (shifted.shape, shifted.dtype) == (IMAGES.shape, IMAGES.dtype)
    moves = Counter(moved_by(image, original, pixels) for image, original in zip(shifted, IMAGES, strict=True))
    steps = range(-pixels, pixels + 1)
    assert set(moves) == {(down, across) for down in steps for across in steps}
    expected = len(IMAGES) / len(moves)
    assert sum((count - expected) ** 2 / expected for count in moves.values()) < 2.5 * len(moves)  # chi-squared, far in its tail


def test_a_new_call_draws_anew():
    first, second = (augmentation.shift(IMAGES, 2, seed=3).numpy() for _ in range(2))
    assert (first != second).any()


def test_an_image_is_flipped_left_for_right_or_left_alone():
    flipped = augmentation.flip(IMAGES, seed=3).numpy()
    kept = [np.array_equal(image, original) for image, original in zip(flipped, IMAGES, strict=True)]
    turned = [np.array_equal(image[:, ::-1], original) for image, original in zip(flipped, IMAGES, strict=True)]
    assert all(a != b for a, b in zip(kept, turned, strict=True))
    assert 140 < sum(turned) < 260
