"""Put layers together in a table and read off shapes, parameters and multiply-accumulates with their derivations."""

import math

import traitlets
from markupsafe import Markup

from cnnbook import arithmetic
from cnnbook.demos.shared.base import Demo, javascript, style
from cnnbook.demos.shared.numbers import sides
from cnnbook.demos.shared.settings import choice, kinds, layer_kinds, rules, whole
from cnnbook.demos.shared.traits import Fixed, Layers, Several, Whole, refuse
from cnnbook.html import table

MOST_LAYERS, MOST = 24, 4096
COUNT = {"least": 1, "most": MOST}
# Kind of layer -> its settings.
LAYERS = layer_kinds(
    convolution={
        "filters": whole(**COUNT, usual=20),
        "kernel": whole(**COUNT, usual=3),
        "stride": whole(**COUNT, usual=2),
        "padding": choice("same", "valid"),
    },
    window=whole(**COUNT, usual=2),
    dense={"units": whole(**COUNT, usual=10)},
)
TWO_LAYERS = [
    {"kind": "Conv2D", "filters": 10, "kernel": 4, "stride": 2, "padding": "same"},
    {"kind": "Conv2D", "filters": 20, "kernel": 3, "stride": 2, "padding": "same"},
    {"kind": "Flatten"},
    {"kind": "Dense", "units": 10},
]

TEXT = {
    "head": ("layer", "output shape", "parameters", "multiply–accumulates"),
    "caption": "A network for images of {shape}. With JavaScript you can change it.",
}


class LayerTable(Demo):
    """A network as an editable table.

    Traits, both synced with the page:
        input_shape: [height, width, channels] of an image.
        layers: dicts with "kind", one of `LAYERS`, and the settings of that kind: for Conv2D "filters", "kernel", "stride" and
            "padding", for MaxPooling2D and AveragePooling2D "size", "stride" and "padding", for LeakyReLU "slope", for Dropout "rate",
            for Dense "units". Each must fit the shape that comes out of the one before.

    Raises:
        traitlets.TraitError: a trait is set to something it does not take; the message says what it takes.

    Example:
        >>> LayerTable().counts()[-1]
        ((10,), 12810, 12800)
    """

    name = "layer_table"
    _esm, _css = javascript(name), style(name)

    limits = Fixed({"layers": MOST_LAYERS, "most": MOST}).tag(sync=True, public=True)
    rules = Fixed({kind: rules(settings) for kind, settings in LAYERS.items()}).tag(sync=True, public=True)
    input_shape = Several(
        Whole(1, least=1, most=MOST), f"[height, width, channels], each from 1 to {MOST}", [32, 32, 3], least=3, most=3
    ).tag(sync=True, public=True)
    layers = Layers({kind: kinds(settings) for kind, settings in LAYERS.items()}, TWO_LAYERS, most=MOST_LAYERS).tag(sync=True, public=True)

    @traitlets.validate("input_shape", "layers")
    def _valid_network(self, proposal):
        given = {"input_shape": self.input_shape, "layers": self.layers, proposal.trait.name: proposal.value}
        other = "layers" if proposal.trait.name == "input_shape" else "input_shape"
        try:
            counts(**given)
        except ValueError as error:
            refuse(proposal.trait.name, proposal.value, f"what fits together: {error}", f"{other}={given[other]}")
        return proposal.value

    def counts(self) -> list[tuple[tuple[int, ...], int, int]]:
        """(output shape, parameters, multiply-accumulates of one image) of each layer."""
        return counts(self.input_shape, self.layers)

    def stand_in(self) -> Markup:
        rows = [
            (layer["kind"], sides(shape), f"{parameters:,}", f"{macs:,}")
            for layer, (shape, parameters, macs) in zip(self.layers, self.counts(), strict=True)
        ]
        return table(TEXT["caption"].format(shape=sides(self.input_shape)), TEXT["head"], rows)


def counts(input_shape: list[int], layers: list[dict]) -> list[tuple[tuple[int, ...], int, int]]:
    """(output shape, parameters, multiply-accumulates of one image) of each layer.

    Raises:
        ValueError: a layer does not fit the shape that comes out of the one before.
    """
    shape, rows = tuple(input_shape), []
    for layer in layers:
        kind, settings = layer["kind"], {name: value for name, value in layer.items() if name != "kind"}
        shape, parameters, macs = COUNTS.get(kind, _unchanged)(kind, shape, **settings)
        rows.append((shape, parameters, macs))
    return rows


def _image(kind: str, shape: tuple[int, ...]) -> tuple[tuple[int, int], int]:
    """Height and width, and channels."""
    if len(shape) != 3:
        raise ValueError(f"{kind} takes height × width × channels, not {shape}; put it before Flatten")
    return shape[:2], shape[2]


def _conv(kind, shape, *, filters, kernel, stride, padding):
    size, channels = _image(kind, shape)
    size = arithmetic.conv_output_size(size, kernel, stride, padding)
    parameters = arithmetic.conv_parameters(kernel, channels, filters)
    return (*size, filters), parameters, arithmetic.conv_multiply_accumulates(size, kernel, channels, filters)


def _pooling(kind, shape, *, size, stride, padding):
    sides, channels = _image(kind, shape)
    return (*arithmetic.conv_output_size(sides, size, stride, padding), channels), 0, 0


def _global_pooling(kind, shape):
    return (_image(kind, shape)[1],), 0, 0


def _dense(kind, shape, *, units):
    if len(shape) != 1:
        raise ValueError(f"{kind} takes one row of numbers, not {shape}; put Flatten before it")
    return (units,), arithmetic.dense_parameters(shape[0], units), shape[0] * units


def _batch_norm(kind, shape):
    return shape, sum(arithmetic.batch_norm_parameters(shape[-1])), 0


def _flatten(kind, shape):
    return (math.prod(shape),), 0, 0


def _unchanged(kind, shape, **settings):
    """Activations and Dropout: no parameters, no products, and the same shape."""
    return shape, 0, 0


COUNTS = {
    "Conv2D": _conv,
    "MaxPooling2D": _pooling,
    "AveragePooling2D": _pooling,
    "GlobalAveragePooling2D": _global_pooling,
    "BatchNormalization": _batch_norm,
    "Flatten": _flatten,
    "Dense": _dense,
}
