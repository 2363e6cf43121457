"""What the live network's "Why this answer?" must come to, by Keras and TensorFlow."""

from functools import cache

import numpy as np
import tensorflow as tf

from cnnbook import data, models, records
from cnnbook.demos import LiveCNN
from cnnbook.demos.dropout_mask import uniforms
from cnnbook.keras_quietly import keras, layers

SQUARE = LiveCNN().square


@cache
def trained() -> keras.Model:
    model = models.cnn()
    model.load_weights(records.weights_path("cnn"))
    return model


def seed_for(seed: int, *path: int) -> int:
    """As `seedFor` of the engine."""
    for place in path:
        seed = int(uniforms(seed, place, 1)[0] * 2**32)
    return seed


@cache
def untrained() -> keras.Model:
    """The page's untrained network: Glorot's uniform kernels from mulberry32, all else as Keras starts it."""
    model = models.cnn()
    counted = [layer for layer in model.layers if not isinstance(layer, layers.InputLayer | layers.Dropout)]
    for n, layer in enumerate(counted):
        if isinstance(layer, layers.Conv2D | layers.Dense):
            *window, inputs, units = layer.kernel.shape
            limit = np.sqrt(6 / (np.prod(window, dtype=int) * (inputs + units)))
            numbers = uniforms(seed_for(SQUARE["seed"], n, 0), 0, int(np.prod(layer.kernel.shape)))
            layer.kernel.assign((limit * (2 * numbers - 1)).reshape(layer.kernel.shape))
    return model


NETWORKS = {"trained": trained, "untrained": untrained}


def strengths(model: keras.Model, images: np.ndarray, classes) -> np.ndarray:
    """The largest derivative of a logit by a pixel's colours, without its sign: (images, height, width)."""
    logits, x = keras.Model(model.inputs, model.layers[-2].output), tf.constant(data.scale(images))
    with tf.GradientTape() as tape:
        tape.watch(x)
        chosen = tf.gather(logits(x, training=False), classes, batch_dims=1)
    return np.abs(tape.gradient(chosen, x).numpy()).max(-1)


def hidden_shares(model: keras.Model, image: np.ndarray, chosen: int, side: int, step: int) -> tuple[float, np.ndarray]:
    """The probability of a class, and what it is with a grey square at each place: (rows, columns) of upper left corners."""
    corners, asked = range(0, 32 - side + 1, step), [data.scale(image[None])[0]]
    for top in corners:
        for left in corners:
            asked.append(asked[0].copy())
            asked[-1][top : top + side, left : left + side] = 0
    whole, *shares = model.predict(np.stack(asked), batch_size=len(asked), verbose=0)[:, chosen]
    return whole, np.reshape(shares, (len(corners), len(corners)))
