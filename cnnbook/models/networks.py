"""The networks of the book, one function each, uncompiled."""

from cnnbook.article import CLASSES, INPUT_SHAPE
from cnnbook.keras_quietly import keras, layers


def mlp() -> keras.Model:
    """The fully connected baseline of chapter 8: 646,260 parameters.

    Input shape: (batch, 32, 32, 3), float32, pixels in [-1, 1].
    Output shape: (batch, 10), class probabilities.

    Example:
        >>> mlp().count_params()
        646260
    """
    inputs = keras.Input(INPUT_SHAPE)
    x = layers.Flatten()(inputs)
    x = layers.Dense(200, activation="relu")(x)
    x = layers.Dense(150, activation="relu")(x)
    outputs = layers.Dense(CLASSES, activation="softmax")(x)
    return keras.Model(inputs, outputs, name="mlp")


def two_layer_cnn() -> keras.Model:
    """The two stacked convolutions of chapters 2 to 4, without an activation, as the article writes them: 15,120 parameters.

    Input shape: (batch, 32, 32, 3), float32.
    Output shape: (batch, 10), class probabilities.

    Example:
        >>> two_layer_cnn().count_params()
        15120
    """
    inputs = keras.Input(INPUT_SHAPE)
    x = layers.Conv2D(10, (4, 4), strides=2, padding="same")(inputs)
    x = layers.Conv2D(20, (3, 3), strides=2, padding="same")(x)
    x = layers.Flatten()(x)
    outputs = layers.Dense(CLASSES, activation="softmax")(x)
    return keras.Model(inputs, outputs, name="two_layer_cnn")


def two_layer_cnn_relu() -> keras.Model:
    """The same with a ReLU after each convolution, as chapter 4 trains it: 15,120 parameters.

    Input shape: (batch, 32, 32, 3), float32, pixels in [-1, 1].
    Output shape: (batch, 10), class probabilities.

    Example:
        >>> two_layer_cnn_relu().count_params()
        15120
    """
    inputs = keras.Input(INPUT_SHAPE)
    x = layers.Conv2D(10, (4, 4), strides=2, padding="same", activation="relu")(inputs)
    x = layers.Conv2D(20, (3, 3), strides=2, padding="same", activation="relu")(x)
    x = layers.Flatten()(x)
    outputs = layers.Dense(CLASSES, activation="softmax")(x)
    return keras.Model(inputs, outputs, name="two_layer_cnn_relu")


def cnn() -> keras.Model:
    """The whole network of chapter 8: 592,554 parameters.

    Four times Conv2D, BatchNormalization, LeakyReLU (slope 0.3, the Keras default), then a dense layer with Dropout.

    Input shape: (batch, 32, 32, 3), float32, pixels in [-1, 1].
    Output shape: (batch, 10), class probabilities.

    Example:
        >>> cnn().count_params()
        592554
    """
    inputs = keras.Input(INPUT_SHAPE)
    x = inputs
    for filters, stride in ((32, 1), (32, 2), (64, 1), (64, 2)):
        x = layers.Conv2D(filters, 3, strides=stride, padding="same")(x)
        x = layers.BatchNormalization()(x)
        x = layers.LeakyReLU()(x)
    x = layers.Flatten()(x)
    x = layers.Dense(128)(x)
    x = layers.BatchNormalization()(x)
    x = layers.LeakyReLU()(x)
    x = layers.Dropout(0.5)(x)
    x = layers.Dense(CLASSES)(x)
    outputs = layers.Softmax()(x)
    return keras.Model(inputs, outputs, name="cnn")
