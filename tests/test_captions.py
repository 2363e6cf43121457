"""What the caption of a figure of results says of its rows, panels and lines is what the code beside it draws."""

from collections.abc import Callable

import nbformat
import numpy as np
import pytest
from matplotlib.figure import Figure

from bookbuild import claims_page
from bookbuild.places import ROOT
from cnnbook import data, figures, recipes, records
from cnnbook.training import experiments
from tests.drawn import says
from tests.recorded import told
from tests.test_chapters import each_chapter, figure_cells, in_any_chapter
from tests.test_described_drawings import in_sentences, with_figure
from tests.test_described_results import DRAWN, OF_RESULTS, RESULTS

MEASURED = claims_page.measured_values()
# Sentences about the way in which every such figure is drawn (tests/test_figures.py and tests/test_comparison_figures.py), and those
# that only ask the reader to look; and the function of `figures` under whose figures they may stand.
ALWAYS = {
    "Compare the order of the bars.": "cost_bars",
    "Compare the lowest block with the highest.": "tower",
    "Look for the order of the three.": "movement",
    "A hollow mark means that the interval contains zero.": "differences",
    "Is there one here?": "differences",
    "Compare how far to the right each curve stays above guessing.": "sweep",
    "Compare the curves at each rate.": "sweep",
    "Look for the intervals that do not contain zero, and at which rates they are.": "gains",
    "How large a difference could still hide in each interval?": "differences",
    "Compare the gaps first, and then the heights of the dashed curves.": "training_curves",
    "Compare the gaps again, and again the heights of the dashed curves.": "training_curves",
    "Which intervals leave zero out?": "differences",
    "Accuracy by epoch: a thin line for each seed, a thick line for their mean.": "training_curves",
    "Each dot is a recorded run; mean and standard deviation are drawn beneath.": "seeds",
    "A hollow mark says that the interval contains zero.": "differences",
    "Look at how wide the intervals are before you look at the marks.": "differences",
    "Compare the last few epochs.": "training_curves",
    "Every run as a dot, with mean and standard deviation beneath.": "seeds",
    "The further a mark is to the left, the more was lost without its ingredient; where two bars overlap, which of them is "
    "further may be chance.": "differences",
    "Which of them lie above the dashed line, and which furthest to the left?": "against_time",
}
# A sentence -> the chapter, and pieces of its code in the order in which they have to stand there.
CAPTIONS: dict[str, tuple[str, ...]] = {
    # Inspecting a model
    "The layers that have weights.": (
        *("03_inspecting", "weighted = [row for row in inspection.table(network).rows if row.parameters]", "figures.cost_bars({"),
    ),
    "On the left is what each has to store, on the right what each has to compute for one image.": (
        *("03_inspecting", '"parameters": dict', '"multiply–accumulates per image": dict'),
    ),
    # Learning
    "Accuracy after each epoch, on all test images and on the first of the training images, measured while nothing is learned; each faint "
    "line is one seed, and the lines with marks are the means.": ("04_learning", '"train_accuracy"', '"val_accuracy"'),
    # When activations drift
    "The same run twice.": (
        *("05_drift", "scaled_losses, _ = losses_and_weights(data.scale(seen))", "raw_losses, raw_weights = losses_and_weights(seen.ast"),
        'losses = {"pixels as they come": raw_losses, "pixels scaled": scaled_losses}',
    ),
    "On the right, the run on scaled pixels alone: look at where it begins and where it ends.": ("05_drift", 'closer="pixels scaled"'),
    "The gradient of each kernel in the run on raw pixels, and for comparison one from the run on scaled pixels; note the logarithmic "
    "scale.": ("05_drift", 'names = ("first convolution", "second convolution", "dense")', "figures.step_curves(", "log=True"),
    "The tower, drawn to scale from a measurement.": (
        *("05_drift", 'records.load_activations("without_batch_norm")', "shifts = [layer[0] for layer in plain.moved]"),
        *("first_update = dict(zip(names, shifts", "figures.tower(first_update)"),
    ),
    "Each block stands for what one layer hands to its activation, and is as wide as one standard deviation.": (
        *("05_drift", "first_update = dict(zip(names, shifts", "figures.tower(first_update)"),
    ),
    "It is shifted as far as the first update of the training moved the mean of a channel, on average over the channels.": (
        *("05_drift", "first_update = dict(zip(names, shifts", "figures.tower(first_update)"),
    ),
    "Movement of the channels' means in one update, averaged over channels and layers; thin lines are seeds.": (
        *("05_drift", 'figures.movement(plain.steps, moved, "moved, in standard deviations")'),
    ),
    "Test accuracy after one epoch, every run as a dot, mean and standard deviation beneath.": (
        *("05_drift", '"plain": "sgd_0.001_without_batch_norm"', "figures.seeds({name: records.test_accuracies(experiment)"),
    ),
    "Compare what noise does to the upper pair of rows with what it does to the lower pair.": (
        *("05_drift", '"plain": "sgd_0.001', '"plain, with noise": "sgd_0.001', '"BatchNormalization": "sgd_0.001'),
        '"BatchNormalization, with noise": "sgd_0.001',
    ),
    "Difference in test accuracy from the plain network after the last epoch, taken seed by seed, with its interval.": (
        *("05_drift", 'claims.on_same_seeds(experiment, "without_batch_norm")', "figures.differences(", '"plain")'),
    ),
    "The thin line is guessing.": ("05_drift", "figures.changed_images(panels, guessing=1 / len(cifar10.class_names))"),
    # Batch normalization
    "Accuracy of these short runs on their own training images: every seed as a dot, mean and standard deviation beneath.": (
        *("06_batch_normalization", "figures.seeds(rows", '"accuracy on the training images, %"'),
    ),
    "Compare the two lowest rows, which show the trap.": (
        *(
            "06_batch_normalization",
            'momentum, "moving statistics"]',
            'momentum, "batch statistics"]',
            "for (momentum, statistics), values in",
        ),
    ),
    "Gradient descent: accuracy after one epoch at each learning rate; marks are runs, and bars one standard deviation.": (
        *("06_batch_normalization", "figures.sweep(list(descent), curves(descent))"),
    ),
    "What the layer adds to the accuracy after one epoch at each rate, with its interval, on the same seeds; the dashed line is zero.": (
        *("06_batch_normalization", "figures.gains(", '"with minus without, points"'),
    ),
    "How far the mean test accuracy lies above or below that of the network with BatchNormalization before each activation, with its "
    "interval, on the same seeds.": (
        *("06_batch_normalization", '"after the activation": "batch_norm_after"', 'claims.on_same_seeds(experiment, "cnn")'),
        'figures.differences(order, "before the activation")',
    ),
    # Dropout
    "Accuracy on the training images, measured after each epoch, and on new images: thin lines for the seeds, thick lines for their "
    "mean.": (
        *("07_dropout", '"training images": [h["settled"] for h in histories], "new images": [h["val_accuracy"] for h in histories]'),
    ),
    "The same training without and with Dropout, on the same seeds.": (
        *(
            "07_dropout",
            "by_heart = [run(0.0, seed)",
            "with_dropout = [run(0.5, seed)",
            '"without Dropout": curves(by_heart), "with Dropout"',
        ),
    ),
    "The accuracy on the training images is measured after each epoch, with Dropout switched off.": ("07_dropout", '"settled"'),
    "The convolutional network trained on all training images, without and with Dropout, on the same seeds: thin lines for the seeds, "
    "thick lines for their mean.": (
        "07_dropout",
        '("without", "with"), claims.on_same_seeds("without_dropout", "cnn", having="train_accuracy")',
    ),
    "The upper curve is measured after each epoch on the first of the training images, with Dropout off.": (
        *("07_dropout", '"training images": [run.history["train_accuracy"]', '"test images": [run.history["val_accuracy"]'),
    ),
    "How far the mean test accuracy of each network lies above or below that of the network with both layers and Dropout last, with the "
    "interval for the difference, on the same seeds.": (
        *("07_dropout", 'claims.on_same_seeds(experiment, "cnn")', 'figures.differences(effects, "both, Dropout last")'),
    ),
    # The whole network
    "The third row belongs to a better recipe, which comes later in this chapter.": (
        *("08_whole_network", 'records.test_accuracies("mlp"),', '"convolutional": records', '"the same, better recipe": records'),
        "recipes.BETTER",
    ),
    "Left: what has to be stored.": ("08_whole_network", '{"parameters": sizes, "multiply–accumulates per image": work}'),
    "Right: what has to be computed for one image.": ("08_whole_network", '{"parameters": sizes, "multiply–accumulates per image": work}'),
    "How far the mean test accuracy of each changed network lies above or below that of the whole network, with its interval.": (
        *("08_whole_network", 'figures.differences(effects, "the whole network")'),
    ),
    "The same network, trained with the article's recipe (left) and with the better one (right).": (
        *("08_whole_network", '{"article\'s recipe": curves("cnn"), "better recipe": curves("cnn_better")}'),
    ),
    "The training curves are means over an epoch, with Dropout on and, on the right, with mirrored images.": (
        *("08_whole_network", '("training", "accuracy"), ("test", "val_accuracy")'),
    ),
    # Going further
    "The singular values of three steps, each divided by the largest of its step.": ("09_going_further", "values / values[0]"),
    "How far the mean test accuracy lies above or below that of the whole recipe when one ingredient is left out (in the row without "
    "augmentation, both flips and shifts), with its interval, on the same seeds.": (
        *("09_going_further", 'claims.on_same_seeds(experiment, "further")', 'figures.differences(effects, "whole recipe")'),
    ),
    "The same recipe in few epochs and in more, thin lines for the seeds.": ("09_going_further", '"four epochs": curves("further_4_ep'),
    "The training curves are means over an epoch, with Dropout on and on varied images.": (
        *("09_going_further", "further = recipes.FURTHER", '("training", "accuracy"), ("test", "val_accuracy")', 'curves("further")'),
    ),
    "Compare the last epoch of the short training with the same epoch of the long one, on the test curve.": (
        *("09_going_further", '"four epochs": curves("further_4_ep'),
    ),
    "All were trained on the same day, on two cores of the same kind and one after the other.": (
        *("09_going_further", 'day = records.load("quick")[0].date', "run.date == day and run.seconds"),
    ),
    "The same recipe with fewer and with more epochs: how far the mean test accuracy lies below or above that of this chapter's recipe, "
    "with its interval, on the same seeds.": (
        "09_going_further",
        'claims.on_same_seeds(experiment, "further")',
        "figures.differences(against_ten",
    ),
    "Compare the last two rows; the epochs double.": ("09_going_further", "against_ten = {", "for epochs, experiment in lengths.items()"),
}


