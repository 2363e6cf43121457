"""What the solutions of the chapters on learning, drift and batch normalization say, and whether it is so."""

from collections.abc import Callable
from math import log
from statistics import fmean, pstdev

import numpy as np
from scipy.signal import correlate2d

from cnnbook import reference
from cnnbook.keras_quietly import keras, layers, tf
from tests import defined, drawn
from tests import remembered as trial
from tests.exercises import asked
from tests.exercises.explained.batch_normalization import mean, variance
from tests.exercises.explained.learning import ERROR, IMAGE, agrees, of_image, of_kernel, trained, with_its_square, with_tanh
from tests.exercises.test_explanations import EXPECTED
from tests.remembered import BIAS, GREY, IMAGES, INPUTS, KERNEL, WEIGHTS, near

LIGHT = np.arange(1.0, 256)  # all values of pixels but black


def guessing(classes: int) -> float:
    """The loss of one who gives all classes the same probability, by Keras."""
    return float(keras.losses.CategoricalCrossentropy(from_logits=True)(np.eye(classes)[:1], np.zeros((1, classes))))


def kernel_slopes() -> np.ndarray:
    """Of the exercise on paper, by trying."""
    kernel = np.array([[0.5, -1], [2, 1]])
    return drawn.slopes(lambda: (correlate2d(IMAGE, kernel, "valid") * ERROR).sum(), kernel)


def arrivals() -> int:
    """At how many of 36 places the nine largest numbers of windows have a slope, by trying."""
    maps = np.random.default_rng(0).permutation(36).reshape(6, 6).astype(float)
    return np.count_nonzero(drawn.slopes(lambda: maps.reshape(3, 2, 3, 2).max((1, 3)).sum(), maps))


def loss_of_circle(hidden: int) -> float:
    """After some training, of so many units that tell points inside a circle from those outside."""
    draw = np.random.default_rng(1)
    points = draw.uniform(-1, 1, (200, 2))
    start = draw.normal(size=(2, hidden)), np.zeros(hidden), draw.normal(size=(hidden, 2)) / 4, np.zeros(2)
    return trained(points, np.eye(2)[(np.hypot(*points.T) < 0.7).astype(int)], *start, 0.5, 600)[-1]


def scaled(pixels: np.ndarray) -> np.ndarray:
    """To the range from zero to one, by Keras."""
    return layers.Rescaling(1 / 255)(pixels).numpy()


