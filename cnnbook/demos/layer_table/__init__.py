"""Put layers together in a table and read off shapes, parameters and multiply-accumulates with their derivations."""

import math

import traitlets
from markupsafe import Markup

from cnnbook import arithmetic
from cnnbook.demos.shared.base import Demo, javascript, style
from cnnbook.demos.shared.numbers import sides
from cnnbook.demos.shared.traits import Choice, Fixed, Layers, Several, Whole, refuse
from cnnbook.html import table

MOST_LAYERS, MOST = 12, 4096
PADDINGS = ("same", "valid")
NUMBERS = {"Conv2D": ("filters", "kernel", "stride"), "Dense": ("units",), "BatchNormalization": (), "Flatten": ()}
TWO_LAYERS = [
    {"kind": "Conv2D", "filters": 10, "kernel": 4, "stride": 2, "padding": "same"},
    {"kind": "Conv2D", "filters": 20, "kernel": 3, "stride": 2, "padding": "same"},
    {"kind": "Flatten"},
    {"kind": "Dense", "units": 10},
]

TEXT = {
    "head": ("layer", "output shape", "parameters", "multiply–accumulates"),
    "caption": "A network on images of {shape}. With JavaScript you can change it.",
}


def _settings(kind: str) -> dict:
    """What a layer of this kind has, besides its kind."""
    return {name: Whole(1, least=1, most=MOST) for name in NUMBERS[kind]} | ({"padding": Choice(PADDINGS)} if kind == "Conv2D" else {})


class LayerTable(Demo):
    """A network as an editable table.

    Traits, both synced with the page:
        input_shape: [height, width, channels] of an image.
        layers: dicts with "kind" (Conv2D, BatchNormalization, Flatten or Dense) and, for Conv2D, "filters", "kernel", "stride"
            and "padding", for Dense "units". Each must fit the shape that comes out of the one before.

    Raises:
        traitlets.TraitError: a trait is set to something it does not take; the message says what it takes.

    Example:
        >>> LayerTable().counts()[-1]
        ((10,), 12810, 12800)
    """

    name = "layer_table"
    _esm, _css = javascript(name), style(name)

    limits = Fixed(
        {
            "most_layers": MOST_LAYERS,
            "most": MOST,
            "numbers": {kind: list(names) for kind, names in NUMBERS.items()},
            "paddings": list(PADDINGS),
        }
    ).tag(sync=True, public=True)
    input_shape = Several(
        Whole(1, least=1, most=MOST), f"[height, width, channels], each from 1 to {MOST}", [32, 32, 3], least=3, most=3
    ).tag(sync=True, public=True)
    layers = Layers({kind: _settings(kind) for kind in NUMBERS}, TWO_LAYERS, most=MOST_LAYERS).tag(sync=True, public=True)

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
        kind = layer["kind"]
        if kind == "Conv2D":
            shape, *counted = _conv(shape, **{name: value for name, value in layer.items() if name != "kind"})
        elif kind == "Dense":
            if len(shape) != 1:
                raise ValueError(f"Dense takes one row of numbers, not {shape}; put Flatten before it")
            counted = arithmetic.dense_parameters(shape[0], layer["units"]), shape[0] * layer["units"]
            shape = (layer["units"],)
        elif kind == "BatchNormalization":
            counted = sum(arithmetic.batch_norm_parameters(shape[-1])), 0
        else:
            shape, counted = (math.prod(shape),), (0, 0)
        rows.append((shape, *counted))
    return rows


def _conv(shape, *, filters, kernel, stride, padding) -> tuple[tuple[int, ...], int, int]:
    if len(shape) != 3:
        raise ValueError(f"Conv2D takes height × width × channels, not {shape}; put it before Flatten")
    size = arithmetic.conv_output_size(shape[:2], kernel, stride, padding)
    parameters = arithmetic.conv_parameters(kernel, shape[2], filters)
    return (*size, filters), parameters, arithmetic.conv_multiply_accumulates(size, kernel, shape[2], filters)
