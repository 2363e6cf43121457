"""The one door for what is handed in: everything of a kind is read alike, or refused with its name."""

import math
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnnbook import door
from cnnbook.keras_quietly import keras, tf

REAL = hnp.integer_dtypes() | hnp.unsigned_integer_dtypes() | hnp.floating_dtypes(sizes=(32, 64))
ARRAYS = hnp.arrays(REAL | hnp.boolean_dtypes(), hnp.array_shapes(min_dims=0, max_dims=3, min_side=1, max_side=4))
NOT_NUMBERS = [None, "3", b"3", 3j, np.complex64(1), ..., {}, [[1], [1, 2]], ["a"], np.array(["2020-01-01"], "datetime64[D]"), [None]]


@given(ARRAYS)
def test_real_numbers_of_any_type_are_read_without_loss_and_left_alone(values):
    values.flags.writeable = False
    before = values.copy()
    read = door.floats("x", values)
    assert read.dtype == (values.dtype.newbyteorder("=") if values.dtype.kind == "f" else np.float64)
    np.testing.assert_array_equal(read, before.astype(read.dtype))
    np.testing.assert_array_equal(values, before)


@given(ARRAYS.filter(lambda values: values.ndim))
def test_views_with_strides_and_nested_lists_are_read_like_the_array(values):
    every_other = np.repeat(values, 2, axis=0)[::2][::-1]
    np.testing.assert_array_equal(door.floats("x", every_other), door.floats("x", values[::-1].copy()))
    np.testing.assert_array_equal(door.floats("x", values.tolist()), values.astype(np.float64))


@pytest.mark.parametrize("dtype", ["uint8", "int32", "float16", "bfloat16", "float32", "float64", "bool"])
@pytest.mark.parametrize("wrap", [tf.constant, tf.Variable, keras.ops.convert_to_tensor], ids=["constant", "variable", "keras"])
def test_a_tensor_is_read_like_the_array_it_came_from(dtype, wrap):
    values = np.array([[0, 1], [1, 0]]).astype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)
    read = door.floats("x", wrap(values))
    assert read.dtype == door.floats("x", values).dtype
    np.testing.assert_array_equal(read, values.astype(read.dtype))


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16])
def test_halves_are_computed_in_float32_and_only_the_result_is_rounded(dtype):
    @door.halves_in_float32
    def scaled_and_back(x, factor):
        x = door.floats("x", x)
        assert x.dtype == np.float32
        return x * factor / factor, x

    both = scaled_and_back(x=np.ones(3, dtype), factor=np.float32(1e6))
    assert all(part.dtype == dtype and (part == 1).all() for part in both)


@pytest.mark.parametrize("value", NOT_NUMBERS, ids=range(len(NOT_NUMBERS)))
def test_what_is_no_array_of_real_numbers_is_refused_by_name(value):
    with pytest.raises(TypeError, match=r"^pixels "):
        door.floats("pixels", value)


@pytest.mark.parametrize(
    "value",
    [
        np.ma.masked,
        np.ma.array([1.0, 2.0]),
        np.ma.array([1, 2], mask=[0, 1]),
        [np.ma.array([1.0, 2.0], mask=[0, 1])] * 2,
        [1.0, np.ma.masked],
    ],
    ids=range(5),
)
def test_a_masked_array_is_refused_even_inside_a_list(value):
    with pytest.raises(TypeError, match="pixels is a masked array"):
        door.floats("pixels", value)


def test_a_symbolic_tensor_is_refused_by_name():
    with pytest.raises(TypeError, match="pixels is a KerasTensor"):
        door.floats("pixels", keras.Input((2,)))


@given(hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=2).filter(lambda shape: 0 in shape))
def test_an_empty_axis_is_refused(shape):
    with pytest.raises(ValueError, match=r"x has shape .* no axis may be empty"):
        door.floats("x", np.ones(shape))


def test_another_shape_is_refused_with_the_one_it_takes():
    with pytest.raises(ValueError, match=r"bias has shape \(3,\); it takes \(2,\)"):
        door.floats("bias", np.ones(3), shape=(2,))
    with pytest.raises(ValueError, match=r"images has shape \(3,\); it takes 4 dimensions"):
        door.floats("images", np.ones(3), 4)


