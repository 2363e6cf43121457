"""What the figures draw: their data, since nbval does not compare pictures."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from cnnbook import figures
from cnnbook.keras_quietly import keras


def texts(axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_patches_times_filter_writes_every_product_and_the_sum():
    patch, kernel = np.array([[1, 2], [3, -4]]), np.array([[1, 0], [-1, 2]])
    figure = figures.patches_times_filter({"a patch": patch}, kernel)
    assert texts(figure.axes[0]) == ["1", "2", "3", "−4"]
    assert texts(figure.axes[2]) == ["1", "0", "−3", "−8", "sum = −10"]


def test_a_product_of_zero_and_a_negative_number_is_written_without_a_minus():
    figure = figures.patches_times_filter({"a patch": np.array([[-1.0, 0.0]])}, np.array([[0.0, -1.0]]))
    assert texts(figure.axes[2]) == ["0", "0", "sum = 0"]


def test_image_and_maps_puts_zero_in_the_middle_of_the_grey_scale():
    figure = figures.image_and_maps(np.zeros((4, 4)), {"map": np.array([[-2.0, 1.0], [2.0, 2.0]])})
    assert figure.axes[1].images[0].get_clim() == (-2.0, 2.0)
    assert figure.axes[1].get_title() == "map"


def test_colour_channels_shows_each_channel_of_the_picture():
    image = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    figure = figures.colour_channels(image)
    for channel in range(3):
        np.testing.assert_array_equal(figure.axes[1 + channel].images[0].get_array(), image[:, :, channel])


@pytest.mark.parametrize(("stride", "padding", "count", "cells"), [(1, "valid", 9, 25), (1, "same", 25, 49), (2, "same", 9, 49)])
def test_windows_has_a_dot_for_every_window_and_a_hatched_cell_for_every_zero(stride, padding, count, cells):
    axes = figures.windows(5, 3, [(stride, padding)]).axes[0]
    dots = sum(line.get_xdata().size for line in axes.lines)
    squares = [patch for patch in axes.patches if patch.get_width() == 1]
    assert (dots, len(squares)) == (count, cells)
    assert sum(bool(square.get_hatch()) for square in squares) == cells - 25


def test_training_curves_draw_every_seed_and_their_mean():
    seeds = [[0.1, 0.3], [0.3, 0.5]]
    axes = figures.training_curves({"net": {"test": seeds}}).axes[0]
    drawn = [list(line.get_ydata()) for line in axes.lines]
    assert seeds[0] in drawn
    assert seeds[1] in drawn
    np.testing.assert_allclose(drawn[-1], [0.2, 0.4])


def test_seeds_draws_each_run_the_mean_and_the_marks():
    axes = figures.seeds({"net": [0.70, 0.72, 0.74]}, {"quoted": 0.73}).axes[0]
    assert sorted(axes.lines[0].get_xdata()) == pytest.approx([70, 72, 74])
    bar = axes.containers[0]
    assert bar.lines[0].get_xdata()[0] == pytest.approx(72)
    assert "quoted" in texts(axes)


def test_accuracy_against_time_has_minutes_and_per_cent_with_the_mean_named():
    axes = figures.against_time({"ten epochs": [(60.0, 0.70), (120.0, 0.74)]}, 0.73, "quoted").axes[0]
    runs, mean, quoted = axes.lines
    np.testing.assert_allclose(runs.get_xydata(), [(1, 70), (2, 74)])
    np.testing.assert_allclose(mean.get_xydata(), [(1.5, 72)])
    assert quoted.get_ydata() == pytest.approx([73, 73])
    assert {"ten epochs", "quoted"} <= set(texts(axes))


def test_predictions_mark_right_and_wrong_in_words_and_frames_not_only_in_colour():
    images = np.zeros((2, 4, 4, 3), np.uint8)
    right, wrong = figures.predictions(images, ["cat", "dog"], ["cat", "frog"], [0.9, 0.51]).axes
    assert right.get_title() == "✓ cat 90%\n(is: cat)"
    assert wrong.get_title() == "✗ frog 51%\n(is: dog)"
    assert wrong.spines["left"].get_linewidth() > right.spines["left"].get_linewidth()


def test_an_odd_number_of_predictions_leaves_one_place_empty():
    axes = figures.predictions(np.zeros((3, 4, 4, 3), np.uint8), ["cat"] * 3, ["cat"] * 3, [1.0] * 3).axes
    assert [cell.axison for cell in axes] == [True, True, True, False]


def test_curves_that_cannot_be_told_apart_are_refused():
    with pytest.raises(ValueError, match=r"curves\['net'\] has 4 curves; it takes from 1 to 3"):
        figures.training_curves({"net": {name: [[0.1, 0.2]] for name in "abcd"}})


def test_maps_of_what_an_answer_depends_on_have_their_own_scales_and_mark_a_rise_with_more_than_a_colour():
    strengths, falls = np.zeros((1, 8, 8)), np.zeros((1, 2, 2))
    strengths[0, 2, 3], falls[0] = 0.5, [[0.25, 0.0], [-0.125, 0.0]]
    _, strong, hidden = figures.dependence(np.zeros((1, 8, 8, 3)), ["cat"], {"gradient": strengths}, {"hiding": falls}, 2).axes
    assert (strong.get_title(), hidden.get_title()) == ("gradient\nup to 0.5", "hiding\nup to 25 points")
    assert strong.images[0].get_clim() == (0, 0.5)
    assert hidden.images[0].get_clim() == (-0.25, 0.25)
    assert hidden.images[0].get_extent() == [1.5, 5.5, 5.5, 1.5]
    (marks,) = hidden.lines
    np.testing.assert_array_equal(marks.get_xydata(), [[2.5, 4.5]])  # the middle of the one place that rises


def test_confusion_gives_shares_of_each_row():
    axes = figures.confusion(np.array([[3, 1], [0, 8]]), ["a", "b"]).axes[0]
    assert texts(axes) == ["75", "25", "0", "100"]


def test_filters_shows_zero_as_mid_grey():
    kernels = np.zeros((3, 3, 3, 5))
    kernels[0, 0, 0, 4] = 2
    figure = figures.filters(kernels[..., 4:])
    shown = figure.axes[0].images[0].get_array()
    assert shown[0, 0, 0] == 1
    assert shown[1, 1].tolist() == [0.5, 0.5, 0.5]


def test_layer_maps_shows_the_first_maps_of_every_layer():
    maps = np.arange(4 * 4 * 9.0).reshape(4, 4, 9)
    figure = figures.layer_maps(np.zeros((8, 8, 3)), {"one": maps}, shown=3)
    np.testing.assert_array_equal(figure.axes[5].images[0].get_array(), maps[..., 2])


def test_cost_bars_write_the_numbers():
    assert texts(figures.cost_bars({"a": {"x": 1_000, "y": 20}, "b": {"x": 1, "y": 2}}).axes[0]) == ["1,000", "20"]


def test_learned_kernel_shows_the_loss_and_three_kernels():
    figure = figures.learned_kernel([4.0, 1.0], np.eye(3), np.zeros((3, 3)), np.full((3, 3), -0.001))
    assert list(figure.axes[0].lines[0].get_ydata()) == [4.0, 1.0]
    assert texts(figure.axes[2])[0] == "0"


def titles_and_numbers(figure: Figure) -> dict[str, str]:
    """Of each panel with numbers in it: its title, and the first of them."""
    return {cell.get_title(): texts(cell)[0] for cell in figure.axes if cell.get_title()}


def test_the_titles_that_a_figure_gives_its_panels_name_what_is_in_them():
    one, two, three = (np.full((2, 2), value) for value in (1.0, 2.0, 3.0))
    learned = figures.learned_kernel([4.0, 1.0], one, two, three)
    assert titles_and_numbers(learned) == {"at the start": "2", "learned": "3", "the one to find": "1"}
    assert titles_and_numbers(figures.patches_times_filter({"a patch": two}, three)) == {"a patch": "2", "filter": "3", "products": "6"}
    bars = figures.softmax_bars({"a": 2.0, "b": 2.0}, [0.5, 0.5], "a")
    assert titles_and_numbers(bars) == {"logits": "2.00", "probabilities": "0.50"}


def test_figures_are_closed_so_that_a_notebook_shows_them_once():
    figures.confusion(np.eye(2), ["a", "b"])
    assert plt.get_fignums() == []


def test_network_names_every_layer_with_its_shape():
    figure = figures.network([("InputLayer", (32, 32, 3)), ("Flatten", (1280,))])
    assert texts(figure.axes[0]) == ["InputLayer\n32 × 32 × 3", "Flatten\n1280"]
    assert len(figure.axes[0].patches) == 6


def test_influence_shows_no_influence_as_white():
    image = figures.influence(np.array([[0.0, 2.0]])).axes[0].images[0]
    assert image.get_clim() == (0, 2)
    assert image.to_rgba(0.0)[:3] == (1, 1, 1)


def test_a_curve_that_learns_is_shown_on_a_scale_on_which_that_can_be_seen():
    curves = {"bad": [1.0, 1e30, np.nan], "good": [2.0, 1.5, 1.0]}
    together, alone = figures.step_curves(curves, "loss", log=True, closer="good").axes
    assert [axes.get_yscale() for axes in (together, alone)] == ["log", "linear"]
    assert [line.get_label() for line in alone.lines] == ["good"]
    assert alone.lines[0].get_ydata().tolist() == curves["good"]
    assert alone.lines[0].get_color() == together.lines[-1].get_color()
    assert alone.get_ylim()[1] < 3


def test_a_curve_that_ends_in_nan_stops_at_its_last_number_and_says_so():
    axes = figures.step_curves({"bad": [1.0, 5.0, np.nan, np.nan], "good": [1.0, 0.9, 0.8, 0.7]}, "loss").axes[0]
    bad, cross, good = axes.lines
    assert (list(bad.get_ydata()), list(cross.get_ydata())) == ([1.0, 5.0], [5.0])
    assert len(good.get_ydata()) == 4
    assert texts(axes) == ["then NaN"]


def test_the_blocks_of_a_tower_are_shifted_by_their_numbers_from_the_bottom_up():
    patches = figures.tower({"low": 0.1, "high": 0.6}).axes[0].patches
    assert [(patch.get_x(), patch.get_y()) for patch in patches] == [(0, 0), (0.1, 0), (0, 1), (0.6, 1)]


def test_movement_shows_every_seed_and_their_mean():
    lines = figures.movement([0, 9], {"plain": np.array([[1.0, 2.0], [3.0, 4.0]])}, "moved").axes[0].lines
    assert [list(line.get_ydata()) for line in lines] == [[1, 2], [3, 4], [2, 3]]
    assert list(lines[-1].get_xdata()) == [1, 10]


def test_a_sweep_shows_mean_and_deviation_in_per_cent_over_the_rates():
    axes = figures.sweep([0.01, 0.1], {"net": [[0.5, 0.7], [0.1, 0.1]]}).axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0.01", "0.1"]
    np.testing.assert_allclose(axes.containers[0].lines[0].get_ydata(), [60, 10])
    assert [line.get_ydata().tolist() for line in axes.lines[:2]] == [[50, 10], [70, 10]]


def test_variants_show_every_picture_in_its_place():
    rows = np.random.default_rng(0).integers(0, 256, (2, 3, 4, 4, 3), np.uint8)
    cells = figures.variants(rows, "as it is", "moved").axes
    for cell, image in zip(cells, rows.reshape(-1, 4, 4, 3), strict=True):
        np.testing.assert_array_equal(cell.images[0].get_array(), image)
    assert [cells[0].get_title(), cells[1].get_title(loc="left")] == ["as it is", "moved"]


def test_stretches_show_the_ellipse_of_each_matrix_and_where_two_directions_go():
    axes = figures.stretches({"long": [[0, 4], [1, 0]], "turned": [[0, -3], [3, 0]]}, "inputs").axes
    assert [cell.get_title() for cell in axes] == ["inputs", "long", "turned"]
    for cell, (width, height) in zip(axes, [(1, 1), (0.25, 1), (1, 1)], strict=True):
        outline = np.array(cell.lines[1].get_data())
        np.testing.assert_allclose(outline.max(1), [width, height], atol=1e-3)
    ends = [[line.get_xydata()[1].tolist() for line in cell.lines[2:]] for cell in axes]
    np.testing.assert_allclose(ends, [[[1, 0], [0, 1]], [[0, 1], [0.25, 0]], [[0, -1], [1, 0]]], atol=1e-9)


def test_distributions_share_a_scale_within_a_panel():
    axes = figures.distributions({"one": {"narrow": np.zeros(100), "wide": np.linspace(-5, 5, 100)}}, "value").axes[0]
    assert [line.get_label() for line in axes.lines] == ["narrow", "wide"]
    narrow, wide = (line.get_xdata() for line in axes.lines)
    np.testing.assert_array_equal(narrow, wide)
    assert max(wide) > 4.8


def test_examples_name_each_class_and_show_its_images():
    images = np.arange(2 * 2 * 2 * 3, dtype=np.uint8).reshape(2, 2, 2, 3)
    axes = figures.examples({"cat": images, "dog": images[::-1]}).axes
    assert [axes[0].get_ylabel(), axes[2].get_ylabel()] == ["cat", "dog"]
    np.testing.assert_array_equal(axes[1].images[0].get_array(), images[1])
    np.testing.assert_array_equal(axes[2].images[0].get_array(), images[1])


def test_softmax_bars_write_every_number_and_mark_the_right_class_in_words_and_by_hatching():
    left, right = figures.softmax_bars({"cat": 2.0, "dog": -1.0}, [0.95, 0.05], right="dog").axes
    assert texts(left) == ["2.00", "−1.00"]
    assert texts(right) == ["0.95", "0.05"]
    assert [label.get_text() for label in left.get_yticklabels()] == ["cat", "dog (right)"]
    assert [bool(bar.get_hatch()) for bar in right.patches] == [False, True]


def test_descents_draws_every_step_of_every_path_on_one_scale_for_both_weights():
    path = [[-9.0, 1.5], [1.0, -1.0]]
    axes = figures.descents(lambda a, b: a**2 + b**2, {"SGD": path, "Adam": path[::-1]}, reach=(10, 2)).axes
    assert [cell.get_title() for cell in axes] == ["SGD", "Adam"]
    np.testing.assert_array_equal(axes[1].lines[0].get_xydata(), path[::-1])
    assert {cell.get_aspect() for cell in axes} == {1.0}


def test_tables_write_every_number_with_a_true_minus_and_the_signs_between():
    axes = figures.tables({"image": np.array([[1.0, -0.5]]), "error": np.array([[2.0], [-0.001]])}, signs=("×",)).axes
    assert texts(axes[0]) == ["1", "−0.5"]
    assert texts(axes[1]) == ["2", "0"]
    assert axes[1].get_ylabel() == "×"


def test_through_layers_counts_layers_from_one_on_a_logarithmic_scale():
    axes = figures.through_layers({"forwards": {"He": [1.0, 0.9]}, "backwards": {"He": [3.0, 2.0]}}, ["size", "error"]).axes
    assert [list(cell.lines[0].get_xdata()) for cell in axes] == [[1, 2], [1, 2]]
    assert list(axes[1].lines[0].get_ydata()) == [3.0, 2.0]
    assert {cell.get_yscale() for cell in axes} == {"log"}


def test_both_ways_names_what_each_part_hands_on_and_back():
    axes = figures.both_ways([("ReLU", "map", "error of sums"), ("dense", "logits", "error of map")]).axes[0]
    assert {"ReLU", "dense", "map", "logits", "error of sums", "error of map"} <= set(texts(axes))


def test_response_maps_put_zero_in_the_middle_only_where_a_map_has_negative_numbers():
    axes = figures.response_maps({"drawing": {"image": np.eye(2), "map": np.array([[-2.0, 0.0], [2.0, 2.0]])}}).axes
    assert axes[0].images[0].get_clim() == (0, 1)
    assert axes[1].images[0].get_clim() == (-2, 2)
    assert axes[0].get_ylabel() == "drawing"


MASKED = np.ma.array([[0.5, 0.6], [0.7, 0.8]], mask=[[0, 1], [0, 0]])
TEN = {str(number): [0.1, 0.2] for number in range(10)}
WRONG = {
    "masked patches": (lambda: figures.patches_times_filter({"a": MASKED}, np.ones((2, 2))), r"patches\['a'\] is a masked array"),
    "another patch": (lambda: figures.patches_times_filter({"a": np.ones((3, 3))}, np.ones((2, 2))), r"patches\['a'\] has shape \(3, 3\)"),
    "no kernel": (lambda: figures.patches_times_filter({}, [[np.nan]]), "kernel has 1 values"),
    "NaN in a map": (lambda: figures.image_and_maps(np.zeros((2, 2)), {"a": [[np.nan, 1]]}), r"maps\['a'\] has 1 values"),
    "no colours": (lambda: figures.colour_channels(np.zeros((2, 2, 4))), r"image has shape \(2, 2, 4\)"),
    "masked filters": (lambda: figures.filters(np.ma.ones((3, 3, 3, 8))), "kernels is a masked array"),
    "filters of two channels": (lambda: figures.filters(np.ones((3, 3, 2, 8))), r"kernels has shape \(3, 3, 2, 8\)"),
    "too few maps": (
        lambda: figures.layer_maps(np.zeros((4, 4, 3)), {"a": np.zeros((4, 4, 5))}),
        "shown is 8; it takes an int from 2 to 5",
    ),
    "negative influence": (lambda: figures.influence([[-1.0, 1.0]]), "values has -1.0"),
    "a model": (lambda: figures.network(keras.Sequential([keras.Input((2,))])), "layers is a Sequential; it takes"),
    "an unbuilt size": (lambda: figures.network([("a", (None, 8, 3))]), "the shape of 'a' is None"),
    "a shape of two": (lambda: figures.network([("a", (8, 3))]), r"the shape of 'a' is \(8, 3\)"),
    "half a cost": (lambda: figures.cost_bars({"work": {"net": 2.5}}), r"costs\['work'\]\['net'\] is 2.5"),
    "one run": (lambda: figures.seeds({"net": [0.7]}, {}), r"groups\['net'\] has one run"),
    "a run without a number": (lambda: figures.seeds({"net": [0.7, None]}, {}), r"groups\['net'\]"),
    "a mark that is none": (lambda: figures.seeds({"net": [0.7, 0.8]}, {"mark": np.nan}), r"marks\['mark'\] is nan"),
    "a run without its time": (lambda: figures.against_time({"a": [(None, 0.7)]}, 0.7, "m"), r"groups\['a'\]"),
    "no runs": (lambda: figures.against_time({"a": []}, 0.7, "m"), r"groups\['a'\]"),
    "runs of other lengths": (lambda: figures.training_curves({"net": {"a": [[1, 2], [1]]}}), r"curves\['net'\]\['a'\]"),
    "a confidence in per cent": (lambda: figures.predictions(np.zeros((1, 2, 2)), ["a"], ["a"], [73]), "confidence is 73.0"),
    "a class without images": (lambda: figures.confusion(np.array([[1, 0], [0, 0]]), ["a", "b"]), "matrix has a row without images"),
    "a class without a name": (lambda: figures.confusion(np.eye(3), ["a", "b"]), r"matrix has shape \(3, 3\)"),
    "NaN in a map of dependence": (
        lambda: figures.dependence(np.zeros((1, 4, 4, 3)), ["a"], {"x": [[[np.nan]]]}, {}, 0),
        r"strengths\['x'\] has 1 values",
    ),
    "more curves than looks": (lambda: figures.step_curves(TEN, "loss"), "curves has 10 curves; it takes from 1 to 4"),
    "a curve that is not there": (lambda: figures.step_curves({"a": [1.0]}, "loss", closer="b"), "closer is 'b'"),
    "more movements than looks": (lambda: figures.movement([0, 1], {name: [values] for name, values in TEN.items()}, "y"), "moved has 10"),
    "more sweeps than looks": (lambda: figures.sweep([1, 2], {name: [[1, 2]] * 2 for name in TEN}), "accuracies has 10 curves"),
    "more distributions than looks": (lambda: figures.distributions({"a": TEN}, "x"), r"panels\['a'\] has 10 curves"),
    "examples that are scaled": (lambda: figures.examples({"cat": np.full((1, 2, 2, 3), -0.5)}), r"classes\['cat'\] has values from -0.5"),
    "examples without colours": (lambda: figures.examples({"cat": np.zeros((1, 2, 2, 4))}), r"classes\['cat'\] has shape \(1, 2, 2, 4\)"),
    "no classes": (lambda: figures.examples({}), "classes is empty"),
    "a list of classes": (lambda: figures.examples([np.zeros((1, 2, 2, 3))]), "classes is a list"),
    "variants that are scaled": (lambda: figures.variants([np.full((2, 2, 2, 3), 1.5)], "a", "b"), r"rows\[0\] has values from 1.5"),
    "a stretch of three numbers": (lambda: figures.stretches({"a": np.eye(3)}, "b"), r"matrices\['a'\] has shape \(3, 3\)"),
    "a stretch to nothing": (lambda: figures.stretches({"a": np.zeros((2, 2))}, "b"), r"matrices\['a'\] has only zeros"),
    "variants of other numbers": (
        lambda: figures.variants([np.zeros((2, 2, 2, 3)), np.zeros((3, 2, 2, 3))], "a", "b"),
        r"rows has \[2, 3\] images",
    ),
    "a photograph in bytes and more": (lambda: figures.image_and_maps(np.full((2, 2), 256), {"a": np.eye(2)}), "image has values from 256"),
    "channels of a scaled image": (lambda: figures.colour_channels(np.full((2, 2, 3), 0.5) - 1), "image has values from -0.5"),
    "maps of a truth table": (lambda: figures.layer_maps(np.eye(2) > 0, {"a": np.zeros((4, 4, 8))}), "image has dtype bool"),
    "predictions of scaled images": (
        lambda: figures.predictions(-np.ones((1, 2, 2, 3)), ["a"], ["a"], [1]),
        r"images\[0\] has values from -1",
    ),
    "a logit without a value": (lambda: figures.softmax_bars({"a": np.nan}, [1], "a"), r"logits\['a'\] is nan"),
    "probabilities in per cent": (
        lambda: figures.softmax_bars({"a": 1.0, "b": 0.0}, [73, 27], "a"),
        "probabilities has 27 as its smallest value and",
    ),
    "a class that is not there": (lambda: figures.softmax_bars({"a": 1.0}, [1], "b"), "right is 'b'"),
    "a path of three weights": (lambda: figures.descents(np.add, {"a": np.zeros((4, 3))}, (1, 1)), r"paths\['a'\] has shape \(4, 3\)"),
    "a reach of nothing": (lambda: figures.descents(np.add, {"a": np.zeros((4, 2))}, (1, 0)), r"reach\[1\] is 0.0"),
    "a loss that is none": (lambda: figures.descents(lambda a, b: a * np.nan, {"a": np.zeros((4, 2))}, (1, 1)), "what loss returns has"),
    "a table of NaN": (lambda: figures.tables({"a": [[np.nan]]}), r"panels\['a'\] has 1 values"),
    "a sign too many": (lambda: figures.tables({"a": [[1]]}, signs=("+",)), "signs has 1"),
    "a layer of size 0": (lambda: figures.through_layers({"a": {"He": [1.0, 0.0]}}, ["y"]), r"panels\['a'\]\['He'\] has 0"),
    "lines of other lengths": (
        lambda: figures.through_layers({"a": {"He": [1.0, 2.0], "Glorot": [1.0]}}, ["y"]),
        r"panels\['a'\]\['Glorot'\] has 1, and panels\['a'\]\['He'\] 2",
    ),
    "a label too few": (lambda: figures.through_layers({"a": {"He": [1.0]}}, []), "ylabels has 0"),
    "a part without a way back": (lambda: figures.both_ways([("ReLU", "map")]), "parts is"),
    "a row with a map less": (
        lambda: figures.response_maps({"a": {"x": np.eye(2), "y": np.eye(2)}, "b": {"x": np.eye(2)}}),
        r"rows\['b'\] has 1, and rows\['a'\] 2",
    ),
    "a tower that has no shift": (lambda: figures.tower({"a": np.nan}), r"moved\['a'\] is nan"),
}


@pytest.mark.parametrize(("draw", "complaint"), WRONG.values(), ids=WRONG)
def test_what_would_be_drawn_wrongly_is_refused_by_name(draw, complaint):
    with pytest.raises((TypeError, ValueError), match=complaint):
        draw()


def test_small_integers_are_multiplied_and_shared_out_as_numbers_and_do_not_overflow():
    figure = figures.patches_times_filter({"a": np.full((2, 2), 100, np.uint8)}, np.full((2, 2), 100, np.uint8))
    assert texts(figure.axes[2]) == ["10000"] * 4 + ["sum = 40000"]
    assert texts(figures.confusion(np.array([[100, 100], [0, 200]], np.uint8), ["a", "b"]).axes[0]) == ["50", "50", "0", "100"]


def test_a_curve_without_any_finite_value_has_no_last_one():
    axes = figures.step_curves({"a": [np.nan, np.nan], "b": [0.1, 0.2]}, "loss").axes[0]
    assert [line.get_xdata().size for line in axes.lines] == [0, 2]
    assert texts(axes) == []


@pytest.mark.parametrize(
    ("image", "white"),
    [
        (np.array([[3, 200], [90, 7]], np.uint8), 255),
        (np.array([[3.0, 200.0], [90.0, 7.0]]), 255),
        (np.array([[0.25, 0.5], [0.5, 0.3]]), 1),
    ],
)
def test_an_image_of_whole_numbers_is_white_at_255_and_one_of_fractions_at_1_whatever_is_in_it(image, white):
    for figure in (
        figures.image_and_maps(image, {"a": np.eye(2)}),
        figures.layer_maps(image, {"a": np.zeros((2, 2, 2))}, shown=2),
        figures.predictions([image], ["a"], ["a"], [1.0]),
    ):
        assert figure.axes[0].images[0].get_clim() == (0, white)
    assert {cell.images[0].get_clim() for cell in figures.colour_channels(np.dstack([image] * 3)).axes[1:]} == {(0, white)}


def test_logits_that_are_all_negative_have_room_for_their_numbers():
    left, _ = figures.softmax_bars({"a": -1.0, "b": -2.0}, [0.73, 0.27], "a").axes
    assert left.get_xlim()[0] < -2
    assert left.get_xlim()[1] == 0


def test_a_map_of_zeros_is_drawn():
    assert figures.response_maps({"a": {"x": np.zeros((2, 2))}}).axes[0].images[0].get_clim() == (0, 1)


def test_a_filter_of_zeros_is_grey():
    image = figures.filters(np.zeros((3, 3, 3, 2))).axes[0].images[0].get_array()
    np.testing.assert_array_equal(image, np.full((3, 3, 3), 0.5))
