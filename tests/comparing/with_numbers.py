"""What sentences compare in which numbers or verdicts are filled in (the dots): what their typed words say."""

import math
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy import signal

from bookbuild import claims_page
from cnnbook import arithmetic, article, claims, models, recipes, records, reference
from cnnbook.keras_quietly import keras
from cnnbook.models import ablations
from cnnbook.training import experiments, muon
from cnnbook.training.activation_watch import LEAVING
from tests import drawn
from tests import remembered as trial
from tests.claims.test_enough_seeds import too_few
from tests.comparing import drift, going_further, inspecting, whole_network
from tests.comparing import leads_and_trials as found
from tests.drawn import says
from tests.recorded import curve, gain, last_gap, rises, timed, told
from tests.remembered import kinds, near

MEASURED = claims_page.measured_values()
DRIFT, NORM, DROPOUT, WHOLE, FURTHER = (
    "05_drift",
    "06_batch_normalization",
    "07_dropout",
    "08_whole_network",
    "09_going_further",
)
PLAIN, NORMALISED, NOISY = "without_batch_norm", "cnn", "noisy_batch_norm"
SEES, WEIGHTS = trial.IMAGES[:, :8, :6], np.ones((3, 3, 3, 2))
MAPS, STRIDED = (reference.conv2d(SEES, WEIGHTS, stride=stride, padding="same") for stride in (1, 2))
TOLD = "{mean} points (95 % interval 0.8 to 1.2, {seeds} seeds)"
BY_RATE = experiments.held_out_by_rate

