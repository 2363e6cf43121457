"""Every text of the drills, with what comes out when somebody does what it says, by other means than the drills' own code.

`DRILLED` goes from the drill to its texts, and from each to oracles, which are functions of the question's numbers:
- of a first step and of a way, and of what a drill's answer is called: the answer that they lead to, which should be the right one;
- of a known mistake's explanation: first the answer of somebody who makes just that mistake, then, for each thing that the
  text says besides, whether it is so, or the answer that comes out by doing it, which should be the right one.
"""

from itertools import product
from math import ceil, floor, prod

import numpy as np
from scipy.signal import convolve2d, correlate2d
from scipy.stats import binom

from cnnbook import reference

OTHER = {"same": "valid", "valid": "same"}


def side(n, k, s, padding):
    """Windows, counted one by one: with "same" at every s-th place, with "valid" at those where the window lies inside."""
    return sum(padding == "same" or start + k <= n for start in range(0, n, s))


def sides(q, padding=lambda padding: padding):
    """The side after each layer, with what is made of its padding."""
    first = side(q.n, q.k, q.s, padding(q.padding))
    return [first, side(first, q.k2, q.s2, padding(q.padding2))] if hasattr(q, "k2") else [first]


def inside(q):
    return floor((q.n - q.k) / q.s) + 1


def of_one(q, seen=None):
    """Weights of one filter, or unit."""
    return q.k * q.k2 * (seen or q.seen)


def parameters(q, seen=None):
    return (of_one(q, seen) + 1) * q.f


def products(q, seen=None):
    return of_one(q, seen) * q.f * q.out**2


def field(stack):
    """How many pixels lie from the first to the last that a unit sees, traced back from the unit through the layers."""
    first, last = 0, 0
    for k, s in reversed(stack):
        first, last = first * s, last * s + k - 1
    return last - first + 1


def field_at(stack, layer):
    return field(stack[: layer + 1])


def step_at(stack, layer):
    """How many pixels lie between what two neighbours among a layer's inputs see."""
    return field([*stack[:layer], (2, 1)]) - field(stack[:layer])


def only_later_grow(stack, seen):
    """If one layer's stride doubles, does `seen` grow at all later layers, and at no other?"""
    every = range(len(stack))
    changed = [[(k, 2 * s if layer == other else s) for other, (k, s) in enumerate(stack)] for layer in every]
    return all((seen(changed[layer], other) > seen(stack, other)) == (other > layer) for layer in every for other in every)


def summed(q, own=False):
    """Each layer's kernel size less one, times the strides before it, or those up to its own; and the first pixel."""
    return 1 + sum((k - 1) * prod(s for _, s in q.stack[: layer + own]) for layer, (k, _) in enumerate(q.stack))


def root(q, variance=None):
    return np.sqrt((variance or q.variance) + q.epsilon)


def normalised(q, variance=None):
    return q.gamma * (q.x - q.mean) / root(q, variance) + q.beta


def passed_on(q):
    """What Keras's layer makes of a unit that survives."""
    return float(np.max(q.layer(np.full(200, q.x, np.float32), training=q.mode == "training")))


def scaled(q):
    return q.m * q.x / (1 - q.rate)


def moments(q, mean):
    """Mean, and mean of the squares, after Dropout of a unit that lies as often one standard deviation below its mean as above."""
    rate = q.rate if q.mode == "training" else 0
    kept = 1 - rate
    values = mean + np.sqrt(q.variance) * np.array([-1, 1])
    chances, outcomes = [rate, kept / 2, kept / 2], np.array([0, *values / kept])
    return np.dot(chances, outcomes), np.dot(chances, outcomes**2)


def variance_after(q, mean=None):
    first, squares = moments(q, q.mean if mean is None else mean)
    return squares - first**2


