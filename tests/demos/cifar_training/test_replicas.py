"""The network as the page trains it: as Keras does, and the same whether one Worker or several compute."""

import numpy as np
import pytest

from cnnbook import data, models, recipes
from cnnbook.demos.cifar_training import facts
from tests.demos.engine import cases

NORM, LEAKY = {"kind": "BatchNormalization"}, {"kind": "LeakyReLU"}
# Every kind of layer that the network has. No bias stands before BatchNormalization: its gradient would be rounding and nothing else.
SMALL = [
    {"kind": "Conv2D", "filters": 4, "bias": False}, NORM, LEAKY, {"kind": "Conv2D", "filters": 5, "stride": 2, "bias": False}, NORM, LEAKY,
    {"kind": "Flatten"}, {"kind": "Dense", "units": 12, "bias": False}, NORM, LEAKY, {"kind": "Dropout", "rate": 0.5},
    {"kind": "Dense", "units": 5},
]  # fmt: skip
SETUP = {
    "layers": SMALL,
    "shape": [8, 8, 2],
    "classes": 5,
    "optimizer": {"kind": "momentum", "rate": 0.02, "momentum": 0.9},
    "initialisation": facts.NETWORK["initialisation"],
    "pixels": [-1, 1],
    "seed": 3,
}

# Train by so many replicas, each behind a port, batch by batch; the weights of all replicas, what the updates and a measurement said.
TRAIN = """async ([setup, batches, count, start, masks]) => {
    const { Replica, Hub, follow, together, divided, uniform } = made;
    const channels = Array.from({ length: count - 1 }, () => new MessageChannel()), hub = new Hub(channels.map(({ port1 }) => port1));
    const capacity = Math.ceil(batches[0].labels.length / count);
    const replicas = Array.from({ length: count }, () => new Replica(setup, capacity, { isShared: count > 1 }));
    channels.forEach(({ port2 }, n) => { follow(port2, replicas[n + 1]); });
    for (const { network } of start ? replicas : []) network.weights.forEach(({ values }, n) => values.set(start[n]));
    const pass = async (kind, { images, labels }) => {
        const rows = Uint32Array.from(labels, (_, n) => n), data = { images: Uint8Array.from(images), labels: Uint8Array.from(labels) };
        const [own, ...others] = divided(kind, data, rows, count);
        others.forEach((task, n) => hub.deal(task, n + 1));
        return together(replicas[0][kind](own), hub);
    };
    const told = [];
    for (const [n, batch] of batches.entries()) {
        for (const [layer, { seed, rate }] of Object.entries(masks ?? {})) {
            const dropout = replicas[0].network.layers[layer], size = dropout.shape.reduce((a, b) => a * b, batch.labels.length);
            dropout.given = Uint8Array.from({ length: size }, (_, i) => uniform(seed + n, i) >= rate);
        }
        told.push(await pass("update", batch));
    }
    const measured = await pass("measure", batches[0]);
    return { weights: replicas.map(({ network }) => network.weights.map(({ values }) => [...values])), told, measured };
}"""


def batches(count: int, images: int, shape, classes: int) -> list[dict]:
    rng = np.random.default_rng(5)
    return [
        {
            "images": rng.integers(0, 256, images * int(np.prod(shape))).tolist(),
            "labels": rng.integers(0, classes, images).tolist(),
        }
        for _ in range(count)
    ]


@pytest.mark.parametrize(("replicas", "images"), [(2, 16), (3, 20), (16, 16)])
def test_several_workers_end_with_the_weights_of_one_up_to_rounding(parts, replicas, images):
    """Batches divided unevenly too; with one image each, means and variances are no one's own."""
    given = batches(10, images, SETUP["shape"], SETUP["classes"])
    one, several = (parts.evaluate(TRAIN, [SETUP, given, count, None, None]) for count in (1, replicas))
    for ours, expected in zip(several["weights"][0], one["weights"][0], strict=True):
        np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-4 * np.abs(expected).max())
    assert [told["right"] for told in several["told"]] == [told["right"] for told in one["told"]]
    np.testing.assert_allclose([told["loss"] for told in several["told"]], [told["loss"] for told in one["told"]], rtol=1e-4)
    assert several["measured"] == {"loss": pytest.approx(one["measured"]["loss"], rel=1e-4), "right": one["measured"]["right"]}
    for other in several["weights"][1:]:
        assert other == several["weights"][0]  # not even rounding tells the replicas apart


