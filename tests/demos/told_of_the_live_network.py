"""What the demo of the live network states, each sentence with what shows it; see `told`."""

from functools import cache

import numpy as np

from cnnbook import article, data, records
from cnnbook.demos import LiveCNN
from cnnbook.demos.live_cnn import trained_cnn
from cnnbook.demos.live_cnn.samples import samples
from tests.comparing.whole_network import answers_differ, further_right
from tests.demos.told import codes, tested

NOISE = np.random.default_rng(0).integers(0, 256, (1, 32, 32, 3), dtype=np.uint8)


@cache
def made() -> dict[str, np.ndarray]:
    """What each layer of the live network makes of a noisy image, (height, width, channels) by layer name."""
    return {name: values[0] for name, values in trained_cnn.steps(NOISE).items()}


def normalised_as_kept() -> bool:
    gamma, beta, mean, variance = trained_cnn.weights()["BatchNorm 1"]
    by_hand = gamma * (made()["convolution 1"] - mean) / np.sqrt(variance + article.EPSILON) + beta
    return np.allclose(by_hand, made()["BatchNorm 1"], rtol=1e-4, atol=1e-4)


def times(slope: float, sign: int) -> bool:
    """Are the numbers of this sign multiplied by this slope in an activation?"""
    before, after = made()["BatchNorm 1"], made()["activation 1"]
    chosen = np.sign(before) == sign
    return bool(chosen.any()) and np.allclose(after[chosen], slope * before[chosen])


def one_filter_for_each_map() -> bool:
    """Has a kernel as many filters as there are maps after it, each with a part for every map before it?"""
    before, after = made()["activation 1"].shape[2], made()["convolution 2"].shape[2]
    return trained_cnn.weights()["convolution 2"][0].shape[2:] == (before, after)


def connected_to_every_unit() -> bool:
    kernel, before = trained_cnn.weights()["logits"][0], made()["activation 5"]
    return kernel.shape == (before.size, 10) and bool((kernel != 0).all())


def shares() -> bool:
    """Does softmax give each logit a positive share, all of them one together, the larger the logit the larger?"""
    logits, found = made()["logits"].ravel(), made()["probabilities"].ravel()
    return found.size == 10 and np.isclose(found.sum(), 1) and found.min() > 0 and (logits.argsort() == found.argsort()).all()


def pixels_scaled() -> bool:
    return np.allclose(data.scale(np.array([0, 127.5, 255])), [-1, 0, 1]) and made()["input"].shape[2] == 3


def answers_a_white_sheet() -> bool:
    found = LiveCNN().probabilities(np.full_like(NOISE, 255))[0]
    return np.isclose(found.sum(), 1) and found.size == len(data.CLASS_NAMES) == 10 and found.max() > 0.1


def side_of_square(js) -> bool:
    """Do the corners of the grey square lie a step apart, from border to border?"""
    square = LiveCNN().square
    corners = js("live_cnn/dependence.js").cornersOf(32, square)
    return set(np.diff(corners)) == {square["step"]} and corners[-1] + square["side"] == 32


SPREAD_AND_PEAK = [9 if (i, j) == (0, 0) else 2 if 3 <= i < 6 and 3 <= j < 6 else 0 for i in range(9) for j in range(9)]


def ninth(js) -> dict:
    """Of a map whose largest number lies at the top left, and whose largest sum in the middle."""
    return js("live_cnn/dependence.js").largestNinth(SPREAD_AND_PEAK, 9)


def rank(js, one: list, other: list) -> float | None:
    return js("live_cnn/dependence.js").rankCorrelation(one, other)


def cat_moved_to_the_left() -> bool:
    """Is the second cat cropped a little further to the right, so that it lies further to the left?"""
    return 0 < further_right() < 2


OUTLINED = tested("browser/test_live_cnn_inside", "test_a_unit_depends_on_the_pixels_that_are_outlined_and_on_no_others")
WEIGHTS = tested("browser/test_live_cnn", "test_while_the_weights_are_missing_the_demo_says_so_and_can_be_used_otherwise")
WHY = tested("browser/test_live_cnn_why", "test_what_is_told_of_each_image_and_class_is_what_keras_comes_to")
GRADIENT = tested("demos/test_dependence", "test_the_gradient_with_respect_to_the_image_is_that_of_tensorflow")
DRAWN = "live_cnn/why_maps.js"
ONE_SCALE = (
    "reachAt(made, isConvolution ? n - 1 : n)",
    "drawMap(canvas, layer, made[chosen.n()], chosen.map(), reachAt(made, chosen.n()))",
)