SHOWN: dict[str, Callable[[], bool]] = {
    # 1. Convolution
    "Our slide agrees with SciPy's correlation to the last digit (the largest difference is ·), and with its convolution only once the "
    "kernel has been flipped.": lambda: (
        np.array_equal(found.slid(), signal.correlate2d(found.PIXELS, found.COUNTED, "valid"))
        and not near(found.slid(), signal.convolve2d(found.PIXELS, found.COUNTED, "valid"))
        and near(found.slid(), signal.convolve2d(found.PIXELS, found.COUNTED[::-1, ::-1], "valid"))
    ),
    "From · examples and in · steps, our filter found the secret one: in the figure you can hardly tell the two apart.": lambda: (
        abs(drawn.learning()["learned"] - drawn.learning()["secret"].ravel()).max() < 0.01 * np.ptp(drawn.learning()["secret"])
    ),
    # 2. Stacking convolutions
    "The closest filter avoids most of that, but pays for it elsewhere: the opposite corner of the light square, at its bottom right, gets "
    "· times as much as the faint corner that we are looking for.": lambda: (
        found.times_the_faint_corner("closest", found.STRONG_EDGE) < found.times_the_faint_corner("sum", found.STRONG_EDGE) / 2
        and found.times_the_faint_corner("closest", found.OPPOSITE) > 1 > found.times_the_faint_corner("sum", found.OPPOSITE)
    ),
    "With ReLU, mixing two images no longer mixes their outputs in the same way; the error is ·.": lambda: (
        found.mixing_error(np.array) < 1e-9 < 1e-2 < found.mixing_error(reference.relu)
    ),
    # 3. Inspecting a model
    "All rows together have · parameters, and most of them belong to the dense layer, which never sees the image itself.": lambda: (
        inspecting.rows()[-1].layer == "Dense"
        and inspecting.parameters()[-1] > sum(inspecting.parameters()) / 2
        # It has a weight for each number of the last maps, not for each of the image.
        and inspecting.dense_weights() == 10 * math.prod(inspecting.shapes()[1]) != 10 * 32 * 32 * 3
    ),
    # 4. Learning
    "After · epochs it has little more to learn about new images: its mean test accuracy then moves by no more than ·.": lambda: (
        np.ptp(curve("two_layer_cnn")[1:]) < np.ptp(curve("two_layer_cnn_relu")[1:]) / 10 and curve("two_layer_cnn")[1] > 0.3
    ),
    "Max pooling leaves the same shape as a stride of two, and widens the receptive field a little more (· pixels instead of ·), but the "
    "convolution before it has to compute four times as many numbers, of which three quarters are thrown away.": lambda: (
        (pooled := reference.max_pool2d(MAPS)).shape == STRIDED.shape
        and arithmetic.receptive_field([(3, 1), (2, 2)]) == arithmetic.receptive_field([(3, 2)]) + 1
        and MAPS.size == 4 * STRIDED.size
        and np.mean(reference.max_pool2d_gradients(MAPS, np.ones(pooled.shape)) == 0) == 3 / 4
    ),
    # 5. When activations drift
    "· layers grow at once, and the growth of each feeds the other two, which is why even the exponents grow faster and faster.": lambda: (
        rises((growth := found.growth_of_gradients(0, 1, 2)).sum(1))
        and growth.min() > 0
        and (growth.argmax(0) == len(growth) - 1).all()
        and all(abs(found.growth_of_gradients(alone)[1:]).max() < 1 for alone in range(3))
        and all((times > 10) == (place != grown) for grown in range(3) for place, times in enumerate(found.fed_by(grown)))
        and MEASURED["gradients_speed_up"]
    ),
    "The noisy network is the least steady of all: its means move · times as much as those of the plain one.": lambda: (
        drift.late(NOISY, "entering").min() > max(drift.late(name, "entering").max() for name in (PLAIN, NORMALISED))
    ),
    "Compared with the plain network, the mean of what leaves moves less by a factor of ·, the spread by ·, and the ends by · (tenth "
    "percentile) and · (ninetieth).": lambda: all(drift.steadier(of).min() > 1 for of in LEAVING),
    "With the noise, everything that leaves an activation is more restless than in the plain network: the mean moves · times as much, and "
    "the spread · times.": lambda: all((drift.late(NOISY, of) > drift.late(PLAIN, of)).all() for of in LEAVING),
    "But it makes that network unsteady too, and there it is much stronger compared with what it is added to: its shifts have a standard "
    "deviation of ·, while the values themselves have one of · at the start (in one watched run), and of about one with "
    "BatchNormalization.": lambda: (
        "BatchNormalization" not in kinds(noisy := ablations.noise_alone())
        and "ChannelNoise" in kinds(noisy)
        and abs(found.at_start(NORMALISED) - 1).max() < 0.05
        and found.jolt(found.at_start(PLAIN).max()) > 1 > 2 * found.jolt(found.at_start(NORMALISED).min())
    ),
    "Yet that network learns much faster than the plain one: of the · points that BatchNormalization gains, · are left with the noise "
    "(each number is rounded by itself).": lambda: (
        (kept := gain(f"sgd_0.001_{NOISY}", f"sgd_0.001_{PLAIN}")).low > 0.05
        and kept.mean > gain(f"sgd_0.001_{NORMALISED}", f"sgd_0.001_{PLAIN}").mean / 2
        and {run.recipe["epochs"] for run in records.load(f"sgd_0.001_{NOISY}")} == {1}
    ),
    # 6. Batch normalization
    "Without the layer, · is the highest of these rates at which every run gets more than a fifth right, which is twice what guessing "
    "would get; with it, the highest is ·.": lambda: (
        [found.highest_useful(build) for build in experiments.SWEPT] == [told(NORM, "highest_rate"), told(NORM, "last_plain_without_layer")]
    ),
    "At higher rates the runs show a gain: at ·.": lambda: (
        (best := experiments.CARRIED["adam"][PLAIN]) < max(experiments.RATES["adam"])
        and all((lead.low > 0) == (rate > best) for rate, lead in found.leads("adam").items() if rate >= best)
    ),
    "But its lead after · epochs does not need a larger rate: its rate there is the · of the two.": lambda: (
        gain(*(names := [experiments.carried_name(name, "sgd") for name in (NORMALISED, PLAIN)])).low > 0
        and rises([records.load(name)[0].recipe["learning_rate"] for name in names])
    ),
    "With Adam, after as many epochs, the lead is larger at the higher of the two rates, mostly because of what the network without the "
    "layer loses there: · points.": lambda: (
        (growth := found.growth_of_lead()).low > 0
        and gain(PLAIN, f"best_adam_{PLAIN}").low > 0
        and gain(PLAIN, f"best_adam_{PLAIN}").mean > growth.mean / 2
        and experiments.EXPERIMENTS["cnn_higher_rate"].recipe.learning_rate > recipes.ARTICLE.learning_rate
    ),
    # 7. Dropout
    "The loss on new images even · again, by · above its lowest point, as it would if the network grew more and more sure of its "
    "mistakes.": lambda: (
        MEASURED["by_heart_new_loss"] > 0.5
        and rises((losses := found.by_heart()[0])[losses.argmin() :])
        and losses.min() < min(losses[0], losses[-1] - 0.5)
        and rises(found.by_heart()[1])
    ),
    # What the table tells of the accuracies and what the chapter measured of the gap fit together.
    "The gap is · with Dropout, mostly because the network knows its training images less well: there it is · by ·.": lambda: (
        (lost := told(DROPOUT, "small_own") / 100) > MEASURED["gap_shrinks"] / 2
        and abs(lost + MEASURED["new_images_change"] - MEASURED["gap_shrinks"]) < 0.002
        and trial.told(DROPOUT)["small_own_direction"] == "behind"
    ),
    "That gain is small beside the gap that is left: Dropout cannot make more images out of a ·.": lambda: (
        MEASURED["new_images_change"] < told(DROPOUT, "small_gap_with") / 100 / 10
        and gain("digits_usual_norm", "digits_hundred").low > gain("digits_dropout", "digits_hundred").high
    ),
    "The loss on new images is · with Dropout, as it would be for a network that is less sure of its mistakes.": lambda: (
        MEASURED["loss_falls"] > 0
        and rises([float(reference.softmax_cross_entropy(np.array([[sure, 0.0]]), np.eye(2)[1:])) for sure in range(5)])
    ),
    "At its lowest point, though, the loss without Dropout was ·: what Dropout has prevented is mostly the rise after that.": lambda: (
        told(DROPOUT, "by_heart_lowest") - told(DROPOUT, "small_loss_with") < MEASURED["loss_falls"] / 2 < MEASURED["by_heart_new_loss"]
    ),
    # Asked when it knows its images as well, the network without Dropout has most of the difference no longer.
    "So within · epochs, Dropout keeps this network from learning its images by heart quite so much, mostly by slowing it down.": lambda: (
        gain("without_dropout", NORMALISED, "train_accuracy").low > 0
        and (early := found.known_as_well("without_dropout", NORMALISED))[0] < recipes.ARTICLE.epochs
        and early[1] - last_gap(NORMALISED) < (last_gap("without_dropout") - last_gap(NORMALISED)) / 2
    ),
    "The largest logit stays the largest for · of the test images.": lambda: (
        MEASURED["shift_keeps_answers"] > 0.95
        and found.keep_their_answer()[0] > 0.9
        and says(DROPOUT, "same = np.mean(old.argmax(1) == new.argmax(1))")
    ),
    "With the real mean as well, the largest logit stays the largest for · of the test images.": lambda: (
        50 < told(DROPOUT, "shift_same_mean") < 100 * MEASURED["shift_keeps_answers"]
        and 1 / 2 < found.keep_their_answer()[1] < found.keep_their_answer()[0]
        and says(DROPOUT, "moving_variance.assign(variance)", "moving_mean.assign(mean)", 'logits["real mean too"]', "old.argmax(1) == new")
    ),
    "The correlation of the old logits with the new ones is ·; it would be one if nothing but the scale had changed, and here it nearly "
    "is.": lambda: MEASURED["shift_scales_alike"] > 0.99,
    # 8. The whole network
    "This book trains at least ·, and · where two means lie less than a point apart, whatever the interval says.": lambda: (
        not too_few(TOLD.format(mean=1.0, seeds=claims.SEEDS))
        and too_few(TOLD.format(mean=1.0, seeds=claims.SEEDS - 1))
        and not too_few(TOLD.format(mean=0.9, seeds=claims.MORE_SEEDS))
        and too_few(TOLD.format(mean=0.9, seeds=claims.MORE_SEEDS - 1))
    ),
    "If the intervals are widened to allow for all · at once, zero lies in that of one more change: ·.": lambda: (
        [name for name in whole_network.CHANGED if found.shown(name, 0.05) and not found.shown(name, 0.05 / len(whole_network.CHANGED))]
        == ["without_dropout"]
    ),
    "The network has · parameters, fewer than the baseline.": lambda: models.cnn().count_params() < models.mlp().count_params(),
    "That is why a network can look better on the test images than on its training images: after the first epoch the convolutional network "
    "has · in the training column and · in the other (means of · seeds).": lambda: (
        # Asked in the same way, it does better on its training images.
        curve(NORMALISED, "accuracy")[0] < curve(NORMALISED)[0] < curve(NORMALISED, "train_accuracy")[0]
    ),
    "With its recipe, · of our runs end at that or more, and · at · or more.": lambda: (
        [found.reached(article.REPORTED_ACCURACY), found.reached(0.73)] == [told(WHOLE, f"cnn_reached_{at}") for at in ("article", "73")]
    ),
    # The pair whose mistakes either way add up to most, even where another mistake is made more often.
    "The pair it confuses most is ·.": lambda: (
        MEASURED["most_confused"] == "cat and dog" and found.most_confused([[9, 3, 4], [0, 9, 6], [4, 0, 9]]) == (0, 2)
    ),
    "Filter by filter, the median is ·; for the most changed filter it is ·.": lambda: np.allclose(
        [told(WHOLE, "filters_alike_median"), told(WHOLE, "filters_alike_least")],
        [np.median(whole_network.alike()), whole_network.alike().min()],
        rtol=0,
        atol=0.01,
    ),
    "That is more than zero, but it does not show that they agree about the image: between the trained network's map of one image and the "
    "untrained one's of another it is ·.": lambda: (
        told(WHOLE, "gradient_agreement_range") > 0  # of all images
        and told(WHOLE, "different_images_gradient") > MEASURED["gradient_control"] / 2 > 0
    ),
    "The largest fall is · on average for the trained network and · for the untrained one: whatever you hide from it, the untrained "
    "network gives nearly the same answer.": lambda: (
        MEASURED["occlusion_scale"] > 10
        and found.falls()["trained"].max() > 10 * abs(found.falls()["untrained"]).max()
        and abs(found.falls()["untrained"]).max() < 0.02
    ),
    "We trained both anew on the shuffled images, by the article's recipe: the fully connected network with · seeds, the convolutional "
    "one, which takes longer, with · of them.": lambda: (
        records.mean_seconds(records.load("cnn")) > 2 * records.mean_seconds(records.load("mlp"))
        and experiments.EXPERIMENTS["cnn_shuffled"].recipe == replace(recipes.ARTICLE, shuffled_pixels=True)
        and experiments.EXPERIMENTS["mlp_shuffled"].recipe == replace(recipes.ARTICLE, shuffled_pixels=True)
    ),
    "And even if none of the · changes made any difference, at least one interval would leave zero out with a chance of about ·, if the "
    "rows were independent.": lambda: abs(found.leaves_zero_out(len(whole_network.CHANGED)) - told(WHOLE, "ablation_chance") / 100) < 0.03,
    "The smallest lead of the · is ·.": lambda: (
        abs(100 * min(gain(name, "mlp").mean for name in whole_network.CHANGED) - told(WHOLE, "smallest_lead")) < 0.06
    ),
    "With · networks there is more to choose from: one run of each gives · numbers, one per epoch.": lambda: (
        found.best_number("cnn", *whole_network.not_told_apart()) > found.best_number("cnn")
        and told(WHOLE, "rival_numbers") == told(WHOLE, "rivals") * len(curve("cnn")) > len(curve("cnn"))
    ),
    "Compared seed by seed, the better recipe is · the article's: ·.": lambda: gain("cnn_better", "cnn").low > 0,
    "One more run is expected to lie in the range ·.": lambda: (
        abs(found.holds_one_more() - claims.CONFIDENCE) < 0.012
        and np.allclose(
            [float(number) for number in re.findall(r"[\d.]+", trial.told(WHOLE)["better_accuracy_bound"])],
            100 * np.array(claims.prediction_interval(records.test_accuracies("cnn_better"))),
            rtol=0,
            atol=0.06,
        )
    ),
    "But by the article's recipe the same seed gets only · of these images right, less than at any of these rates.": lambda: (
        min(BY_RATE("better").values()) > records.load("cnn_held_out")[0].history["val_accuracy"][-1]
        and {records.load(experiments.rate_trial_name("better", rate))[0].seed for rate in BY_RATE("better")}
        == {records.load("cnn_held_out")[0].seed}
    ),
    "It seldom takes an animal for a vehicle or a vehicle for an animal: this run of it tells the two kinds apart on · of the test "
    "images.": lambda: MEASURED["vehicle_or_animal"] > 0.9,
    # 9. Going further
    "Chapter 8 (The whole network) left it at · after · epochs, with a schedule, larger batches and mirrored images.": lambda: (
        recipes.BETTER.batch_size > recipes.ARTICLE.batch_size
        and recipes.BETTER.flips > recipes.ARTICLE.flips
        and (recipes.BETTER.schedule, recipes.ARTICLE.schedule) == (recipes.FURTHER.schedule, "constant")
        and gain("further", "further_without_schedule").low > 0  # the other has a constant rate
        and experiments.EXPERIMENTS["cnn_better"].recipe == recipes.BETTER
    ),
    "The gradient is strong in its first few directions and fades from there: direction · of · is weaker than the first by a factor of "
    "·.": lambda: (
        rises(-going_further.strengths())
        and going_further.strengths()[len(going_further.strengths()) // 2] < going_further.strengths()[0] / 3
        and MEASURED["gradient_uneven"] > 3
    ),
    "Muon evens out the directions themselves: the largest singular value of this step is · times the smallest.": lambda: (
        found.unevenness(going_further.first_step(muon.Muon(0.1, weight_decay=None, adam_weight_decay=None), found.fading())) < 2
        and MEASURED["muon_even"] < 2
        and found.unevenness(found.fading()) > 10
        and found.unevenness(going_further.first_step(keras.optimizers.Adam(0.1), found.fading())) > 3
    ),
    "The whole recipe keeps ·, the rate of this chapter's main runs, although · did better.": lambda: (
        told(FURTHER, "peak") == recipes.FURTHER.learning_rate == records.load("further")[0].recipe["learning_rate"]
        and BY_RATE("whole_recipe")[told(FURTHER, "rate_that_did_better")] > BY_RATE("whole_recipe")[recipes.FURTHER.learning_rate]
    ),
    "Batches of · images mean more updates, which take time as well, so of these recipes we took batches of ·, no shifts and a rate of ·, "
    "for · epochs.": lambda: (
        recipes.updates(50_000, replace(recipes.QUICK, batch_size=32)) > recipes.updates(50_000, recipes.QUICK)
        and recipes.QUICK in experiments.SHORT.values()
        # As many images in four times as many updates.
        and records.mean_seconds(records.load("further_without_large_batches")) > 1.2 * records.mean_seconds(records.load("further"))
    ),
    "Where a little more time does no harm, · epochs of this chapter's own recipe take · seconds and reach ·.": lambda: (
        timed("quick")[0] < timed("further_3_epochs")[0] < 2 * timed("quick")[0] and timed("further_3_epochs")[1] > timed("quick")[1]
    ),
    # More of its images are learned by heart then, augmentation is what helped before, and nothing else was tried.
    "The settings were chosen for · epochs; a longer training might do better with different ones, for example with more "
    "augmentation.": lambda: (
        {recipe.epochs for recipe in experiments.TUNED.values()} == {recipes.FURTHER.epochs}
        and gain("further_40_epochs", "further", "gap").low > 0
        and gain("further", "further_without_augmentation").low > 0
        and {replace(each.recipe, epochs=10) for each in experiments.EXPERIMENTS.values() if each.recipe.epochs > 10} == {recipes.FURTHER}
    ),
}

# A sentence -> why nothing is computed.
SAID: dict[str, str] = {}
