"""What the prose concludes, in sentences that begin with "So", and what it leaves open: each with what shows that it is so."""

from collections.abc import Callable

import numpy as np

from bookbuild import claims_page
from cnnbook import article, data, models, recipes, records, reference
from cnnbook.demos import LiveCNN
from cnnbook.keras_quietly import keras
from cnnbook.models import ablations
from cnnbook.training import experiments
from tests import remembered as trial
from tests.comparing import dropout, going_further, stacking, steps, whole_network
from tests.comparing import leads_and_trials as found
from tests.drawn import slopes, stamped
from tests.recorded import gain, told
from tests.remembered import ERROR, FILTER, GREY, INPUTS, LABELS, MAP_ERROR, WEIGHTS, near

MEASURED = claims_page.measured_values()
PLAIN, NORMALISED, NOISY = "without_batch_norm", "cnn", "noisy_batch_norm"


def starts(seed: int) -> np.ndarray:
    """The first kernel of the whole network, as a seed draws it."""
    keras.utils.set_random_seed(seed)
    return models.cnn().layers[1].kernel.numpy()


def loss_of_logits() -> float:
    """Of a dense layer without biases, with softmax and cross-entropy after it."""
    return float(reference.softmax_cross_entropy(INPUTS[:1] @ WEIGHTS, LABELS[:1]))


def by_place() -> tuple[np.ndarray, np.ndarray]:
    """For each place of the filter: the pixels under it times the error there, and the kernel times that error where the filter lay."""
    met, stamped = np.zeros((MAP_ERROR.size, *FILTER.shape)), np.zeros((MAP_ERROR.size, *GREY.shape))
    for n, (row, column) in enumerate(np.ndindex(MAP_ERROR.shape)):
        here = np.s_[row : row + 3, column : column + 3]
        met[n] = GREY[here] * MAP_ERROR[row, column]
        stamped[n][here] = FILTER * MAP_ERROR[row, column]
    return met, stamped


def step_of_a_sum(inputs: np.ndarray) -> float:
    """How much a weighted sum changes when its weights take a step against their gradient, for an error and a rate of one."""
    return float(abs(inputs @ (-inputs)) / inputs.size)


def normalised_gradient(*, mean: bool, variance: bool) -> np.ndarray:
    """Of a loss behind a normalisation, for its inputs; a mean or a variance that is no path is held still."""
    values, error = INPUTS[:, 0].copy(), ERROR[:, 0]
    held = {"mean": values.mean(), "variance": values.var()}

    def loss() -> float:
        middle = values.mean() if mean else held["mean"]
        spread = values.var() if variance else held["variance"]
        return float(((values - middle) / np.sqrt(spread + 1e-3) * error).sum())

    return slopes(loss, values)


def three_paths_add_up() -> bool:
    """Is the whole gradient the direct one and what each of the two others adds, up to what the mean in the variance would add, nothing?"""
    directly = normalised_gradient(mean=False, variance=False)
    through = [normalised_gradient(mean=True, variance=False) - directly, normalised_gradient(mean=False, variance=True) - directly]
    whole = normalised_gradient(mean=True, variance=True)
    return bool(np.allclose(directly + sum(through), whole, atol=1e-6)) and all(np.abs(part).max() > 1e-3 for part in through)


def epochs_of_sweeps() -> set[int]:
    """For how long the runs were trained by which learning rates are compared, network by network."""
    tried = [(of, rate) for of, rates in experiments.RATES.items() for rate in rates]
    names = [experiments.sweep_name(build.__name__, *each) for each in tried for build in experiments.SWEPT]
    return {experiments.EXPERIMENTS[name].recipe.epochs for name in names}