# A sentence in a caption of results -> whether it is so; of those for which the chapter's code alone does not show it.
SHOWN: dict[str, Callable[[], bool]] = {
    # When activations drift
    "Both scales are logarithmic.": lambda: (
        (axes := figures.movement([1, 9], {"a": np.ones((2, 2))}, "b").axes[0]).get_xscale() == axes.get_yscale() == "log"
    ),
    "Test accuracy of two trained networks on changed images; brightness and noise are in the units of the stored pixels.": lambda: (
        (data.brightened(np.full((1, 99, 99, 3), 90, np.uint8), 40) == 130).all()
        and abs(data.noisy(np.full((1, 99, 99, 3), 128, np.uint8), 20).std() - 20) < 1
        and says(
            "05_drift", '"cnn", "mlp"', "cifar10.x_test[:2_000]", "shown = [change(some_images, amount)", "figures.changed_images(panels"
        )
    ),
    "In each panel, find the place where nothing is changed; then look for the two panels in which the curves cross.": lambda: (
        told("05_drift", "plain_images_cnn") > told("05_drift", "plain_images_mlp")
        and all(told("05_drift", f"{change}_images_cnn") < told("05_drift", f"{change}_images_mlp") for change in ("blurred", "noisy"))
        and says("05_drift", "(-120, -80, -40, 0, 40", "(0, 0.5, 1", "(-8, -4, -2, 0, 2", "(0, 10, 20")
    ),
    # Batch normalization
    "Adam: the same, for rates around that of the whole network.": lambda: (
        min(experiments.RATES["adam"]) < recipes.ARTICLE.learning_rate < max(experiments.RATES["adam"])
        and says("06_batch_normalization", 'adam = sweep("adam")', "figures.sweep(list(adam), curves(adam))")
    ),
    # Dropout
    # An untrained network knows neither kind of image, so the distance at the end has grown.
    "Watch the distance between the two curves grow.": lambda: MEASURED["by_heart_training"] - MEASURED["by_heart_new"] > 1 / 2,
    # The whole network
    "The dashed lines are the article's single runs.": lambda: (
        dashed(figures.seeds({"a": [0.7, 0.8]}, {"b": 0.6, "c": 0.5})) == [60, 50]
        and says("08_whole_network", "marks={f", "in (article.REPORTED_ACCURACY, article.REPORTED_MLP_ACCURACY)}")
    ),
    # Going further
    "All dots belong to the same network; the dashed line is the article's single run.": lambda: (
        len({run.model for experiment in ("cnn", "cnn_better", "further") for run in records.load(experiment)}) == 1
        and dashed(figures.seeds({"a": [0.7, 0.8]}, {"b": 0.6})) == [60]
        and says(
            "09_going_further", '"cnn",', '"cnn_better",', '"further",', "recorded.items()},\n    marks={f", ": article.REPORTED_ACCURACY}"
        )
    ),
    "Test accuracy and the time that a training took, each run as a dot and the mean of each group as a diamond.": lambda: (
        [
            (line.get_marker(), line.get_xydata().tolist())
            for line in figures.against_time({"a": [(60, 0.5), (180, 0.75)]}, 0.6, "b").axes[0].lines[:2]
        ]
        == [("o", [[1, 50], [3, 75]]), ("D", [[2, 62.5]])]
    ),
}