TOLD = {
    "live_cnn/__init__.py": {
        "What the trained network takes these images for: its three most probable classes.": tested(
            "demos/test_live_cnn", "test_the_stand_in_shows_each_sample_with_its_three_most_probable_classes"
        ),
    },
    "live_cnn/demo.js": {
        "It knows these ten classes and must choose one of them, whatever it sees.": answers_a_white_sheet,
        "In its recorded run it was right for {accuracy} of CIFAR-10's test images.": lambda: np.isclose(
            LiveCNN().accuracy, records.load("cnn")[0].history["val_accuracy"][-1], atol=1e-4
        ),
    },
    "live_cnn/look_inside.js": {
        "The three colour channels, scaled from 0–255 to the range from −1 to 1.": pixels_scaled,
        "Each map comes from one filter, which slides over all maps of the layer before.": one_filter_for_each_map,
        "Each map or unit is normalised with its mean and variance kept from training, then scaled and shifted by two learned numbers.": (
            normalised_as_kept
        ),
        "Before and after are drawn below to the same scale.": lambda: (
            codes("live_cnn/trio.js", *ONE_SCALE)
            and codes(
                "live_cnn/look_inside.js", '["norm", "act"].includes(layer.kind) && !isVector(layer)', "twoMaps ? ` ${TEXT.oneScale}`"
            )
        ),
        "LeakyReLU: positive numbers stay as they are, negative ones are multiplied by {slope}.": lambda: (
            times(1, 1) and times(LiveCNN().facts["slope"], -1)
        ),
        "Each unit is connected to every unit of the layer before.": connected_to_every_unit,
        "Softmax turns the ten logits into shares that add up to 1.": shares,
    },
    "live_cnn/overview.js": {
        "{layer}: all {count} {things}; choose one": lambda: codes(
            "live_cnn/overview.js", "length: channels }", "count = made.tiles.length"
        ),
        "A filter's three channels are drawn as red, green and blue; middle grey is 0, full brightness {reach}.": lambda: (
            codes("live_cnn/tiles.js", "greyLevel = (value, reach) => Math.round(127.5 * (1 + value / reach))")
            and codes("live_cnn/overview.js", "[0, 1, 2].map((c) => level(f, i, j, single ?? c))")
        ),
        "The part of each filter that reads {map} of the layer before: {scale}.": lambda: codes(
            "live_cnn/overview.js", "single = n > 1 ? chosen.source() : null", "mapName(before, single), legend(kernel, reach)"
        ),
        "The same scale for all: {scale}.": lambda: codes(
            "live_cnn/overview.js", "reach = reachAt(made, n); const tiles", "greyLevel(values[(i * width + j) * channels + c], reach)"
        ),
    },
    "live_cnn/sheet.js": {
        "Arrow keys move the brush, space paints, shift with an arrow key paints a line.": tested(
            "browser/test_live_cnn_pictures", "test_one_can_draw_with_the_keyboard_alone"
        ),
    },
    "live_cnn/subject.js": {
        "Its {side} × {side} pixels are all the network gets.": lambda: codes(
            "live_cnn/subject.js", "const pixels = () => own?.pixels ??", "now = pixels()", "made = runNetwork(network, now)"
        ),
        "The network has an answer even to that.": answers_a_white_sheet,
        "The network is not available: {why}.": WEIGHTS,
        "The network is not loaded yet.": WEIGHTS,
        "Loading the network ({size} MB, only once) …": tested(
            "browser/test_live_cnn", "test_the_weights_are_fetched_once_and_only_when_the_demo_comes_near"
        ),
    },
    "live_cnn/trio.js": {
        "The image with what the unit sees in an outline: rows {…} to {…}, columns {…} to {…}.": OUTLINED,
        "{layer}, {map}, with what the unit is made from in an outline.": OUTLINED,
    },
    "live_cnn/samples.py": {
        "It belongs to none of the ten classes.": lambda: (
            [name for name, sample in samples().items() if sample.note.startswith("It belongs to none")] == ["coffee", "flower"]
            and not {"coffee", "cup", "flower"} & set(LiveCNN().classes)
        ),
        "The network cannot say so: softmax shares out 100 % among ten answers, whatever it sees.": shares,
        "the same cat, moved a little": cat_moved_to_the_left,
        "the same cat's face, half an eye further to the left": cat_moved_to_the_left,
        "The same photograph, cropped less than two pixels further to the right: the border between two answers is that close.": lambda: (
            cat_moved_to_the_left() and answers_differ()
        ),
        "One of the ten classes, but drawn; the network has learned from photographs only.": lambda: (
            [name for name, sample in samples().items() if "but drawn" in sample.note] == ["horse"]
            and "horse" in LiveCNN().classes
            and (np.ptp(samples()["horse"].pixels, axis=2) == 0).all()
        ),
    },
    "live_cnn/unit.js": {
        "Pixel {pixel}, scaled to the range from −1 to 1: {pixel} · 2 / 255 − 1 =": lambda: all(
            np.isclose(data.scale(np.array(pixel)), pixel * 2 / 255 - 1) for pixel in (0, 100, 255)
        ),
        "LeakyReLU keeps positive numbers as they are:": lambda: times(1, 1),
        "LeakyReLU multiplies negative numbers by {slope}: {slope} · {x} =": lambda: times(LiveCNN().facts["slope"], -1),
        ": e to the power of this logit, after subtracting the largest one so that no power overflows, divided by the sum of all {classes} "
        "powers.": lambda: codes("live_cnn/unit.js", "largest = Math.max(...logits)", "(sum, x) => sum + Math.exp(x - largest), 0)"),
        "The products of each of the {maps} maps, added up:": tested(
            "browser/test_live_cnn_inside", "test_a_convolutions_patch_filter_and_products_are_those_of_keras_and_add_up"
        ),
        "The {shown} largest of {all} products": lambda js: (
            js("live_cnn/network.js").byReach([1, -5, 3]) == [1, 2, 0]
            and codes(
                "live_cnn/unit.js", "largest = byReach(products).slice(0, LARGEST)", "TEXT.terms(LARGEST, formatNumber(values.length))"
            )
        ),
    },
    "live_cnn/why.js": {
        "Two questions, each put to the trained network and to an untrained one: the same layers with random weights, which have learned "
        "nothing.": tested("demos/test_dependence", "test_the_untrained_network_starts_as_keras_starts_one"),
        "Each map has a scale of its own, so read the numbers as well.": lambda: (
            codes(DRAWN, "drawStrengths(canvas, map", "reach = reachOf(map)")
            and codes(DRAWN, "drawChanges(canvas, found", "reach = largestOf(falls)")
        ),
        "This could not be computed in this browser.": lambda: codes("live_cnn/why.js", "(error) => { mine.waiting = TEXT.failed;"),
        "How much the logit changes for each unit by which a pixel changes, on the scale from −1 to 1.": GRADIENT,
        "The largest value of its three colours is drawn, ignoring the sign.": lambda: codes(
            "live_cnn/dependence.js", "network.inputGradient.subarray(", "Math.max(...colours(i).map(Math.abs))"
        ),
        "A grey square of {side} × {side} pixels moves over the image in steps of {step}.": side_of_square,
        "How the probability changes is drawn at the square's centre.": lambda: codes(
            DRAWN, "first = (square.side - square.step) / 2", "canvas.area(first + top, first + left, square.step, square.step)"
        ),
        "Orange: it falls.": lambda: codes(DRAWN, "FALLS = [213, 94, 0]", "(share) => whole - share", "level < 0 ? RISES : FALLS"),
        "Blue with a stroke: it rises.": tested(
            "browser/test_live_cnn_why", "test_the_drawn_maps_are_those_of_keras_and_a_rise_has_a_stroke_as_well_as_a_colour"
        ),
    },
    "live_cnn/why_words.js": {
        "the {place} ninth of the image holds the largest share of the map,": lambda js: ninth(js)["place"] == 4,
        "(by area alone it would hold {share}).": lambda js: np.isclose(ninth(js)["even"], 1 / 9),
        "black 0, white {most} or more": lambda: codes(DRAWN, "Math.round(255 * Math.min(1, value / reach))"),
        ", and the probability does not fall anywhere.": lambda: codes(
            "live_cnn/why_words.js", "if (least >= whole) return [", "TEXT.nowhere"
        ),
        "with the square on rows {…} to {…} and columns {…} to {…}.": WHY,
        "(1: the same order of places; 0: no agreement).": lambda js: (
            np.isclose(rank(js, [1, 2, 3], [2, 5, 99]), 1) and np.isclose(rank(js, [1, 2, 3, 4], [1, 2, 2, 1]), 0)
        ),
        "The two maps cannot be compared: one of them is the same everywhere.": lambda js: (
            rank(js, [1, 1, 1], [1, 2, 3]) is None and rank(js, [1, 1, 2], [1, 2, 3]) is not None
        ),
    },
}