SHOWN: dict[str, Callable[[], bool]] = {
    # Stacking convolutions
    "So the second layer cannot tell that its input is not a photograph; to it, the ten feature maps are the ten channels of a rather "
    "strange image.": lambda: (
        MEASURED["stack_first_shape"][-1] == MEASURED["stack_second_kernel"][2] == 10 and MEASURED["stack_by_hand"] < 1e-5
    ),
    # Quarters that cancel: the right half and the upper half add nothing.
    "So a light top left quarter, which is the opposite corner, adds exactly as much as ours: such a filter cannot tell the two apart.": (
        lambda: all(np.isclose(free[0], free[3]) for free in np.linalg.svd(stacking.HALVES[[1, 2]])[2][2:])
    ),
    "So two convolutions in a row are one affine function.": lambda: (
        MEASURED["stack_is_affine"] < 1e-5 and MEASURED["stack_composed_difference"] < 1e-5
    ),
    "So if we take the gradient of one unit's output with respect to the image, it is zero for every pixel that has no influence on that "
    "unit.": lambda: MEASURED["receptive_field_measured"] == [MEASURED["receptive_field"]] * 2,
    # Learning
    "So chance decides in which order the images come, and it also decides which weights the network starts with.": lambda: (
        not near(starts(0), starts(1)) and near(starts(0), starts(0))
    ),
    "So a weight's gradient is its input times the error of its logit.": lambda: near(
        slopes(loss_of_logits, WEIGHTS),
        INPUTS[:1].T @ reference.softmax_cross_entropy_gradients(INPUTS[:1] @ WEIGHTS, LABELS[:1]),
    ),
    "So its error is the sum of the three errors, each times the weight it came through.": lambda: (
        near(slopes(trial.loss_of_layer, INPUTS), ERROR @ WEIGHTS.T) and WEIGHTS.shape[1] == 3
    ),
    "So each place contributes pixel times error to the weight's gradient, and the four contributions add up.": lambda: (
        near(slopes(trial.loss_of_map, FILTER), by_place()[0].sum(0)) and stamped()["map_error"].size == 4
    ),
    "So every error stamps a copy of the kernel, multiplied by that error, onto the place where the filter lay; where stamps overlap, they "
    "add up.": lambda: near(slopes(trial.loss_of_map, GREY), by_place()[1].sum(0)),
    # All weights zero: only the last biases move.
    "So the network can learn how common each class is, and nothing about the images.": lambda: (
        [bool(np.any(part)) for part in steps.trained_from(0.0)] == [False] * 5 + [True] and MEASURED["zeros_learn_nothing"] == 0
    ),
    "So they get the same gradient, and remain copies of each other for ever: it is a layer with one filter, at the price of "
    "ten.": lambda: steps.different(steps.trained_from(0.1)[0]) == 1 and steps.trained_from(0.1)[0].shape[-1] == 10,
    "So a convolutional network is not blind to position: its convolutions are equivariant, by whole strides, and the rest depends on what "
    "you put after them.": lambda: (
        MEASURED["equivariant_by_strides"] < 1e-5 < MEASURED["not_equivariant_between"] and MEASURED["answers_change"] > 0
    ),
    # When activations drift
    "So the input counts twice, and how much a step changes the result depends on the mean square of the inputs: the average of their "
    "squares.": lambda: all(np.isclose(step_of_a_sum(times * INPUTS[0]), np.mean((times * INPUTS[0]) ** 2)) for times in (1, 3)),
    "So the control shows that the noise does harm without BatchNormalization as well, not why.": lambda: (
        gain("sgd_0.001_without_batch_norm", "sgd_0.001_noise_alone").low > 0
    ),
    "So these points do not need inputs that hold still from one update to the next.": lambda: (
        gain("sgd_0.001_noisy_batch_norm", "sgd_0.001_without_batch_norm").low > 0 and MEASURED["noise_moves_more"] > 1
    ),
    "So of the · points, · are left with the noise.": lambda: (
        np.isclose(100 * gain(NORMALISED, PLAIN).mean, told("05_drift", "points_gained_late"), atol=0.05)
        and np.isclose(100 * gain(NOISY, PLAIN).mean, told("05_drift", "points_left_late"), atol=0.05)
    ),
    "So in the long run noise makes fitting harder for both, · without BatchNormalization: by ·.": lambda: (
        min(gain(*pair, "train_accuracy").low for pair in ((NORMALISED, NOISY), (PLAIN, "noise_alone"))) > 0
    ),
    # In training, what leaves a normalisation is the same whatever the mean that comes in; the noise comes after it.
    "A slow drift over many updates is still kept out by the normalisation before it; whether that matters, this experiment does not "
    "test.)": lambda: (
        near(trial.normalised(trial.IMAGES + 3, training=True), trial.normalised(trial.IMAGES, training=True))
        and trial.kinds(noisy := ablations.noisy_batch_norm()).index("BatchNormalization") < trial.kinds(noisy).index("ChannelNoise")
    ),
    # Batch normalization
    "(We did not look for the best rates of so long a training.)": lambda: max(epochs_of_sweeps()) < recipes.ARTICLE.epochs,
    "How much of that lead would be left at rates that were chosen for · epochs, we did not measure.": lambda: (
        max(epochs_of_sweeps()) < recipes.ARTICLE.epochs
    ),
    "Whether the other one gains anything there, these runs do not show.": lambda: not gain("cnn_higher_rate", "cnn").shown,
    "So a value reaches the loss along three paths: directly, through the mean of its channel, and through the variance.": (
        three_paths_add_up
    ),
    "So a bias before BatchNormalization does nothing that β does not do as well, and use_bias=False saves it.": lambda: (
        near(trial.normalised(trial.IMAGES + 3, training=True), trial.normalised(trial.IMAGES, training=True))
        and not near(trial.normalised(trial.IMAGES + 3, training=False), trial.normalised(trial.IMAGES, training=False))
        and MEASURED["bias_is_redundant"] < 1e-5
    ),
    "So the layer widens the range of rates at which this network learns.": lambda: (
        found.highest_useful(models.cnn) > found.highest_useful(ablations.without_batch_norm)
    ),
    "So the lead depends on the rate at which the two are compared.": lambda: found.growth_of_lead().low > 0,
    # Dropout
    "So each survivor is multiplied by 1 / (1 - rate), and on average the next layer receives the same in training as in prediction.": (
        lambda: all(
            np.isclose(made.max(), 1 / (1 - rate)) and abs(made.mean() - 1) < 5 * made.std() / np.sqrt(made.size)
            for rate in (0.25, 0.5, 0.8)
            for made in [dropout.averages(rate)]
        )
    ),
    "So if the layer slows the fitting down at all, it does so · Dropout, by ·.": lambda: (
        gain("without_dropout", NORMALISED, "train_accuracy").low > gain(PLAIN, NORMALISED, "train_accuracy").high
    ),
    # Of both networks fewer answers stay with the real mean as well than with the real variance alone.
    "So the mean matters in both networks, whether Dropout comes first or not.": lambda: (
        found.keep_their_answer()[1] < found.keep_their_answer()[0]
        and told("07_dropout", "shift_same_mean_control") < told("07_dropout", "shift_same_control")
    ),
    # Its gap is larger without the layer, and how well it knows its own images was not shown to differ.
    "Whether it makes learning by heart harder, or helps in another way, these runs do not tell.": lambda: (
        gain(PLAIN, NORMALISED, "gap").low > 0 and not gain(PLAIN, NORMALISED, "train_accuracy").shown
    ),
    # The whole network
    "What is left of it may come from other parts that the fully connected network lacks, such as BatchNormalization and Dropout; these "
    "runs do not tell.": lambda: (
        gain("cnn_shuffled", "mlp_shuffled").low > 0 and not {"BatchNormalization", "Dropout"} & set(trial.kinds(models.mlp()))
    ),
    "So that number is a plausible result of its recipe, but not one to expect every time.": lambda: (
        0 < found.reached(article.REPORTED_ACCURACY) < len(records.load("cnn")) / 2
    ),
    "So a large probability says which of the ten fits best, but not that any of them fits.": lambda: (
        LiveCNN().probabilities(np.full((1, *article.INPUT_SHAPE), 255, np.uint8)).max() > 2 / len(data.CLASS_NAMES)
    ),
    "So the gradient passes the test: with other weights it shows something else.": lambda: (
        MEASURED["gradient_control"] < MEASURED["second_network_control"] < 1 / 2
    ),
    "So none of these parts alone makes the difference between the two networks.": lambda: (
        min(gain(experiment, "mlp").low for experiment in whole_network.CHANGED) > gain("cnn", "mlp").mean / 2
    ),
    "So with this seed the gain does not depend on having hit the right rate; we did not try the rates with others.": lambda: (
        min(experiments.held_out_by_rate("better").values()) > records.load("cnn_held_out")[0].history["val_accuracy"][-1]
        and all(len(records.load(experiments.rate_trial_name("better", rate))) == 1 for rate in experiments.held_out_by_rate("better"))
    ),
    # Going further
    "So the whole recipe, the one with Adam in place of Muon, and the one with a constant rate were first tried with one seed each, each "
    "rate twice the one before.": lambda: all(
        np.allclose(np.divide(rates[1:], rates[:-1]), 2)
        and {len(records.load(experiments.rate_trial_name(row, rate))) for rate in rates} == {1}
        for row in ("whole_recipe", "without_muon", "without_schedule")
        for rates in [list(experiments.held_out_by_rate(row))]
    ),
    "So it seems that either one makes the images varied enough, and that each can stand in for the other.": lambda: (
        not gain("further", "further_without_flips").shown
        and not gain("further", "further_without_shifts").shown
        and gain("further", "further_without_augmentation").low > 0
    ),
    "So a schedule has to know when the training will end, and the first epochs of a long training do not show what a short one would "
    "reach.": lambda: (
        not whole_network.begins_alike(recipes.FURTHER)
        and whole_network.begins_alike(recipes.ARTICLE)
        and trial.short_against_long().low > 0
    ),
    "So two devices can each take half a batch, exchange gradients, and make the same update.": lambda: (
        going_further.halves_apart() < 1e-6 and MEASURED["two_devices"] < 1e-5
    ),
}
SAID: dict[str, str] = {
    "So error, slope and gradient are words for the same kind of number: we say error for what layers hand back, and gradient for the "
    "slope of a weight or a whole table of slopes.": "says how the book calls them",
    "So the name internal covariate shift describes something real, which you have measured; as the explanation of why BatchNormalization "
    "works, it has not held up.": "sums up the works that are cited above it",
    "So the two names stand for two different things.": "two definitions, each of which is checked by itself",
}
