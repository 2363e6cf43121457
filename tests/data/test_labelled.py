"""Pixels, images and labels are read rightly from whatever holds them, or refused by name."""

import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnnbook import data
from cnnbook.keras_quietly import keras

PIXELS = hnp.arrays(np.uint8, hnp.array_shapes(min_dims=0, max_dims=4, max_side=3), elements=st.integers(0, 255))
HOLDERS = {
    "list": lambda values: values.tolist(),
    "int64": lambda values: values.astype(np.int64),
    "float16": lambda values: values.astype(np.float16),
    "float64": lambda values: values.astype(np.float64),
    "big-endian": lambda values: values.astype(">i4"),
    "strided": lambda values: np.stack([values, values], -1)[..., 0],
    "tensor": tf.constant,
    "variable": tf.Variable,
    "float tensor": lambda values: tf.constant(values, tf.float32),
    "bfloat16 tensor": lambda values: tf.cast(tf.constant(values), tf.bfloat16),
    "keras variable": lambda values: keras.Variable(values, dtype="int32"),
}
EXACT = 128  # up to where bfloat16 has every whole number


@given(PIXELS, st.sampled_from(sorted(HOLDERS)), st.sampled_from([(-1, 1), (0.0, 1.0), (np.float32(-0.5), 2), [0, 255]]))
def test_pixels_are_scaled_to_float32_of_the_same_shape_whatever_holds_them(values, holder, pixel_range):
    values = values // 2 if "bfloat16" in holder else values
    low, high = pixel_range
    scaled = data.scale(HOLDERS[holder](values), pixel_range)
    expected = values.astype(np.float64) * (float(high) - float(low)) / 255 + float(low)
    assert scaled.dtype in (np.float32, tf.float32)
    assert tuple(scaled.shape) == values.shape
    np.testing.assert_allclose(np.asarray(scaled), expected, rtol=1e-5, atol=1e-5)


def test_tensors_stay_tensors_inside_a_graph_and_without_values():
    assert tf.is_tensor(data.scale(tf.constant([0, 255], tf.uint8)))
    pipeline = tf.data.Dataset.from_tensor_slices(np.uint8([[0, 255], [51, 102]])).map(data.scale)
    np.testing.assert_allclose(list(pipeline.as_numpy_iterator()), [[-1, 1], [-0.6, -0.2]], rtol=1e-6)
    inputs = keras.Input((2,), dtype="uint8")
    model = keras.Model(inputs, keras.layers.Lambda(data.scale, output_shape=(2,))(inputs))
    np.testing.assert_allclose(model(np.uint8([[0, 255]])), [[-1, 1]])
    assert data.scale(inputs).dtype == "float32"


@pytest.mark.parametrize(
    "images",
    [
        np.ma.array([0, 255], mask=[0, 1]),
        [1, np.ma.masked],
        np.array([0.0, np.nan]),
        np.array([-1.0, 1.0]),
        np.array([0, 256]),
        tf.constant([0.0, np.nan]),
        tf.constant([-1.0, 1.0]),
        np.array([True]),
        tf.constant([True]),
        tf.constant(["0"]),
        [1j],
        None,
        "0",
        [],
    ],
    ids=range(14),
)
def test_what_is_no_pixel_is_refused_by_name(images):
    with pytest.raises((TypeError, ValueError), match=r"^images "):
        data.scale(images)


@pytest.mark.parametrize("pixel_range", [(1, 0), (0, 0), 1, None, (0, 1, 2), (0, np.nan), ("0", "1"), np.ma.array([0, 1])])
def test_a_range_that_is_none_is_refused_by_name(pixel_range):
    with pytest.raises((TypeError, ValueError), match=r"^pixel_range"):
        data.scale([0], pixel_range)


def test_scaling_an_array_loads_no_tensorflow():
    code = "import sys; from cnnbook import data; data.scale([0, 255]); sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


IMAGES = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), np.uint8)


@pytest.mark.parametrize("holder", sorted(HOLDERS))
def test_images_are_read_as_uint8_whatever_holds_them_and_one_is_a_batch_of_one(holder):
    values = IMAGES // 2 if "bfloat16" in holder else IMAGES
    read = data.images("images", HOLDERS[holder](values))
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, values)
    np.testing.assert_array_equal(data.images("images", HOLDERS[holder](values[1])), values[1:2])