def dashed(figure: Figure) -> list[float]:
    """Where upright dashed lines stand."""
    return [line.get_xdata()[0] for line in figure.axes[0].lines if line.get_linestyle() == "--"]


def sentences(chapter: nbformat.NotebookNode) -> list[str]:
    """Of the captions of figures of results: those that are not checked with the alt texts."""
    captions = [cell.metadata["mystnb"]["figure"]["caption"] for cell in figure_cells(chapter) if OF_RESULTS.search(cell.source)]
    found = [sentence for caption in captions for sentence in in_sentences(caption)]
    return [sentence for sentence in found if sentence not in DRAWN.keys() | RESULTS.keys()]


def unchecked(chapter: nbformat.NotebookNode) -> list[str]:
    return [sentence for sentence in sentences(chapter) if sentence not in ALWAYS.keys() | CAPTIONS.keys() | SHOWN.keys()]


@each_chapter
def test_no_caption_says_what_is_drawn_without_a_check(chapter):
    assert unchecked(chapter) == [], "add the sentence to CAPTIONS, with the code that draws it so, or to SHOWN, with how to check it"


@pytest.mark.parametrize("sentence", CAPTIONS)
def test_what_a_caption_names_is_what_is_drawn(sentence):
    chapter, *code = CAPTIONS[sentence]
    assert says(chapter, *code)
    assert sentence in sentences(nbformat.read(ROOT / "chapters" / f"{chapter}.ipynb", as_version=4))


@pytest.mark.parametrize("sentence", SHOWN)
def test_what_a_caption_says_of_results_is_so(sentence):
    assert SHOWN[sentence]()


@pytest.mark.parametrize(
    "reversed_one",
    [
        "Both scales are linear.",
        "Watch the distance between the two curves shrink.",
        "All dots belong to different networks; the dashed line is the article's single run.",
        "Adam: the opposite, for rates far from that of the whole network.",
        "Which of them lie above the dashed line, although all are slower?",
    ],
)
def test_a_sentence_that_is_turned_round_is_noticed_whatever_its_words(reversed_one):
    assert unchecked(with_figure("figures.seeds(rows, marks={})", f"Compare the last few epochs. {reversed_one}", "")) == [reversed_one]


def test_the_tables_have_no_sentence_that_no_caption_has():
    assert (ALWAYS.keys() | CAPTIONS.keys() | SHOWN.keys()) - in_any_chapter(sentences) == set()
