"""What the sentences of chapter "Learning" compare."""

from collections.abc import Callable

import nbformat
import numpy as np
from scipy.special import softmax

from cnnbook import claims, demos, models, reference
from cnnbook.keras_quietly import layers
from cnnbook.training import digits
from tests import defined
from tests.comparing import steps
from tests.comparing.steps import CHAPTER, MEASURED, adam, growth, window
from tests.conftest import ROOT, markdown
from tests.defined import slopes
from tests.drawn import descent, says
from tests.recorded import gain, rises
from tests.remembered import ERROR, FILTER, GREY, INPUTS, LABELS, WEIGHTS, is_affine, near

ONCE, STEADY = np.eye(6), [0.9, 1.1] * 20  # slopes of a weight, step by step: once one and else zero, and about the same
TIED, APART = window(3, 3, 1, 0), window(4, 3, 1, 0)  # windows whose largest number occurs twice, and once


def pooling_named() -> list[int]:
    """How often the chapter speaks of pooling before the sentence that first says what it is, and after it."""
    prose = "\n\n".join(markdown(nbformat.read(ROOT / "chapters" / f"{CHAPTER}.ipynb", as_version=4)))
    return [part.lower().count("pooling") for part in prose.split("Max pooling keeps the largest number of each", 1)]


def way_back() -> tuple[np.ndarray, ...]:
    """In the demo at its start: the map and its errors by window, what the dense layer's weights are multiplied by, and their errors."""
    demo = demos.WayBack()
    parts, errors = demo.forward(), demo.errors()
    return steps.by_window(parts["map"]), steps.by_window(errors["map"]), parts["pooled"].ravel(), errors["weights"]


def cross_entropy(logits: np.ndarray) -> float:
    return float(reference.softmax_cross_entropy(logits, LABELS[:1]))


