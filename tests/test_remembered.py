"""Each sentence of the lists "What to remember" is so: it is computed again, or it is advice, of which nothing can be computed."""

from collections.abc import Callable

import nbformat
import numpy as np
import pytest
from scipy.signal import convolve2d, correlate2d

from bookbuild import claims_page
from cnnbook import arithmetic, article, inspection, models, recipes, records, reference
from cnnbook.keras_quietly import keras, layers
from cnnbook.models import ablations
from cnnbook.training import experiments
from tests import drawn
from tests import remembered as trial
from tests.drawn import slopes
from tests.recorded import costs, curve, first_update, gain, last_gap, mean, moved, rises, swept
from tests.remembered import ADVICE, BIAS, ERROR, FILTER, GREY, IMAGES, INPUTS, MAP_ERROR, WEIGHTS, near, sentences, share, tells
from tests.test_chapters import each_chapter, in_any_chapter

MEASURED = claims_page.measured_values()
# A sentence, with a dot for what is filled in -> whether it is so.
REMEMBERED: dict[str, Callable[[], bool]] = {
    # Convolution
    "To apply a filter to a patch, multiply each pixel by the weight that lies on it, add up the products in all channels, "
    "and add the bias.": lambda: near((IMAGES[0, :3, :2] * trial.KERNEL[..., 4]).sum() + BIAS[4], trial.convolved(IMAGES)[0, 0, 0, 4]),
    "The sum is a dot product.": lambda: near(GREY[:3, :3].ravel() @ FILTER.ravel(), trial.convolved_grey(GREY, FILTER)[0, 0]),
    "It grows with the match and with the contrast of the patch, and, where the weights add up to more than zero, with its brightness.": (
        lambda: (
            rises([MEASURED["patch_opposite"], MEASURED["patch_unrelated"], MEASURED["patch_alike"]])
            and rises([(contrast * FILTER * FILTER).sum() for contrast in (1, 2, 3)])
            and all((rises([(grey * w).sum() for grey in (1, 2, 3)])) == (w.sum() > 0) for w in (FILTER, -FILTER))
        )
    ),
    "Sliding a filter over an image gives a feature map: one map per filter, whatever the number of input channels.": lambda: all(
        layers.Conv2D(5, 3)(np.zeros((1, 8, 8, channels))).shape[3] == 5 for channels in (1, 3, 7)
    ),
    "The kernel is not flipped: what the layer computes is cross-correlation.": lambda: (
        near(trial.convolved_grey(GREY, FILTER), correlate2d(GREY, FILTER, "valid"))
        and not near(trial.convolved_grey(GREY, FILTER), convolve2d(GREY, FILTER, "valid"))
    ),
    'With "same" a side becomes ⌈side / stride⌉, and if the number of zeros is odd, TensorFlow puts the extra one at the bottom and '
    "on the right.": lambda: (
        all(layers.Conv2D(1, 3, 2, "same")(np.zeros((1, side, side, 1))).shape[1] == np.ceil(side / 2) for side in (8, 9))
        and trial.extra_zero_comes_last()
    ),
    "Kernels start random, biases start at zero, and training changes both.": lambda: (
        len(np.unique(trial.before_and_after()[0][0])) > 100
        and not trial.before_and_after()[0][1].any()
        and all((before != after).any() for before, after in zip(*trial.before_and_after(), strict=True))
    ),
    # Stacking
    "A Conv2D turns a batch of images with channels into a batch of feature maps, which are images with channels again, so layers can be "
    "stacked.": lambda: layers.Conv2D(4, 2)(layers.Conv2D(5, 3)(IMAGES)).shape == (len(IMAGES), 6, 4, 4),
    "A filter is as deep as its input: it has a table of weights for each channel.": lambda: all(
        trial.kernel_shape(channels) == (3, 3, channels, 5) for channels in (1, 3, 7)
    ),
    "Convolutions without an activation between them amount to one affine function, and away from the border even to one "
    "larger convolution.": lambda: (
        MEASURED["stack_is_affine"] < 1e-4 < 0.1 < MEASURED["relu_is_not_affine"]
        and near(correlate2d(correlate2d(GREY, FILTER, "valid"), FILTER, "valid"), correlate2d(GREY, convolve2d(FILTER, FILTER), "valid"))
        and MEASURED["stack_composed_kernel"][0] > MEASURED["stack_first_kernel"][0] > MEASURED["stack_composed_difference"]
    ),
    "An activation between them makes depth worth something: two edge filters, ReLU and a filter on top find a corner, on light and dark "
    "backgrounds alike, which no single filter can.": lambda: (
        MEASURED["one_filter_on_black"] > MEASURED["one_filter_on_both"]
        and MEASURED["corner_two_layers_edge"] == 0 < MEASURED["corner_two_layers_faint"]
        and drawn.computed("02_stacking", "down = ")["edge_filters"].shape[-1] == 2
    ),
    "Each layer widens the receptive field by the side of its kernel minus one, times the product of the strides before it; a gradient "
    "can measure it.": lambda: (
        trial.field_grows_as_said() and MEASURED["receptive_field_measured"] == [arithmetic.receptive_field([(4, 2), (3, 2)])] * 2
    ),
    # Inspecting a network
    "None stands for the batch: any number of images.": lambda: (
        models.two_layer_cnn().output_shape[0] is None
        and all(len(models.two_layer_cnn()(np.zeros((images, 32, 32, 3)))) == images for images in (1, 3))
    ),
    'With "same", a convolution\'s output has the shape (⌈height / stride⌉, ⌈width / stride⌉, filters).': lambda: (
        trial.convolved(IMAGES, strides=2, padding="same").shape[1:] == (-(-9 // 2), -(-7 // 2), 5)
    ),
    "A convolution has (kernel height × kernel width × channels in + one) × filters parameters, whatever the size of the image.": lambda: (
        all(trial.parameters(layers.Conv2D(5, (3, 2)), (side, side, 7)) == (3 * 2 * 7 + 1) * 5 for side in (8, 32))
    ),
    "A dense layer has (inputs + one) × units parameters, so the first one after Flatten is usually the largest layer.": lambda: (
        trial.parameters(layers.Dense(5), (7,)) == (7 + 1) * 5
        and all(trial.largest_follows_flatten(build()) for build in (models.two_layer_cnn, models.mlp, models.cnn))
    ),
    "Parameters say how much must be stored, multiply–accumulates how much must be computed, and a layer can have many of one and few "
    "of the other.": lambda: (
        inspection.table(models.cnn()).parameters == sum(weight.numpy().size for weight in models.cnn().weights)
        and costs(models.two_layer_cnn(), "multiply_accumulates")[0] == 16 * 16 * 10 * (4 * 4 * 3)
        and np.argmin(costs(models.two_layer_cnn(), "parameters")) == np.argmax(costs(models.two_layer_cnn(), "multiply_accumulates"))
    ),
    # Learning
    "Softmax turns logits into probabilities, cross-entropy is minus the logarithm of the right class's probability, and the error of the "
    "logits is the probabilities minus the one-hot label.": lambda: (
        near(reference.softmax(ERROR).sum(1), np.ones(8))
        and near(trial.loss_of_logits(), -np.log(reference.softmax(ERROR[:1])[trial.LABELS[:1] == 1][0]))
        and near(slopes(trial.loss_of_logits, ERROR)[:1], reference.softmax(ERROR[:1]) - trial.LABELS[:1])
    ),
    "Rates along a path multiply, and paths add up.": lambda: near(
        slopes(lambda: float(np.sin(trial.X[0] ** 2) + trial.X[0] ** 3), trial.X), np.cos(trial.X**2) * 2 * trial.X + 3 * trial.X**2
    ),
    "A layer gets the error of what it put out, and hands back the error of what came in.": lambda: (
        ERROR.shape == (INPUTS @ WEIGHTS).shape
        and near(reference.dense_gradients(INPUTS, WEIGHTS, ERROR)[0], slopes(trial.loss_of_layer, INPUTS))
    ),
    "A weight's gradient is its input times the error of the number it adds to.": lambda: near(
        slopes(trial.loss_of_layer, WEIGHTS), sum(np.outer(inputs, error) for inputs, error in zip(INPUTS, ERROR, strict=True))
    ),
    "For a kernel, that is the correlation of the image with the error.": lambda: (
        near(slopes(trial.loss_of_map, FILTER), correlate2d(GREY, MAP_ERROR, "valid"))
        and not near(slopes(trial.loss_of_map, FILTER), convolve2d(GREY, MAP_ERROR, "valid"))
    ),
    "An image's gradient is the convolution of the error with the kernel, and here, at last, the kernel is flipped.": lambda: (
        near(slopes(trial.loss_of_map, GREY), convolve2d(MAP_ERROR, FILTER, "full"))
        and near(slopes(trial.loss_of_map, GREY), correlate2d(MAP_ERROR, FILTER[::-1, ::-1], "full"))
        and not near(slopes(trial.loss_of_map, GREY), correlate2d(MAP_ERROR, FILTER, "full"))
    ),
    "Central differences can check a gradient, except at a bend.": lambda: (
        near(slopes(lambda: np.exp(trial.X[0]), trial.X), np.exp(trial.X))
        and not near(slopes(lambda: np.exp(trial.X[0]), trial.X), 1.001 * np.exp(trial.X))
        and near(slopes(lambda: max(trial.AT_BEND[0], 0), trial.AT_BEND), [1 / 2])
        and max(MEASURED[key] for key in ("softmax_slopes", "kernel_slopes", "image_slopes")) < 1e-8
    ),
    "Without an activation the two-layer network is a linear classifier; with ReLU it is · one, with the same number of parameters.": (
        lambda: (
            trial.is_affine(models.two_layer_cnn())
            and not trial.is_affine(models.two_layer_cnn_relu())
            and models.two_layer_cnn().count_params() == models.two_layer_cnn_relu().count_params()
            and tells("04_learning", "activation_gain", gain("two_layer_cnn_relu", "two_layer_cnn"))
        )
    ),
    "Weights start at random, so that filters differ.": lambda: MEASURED["equal_filters"] == 1,
    "Before a ReLU, a variance of two divided by the number of inputs keeps numbers and errors from vanishing or exploding.": lambda: (
        abs(np.var(keras.initializers.HeNormal(seed=0)((3, 3, 20, 50))) * 3 * 3 * 20 / 2 - 1) < 0.1
        and MEASURED["small_vanishes"] < 1 / 1000 < 1 / 2 < MEASURED["he_forward"] < 2 < 1000 < MEASURED["large_explodes"]
    ),
    "Away from the border, convolutions are equivariant by whole strides; pooling softens, a global mean forgets, and Flatten remembers "
    "where things are.": (
        lambda: (
            MEASURED["equivariant_by_strides"] < 1e-4 < 0.1 < MEASURED["not_equivariant_between"]
            and MEASURED["pooling_softens"] > 1
            and trial.same_when_moved(layers.GlobalAveragePooling2D())
            and not trial.same_when_moved(layers.Flatten())
        )
    ),
    # When activations drift
    "Scale the input, and say to which range.": lambda: MEASURED["nan_update"] < 10 and gain("mlp", "mlp_zero_to_one").shown,
    "How much a step changes depends on the mean square of what comes in.": lambda: (
        near(trial.step_changes(10 * INPUTS[:1]), 100 * trial.step_changes(INPUTS[:1]))
        and near(trial.step_changes(INPUTS[:1]), -0.1 * 4 * (INPUTS[:1] ** 2).mean() * ERROR[:1])
        and MEASURED["small_rate_survives"] == 0
    ),
    "A NaN can have several causes: exploded weights, the logarithm of zero, a difference of infinities, zero divided by zero, missing "
    "values in the data.": lambda: np.isnan(trial.causes_of_nan()).all() and MEASURED["nan_update"] < 10,
    "Every update moves the inputs of all later layers, in the plain network those of the last ones most.": lambda: (
        min(first_update()) > 0 and rises(first_update()) and MEASURED["higher_layers_move_more"]
    ),
    "BatchNormalization keeps what enters the activation much steadier; for the mean, it is built to do so.": lambda: (
        MEASURED["leaving_is_steadier"] > 2
        and (10 * moved("cnn") < moved("without_batch_norm")).all()
        and all(near(trial.normalised(IMAGES + by, training=True).mean((0, 1, 2)), trial.BETA) for by in (0, 5))
    ),
    "Its gain does not depend on that alone: with noise that makes these inputs jump at every update, the network is still · the plain "
    "one, although the same noise does harm there.": lambda: (
        MEASURED["noise_leaves_restlessly"] > 1
        and tells("05_drift", "noise_kept", gain("sgd_0.001_noisy_batch_norm", "sgd_0.001_without_batch_norm"))
        and gain("sgd_0.001_noise_alone", "sgd_0.001_without_batch_norm").high < 0
    ),
    "Covariate shift is something else: the images change, and the network does not.": lambda: (
        drawn.says("05_drift", "load_weights(", "shown = [change(some_images", "right(network, images) for images in shown")
        and min(MEASURED["blur_costs_cnn"], MEASURED["noise_costs_cnn"]) > 0.2
    ),
    # Batch normalization
    "In training: for each channel, subtract its mean over batch, height and width, divide by √(variance + ε), multiply by γ and add β.": (
        lambda: near(trial.normalised(IMAGES, training=True), trial.normalised_by_hand(IMAGES.mean((0, 1, 2)), IMAGES.var((0, 1, 2))))
    ),
    "In prediction: the same with the moving mean and the moving variance, so that an answer does not depend on the other images of the "
    "batch.": lambda: (
        near(trial.normalised(IMAGES, training=False), trial.normalised_by_hand(trial.MEAN, trial.VARIANCE))
        and near(trial.normalised(IMAGES, training=False)[:1], trial.normalised(IMAGES[:1], training=False))
        and not near(trial.normalised(IMAGES, training=True)[:1], trial.normalised(IMAGES[:1], training=True))
    ),
    "Four numbers per channel: γ and β are trained, the moving statistics are only kept.": lambda: (
        trial.normalisation().count_params() == 4 * 3
        and [weight.name for weight in trial.normalisation().trainable_weights] == ["gamma", "beta"]
        and [weight.name for weight in trial.normalisation().non_trainable_weights] == ["moving_mean", "moving_variance"]
    ),
    "momentum is the weight of the old value in Keras.": lambda: all(
        near(trial.moving_mean_after(IMAGES, momentum), momentum * trial.MEAN + (1 - momentum) * IMAGES.mean((0, 1, 2)))
        for momentum in (0.9, 0.99)
    ),
    "With the default a short run predicts badly until the statistics have caught up.": lambda: (
        layers.BatchNormalization().momentum == 0.99 and MEASURED["slow_memory_gap"] > 0.2 > 0.05 > MEASURED["fast_memory_gap"]
    ),
    "A bias before BatchNormalization is redundant.": lambda: near(
        trial.normalised(IMAGES + BIAS[:3], training=True), trial.normalised(IMAGES, training=True)
    ),
    "With gradient descent, the layer widens the range of learning rates at which this network learns in its first epoch.": lambda: (
        MEASURED["larger_rates"] > 1 and ((swept("sgd") > 2 / article.CLASSES).sum(0) @ [1, -1]) > 0
    ),
    "Among the rates that we tried there, ·.": trial.best_rates_are_told,
    # Dropout
    "A network can do almost perfectly on its training images and poorly on others: then it has learned them by heart.": lambda: (
        curve("digits_hundred", "train_accuracy")[-1] == 1 and MEASURED["by_heart_training"] > 0.9 > 0.4 > MEASURED["by_heart_new"]
    ),
    "The gap between the two curves shows it.": lambda: last_gap("digits_hundred") > 5 * last_gap("digits_usual_norm"),
    "In training, Dropout sets a random share of the units to zero and multiplies the others by 1 / (1 - rate); in prediction it does "
    "nothing.": lambda: (
        np.unique(trial.after_dropout().round(5)).tolist() == pytest.approx([0, 1 / (1 - 0.25)], abs=1e-4)
        and abs((trial.after_dropout() == 0).mean() - 0.25) < 0.02
        and (trial.after_dropout(1) != trial.after_dropout(2)).any()
        and near(layers.Dropout(0.25)(IMAGES, training=False), IMAGES)
    ),
    "It has no parameters.": lambda: trial.parameters(layers.Dropout(0.25), (7,)) == 0,
    "A smaller gap is not the aim.": lambda: last_gap("two_layer_cnn") < last_gap("cnn") and mean("two_layer_cnn") < mean("cnn") - 0.1,
    "Dropout makes the variances of training and prediction differ, and a BatchNormalization after it keeps the wrong one.": lambda: (
        trial.after_dropout().var() > 0.2 and MEASURED["variance_kept"] > 1.9 and MEASURED["shift_of_variance"] > 1.5
    ),
    "When Dropout comes after the last BatchNormalization, there is none left to be misled.": lambda: (
        trial.norms_after_dropout(models.cnn()) == 0 < trial.norms_after_dropout(ablations.dropout_before_batch_norm())
    ),
    "In this network Dropout first was · Dropout last: ·.": lambda: tells("07_dropout", "order", gain("dropout_before_batch_norm", "cnn")),
    # The whole network
    "With fewer parameters, the convolutional network is · the fully connected one on images, but it has many times as much to "
    "compute.": lambda: (
        models.cnn().count_params() < models.mlp().count_params()
        and tells("08_whole_network", "cnn_lead", gain("cnn", "mlp"))
        and inspection.table(models.cnn()).multiply_accumulates > 10 * inspection.table(models.mlp()).multiply_accumulates
    ),
    "Most of its parameters are in one dense layer, most of its computation in the convolutions.": lambda: (
        max(share(models.cnn(), "Dense", "parameters")) > 1 / 2 < sum(share(models.cnn(), "Conv2D", "multiply_accumulates"))
    ),
    "A trained filter may not be far from its random start: look at both before you say what was learned.": lambda: (
        MEASURED["first_filters_remember"] > 0.8
    ),
    "One run is one number.": lambda: np.ptp(records.test_accuracies("cnn")) > 1 / 100,
    "A number that the test set chose for being the largest is too high on average, however little.": trial.flatters,
    "Here the step from the fully connected to the convolutional network · the step from the article's recipe to that of chapter 9 (Going "
    "further).": trial.step_is_told,
    # Going further
    "The network was not the limit yet: the same network, better trained, is · where the article's recipe left it, by ·.": lambda: (
        experiments.EXPERIMENTS["further"].build is experiments.EXPERIMENTS["cnn"].build
        and tells("09_going_further", "further_gain", gain("further", "cnn"))
    ),
    "Augmentation shows the network varied images, and label smoothing asks for less certainty.": lambda: (
        len({trial.varied(seed).tobytes() for seed in range(5)}) > 1 and trial.smoothed_loss(0.91) < trial.smoothed_loss(0.999)
    ),
    "Without label smoothing, the network was · the whole recipe: ·.": lambda: trial.row_is_told("without_smoothing"),
    "Of what else was left out alone, no difference was shown: ·.": lambda: (
        trial.told("09_going_further")["not_shown_alone"].split(", ")
        == [row.replace("_", " ") for row in experiments.LEFT_OUT if not gain(f"further_{row}", "further").shown]
    ),
    "Without flips and shifts at once, the network was · the whole recipe: ·.": lambda: (
        experiments.LEFT_OUT["without_augmentation"] == {"shifts": 0, "flips": False} and trial.row_is_told("without_augmentation")
    ),
    "With Adam in place of Muon, whose steps are about equally strong in all directions of a weight matrix, it was · it: ·.": lambda: (
        (recipes.FURTHER.optimizer, experiments.LEFT_OUT["without_muon"]["optimizer"]) == ("muon", "adam")
        and MEASURED["muon_even"] < 2 < MEASURED["gradient_uneven"]
        and trial.row_is_told("without_muon")
    ),
    "Another optimizer needs another learning rate: before you compare two, tune the rate of both.": lambda: (
        trial.best_rate("whole_recipe") < trial.best_rate("without_muon") == experiments.LEFT_OUT["without_muon"]["learning_rate"]
    ),
    "Things that may stand in for each other have to be left out together as well.": lambda: (
        not any(gain(f"further_without_{row}", "further").shown for row in ("flips", "shifts"))
        and gain("further_without_augmentation", "further").shown
    ),
    "Each length of training needs its own schedule.": lambda: trial.short_against_long().low > 0,
    "With data parallelism every replica takes an equal part of the batch, and the mean of their gradients is the gradient of the whole, "
    "as long as no layer looks at other images.": lambda: (
        near(trial.mean_gradient(slice(4), slice(4, None)), trial.mean_gradient(slice(None)))
        and not near(trial.mean_gradient(slice(2), slice(2, None)), trial.mean_gradient(slice(None)))
        and MEASURED["halves_agree"] < 1e-5 < 0.1 < MEASURED["halves_differ"]
    ),
}


@each_chapter
def test_nothing_is_to_be_remembered_that_is_not_checked(chapter):
    assert [sentence for sentence in sentences(chapter) if sentence not in REMEMBERED and sentence not in ADVICE] == [], (
        "add the sentence to REMEMBERED, with how to check it, or to ADVICE, with why nothing can be computed"
    )


@pytest.mark.parametrize("sentence", REMEMBERED)
def test_what_is_to_be_remembered_is_so(sentence):
    assert REMEMBERED[sentence]()


def test_the_tables_have_no_sentence_that_no_chapter_asks_to_remember():
    assert (REMEMBERED.keys() | ADVICE.keys()) - in_any_chapter(sentences) == set()


def test_a_sentence_is_read_without_marks_and_without_what_is_filled_in():
    prose = '## What to remember\n\n- `a` is <span data-number="b">2</span>\n  of [it](c.ipynb). And *so* on.\n\nNot this.'
    assert sentences(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(prose)])) == ["a is · of it.", "And so on."]
