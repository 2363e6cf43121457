"""The demos' JavaScript arithmetic, called by itself over full grids of settings, against the package's Python and Keras."""

import itertools

import numpy as np
import pytest

from cnnbook import arithmetic, inspection
from cnnbook.demos import DropoutMask, LayerTable, NormalizedBatch, ReceptiveField, dropout_mask, layer_table, receptive_field
from cnnbook.keras_quietly import keras, layers

SIZES = [(size, kernel, stride, padding) for size in (5, 8, 13, 28, 32) for kernel in (1, 2, 3, 4, 5) for stride in (1, 2, 3, 4)
         for padding in ("same", "valid")]  # fmt: skip


def test_sizes_and_zeros_are_those_of_the_package(javascript_module):
    page = javascript_module("shared/arithmetic.js")
    assert page.map("outputSize", SIZES) == [arithmetic.conv_output_size(*each) for each in SIZES]
    before = [arithmetic.same_padding(*each[:3])[0] if each[3] == "same" else 0 for each in SIZES]
    assert page.map("zerosBefore", SIZES) == before


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("stride", "padding"), [*itertools.product((1, 2, 3), ("valid", "same"))])
def test_each_cell_of_a_feature_map_is_that_of_keras(javascript_module, channels, stride, padding):
    rng = np.random.default_rng(0)
    image, kernel = rng.integers(0, 256, (9, 7, channels)), rng.integers(-9, 10, (3, 2, channels))
    expected = np.array(keras.ops.conv(image[None].astype("float32"), kernel[..., None].astype("float32"), stride, padding))[0, :, :, 0] + 2
    page, settings = javascript_module("shared/arithmetic.js"), {"stride": stride, "padding": padding}
    places = list(np.ndindex(expected.shape))
    cells = page.map("convolveAt", [(image.tolist(), kernel.tolist(), 2, settings, *place) for place in places])
    for (row, column), cell in zip(places, cells, strict=True):
        assert cell["total"] == expected[row, column]
        np.testing.assert_array_equal(np.multiply(cell["patches"], kernel.transpose(2, 0, 1)), cell["products"])


STACKS = [
    [list(layer) for layer in stack]
    for stack in itertools.product(itertools.product(receptive_field.KERNELS, receptive_field.STRIDES), repeat=2)
]


def test_receptive_fields_of_all_pairs_of_layers_are_those_of_the_package(javascript_module):
    page, side = javascript_module("receptive_field/spans.js"), receptive_field.SIZE
    demo = ReceptiveField()
    sides = page.map("sidesOf", [(side, stack) for stack in STACKS])
    fields, spans = page.map("fieldOf", [(stack,) for stack in STACKS]), page.map("spansOf", [(side, stack, 1) for stack in STACKS])
    for stack, found_sides, field, span in zip(STACKS, sides, fields, spans, strict=True):
        demo.layers, demo.position = stack, [1, 1]
        assert (found_sides, field["size"]) == (demo.sides(), demo.size())
        assert span == [list(rows) for rows, _ in demo.spans()]


def test_the_unit_at_a_place_is_one_whose_field_is_centred_nearest_to_it(javascript_module):
    page, side = javascript_module("receptive_field/spans.js"), receptive_field.SIZE
    for stack in [*STACKS[::7], [[3, 1]] * 16, [[3, 2], [4, 3], [7, 1]]]:
        units = range(ReceptiveField(layers=stack).sides()[-1])
        spans = page.map("spansOf", [(side, stack, unit) for unit in units])
        for level in (0, 1):
            chosen = page.map("unitAt", [(side, stack, level, place) for place in range(side)])
            for place, unit in enumerate(chosen):
                apart = [abs(sum(span[level]) / 2 - place) for span in spans]
                assert apart[min(max(int(unit), 0), units[-1])] == min(apart)


def networks() -> list[tuple[list[int], list[dict]]]:
    """Input shapes and layers: every kind after every other that it fits, every padding, strides and kernels."""
    made, between = (
        [],
        [{"kind": "ReLU"}, {"kind": "BatchNormalization"}, {"kind": "LeakyReLU", "slope": 0.3}, {"kind": "Dropout", "rate": 0.5}],
    )
    for kernel, stride, padding, filters in itertools.product((1, 3, 5), (1, 2), ("same", "valid"), (1, 7)):
        convolution = {"kind": "Conv2D", "filters": filters, "kernel": kernel, "stride": stride, "padding": padding}
        pooling = {"kind": "MaxPooling2D", "size": kernel, "stride": stride, "padding": "same"}
        mean = {"kind": "AveragePooling2D", "size": 2, "stride": stride, "padding": padding}
        end = [{"kind": "Flatten"}, {"kind": "BatchNormalization"}, {"kind": "Dense", "units": 5}, *between, {"kind": "Flatten"}]
        made += [([9, 12, 3], [convolution, *between, pooling, mean, *end]), ([5, 5, 1], [convolution, *end])]
        made.append(([9, 12, 3], [mean, convolution, {"kind": "GlobalAveragePooling2D"}, {"kind": "Dense", "units": 3}]))
    return [(shape, stack) for shape, stack in made if fits(shape, stack)]


