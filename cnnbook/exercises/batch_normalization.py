"""The exercises of the chapter on batch normalization."""

import numpy as np

from cnnbook import arithmetic, reference
from cnnbook.exercises.mechanics import Choice, Function, Number, Parts, exercise


def over(x) -> tuple[int, ...]:
    """All axes but the last."""
    return tuple(range(x.ndim - 1))


def normalised(x, gamma, beta, epsilon):
    """As the layer does it in training."""
    return reference.batch_norm(x, gamma, beta, x.mean(over(x)), x.var(over(x)), epsilon=epsilon)


@exercise
def values_behind_a_mean() -> Parts:
    """How many means a BatchNormalization takes of a batch of maps, and of how many values each."""
    images, side, channels = 32, 16, 20
    return Parts(
        {
            "means": Number(
                channels,
                "each channel has a mean of its own, one for the whole batch",
                mistakes=[
                    (1, "the channels are not mixed: each has a mean of its own"),
                    (images, "a mean is taken over all images, not for each of them"),
                    (images * channels, "the images of a batch are not kept apart: a channel has one mean for all of them"),
                    (side * side * channels, "all places of a map share a mean, because they share a filter"),
                ],
            ),
            "values": Number(
                images * side * side,
                "count the values of one channel in the whole batch: a map for each image, and the places of each map",
                mistakes=[
                    (images, "all places of the maps count too"),
                    (side * side, "the maps of all images in the batch count"),
                    (images * side, "a map has as many rows as columns: multiply the two"),
                    (images * side * side * channels, "those are the values of all channels together"),
                ],
            ),
        }
    )


@exercise
def ten_times_the_weights() -> Parts:
    """What becomes of BatchNormalization's output and of the gradient if all weights before it are ten times as large."""
    times = 10
    return Parts(
        {
            "output": Choice(
                "as before",
                wrong={
                    "ten times as large": "its inputs are, and so is the standard deviation that they are divided by",
                    "a tenth": "the standard deviation grows by as much as the inputs do, not by more",
                },
            ),
            "factor": Number(
                1 / times,
                "the output depends on the weights' direction only; how much does a step of the same length change that now",
                mistakes=[
                    (times, "it is the other way round: the same step turns longer weights by less, so the loss changes by less"),
                    (1, "the output is as before, but the same step now changes the weights by a smaller share"),
                    (1 / times**2, "the weights are ten times as long, not a hundred times"),
                    (0, "the length of the weights changes nothing, but their direction still counts"),
                ],
                tolerance=0.01,
            ),
        }
    )


@exercise
def normalise_batch() -> Function:
    """A function (x, gamma, beta, epsilon): BatchNormalization in training, for any number of axes."""
    rng = np.random.default_rng(6)
    cases = [
        (rng.normal(2, 3, (6, 4)), rng.normal(1, 0.5, 4), rng.normal(size=4), 0.1),
        (rng.normal(-1, 0.5, (3, 4, 2, 5)), rng.normal(1, 0.5, 5), rng.normal(size=5), 0.05),
    ]

    def divided_by(divisor):
        return lambda x, gamma, beta, epsilon: gamma * (x - x.mean(over(x))) / divisor(x, epsilon) + beta

    return Function(
        normalised,
        cases,
        mistakes=[
            (divided_by(lambda x, epsilon: x.std(over(x))), "ε is missing"),
            (divided_by(lambda x, epsilon: x.std(over(x)) + epsilon), "ε belongs under the root, to the variance"),
            (divided_by(lambda x, epsilon: x.var(over(x)) + epsilon), "the root is missing: it divides by the variance"),
            (
                divided_by(lambda x, epsilon: np.sqrt(x.var(over(x), ddof=1) + epsilon)),
                "the batch's variance is divided by the number of values, not by one less",
            ),
            (divided_by(lambda x, epsilon: np.sqrt(x.var(0) + epsilon)), "with maps, the variance too is taken over images and places"),
            (
                lambda x, gamma, beta, epsilon: gamma * (x - x.mean(0)) / np.sqrt(x.var(0) + epsilon) + beta,
                "with maps, mean and variance are taken over images and places",
            ),
            (
                lambda x, gamma, beta, epsilon: gamma * (x - x.mean()) / np.sqrt(x.var() + epsilon) + beta,
                "each channel has a mean and a variance of its own",
            ),
            (lambda x, gamma, beta, epsilon: normalised(x, gamma, beta, 1e-3), "it uses an ε of 0.001 instead of the one it is given"),
            (lambda x, gamma, beta, epsilon: normalised(x, beta, gamma, epsilon), "γ and β have been swapped: γ multiplies, β is added"),
            (lambda x, gamma, beta, epsilon: normalised(x, np.ones_like(gamma), np.zeros_like(beta), epsilon), "γ and β are missing"),
            (lambda x, gamma, beta, epsilon: normalised(x, gamma, np.zeros_like(beta), epsilon), "β is missing"),
            (lambda x, gamma, beta, epsilon: normalised(x, np.ones_like(gamma), beta, epsilon), "γ is missing"),
            (
                lambda x, gamma, beta, epsilon: gamma * (normalised(x, np.ones_like(gamma), beta, epsilon)),
                "β is added last, so that γ does not multiply it",
            ),
        ],
    )


def two_updates(weight_of_old: float) -> float:
    """The moving mean after batches with the means 5 and 3, from 0."""
    moving = 0.0
    for mean in (5.0, 3.0):
        moving = weight_of_old * moving + (1 - weight_of_old) * mean
    return moving


