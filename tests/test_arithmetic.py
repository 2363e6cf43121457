"""Sizes, padding, receptive fields and counts, checked by hand and by brute force."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnbook.arithmetic import (
    batch_norm_parameters,
    conv_multiply_accumulates,
    conv_output_size,
    conv_parameters,
    dense_multiply_accumulates,
    dense_parameters,
    receptive_field,
    same_padding,
)

small = st.integers(1, 6)
sizes = st.integers(1, 60)


@pytest.mark.parametrize(
    ("size", "kernel_size", "stride", "padding", "expected"),
    [
        (5, 3, 1, "valid", 3),
        (5, 3, 1, "same", 5),
        (33, 3, 2, "same", 17),
        (32, 3, 2, "same", 16),
        (32, 3, 2, "valid", 15),
        (7, 7, 3, "valid", 1),
        (1, 1, 5, "valid", 1),
        ((5, 33), 3, (1, 2), "same", (5, 17)),
        (5, (1, 3), 1, "valid", (5, 3)),
    ],
)
def test_output_sizes_equal_those_worked_out_by_hand(size, kernel_size, stride, padding, expected):
    assert conv_output_size(size, kernel_size, stride, padding) == expected


@given(sizes, small, small, small)
def test_valid_output_size_is_the_number_of_windows_that_fit(size, kernel_size, stride, dilation):
    window = dilation * (kernel_size - 1) + 1
    starts = [start for start in range(0, size, stride) if start + window <= size]
    if starts:
        assert conv_output_size(size, kernel_size, stride, "valid", dilation) == len(starts)
    else:
        with pytest.raises(ValueError, match="at most the input size"):
            conv_output_size(size, kernel_size, stride, "valid", dilation)


@given(sizes, small, small, small)
def test_same_padding_gives_just_enough_zeros_with_the_odd_one_after(size, kernel_size, stride, dilation):
    before, after = same_padding(size, kernel_size, stride, dilation)
    outputs = conv_output_size(size, kernel_size, stride, "same", dilation)
    window = dilation * (kernel_size - 1) + 1
    assert after - before in (0, 1)
    assert outputs == -(-size // stride)
    reach = (outputs - 1) * stride + window
    assert before + size + after >= reach
    assert before + after == 0 or before + size + after == reach


def test_keras_shape_inference_agrees_with_output_sizes():
    from cnnbook.keras_quietly import layers

    for size in range(1, 12):
        for kernel_size in range(1, size + 1):
            for stride in (1, 2, 3):
                for padding in ("same", "valid"):
                    shape = layers.Conv2D(1, kernel_size, strides=stride, padding=padding).compute_output_shape((1, size, size, 1))
                    assert shape[1] == conv_output_size(size, kernel_size, stride, padding)


def test_parameter_counts_equal_those_of_the_brief():
    assert conv_parameters((4, 4), 3, 10) == 490
    assert conv_parameters(3, 10, 20) == 1_820
    assert dense_parameters(1_280, 10) == 12_810
    assert conv_parameters(3, 8, 4, groups=4, use_bias=False) == 3 * 3 * 2 * 4
    assert dense_parameters(5, 2, use_bias=False) == 10
    assert batch_norm_parameters(32) == (64, 64)


@given(small, st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.booleans())
def test_conv_parameters_equal_the_size_of_a_keras_layer(kernel_size, depth, share, groups, use_bias):
    from cnnbook.keras_quietly import layers

    layer = layers.Conv2D(share * groups, kernel_size, groups=groups, use_bias=use_bias)
    layer.build((None, 9, 9, depth * groups))
    assert conv_parameters(kernel_size, depth * groups, share * groups, groups=groups, use_bias=use_bias) == layer.count_params()


def test_multiply_accumulates_count_every_product_once():
    assert conv_multiply_accumulates(16, (4, 4), 3, 10) == 16 * 16 * 48 * 10
    assert conv_multiply_accumulates((2, 3), 3, 4, 6, groups=2) == 2 * 3 * (9 * 2) * 6
    assert dense_multiply_accumulates(1_280, 10) == 12_800


@given(st.lists(st.tuples(small, small), min_size=1, max_size=4))
def test_receptive_field_is_the_span_of_inputs_that_reach_one_output(stack):
    low = high = 0
    for kernel_size, stride in reversed(stack):
        low, high = low * stride, high * stride + kernel_size - 1
    assert receptive_field(stack) == high - low + 1


def test_numpys_integers_do_not_overflow():
    assert conv_multiply_accumulates((224, 224), 3, np.int32(512), np.int32(512)) == 224 * 224 * 9 * 512 * 512
    assert batch_norm_parameters(np.uint8(200)) == (400, 400)
    assert dense_parameters(np.uint8(200), np.uint8(200)) == 40_200
    assert type(conv_parameters(3, np.int64(2), np.int64(2))) is int


def test_receptive_field_of_pairs_is_a_pair():
    assert receptive_field(zip([(1, 3), 3], [1, (2, 1)], strict=True)) == (3, 5)
    assert receptive_field([((1, 3), 1), (3, (2, 1))]) == (3, 5)
    assert receptive_field([]) == 1


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: conv_output_size(0, 3), ValueError, "size is 0"),
        (lambda: conv_output_size(5, -1), ValueError, "kernel_size is -1"),
        (lambda: conv_output_size(5, 3, 0), ValueError, "stride is 0"),
        (lambda: conv_output_size(5, 3, dilation=0), ValueError, "dilation is 0"),
        (lambda: conv_output_size(5.0, 3), TypeError, r"size is 5\.0"),
        (lambda: conv_output_size(True, 1), TypeError, "size is True"),
        (lambda: conv_output_size((5, 5, 5), 3), ValueError, "a pair has 2"),
        (lambda: conv_output_size(5, 3, padding="full"), ValueError, "padding is 'full'"),
        (lambda: conv_output_size(5, 7), ValueError, "kernel_size is 7"),
        (lambda: same_padding(0, 3), ValueError, "size is 0"),
        (lambda: conv_parameters(3, 5, 4, groups=2), ValueError, r"in_channels is 5; it must be divisible by groups, which is 2"),
        (lambda: conv_parameters(3, 4, 5, groups=2), ValueError, "filters is 5"),
        (lambda: conv_parameters(3, 4, 4, groups=0), ValueError, "groups is 0"),
        (lambda: dense_parameters(0, 5), ValueError, "inputs is 0"),
        (lambda: dense_parameters(5, "3"), TypeError, "units is '3'"),
        (lambda: batch_norm_parameters(-3), ValueError, "channels is -3"),
        (lambda: conv_output_size(np.array([5, 7]), 3), TypeError, "size is array"),
        (lambda: receptive_field([3, 1]), TypeError, "layers has the entry 3"),
        (lambda: receptive_field([(0, 1)]), ValueError, "kernel_size is 0"),
        (lambda: receptive_field([(3, 0)]), ValueError, "stride is 0"),
    ],
)
def test_wrong_arguments_are_named_with_their_value(call, error, message):
    with pytest.raises(error, match=message):
        call()
