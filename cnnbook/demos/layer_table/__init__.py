"""Put layers together in a table and read off shapes, parameters and multiply-accumulates with their derivations."""

import html

import traitlets

from cnnbook import arithmetic
from cnnbook.demos.shared.base import Demo, javascript, style

KINDS = ("Conv2D", "BatchNormalization", "Flatten", "Dense")
MOST_LAYERS, MOST = 12, 4096
TWO_LAYERS = [
    {"kind": "Conv2D", "filters": 10, "kernel": 4, "stride": 2, "padding": "same"},
    {"kind": "Conv2D", "filters": 20, "kernel": 3, "stride": 2, "padding": "same"},
    {"kind": "Flatten"},
    {"kind": "Dense", "units": 10},
]
FIELDS = {"Conv2D": ("filters", "kernel", "stride"), "Dense": ("units",), "BatchNormalization": (), "Flatten": ()}


class LayerTable(Demo):
    """A network as an editable table.

    Traits, both synced with the page:
        input_shape: [height, width, channels] of an image.
        layers: dicts with "kind" (Conv2D, BatchNormalization, Flatten or Dense) and, for Conv2D, "filters", "kernel", "stride"
            and "padding", for Dense "units".

    Raises:
        traitlets.TraitError: a trait is set to something it does not take; the message says what it takes.

    Example:
        >>> LayerTable().counts()[-1]
        ((10,), 12810, 12800)
    """

    name = "layer_table"
    _esm, _css = javascript(name), style(name)

    input_shape = traitlets.List([32, 32, 3]).tag(sync=True, public=True)
    layers = traitlets.List(TWO_LAYERS).tag(sync=True, public=True)

    @traitlets.validate("input_shape")
    def _valid_input_shape(self, proposal):
        shape = proposal.value
        if len(shape) != 3 or not all(isinstance(side, int) and 1 <= side <= MOST for side in shape):
            raise traitlets.TraitError(f"input_shape is {shape!r}; it takes [height, width, channels], each from 1 to {MOST}")
        return shape

    @traitlets.validate("layers")
    def _valid_layers(self, proposal):
        if len(proposal.value) > MOST_LAYERS:
            raise traitlets.TraitError(f"layers has {len(proposal.value)} entries; it takes at most {MOST_LAYERS}")
        for layer in proposal.value:
            kind = layer.get("kind")
            numbers = [layer.get(field) for field in FIELDS.get(kind, ())]
            if kind not in KINDS or not all(isinstance(n, int) and 1 <= n <= MOST for n in numbers):
                raise traitlets.TraitError(f"layer {layer!r}; it takes a kind from {KINDS} and whole numbers from 1 to {MOST}")
            if kind == "Conv2D" and layer.get("padding") not in ("same", "valid"):
                raise traitlets.TraitError(f'layer {layer!r}; padding takes "same" or "valid"')
        return proposal.value

    def counts(self) -> list[tuple[tuple[int, ...], int, int]]:
        """(output shape, parameters, multiply-accumulates of one image) of each layer.

        Raises:
            ValueError: a layer does not fit behind the one before.
        """
        shape, rows = tuple(self.input_shape), []
        for layer in self.layers:
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
                size = 1
                for side in shape:
                    size *= side
                shape, counted = (size,), (0, 0)
            rows.append((shape, *counted))
        return rows

    def stand_in(self) -> str:
        cells = "".join(
            f'<tr><th scope="row">{layer["kind"]}</th><td>{" × ".join(map(str, shape))}</td><td>{parameters:,}</td><td>{macs:,}</td></tr>'
            for layer, (shape, parameters, macs) in zip(self.layers, self.counts(), strict=True)
        )
        head = "".join(f'<th scope="col">{title}</th>' for title in ("layer", "output shape", "parameters", "multiply–accumulates"))
        caption = f"A network on images of {' × '.join(map(str, self.input_shape))}. With JavaScript you can change it."
        return f"<table><caption>{html.escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{cells}</tbody></table>"


def _conv(shape, *, filters, kernel, stride, padding) -> tuple[tuple[int, ...], int, int]:
    if len(shape) != 3:
        raise ValueError(f"Conv2D takes height × width × channels, not {shape}; put it before Flatten")
    size = arithmetic.conv_output_size(shape[:2], kernel, stride, padding)
    parameters = arithmetic.conv_parameters(kernel, shape[2], filters)
    return (*size, filters), parameters, arithmetic.conv_multiply_accumulates(size, kernel, shape[2], filters)
