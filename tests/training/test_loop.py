"""Training: batches hold what they should, recipes are followed, held-out images stay out."""

import numpy as np
import pytest

from cnnbook import data, models, recipes, training
from cnnbook.keras_quietly import keras
from cnnbook.recipes import Recipe
from cnnbook.training import augmentation, loop


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


def test_the_first_training_batches_hold_images_from_the_whole_range():
    """Not only from its beginning, as when fewer images are kept to choose from than there are."""
    place = np.arange(6_000)
    images = np.zeros((len(place), 32, 32, 3), np.uint8)
    images[..., 0], images[..., 1] = place[:, None, None] // 250, place[:, None, None] % 250
    scaled, _ = next(training.batches(images, place % 10, Recipe(batch_size=100), train=True).as_numpy_iterator())
    high, low = np.rint((scaled[:, 0, 0, :2].T + 1) * 127.5)
    thirds = np.bincount((high * 250 + low).astype(int) // 2_000, minlength=3)
    assert (thirds > 10).all()


def test_whether_an_image_is_flipped_and_how_far_it_is_moved_are_drawn_from_different_seeds(monkeypatch):
    seeds, (images, labels) = [], images_and_labels(10)
    for name in ("flip", "shift"):
        monkeypatch.setattr(
            augmentation, name, lambda x, *pixels_and_seed, **seed: seeds.append((*pixels_and_seed, *seed.values())[-1]) or x
        )
    training.batches(images, labels, recipes.FURTHER, train=True, seed=5)
    assert len(set(seeds)) == len(seeds) == 2


def test_evaluation_batches_keep_the_order_and_change_no_pixel():
    images, labels = images_and_labels()
    recipe = Recipe(flips=True)
    x, y = (np.concatenate(parts) for parts in zip(*training.batches(images, labels, recipe, train=False).as_numpy_iterator(), strict=True))
    np.testing.assert_array_equal(x, data.scale(images))
    np.testing.assert_array_equal(y.argmax(1), labels)


@pytest.mark.parametrize("train", [True, False])
def test_shuffled_pixels_are_those_of_the_function_that_shows_them_in_training_and_in_evaluation_alike(train):
    images, labels = images_and_labels()
    given = training.batches(images, labels, Recipe(shuffled_pixels=True), train=train)
    x = np.concatenate([x for x, _ in given.as_numpy_iterator()])
    expected = data.scale(data.shuffled(images))
    assert sorted(image.tobytes() for image in x) == sorted(image.tobytes() for image in expected)


def test_no_thread_that_tunes_the_pipeline_keeps_the_end_of_an_epoch_waiting():
    images, labels = images_and_labels()
    for train in (True, False):
        assert training.batches(images, labels, Recipe(), train=train).options().autotune.enabled is False


def test_flips_mirror_about_half_of_the_images_and_change_nothing_else():
    images, _ = images_and_labels()
    by_label = training.batches(images, np.arange(300) % 10, Recipe(flips=True), train=True, seed=3)
    scaled = data.scale(images)
    known = {image.tobytes(): "kept" for image in scaled} | {np.ascontiguousarray(image[:, ::-1]).tobytes(): "mirrored" for image in scaled}
    kinds = [known[image.tobytes()] for x, _ in by_label.as_numpy_iterator() for image in x]
    assert 100 < kinds.count("mirrored") < 200


def test_the_one_cycle_schedule_rises_to_the_peak_and_falls_to_zero():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    training.compile(model, Recipe(learning_rate=0.004, schedule="one_cycle"), updates=100)
    rate = model.optimizer._learning_rate
    assert [round(float(rate(step)), 6) for step in (0, 10, 20, 100)] == [0.0, 0.002, 0.004, 0.0]


@pytest.mark.parametrize(("optimizer", "kind", "momentum"), [("adam", "Adam", None), ("sgd", "SGD", 0.9), ("muon", "Muon", 0.95)])
def test_the_recipes_optimizer_is_the_one_that_trains(optimizer, kind, momentum):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    training.compile(model, Recipe(learning_rate=0.25, optimizer=optimizer), updates=10)
    assert type(model.optimizer).__name__ == kind
    assert float(model.optimizer.learning_rate) == 0.25
    assert getattr(model.optimizer, "momentum", None) == momentum


def test_muon_turns_the_kernels_and_the_dense_layer_but_neither_biases_nor_the_logits():
    model = models.cnn()
    training.compile(model, recipes.FURTHER, updates=10)
    model.optimizer.build(model.trainable_variables)
    adams = zip(model.trainable_variables, model.optimizer.adam_velocities, strict=True)
    turned = [variable for variable, velocity in adams if velocity is None]
    assert [tuple(kernel.shape) for kernel in turned] == [(3, 3, 3, 32), (3, 3, 32, 32), (3, 3, 32, 64), (3, 3, 64, 64), (4096, 128)]


def test_smoothed_labels_ask_for_a_little_of_every_class():
    model = tiny()
    training.compile(model, Recipe(label_smoothing=0.2), updates=10)
    probabilities = np.full((1, 10), 0.5 / 9, "float32")
    probabilities[0, 3] = 0.5
    by_hand = -(0.82 * np.log(0.5) + 9 * 0.02 * np.log(0.5 / 9))
    assert float(model.compute_loss(y=np.eye(10, dtype="float32")[[3]], y_pred=probabilities)) == pytest.approx(by_hand, rel=1e-4)


def test_training_batches_hold_moved_images_and_evaluation_batches_none():
    images, labels = images_and_labels()
    scaled, recipe = {image.tobytes() for image in data.scale(images)}, Recipe(shifts=2)
    moved = [
        x.tobytes() not in scaled for batch, _ in training.batches(images, labels, recipe, train=True).as_numpy_iterator() for x in batch
    ]
    assert 0.9 < np.mean(moved) < 1  # one move of twenty-five is none
    still = [x.tobytes() in scaled for batch, _ in training.batches(images, labels, recipe, train=False).as_numpy_iterator() for x in batch]
    assert all(still)


def test_held_out_images_are_neither_trained_on_nor_from_the_test_set():
    images, labels = images_and_labels(6_000)
    cifar10 = data.Cifar10(images, labels, images[:100], labels[:100])
    (train_images, train_labels), (held_out, _) = training.split(cifar10, Recipe(validation="held_out"))
    assert len(train_images) == len(train_labels) == 1_000
    np.testing.assert_array_equal(held_out, images[1_000:])


def tiny() -> keras.Model:
    return keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")])


def small_cifar10() -> data.Cifar10:
    images, labels = images_and_labels(6_000)
    return data.Cifar10(images, labels, images[:200], labels[:200])


@pytest.mark.parametrize("validation", ["test", "held_out"])
def test_the_schedule_is_as_long_as_the_training_with_held_out_images_or_without(validation, monkeypatch):
    monkeypatch.setattr(loop, "HELD_OUT", 100)
    images, labels = images_and_labels()
    recipe = Recipe(epochs=3, batch_size=20, schedule="one_cycle", validation=validation)
    model, _ = training.train(tiny, data.Cifar10(images, labels, images[:50], labels[:50]), recipe, seed=0, verbose=False)
    schedule = model.optimizer.get_config()["learning_rate"]["config"]
    assert schedule["warmup_steps"] + schedule["decay_steps"] == model.optimizer.iterations.numpy()


@pytest.mark.parametrize("validation", ["test", "held_out"])
def test_a_training_run_is_written_down_as_it_was(validation, capsys):
    cifar10, recipe = small_cifar10(), Recipe(epochs=2, validation=validation)
    model, run = training.train(tiny, cifar10, recipe, seed=3, experiment="trial")
    expected = {"loss", "accuracy", "val_loss", "val_accuracy"} | ({"test_accuracy"} if validation == "held_out" else set())
    assert set(run.history) == expected
    assert {len(values) for values in run.history.values()} == {2}
    assert (run.experiment, run.model, run.seed, run.recipe["validation"]) == ("trial", "tiny", 3, validation)
    predicted = training.predict(model, cifar10.x_test)
    np.testing.assert_allclose(predicted.sum(1), 1, rtol=1e-5)
    assert run.test_accuracy == pytest.approx((predicted.argmax(1) == cifar10.y_test).mean(), abs=1e-4)
    assert len(capsys.readouterr().out.splitlines()) == 3  # a header, and a line an epoch


def test_the_same_seed_gives_the_same_run_and_another_seed_another():
    cifar10, recipe = small_cifar10(), Recipe(epochs=1, flips=True)
    runs = [training.train(tiny, cifar10, recipe, seed=seed, verbose=False)[1] for seed in (1, 1, 2)]
    assert runs[0].history["loss"] == pytest.approx(runs[1].history["loss"], rel=1e-3)
    assert runs[0].history["loss"] != pytest.approx(runs[2].history["loss"], rel=1e-3)
