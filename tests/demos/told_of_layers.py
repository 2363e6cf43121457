"""What the demos of single layers and of the recorded trainings state, each sentence with what shows it; see `told`."""

import re

import numpy as np

from cnnbook import reference
from cnnbook.demos import DropoutMask, NormalizedBatch, ReceptiveField, activation_history, normalized_batch
from tests.demos.told import code, codes, tested

BATCH = NormalizedBatch(values=[-1, 2, 4], gamma=1.5, beta=-2)


def by_the_formula() -> bool:
    x = np.array(BATCH.values)
    by_hand = BATCH.gamma * (x - x.mean()) / np.sqrt(((x - x.mean()) ** 2).mean() + BATCH.epsilon) + BATCH.beta
    return np.allclose(BATCH.normalized(), by_hand)


def one_alone(value: float) -> float:
    """The result in training of a batch of this value alone, with γ = 2 and β = 3."""
    x = np.array([[value]])
    return reference.batch_norm(x, np.array([2.0]), np.array([3.0]), x.mean(0), x.var(0), epsilon=0.001).item()


def lines_join_each_to_its_own() -> bool:
    drawing = str(normalized_batch._two_lines([-1, 2], np.array([3, -4])))
    places = [tuple(map(float, found)) for found in re.findall(r"M([\d.]+) [\d.]+V50L([\d.]+) 130", drawing)]
    return places == [(240 - 44.0, 240 + 3 * 44.0), (240 + 2 * 44.0, 240 - 4 * 44.0)]


def unchanged_in_prediction() -> bool:
    demos = [DropoutMask(mode="prediction", scale=scale, draws=draws) for scale in (True, False) for draws in (0, 1, 7)]
    return all(np.array_equal(demo.outputs(), demo.values) for demo in demos)


def average_of_many(scale: bool) -> float:
    """The average output after many masks with rate 0.75, as a share of the value."""
    demo = DropoutMask(values=[[2.0] * 6] * 6, rate=0.75, scale=scale, draws=2000)
    return float(demo.averages().mean() / 2)


def field_as_said() -> bool:
    """Does a unit in the middle see as many pixels as the size says, along each axis?"""
    demo = ReceptiveField()
    return all(last - first + 1 == demo.size() and first >= 0 for first, last in demo.spans()[0])


def first_dashed_last_filled() -> bool:
    counts = [[1, 4, 1], [0, 2, 8]]
    drawing = str(activation_history._figure({"title": "a", "layers": [{"reach": 1.0, "counts": counts}]}, 0, "first", "last"))
    first, last = (next(path for path in drawing.split("<") if activation_history._outline(each) in path) for each in counts)
    return ("dasharray" in first, "dasharray" in last) == (True, False) and 'fill="none"' in first and 'fill="currentColor"' in last


def equally_high() -> bool:
    """Does the fullest bin of every histogram reach the same height?"""
    tops = [min(map(float, re.findall(r"V([\d.]+)h", activation_history._outline(counts)))) for counts in ([1, 2], [30, 10])]
    return tops == [10, 10]


def large_and_small() -> bool:
    """Is a number of the way forward written larger than the error beneath it?"""
    sizes = [float(re.search(rf"td {tag} {{[^}}]*font-size: ([\d.]+)rem", code("way_back/demo.css"))[1]) for tag in ("span", "small")]
    return sizes[0] > sizes[1] and codes(GRIDS, 'value = element("span"), error = element("small")')


def no_single_slope() -> bool:
    """Do ReLU and the maximum of two equal numbers change at other rates upwards than downwards, and by trying at the mean of the two?"""
    h, bends = 1e-3, (lambda x: max(x, 0), lambda x: max(1 + x, 1))
    slopes = [((bend(h) - bend(0)) / h, (bend(0) - bend(-h)) / h, (bend(h) - bend(-h)) / (2 * h)) for bend in bends]
    return np.allclose(slopes, [(1, 0, 0.5)] * 2) and reference.relu_gradients(np.zeros(1), np.ones(1))[0] in (0, 1)


