"""What the explanations in the chapter on batch normalization come to."""

import numpy as np

MAPS = np.zeros((32, 16, 16, 20))
ROW = np.array([1.0, -3, 4, 2])


def each(x):
    """The values of each channel, from all images and places."""
    return x.reshape(-1, x.shape[-1])


def mean(x):
    return each(x).mean(0)


def variance(x):
    return each(x).var(0)


def scale(gamma, variance, epsilon):
    return gamma / np.sqrt(variance + epsilon)


def folded(of_bias=lambda b, m, s, beta: (b - m) * s + beta, scale=scale, of_kernel=lambda k, s: k * s):
    """A function that folds with these new biases, this scale and these new weights."""

    def fold(kernel, b, gamma, beta, m, *spread):
        s = scale(gamma, *spread)
        return np.append(of_kernel(kernel, s), of_bias(b, m, s, beta))

    return fold


EXPLAINED = {
    "values_behind_a_mean: means": {
        "the channels are not mixed: each has a mean of its own": lambda: MAPS.mean().size,
        "a mean is taken over all images, not for each of them": lambda: MAPS.mean((1, 2, 3)).size,
        "the images of a batch are not kept apart: a channel has one mean for all of them": lambda: MAPS.mean((1, 2)).size,
        "all places of a map share a mean, because they share a filter": lambda: MAPS.mean(0).size,
    },
    "values_behind_a_mean: values": {
        "all places of the maps count too": lambda: 32,
        "the maps of all images in the batch count": lambda: 16 * 16,
        "a map has as many rows as columns: multiply the two": lambda: 32 * 16,
        "those are the values of all channels together": lambda: MAPS.size,
    },
    "ten_times_the_weights: output": {
        "its inputs are, and so is the standard deviation that they are divided by": lambda: (
            np.std(10 * ROW) == 10 * np.std(ROW) and "ten times as large"
        ),
        "the standard deviation grows by as much as the inputs do, not by more": lambda: np.std(10 * ROW) == 10 * np.std(ROW) and "a tenth",
    },
    "ten_times_the_weights: factor": {
        "it is the other way round: the same step turns longer weights by less, so the loss changes by less": lambda: 1 / (1 / 10),
        "the output is as before, but the same step now changes the weights by a smaller share": lambda: 1,
        "the weights are ten times as long, not a hundred times": lambda: 1 / 100,
        "the length of the weights changes nothing, but their direction still counts": lambda: 0,
    },
    "normalise_batch": {
        "ε is missing": lambda x, gamma, beta, e: gamma * (x - mean(x)) / np.sqrt(variance(x)) + beta,
        "ε belongs under the root, to the variance": lambda x, gamma, beta, e: gamma * (x - mean(x)) / (np.sqrt(variance(x)) + e) + beta,
        "the root is missing: it divides by the variance": lambda x, gamma, beta, e: gamma * (x - mean(x)) / (variance(x) + e) + beta,
        "the batch's variance is divided by the number of values, not by one less": lambda x, gamma, beta, e: (
            gamma * (x - mean(x)) / np.sqrt(np.diag(np.cov(each(x).T)) + e) + beta
        ),
        "with maps, the variance too is taken over images and places": lambda x, gamma, beta, e: (
            gamma * (x - mean(x)) / np.sqrt(x.var(0) + e) + beta
        ),
        "with maps, mean and variance are taken over images and places": lambda x, gamma, beta, e: (
            gamma * (x - x.mean(0)) / np.sqrt(x.var(0) + e) + beta
        ),
        "each channel has a mean and a variance of its own": lambda x, gamma, beta, e: gamma * (x - x.mean()) / np.sqrt(x.var() + e) + beta,
        "it uses an ε of 0.001 instead of the one it is given": lambda x, gamma, beta, e: (
            gamma * (x - mean(x)) / np.sqrt(variance(x) + 0.001) + beta
        ),
        "γ and β have been swapped: γ multiplies, β is added": lambda x, gamma, beta, e: (
            beta * (x - mean(x)) / np.sqrt(variance(x) + e) + gamma
        ),
        "γ and β are missing": lambda x, gamma, beta, e: (x - mean(x)) / np.sqrt(variance(x) + e),
        "β is missing": lambda x, gamma, beta, e: gamma * (x - mean(x)) / np.sqrt(variance(x) + e),
        "γ is missing": lambda x, gamma, beta, e: (x - mean(x)) / np.sqrt(variance(x) + e) + beta,
        "β is added last, so that γ does not multiply it": lambda x, gamma, beta, e: (
            gamma * ((x - mean(x)) / np.sqrt(variance(x) + e) + beta)
        ),
    },
    "two_batches": {
        "that takes 0.9 as the weight of the new value; in Keras momentum is the weight of the old one": lambda: 0.1 * 0.9 * 5 + 0.9 * 3,
        "the moving mean starts at 0, not at the first batch's mean": lambda: 0.9 * 5 + 0.1 * 3,
        "that is after the first batch": lambda: 0.9 * 0 + 0.1 * 5,
        "the second update also multiplies the old value by the momentum": lambda: 0.1 * 5 + 0.1 * 3,
        "that is the plain mean of the two": lambda: (5 + 3) / 2,
        "the first batch is not forgotten that fast": lambda: 0.9 * 0 + 0.1 * 3,
    },
    "without_a_bias: trained": {
        "the convolution has no biases here": lambda: 64 * (32 * 3 * 3 + 1) + 2 * 64,
        "the moving statistics are not trained": lambda: 64 * 32 * 3 * 3 + 4 * 64,
        "BatchNormalization learns something too": lambda: 64 * 32 * 3 * 3,
        "it learns two numbers, γ and β, for each channel that comes out, and the convolution has no biases here": lambda: (
            64 * 32 * 3 * 3 + 1 * 64
        ),
    },
    "without_a_bias: kept": {
        "half of the four numbers per channel are trained": lambda: 4 * 64,
        "both the mean and the variance are kept, for each channel that comes out": lambda: 1 * 64,
    },
    "first_suspect": {
        "these are the images it was trained on, and a network that knew them by heart would do well on them": "overfitting",
        "the weights are the same in both measurements, and in one of them they fit well": "learning rate",
        "Dropout does nothing in prediction; it would make the training accuracy the lower one": "dropout",
    },
    "fold_batch_norm": {
        "ε is missing": folded(scale=lambda gamma, variance, epsilon: gamma / np.sqrt(variance)),
        "divide by the root of the variance": folded(scale=lambda gamma, variance, epsilon: gamma / (variance + epsilon)),
        "γ is missing": folded(scale=lambda gamma, *spread: scale(1, *spread)),
        "the kernel is right, but the bias has to change too": folded(lambda b, m, s, beta: b),
        "the kernel is right; the old bias is scaled too, since it comes before BatchNormalization": folded(
            lambda b, m, s, beta: b - m * s + beta
        ),
        "the kernel is right; the old bias is missing": folded(lambda b, m, s, beta: -m * s + beta),
        "the kernel is right; the mean has to be subtracted": folded(lambda b, m, s, beta: b * s + beta),
        "the kernel is right; β is missing": folded(lambda b, m, s, beta: (b - m) * s),
        "the kernel is right; β is added last, so nothing scales it": folded(lambda b, m, s, beta: (b - m + beta) * s),
        "the kernel has to change as well": folded(of_kernel=lambda k, s: k),
    },
}