def through_zero() -> list[float]:
    """Of a right class whose probability is zero: its logarithm, the slopes of the logarithm and of softmax there, and both in one."""
    logits = tf.constant([[0.0, -200.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(logits)
        share = tf.nn.softmax(logits)[0, 1]
        certain = tf.math.log(share)
    return [
        float(number) for number in (certain, tape.gradient(certain, share), *(tape.gradient(of, logits)[0, 1] for of in (share, certain)))
    ]


def with_logits() -> list[float]:
    """The loss there, computed from the logits, and its slopes."""
    logits = tf.constant([[0.0, -200.0]])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = keras.losses.CategoricalCrossentropy(from_logits=True)(np.eye(2)[1:], logits)
    return [float(loss), *tape.gradient(loss, logits).numpy().ravel()]


def movement(before: np.ndarray, after: np.ndarray) -> float:
    """Channel by channel."""
    channels = list(zip(before.T, after.T, strict=True))
    return fmean(abs(fmean(new) - fmean(old)) / pstdev(old) for old, new in channels)


def distances_first(before: np.ndarray, after: np.ndarray) -> float:
    return float(np.mean(abs(after - before) / before.std(0)))


def direction(gradient: np.ndarray) -> np.ndarray:
    return np.array(gradient) / np.linalg.norm(gradient)


def shortened(**limit: float) -> list[np.ndarray]:
    """What Keras's descent makes of two gradients with the norms 3 and 4."""
    weights = [keras.Variable([0.0, 0.0]), keras.Variable([0.0, 0.0])]
    keras.optimizers.SGD(1.0, **limit).apply([tf.constant([3.0, 0.0]), tf.constant([0.0, 4.0])], weights)
    return [-part.numpy() for part in weights]


def kept_mean(*batches: float) -> float:
    """The moving mean of Keras, which starts at zero, after batches with these means."""
    layer = layers.BatchNormalization(momentum=0.9)
    for value in batches:
        layer(np.array([[value - 1.0], [value + 1.0]]), training=True)
    return layer.moving_mean.numpy().item()


def numbers_behind_a_convolution() -> tuple[dict[str, tuple], dict[str, tuple]]:
    """Of a convolution without biases and a BatchNormalization: what is trained, and what is kept, with the shapes."""
    parts = [layers.Conv2D(64, 3, use_bias=False), layers.BatchNormalization()]
    network = keras.Sequential([keras.Input((8, 8, 32)), *parts])
    named = ({part.name: tuple(part.shape) for part in of} for of in (network.trainable_weights, network.non_trainable_weights))
    return tuple(named)


def what_training_leaves() -> bool:
    """Are the learned numbers of a BatchNormalization the same after it was used in both ways, though the answers differ?"""
    layer = trial.normalisation()
    answers = [layer(IMAGES, training=training).numpy() for training in (True, False)]
    return near(layer.gamma, trial.GAMMA) and near(layer.beta, trial.BETA) and not near(*answers)


def normalised(weights: np.ndarray) -> np.ndarray:
    """What a layer with these weights gives when its mean and standard deviation are taken out."""
    sums = INPUTS @ weights
    return (sums - sums.mean(0)) / sums.std(0)


def slopes_at(times: float) -> np.ndarray:
    """Of a loss behind the normalisation, for weights that are so many times as large."""
    weights = times * WEIGHTS
    return drawn.slopes(lambda: float((normalised(weights) * trial.ERROR).sum()), weights)


def turned(length: float) -> float:
    """By how much a small step across weights of this length turns them."""
    return float(np.arctan2(1e-3, length))


def with_large_epsilon(batch: np.ndarray) -> np.ndarray:
    return layers.BatchNormalization(epsilon=0.5)(batch, training=True).numpy()


def in_prediction(values: np.ndarray) -> np.ndarray:
    """What a BatchNormalization of three channels makes of them."""
    return trial.normalisation()(np.reshape(values, (-1, 1, 1, 3)), training=False).numpy().reshape(np.shape(values))


def multiplied_and_added() -> tuple[np.ndarray, np.ndarray]:
    """What it multiplies each channel by, and what it adds, by what it makes of zero and of one."""
    zero, one = (in_prediction(np.full(3, value)) for value in (0.0, 1.0))
    return one - zero, zero


def folds(convolution: bool) -> bool:
    """Does a layer with weights and biases multiplied so, and so much added to the biases, give what the two layers gave?"""
    times, added = multiplied_and_added()
    weights, bias = (KERNEL[..., :3], BIAS[:3]) if convolution else (WEIGHTS, BIAS[:3])

    def gives(weights, bias):
        return trial.convolved(IMAGES, weights, bias) if convolution else reference.dense(INPUTS, weights, bias)

    return near(gives(weights * times, bias * times + added), in_prediction(gives(weights, bias)))


SOLVED: dict[str, dict[str, Callable[[], bool] | str]] = {
    # Learning
    "loss_of_guessing": {
        "minus the logarithm of one in ten, and of one in a hundred.": lambda: all(
            near(guessing(classes), -log(1 / classes)) for classes in (10, 100)
        ),
    },
    "kernel_gradient_by_hand": {
        "lay the errors on the image, at each of the four places.": lambda: near(
            kernel_slopes(), [[(IMAGE[r : r + 2, c : c + 2] * ERROR).sum() for c in (0, 1)] for r in (0, 1)]
        ),
    },
    "convolution_backwards": {
        "every place hands its error to the pixels through the weights, and to the weights through the pixels.": lambda: (
            near(drawn.slopes(trial.loss_of_map, trial.GREY), of_image(trial.FILTER, trial.MAP_ERROR))
            and near(drawn.slopes(trial.loss_of_map, trial.FILTER), of_kernel(trial.GREY, trial.MAP_ERROR))
        ),
    },
    "find_the_bug": {
        "all three are wrong, so the mistake comes before their ways part: the slope of tanh is 1 - tanh².": lambda: (
            not any(agrees(with_tanh, name) for name in "xwb") and near(1 / np.cosh(GREY) ** 2, 1 - np.tanh(GREY) ** 2)
        ),
        "Central differences confirm it.": lambda: agrees(with_its_square),
    },
    "equal_weights": {
        "what is equal and gets equal gradients stays equal; random kernels are different from the start.": lambda: (
            asked.different_after_training(16, "kernel", "bias") == 1
            and len(np.unique(trial.before_and_after()[0][0].reshape(-1, 4), axis=1).T) == 4
        ),
    },
    "shape_after_pooling": {"one place for each number that comes out.": lambda: arrivals() == 9},
    "train_by_hand": {
        "forward, then all the way back, and only then the update.": lambda: all(
            near(trained(*case), EXPECTED["train_by_hand"].right(*case))
            and not near(trained(*case, early=True), EXPECTED["train_by_hand"].right(*case))
            for case in EXPECTED["train_by_hand"].cases
        ),
        "the circle, with sixteen hidden units.": lambda: (
            drawn.says("04_learning", "is_inside = np.linalg.norm(points, axis=1) <", "size=(2, 16)", "size=(16, 2)")
            and loss_of_circle(16) < log(2) / 2 < loss_of_circle(1)
        ),
        "Guessing costs log 2.": lambda: near(guessing(2), log(2)),
    },
    # Drifting activations
    "scale_pixels": {
        "half of the largest value becomes 0, and the ends become -1 and 1.": lambda: near(
            EXPECTED["scale_pixels"].right([255 / 2, 0, 255]), [0, -1, 1]
        ),
        "Make floats first: products of uint8, as 2 * pixels, wrap around.": lambda: (
            (2 * np.full(1, 200, np.uint8)).item() == 2 * 200 - 256 and (2 * np.full(1, 200, np.uint8).astype("float32")).item() == 2 * 200
        ),
    },
    "how_much_smaller": {
        "each pixel becomes 255 times smaller, and so its square 255 · 255 times.": lambda: (
            near(LIGHT / scaled(LIGHT), np.full(255, 255.0)) and near(LIGHT**2 / scaled(LIGHT) ** 2, np.full(255, 255.0 * 255))
        ),
    },
    "where_nan_comes_from": {
        "the loss takes the logarithm of the right class's probability.": lambda: all(
            near(defined.cross_entropy(share), -log(share)) for share in (0.1, 0.5, 0.9)
        ),
        "Log 0 is -inf, and its gradient is infinite times the softmax's slope, which is 0 there.": lambda: (
            through_zero()[:3] == [-np.inf, np.inf, 0] and np.isnan(through_zero()[3])
        ),
        "Work with logits instead.": lambda: near(with_logits(), [200, 1, -1]),
    },
    "how_far_moved": {
        "means over the images first, then distances, then the average over the channels.": lambda: all(
            near(movement(*case), EXPECTED["how_far_moved"].right(*case)) and not near(distances_first(*case), movement(*case))
            for case in EXPECTED["how_far_moved"].cases
        ),
    },
    "clip_by_norm": {
        "one factor for all its numbers keeps the direction.": lambda: (
            near(direction(tf.clip_by_norm(GREY[0], 0.5)), direction(GREY[0]))
            and not near(direction(tf.clip_by_value(GREY[0], -0.5, 0.5)), direction(GREY[0]))
        ),
        "A gradient of zeros has no direction, and must not be divided by its norm.": lambda: (
            np.isnan(trial.causes_of_nan()[2]) and near(EXPECTED["clip_by_norm"].right(np.zeros(3), 1.0), np.zeros(3))
        ),
        "Keras has this built in, for all gradients taken together.": lambda: (
            near(shortened(global_clipnorm=1.0), [[3 / 5, 0], [0, 4 / 5]]) and near(shortened(clipnorm=1.0), [[1, 0], [0, 1]])
        ),
    },
    # Batch normalization
    "values_behind_a_mean": {
        "one mean for each channel, over all images and all places.": lambda: near(
            trial.moving_mean_after(IMAGES, momentum=0.0), [IMAGES[..., channel].mean() for channel in range(3)]
        ),
    },
    "two_batches": {
        "nine tenths of the old value and one tenth of the new one, twice.": lambda: near(
            kept_mean(5, 3), 9 / 10 * (9 / 10 * 0 + 1 / 10 * 5) + 1 / 10 * 3
        ),
    },
    "without_a_bias": {
        "the weights, γ and β; and a moving mean and variance for each channel that comes out.": lambda: (
            numbers_behind_a_convolution()
            == ({"kernel": (3, 3, 32, 64), "gamma": (64,), "beta": (64,)}, {"moving_mean": (64,), "moving_variance": (64,)})
        ),
    },
    "first_suspect": {
        "the weights are the same, and so are the images.": what_training_leaves,
        "What differs is where mean and variance come from.": lambda: (
            near(trial.normalised(IMAGES, training=True), trial.normalised_by_hand(IMAGES.mean((0, 1, 2)), IMAGES.var((0, 1, 2))))
            and near(trial.normalised(IMAGES, training=False), trial.normalised_by_hand(trial.MEAN, trial.VARIANCE))
        ),
    },
    "ten_times_the_weights": {
        "the sums and their standard deviation both become ten times as large, which cancels: only the weights' direction counts.": (
            lambda: (
                near(np.std(INPUTS @ (10 * WEIGHTS), 0), 10 * np.std(INPUTS @ WEIGHTS, 0))
                and near(normalised(10 * WEIGHTS), normalised(WEIGHTS))
                and not near(normalised(WEIGHTS + WEIGHTS[::-1]), normalised(WEIGHTS))
            )
        ),
        "A step of the same length turns longer weights by less, so the slope is smaller.": lambda: (
            turned(10) < turned(1) and near(slopes_at(10) / slopes_at(1), np.full(WEIGHTS.shape, turned(10) / turned(1)))
        ),
    },
    "normalise_batch": {
        "take mean and variance over all axes but the last, and add ε to the variance, under the root.": lambda: all(
            near(with_large_epsilon(batch), (batch - mean(batch)) / np.sqrt(variance(batch) + 0.5)) for batch in (INPUTS, IMAGES)
        ),
    },
    "fold_batch_norm": {
        "what a channel is multiplied by goes into its filter, and into the bias it had; what is added goes into the bias.": lambda: folds(
            convolution=True
        ),
        "a new network, layer by layer.": "says how the code goes about it; whether it works is the next sentence",
        "It works for the dense layer too.": lambda: folds(convolution=False),
    },
}