def fits(shape, stack) -> bool:
    try:
        layer_table.counts(shape, stack)
    except ValueError:
        return False
    return True


def keras_layer(kind, kernel=None, stride=1, size=None, slope=None, **settings):
    """The layer of Keras for one of the table's."""
    names = {"kernel_size": kernel, "pool_size": size, "negative_slope": slope} | ({"strides": stride} if kernel or size else {})
    return getattr(layers, kind)(**{name: value for name, value in names.items() if value is not None}, **settings)


def test_the_tables_counts_are_those_of_keras_for_every_kind_of_layer():
    for shape, stack in networks():
        model = keras.Sequential([keras.Input(shape), *(keras_layer(**layer) for layer in stack)])
        counted = layer_table.counts(shape, stack)
        assert [row[:2] for row in counted] == [(layer.output.shape[1:], layer.count_params()) for layer in model.layers]
        assert sum(row[2] for row in counted) == inspection.table(model).multiply_accumulates
    assert {layer["kind"] for _, stack in networks() for layer in stack} == set(layer_table.LAYERS)


def test_shapes_parameters_and_products_of_every_network_are_those_of_the_package(javascript_module):
    counted = javascript_module("layer_table/counts.js").map("countLayers", networks())
    for (input_shape, layers_), found in zip(networks(), counted, strict=True):
        expected = LayerTable(input_shape=input_shape, layers=layers_).counts()
        assert [(tuple(row["shape"]), row["parameters"] + row["fixed"], row["macs"]) for row in found["rows"]] == expected
        assert (found["parameters"] + found["fixed"], found["macs"]) == tuple(sum(row[k] for row in expected) for k in (1, 2))
        for row in found["rows"]:
            for how, value in (("how", row["parameters"] + row["fixed"]), ("macsHow", row["macs"])):
                assert not row[how] or computed(row[how]) == value


def computed(how: str) -> int:
    """What a derivation as a reader sees it comes to."""
    for words, sign in ((" trained", ""), (" kept", ""), ("·", "*"), (",", "")):
        how = how.replace(words, sign)
    return eval(how, {"__builtins__": {}})


@pytest.mark.parametrize(
    ("layers_", "problem"),
    [
        ([{"kind": "Dense", "units": 3}], "put Flatten before it"),
        ([{"kind": "Flatten"}, {"kind": "Conv2D", "filters": 1, "kernel": 1, "stride": 1, "padding": "same"}], "put it before Flatten"),
        ([{"kind": "Conv2D", "filters": 1, "kernel": 6, "stride": 1, "padding": "valid"}], "a window of 6 × 6 does not fit into 5 × 8"),
    ],
)
def test_a_layer_that_does_not_fit_is_a_problem_and_nothing_after_it_is_counted(javascript_module, layers_, problem):
    found = javascript_module("layer_table/counts.js").countLayers([5, 8, 2], [*layers_, {"kind": "Flatten"}])
    assert found["problem"].startswith(f"Layer {len(layers_)}: ")
    assert problem in found["problem"]
    assert found["rows"][-1] is None


@pytest.mark.parametrize("mode", dropout_mask.MODES)
@pytest.mark.parametrize("scale", [True, False])
def test_outputs_averages_and_curve_are_those_of_python_for_every_rate(javascript_module, mode, scale):
    page = javascript_module("dropout_mask/arithmetic.js")
    for rate, draws in itertools.product(dropout_mask.RATES, (0, 1, 7, 300)):
        demo = DropoutMask(rate=rate, mode=mode, scale=scale, draws=draws, seed=11)
        state = demo.state()
        found = page.play({**state, "values": np.ravel(state["values"]).tolist()}, 5)
        np.testing.assert_allclose(found["outputs"], demo.outputs().ravel(), atol=1e-12)
        assert len(found["curve"]) == draws
        if draws or mode == "prediction":
            np.testing.assert_allclose(found["averages"], demo.averages().ravel(), atol=1e-12)
        if draws:
            assert found["curve"][-1] == pytest.approx(demo.averages().ravel()[5])