SHOWN: dict[str, Callable[[], bool]] = {
    # Downhill
    "If the steps are short, the way down takes for ever; if they are long, a step may land on the other side of the valley, higher up "
    "than before.": lambda: (
        steps.heights(steps.walk(0.09))[-1] < steps.heights(steps.walk(0.09))[0] / 100
        and steps.heights(steps.walk(0.0001))[-1] > 0.9 * steps.heights(steps.walk(0.0001))[0]
        and np.prod(steps.walk(0.12)[:2, 1]) < 0
        and steps.heights(steps.walk(0.12))[1] > steps.heights(steps.walk(0.12))[0]
    ),
    "With a single run we could not tell a good network from a lucky one, so before the book says that one network is better than another, "
    "it trains both with several seeds.": lambda: steps.misleads("cnn", "without_batch_norm") and steps.fewest_seeds() >= 5,
    "The rule for that is the optimizer, and there is more than one.": lambda: np.diff(sorted(steps.ends())).min() > 0.01,
    "It bounces between the steep walls, and with a slightly larger learning rate it would leave the valley altogether.": lambda: (
        near(descent("SGD"), steps.walk(rate := steps.rate_of(descent("SGD"))))
        and (descent("SGD")[1:, 1] * descent("SGD")[:-1, 1] < 0).all()
        and steps.heights(steps.walk(rate))[-1] < steps.heights(steps.walk(rate))[0] / 100
        and rises(abs(steps.walk(1.15 * rate)[:, 1]))
        and steps.heights(steps.walk(1.15 * rate))[-1] > 10 * steps.heights(steps.walk(1.15 * rate))[0]
    ),
    "Both are moving means, in which a slope counts for less the longer ago it was.": lambda: all(
        rises([adam(ONCE[when])[mean] for when in range(6)]) for mean in (1, 2)
    ),
    "As long as the slope of a weight stays about the same, the size of that fraction is about one, whether the slope is large or small; "
    "where the slope fades, or changes its sign from batch to batch, it is smaller.": lambda: (
        all(abs(adam(np.multiply(size, STEADY))[0] - 1) < 0.1 for size in (1e-3, 1, 1e3))
        and adam(0.9 ** np.arange(40))[0] < 1 / 2
        and adam([1, -1] * 20)[0] < 1 / 2
    ),
    "Both means start at zero and would be too small at first, so a factor corrects them.": lambda: (
        all(rises([adam([2.0] * count)[mean] for count in (1, 2, 5, 50)] + [full]) for mean, full in ((1, 2), (2, 4)))
        and adam([2.0])[1] / np.sqrt(adam([2.0])[2]) > 3  # how far the first step would go without the factor
        and all(abs(adam([2.0] * count)[0] - 1) < 1e-3 for count in (1, 2, 5))
    ),
    "Before the first update the loss is a little higher than guessing would give.": lambda: (
        np.log(10) < MEASURED["untrained_loss"] < np.log(10) + 0.1
    ),
    "Here are three of them, on a loss with only two weights: a valley that is steep in one direction and nearly flat in the other.": (
        lambda: says(CHAPTER, "(a**2 + 20 * b**2) / 2")
    ),
    "So it hardly matters how large the slopes are, and the learning rate says roughly how far a weight can move in one step.": lambda: (
        np.allclose([adam([slope] * 50)[0] for slope in (0.03, 3.0, 300.0)], 1, atol=1e-3)
    ),
    # What the activation was for
    "The difference between two accuracies is given in percentage points, or points for short: a network that gets fifty images in a "
    "hundred right has ten points more than one that gets forty.": lambda: (
        (more := claims.paired_difference({0: 50 / 100, 1: 50 / 100}, {0: 40 / 100, 1: 40 / 100})).mean > 0
        and claims.difference_text(more).startswith("10.0 points ")
    ),
    "Yet it does not have a single parameter more.": lambda: (
        models.two_layer_cnn_relu().count_params() == models.two_layer_cnn().count_params()
    ),
    "Without an activation our network is nothing more than that, however many layers it has.": lambda: (
        is_affine(models.two_layer_cnn()) and is_affine(steps.stacked(4)) and not is_affine(steps.stacked(4, activation="relu"))
    ),
    "(The interval in brackets says where we would expect the mean difference to lie if we trained with many more seeds.": lambda: (
        abs(steps.held(1000) - 0.95) < 0.03 and steps.held(1) < 0.85
    ),
    # The way back
    "Make the weight larger by a small amount, and the logit grows by that amount times the input.": lambda: all(
        near(growth(lambda weights: reference.dense(INPUTS, weights), WEIGHTS, (i, j)), 0.01 * np.outer(INPUTS[:, i], np.eye(3)[j]))
        for i, j in np.ndindex(WEIGHTS.shape)
    ),
    "Where a number was positive, ReLU let it through: a little more in gives just as much more out, so the error passes "
    "unchanged.": lambda: (
        all(near(growth(reference.relu, steps.SUMS, (i,)), 0.01 * np.eye(4)[i] * (steps.SUMS[i] > 0)) for i in range(4))
        and near(reference.relu_gradients(steps.SUMS, steps.UPSTREAM)[steps.SUMS > 0], steps.UPSTREAM[steps.SUMS > 0])
        and near(
            reference.relu_gradients(steps.SUMS, steps.UPSTREAM),
            slopes(lambda sums: float(reference.relu(sums) @ steps.UPSTREAM), steps.SUMS),
        )
    ),
    "Make a weight larger by a small amount, and the result at each place grows by that amount times the pixel there.": lambda: all(
        near(growth(lambda kernel: defined.feature_map(GREY, kernel), FILTER, (i, j)), 0.01 * GREY[i : i + 4, j : j + 4])
        for i, j in np.ndindex(FILTER.shape)
    ),
    "The top left weight meets the four pixels at the top left, the weight to its right meets the four pixels one step further to the "
    "right, and so on.": lambda: all(
        np.argwhere(steps.laid(4).any((2, 3))[:, :, i, j]).tolist() == [[i, j], [i, j + 1], [i + 1, j], [i + 1, j + 1]]
        for i, j in np.ndindex(3, 3)
    ),
    "When the filter lay one step further to the left, the same pixel was under the weight to the right of that one.": lambda: all(
        [np.argwhere(steps.laid(4)[row, 1, row, column]).tolist() for column in (1, 0)] == [[[0, 0]], [[0, 1]]] for row in range(2)
    ),
    "So, seen from the pixel, errors further to the left come back through weights further to the right, and errors further up through "
    "weights further down.": lambda: (
        [steps.back_through(1, column) for column in range(3)] == [(1, 2), (1, 1), (1, 0)]
        and [steps.back_through(row, 1) for row in range(3)] == [(2, 1), (1, 1), (0, 1)]
    ),
    "The last two lines of the cell find the largest difference between our gradients and Keras's and check it; the ✓ says that this "
    "difference is nothing but rounding.": lambda: (
        says(CHAPTER, "apart = max(np.abs(a - b).max() for a, b in pairs)", 'claims.check("gradients_equal_keras", apart)')
        and steps.is_rounding("gradients_equal_keras")
    ),
    "Where the network is right and certain, the error is nearly zero, and hardly anything is learned from such an image.": lambda: (
        abs(softmax([10, 0, 0]) - [1, 0, 0]).max() < 1e-3 < abs(softmax([1, 0, 0]) - [1, 0, 0]).max()
    ),
    # See the error flow back
    "(Max pooling keeps the largest number of each two-by-two window; there is more about it below.)": lambda: (
        near(defined.pooled(layers.MaxPooling2D(2)), defined.windows().max(2)) and rises(pooling_named())
    ),
    "It need not where a sum is exactly zero, at the bend of ReLU, or where the largest number of a window occurs more than once: there "
    "the loss has no single slope, and the demo says so.": lambda: (
        steps.disagrees(reference.relu, reference.relu_gradients, np.array([0.0, 1, -1])) == [True, False, False]
        and steps.disagrees(reference.max_pool2d, reference.max_pool2d_gradients, TIED) == [True, True, False, False]
        and not any(steps.disagrees(reference.max_pool2d, reference.max_pool2d_gradients, APART))
        and near(steps.up_and_down(reference.relu, np.zeros(1)), [1, 0])
        and near(steps.up_and_down(reference.max_pool2d, TIED), [1, 0])
        and near(steps.up_and_down(reference.max_pool2d, APART), [1, 1])
    ),
    "So is the error of every number that is not the largest in its window, and of every weight whose input is zero.": lambda: (
        (way_back()[1][way_back()[0] < way_back()[0].max(1, keepdims=True)] == 0).all()
        and np.count_nonzero(way_back()[1]) > 1
        and (way_back()[3].any(1) == (way_back()[2] != 0)).all()
        and not way_back()[2].all()
    ),
    "(The exception is a window with several largest numbers: the first of them gets the whole error, but making one of the others larger "
    "would change the loss too.)": lambda: (
        reference.max_pool2d_gradients(TIED, np.full((1, 1, 1, 1), 4.0)).ravel().tolist() == [4, 0, 0, 0]
        and near(growth(reference.max_pool2d, TIED, (0, 0, 1, 0)).sum(), 0.01)
        and growth(reference.max_pool2d, APART, (0, 0, 1, 0)).sum() == 0
    ),
    "The error of the logits is the probabilities minus the label, and all errors further back are made from it.": lambda: (
        near(slopes(cross_entropy, ERROR[:1]), reference.softmax(ERROR[:1]) - LABELS[:1])
        and near(
            slopes(lambda inputs: cross_entropy(steps.logits(inputs)), INPUTS[:1]),
            steps.through_logits(reference.softmax(steps.logits(INPUTS[:1])) - LABELS[:1]),
        )
    ),
    # All of it together
    "At the end we look for the weight in which the two differ most; the ✓ says that even there the difference is only rounding.": lambda: (
        steps.from_chapter("furthest", weights=[np.array([1.0, 5]), np.array([[2.0]])])([np.array([1.5, 2]), np.array([[2.25]])]) == 3
        and says(CHAPTER, 'claims.check("numpy_equals_fit", furthest(by_keras))')
        and steps.is_rounding("numpy_equals_fit")
    ),
    "The errors of all parameters become nearly zero too, so the steps become tiny.": lambda: (
        abs(np.outer(INPUTS[0], softmax([10, 0, 0]) - [1, 0, 0])).max()
        < 1e-3 * abs(np.outer(INPUTS[0], softmax([0, 0, 0]) - [1, 0, 0])).max()
    ),
    # Where to begin
    "We print the largest gradient in each array of weights.": lambda: (
        steps.from_chapter(
            "largest_gradients", names=["a", "b"], backward=lambda *_: [np.array([2, -3]), np.array([[0, 1]])], x_batch=0, y_batch=0
        )([])
        == {"a": 3, "b": 1}
        and says(CHAPTER, "for name, value in largest_gradients(zeros).items():", "print(")
    ),
    "With equal weights other than zero the network can learn, but most of it is wasted.": lambda: (
        all(kernel.any() and abs(kernel - 0.01).max() > 1e-6 for kernel in steps.trained_from(0.01)[::2])
        and not any(kernel.any() for kernel in steps.trained_from(0.0)[::2])
        and [steps.different(kernel) for kernel in steps.trained_from(0.01)[:4:2]] == [1, 1]
        and gain("digits_equal", "digits_zeros").low > 0 > gain("digits_equal", "digits_learning").high
    ),
    "In a deep stack of layers, every layer makes the numbers that it is handed larger or smaller, on the way forward and on the way back, "
    "and these factors multiply.": lambda: all(
        rises(np.sign(scale - 1) * sizes)
        and rises(np.sign(scale - 1) * errors[::-1])
        and near(sizes / steps.through_the_stack(1)[0], scale ** np.arange(1.0, 13))
        and near(errors / steps.through_the_stack(1)[1], scale ** np.arange(11.0, -1, -1))
        for scale in (0.5, 2)
        for sizes, errors in [steps.through_the_stack(scale)]
    ),
    "The deeper a network without normalisation is, the more depends on how it starts; this one is shallow.": lambda: (
        rises([steps.loss_reached(depth, 0.5) - steps.loss_reached(depth, 1) for depth in (1, 8)])
        and sum(layer.count_params() > 0 for layer in digits.network(digits.EXPERIMENTS["digits_learning"]).layers) == 3
    ),
    # Pooling
    "It looks at each channel through windows, usually of 2×2 and side by side, and keeps one number per window: max pooling keeps the "
    "largest, average pooling the mean.": lambda: (
        layers.MaxPooling2D().pool_size == layers.MaxPooling2D().strides == layers.AveragePooling2D(2).strides == (2, 2)
        and near(defined.pooled(layers.MaxPooling2D()), defined.windows().max(2))
        and near(defined.pooled(layers.AveragePooling2D(2)), defined.windows().mean(2))
        and all(
            near(layers.MaxPooling2D()(defined.IMAGES)[..., channel], layers.MaxPooling2D()(defined.IMAGES[..., [channel]])[..., 0])
            for channel in range(3)
        )
    ),
    "In max pooling only the largest number has any influence on what comes out, so it gets the whole error.": lambda: (
        near(
            steps.by_window(found := slopes(lambda maps: 4 * float(reference.max_pool2d(maps).sum()), steps.MAPS)),
            4.0 * (steps.by_window(steps.MAPS) == steps.by_window(steps.MAPS).max(1, keepdims=True)),
        )
        and near(reference.max_pool2d_gradients(steps.MAPS, np.full((1, 2, 2, 1), 4.0)), found)
    ),
    "So in this network a stride is the cheaper way to shrink a map, not the better one.": lambda: (
        MEASURED["pooling_work"] > 1 and gain("cnn", "with_pooling").high < 0
    ),
    # Move the image
    "Max pooling makes the change a little smaller: if the largest number moves but stays in its window, the result stays the same, unless "
    "a larger one moves in.": lambda: (
        1 < MEASURED["pooling_softens"] < 1.5
        and steps.pooled_row(9, 1, 2, 3)[0] == steps.pooled_row(0, 9, 1, 2)[0] == 9
        and steps.pooled_row(12, 9, 1, 2)[0] != 9
        and steps.pooled_row(1, 9, 2, 3)[0] != steps.pooled_row(0, 1, 9, 2)[0]
    ),
    "The mean over the whole map does not depend on where anything is, so it hardly changes.": lambda: np.isclose(
        np.roll(GREY, 1, axis=1).mean(), GREY.mean()
    ),
}

# A sentence -> why nothing is computed.
SAID: dict[str, str] = {
    "Take steps until the loss is nearly zero.": "an instruction",
}
