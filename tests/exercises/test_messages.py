"""What the checks say: each kind of answer, each way in which it can be wrong."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from cnnbook import inspection, models
from cnnbook.exercises.inspecting import FEW
from cnnbook.exercises.mechanics import EXERCISES, Array, Choice, Function, Number, Parts, verdict
from cnnbook.keras_quietly import keras, layers


def expectation(monkeypatch, expected):
    """Register an expectation as the exercise `trial`."""
    monkeypatch.setitem(EXERCISES, "trial", lambda: expected)
    return lambda answer: verdict("trial", answer)


@pytest.mark.parametrize(
    "right", [1216, 1216.0, np.int64(1216), np.float32(1216), np.array(1216), Fraction(1216), Decimal(1216), 1216 + 1e-9]
)
def test_a_number_may_be_of_any_kind_that_is_a_number(right):
    assert verdict("sixteen_filters", right).startswith("✓")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("76·16", "expected a number in digits, such as 1234.5, -0.75 or 2/7; got '76·16'"),
        ("0x7fffdeadbeef", "got '0x…'"),
        ("1/0", "'1/0' divides by zero"),
        ("-inf", "the answer is -inf, which is not a finite number; look for a division by zero"),
        ((1, 216), "write large numbers without commas"),
        ([1216], "expected a number, got [1216]"),
        (np.array([1216]), "expected one number, got an array of shape (1,)"),
        (True, "expected a number, got True (bool)"),
        (None, "the answer is None, which is what a function returns when it ends without return"),
        (float("nan"), "the answer is nan, which is not a number; it comes from 0 / 0, inf - inf, 0 · inf, or the root or logarithm"),
        (np.float32("inf"), "the answer is inf, which is not a finite number; look for a division by zero"),
        (1216.5, "1216.5 is not a whole number: count for one filter first"),
        (1217, "1217 is too large: count for one filter first"),
        (10**400, "far too large"),
        (3j, "expected a number, got 3j (complex)"),
    ],
)
def test_what_is_no_number_or_an_unknown_wrong_one_is_named(answer, said):
    assert said in verdict("sixteen_filters", answer)


def test_a_number_with_decimals_is_right_within_its_tolerance_which_is_stated(monkeypatch):
    check = expectation(monkeypatch, Number(0.5, "halve one", tolerance=0.01))
    assert check(0.504).startswith("✓")
    assert check(0.506) == "✗ trial: 0.506 is too large (anything within 1.0% would be right): halve one."


@pytest.mark.parametrize(
    "right",
    [
        "1216",
        "1,216",
        "1 216",
        "1\u202f216",
        "1'216",
        "1_216",
        "1.216,0",
        "1216.0",
        "1216,0",
        "１２１６",
        "+1216",
        "2432/2",
        " 1216 ",
        "1.216e3",
    ],
)
def test_a_typed_number_is_read_by_one_rule_in_a_notebook_too(right):
    assert verdict("sixteen_filters", right) == "✓ sixteen_filters: right."


def test_a_point_and_a_comma_mean_what_the_rule_says():
    assert "1.216 is not a whole number" in verdict("sixteen_filters", "1.216")
    assert "1217 is too large" in verdict("sixteen_filters", "1,217")
    assert "1216.5 is not a whole number" in verdict("sixteen_filters", "1216,5")
    assert "got '1,216,5'" in verdict("sixteen_filters", "1,216,5")
    assert "-1216 is too small" in verdict("sixteen_filters", "−1216")


@pytest.mark.parametrize("right", [np.int64(70), 0, 0.0, np.float32(0.5)])
def test_a_right_number_may_come_from_numpy_and_a_whole_one_stays_whole(monkeypatch, right):
    check = expectation(monkeypatch, Number(right, "count"))
    assert check(right).startswith("✓")
    assert check(float(right) + 1e-12).startswith("✓")
    assert check(float(right) + 0.05).startswith("✗")


def test_a_word_may_have_capitals_and_spaces_and_another_word_is_told_the_allowed_ones():
    assert verdict("affine_pooling", ("Affine", " not  AFFINE ")).startswith("✓")
    assert "mean: expected one of 'affine', 'not affine'; got 'yes'" in verdict("affine_pooling", ("yes", "not affine"))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (np.zeros((3, 3, 1)), "the shape is (3, 3, 1); the exercise asks for a filter for a grey image of shape (3, 3)"),
        ([[1]], "a 1×1 filter with the weight 1 copies the image too, but here a 3×3 filter is asked for"),
        ([["0", "0", "0"], ["0", "1", "0"], ["0", "0", "one"]], "at row 2, column 2 (counted from 0): expected a number in digits"),
        ([[1, 2], [3]], "rows have different lengths"),
        (
            [[0, 0, 0], [0, np.nan, 0], [0, 0, 0]],
            "at row 1, column 1 (counted from 0): the answer is nan, which is not a number; it comes from 0 / 0",
        ),
        ("middle", "expected an array of numbers, got 'middle' (str)"),
        ([[0, 0, 0], [0, 2, 0], [0, 0, 0]], "it turns the pixels [["),
        ([[0, 0, 0], [0, 1.00001, 0], [0, 0, 0]], "it turns the pixels [["),
    ],
)
def test_what_is_wrong_with_a_filter_is_named(answer, said):
    assert said in verdict("copying_filter", answer)


def test_the_pixels_named_for_a_wrong_filter_are_a_sum_that_the_learner_can_redo():
    wrong = np.array([[0, 0, 0], [0, 1, 0], [0, 3, 0]])
    pixels, made, instead = (
        verdict("copying_filter", wrong).split("pixels ")[1].replace(" into ", "|").replace(" instead of ", "|").split("|")
    )
    pixels = np.array(eval(pixels))
    assert (pixels * wrong).sum() == int(made)
    assert pixels[1, 1] == int(instead.rstrip("."))


def test_a_filter_may_be_nested_lists_or_a_tensor():
    kernel = EXERCISES["moving_filter"]().right
    for answer in (kernel.tolist(), keras.ops.convert_to_tensor(kernel), kernel.astype(int), kernel.astype(bool)):
        assert verdict("moving_filter", answer).startswith("✓")


def test_dots_inside_an_answer_count_as_not_answered():
    assert verdict("copying_filter", [[..., 0, 0], [0, 0, 0], [0, 0, 0]]) == "copying_filter: not answered yet."
    assert verdict("three_strides", (..., ...)) == "three_strides: not answered yet."
    assert verdict("three_strides", (13, ...)) == "three_strides: not answered yet: valid; the rest is right."
    assert verdict("three_strides", (12, ...)).startswith("✗ three_strides: same: 12 is not right")
    assert verdict("standard_error", lambda a, b: ...) == "standard_error: not answered yet."


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"same": 13}, "expected a dict with the keys same, valid; got the keys 'same'"),
        ({}, "got an empty dict"),
        ((13,), "expected 2 answers (same, valid), got (13,)"),
        ({13, 11}, "got a set of length 2"),
        ((11, 13), 'same: 11 is not right: that is the side with "valid"; valid: 13 is not right'),
    ],
)
def test_what_is_wrong_with_several_answers_is_named_for_each(answer, said):
    assert said in verdict("three_strides", answer)


def test_several_answers_may_be_a_dict_a_list_or_an_array():
    for answer in ({"valid": 11, "same": 13}, [13, 11], np.array([13, 11])):
        assert verdict("three_strides", answer).startswith("✓")


def leaves(a, b):
    raise SystemExit("bye")


def says_where_it_is(a, b):
    raise ValueError(f"first line\nat {object()}")


def forgets_return(a, b):
    math.sqrt(1)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda a, b: 1 / 0, "your function([0.7, 0.72, 0.71], [0.73, 0.78, 0.74]) stops with ZeroDivisionError: division by zero."),
        (lambda a: 1, "stops with TypeError: "),
        (leaves, "stops with SystemExit: bye."),
        (says_where_it_is, "stops with ValueError: first line at <object object at 0x…>."),
        (forgets_return, "the answer is None, which is what a function returns when it ends without return."),
        (lambda a, b: "0.1", "expected a number, got '0.1' (str)"),
        (lambda a, b: [0.1], "expected a number, got [0.1]"),
        (lambda a, b: 0.25, "gives 0.25 instead of 0.01"),
        (lambda a, b: float("nan"), "the answer is nan, which is not a number; it comes from 0 / 0"),
        (0.01, "expected a function, got 0.01 (float); hand over its name, without brackets"),
    ],
)
def test_what_goes_wrong_inside_a_function_is_told_and_not_raised(function, said):
    assert said in verdict("standard_error", function)


@pytest.mark.parametrize(
    "scale", [lambda p: p.astype("float32") * (2 / 255) - 1, layers.Rescaling(1 / 127.5, offset=-1), lambda p: p / 127.5 - 1]
)
def test_a_scaling_is_right_in_whatever_way_it_is_written(scale):
    assert verdict("scale_pixels", scale) == "✓ scale_pixels: right."


def test_a_function_that_changes_what_it_is_given_is_told_so():
    right = EXERCISES["gradient_descent"]().right

    def in_place(pixels, wanted, start, steps):
        start[:] = right(pixels, wanted, start, steps)
        return start

    assert "changes what it is given" in verdict("gradient_descent", in_place)


def test_an_array_from_a_function_is_compared_cell_by_cell(monkeypatch):
    check = expectation(monkeypatch, Function(lambda n: np.arange(n * 1.0), cases=[(2,), (3,)]))
    assert check(lambda n: list(range(n))).startswith("✓")
    assert check(lambda n: np.minimum(np.arange(n), 1)) == "✗ trial: your function(3) gives 1 instead of 2 at index 2."
    assert check(np.zeros) == "✗ trial: your function(2) gives 0 instead of 1 at index 1."
    assert check(lambda n: np.arange(n + 1)) == "✗ trial: your function(2) gives an array of shape (3,) instead of (2,)."


def test_an_array_that_is_wrong_is_told_the_first_wrong_place(monkeypatch):
    check = expectation(monkeypatch, Array(np.zeros((2, 2)), "a table"))
    assert check([[1e-9, 0], [0, 0.1]]) == "✗ trial: not right, first at row 1, column 1 (counted from 0)."
    assert check([[0, 1e-9], [0, 0]]).startswith("✓")


def test_several_answers_may_be_of_any_kind(monkeypatch):
    check = expectation(monkeypatch, Parts({"word": Choice("a", {}), "function": Function(abs, [(-1,)])}))
    assert check(("A", abs)).startswith("✓")
    assert check(("a", len)).startswith("✗ trial: function: your function(-1) stops with TypeError")
    assert verdict("slow_on_photographs", "Neighbors are alike.").startswith("✓")
    assert check(("a", lambda x: ...)) == "trial: not answered yet: function; the rest is right."


def network(*middle, first=None, softmax="softmax", side=32):
    first = first or layers.Conv2D(10, (4, 4), strides=2, padding="same")
    second = layers.Conv2D(20, (3, 3), strides=2, padding="same")
    return keras.Sequential([keras.Input((side, side, 3)), first, second, *middle, layers.Dense(10, activation=softmax)])


def nested():
    """Both convolutions in a model of their own."""
    convolutions = network().layers[:2]
    inner = keras.Sequential([keras.Input((32, 32, 3)), *convolutions], name="inner")
    return keras.Sequential([keras.Input((32, 32, 3)), inner, layers.GlobalAveragePooling2D(), layers.Dense(10, "softmax")])


def last_layer_is_a_convolution():
    """A filter of 1×1 for each class in place of the dense layer, as Lin, Chen and Yan 2014 have it."""
    first, second = network().layers[:2]
    rest = [layers.Conv2D(10, 1), layers.GlobalAveragePooling2D(), layers.Softmax()]
    return keras.Sequential([keras.Input((32, 32, 3)), first, second, *rest])


def in_batches_of_three():
    return keras.Sequential([keras.Input(batch_shape=(3, 32, 32, 3)), *network(layers.GlobalAveragePooling2D()).layers])


@pytest.mark.parametrize(
    "build",
    [
        lambda: network(layers.GlobalAveragePooling2D()),
        lambda: network(layers.GlobalMaxPooling2D()),
        lambda: network(layers.AveragePooling2D(8), layers.Flatten()),
        lambda: network(layers.Lambda(lambda x: keras.ops.mean(x, (1, 2)))),
        lambda: network(layers.GlobalAveragePooling2D(), layers.Dense(10)),
        nested,
        last_layer_is_a_convolution,
        in_batches_of_three,
    ],
)
def test_a_smaller_network_is_accepted_however_it_is_built_and_averages(build):
    assert verdict("smaller_network", build()) == "✓ smaller_network: right."


def test_the_table_counts_the_solution_of_smaller_network():
    model = network(layers.GlobalAveragePooling2D())
    assert inspection.table(model).parameters == model.count_params() < FEW


def test_pooling_that_leaves_a_few_numbers_of_each_map_is_told_about_the_dense_layer_and_not_the_convolution():
    said = verdict("smaller_network", network(layers.AveragePooling2D(4), layers.Flatten()))
    assert "3120 parameters, 810 of them in Dense; turn each map into one number before that layer, which now gets 80 numbers" in said


def test_a_layer_too_many_after_the_maps_are_numbers_is_not_told_to_average_the_maps():
    said = verdict("smaller_network", network(layers.GlobalAveragePooling2D(), layers.Dense(100)))
    assert "2100 of them in Dense; replace one layer of the two-layer network, and do not add one" in said


class Free(keras.Model):
    def build(self, shape):
        self.inner = network(layers.GlobalAveragePooling2D())

    def call(self, x):
        return self.inner(x)


def free():
    model = Free(name="free")
    model.build((None, 32, 32, 3))
    return model


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (models.two_layer_cnn, "the model has 15120 parameters, 12810 of them in Dense"),
        (lambda: network(layers.AveragePooling2D(2), layers.Flatten()), "of them in Dense; turn each map into one number"),
        (models.mlp, "both convolutions stay, so the model needs 2 Conv2D layers; it has 0"),
        (lambda: network(layers.Flatten(), first=layers.Conv2D(10, 3, strides=2, padding="same")), "it has kernel_size=(3, 3)"),
        (lambda: network(layers.Flatten(), first=layers.Conv2D(9, 4, strides=2, padding="same")), "it has filters=9 instead of 10"),
        (
            lambda: network(layers.Flatten(), first=layers.Conv2D(10, 4, strides=2, padding="same", use_bias=False)),
            "it has 480 parameters instead of 490",
        ),
        (lambda: network(), "the model gives (None, 8, 8, 10), but ten probabilities have the shape (None, 10)"),
        (lambda: network(layers.GlobalAveragePooling2D(), softmax=None), "do not add up to one"),
        (lambda: network(layers.GlobalAveragePooling2D(), side=16), "the model takes (None, 16, 16, 3)"),
        (free, "model 'free' is a Free, which computes what its own call says"),
        (lambda: models.two_layer_cnn, "expected a Keras model, got a function"),
        (lambda: keras.Model, "expected a Keras model, got the class Model"),
        (lambda: keras.Sequential([layers.Dense(3)]), "does not know its input yet; start it with keras.Input"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_network_is_named(build, said):
    assert said in verdict("smaller_network", build())