@exercise
def two_batches() -> Number:
    """The moving mean, from 0 with a momentum of 0.9, after batches with the means 5 and 3."""
    return Number(
        two_updates(0.9),
        "work out the moving mean after the first batch, then use it as the old value for the second",
        mistakes=[
            (two_updates(0.1), "that takes 0.9 as the weight of the new value; in Keras momentum is the weight of the old one"),
            (0.9 * 5 + 0.1 * 3, "the moving mean starts at 0, not at the first batch's mean"),
            (0.1 * 5, "that is after the first batch"),
            (0.1 * 5 + 0.1 * 3, "the second update also multiplies the old value by the momentum"),
            ((5 + 3) / 2, "that is the plain mean of the two"),
            (0.1 * 3, "the first batch is not forgotten that fast"),
        ],
    )


@exercise
def without_a_bias() -> Parts:
    """Parameters of Conv2D(64, 3, use_bias=False) on 32 channels followed by BatchNormalization: trained, and kept."""
    convolution = arithmetic.conv_parameters(3, 32, 64, use_bias=False)
    trained, kept = arithmetic.batch_norm_parameters(64)
    return Parts(
        {
            "trained": Number(
                convolution + trained,
                "add the weights of the convolution and what BatchNormalization learns for each channel",
                mistakes=[
                    (arithmetic.conv_parameters(3, 32, 64) + trained, "the convolution has no biases here"),
                    (convolution + trained + kept, "the moving statistics are not trained"),
                    (convolution, "BatchNormalization learns something too"),
                    (
                        convolution + trained // 2,
                        "it learns two numbers, γ and β, for each channel that comes out, and the convolution has no biases here",
                    ),
                ],
            ),
            "kept": Number(
                kept,
                "two moving statistics are kept for each channel that comes out",
                mistakes=[
                    (trained + kept, "half of the four numbers per channel are trained"),
                    (kept // 2, "both the mean and the variance are kept, for each channel that comes out"),
                ],
            ),
        }
    )


@exercise
def first_suspect() -> Choice:
    """Why a network fits at 95 % and evaluates at 30 % on the same images, after 60 updates."""
    return Choice(
        "moving statistics",
        wrong={
            "overfitting": "these are the images it was trained on, and a network that knew them by heart would do well on them",
            "learning rate": "the weights are the same in both measurements, and in one of them they fit well",
            "dropout": "Dropout does nothing in prediction; it would make the training accuracy the lower one",
        },
    )


def folded(kernel, bias, gamma, beta, mean, variance, epsilon):
    """Kernel and bias of a convolution that does alone what it does with BatchNormalization after it, in prediction, in one row."""
    scale = gamma / np.sqrt(variance + epsilon)
    return in_one_row(kernel * scale, (bias - mean) * scale + beta)


def in_one_row(kernel, bias) -> np.ndarray:
    """All numbers, one after the other."""
    return np.concatenate([np.ravel(kernel), np.ravel(bias)])


@exercise
def fold_batch_norm() -> Function:
    """A function that folds BatchNormalization into the convolution before it: new kernel and bias, in one row."""
    rng = np.random.default_rng(7)
    cases = []
    for shape in ((3, 3, 2, 4), (1, 2, 3, 5)):
        gamma, beta, bias, mean = rng.normal(size=(4, shape[-1]))
        cases.append((rng.normal(size=shape), bias, gamma, beta, mean, rng.uniform(0.2, 4, shape[-1]), 0.01))

    def with_scale(scale, bias_of):
        """Kernel and bias with another scale, and a bias made with it."""

        def made(kernel, bias, gamma, beta, mean, variance, epsilon):
            factor = scale(gamma, variance, epsilon)
            return in_one_row(kernel * factor, bias_of(bias, mean, factor, beta))

        return made

    def right_scale(gamma, variance, epsilon):
        return gamma / np.sqrt(variance + epsilon)

    def right_bias(bias, mean, scale, beta):
        return (bias - mean) * scale + beta

    return Function(
        folded,
        cases,
        mistakes=[
            (with_scale(lambda gamma, variance, epsilon: gamma / np.sqrt(variance), right_bias), "ε is missing"),
            (with_scale(lambda gamma, variance, epsilon: gamma / (variance + epsilon), right_bias), "divide by the root of the variance"),
            (with_scale(lambda gamma, variance, epsilon: 1 / np.sqrt(variance + epsilon), right_bias), "γ is missing"),
            (with_scale(right_scale, lambda bias, mean, scale, beta: bias), "the kernel is right, but the bias has to change too"),
            (
                with_scale(right_scale, lambda bias, mean, scale, beta: bias - mean * scale + beta),
                "the kernel is right; the old bias is scaled too, since it comes before BatchNormalization",
            ),
            (with_scale(right_scale, lambda bias, mean, scale, beta: beta - mean * scale), "the kernel is right; the old bias is missing"),
            (
                with_scale(right_scale, lambda bias, mean, scale, beta: bias * scale + beta),
                "the kernel is right; the mean has to be subtracted",
            ),
            (with_scale(right_scale, lambda bias, mean, scale, beta: (bias - mean) * scale), "the kernel is right; β is missing"),
            (
                with_scale(right_scale, lambda bias, mean, scale, beta: (bias - mean + beta) * scale),
                "the kernel is right; β is added last, so nothing scales it",
            ),
            (lambda kernel, *rest: np.append(np.ravel(kernel), folded(kernel, *rest)[kernel.size :]), "the kernel has to change as well"),
        ],
    )
