"""Changed images: each change does what its name says, and none leaves the range of pixels."""

import numpy as np
import pytest

from cnnbook import data

IMAGES = np.random.default_rng(0).integers(0, 256, (3, 8, 10, 3), np.uint8)
CHANGES = [data.brightened, data.blurred, data.moved, data.noisy]


@pytest.mark.parametrize("change", CHANGES)
def test_no_change_leaves_the_images_as_they_are_and_any_keeps_shape_and_type(change):
    np.testing.assert_array_equal(change(IMAGES, 0), IMAGES)
    before = IMAGES.copy()
    changed = change(IMAGES, 3)
    assert (changed.shape, changed.dtype) == (IMAGES.shape, np.uint8)
    assert (changed != IMAGES).any()
    np.testing.assert_array_equal(IMAGES, before)


def test_brightening_adds_to_every_value_and_stops_at_black_and_white():
    for amount in (-60, 60):
        expected = [min(255, max(0, int(value) + amount)) for value in IMAGES.ravel()]
        assert data.brightened(IMAGES, amount).ravel().tolist() == expected
    assert data.brightened(IMAGES, 255).min() == 255
    assert data.brightened(IMAGES, -255).max() == 0


def test_a_blur_spreads_a_dot_evenly_over_rows_and_columns_and_not_into_other_images_or_channels():
    dot = np.zeros((2, 15, 15, 3), np.uint8)
    dot[0, 7, 7, 1] = 255
    blurred = data.blurred(dot, 1.0)
    assert blurred[1].max() == 0
    assert blurred[0, ..., [0, 2]].max() == 0
    spread = blurred[0, ..., 1]
    np.testing.assert_array_equal(spread, spread.T)
    assert spread[7, 7] == pytest.approx(255 / (2 * np.pi), abs=1)  # a Gaussian's peak
    assert 0 < spread[7, 9] < spread[7, 8] < spread[7, 7]


@pytest.mark.parametrize("pixels", [3, -3])
def test_a_moved_image_has_every_pixel_so_far_to_the_right_and_repeats_its_edge(pixels):
    moved = data.moved(IMAGES, pixels)
    for column in range(10):
        np.testing.assert_array_equal(moved[:, :, column], IMAGES[:, :, min(9, max(0, column - pixels))])


def test_noise_has_the_standard_deviation_it_is_asked_for_and_repeats_with_its_seed():
    grey = np.full((20, 32, 32, 3), 128, np.uint8)
    noise = data.noisy(grey, 10).astype(float) - 128
    assert noise.std() == pytest.approx(10, rel=0.02)
    assert noise.mean() == pytest.approx(0, abs=0.2)
    np.testing.assert_array_equal(data.noisy(grey, 10), data.noisy(grey, 10))
    assert (data.noisy(grey, 10) != data.noisy(grey, 10, seed=1)).any()


def test_shuffling_puts_whole_pixels_elsewhere_in_the_same_order_for_every_image_and_loses_none():
    shuffled = data.shuffled(IMAGES)
    assert (shuffled.shape, shuffled.dtype) == (IMAGES.shape, np.uint8)
    order = data.pixel_order(8 * 10)
    for before, after in zip(IMAGES, shuffled, strict=True):
        assert [tuple(before.reshape(-1, 3)[place]) for place in order] == [tuple(pixel) for pixel in after.reshape(-1, 3)]
    assert sorted(order.tolist()) == list(range(80)) != order.tolist()
    np.testing.assert_array_equal(data.shuffled(IMAGES), shuffled)


@pytest.mark.parametrize("change", [*CHANGES, lambda images, _: data.shuffled(images)])
def test_what_is_no_batch_of_pixels_is_refused_by_name(change):
    with pytest.raises(TypeError, match="images has dtype float64; it takes uint8"):
        change(IMAGES / 255, 1)
    with pytest.raises(ValueError, match="images"):
        change(IMAGES[0], 1)


@pytest.mark.parametrize(("change", "amount"), [(data.brightened, 256), (data.blurred, -1), (data.moved, 10), (data.noisy, -1)])
def test_an_amount_out_of_range_is_refused(change, amount):
    with pytest.raises(ValueError, match=r"^(amount|sd|pixels) is"):
        change(IMAGES, amount)