HISTORY, PANELS, WATCH = "browser/test_activation_history", "activation_history/panels.js", "training/test_activation_watch"
NUMBERS = tested(HISTORY, "test_every_number_at_every_moment_is_the_recorded_one_and_is_said_aloud")
BANDS = tested(HISTORY, "test_the_band_of_each_channel_is_what_leaves_it_at_every_moment")
BARS = tested(HISTORY, "test_bars_are_the_chosen_histogram_and_the_outline_is_the_first_one")
STRIP = tested(HISTORY, "test_the_shades_of_the_strip_are_the_shares_of_the_bins")
MOVED = tested(WATCH, "test_moved_is_the_shift_of_each_quantity_of_a_channel_in_its_deviations")
LEAVING = tested(WATCH, "test_what_leaves_is_measured_channel_by_channel_behind_the_activation")
FIELD = tested("browser/test_receptive_field", "test_size_and_place_of_the_field_are_those_of_arithmetic_and_of_kerass_gradient")
STORY = "way_back/demo.js"
BATCHES, MAPS, GRIDS = "browser/test_normalized_batch", "sliding_filter/maps.js", "way_back/tables.js"
ONE_MOVES = tested(BATCHES, "test_moving_one_value_moves_the_other_results_in_training_only")
TWO_TO_EIGHT = tested(BATCHES, "test_a_batch_stays_between_two_and_eight_values")
SAID = tested(BATCHES, "test_nothing_is_said_while_a_dot_is_dragged_and_all_when_it_rests")


def kept_before_the_step() -> bool:
    return codes(STORY, "before = forward(stateOf(model)).loss[0][0]")


