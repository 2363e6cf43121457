"""The engine trains as Keras does: the same weights after one, ten and a hundred updates."""

import numpy as np
import pytest

from tests.demos.engine import cases
from tests.demos.engine.cases import CASES, OPTIMIZERS, Case
from tests.demos.engine.store import STORED, key

# Train in the page; the weights after each of these updates, and whether the fast kernel did it.
TRAIN = """({ specs, shape, optimizer, start, images, labels, batch, updates, masks, simd }) => {
    const { Network, OPTIMIZERS, crossEntropy, finish } = engine;
    const network = new Network({ inputShape: shape, layers: specs }, batch, { simd });
    network.weights.forEach(({ values }, n) => values.set(start[n]));
    const update = OPTIMIZERS[optimizer.kind](network.trainable, optimizer), size = shape[0] * shape[1] * shape[2], found = {};
    for (let n = 1; n <= Math.max(...updates); n++) {
        const truth = new Uint8Array(batch);
        for (let i = 0; i < batch; i++) {
            const image = ((n - 1) * batch + i) % labels.length;
            network.input.set(images.slice(image * size, (image + 1) * size), i * size);
            truth[i] = labels[image];
        }
        for (const [layer, { seed, rate }] of Object.entries(masks)) {
            const dropout = network.layers[layer], whole = batch * dropout.shape.reduce((a, b) => a * b, 1);
            dropout.given = Uint8Array.from({ length: whole }, (_, i) => engine.uniform(seed + n - 1, i) >= rate);
        }
        finish(network.forward(batch, true));
        crossEntropy(network.output, truth, network.shape[0], network.gradient);
        finish(network.backward(batch));
        update();
        if (updates.includes(n)) found[n] = network.weights.map(({ values }) => [...values]);
    }
    return { found, simd: network.arena.simd };
}"""


def trained(page, specs, optimizer, start, *, simd=True, updates=cases.UPDATES):
    dropouts = {n: spec["rate"] for n, spec in enumerate(specs) if spec["kind"] == "Dropout"}
    result = page.evaluate(
        TRAIN,
        {
            "specs": specs,
            "shape": cases.SHAPE,
            "optimizer": optimizer,
            "start": [array.ravel().tolist() for array in start],
            "images": cases.images().ravel().tolist(),
            "labels": cases.labels().tolist(),
            "batch": cases.BATCH,
            "updates": list(updates),
            "masks": {n: {"seed": cases.mask_seed(n, 0), "rate": rate} for n, rate in dropouts.items()},
            "simd": simd,
        },
    )
    assert result["simd"] is simd
    return result["found"]


def assert_same(found, expected):
    assert len(found) == len(expected)
    for ours, keras in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, keras.ravel(), rtol=0, atol=1e-4 * np.abs(keras).max())


@pytest.fixture(scope="module")
def stored():
    with np.load(STORED) as file:
        arrays = dict(file)

    def weights(case, update):
        return [arrays[key(case, update, n)] for n in range(sum(name.startswith(f"{case}/{update}/") for name in arrays))]

    return weights


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_weights_after_one_ten_and_a_hundred_updates_are_those_of_keras(engine, stored, case):
    start = stored(case, "0")
    found = trained(engine, case.layers, OPTIMIZERS[case.optimizer], start)
    for update in map(str, cases.UPDATES):
        assert_same(found[update], stored(case, update))
        assert any(np.abs(ours - first.ravel()).max() > 1e-4 for ours, first in zip(found[update], start, strict=True))


@pytest.mark.parametrize("case", [case for case in CASES if case.optimizer == "momentum"], ids=str)
def test_plain_javascript_trains_as_keras_does_where_there_is_no_simd(engine, stored, case):
    found = trained(engine, case.layers, OPTIMIZERS[case.optimizer], stored(case, "0"), simd=False)
    assert_same(found["100"], stored(case, "100"))


def test_the_keras_of_today_still_ends_with_the_same_weights(engine):
    case = Case("normalised", "adam")
    expected = cases.keras_weights(case.layers, OPTIMIZERS[case.optimizer])
    found = trained(engine, case.layers, OPTIMIZERS[case.optimizer], expected["0"])
    for update in map(str, cases.UPDATES):
        assert_same(found[update], expected[update])
