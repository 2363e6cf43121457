"""What the figures of comparisons draw: nbval does not compare images."""

import matplotlib.colors
import numpy as np
import pytest

from cnnbook import figures
from cnnbook.claims import Difference

AHEAD, UNSURE = Difference(0.02, 0.01, 0.03, 5), Difference(-0.01, -0.03, 0.02, 3)


def ends(container) -> list[float]:
    """The two ends of the bars that `errorbar` has drawn in a row."""
    return sorted(cap.get_xdata()[0] for cap in container.lines[1])


def test_differences_draw_mean_and_interval_in_points_and_say_how_many_seeds():
    axes = figures.differences({"ahead": AHEAD, "unsure": UNSURE}, "the whole network").axes[0]
    assert [container.lines[0].get_xdata()[0] for container in axes.containers] == pytest.approx([2, -1])
    assert ends(axes.containers[0]) == pytest.approx([1, 3])
    assert ends(axes.containers[1]) == pytest.approx([-3, 2])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["ahead", "unsure"]
    assert {"5 seeds", "3 seeds", "the whole network"} <= {text.get_text() for text in axes.texts}
    assert list(axes.lines[-1].get_xdata()) == [0, 0]


def test_a_difference_whose_interval_contains_zero_is_hollow_and_any_other_filled():
    axes = figures.differences({"ahead": AHEAD, "unsure": UNSURE}, "zero").axes[0]
    hollow = [matplotlib.colors.to_hex(container.lines[0].get_markerfacecolor()) == "#ffffff" for container in axes.containers]
    assert hollow == [False, True]


def test_gains_have_a_panel_for_each_optimizer_and_an_interval_at_each_rate():
    axes = figures.gains({"SGD": ([0.01, 0.1], [AHEAD, UNSURE])}, "points").axes[0]
    assert axes.get_title() == "SGD"
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0.01", "0.1"]
    mean, caps, _ = axes.containers[0].lines
    np.testing.assert_allclose(mean.get_ydata(), [2, -1])
    assert sorted(cap.get_ydata().tolist() for cap in caps) == [pytest.approx([1, -3]), pytest.approx([3, 2])]


def test_filter_changes_show_start_end_and_difference_on_one_scale_per_filter():
    before, after = np.zeros((2, 3, 3, 3, 2))
    before[0, 0, 0], after[0, 0, 0] = [1.0, 0.5], [0.5, 1.0]
    axes = figures.filter_changes(before, after).axes
    assert [axes[row * 2].get_ylabel() for row in range(3)] == ["start", "end", "difference"]
    corner = [[float(axes[row * 2 + filter].images[0].get_array()[0, 0, 0]) for row in range(3)] for filter in range(2)]
    assert corner == [[1.0, 0.75, 0.25], [0.75, 1.0, 0.75]]
    assert axes[0].images[0].get_array()[1, 1].tolist() == [0.5, 0.5, 0.5]
    with pytest.raises(ValueError, match="after"):
        figures.filter_changes(before, after[..., :1])


def test_changed_images_draw_each_network_in_each_panel_in_per_cent_and_guessing_as_a_line():
    panels = {"pixels": ([0, 1], {"a": [0.7, 0.5], "b": [0.5, 0.4]}), "noise": ([0, 20], {"a": [0.7, 0.2], "b": [0.5, 0.3]})}
    first, second = figures.changed_images(panels, guessing=0.1).axes
    np.testing.assert_allclose([line.get_ydata() for line in first.lines], [[70, 50], [50, 40], [10, 10]])
    assert (first.get_xlabel(), second.get_xlabel()) == ("pixels", "noise")
    assert list(second.lines[0].get_xdata()) == [0, 20]
    assert [text.get_text() for text in second.get_legend().get_texts()] == ["a", "b"]


def test_rescaled_draws_every_number_the_line_of_the_slope_and_that_of_no_change():
    axes = figures.rescaled([[-1.0, 2.0], [0.0, 1.0]], [[-2.0, 3.0], [0.5, 1.0]], 1.5, "before", "after").axes[0]
    numbers, same, line = axes.lines
    np.testing.assert_array_equal(numbers.get_xydata(), [[-1, -2], [2, 3], [0, 0.5], [1, 1]])
    assert (same.get_xdata().tolist(), same.get_ydata().tolist(), same.get_linestyle()) == ([-1, 2], [-1, 2], "--")
    assert (line.get_xdata().tolist(), line.get_ydata().tolist(), line.get_linestyle()) == ([-1, 2], [-1.5, 3], "-")
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["no change", "multiplied by 1.50"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("before", "after")
    with pytest.raises(ValueError, match=r"after has shape \(3,\); it takes \(2,\)"):
        figures.rescaled([0.0, 1.0], [0.0, 1.0, 2.0], 1.0, "before", "after")
