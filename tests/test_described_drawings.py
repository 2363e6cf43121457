"""What alt text and caption of a drawing say can be seen in it: each such sentence is checked with the code that draws it."""

import re
from collections.abc import Callable

import nbformat
import numpy as np
import pytest
from scipy.signal import correlate2d

from bookbuild import claims_page
from cnnbook import recipes
from tests import drawn
from tests.described_details import DETAILS
from tests.drawn import says
from tests.recorded import far_from_grey, rises
from tests.test_chapters import each_chapter, figure_cells, in_any_chapter
from tests.test_described_results import OF_RESULTS

MEASURED = claims_page.measured_values()
SQUARE = np.arange(16.0).reshape(4, 4)

# A sentence -> whether it is so.
DRAWINGS: dict[str, Callable[[], bool]] = {
    # Convolution
    "The first sum is positive, the second negative, the third zero.": lambda: (
        MEASURED["patch_alike"] > 0 > MEASURED["patch_opposite"] and MEASURED["patch_unrelated"] == 0
    ),
    "Where patch and filter have the same sign, the product is positive; where their signs differ, it is negative.": lambda: all(
        (a * b > 0) == (np.sign(a) == np.sign(b)) for a in (-2, 3) for b in (-1, 4)
    ),
    "In the first the columns and the sides of the building stand out, in the second the roofs and steps.": lambda: says(
        "01_convolution", '"vertical edges": slide(photograph, kernel)', '"horizontal edges": slide(photograph, kernel.T)'
    ),
    "Middle grey is zero; the lighter the shade, the larger the positive sum, and the darker, the larger the negative one.": lambda: (
        abs(drawn.colour(drawn.grey_map()[1], 0)[0] - 1 / 2) < 0.01
        and rises([drawn.colour(drawn.grey_map()[1], value)[0] for value in (-1, -0.5, 0, 0.5, 1)])
    ),
    "The strongest hundredth of the sums are shown as plain white or plain black.": lambda: (
        (abs(drawn.grey_map()[0]) >= drawn.grey_map()[1].get_clim()[1]).mean() == 1 / 100
    ),
    "The flower is brightest in the red channel.": lambda: drawn.flower().argmax() == 0,
    "On the left, a curve of the loss, falling steadily on a logarithmic scale.": lambda: rises(-np.array(drawn.learning()["losses"])),
    "The one at the start is random, and the learned one shows almost the same numbers as the one to find.": lambda: (
        abs(drawn.learning()["learned"] - drawn.learning()["secret"].ravel()).max()
        < 0.01
        < abs(drawn.learning()["first"] - drawn.learning()["learned"]).max()
    ),
    "Compare the second filter with the third: at the end, no weight is off by more than about a hundredth.": lambda: (
        MEASURED["learned_filter_error"] < 1 / 100
    ),
    # Stacking convolutions
    "A large thin one for the image, a smaller and thicker one for the first layer, a still smaller and thicker one for the second, "
    "a long bar for the flattened numbers and a short one for the probabilities.": lambda: (
        rises([-height for height, _, _ in drawn.shapes()[:3]])
        and rises([channels for _, _, channels in drawn.shapes()[:3]])
        and drawn.shapes()[3][0] > 10 * drawn.shapes()[4][0]
    ),
    "In the first the weights rise from left to right, in the second from the bottom left to the top right.": lambda: (
        all(rises(row) for row in drawn.edge_filters()[0]) and rises(np.flipud(drawn.edge_filters()[1]).diagonal())
    ),
    "Tilt your head to see that the second is an edge filter too: it looks for a slanting edge.": lambda: (
        drawn.edge_filters()[1].sum() == 0 and not drawn.edge_filters()[1].diagonal().any()
    ),
    "For a drawing of a light square on black and a faint one on dark grey, the two layers give two dots at their top left corners, the "
    "sum of both filters gives lines along two sides of each and one across the picture where the grey begins, and the closest filter "
    "gives dots at two opposite corners with lines between.": lambda: (
        MEASURED["corner_two_layers_edge"] == 0
        and MEASURED["corner_best_confused"] > 1
        and MEASURED["corner_sum_confused"] > 1
        and [row for row, sums in enumerate(drawn.corner_maps("drawing")[1]) if sums.all()] == [28, 29]
    ),
    "In the drawing, the two layers mark the two top left corners, the faint one more faintly, and nothing else.": lambda: (
        MEASURED["corner_two_layers_edge"] == 0 < MEASURED["corner_two_layers_faint"] < 1
    ),
    "A square of pixels, white except for one shaded block, in which darker and lighter pixels are mixed without order.": lambda: (
        MEASURED["receptive_field_measured"] == [MEASURED["receptive_field"]] * 2
    ),
    # Learning
    "On the left are the logits; the one for frog is negative.": lambda: (
        drawn.logit("frog") < 0 < min(drawn.logit("cat"), drawn.logit("dog"))
    ),
    "On the right are the probabilities; cat has the largest, dog about a third of that, and frog only a little.": lambda: (
        drawn.share("cat") > drawn.share("dog") > drawn.share("frog")
        and abs(drawn.share("dog") / drawn.share("cat") - 1 / 3) < 0.04
        and drawn.share("frog") < 0.05
    ),
    "Compare cat and dog, whose logits differ by one, and see that even frog, whose logit is negative, gets a little "
    "probability.": lambda: drawn.logit("cat") - drawn.logit("dog") == 1 and drawn.logit("frog") < 0 < drawn.share("frog") < 0.05,
    "SGD jumps from wall to wall, momentum swings in waves that die away, and Adam first goes down diagonally and then swings in one wide "
    "wave.": lambda: (
        drawn.crossings(drawn.descent("SGD")[:, 1]) == len(drawn.descent("SGD")) - 1
        and drawn.crossings(drawn.descent("momentum")[:, 1]) > drawn.crossings(drawn.descent("Adam")[:, 1]) > 0
        and abs(drawn.descent("momentum")[-5:, 1]).max() < abs(drawn.descent("momentum")[:5, 1]).max() / 5
        and np.ptp(abs(np.diff(drawn.descent("Adam"), axis=0)[0])) < 1e-6
    ),
    "Arrows above them point to the right and carry sums, a map and logits, and the loss comes out of the last box.": lambda: says(
        "04_learning", '"convolution", "sums"', '"ReLU", "map"', '"dense", "logits"', '"softmax and\\ncross-entropy", "loss"'
    ),
    "For any number on the right, find the input in the same row on the left and the error in the same column in the middle, and "
    "multiply.": lambda: says("04_learning", '{"inputs": inputs.T, "error": error, "gradient of the kernel": inputs.T @ error}'),
    "Check its top left number: multiply the four pixels at the top left by the four errors, and add up.": lambda: (
        says("04_learning", 'kernel_gradient = correlate2d(image, map_error, mode="valid")')
        and (correlate2d(SQUARE, SQUARE[:2, :2], "valid")[0, 0] == (SQUARE[:2, :2] ** 2).sum())
    ),
    "The first has the kernel at the top left, the second the kernel times minus two at the bottom left, the third is the gradient of the "
    "image.": lambda: (
        says("04_learning", "map_error = np.array([[1.0, 0], [-2, 0.5]])", '"stamp at the top left": stamp(0, 0)')
        and says("04_learning", '"stamp at the bottom left": stamp(1, 0), "gradient of the image": image_gradient')
    ),
    "Each stamp is the kernel as it is, times one error.": lambda: says("04_learning", "map_error[i, j] * kernel"),
    "The middle line is level in both.": lambda: 1 / 2 < MEASURED["he_forward"] < 2,
    "On the way through the layers the upper one rises by a factor of thousands, and the lower one sinks by as much.": lambda: (
        MEASURED["large_explodes"] > 1000 and MEASURED["small_vanishes"] < 1 / 1000
    ),
    "Typical size of the numbers in each layer on the way forward (left), and of the errors on the way back (right, to be read from right "
    "to left).": lambda: says(
        "04_learning", '"forwards": {name: sizes', '"backwards": {name: errors', '["size of the map", "size of the error"]'
    ),
    "The first is the map.": lambda: says("04_learning", '"map": maps[0', '"back through max"', '"back through mean"'),
    "In the second each window of two by two has one four and three zeros.": lambda: (
        np.sort(drawn.pooled_back()[1]) == [0, 0, 0, 4]
    ).all(),
    "In the third all numbers are one.": lambda: (drawn.pooled_back()[2] == 1).all(),
    "Find the largest number in each window of the map: in the middle table, it alone gets the error.": lambda: (
        (drawn.pooled_back()[0].argmax(1) == drawn.pooled_back()[1].argmax(1)).all()
        and (np.count_nonzero(drawn.pooled_back()[1], axis=1) == 1).all()
    ),
    # Batch normalization
    "On the left one is narrow, others are wide, and their centres differ.": lambda: MEASURED["channels_differ"] > 2,
    "On the right all three lie on top of each other around zero.": lambda: says(
        "06_batch_normalization", "(maps - mean) / np.sqrt(variance)", '"normalised": {f"channel'
    ),
    "Left: values of three channels as the convolution makes them, each with a centre and a width of its own.": lambda: says(
        "06_batch_normalization", '"from the convolution": {f"channel {c}": maps', '"normalised": {f"channel {c}": normalised'
    ),
    "Right: the same values after subtracting each channel's mean and dividing by its standard deviation.": lambda: says(
        "06_batch_normalization", "mean, variance = maps.mean((0, 1, 2)), maps.var((0, 1, 2))", "(maps - mean) / np.sqrt(variance)"
    ),
    # Dropout
    "Many points and two straight lines through zero, a dashed one for no change and a solid one that runs along the points.": lambda: (
        MEASURED["shift_scales_alike"] > 0.99
    ),
    "The logits of the network with Dropout first for some of the test images, with the real variance against those with the moving "
    "one.": lambda: says("07_dropout", 'for step in ("moving", "real variance")', '"logit with the moving variance", "logit with the real'),
    # The whole network
    "A tick marks a right answer and a cross with a thick frame a wrong one.": lambda: (
        [cell.get_title()[0] for cell in drawn.right_and_wrong()] == ["✓", "✗"]
        and rises([cell.spines["left"].get_linewidth() for cell in drawn.right_and_wrong()])
    ),
    "Above each image is the network's answer with its probability, and the true class in brackets.": lambda: (
        drawn.right_and_wrong()[1].get_title() == "✗ frog 51%\n(is: dog)"
    ),
    "The diagonal is dark.": lambda: MEASURED["cnn_accuracy"] > 1 / 2,
    "Off the diagonal the cells for cat and dog are the darkest.": lambda: MEASURED["most_confused"] == "cat and dog",
    "The right answers are on the diagonal; look for the largest number off it.": lambda: drawn.confused() == ["100", "0", "0", "100"],
    "The first two rows, start and end, look nearly the same in most columns.": lambda: MEASURED["first_filters_remember"] > 0.8,
    "The third, their difference, is paler, and palest in the last column.": lambda: (
        (sizes := far_from_grey())[2].max() < sizes[:2].max() and sizes[2].argmin() == sizes.shape[1] - 1
    ),
    "Every third filter of the first layer, the most changed on the left.": lambda: says(
        "08_whole_network", "shown = np.argsort(alike)[::3]"
    ),
    "The rows show it before training, after training, and the difference; mid grey is zero, and each filter has one scale for all three "
    "rows.": lambda: says("08_whole_network", "figures.filter_changes(start[..., shown], end[..., shown])"),
    "Those of the last row are much coarser than those of the first, and hardly like the photograph.": drawn.coarser,
    "The first eight feature maps after the activation of each convolution, each on its own grey scale.": lambda: (
        drawn.maps_in_a_row() == 8 and says("08_whole_network", "isinstance(layer, layers.LeakyReLU)][:4]")
    ),
    "Follow one outline downwards: the maps get coarser, and respond to less and less obvious things.": drawn.coarser,
    "The two gradient maps are grey speckle, a little lighter around the object for the trained network.": lambda: (
        MEASURED["gradient_control"] < 1 / 3
    ),
    "Above each image is the trained network's answer, and above each map the largest value in it.": lambda: (
        [cell.get_title() for cell in drawn.hidden_places()] == ["cat", "g\nup to 1", "h\nup to 50 points"]
    ),
    "Left: the lighter a pixel, the more it moves the logit.": lambda: rises(
        [drawn.colour(drawn.hidden_places()[1].images[0], value)[0] for value in (0, 0.3, 0.6, 1)]
    ),
    "Right: orange where hiding a place makes the probability fall, purple with a stroke where it makes it rise.": lambda: (
        np.sign(np.diff([drawn.colour(drawn.hidden_places()[2].images[0], value)[[2, 0]] for value in (0.5, -0.5)])).ravel().tolist()
        == [1, -1]
        and len(drawn.hidden_places()[2].lines[0].get_xdata()) == 1
    ),
    "Read the numbers: the untrained network's maps look as lively as the others, but their values are far smaller.": lambda: (
        MEASURED["occlusion_scale"] > 10
    ),
    "In the upper row a cat, ships, an aeroplane and frogs can be made out.": lambda: (
        drawn.first_test_images() == ["cat", "ship", "ship", "airplane", "frog", "frog"]
    ),
    # Going further
    "In each row the first is the original, the others are the same photograph moved by a pixel or two, some of them mirrored.": lambda: (
        recipes.FURTHER.shifts == 2 and recipes.FURTHER.flips and says("09_going_further", "np.array([image, *seen(image)])")
    ),
    "On the left training images as they are; beside each, versions that the network may see.": lambda: says(
        "09_going_further", '"as it is", "as the network sees it"'
    ),
    "A circle with a round mark and a square mark on it, at right angles.": lambda: (
        np.allclose(drawn.reach(0), 1) and abs(np.dot(*drawn.marks()[0])) < 1e-6
    ),
    "Beside it a long thin ellipse, with the round mark at its tip and the square mark near its middle.": lambda: (
        np.isclose(drawn.reach(1)[0], 1) and drawn.reach(1)[1] < 0.25
    ),
    "On the right almost a circle again, with both marks far out.": lambda: min(drawn.reach(2)) > 0.5,
    "On the left, pairs of inputs that are equally far from zero; beside it, how the outputs change for each of them, drawn as large as "
    "the dashed circle.": lambda: (
        np.allclose(drawn.reach(0), 1) and np.allclose([max(drawn.reach(panel)) for panel in (1, 2)], 1, atol=0.1)
    ),
    "A step along the gradient changes a great deal for the round one and hardly anything for the square one; Muon's step changes about as "
    "much for both.": lambda: drawn.reach(1)[0] > 4 * drawn.reach(1)[1] and np.ptp(drawn.reach(2)) < 0.5,
}
CHECKED = DRAWINGS | DETAILS
# Sentences that only ask the reader to look, or say only what is where, and the function of `figures` under whose figures they stand.
NAMED = {
    "Read each row from left to right.": "patches_times_filter",
    "Look at the columns in the middle image and at the lower edges of the roofs in the right one.": "image_and_maps",
    "Compare the flower with the leaves in each channel.": "colour_channels",
    "Count the dots in each drawing.": "windows",
    "On the right, three filters.": "learned_kernel",
    "A row of blocks.": "network",
    "The two filters of the first layer.": "tables",
    "Two rows.": "response_maps",
    "Compare the three maps in each row.": "response_maps",
    "Count the pixels along one side of the shaded block.": "influence",
    "Look for a wrong answer that you can understand.": "predictions",
    "Compare the first row with the second before you look for edges.": "filter_changes",
    "Two rows of small images.": "examples",
    "Could you learn to tell the classes apart from the lower row?": "examples",
    "Look at the edges to see how far an image was moved, and which way round it is.": "variants",
    "Follow the two marks.": "stretches",
}