TOLD = {
    "activation_history/__init__.py": {
        "What enters the activation of the layer “{name}”: histograms after {first} (dashed) and after {last} (filled), each drawn to the "
        "same height.": lambda: first_dashed_last_filled() and equally_high(),
        "Two histograms from −{reach} to {reach}: a dashed outline after {first}, a filled one after {last}.": first_dashed_last_filled,
        "The inputs of each layer’s activation (mean ± standard deviation, sd), and how far the mean of a channel moves in one update, on "
        "entering the activation and on leaving it, in units of its sd and averaged over channels and recorded moments.": tested(
            "demos/test_activation_history",
            "test_the_stand_in_tells_the_first_and_last_mean_and_sd_and_the_average_movement_of_each_layer",
        ),
    },
    "activation_history/demo.js": {
        "fullest bin of its column": lambda: codes(
            "activation_history/histograms.js", "const most = Math.max(...bins)", "context.globalAlpha = count / most"
        ),
        "What enters the activation of {name}, all channels together.": tested(
            WATCH, "test_means_and_deviations_are_those_of_the_layers_inputs_in_training_mode"
        ),
        "Each histogram is as high as its fullest bin: compare places and widths, not heights.": BARS,
        "Values beyond the ends are counted in the outermost of the {bins} bins.": tested(
            WATCH, "test_a_histogram_counts_thousandths_and_keeps_what_lies_beyond_in_the_last_bins"
        ),
        "Strip: the whole training, a column for each recorded number of updates, each a histogram seen from above.": STRIP,
        "Moves: how far the mean of a channel moves in the next update, in units of its standard deviation (sd), averaged over the "
        "channels.": MOVED,
        "Beneath the strip: what leaves the activation, for the first {channels} channels, one line each.": LEAVING,
        "The band reaches from the 10th to the 90th percentile, the line in it is the mean, and all bands of a network have the same "
        "scale.": BANDS,
    },
    PANELS: {
        "{title}: histogram of {layer} after {updates}, from {…} to {…}.": NUMBERS,
        "{title}: the histograms of {layer} at {moments} moments, one column each.": STRIP,
        "{title}: what leaves the activation of {layer}, channel by channel.": LEAVING,
        "After {updates}, from the 10th to the 90th percentile: {ends}.": BANDS,
        "leaving: {count} channels, each drawn from {least} to {most}": BANDS,
        "{title}: mean {mean}, sd {sd}; in the next update a channel moves {moved} on entering and {left} on leaving.": lambda: codes(
            PANELS,
            "[moved, left] = [layer.moved, layer.left_moved]",
            "[mean, sd] = [layer.means, layer.sds]",
            "(title, mean, sd, moved, left)",
        ),
        "{name}; moves: how far a channel’s mean moves in the next update, in units of its sd": MOVED,
    },
    "dropout_mask/__init__.py": {
        "The outputs of {units} units and, beneath each, what the first mask of Dropout with rate {rate:g} makes of it in training: "
        "{dropped} units are dropped, so that their output is 0, and the others {survivors}.": tested(
            "demos/test_dropout_mask", "test_the_stand_in_shows_each_value_before_and_after_the_first_mask_and_what_to_expect"
        ),
        "Over many masks the mean output of a unit is {mean}.": lambda: (
            np.isclose(average_of_many(True), 1, atol=0.05) and np.isclose(average_of_many(False), 1 - 0.75, atol=0.02)
        ),
        "In prediction nothing is dropped or scaled.": unchanged_in_prediction,
    },
    "dropout_mask/demo.js": {
        "small: the value, large: the output, hatched: dropped; arrow keys choose a unit, Space draws a new mask": lambda: (
            codes(
                "dropout_mask/units.js", 'before = element("small")', "cell.before.textContent = value", "cell.after.textContent = output"
            )
            and codes("dropout_mask/demo.css", "td.cb-dropped { background: repeating-linear-gradient")
        ),
        "{unit}: average output over all masks so far (solid), value without Dropout (dashed)": tested(
            "browser/test_dropout_mask", "test_average_and_value_differ_in_style_and_have_names"
        ),
        "Chart of the average output after each mask.": tested(
            "browser/test_dropout_mask", "test_the_curve_is_the_running_average_of_the_selected_unit"
        ),
        "largest distance of all units": lambda: codes("dropout_mask/demo.js", "Math.abs(mean - units[unit]))", "gap = Math.max(...gaps)"),
        "In prediction nothing is dropped or scaled: each output is the value itself, and a new mask changes nothing.": (
            unchanged_in_prediction
        ),
        "With scaling the average heads for the value: {value} × 1/(1 − {rate}) × (1 − {rate}) = {value}.": lambda: np.isclose(
            average_of_many(True), 1, atol=0.05
        ),
        "Without scaling the average heads for {value} × (1 − {rate}) {equals} {mean}": lambda: np.isclose(
            average_of_many(False), 1 - 0.75, atol=0.02
        ),
        ", not for the value {value}": lambda: average_of_many(False) < 0.5,
        "“Start again” goes back to the first one.": tested(
            "browser/test_dropout_mask", "test_at_the_limit_it_says_so_and_start_again_begins_with_the_same_first_mask"
        ),
        "Nothing is dropped or scaled; a new mask changes nothing.": unchanged_in_prediction,
    },
    "normalized_batch/__init__.py": {
        "One channel of a batch, normalised in {mode} with {of} mean {mean} and variance {variance}, ε {epsilon:g}, γ {gamma} and β "
        "{beta}.": (tested("demos/test_normalized_batch", "test_the_stand_in_has_each_value_and_result_and_the_statistics_it_used")),
        "Two number lines: the values above, their results below, each joined to its own.": lines_join_each_to_its_own,
    },
    "normalized_batch/demo.js": {
        "The batch can have at most {most} values.": TWO_TO_EIGHT,
        "The batch needs at least {fewest} values: one value alone has variance 0, and in training its result would always be β.": lambda: (
            [one_alone(value) for value in (-4, 0, 2.5)] == [3, 3, 3]
        ),
        "values; dashed: the mean {mean}, shaded: ± one standard deviation ({sd}), {whose}": lambda: (
            codes("normalized_batch/lines.js", "spread = Math.sqrt(used.variance)", "at(used.mean + sign * spread, reach)")
            and codes("normalized_batch/lines.js", "setAll(parts.centre, { d: `M${at(used.mean, reach)}")
            and codes("normalized_batch/demo.css", ".cb-centre { stroke-width: 2; stroke-dasharray")
        ),
        "results; each depends on all values of the batch": ONE_MOVES,
        "results; each depends on its own value alone; an arrow marks a result beyond the end of the line": tested(
            BATCHES,
            "test_moving_one_value_moves_the_other_results_in_training_only",
            "test_a_result_beyond_the_line_is_said_and_stands_at_its_end",
        ),
        "value {…}: γ · (x − mean) / √(variance + ε) + β": by_the_formula,
        "{mode}: value {…} of {count}, {value}, gives {result}.": SAID,
        "After {seen}, moving mean {…}, variance {…}.": SAID,
    },
    "normalized_batch/tables.js": {
        "{steps} of training so far; rounded to three decimals": lambda: codes(
            "normalized_batch/tables.js", "short = (value) => upTo(value, 3)", "cell.textContent = short([batch, moving]"
        ),
        "Prediction leaves the moving statistics as they are.": tested(
            "demos/test_normalized_batch", "test_a_step_is_refused_in_prediction_and_leaves_the_moving_statistics"
        ),
    },
    "receptive_field/__init__.py": {
        "{alt}; faded but for what the unit sees, {size} pixels with the padding": lambda: (
            field_as_said() and codes("receptive_field/__init__.py", "np.where(seen, shown, 255 - (255 - shown) * 0.3)")
        ),
        "What one unit sees through filters of {stack}: {size} pixels.": field_as_said,
    },
    "receptive_field/demo.js": {
        "image, {side}\u00a0×\u00a0{side}; faded: what the unit does not see{…}": lambda: codes(
            "receptive_field/demo.js", "seen = inside(rows, i) && inside(columns, j)", "Math.round(seen ? v : 255 - (255 - v) * 0.3)"
        ),
        "; hatched: the padding it sees{…}": lambda: codes(
            "receptive_field/demo.js", "if (pixel) input.fill", "else if (seen) input.hatch"
        ),
        "Image with the receptive field of the unit: rows {…} to {…}, columns {…} to {…}.": FIELD,
        "You can also choose a place in the image or in another map: this selects the unit of the last map that is centred nearest to "
        "it.": (tested("demos/test_arithmetic", "test_the_unit_at_a_place_is_one_whose_field_is_centred_nearest_to_it")),
        "Feature map {n}: the unit depends on rows {…} to {…}, columns {…} to {…}.": FIELD,
        "Row {…}, column {…}: this unit sees {size} by {size} pixels, rows {…} to {…}, columns {…} to {…}.": FIELD,
    },
    "sliding_filter/__init__.py": {
        "Its feature map for the filter “{filter}”: {shape} numbers; the larger a sum, the lighter it is.": lambda: codes(
            "sliding_filter/__init__.py", "levels = (feature_map / reach + 1) / 2 if feature_map.min() < 0 else", "255 * levels"
        ),
    },
    "sliding_filter/demo.js": {
        "Row {…}, column {…}: {parts}, plus bias {…}, gives {…}.": tested(
            "browser/test_sliding_filter", "test_the_first_cell_shows_patch_products_sum_and_bias_and_says_it_aloud"
        ),
    },
    MAPS: {
        "Arrow keys move the window, Home and End go to the ends of a row, space plays and pauses.": tested(
            "browser/test_sliding_filter", "test_the_whole_demo_can_be_reached_and_used_with_the_keyboard_alone"
        ),
        "black {…}, middle grey 0, white {…}": lambda: codes(
            MAPS, "255 * (signed ? (values[i][j] / reach + 1) / 2 : values[i][j] / reach)"
        ),
        "black 0, white {…}": lambda: codes(MAPS, "signed = low < 0", "ends = signed ? TEXT.signed(reach) : TEXT.positive(reach)"),
        "; hatched: zeros around it": lambda: codes(MAPS, "if (pixel) input.fill(", "else input.hatch("),
        "; hatched: not yet computed": lambda: codes(MAPS, "if (visited.has(i * width + j)) map.fill(", "else map.hatch("),
        "Feature map of {height} rows and {width} columns, {visited} cells computed.": lambda: codes(
            MAPS, "height = values.length, width = values[0].length", "TEXT.mapLabel(height, width, visited.size)"
        ),
    },
    STORY: {
        "as its error says": tested("browser/test_way_back", "test_after_a_change_all_is_kerass_and_the_slope_found_by_trying_agrees"),
        "loss before the step": kept_before_the_step,
        ", before the step {before}": kept_before_the_step,
        "Large: the number on the way forward.": lambda: (
            large_and_small() and codes(GRIDS, "shown = formatNumber(value)", "value.textContent = shown")
        ),
        "Small, after the arrow: its error.": lambda: (
            large_and_small() and codes(GRIDS, "cell.error.textContent", "TEXT.error(shownError)")
        ),
        "Bold: it can be changed.": lambda: (
            codes("way_back/demo.css", ".cb-changeable td span { font-weight: 700; }")
            and codes(
                STORY, "field.input.disabled = !CHANGEABLE.includes(model.get(", "createTables(model, forward(stateOf(model)), CHANGEABLE)"
            )
        ),
        "Dashed: where the chosen number's error comes from.": lambda: (
            codes("way_back/demo.css", "td.cb-fed { outline: 2px dashed") and codes(GRIDS, "sourcesOf(values, ...chosen)", '"cb-fed"')
        ),
        "Back: the error has not come this far yet.": lambda: codes(STORY, "error.textContent = has ? ", ": TEXT.notYet;"),
        "By trying: moving it a little up and down changes the loss at a rate of {found}, {verdict}.": lambda: codes(
            "way_back/network.js", "return (loss(step) - loss(-step)) / (2 * step);"
        ),
        "which is not what its error says: here ReLU or the maximum has a bend, and no single slope": no_single_slope,
        "The error has reached: {…}.": tested("browser/test_way_back", "test_what_is_said_names_the_number_its_error_and_the_loss"),
    },
}
