"""The NumPy layers against Keras's: the oracle is the library, over random configurations."""

import doctest
import importlib
import pkgutil

import numpy as np
import pytest
import scipy.signal
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnnbook import reference
from cnnbook.arithmetic import conv_output_size
from cnnbook.keras_quietly import keras, layers
from cnnbook.reference import batch_norm, conv2d, dropout


@pytest.mark.parametrize("module", [module.name for module in pkgutil.iter_modules(reference.__path__)])
def test_every_module_has_an_example_for_pytest_to_run(module):
    found = doctest.DocTestFinder().find(importlib.import_module(f"cnnbook.reference.{module}"))
    assert any(each.examples for each in found)


@st.composite
def convolutions(draw) -> dict:
    """Arguments of a convolution that Keras can compute too; it allows a stride or a dilation above 1, not both."""
    groups, depth, share = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    stride, dilation = (1, 1), (1, 1)
    if draw(st.booleans()):
        stride = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    else:
        dilation = draw(st.tuples(st.integers(1, 2), st.integers(1, 2)))
    window = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    size = [draw(st.integers(w, w + 6)) for w in window]
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    padding = draw(st.sampled_from(["same", "valid"]))
    # TensorFlow 2.21 computes only the first row here (the rest is 0 or NaN); the test with SciPy below covers it.
    assume(not (stride[0] == 1 < stride[1] and conv_output_size(size[1], kernel[1], stride[1], padding) == 1))
    return {
        "images": rng.normal(size=(draw(st.integers(1, 3)), *size, depth * groups)).astype("float32"),
        "kernels": rng.normal(size=(*kernel, depth, share * groups)).astype("float32"),
        "bias": rng.normal(size=share * groups).astype("float32") if draw(st.booleans()) else None,
        "stride": stride,
        "padding": padding,
        "dilation": dilation,
        "groups": groups,
    }


@settings(max_examples=400, deadline=None)
@given(convolutions())
def test_conv2d_equals_keras(arguments):
    expected = keras.ops.conv(
        arguments["images"],
        arguments["kernels"],
        strides=arguments["stride"],
        padding=arguments["padding"],
        dilation_rate=arguments["dilation"],
    )
    if arguments["bias"] is not None:
        expected = expected + arguments["bias"]
    ours = conv2d(**arguments)
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("kernel_size", [(1, 2), (2, 2), (3, 3)])
@pytest.mark.parametrize("across", [2, 3])
def test_conv2d_equals_scipy_where_one_column_comes_out_and_the_strides_differ(kernel_size, across):
    rng = np.random.default_rng(0)
    image, kernel = rng.normal(size=(6, 3)), rng.normal(size=kernel_size)
    expected = scipy.signal.correlate2d(image, kernel, "valid")[:, ::across]
    ours = conv2d(image[None, :, :, None], kernel[:, :, None, None], stride=(1, across))
    assert ours.shape[2] == 1
    np.testing.assert_allclose(ours[0, :, :, 0], expected)


def test_conv2d_does_not_flip_the_kernel():
    image = np.zeros((1, 3, 3, 1))
    image[0, 0, 0] = 1
    kernel = np.arange(9.0).reshape(3, 3, 1, 1)
    assert conv2d(image, kernel)[0, 0, 0, 0] == kernel[0, 0, 0, 0]


def test_conv2d_takes_a_stride_and_a_dilation_together():
    image = np.arange(49.0).reshape(1, 7, 7, 1)
    output = conv2d(image, np.ones((2, 2, 1, 1)), stride=2, dilation=3)
    by_hand = [[sum(image[0, i + a, j + b, 0] for a in (0, 3) for b in (0, 3)) for j in (0, 2)] for i in (0, 2)]
    assert output[0, :, :, 0].tolist() == by_hand


def test_conv2d_takes_whole_numbers_and_leaves_its_arguments_alone():
    images = np.arange(16, dtype=np.uint8).reshape(1, 4, 4, 1)
    before = images.copy()
    output = conv2d(images, -np.ones((2, 2, 1, 1), int), padding="same")
    assert output.dtype == np.float64
    assert output.min() < 0
    np.testing.assert_array_equal(images, before)


