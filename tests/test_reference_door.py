"""Every public function of `reference`, one table of calls: what kinds of arguments it reads, and that it refuses the others by name."""

import inspect

import ml_dtypes
import numpy as np
import pytest

from cnnbook import reference
from cnnbook.keras_quietly import tf

rng = np.random.default_rng(0)


def values(*shape: int) -> np.ndarray:
    """Small numbers that half precision holds exactly."""
    return rng.integers(-8, 9, shape) / 8


# Function -> its array arguments, in order, and the other arguments it needs.
CALLS = {
    "adam_update": (
        {"weights": values(2, 3), "gradient": values(2, 3), "first_moment": values(2, 3), "second_moment": np.ones((2, 3))},
        {"step": 3},
    ),
    "average_pool2d": ({"images": values(2, 4, 4, 3)}, {"pool_size": 2}),
    "average_pool2d_gradients": ({"images": values(2, 4, 4, 3), "upstream": values(2, 2, 2, 3)}, {"pool_size": 2}),
    "batch_norm": ({"x": values(4, 2), "gamma": values(2), "beta": values(2), "mean": values(2), "variance": np.ones(2)}, {}),
    "batch_norm_gradients": ({"x": values(4, 2), "gamma": values(2), "upstream": values(4, 2)}, {}),
    "conv2d": ({"images": values(2, 5, 5, 2), "kernels": values(3, 3, 1, 4), "bias": values(4)}, {"groups": 2}),
    "conv2d_gradients": ({"images": values(2, 5, 5, 2), "kernels": values(3, 3, 1, 4), "upstream": values(2, 3, 3, 4)}, {"groups": 2}),
    "dense": ({"inputs": values(2, 3), "kernel": values(3, 4), "bias": values(4)}, {}),
    "dense_gradients": ({"inputs": values(2, 3), "kernel": values(3, 4), "upstream": values(2, 4)}, {}),
    "dropout": ({"x": values(3, 4)}, {"rate": 0.5}),
    "dropout_gradients": ({"mask": np.array([True, False, True]), "upstream": values(3)}, {"rate": 0.5}),
    "global_average_pool2d": ({"images": values(2, 4, 4, 3)}, {}),
    "global_average_pool2d_gradients": ({"images": values(2, 4, 4, 3), "upstream": values(2, 3)}, {}),
    "leaky_relu": ({"x": values(3, 4)}, {"negative_slope": 0.25}),
    "leaky_relu_gradients": ({"x": values(3, 4), "upstream": values(3, 4)}, {"negative_slope": 0.25}),
    "max_pool2d": ({"images": values(2, 4, 4, 3)}, {"pool_size": 2}),
    "max_pool2d_gradients": ({"images": values(2, 4, 4, 3), "upstream": values(2, 2, 2, 3)}, {"pool_size": 2}),
    "momentum_update": ({"weights": values(2, 3), "gradient": values(2, 3), "velocity": values(2, 3)}, {"momentum": 0.5}),
    "relu": ({"x": values(3, 4)}, {}),
    "relu_gradients": ({"x": values(3, 4), "upstream": values(3, 4)}, {}),
    "sgd_update": ({"weights": values(2, 3), "gradient": values(2, 3)}, {"learning_rate": 0.5}),
    "softmax": ({"logits": values(3, 4)}, {}),
    "softmax_cross_entropy": ({"logits": values(3, 4), "labels": np.eye(4)[:3]}, {}),
    "softmax_cross_entropy_gradients": ({"logits": values(3, 4), "labels": np.eye(4)[:3]}, {}),
    "softmax_gradients": ({"logits": values(3, 4), "upstream": values(3, 4)}, {}),
}
EVERY_ARRAY = [(name, argument) for name, (arrays, _) in CALLS.items() for argument in arrays]
WITHOUT_A_TYPE = {"mask"}  # says which, and has no floating type


def call(name: str, **changed) -> list[np.ndarray]:
    """The function's results as a list."""
    arrays, numbers = CALLS[name]
    more = {"rng": np.random.default_rng(0)} if name == "dropout" else {}
    result = getattr(reference, name)(**{**arrays, **numbers, **more, **changed})
    return list(result) if isinstance(result, tuple) else [result]


