"""Training: batches hold what they should, recipes are followed, held-out images stay out."""

import numpy as np
import pytest

from cnnbook import data, training
from cnnbook.models import keras
from cnnbook.training import Recipe


def images_and_labels(n: int = 300) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (n, 32, 32, 3), np.uint8), rng.integers(0, 10, n).astype(np.uint8)


def test_training_batches_hold_each_image_once_with_its_own_label_in_a_new_order_each_epoch():
    images, labels = images_and_labels()
    dataset = training.batches(images, labels, Recipe(), train=True, seed=1)
    orders = []
    for _ in range(2):
        x, y = (np.concatenate(parts) for parts in zip(*dataset.as_numpy_iterator(), strict=True))
        first_pixels = {image.tobytes(): i for i, image in enumerate(data.scale(images))}
        order = [first_pixels[image.tobytes()] for image in x]
        assert sorted(order) == list(range(len(images)))
        np.testing.assert_array_equal(y.argmax(1), labels[order])
        orders.append(order)
    assert orders[0] != orders[1]
    assert orders[0] != sorted(orders[0])


def test_evaluation_batches_keep_the_order_and_change_no_pixel():
    images, labels = images_and_labels()
    recipe = Recipe(flips=True, shifts=2)
    x, y = (np.concatenate(parts) for parts in zip(*training.batches(images, labels, recipe, train=False).as_numpy_iterator(), strict=True))
    np.testing.assert_array_equal(x, data.scale(images))
    np.testing.assert_array_equal(y.argmax(1), labels)


def test_flips_mirror_about_half_of_the_images_and_change_nothing_else():
    images, _ = images_and_labels()
    by_label = training.batches(images, np.arange(300) % 10, Recipe(flips=True), train=True, seed=3)
    scaled = data.scale(images)
    known = {image.tobytes(): "kept" for image in scaled} | {np.ascontiguousarray(image[:, ::-1]).tobytes(): "mirrored" for image in scaled}
    kinds = [known[image.tobytes()] for x, _ in by_label.as_numpy_iterator() for image in x]
    assert 100 < kinds.count("mirrored") < 200


def test_shifts_move_each_image_by_at_most_that_many_pixels():
    images, _ = images_and_labels(20)
    padded = np.pad(images, ((0, 0), (2, 2), (2, 2), (0, 0)), mode="reflect")
    for image, frame in zip(training.shift(training.tf.constant(images), 2, 0).numpy(), padded, strict=True):
        windows = [frame[i : i + 32, j : j + 32] for i in range(5) for j in range(5)]
        assert any(np.array_equal(image, window) for window in windows)


def test_the_one_cycle_schedule_rises_to_the_peak_and_falls_to_zero():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    training.compile(model, Recipe(learning_rate=0.004, schedule="one_cycle"), updates=100)
    rate = model.optimizer._learning_rate
    assert [round(float(rate(step)), 6) for step in (0, 10, 20, 100)] == [0.0, 0.002, 0.004, 0.0]


def test_held_out_images_are_neither_trained_on_nor_from_the_test_set():
    images, labels = images_and_labels(6_000)
    cifar10 = data.Cifar10(images, labels, images[:100], labels[:100])
    (train_images, train_labels), (held_out, _) = training.split(cifar10, Recipe(validation="held_out"))
    assert len(train_images) == len(train_labels) == 1_000
    np.testing.assert_array_equal(held_out, images[1_000:])


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"schedule": "linear"}, "schedule"),
        ({"validation": "train"}, "validation"),
        ({"epochs": 0}, "epochs"),
        ({"learning_rate": -1.0}, "rate"),
    ],
)
def test_a_recipe_that_cannot_be_followed_names_the_argument(arguments, named):
    with pytest.raises(ValueError, match=named):
        Recipe(**arguments)