def test_uint8_images_are_not_copied():
    assert np.shares_memory(data.images("images", IMAGES), IMAGES)


@pytest.mark.parametrize(
    "images",
    [
        IMAGES[..., :1],
        IMAGES[:, :28, :28],
        IMAGES[None],
        IMAGES[0, 0],
        IMAGES[:0],
        IMAGES.astype(int) - 1,
        IMAGES.astype(int) + 1,
        IMAGES / 255,
        (IMAGES > 0).astype(float),
        data.scale(IMAGES),
        IMAGES + 0.5,
        np.where(IMAGES > 3, IMAGES, np.nan),
        IMAGES > 3,
        np.ma.array(IMAGES),
        IMAGES.astype(str),
        None,
    ],
    ids=range(16),
)
def test_what_is_no_image_of_the_networks_is_refused_by_name(images):
    with pytest.raises((TypeError, ValueError), match=r"^photographs "):
        data.images("photographs", images)


LABELS = st.lists(st.integers(0, 9), min_size=1, max_size=5)


@given(LABELS, st.sampled_from([list, np.array, np.uint8, np.float32, np.int64, tf.constant]), st.booleans())
def test_labels_are_read_alike_as_a_row_and_as_a_column(labels, holder, column):
    held = holder([[label] for label in labels] if column else labels)
    read = data.labels("labels", held, len(labels))
    assert read.dtype == np.uint8
    assert read.tolist() == labels


@given(LABELS, st.integers(0, 4), st.sampled_from([10, -1, 256, 265, 2.5, np.nan, np.inf]))
def test_one_label_that_is_no_class_is_refused_with_its_value(labels, place, wrong):
    labels = [*labels[:place], wrong, *labels[place:]]
    with pytest.raises(ValueError, match=rf"^y has {wrong}"):
        data.labels("y", labels, len(labels))


@pytest.mark.parametrize(
    "labels", [[1], [1, 2, 3], [[1, 2]], np.eye(10)[[1, 2]], 1, [True, False], ["a", "b"], np.ma.array([1, 2]), None, []], ids=repr
)
def test_labels_of_another_number_shape_or_kind_are_refused_by_name(labels):
    with pytest.raises((TypeError, ValueError), match=r"^y "):
        data.labels("y", labels, 2)


@pytest.mark.parametrize("holder", sorted(HOLDERS))
def test_grey_is_the_same_whatever_holds_the_photograph(holder):
    values = IMAGES[0] // 2 if "bfloat16" in holder else IMAGES[0]
    np.testing.assert_array_equal(data.grey(HOLDERS[holder](values)), data.grey(values))


@pytest.mark.parametrize(
    "image", [IMAGES, IMAGES[0, ..., 0], IMAGES[0, ..., :2], IMAGES[0] / 255, np.ma.array(IMAGES[0]), None], ids=range(6)
)
def test_what_is_no_photograph_is_refused_by_name(image):
    with pytest.raises((TypeError, ValueError), match=r"^image "):
        data.grey(image)


@pytest.mark.parametrize(
    "changed",
    [
        {"x_train": IMAGES / 255},
        {"x_test": IMAGES[:, :8]},
        {"y_train": [0, 1, 2]},
        {"y_test": [0, 1, 2, 10]},
        {"class_names": ["a"]},
        {"x_train": IMAGES[:0], "y_train": []},
    ],
    ids=range(6),
)
def test_other_data_in_the_place_of_cifar10_is_refused_by_name(changed):
    whole = {"x_train": IMAGES, "y_train": [[0], [1], [2], [3]], "x_test": IMAGES.tolist(), "y_test": (9, 8, 7, 6)}
    cifar10 = data.Cifar10(**whole)
    assert (cifar10.x_test.dtype, cifar10.y_train.shape) == (np.uint8, (4,))
    with pytest.raises((TypeError, ValueError), match=rf"^{next(iter(changed))} "):
        data.Cifar10(**whole | changed)
    for count in (0, 5, 2.5, True, None):
        with pytest.raises((TypeError, ValueError), match=r"^count is"):
            cifar10.first(count)