def with_arrays(name: str, change) -> dict:
    return {argument: value if argument in WITHOUT_A_TYPE else change(value) for argument, value in CALLS[name][0].items()}


def test_the_table_holds_every_public_function():
    assert {*CALLS, "dropout_mask"} == {name for name, function in vars(reference).items() if inspect.isfunction(function)}
    assert sorted(reference.__all__) == sorted({*CALLS, "dropout_mask"})


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_result_has_the_type_of_the_first_array(name, dtype):
    assert all(result.dtype == dtype for result in call(name, **with_arrays(name, lambda value: value.astype(dtype))))


@pytest.mark.parametrize(("name", "argument"), [(name, argument) for name, argument in EVERY_ARRAY if argument != "mask"])
def test_one_array_of_another_type_does_not_change_the_results_type(name, argument):
    arrays = with_arrays(name, lambda value: value.astype("float32"))
    first = next(key for key in arrays if key not in WITHOUT_A_TYPE)
    for dtype in ("float64", "int64") if argument != first else ():
        results = call(name, **{**arrays, argument: arrays[argument].astype(dtype)})
        assert all(result.dtype == np.float32 for result in results)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16])
def test_halves_are_computed_in_float32_and_rounded_once(name, dtype):
    exact = call(name, **with_arrays(name, lambda value: value.astype("float32")))
    for result, wanted in zip(call(name, **with_arrays(name, lambda value: value.astype(dtype))), exact, strict=True):
        assert result.dtype == dtype
        np.testing.assert_array_equal(result.astype("float32"), wanted.astype(dtype).astype("float32"))


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16])
def test_a_sum_that_half_precision_could_not_hold_on_the_way_is_right(dtype):
    images = np.full((1, 16, 16, 2), 16, dtype)
    kernels = np.stack([np.full((16, 16, 1), 16), np.full((16, 16, 1), -16)], 2).astype(dtype)
    assert reference.conv2d(images, kernels).tolist() == [[[[0]]]]  # 65,536 - 65,536
    assert reference.global_average_pool2d(images * dtype(100)).tolist() == [[float(dtype(1600))] * 2]


@pytest.mark.parametrize("name", CALLS)
def test_tensors_lists_read_only_and_strided_arrays_give_what_plain_arrays_give_and_are_left_alone(name):
    def strided(value):
        view = np.repeat(value, 2, axis=-1)[..., ::2]
        view.flags.writeable = False
        return view

    plain, before = call(name), {argument: value.copy() for argument, value in CALLS[name][0].items()}
    for change in (tf.constant, np.ndarray.tolist, strided, np.asfortranarray):
        for result, wanted in zip(call(name, **{key: change(value) for key, value in CALLS[name][0].items()}), plain, strict=True):
            np.testing.assert_allclose(result, wanted, rtol=1e-12, atol=1e-12)
    for argument, value in CALLS[name][0].items():
        np.testing.assert_array_equal(value, before[argument])


@pytest.mark.parametrize("name", CALLS)
def test_a_result_shares_no_memory_with_what_was_handed_in(name):
    for result in call(name):
        assert result.ndim == 0 or result.flags.writeable
        assert not any(np.shares_memory(result, value) for value in CALLS[name][0].values())


@pytest.mark.parametrize(("name", "argument"), EVERY_ARRAY)
@pytest.mark.parametrize("change", [np.ma.array, lambda value: np.ma.array(value, mask=True)], ids=["nothing", "everything"])
def test_a_masked_array_is_refused_by_name(name, argument, change):
    with pytest.raises(TypeError, match=f"^{argument} is a masked array"):
        call(name, **{argument: change(CALLS[name][0][argument])})


@pytest.mark.parametrize(("name", "argument"), EVERY_ARRAY)
@pytest.mark.parametrize("dtype", [complex, str, object, "datetime64[s]"])
def test_what_is_no_real_number_is_refused_by_name(name, argument, dtype):
    with pytest.raises(TypeError, match=f"^{argument} has dtype"):
        call(name, **{argument: CALLS[name][0][argument].astype(int).astype(dtype)})


