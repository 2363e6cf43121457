"""What alt text and caption of a figure say of results is so: each such sentence is checked, or is known to name what is drawn."""

import re
from collections.abc import Callable

import nbformat
import numpy as np
import pytest

from bookbuild import claims_page
from cnnbook import article, models, records
from tests.recorded import added, costs, curve, first_update, furthest_left, gain, last_gap, mean, moved, rises, swept, timed, told
from tests.test_chapters import each_chapter, figure_cells, in_any_chapter

OF_RESULTS = re.compile(
    r"figures\.(?:training_curves|seeds|differences|sweep|gains|against_time|movement|tower|cost_bars|step_curves|changed_images)\("
)

GUESSING = 1 / article.CLASSES
ARTICLE = article.REPORTED_ACCURACY
MEASURED = claims_page.measured_values()
# In a caption, which mostly says what to look at, these words say a result.
IN_CAPTIONS = re.compile(r"\b(?:flat|rising|apart|unsteady|falls?|hardly|shoots|larger|(?<!above or )(?<!lies )below)\b")
# A sentence that says a result -> whether it is so.
RESULTS: dict[str, Callable[[], bool]] = {
    # Inspecting a model
    "The bars for parameters grow from the first convolution to the dense layer, which has by far the longest.": lambda: (
        (each := costs(models.two_layer_cnn(), "parameters")) == sorted(each) and each[-1] > 3 * each[-2]
    ),
    "Those for multiply–accumulates shrink in the same order, from the first convolution to the dense layer.": lambda: rises(
        -np.array(costs(models.two_layer_cnn(), "multiply_accumulates"))
    ),
    # Learning
    "Without an activation, the training and test curves stay near two fifths.": lambda: all(
        np.ptp([*curve("two_layer_cnn", metric), 2 / 5]) < 0.05 for metric in ("train_accuracy", "val_accuracy")
    ),
    "With ReLU both rise to about three fifths.": lambda: all(
        rises(each := curve("two_layer_cnn_relu", metric)) and abs(each[-1] - 3 / 5) < 0.06 for metric in ("train_accuracy", "val_accuracy")
    ),
    "On the left the test curve is soon flat; on the right both are still rising at the end.": lambda: (
        np.ptp(curve("two_layer_cnn")[3:]) < 0.005
        and all(
            curve("two_layer_cnn_relu", metric)[-1] > curve("two_layer_cnn_relu", metric)[-3]
            for metric in ("train_accuracy", "val_accuracy")
        )
    ),
    # When activations drift
    "On the left, on a logarithmic scale, the curve for raw pixels shoots up like a wall within a few updates and ends at a cross "
    "labelled then NaN, far above the curve for scaled pixels.": lambda: MEASURED["nan_update"] < 10,
    "On the right, on a linear scale, the curve for scaled pixels goes up and down from one batch to the next and sinks.": lambda: (
        told("05_drift", "average_loss") < told("05_drift", "guessing_loss")
    ),
    "On the left, note the logarithmic scale: with raw pixels the loss shoots up within a few updates, "
    "and the cross marks its last finite value.": lambda: MEASURED["nan_update"] < 10,
    "Those of the three layers with raw pixels shoot up together within a few updates, faster each time, and end at crosses.": lambda: (
        MEASURED["exponents_double"] and MEASURED["nan_update"] < 10
    ),
    "Look at the three upper curves: none of them explodes alone, and each step up is larger than the one before it.": lambda: MEASURED[
        "exponents_double"
    ],
    "The lowest has hardly moved.": lambda: first_update()[0] < 0.02,
    "Each higher one is shifted further to the right, the top one by about half its width.": lambda: (
        rises(first_update()) and abs(first_update()[-1] - 1 / 2) < 0.1
    ),
    "The one with noise is highest and level.": lambda: (
        (moved("noisy_batch_norm") > 2 * moved("without_batch_norm")).all() and np.ptp(moved("noisy_batch_norm")) < 0.1
    ),
    "The plain one starts lower and sinks by more than a factor of ten.": lambda: (
        moved("without_batch_norm")[0] < moved("noisy_batch_norm")[0]
        and moved("without_batch_norm")[0] > 10 * moved("without_batch_norm")[-1]
    ),
    "The one with BatchNormalization lies far below both all the time.": lambda: (10 * moved("cnn") < moved("without_batch_norm")).all(),
    "The plain network with noise lies furthest left, clearly behind the plain one.": lambda: (
        gain("sgd_0.001_noise_alone", "sgd_0.001_without_batch_norm").high < 0
    ),
    "The two networks with BatchNormalization lie far to the right, the one with noise slightly behind.": lambda: (
        gain("sgd_0.001_noisy_batch_norm", "sgd_0.001_without_batch_norm").low > 0.05
        and -0.02 < gain("sgd_0.001_noisy_batch_norm", "sgd_0.001_cnn").mean < 0
    ),
    "With brightness and with moving, both networks lose to either side, the convolutional one staying above.": lambda: (
        MEASURED["moving_costs_cnn"] > 0
    ),
    "With blur and with noise, the convolutional one falls steeply and ends far below the fully connected one, "
    "which hardly changes.": lambda: (
        MEASURED["blur_costs_cnn"] > 0.2
        and MEASURED["noise_costs_cnn"] > 0.2
        and MEASURED["noisy_images_mlp_ahead"] > 0.1
        and abs(MEASURED["blur_costs_mlp"]) < 0.05
        and told("05_drift", "plain_images_mlp") - told("05_drift", "noisy_images_mlp") < 5
    ),
    # Batch normalization
    "With momentum zero point nine both rows lie close together.": lambda: MEASURED["fast_memory_gap"] < 0.05,
    "With zero point nine nine the row for batch statistics lies at the same place, and the one for moving statistics far to the left.": (
        lambda: MEASURED["slow_memory_gap"] > 0.3
    ),
    "At the lower rates both are far above the line of guessing; the one with BatchNormalization begins higher, they meet, "
    "and then the other one falls.": lambda: (
        (swept("sgd")[:4] > 3 * GUESSING).all()
        and added("sgd")[0] > 0.05
        and abs(added("sgd")[2]) < 0.02
        and swept("sgd")[3, 1] < swept("sgd")[2, 1] - 0.05
    ),
    "At the rates that follow, the one without BatchNormalization lies on the line of guessing and the other above it.": lambda: (
        (abs(swept("sgd")[4:6, 1] - GUESSING) < 0.01).all() and (swept("sgd")[4:6, 0] > 2 * GUESSING).all()
    ),
    "At the highest rate both lie on it.": lambda: (abs(swept("sgd")[-1] - GUESSING) < 0.01).all(),
    "At the lower rates they rise and cross.": lambda: (
        (np.diff(swept("adam")[:2], axis=0) > 0).all() and added("adam")[0] > 0 > added("adam")[2]
    ),
    "At the higher ones both fall, the one without BatchNormalization much further, and its runs lie far apart.": lambda: (
        rises(-swept("adam")[2:, 0]) and swept("adam")[-1, 1] < swept("adam")[2, 1] and (added("adam")[3:] > 0.1).all()
    ),
    "With gradient descent the marks begin above zero, come down to it in the middle, rise high above it and end on it.": lambda: (
        added("sgd")[0] > 0.05 and min(abs(added("sgd")[1:4])) < 0.01 and max(added("sgd")[3:6]) > 0.3 and abs(added("sgd")[-1]) < 0.01
    ),
    "With Adam they begin above zero, come down below it, and rise high above it.": lambda: (
        added("adam")[0] > 0.02 and min(added("adam")) < -0.01 and max(added("adam")) > 0.1
    ),
    # Dropout
    "The one for training images climbs almost to the top.": lambda: MEASURED["by_heart_training"] > 0.9,
    "The one for new images stays nearly level, far below it.": lambda: MEASURED["by_heart_training"] - MEASURED["by_heart_new"] > 0.5,
    "On the left, without Dropout, the training curve runs to the top and the other stays low.": lambda: (
        MEASURED["by_heart_training"] > 0.9 and MEASURED["by_heart_new"] < 0.5
    ),
    "On the right, with Dropout, the training curve rises more slowly and the gap is smaller; "
    "the curve for new images ends a little above the other panel's.": lambda: (
        MEASURED["gap_shrinks"] > 0.1 and 0 < MEASURED["new_images_change"] < 0.05
    ),
    "Without Dropout the curve for training images climbs well above the one for test images, which turns flat.": lambda: (
        last_gap("without_dropout") > 0.1 and np.ptp(curve("without_dropout")[-5:]) < 0.015
    ),
    "With Dropout the two stay closer together.": lambda: last_gap("cnn") < last_gap("without_dropout"),
    # The whole network
    "In both the training curve keeps rising.": lambda: rises(curve("mlp", "accuracy")) and rises(curve("cnn", "accuracy")),
    "The fully connected network's test curve flattens near one half, the convolutional network's near three quarters; "
    "its thin test curves jump up and down.": lambda: (
        np.ptp(curve("mlp")[-4:]) < 0.005
        and all((np.diff(run.history["val_accuracy"]) < 0).any() for run in records.load("cnn"))
        and abs(mean("mlp") - 1 / 2) < 0.05
        and abs(mean("cnn") - 3 / 4) < 0.05
    ),
    "The training curve is the mean over an epoch, while the weights still improve and, on the right, with Dropout on; the test curve is "
    "measured after the epoch, so the first can start below the second.": lambda: all(
        curve(name, "accuracy")[0] < curve(name)[0] for name in ("mlp", "cnn")
    ),
    "Compare the heights of the two dashed curves, and see how unsteady the thin test curves on the right are: "
    "one epoch more or less can change the result of a run by more than a point.": lambda: (
        max(abs(np.diff(run.history["val_accuracy"][5:])).max() for run in records.load("cnn")) > 0.01
    ),
    "Those of the fully connected network lie far to the left, those of the convolutional network in the middle around the dashed line "
    "of the article, and those of the better recipe to the right of it.": lambda: (
        mean("mlp") < mean("cnn") - 0.1
        and min(records.test_accuracies("cnn")) < ARTICLE < max(records.test_accuracies("cnn")) < min(records.test_accuracies("cnn_better"))
    ),
    "The convolutional network has slightly fewer parameters than the fully connected one, and many times as many multiply-accumulates.": (
        lambda: (
            0.8 < models.cnn().count_params() / models.mlp().count_params() < 1
            and sum(costs(models.cnn(), "multiply_accumulates")) > 10 * sum(costs(models.mlp(), "multiply_accumulates"))
        )
    ),
    "On the left, with the article's recipe, the thin test curves jump up and down.": lambda: all(
        (np.diff(run.history["val_accuracy"]) < 0).any() for run in records.load("cnn")
    ),
    "On the right, with the better recipe, they lie close together at the end, higher, and near the training curve.": lambda: (
        np.ptp(records.test_accuracies("cnn_better")) < 0.005 < np.ptp(records.test_accuracies("cnn"))
        and mean("cnn_better") > mean("cnn")
        and abs(curve("cnn_better")[-1] - curve("cnn_better", "accuracy")[-1]) < 0.03
    ),
    # Going further
    "Those of the gradient and of Adam's step fall steeply at first, the gradient's furthest, and that of Muon's step stays near one "
    "throughout.": lambda: MEASURED["gradient_uneven"] > MEASURED["adam_uneven"] > 1.5 * MEASURED["muon_even"],
    "See how fast the gradient's fall, while Muon's hardly do.": lambda: MEASURED["gradient_uneven"] > 3 * MEASURED["muon_even"],
    "Three rows of dots along an axis of test accuracy, each row clearly to the right of the one above it, "
    "the first around the dashed line of the article.": lambda: (
        gain("cnn_better", "cnn").low > 0.02
        and gain("further", "cnn_better").low > 0.02
        and min(records.test_accuracies("cnn")) < ARTICLE < max(records.test_accuracies("cnn"))
    ),
    "Without Muon and without the schedule the marks lie furthest to the left, the latter with a long bar, then without augmentation "
    "and, nearer to the line, without smoothing; the bars of the others cross it.": furthest_left,
    "On the left the test curve of the short training ends above three quarters after four epochs; on the right that of the long one "
    "is lower at the same epoch and ends higher.": lambda: (
        curve("further")[3] < curve("further_4_epochs")[3] < curve("further")[-1] and curve("further_4_epochs")[-1] > 3 / 4
    ),
    "Furthest to the left this chapter's recipe with the fewest epochs lies below a dashed line.": lambda: (
        timed("further_2_epochs")[0] < timed("quick")[0] and timed("further_2_epochs")[1] < ARTICLE
    ),
    "A little to its right the quick recipe lies about the line, and a little further, above it, "
    "this chapter's recipe with one epoch more.": (
        lambda: (
            timed("quick")[0] < timed("further_3_epochs")[0]
            and abs(timed("quick")[1] - ARTICLE) < 0.005
            and timed("further_3_epochs")[1] > ARTICLE + 0.01
        )
    ),
    "The article's recipe lies far to the right, below the line.": lambda: (
        timed("cnn")[0] > 2 * timed("further_3_epochs")[0] and timed("cnn")[1] < ARTICLE
    ),
    "Those with fewer epochs lie to the left of a dashed line at zero, the fewer the further; those with more lie to its right, "
    "the last one further.": lambda: (
        rises(np.array([mean(f"further_{n}_epochs") for n in (2, 3, 4)] + [mean("further")]))
        and (mean("further") < mean("further_20_epochs") < mean("further_40_epochs"))
    ),
}
# Sentences that say what is drawn, and no result, and the function of `figures` that draws it.
DRAWN = {
    "Two bar charts, each with a bar for every layer that has weights.": "cost_bars",
    "Two panels with accuracy by epoch.": "training_curves",
    "Two panels with the loss over updates.": "step_curves",
    "Four curves over updates on a logarithmic scale.": "step_curves",
    "The one with scaled pixels stays level at the bottom.": "step_curves",
    "Five blocks on top of each other, with dashed outlines where they were before.": "tower",
    "Three curves over updates on logarithmic scales.": "movement",
    "Four rows of dots along an axis of test accuracy.": "seeds",
    "Three rows with a mark and a horizontal bar each, for the plain network with noise, the network with "
    "BatchNormalization, and that network with noise, beside a dashed line at zero.": "differences",
    "Four panels with two curves each.": "changed_images",
    "Four rows of dots.": "seeds",
    "Two curves over a logarithmic axis of learning rates.": "sweep",
    "Two panels with a mark and a vertical bar at each learning rate.": "gains",
    "Two rows, one for BatchNormalization after the activation and one for no BatchNormalization, each with a mark and a "
    "horizontal bar, against a dashed line at zero.": "differences",
    "Two curves over twenty epochs.": "training_curves",
    "Two panels.": "training_curves",
    "Three rows, one for each combination of Dropout and BatchNormalization, with a mark and a horizontal bar each, against "
    "a dashed line at zero.": "differences",
    "Three rows of dots along an axis of test accuracy.": "seeds",
    "Two bar charts.": "cost_bars",
    "One row for each changed network, with a mark and a horizontal bar each, against a dashed line at zero.": "differences",
    "The mark is hollow where the bar crosses the line.": "differences",
    "Three falling lines on a logarithmic scale over the number of the singular value.": "step_curves",
    "One row for each ingredient left out, with a mark and a horizontal bar each, against a dashed line at zero.": "differences",
    "Three groups of dots and a single one.": "against_time",
    "A row for each number of epochs, with a mark and a short horizontal bar.": "differences",
}


def sentences(chapter: nbformat.NotebookNode) -> list[str]:
    """Of the figures of results: those of the alt texts, and those of the captions that say a result."""
    found = []
    for cell in figure_cells(chapter):
        if OF_RESULTS.search(cell.source):
            about = cell.metadata["mystnb"]
            alt, caption = (re.split(r"(?<=\.) ", text) for text in (about["image"]["alt"], about["figure"]["caption"]))
            found += alt + [sentence for sentence in caption if IN_CAPTIONS.search(sentence)]
    return found


@each_chapter
def test_alt_text_and_caption_say_no_result_that_is_not_checked(chapter):
    assert [sentence for sentence in sentences(chapter) if sentence not in RESULTS and sentence not in DRAWN] == [], (
        "add the sentence to RESULTS, with how to check it, or to DRAWN if it says no result"
    )


@pytest.mark.parametrize("sentence", RESULTS)
def test_what_an_alt_text_says_is_so(sentence):
    assert RESULTS[sentence]()


def test_the_tables_have_no_sentence_that_no_alt_text_has():
    assert (DRAWN.keys() | RESULTS.keys()) - in_any_chapter(sentences) == set()
