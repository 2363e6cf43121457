"""The variance shift (Li et al. 2019): what a BatchNormalization after Dropout really receives in prediction, and what that does to logits.

In training Dropout makes the variance larger, and the moving variance follows it; in prediction Dropout is off. `received` measures what
then arrives, so that it can be compared with the moving statistics or put in their place (chapter 7); `rescaling` says whether that
multiplies all logits by one number.
"""

import numpy as np

from cnnbook import door
from cnnbook.keras_quietly import keras
from cnnbook.recipes import ARTICLE, Recipe
from cnnbook.training import ready
from cnnbook.training.loop import predict


def received(
    model: keras.Model, layer: keras.layers.BatchNormalization, images: np.ndarray, recipe: Recipe = ARTICLE
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of each channel that a BatchNormalization receives in prediction, over images and, in feature maps, places.

    The variance is the population's, divided by the number of values, as Keras's moving variance is. Nothing in the model is changed.
    All that the layer receives is held in memory at once.

    Args:
        model: takes CIFAR-10's images.
        layer: one of the model's own layers, with its channels last.
        images: (n, 32, 32, 3) pixels, or one image; scaled as the recipe says.

    Returns:
        Mean and variance, (channels,) each, float64.

    Raises:
        TypeError, ValueError: as `predict`; or `layer` is no BatchNormalization of this model, or has its channels elsewhere.

    Example:
        >>> norm = keras.layers.BatchNormalization()
        >>> model = keras.Sequential([keras.Input((32, 32, 3)), norm])
        >>> mean, variance = received(model, norm, np.zeros((2, 32, 32, 3), np.uint8))  # pixels 0, scaled to -1
        >>> mean.tolist(), variance.tolist()
        ([-1.0, -1.0, -1.0], [0.0, 0.0, 0.0])
    """
    ready.network(model, images=True)
    if not isinstance(layer, keras.layers.BatchNormalization):
        raise TypeError(f"layer is {layer!r}; it takes a BatchNormalization of the model")
    if not any(layer is other for other in model.layers):
        raise ValueError(f"layer {layer.name!r} is none of model {model.name!r}; it takes a BatchNormalization of the model")
    dimensions = len(layer.input.shape)
    if layer.axis not in (-1, dimensions - 1):
        raise ValueError(f"layer {layer.name!r} has axis {layer.axis}; it takes a BatchNormalization whose channels are last")
    values = predict(keras.Model(model.inputs, layer.input), images, recipe)
    over = tuple(range(dimensions - 1))
    return values.mean(over, dtype=np.float64), values.var(over, dtype=np.float64)


def rescaling(before: np.ndarray, after: np.ndarray) -> tuple[float, float]:
    """The one number that, multiplied with all logits `before`, comes nearest to those `after`, and how near: slope and correlation.

    Each image's mean logit is subtracted first, since softmax does not see it. The slope is that of least squares over all images and
    classes; a correlation of 1 means that nothing but the scale has changed.

    Args:
        before, after: (images, classes).

    Raises:
        TypeError, ValueError: they are no finite numbers of one such shape, or the classes of each image have the same logit.

    Example:
        >>> slope, correlation = rescaling([[0, 1], [5, 3]], [[7, 9], [4, 0]])  # twice as large, and moved
        >>> round(slope, 9), round(correlation, 9)
        (2.0, 1.0)
    """
    before = door.floats("before", before, 2, dtype=np.float64, finite=True)
    after = door.floats("after", after, shape=before.shape, dtype=np.float64, finite=True)
    for name, logits in {"before": before, "after": after}.items():
        if (logits == logits[:, :1]).all():
            raise ValueError(f"{name} has the same logit for all classes of each image; it takes logits that differ")
    x, y = (logits - logits.mean(1, keepdims=True) for logits in (before, after))
    product = (x * y).sum()
    return float(product / (x * x).sum()), float(product / np.sqrt((x * x).sum() * (y * y).sum()))
