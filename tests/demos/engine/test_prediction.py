"""In prediction the way back is that of Keras as well: moving statistics are constants, and Dropout passes everything on."""

import numpy as np
import pytest

from cnnbook.keras_quietly import tf
from tests.demos.engine import cases
from tests.demos.engine.cases import BATCH, CLASSES, NETWORKS, SHAPE

# The gradient of one logit with respect to the images, after an update's worth of training has left its own numbers behind.
ASK = """({ specs, shape, start, images, chosen }) => {
    const { Network, finish } = engine, count = images.length / shape.reduce((a, b) => a * b, 1);
    const network = new Network({ inputShape: shape, layers: specs }, count, { inputGradient: true });
    const given = () => network.weights.forEach(({ values }, n) => values.set(start[n]));
    given();
    for (const training of [true, false]) {
        network.input.set(images);
        finish(network.forward(count, training));
        for (let i = 0; i < network.gradient.length; i++) network.gradient[i] = +(i % network.shape[0] === chosen);
        finish(network.backward(count));
        if (training) given();
    }
    return [...network.inputGradient];
}"""


@pytest.mark.parametrize("name", ["normalised", "dense", "dropped maps"])
def test_the_gradient_of_a_logit_with_respect_to_the_images_is_that_of_keras_in_prediction(engine, name):
    model, _ = cases.keras_model(NETWORKS[name], SHAPE)
    variables = [weight for layer in model.layers for weight in layer.weights if "variable" not in weight.path.split("/")[-1]]
    for weight, value in zip(variables, cases.first_weights([tuple(weight.shape) for weight in variables]), strict=True):
        weight.assign({"gamma": 1 + value / 2, "moving_variance": 1 + value}.get(weight.name, value))
    images = tf.constant(cases.images()[:BATCH])
    for chosen in range(CLASSES):
        with tf.GradientTape() as tape:
            tape.watch(images)
            logit = tf.reduce_sum(model(images, training=False)[:, chosen])
        expected = tape.gradient(logit, images).numpy()
        given = {
            "specs": NETWORKS[name],
            "shape": SHAPE,
            "start": [weight.numpy().ravel().tolist() for weight in variables],
            "images": images.numpy().ravel().tolist(),
            "chosen": chosen,
        }
        np.testing.assert_allclose(np.reshape(engine.evaluate(ASK, given), expected.shape), expected, atol=1e-5 * np.abs(expected).max())