def test_a_number_too_large_for_the_type_it_is_to_have_is_refused():
    assert door.floats("bias", [1, np.inf], dtype=np.float32).dtype == np.float32
    with pytest.raises(ValueError, match=r"bias has values up to 1e\+300, too large for float32"):
        door.floats("bias", [1, 1e300], dtype=np.float32)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_pass_unless_they_would_be_hidden(value):
    door.floats("x", [value])
    with pytest.raises(ValueError, match="x has 1 values that are NaN or infinite"):
        door.floats("x", [value, 1], finite=True)


WHOLE_TYPES = [int, np.int8, np.uint8, np.int64, np.uint64, np.array, tf.constant]


@given(st.integers(1, 127), st.sampled_from(WHOLE_TYPES))
def test_a_whole_number_of_any_kind_becomes_pythons_and_cannot_overflow(value, kind):
    read = door.whole("size", kind(value))
    assert type(read) is int
    assert read == value


@pytest.mark.parametrize(
    "value",
    [True, np.True_, np.array(True), tf.constant(True), 2.0, np.float64(2), np.array(2.5), np.ma.array(3, mask=True), np.ma.masked,
     "2", None, [2], np.array([2]), tf.constant([2]), tf.constant(2.0), ...],
    ids=repr,
)  # fmt: skip
def test_what_is_no_single_whole_number_is_refused_as_a_size(value):
    with pytest.raises(TypeError, match=r"^size is "):
        door.whole("size", value)
    with pytest.raises((TypeError, ValueError), match=r"^size is "):
        door.pair("size", value)


@given(st.integers(-5, 5))
def test_a_whole_number_out_of_range_is_refused_with_the_range(value):
    if 0 <= value <= 3:
        assert door.whole("label", value, 0, 3) == value
    else:
        with pytest.raises(ValueError, match=f"label is {value}; it takes an int from 0 to 3"):
            door.whole("label", value, 0, 3)


@given(st.floats(0, 1, width=16), st.sampled_from([float, np.float16, np.float32, np.float64, np.array, tf.constant, ml_dtypes.bfloat16]))
def test_a_number_of_any_kind_becomes_pythons(value, kind):
    read = door.number("rate", kind(value), 0, 1)
    assert type(read) is float
    assert math.isclose(read, value, rel_tol=0.01)


def test_fractions_and_whole_numbers_are_numbers():
    assert door.number("rate", Fraction(1, 2)) == 0.5
    assert door.number("rate", np.uint8(200)) == 200


@pytest.mark.parametrize(
    "value",
    [True, np.True_, "0.5", None, 0.5j, [0.5], np.array([0.5]), np.ma.masked, np.ma.array(0.5, mask=False), tf.constant([0.5])],
    ids=repr,
)
def test_what_is_no_single_number_is_refused(value):
    with pytest.raises(TypeError, match=r"(?s)rate is .* it takes a finite number"):
        door.number("rate", value)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, np.float32("nan"), 10**400])
def test_a_number_that_is_not_finite_is_refused(value):
    with pytest.raises(ValueError, match=r"rate is .* it takes a finite number"):
        door.number("rate", value)


def test_the_ends_of_a_range_belong_to_it_or_not_as_asked():
    assert door.number("x", 0, 0, 1) == 0
    assert door.number("x", 1, 0, 1) == 1
    with pytest.raises(ValueError, match=r"x is 1\.0; it takes a finite number at least 0 and below 1"):
        door.number("x", 1, 0, below=1)
    with pytest.raises(ValueError, match=r"x is 0\.0; it takes a finite number above 0 and at most 1"):
        door.number("x", 0, above=0, high=1)


@pytest.mark.parametrize("value", [None, 1, ["same"], np.array(["same"]), b"same"], ids=repr)
def test_a_word_is_a_string(value):
    with pytest.raises(TypeError, match=r"padding is .* it takes"):
        door.choice("padding", value, ("same", "valid"))


@pytest.mark.parametrize("value", [None, 1, 0.0, "no", [], np.array([True, False])], ids=repr)
def test_a_flag_is_a_bool(value):
    with pytest.raises(TypeError, match=r"use_bias is .* it takes True or False"):
        door.flag("use_bias", value)
