"""Small networks that hold every layer, and what Keras makes of them: the engine must end with the same weights.

Everything that is random comes from mulberry32, which both sides have: first weights, images, labels and Dropout's masks.
"""

from dataclasses import dataclass

import numpy as np

from cnnbook.demos.dropout_mask import uniforms

UPDATES = (1, 10, 100)
IMAGES, BATCH, SHAPE, CLASSES = 48, 16, (8, 8, 2), 5
SEEDS = {"images": 1, "labels": 2, "weights": 100, "masks": 10_000}

OPTIMIZERS = {
    "sgd": {"kind": "sgd", "rate": 0.05},
    "momentum": {"kind": "momentum", "rate": 0.01, "momentum": 0.9},
    "adam": {"kind": "adam", "rate": 0.002},
}
NORM, RELU, LEAKY, FLATTEN, GLOBAL = (
    {"kind": kind} for kind in ("BatchNormalization", "ReLU", "LeakyReLU", "Flatten", "GlobalAveragePooling2D")
)


def conv(filters, kernel, stride, padding, **more) -> dict:
    return {"kind": "Conv2D", "filters": filters, "kernel": kernel, "stride": stride, "padding": padding, **more}


def pool(kind, size, stride, padding) -> dict:
    return {"kind": kind, "size": size, "stride": stride, "padding": padding}


def dense(units, **more) -> dict:
    return {"kind": "Dense", "units": units, **more}


# No bias stands before BatchNormalization: it takes the bias away again, so that its gradient is rounding and nothing else.
NETWORKS = {
    "convolutions": [conv(4, 3, 1, "same"), RELU, conv(5, 3, 2, "same"), LEAKY, FLATTEN, dense(5)],
    "pairs": [conv(9, [3, 2], [1, 2], "valid"), LEAKY, conv(3, [2, 4], [2, 1], "same"), FLATTEN, dense(5)],
    "largest": [conv(6, 4, 1, "same"), pool("MaxPooling2D", 3, 2, "same"), RELU, FLATTEN, dense(5)],
    "largest, valid": [conv(6, 2, 1, "valid"), pool("MaxPooling2D", 2, 2, "valid"), FLATTEN, dense(5)],
    "means": [
        conv(6, 3, 1, "same"), RELU, pool("AveragePooling2D", 3, 2, "same"), pool("AveragePooling2D", [2, 1], [1, 1], "valid"),
        FLATTEN, dense(5),
    ],
    "normalised": [
        conv(6, 3, 1, "same", bias=False), NORM, RELU, conv(8, 3, 2, "same", bias=False), NORM, LEAKY, GLOBAL, dense(5),
    ],
    "dense": [FLATTEN, dense(12, bias=False), NORM, LEAKY, {"kind": "Dropout", "rate": 0.5}, dense(5)],
    "dropped maps": [conv(6, 3, 1, "same"), RELU, {"kind": "Dropout", "rate": 0.25}, conv(4, 1, 1, "same"), GLOBAL, dense(5)],
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A network with the optimizer that trains it."""

    network: str
    optimizer: str

    @property
    def layers(self) -> list[dict]:
        return NETWORKS[self.network]

    def __str__(self) -> str:
        return f"{self.network} - {self.optimizer}"


CASES = [Case(network, optimizer) for network in NETWORKS for optimizer in OPTIMIZERS]


def images() -> np.ndarray:
    return (2 * uniforms(SEEDS["images"], 0, IMAGES * np.prod(SHAPE)) - 1).reshape(IMAGES, *SHAPE).astype(np.float32)


def labels() -> np.ndarray:
    return (uniforms(SEEDS["labels"], 0, IMAGES) * CLASSES).astype(np.int32)


def first_weights(shapes: list[tuple[int, ...]]) -> list[np.ndarray]:
    """Kernels and biases around 0; what has one axis and starts as 1 in Keras is left to the caller."""
    made = []
    for n, shape in enumerate(shapes):
        reach = 0.5 if len(shape) == 1 else np.sqrt(6 / (np.prod(shape[:-1]) + shape[-1]))
        made.append((reach * (2 * uniforms(SEEDS["weights"] + n, 0, int(np.prod(shape))) - 1)).reshape(shape).astype(np.float32))
    return made


def mask_seed(layer: int, update: int) -> int:
    return SEEDS["masks"] + 1000 * layer + update


def mask(layer: int, update: int, shape: tuple[int, ...], rate: float) -> np.ndarray:
    """What Dropout keeps in an update, the layers counted from 0."""
    return (uniforms(mask_seed(layer, update), 0, int(np.prod(shape))) >= rate).reshape(shape)


def keras_model(specs: list[dict], shape: tuple[int, ...]):
    """The network in Keras, and its Dropout layers, {place: (rate, variable that holds the factors of the next batch)}."""
    from cnnbook.keras_quietly import keras, layers, tf
    from cnnbook.training.digits import keras_layer

    class GivenMask(layers.Layer):
        def build(self, input_shape):
            self.factors = tf.Variable(tf.zeros((BATCH, *input_shape[1:])), trainable=False)

        def call(self, x, training=False):
            return x * self.factors if training else x

    outputs = inputs = keras.Input(shape)
    masks = {}
    for n, spec in enumerate(specs):
        layer = GivenMask() if spec["kind"] == "Dropout" else keras_layer(spec)
        outputs = layer(outputs)
        if spec["kind"] == "Dropout":
            masks[n] = (spec["rate"], layer.factors)
    return keras.Model(inputs, outputs), masks


def keras_weights(specs: list[dict], optimizer: dict, updates=UPDATES, data=None) -> dict[str, list[np.ndarray]]:
    """The weights before training, and those after so many updates, in Keras's order within each layer.

    `data` are other images and labels than those of this module; a batch has `BATCH` of them here as well.
    """
    from cnnbook.keras_quietly import keras, tf

    x, y = data or (images(), labels())
    model, masks = keras_model(specs, x.shape[1:])
    variables = [
        weight for layer in model.layers for weight in layer.weights if weight.ndim > 0 and "variable" not in weight.path.split("/")[-1]
    ]
    values = first_weights([tuple(weight.shape) for weight in variables])
    for weight, value in zip(variables, values, strict=True):
        weight.assign({"gamma": 1 + value / 2, "moving_variance": 1 + value}.get(weight.name, value))
    settings = {"learning_rate": optimizer["rate"]} | ({"momentum": optimizer["momentum"]} if "momentum" in optimizer else {})
    trainer = (keras.optimizers.Adam if optimizer["kind"] == "adam" else keras.optimizers.SGD)(**settings)
    trainer.build(model.trainable_variables)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function
    def step(batch, truth):
        with tf.GradientTape() as tape:
            value = loss(truth, model(batch, training=True))
        trainer.apply_gradients(zip(tape.gradient(value, model.trainable_variables), model.trainable_variables, strict=True))

    found = {"0": [weight.numpy() for weight in variables]}
    for update in range(max(updates)):
        for n, (rate, factors) in masks.items():
            factors.assign(mask(n, update, tuple(factors.shape), rate).astype(np.float32) / (1 - rate))
        rows = np.arange(update * BATCH, (update + 1) * BATCH) % len(x)
        step(x[rows], y[rows])
        if update + 1 in updates:
            found[str(update + 1)] = [weight.numpy() for weight in variables]
    return found
