"""Shapes, counts and refusals: as Keras counts, and each impossible layer with a sentence that says what is allowed."""

import pytest

from tests.demos.engine.cases import NETWORKS, SHAPE, keras_model

LIMITS = {"layers": 20, "parameters": 100_000, "macs": 1_000_000, "outputs": 10_000}
PLAN = "([inputShape, layers, limits]) => engine.planNetwork({ inputShape, classes: 5, layers }, limits)"


def plan(engine, layers, shape=SHAPE, **limits):
    return engine.evaluate(PLAN, [shape, layers, LIMITS | limits])


@pytest.mark.parametrize("name", NETWORKS)
def test_shapes_and_parameters_are_those_of_keras(engine, name):
    model, _ = keras_model(NETWORKS[name], SHAPE)
    found = plan(engine, NETWORKS[name])
    layers = model.layers[1:]
    assert [tuple(row["shape"]) for row in found["rows"]] == [layer.output.shape[1:] for layer in layers]
    drops = [spec["kind"] == "Dropout" for spec in NETWORKS[name]]
    for row, layer, drop in zip(found["rows"], layers, drops, strict=True):
        trained = 0 if drop else sum(weight.shape.num_elements() for weight in layer.trainable_variables)
        assert (row["parameters"], row["parameters"] + row["fixed"]) == (trained, 0 if drop else layer.count_params())
    assert found["problem"] == ""


CONV = {"kind": "Conv2D", "filters": 4}


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ([], "The last layer gives 8 × 8 × 2, but there are 5 classes; end with Dense and 5 units."),
        ([{"kind": "Flatten"}, {"kind": "Dense", "units": 4}], "gives 4, but there are 5 classes"),
        ([{"kind": "Dense", "units": 5}], "Layer 1: Dense takes one row of numbers; put Flatten before it."),
        ([{"kind": "Flatten"}, CONV], "Layer 2: Conv2D takes height × width × channels; put it before Flatten."),
        ([CONV | {"kernel": 9, "padding": "valid"}], "a window of 9 × 9 does not fit into 8 × 8 without padding"),
        ([{"kind": "MaxPooling2D", "size": [9, 1]}], "a window of 9 × 1 does not fit"),
        ([CONV | {"filters": 0}], "Conv2D: filters is 0; it takes a whole number of at least 1."),
        ([CONV | {"stride": 1.5}], "stride is 1.5,1.5; it takes whole numbers of at least 1"),
        ([CONV | {"padding": "full"}], "padding is full; it takes “same” or “valid”."),
        ([CONV | {"colour": 1}], "Conv2D has no setting called colour."),
        ([{"kind": "Dropout", "rate": 1}], "rate is 1; it takes a number of at least 0 and below 1."),
        ([{"kind": "Sigmoid"}], "There is no layer of the kind Sigmoid; the kinds are Conv2D,"),
        ([{"kind": "ReLU"}] * 300, "has 300 layers; the limit here is 20"),
        ([{"kind": "Flatten"}, {"kind": "Dense", "units": 9_000}], "has 1,161,000 parameters; the limit here is 100,000"),
        ([CONV | {"filters": 1000}], "gives 64,000 numbers per image; the limit here is 10,000"),
        ([CONV | {"filters": 150}, CONV | {"filters": 50}], "multiply–accumulates per image; the limit here is 1,000,000"),
    ],
)
def test_what_cannot_be_trained_is_refused_with_a_sentence(engine, layers, said):
    assert said in plan(engine, layers)["problem"]


def test_the_rows_before_a_problem_keep_their_counts(engine):
    found = plan(engine, [CONV, {"kind": "Dense", "units": 5}, {"kind": "Flatten"}])
    assert found["rows"][0]["parameters"] == (9 * 2 + 1) * 4
    assert "put Flatten before it" in found["rows"][1]["problem"]
    assert found["rows"][2] is None