IMAGES, KERNELS = np.ones((1, 5, 5, 4)), np.ones((3, 3, 4, 2))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"images": np.ones((5, 5, 4))}, ValueError, r"images has shape \(5, 5, 4\)"),
        ({"kernels": np.ones((3, 3))}, ValueError, "kernels has shape"),
        ({"images": np.ones((1, 5, 5, 3))}, ValueError, "images has 3 channels"),
        ({"images": np.ones((0, 5, 5, 4))}, ValueError, "no axis may be empty"),
        ({"images": np.array([[[["a"]]]])}, TypeError, "images has dtype"),
        ({"images": np.ones((1, 2, 5, 4))}, ValueError, "kernel_size is 3"),
        ({"bias": np.ones(3)}, ValueError, r"bias has shape \(3,\)"),
        ({"stride": 0}, ValueError, "stride is 0"),
        ({"stride": 1.5}, TypeError, "stride is 1.5"),
        ({"dilation": -1}, ValueError, "dilation is -1"),
        ({"padding": "SAME"}, ValueError, "padding is 'SAME'"),
        ({"groups": 0}, ValueError, "groups is 0"),
        ({"groups": 3}, ValueError, "they take 12 channels"),
        ({"kernels": np.ones((3, 3, 2, 3)), "groups": 2}, ValueError, "kernels has 3 filters"),
    ],
)
def test_conv2d_names_the_argument_that_is_wrong(arguments, error, message):
    with pytest.raises(error, match=message):
        conv2d(**{"images": IMAGES, "kernels": KERNELS, **arguments})


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([(6, 3), (4, 5, 2), (3, 4, 4, 5)]), st.integers(0, 10**6))
def test_batch_norm_equals_keras_in_training_and_in_prediction(shape, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(2, 3, shape).astype("float32")
    layer = layers.BatchNormalization(momentum=0.9)
    layer.build(shape)
    gamma, beta, moving_mean = (rng.normal(size=shape[-1]).astype("float32") for _ in range(3))
    moving_variance = rng.uniform(0.5, 2, shape[-1]).astype("float32")
    layer.set_weights([gamma, beta, moving_mean, moving_variance])
    predicted = batch_norm(x, gamma, beta, moving_mean, moving_variance)
    np.testing.assert_allclose(predicted, layer(x, training=False), rtol=1e-4, atol=1e-5)
    axes = tuple(range(x.ndim - 1))
    trained = batch_norm(x, gamma, beta, x.mean(axes), x.var(axes))
    np.testing.assert_allclose(trained, layer(x, training=True), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"gamma": np.ones(3)}, "gamma has shape"),
        ({"variance": np.array([1.0, -1.0])}, "variance is -1.0"),
        ({"epsilon": -1.0}, "epsilon is -1.0"),
        ({"x": np.ones(2)}, "x has shape"),
    ],
)
def test_batch_norm_names_the_argument_that_is_wrong(arguments, message):
    good = {"x": np.ones((3, 2)), "gamma": np.ones(2), "beta": np.zeros(2), "mean": np.zeros(2), "variance": np.ones(2)}
    with pytest.raises(ValueError, match=message):
        batch_norm(**{**good, **arguments})


@given(st.floats(0, 0.9), st.integers(0, 10**6))
def test_dropout_zeroes_about_the_rate_and_scales_the_rest_as_keras_does(rate, seed):
    x = np.full(4_000, 3.0)
    output = dropout(x, rate, np.random.default_rng(seed))
    kept = output != 0
    np.testing.assert_allclose(output[kept], 3 / (1 - rate))
    assert abs((~kept).mean() - rate) < 5 * np.sqrt(0.25 / 4_000)


def test_keras_dropout_scales_the_survivors_by_the_same_factor():
    keras.utils.set_random_seed(0)
    values = np.unique(layers.Dropout(0.25)(np.ones((1, 1_000), "float32"), training=True))
    np.testing.assert_allclose(values, np.unique(dropout(np.ones(1_000, np.float32), 0.25, np.random.default_rng(0))), rtol=1e-6)


@pytest.mark.parametrize("rate", [-0.1, 1.0, float("nan")])
def test_dropout_refuses_a_rate_that_leaves_nothing(rate):
    with pytest.raises(ValueError, match="rate is"):
        dropout(np.ones(3), rate, np.random.default_rng(0))


@pytest.mark.parametrize(("rate", "rng", "named"), [("0.5", np.random.default_rng(0), "rate is '0.5'"), (0.5, 42, "rng is 42")])
def test_dropout_names_an_argument_of_the_wrong_kind(rate, rng, named):
    with pytest.raises(TypeError, match=named):
        dropout(np.ones(3), rate, rng)