def test_a_loss_that_is_not_finite_ends_the_training_with_a_sentence(parts):
    given, setup = batches(30, 16, SETUP["shape"], SETUP["classes"]), SETUP | {"optimizer": {"kind": "sgd", "rate": 1e30}}
    with pytest.raises(Exception, match="The loss is no longer a finite number"):
        parts.evaluate(TRAIN, [setup, given, 1, None, None])


def test_the_network_is_that_of_the_book():
    def described(model, dropout: bool) -> list[tuple]:
        about = ("strides", "padding", "epsilon", "momentum", "negative_slope")
        shown = [layer for layer in model.layers[1:] if dropout or type(layer).__name__ != "Dropout"]
        return [(type(each).__name__, [w.shape for w in each.weights], *(getattr(each, name, None) for name in about)) for each in shown]

    specs, book = facts.NETWORK["layers"], models.cnn()
    ours, _ = cases.keras_model([layer for layer in specs if layer["kind"] != "Dropout"], tuple(facts.NETWORK["shape"]))
    *expected, last = described(book, dropout=False)
    assert described(ours, dropout=False) == expected
    assert last[0] == "Softmax"  # which the page's loss contains
    kinds = [(type(layer).__name__, getattr(layer, "rate", None)) for layer in book.layers[1:-1]]
    assert [(layer["kind"], layer.get("rate")) for layer in specs] == kinds


def test_a_few_updates_of_the_books_network_are_those_of_keras(parts):
    """By the article's recipe, from the same weights, with the same batches and masks.

    Biases before BatchNormalization are left out: their gradient is rounding, which Adam turns into steps of full size. That also happens
    where another gradient is nearly 0, to a few of the half million weights.
    """
    before_norm = [after["kind"] == "BatchNormalization" for after in facts.NETWORK["layers"][1:]] + [False]
    layers = [layer | {"bias": False} if norm else layer for layer, norm in zip(facts.NETWORK["layers"], before_norm, strict=True)]
    recipe, shape, updates = recipes.ARTICLE, facts.NETWORK["shape"], 3
    given = batches(updates, cases.BATCH, shape, facts.NETWORK["classes"])
    pixels = np.concatenate([batch["images"] for batch in given]).reshape(-1, *shape).astype(np.uint8)
    optimizer = {"kind": recipe.optimizer, "rate": recipe.learning_rate}
    labels = np.concatenate([batch["labels"] for batch in given]).astype(np.int32)
    expected = cases.keras_weights(layers, optimizer, (updates,), data=(data.scale(pixels), labels))
    masks = {n: {"seed": cases.mask_seed(n, 0), "rate": layer["rate"]} for n, layer in enumerate(layers) if layer["kind"] == "Dropout"}
    setup = facts.NETWORK | {"layers": layers, "optimizer": optimizer, "pixels": recipe.pixel_range, "seed": 0}
    found = parts.evaluate(TRAIN, [setup, given, 1, [array.ravel().tolist() for array in expected["0"]], masks])["weights"][0]
    for ours, keras, first in zip(found, expected[str(updates)], expected["0"], strict=True):
        apart = np.abs(np.array(ours) - keras.ravel())
        assert np.quantile(apart, 0.999) < 1e-4 * np.abs(keras).max()
        assert apart.max() < 2.5 * updates * recipe.learning_rate
        assert np.abs(keras - first).max() > recipe.learning_rate  # they have moved