@pytest.mark.parametrize(("name", "argument"), EVERY_ARRAY)
def test_an_empty_axis_is_refused_by_name(name, argument):
    with pytest.raises(ValueError, match=f"^{argument} has shape"):
        call(name, **{argument: CALLS[name][0][argument][..., :0]})


@pytest.mark.parametrize(("name", "argument"), [(name, key) for name, key in EVERY_ARRAY if key != next(iter(CALLS[name][0]))])
def test_a_second_array_of_another_shape_is_refused_by_name(name, argument):
    value = CALLS[name][0][argument]
    for wrong in (value[None], np.concatenate([value, value], -1)[..., : value.shape[-1] + 1]):
        if (name, argument, wrong.shape) in {("conv2d", "kernels", (3, 3, 1, 5)), ("dense", "kernel", (3, 5))}:
            continue  # another number of filters or units: what does not fit then is the bias
        with pytest.raises(ValueError, match=r"^\w+ has"):
            call(name, **{argument: wrong})


@pytest.mark.parametrize("name", ["relu_gradients", "leaky_relu_gradients", "max_pool2d_gradients"])
def test_nan_is_refused_where_a_comparison_would_hide_it_and_seen_where_not(name):
    first = next(iter(CALLS[name][0]))
    value = CALLS[name][0][first].copy()
    value.flat[0] = np.nan
    assert np.isnan(call(name.removesuffix("_gradients"), **{first: value})[0]).any()
    with pytest.raises(ValueError, match=f"{first} has 1 values that are NaN"):
        call(name, **{first: value})


NUMBERS = [(name, argument) for name, (_, numbers) in CALLS.items() for argument in numbers]


@pytest.mark.parametrize(("name", "argument"), NUMBERS)
@pytest.mark.parametrize("wrong", [True, "1", None, [1, 1, 1], np.ma.masked, -1, float("nan")], ids=repr)
def test_a_wrong_number_is_refused_by_name(name, argument, wrong):
    with pytest.raises((TypeError, ValueError), match=f"^{argument} is"):
        call(name, **{argument: wrong})


@pytest.mark.parametrize("name", ["conv2d", "conv2d_gradients"])
def test_numpys_small_integers_do_not_overflow_as_sizes(name):
    images, kernels = np.ones((1, 3, 3, 256)), np.ones((3, 3, 128, 2))
    rest = {"bias": None} if name == "conv2d" else {"upstream": np.ones((1, 1, 1, 2))}
    results = call(name, images=images, kernels=kernels, groups=np.uint8(2), stride=np.int8(1), dilation=np.uint8(1), **rest)
    assert results[0].max() == (9 * 128 if name == "conv2d" else 1)


@pytest.mark.parametrize(
    ("labels", "message"),
    [([[1, 1], [0, 1]], "row"), ([[2, -1], [0, 1]], "row"), ([[0, 0], [0, 1]], "row"), ([0, 1], "shape"), ([[np.nan, 1], [0, 1]], "row")],
)
def test_labels_that_are_no_probabilities_are_refused(labels, message):
    for name in ("softmax_cross_entropy", "softmax_cross_entropy_gradients"):
        with pytest.raises(ValueError, match=f"^labels has (the )?{message}"):
            call(name, logits=np.zeros((2, 2)), labels=labels)


def test_a_mask_with_the_factor_in_it_is_refused():
    with pytest.raises(ValueError, match=r"^mask holds values other than"):
        reference.dropout_gradients(np.array([2.0, 0.0]), np.ones(2), 0.5)


@pytest.mark.parametrize("name", ["max_pool2d", "average_pool2d"])
def test_a_pool_larger_than_the_images_is_refused_under_its_own_name(name):
    with pytest.raises(ValueError, match=r"pool_size is \(2, 5\).*\(4, 4\)"):
        call(name, pool_size=(2, 5))
    assert call(name, pool_size=(2, 5), padding="same")[0].shape == (2, 2, 1, 3)