def loss(q, changed, slide=correlate2d, stride=None):
    """The part of the loss that changes with the kernel or the image, whichever the question asks about."""
    image, kernel = (changed, q.kernel) if q.of == "image" else (q.image, changed)
    every = stride or q.stride
    return (slide(image, kernel, "valid")[::every, ::every][:2, :2] * q.upstream).sum()


def gradient(q, **how):
    """How much the loss grows with each number: it has no squares in it, so a step of one shows the slope."""
    return np.reshape([loss(q, step.reshape(q.side, q.side), **how) for step in np.eye(q.side**2)], (q.side, q.side))


def met(q):
    """For each place of the map, the pixels that the weights meet there, times the place's error."""
    starts = [(a, b, a * q.stride, b * q.stride) for a, b in product(range(2), repeat=2)]
    return np.array([np.array(q.image)[i : i + q.side, j : j + q.side] * q.upstream[a][b] for a, b, i, j in starts])


def added(q):
    return met(q).sum(0)


def handed_back(q, add=True):
    """What comes back to each pixel from the windows it lies in, one after the other: added up, or only the last."""
    image = np.zeros((3, 3))
    for a, b in product(range(2), repeat=2):
        window = image[a : a + 2, b : b + 2]
        window[:] = add * window + q.upstream[a][b] * np.array(q.kernel)
    return image