def test_ticks_are_one_two_or_five_times_a_power_of_ten_and_about_four(javascript_module):
    spans = [10**power for power in np.linspace(-3, 6, 200)]
    steps = np.array(javascript_module("dropout_mask/arithmetic.js").map("niceStep", [(span,) for span in spans]))
    mantissas = steps / 10 ** np.floor(np.log10(steps) + 1e-9)
    assert {round(mantissa, 6) for mantissa in mantissas} <= {1, 2, 5}
    assert ((spans / steps > 1.5) & (spans / steps <= 4 + 1e-9)).all()


@pytest.mark.parametrize("values", [[3.0, 4.5, -1.0, 2.5, 1.0, 2.0], [5.0, -5.0], [1.5] * 8])
def test_normalisation_and_moving_statistics_are_those_of_python_and_keras(javascript_module, values):
    page = javascript_module("normalized_batch/arithmetic.js")
    for gamma, beta, epsilon, momentum in itertools.product((-2.5, 0, 1), (0, 1.5), (1e-5, 1e-3, 1), (0, 0.9, 0.99)):
        demo = NormalizedBatch(values=values, gamma=gamma, beta=beta, epsilon=epsilon, momentum=momentum)
        statistics = page.statisticsOf(values)
        assert list(statistics.values()) == pytest.approx(demo.batch_statistics())
        np.testing.assert_allclose(page.normalize(values, statistics, demo.state()), demo.normalized(), atol=1e-9)
        after = page.afterSteps({"mean": 0, "variance": 1}, statistics, momentum, 3)
        layer, x = layers.BatchNormalization(momentum=momentum, epsilon=epsilon), np.array(values, "float32")[:, None]
        for _ in range(3):
            demo.step()
            layer(x, training=True)
        assert [after["mean"], after["variance"]] == pytest.approx([demo.moving_mean, demo.moving_variance])
        np.testing.assert_allclose(np.ravel(layer.get_weights()[2:]), list(after.values()), rtol=1e-5, atol=1e-6)


def test_dots_that_would_cover_each_other_stand_in_different_rows(javascript_module):
    rng, width = np.random.default_rng(0), 25
    all_places = [rng.uniform(0, 300, rng.integers(2, 9)).tolist() for _ in range(200)]
    for places, rows in zip(
        all_places, javascript_module("normalized_batch/arithmetic.js").map("rowsOf", [(p, width) for p in all_places]), strict=True
    ):
        for (a, row), (b, other) in itertools.combinations(zip(places, rows, strict=True), 2):
            assert row != other or abs(a - b) >= width


def test_an_image_of_any_size_is_covered_once_by_the_cells(javascript_module):
    page, cells = javascript_module("shared/own_image.js"), 32
    for length in (1, 7, 31, 32, 33, 100, 1025):
        covered = np.zeros(length)
        for each in page.map("covered", [(i, cells, length) for i in range(cells)]):
            assert sum(each["shares"]) == pytest.approx(length / cells)
            covered[each["first"] : each["first"] + len(each["shares"])] += each["shares"]
        np.testing.assert_allclose(covered, 1)


def test_numbers_have_a_true_minus_commas_and_no_negative_zero(javascript_module):
    page = javascript_module("shared/numbers.js")
    assert page.map("formatNumber", [(1234.5,), (-3,), (-0.001,), (0,), (2.345,)]) == ["1,234.5", "−3", "0", "0", "2.35"]
    assert page.map("fixed", [(-0.00001, 4), (-0.5, 4)]) == ["0.0000", "−0.5000"]
    assert page.map("significant", [(0.00012345, 2), (-1234.5, 3)]) == ["0.00012", "−1,230"]
    assert page.map("within", [("−3",), ("3",)]) == ["(−3)", "3"]


def test_keys_lead_where_they_point_and_no_place_leaves_its_map(javascript_module):
    page = javascript_module("shared/places.js")
    assert page.map("placeAfter", [("ArrowUp", [1, 1]), ("ArrowRight", [1, 1]), ("Home", [2, 3], 5), ("End", [2, 3], 5)]) == [
        [0, 1], [1, 2], [2, 0], [2, 4]]  # fmt: skip
    assert page.map("placeAfter", [("Home", [2, 3]), ("a", [2, 3], 5), ("toString", [0, 0])]) == [None, None, None]
    assert page.map("intoMap", [([-1, 9], 3, 4), ([2, 0], 3, 4)]) == [[0, 3], [2, 0]]
