"""The whole network with one thing changed, for the experiments of several chapters: one function each, uncompiled."""

from cnnbook import article
from cnnbook.keras_quietly import keras, layers

SHIFT, STRETCH, JITTER = 0.5, 1.25, 0.1


@keras.saving.register_keras_serializable(package="cnnbook")
class ChannelNoise(layers.Layer):
    """Stretch and shift each channel at random, anew at every step: internal covariate shift made on purpose.

    For each step and channel a shift is drawn from [-0.5, 0.5] and a stretch from [1, 1.25]; each image of the batch then
    gets that shift and stretch with up to 0.1 more or less. In prediction the layer applies their mean, x * 1.125. The idea
    is the noisy BatchNorm of Santurkar et al. 2018, the constants are this book's.

    Input shape, output shape: (batch, ..., channels), float32. The constants are a part of the layer's configuration, so that a network
    with others is another network.

    Example:
        >>> float(ChannelNoise()(keras.ops.ones((1, 2)), training=False)[0, 0])
        1.125
    """

    def __init__(self, shift=SHIFT, stretch=STRETCH, jitter=JITTER, **kwargs):
        super().__init__(**kwargs)
        self.shift, self.stretch, self.jitter = shift, stretch, jitter
        self.seeds = keras.random.SeedGenerator()

    def get_config(self):
        return super().get_config() | {"shift": self.shift, "stretch": self.stretch, "jitter": self.jitter}

    def _draw(self, shape, low, high):
        return keras.random.uniform(shape, low, high, seed=self.seeds)

    def call(self, inputs, training=False):
        if not training:
            return inputs * (1 + self.stretch) / 2
        rank, channels = len(inputs.shape), inputs.shape[-1]
        images = (keras.ops.shape(inputs)[0], *(1,) * (rank - 2), channels)
        step = (*(1,) * (rank - 1), channels)
        shift = self._draw(step, -self.shift, self.shift) + self._draw(images, -self.jitter, self.jitter)
        stretch = self._draw(step, 1.0, self.stretch) + self._draw(images, -self.jitter, self.jitter)
        return inputs * stretch + shift


def _network(name: str, *, batch_norm: str = "before", dropout: str = "last", shrinks_by: str = "strides") -> keras.Model:
    """`models.cnn` with its normalisation, its Dropout or its way of shrinking changed; the defaults change nothing.

    Args:
        batch_norm: "before" or "after" the activation, "noisy" (before it, with ChannelNoise behind), "none", or
            "noise alone" (ChannelNoise where it would be).
        dropout: "last" (after the dense block), "before_batch_norm" (right after the dense layer), or "none".
        shrinks_by: "strides"; "pooling" (every stride 1, and a 2 x 2 max pooling after the activation where the stride was 2); or
            "nothing" (every stride 1).
    """

    def activated(x, between=()):
        steps = {
            "before": [layers.BatchNormalization, layers.LeakyReLU],
            "after": [layers.LeakyReLU, layers.BatchNormalization],
            "noisy": [layers.BatchNormalization, ChannelNoise, layers.LeakyReLU],
            "none": [layers.LeakyReLU],
            "noise alone": [ChannelNoise, layers.LeakyReLU],
        }[batch_norm]
        for layer in (*between, *(step() for step in steps)):
            x = layer(x)
        return x

    inputs = keras.Input(article.INPUT_SHAPE)
    x = inputs
    for filters, stride in article.CONVOLUTIONS:
        strides = stride if shrinks_by == "strides" else 1
        x = activated(layers.Conv2D(filters, article.KERNEL_SIZE, strides=strides, padding="same")(x))
        if shrinks_by == "pooling" and stride > 1:
            x = layers.MaxPooling2D(stride)(x)
    x = layers.Dense(article.DENSE_UNITS)(layers.Flatten()(x))
    x = activated(x, between=[layers.Dropout(article.DROPOUT_RATE)] if dropout == "before_batch_norm" else [])
    if dropout == "last":
        x = layers.Dropout(article.DROPOUT_RATE)(x)
    x = layers.Dense(article.CLASSES)(x)
    return keras.Model(inputs, layers.Softmax()(x), name=name)


def without_batch_norm() -> keras.Model:
    """No BatchNormalization anywhere."""
    return _network("without_batch_norm", batch_norm="none")


def noisy_batch_norm() -> keras.Model:
    """ChannelNoise after every BatchNormalization."""
    return _network("noisy_batch_norm", batch_norm="noisy")


def noise_alone() -> keras.Model:
    """ChannelNoise before every activation and no BatchNormalization: the control of `noisy_batch_norm`."""
    return _network("noise_alone", batch_norm="noise alone")


def batch_norm_after() -> keras.Model:
    """Every BatchNormalization after its activation instead of before it."""
    return _network("batch_norm_after", batch_norm="after")


def without_dropout() -> keras.Model:
    """No Dropout."""
    return _network("without_dropout", dropout="none")


def dropout_before_batch_norm() -> keras.Model:
    """Dropout between the dense layer and its BatchNormalization, instead of after both."""
    return _network("dropout_before_batch_norm", dropout="before_batch_norm")


def without_strides() -> keras.Model:
    """Every stride 1: no feature map is smaller than the image, so the dense layer sees sixteen times as many values."""
    return _network("without_strides", shrinks_by="nothing")


def with_pooling() -> keras.Model:
    """Every stride 1, and max pooling where a stride was 2: as many parameters as `models.cnn`, 2.3 times its multiply–accumulates."""
    return _network("with_pooling", shrinks_by="pooling")