GROUPED = "a filter in a layer with groups sees only its own group's channels: divide the channels by the number of groups"
DRILLED = {
    "output_size": {
        'with "same" only the stride counts: divide the side by it, and round up': lambda q: ceil(q.n / q.s),
        'with "valid" subtract the filter from the side, divide by the stride, round down, and add one': inside,
        "work out the side after the first layer before you start on the second": lambda q: sides(q)[1],
        "{n} / {s}, rounded up, is {right}.": lambda q: ceil(q.n / q.s),
        "({n} - {k}) / {s}, rounded down, plus 1 is {right}.": inside,
        "The first layer gives {middle}, the second {right}.": lambda q: side(q.middle, q.k2, q.s2, q.padding2),
        'with "same" a side is rounded up, not down': (lambda q: floor(q.n / q.s), lambda q: ceil(q.n / q.s)),
        "that is the side with the other padding": lambda q: sides(q, OTHER.get)[-1],
        "the stride is missing": lambda q: side(q.n, q.k, 1, q.padding),
        "the first window counts too: add one after the division": (lambda q: floor((q.n - q.k) / q.s), inside),
        'with "valid" only whole windows count: round down': (
            lambda q: ceil((q.n - q.k) / q.s) + 1,
            lambda q: sum(start + q.k <= q.n for start in range(0, q.n, q.s)),
            inside,
        ),
        "that is the side after the first layer": lambda q: sides(q)[0],
        "the two strides cannot be taken in one step: each layer has its own padding and its own rounding": (
            lambda q: floor(q.n / (q.s * q.s2)),
            lambda q: sides(q)[1],
        ),
    },
    "parameters": {
        "count one filter first: a weight for each cell of its window and each channel that it sees, and a bias": parameters,
        "each unit has a weight for every number that comes in, and a bias": lambda q: (q.h * q.h * q.c + 1) * q.f,
        "({k} · {k} · {c} + 1) · {f} = {right}.": lambda q: (q.k * q.k * q.c + 1) * q.f,
        "({h} · {h} · {c} + 1) · {u} = {right}.": lambda q: (q.h * q.h * q.c + 1) * q.u,
        "({k} · {k2} · {c} / {g} + 1) · {f} = {right}.": lambda q: (q.k * q.k2 * q.c / q.g + 1) * q.f,
        "the biases are missing": lambda q: of_one(q) * q.f,
        "the channels are missing: there is a weight for each of them": (
            lambda q: (q.k * q.k2 + 1) * q.f,
            lambda q: q.c * q.k * q.k2 * q.f // q.g + q.f,
        ),
        "rows and columns both count: multiply the two": (lambda q: (q.k * q.seen + 1) * q.f, parameters),
        "every filter or unit has a bias of its own": (lambda q: of_one(q) * q.f + 1, lambda q: of_one(q) * q.f + q.f),
        "that is one filter": lambda q: of_one(q) + 1,
        "a filter has one bias, not one for each channel": (lambda q: (of_one(q) + q.seen) * q.f, parameters),
        GROUPED: (lambda q: parameters(q, q.c), lambda q: q.seen * q.g == q.c, lambda q: parameters(q, q.c / q.g)),
        "that is one group; the filters of all groups count": (lambda q: parameters(q) / q.g, parameters),
    },
    "multiply_accumulates": {
        "multiply the weights of the layer by the number of places in the map that it gives": products,
        "{out} · {out} places, each with {k} · {k} · {c} · {f} products, make {right}.": lambda q: q.out * q.out * q.k * q.k * q.c * q.f,
        "{out} · {out} places, each with {k} · {k} · {c} / {g} · {f} products, make {right}.": lambda q: (
            q.out * q.out * q.k * q.k * q.c / q.g * q.f
        ),
        "that is the number of weights; each is used again at every place of the map": (lambda q: of_one(q) * q.f, products),
        "the channels are missing: a filter has weights for every channel that it sees": (lambda q: products(q, 1), products),
        "that is one filter": lambda q: of_one(q) * q.out**2,
        "a bias is added, but nothing is multiplied for it": (lambda q: parameters(q) * q.out**2, products),
        "count the places of the map that comes out, not of the one that goes in": (
            lambda q: of_one(q) * q.f * q.h**2,
            lambda q: of_one(q) * q.f * side(q.h, q.k, q.s, q.padding) ** 2,
        ),
        GROUPED: (lambda q: products(q, q.c), lambda q: q.seen * q.g == q.c, lambda q: products(q, q.c / q.g)),
    },
    "receptive_field": {
        "each layer adds its kernel size less one, times the product of all strides before it": summed,
        "1 + {sum} = {right}.": lambda q: 1 + q.sum,
        "fields do not multiply: the next window begins one stride further on, not one window": (
            lambda q: field([(k, k) for k, _ in q.stack]),
            lambda q: field(q.stack),
        ),
        "each layer adds one less than its kernel size, times all strides before it": (lambda q: sum(k for k, _ in q.stack), summed),
        "the strides are missing: they widen the steps of all later layers": (
            lambda q: field([(k, 1) for k, _ in q.stack]),
            lambda q: only_later_grow(q.stack, step_at),
        ),
        "a layer's own stride does not widen its own field, only that of later layers": (
            lambda q: summed(q, own=True),
            lambda q: only_later_grow(q.stack, field_at),
        ),
        "count from the input on: a stride acts on the layers after it": (
            lambda q: field(q.stack[::-1]),
            lambda q: only_later_grow(q.stack, field_at),
        ),
    },
    "batch_norm": {
        "subtract the mean, divide by the root of the variance plus ε, multiply by γ, and add β": normalised,
        "{gamma} · ({x} minus {mean}) / √({variance} + 0.001) plus {beta} is {right}.": lambda q: (
            q.gamma * (q.x - q.mean) / np.sqrt(q.variance + 0.001) + q.beta
        ),
        "divide by the root of the variance, not by the variance itself": (
            lambda q: (q.x - q.mean) / (q.variance + q.epsilon) * q.gamma + q.beta,
            normalised,
        ),
        "the mean has to be subtracted first": (lambda q: q.x / root(q) * q.gamma + q.beta, normalised),
        "the difference from the mean still has to be divided by the root of the variance": (
            lambda q: (q.x - q.mean) * q.gamma + q.beta,
            normalised,
        ),
        "the sign is wrong: subtract the mean from the value": (lambda q: (q.mean - q.x) / root(q) * q.gamma + q.beta, normalised),
        "γ and β have been swapped: γ multiplies, β is added": (lambda q: (q.x - q.mean) / root(q) * q.beta + q.gamma, normalised),
        "β is missing": lambda q: (q.x - q.mean) / root(q) * q.gamma,
        "γ is missing": lambda q: (q.x - q.mean) / root(q) + q.beta,
        "β is added last, so that γ does not multiply it": (lambda q: ((q.x - q.mean) / root(q) + q.beta) * q.gamma, normalised),
        "for the variance of a batch, divide by the number of values, not by one less": (
            lambda q: normalised(q, np.var(q.values, ddof=1)),
            lambda q: normalised(q, np.var(q.values)),
        ),
    },
    "dropout_scaling": {
        "survivors are divided by the share of units that we expect to survive": scaled,
        "begin with the mean of the squares: work out what Dropout makes of it, and then what it makes of the mean": variance_after,
        "{x} / (1 - {rate}) is {right}.": lambda q: q.x / (1 - q.rate),
        "{m} · {x} / (1 - {rate}) is {right}.": scaled,
        "({variance} + {mean} · {mean}) / (1 - {rate}) - {mean} · {mean} is {right}.": lambda q: (
            (q.variance + q.mean * q.mean) / (1 - q.rate) - q.mean * q.mean
        ),
        "survivors become larger, to make up for the others": (
            lambda q: q.m * q.x * (1 - q.rate),
            lambda q: passed_on(q) > q.x,
            lambda q: np.isclose((1 - q.rate) * passed_on(q), q.x),
        ),
        "divide by the share that survives, not by the share that is dropped": (lambda q: q.m * q.x / q.rate, scaled),
        "in training the survivors are scaled up": (lambda q: q.m * q.x, lambda q: passed_on(q) > q.x),
        "adding the rate is not enough: divide by what survives": (
            lambda q: q.m * (q.x + q.x * q.rate),
            lambda q: q.x + q.x * q.rate < passed_on(q),
            scaled,
        ),
        "that is what comes out on average over many masks; here we know how many survive": (
            lambda q: binom(q.n, 1 - q.rate).expect(lambda survivors: survivors * passed_on(q)),
            lambda q: q.m * passed_on(q),
        ),
        "that is the variance before; scaling keeps the mean, not the variance": (
            lambda q: q.variance,
            lambda q: np.isclose(moments(q, q.mean)[0], q.mean),
            lambda q: abs(variance_after(q) - q.variance) > 0.01,
        ),
        "the mean plays a part too: a dropped unit falls from there to 0": (lambda q: variance_after(q, mean=0), variance_after),
        "that is the mean of the squares; subtract the square of the mean": (lambda q: moments(q, q.mean)[1], variance_after),
        "values that are sometimes 0 and sometimes larger vary more, not less": (
            lambda q: q.variance * (1 - q.rate),
            lambda q: variance_after(q) > q.variance,
        ),
    },
    "conv_gradients": {
        "a gradient": gradient,
        "Each weight's gradient is the sum of the pixels it met, each times the error of the number it went into: {right}.": added,
        "The error of each number goes back to the pixels of its window, times the weight that each of them met: {right}.": handed_back,
        "that would be right if the layer rotated its kernel by half a turn; it does not, so follow which weight meets which pixel": (
            lambda q: gradient(q, slide=convolve2d),
            gradient,
        ),
        "rows and columns have been swapped": lambda q: gradient(q).T,
        "add up the places, do not average them": (lambda q: met(q).mean(0), added),
        "windows overlap: add up what comes back to a pixel from each of them": (lambda q: handed_back(q, add=False), handed_back),
        "the sign is the wrong way round: that is the direction in which gradient descent moves": (
            lambda q: -gradient(q),
            lambda q: np.array_equal(reference.sgd_update(np.zeros((q.side, q.side)), gradient(q), learning_rate=1.0), -gradient(q)),
        ),
        "windows lie two pixels apart, and so do the pixels that a weight meets": (
            lambda q: gradient(q, stride=1),
            lambda q: gradient(q, stride=2),
        ),
    },
}