def in_sentences(text: str) -> list[str]:
    """A caption or an alt text, sentence by sentence."""
    return re.split(r"(?<=[.?]) ", text)


def sentences(chapter: nbformat.NotebookNode) -> list[str]:
    """Of alt texts and captions of the figures that show no results."""
    drawings = [cell.metadata["mystnb"] for cell in figure_cells(chapter) if not OF_RESULTS.search(cell.source)]
    texts = [text for about in drawings for text in (about["image"]["alt"], about["figure"]["caption"])]
    return [sentence for text in texts for sentence in in_sentences(text)]


def with_figure(source: str, caption: str, alt: str) -> nbformat.NotebookNode:
    """A chapter with one figure."""
    about = {"mystnb": {"figure": {"caption": caption}, "image": {"alt": alt}}}
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source, metadata=about)])


def unchecked(chapter: nbformat.NotebookNode) -> list[str]:
    return [sentence for sentence in sentences(chapter) if sentence not in CHECKED and sentence not in NAMED]


@each_chapter
def test_a_drawing_is_described_by_no_sentence_that_is_not_checked(chapter):
    assert unchecked(chapter) == [], (
        "add the sentence to DRAWINGS or DETAILS, with how to check it, or to NAMED if it only says what is where"
    )


@pytest.mark.parametrize("sentence", CHECKED)
def test_what_is_said_of_a_drawing_is_so(sentence):
    assert CHECKED[sentence]()


@pytest.mark.parametrize(
    "reversed_one",
    [
        "Both vertical scales are logarithmic, so a straight line means that every layer adds the same amount.",
        "Percentages; each column adds up to a hundred, apart from rounding.",
        "How near do the points lie to the solid line, on which the same number is added to every logit?",
        "Within a row the objects agree in colour, size and direction.",
    ],
)
def test_a_sentence_that_is_turned_round_is_noticed_whatever_its_words(reversed_one):
    assert unchecked(with_figure("figures.tables(panels)", f"Follow the two marks. {reversed_one}", "Two rows.")) == [reversed_one]


def test_the_tables_have_no_sentence_that_describes_no_drawing():
    assert (NAMED.keys() | CHECKED.keys()) - in_any_chapter(sentences) == set()


def test_no_sentence_stands_in_two_tables():
    assert DRAWINGS.keys() & DETAILS.keys() == set()
    assert NAMED.keys() & CHECKED.keys() == set()
