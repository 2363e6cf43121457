"""What the book calls something is what it is: each defining sentence is worked out by hand, or is known to be one of words alone."""

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.transforms import Affine2D
from scipy.signal import convolve2d, correlate2d
from sklearn.feature_extraction.image import extract_patches_2d
from sklearn.metrics import confusion_matrix

from bookbuild import glossary
from cnnbook import arithmetic, data, figures, recipes, reference
from cnnbook.keras_quietly import keras, layers
from tests import defined, recorded
from tests.defined import DEALT, FRAMED, IMAGE, IMAGES, KERNEL, KERNELS, LOGITS, by_hand, feature_map
from tests.recorded import rises

WEIGHTS = "The numbers in a filter are called its weights, and the table that they form is its kernel."
# A term -> the sentence that explains it, and whether it is so.
DEFINITIONS: dict[str, tuple[str, Callable[[], bool]]] = {
    # Convolution
    "filter": (
        "A filter is a small table of numbers that is laid over one place in an image and answers a question about that place "
        "with one number.",
        lambda: np.allclose(feature_map(IMAGE[1:4, 2:5], KERNEL), [[(IMAGE[1:4, 2:5] * KERNEL).sum()]]),
    ),
    "convolution": (
        "In a convolution, a filter slides over the whole image and gives its answer at each place.",
        lambda: np.allclose(feature_map(IMAGE, KERNEL), by_hand(IMAGE, KERNEL)),
    ),
    "layer": (
        "A layer is a part of a network that turns the numbers it is given into new ones.",
        lambda: np.allclose(*defined.one_after_another(), atol=1e-5),
    ),
    "patch": (
        "A patch is a small rectangular piece of an image.",
        lambda: np.array_equal(extract_patches_2d(IMAGE, (2, 3))[:2], [IMAGE[:2, :3], IMAGE[:2, 1:4]]),
    ),
    "weight": (
        WEIGHTS,
        lambda: np.allclose([feature_map(one.reshape(3, 3), KERNEL)[0, 0] for one in np.eye(9)], KERNEL.ravel()),
    ),
    "kernel": (WEIGHTS, lambda: np.allclose(*defined.small_convolution(), atol=1e-5)),
    "dot product": (
        "A dot product multiplies two tables number by number and adds up the products.",
        lambda: np.isclose(np.vdot(IMAGE, IMAGE[::-1]), sum(a * b for a, b in zip(IMAGE.flat, IMAGE[::-1].flat, strict=True))),
    ),
    "feature map": (
        "The answers of a filter, each kept in its place, form a new image: the feature map, or map for short.",
        lambda: np.isclose(feature_map(IMAGE, KERNEL)[1, 3], feature_map(IMAGE[1:4, 3:6], KERNEL)[0, 0]),
    ),
    "cross-correlation": (
        "Sliding a kernel as it is, without a flip, is properly called cross-correlation, and that is what neural networks compute.",
        lambda: (
            np.allclose(feature_map(IMAGE, KERNEL), by_hand(IMAGE, KERNEL))
            and np.allclose(by_hand(IMAGE, KERNEL), correlate2d(IMAGE, KERNEL, "valid"))
            and np.allclose(by_hand(IMAGE, KERNEL[::-1, ::-1]), convolve2d(IMAGE, KERNEL, "valid"))
        ),
    ),
    "channel": (
        "A channel is a table with one value per pixel of an image; a colour image has three channels, and a grey image has one.",
        lambda: (flower := data.photograph("flower")).shape[2] == 3 and data.grey(flower).shape == flower[:, :, 0].shape,
    ),
    "bias": (
        "A bias is one more number that belongs to a filter, and is added at the end to the sum of its products.",
        lambda: np.allclose(reference.conv2d(IMAGES, KERNELS, range(4)), defined.outputs() + np.arange(4)),
    ),
    "unit": (
        "A unit is the part of a layer that computes one single number of its output: in a convolutional layer, one filter at one place.",
        lambda: (
            np.isclose(defined.outputs()[0, 1, 2, 3], (IMAGES[0, 1:4, 2:5] * KERNELS[..., 3]).sum())
            and layers.Dense(units=5)(np.ones((1, 2))).shape == (1, 5)
        ),
    ),
    "batch": (
        "A batch is a set of images that a network handles together, and every layer takes a whole batch as its input.",
        lambda: (
            np.allclose(defined.outputs(), [reference.conv2d(image[None], KERNELS)[0] for image in IMAGES])
            and layers.Conv2D(4, 3).compute_output_shape((8, 6, 7, 3)) == (8, 4, 5, 4)
        ),
    ),
    "parameter": (
        "The weights and biases of a layer together are its parameters.",
        lambda: arithmetic.conv_parameters(3, 3, 4) == KERNELS.size + 4,
    ),
    "stride": (
        "The stride is the step by which a filter moves, in pixels.",
        lambda: np.allclose(feature_map(IMAGE, KERNEL, stride=2), by_hand(IMAGE, KERNEL)[::2, ::2]),
    ),
    "padding": (
        "Padding puts zeros around an image, so that a filter also fits at the border.",
        lambda: np.allclose(feature_map(IMAGE, KERNEL, padding="same"), by_hand(np.pad(IMAGE, 1), KERNEL)),
    ),
    "gradient descent": (
        "Gradient descent makes predictions, measures how wrong they are, and changes each weight a little in the direction "
        "that makes them less wrong, again and again.",
        lambda: (
            rises([-defined.squared_error(weights) for weights in defined.descent()])
            and (np.sign(defined.descent()[1]) == -np.sign(defined.slopes(defined.squared_error, np.zeros(7)))).all()
        ),
    ),
    "loss": (
        "The loss is the number that says how wrong the predictions are.",
        lambda: rises([defined.cross_entropy(right) for right in (1, 0.8, 0.5, 0.1)]) and abs(defined.cross_entropy(1)) < 1e-6,
    ),
    # Stacking convolutions
    "pooling": (
        "Pooling replaces each small window of a feature map with a single number, the largest or the mean of the numbers in it.",
        lambda: (
            np.allclose(defined.pooled(layers.MaxPooling2D(2)), defined.windows().max(2))
            and np.allclose(defined.pooled(layers.AveragePooling2D(2)), defined.windows().mean(2), atol=1e-6)
        ),
    ),
    "dense layer": (
        "In a dense layer, also called a fully connected layer, each unit looks at every number that comes in, "
        "with a weight for each of them.",
        lambda: np.allclose(*defined.small_dense(), atol=1e-5),
    ),
    "relu": (
        "ReLU is a function that keeps positive numbers as they are and replaces negative ones with zero.",
        lambda: np.array(keras.activations.relu(np.array([-2.0, -0.1, 0.1, 3.0]))).tolist() == [0, 0, 0.1, 3],
    ),
    "affine": (
        "A function is affine if each number it gives is a weighted sum of its inputs plus a constant.",
        lambda: np.allclose(Affine2D([[1, 2, 3], [4, 5, 6], [0, 0, 1]]).transform((7, 8)), (1 * 7 + 2 * 8 + 3, 4 * 7 + 5 * 8 + 6)),
    ),
    "activation": (
        "An activation is a function that is not affine and is applied to each number on its own.",
        lambda: (
            all(defined.on_its_own(function) and not defined.mixes(function) for function in (reference.relu, reference.leaky_relu))
            and defined.mixes(layers.Dense(4))
        ),
    ),
    "receptive field": (
        "The receptive field of a unit is the part of the image that the unit sees.",
        lambda: (
            (seen := defined.pixels_seen()).any(0).sum() == seen.any(1).sum() == arithmetic.receptive_field([(4, 2), (3, 2)])
            and seen.sum() == seen.any(0).sum() ** 2
        ),
    ),
    "gradient": (
        "The gradient of a number says how fast it grows with each of the numbers that it was computed from.",
        lambda: np.allclose(*defined.gradients()),
    ),
    # Inspecting a network
    "multiply–accumulate": (
        "A multiply–accumulate is one multiplication whose product is added to a running sum; a convolution consists of little else.",
        lambda: (
            np.isclose(defined.running_sum()[0], defined.outputs()[0, 1, 2, 3])
            and defined.running_sum()[1] * defined.outputs()[0].size == arithmetic.conv_multiply_accumulates((4, 5), 3, 3, 4)
        ),
    ),
    "optimizer": (
        "An optimizer is the rule by which training changes the weights, and it may keep numbers of its own.",
        lambda: [defined.numbers_kept(rule) for rule in (keras.optimizers.SGD(), keras.optimizers.Adam())] == [0, 2 * 5],
    ),
    # Learning
    "label": (
        "The label of an image is the number of the class that it belongs to, and so the right answer for that image.",
        lambda: np.isclose(keras.losses.SparseCategoricalCrossentropy()(np.array([1]), np.array([[0.2, 0.7, 0.1]])), -np.log(0.7)),
    ),
    "test image": (
        "Test images are images that a network never learns from; they stand for all the images that it will meet later.",
        lambda: all((images == -1).all() for images, _ in defined.dealt_out()) and (defined.DATA.x_test == 255).all(),
    ),
    "one-hot": (
        "Each label becomes a one-hot row: one number per class, with a one at the place of the right class and zeros elsewhere.",
        lambda: keras.utils.to_categorical([2, 0], 4).tolist() == [[0, 0, 1, 0], [1, 0, 0, 0]],
    ),
    "logit": (
        "A classifier works out one number per class; these numbers are its logits, and the larger the logit of a class, "
        "the more the network favours that class.",
        lambda: rises(reference.softmax([-1, 0, 0.5, 3])) and rises([reference.softmax([each, 1, 2])[0] for each in (-1, 0, 1, 2)]),
    ),
    "softmax": (
        "Softmax turns logits into probabilities, which are positive and add up to one.",
        lambda: np.isclose((shares := np.array(keras.activations.softmax(LOGITS[None]))).sum(), 1) and shares.min() > 0,
    ),
    "cross-entropy": (
        "The loss of this book's classifiers is cross-entropy: minus the natural logarithm of the probability that the network gave "
        "to the right class.",
        lambda: np.isclose(defined.cross_entropy(0.7), -np.log(0.7)) and np.isclose(defined.cross_entropy(0.2), -np.log(0.2)),
    ),
    "learning rate": (
        "The learning rate is a number, chosen before training, that says how large the steps of gradient descent are.",
        lambda: (
            np.allclose(LOGITS - reference.sgd_update(LOGITS, np.ones(3), learning_rate=0.2), 0.2)
            and keras.optimizers.SGD(recipes.Recipe(learning_rate=0.2).learning_rate).learning_rate.trainable is False
        ),
    ),
    "stochastic gradient descent": (
        "In stochastic gradient descent, SGD for short, the training images are shuffled and dealt out in small batches, "
        "and each batch gives an estimate of the gradient and one update of the weights.",
        lambda: (
            defined.order_dealt() != list(range(10))
            and [len(images) for images, _ in defined.dealt_out()] == [4, 4, 2]
            and recipes.updates(10, DEALT) == len(defined.dealt_out())
            and np.allclose(np.mean(defined.estimates()[0], axis=0), defined.estimates()[1])
            and not np.allclose(*defined.estimates())
        ),
    ),
    "epoch": (
        "An epoch is one pass through all the training images.",
        lambda: (
            sorted(defined.order_dealt()) == list(range(len(defined.DATA.x_train)))
            and recipes.updates(10, recipes.Recipe(epochs=2, batch_size=4)) == 2 * len(defined.dealt_out())
        ),
    ),
    "seed": (
        "The seed is the number that a random generator starts from: on the same computer the same seed gives the same run again, "
        "and another seed gives another run.",
        lambda: defined.first_weights(1) == defined.first_weights(1) != defined.first_weights(2),
    ),
    "linear classifier": (
        "A linear classifier computes one weighted sum of the pixels per class, plus a bias, and chooses the class whose sum is largest.",
        lambda: np.array_equal(*defined.chosen()),
    ),
    "backpropagation": (
        "Backpropagation finds the slope of the loss for every weight of a network at once, by handing the error back "
        "from the last layer to the first.",
        lambda: all(np.allclose(handed, alone, atol=1e-6) for handed, alone in zip(*defined.handed_back(), strict=True)),
    ),
    "equivariance": (
        "Equivariance means that if the input of a layer is moved, its output moves in the same way and is otherwise unchanged.",
        lambda: np.allclose(feature_map(defined.moved(FRAMED), KERNEL), defined.moved(feature_map(FRAMED, KERNEL))),
    ),
    # When activations drift
    "internal covariate shift": (
        "Internal covariate shift is Ioffe and Szegedy's name for what happens inside a network while it learns: "
        "the inputs of each layer keep changing, because the layers before it change.",
        lambda: recorded.first_update()[0] > 0 and rises(recorded.first_update()),
    ),
    "batch normalization": (
        "Batch normalization, the remedy that Ioffe and Szegedy proposed, is a layer that brings each channel of its input to "
        "mean zero and standard deviation one over the batch, at every step of the training, and then stretches and "
        "shifts it by two learned numbers.",
        lambda: (
            np.allclose([(after := defined.normalised()).mean((0, 1, 2)), after.std((0, 1, 2))], [[3] * 3, [2] * 3], atol=1e-3)
            and abs(after.mean((1, 2, 3))).min() > 0.01
        ),
    ),
    # Dropout
    "overfitting": (
        "A network that keeps getting better on the images it is trained on, but not on others, is overfitting.",
        lambda: rises(recorded.curve("without_dropout", "train_accuracy")[-3:]) and np.ptp(recorded.curve("without_dropout")[-5:]) < 0.015,
    ),
    "dropout": (
        "During training, Dropout sets each unit of a layer to zero with a fixed probability, its rate, and picks these units afresh "
        "for every image at every step.",
        lambda: (
            np.allclose([zeros.mean() for zeros in defined.dropped()], [0.25, 0.25, 0], atol=0.02)
            and len(np.unique(np.vstack(defined.dropped()[:2]), axis=0)) == 2 * 400
        ),
    ),
    # The whole network
    "confusion matrix": (
        "A confusion matrix is a table with a row for each true class and a column for each answer; each row shows "
        "which answers the images of that class were given.",
        lambda: (
            np.array_equal(confusion_matrix(true := [0, 0, 1, 2], answers := [1, 0, 1, 1]), defined.counted(true, answers))
            and [getattr(figures.confusion(np.eye(2), "ab").axes[0], f"get_{axis}label")() for axis in "yx"] == ["true", "predicted"]
        ),
    ),
    "ablation": (
        "An ablation removes or changes one part of a network at a time, trains the network again, and measures how much worse or better "
        "it becomes.",
        lambda: defined.taken_out() == ({"Dropout": 1}, True) and recorded.gain("without_dropout", "cnn").n > 2,
    ),
    # Going further
    "augmentation": (
        "To make new training images from old ones, by small changes that keep the label, is called augmentation.",
        lambda: set(defined.mirrored()) == {"same", "mirror"},
    ),
}
# A term -> the sentence that explains it, and why nothing can be worked out.
WORDS_ONLY = {
    "covariate shift": (
        "Covariate shift means that a network meets images that are unlike those it was trained on.",
        "what counts as unlike has no measure",
    ),
}


def test_no_term_is_explained_by_a_sentence_that_is_not_checked():
    written = {term: sentence for term, (sentence, _) in [*DEFINITIONS.items(), *WORDS_ONLY.items()]}
    assert {name: term.sentence for name, term in glossary.terms().items() if written.get(name) != term.sentence} == {}, (
        "add the sentence to DEFINITIONS, with how to check it, or to WORDS_ONLY if nothing can be worked out"
    )


@pytest.mark.parametrize("term", DEFINITIONS)
def test_what_a_term_is_said_to_mean_is_so(term):
    assert DEFINITIONS[term][1]()


def test_the_tables_have_no_term_that_no_chapter_explains():
    assert (DEFINITIONS.keys() | WORDS_ONLY.keys()) - glossary.terms().keys() == set()
    assert DEFINITIONS.keys() & WORDS_ONLY.keys() == set()
