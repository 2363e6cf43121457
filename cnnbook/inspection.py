"""Read a Keras model layer by layer: shape, parameters and multiply-accumulates, each with the arithmetic that gives it."""

import html
from dataclasses import dataclass

from cnnbook import arithmetic


@dataclass(frozen=True)
class Row:
    """One layer: its class, its output shape without the batch, its counts, and how each is worked out."""

    layer: str
    output_shape: tuple[int, ...]
    parameters: int
    parameters_how: str
    multiply_accumulates: int
    multiply_accumulates_how: str


@dataclass(frozen=True)
class Table:
    """The rows of a model, shown by a notebook as an HTML table with headings for rows and columns."""

    name: str
    rows: tuple[Row, ...]

    @property
    def parameters(self) -> int:
        """Of all layers."""
        return sum(row.parameters for row in self.rows)

    @property
    def multiply_accumulates(self) -> int:
        """Of all layers, for one image."""
        return sum(row.multiply_accumulates for row in self.rows)

    def __repr__(self) -> str:
        return f"{self.name}: {self.parameters:,} parameters, {self.multiply_accumulates:,} multiply–accumulates an image"

    def _repr_html_(self) -> str:
        def counted(value: int, how: str) -> str:
            return f"<td>{value:,}" + (f"<br><small>{html.escape(how)}</small></td>" if how else "</td>")

        head = "".join(f'<th scope="col">{title}</th>' for title in ("layer", "output shape", "parameters", "multiply–accumulates"))
        body = "".join(
            f'<tr><th scope="row">{row.layer}</th><td>{" × ".join(map(str, row.output_shape))}</td>'
            f"{counted(row.parameters, row.parameters_how)}{counted(row.multiply_accumulates, row.multiply_accumulates_how)}</tr>"
            for row in self.rows
        )
        total = f'<tr><th scope="row">total</th><td></td><td>{self.parameters:,}</td><td>{self.multiply_accumulates:,}</td></tr>'
        caption = f"{html.escape(self.name)}, for one image"
        content = f"<caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}{total}</tbody>"
        return f'<table class="cnnbook-layers">{content}</table>'


def table(model) -> Table:
    """Every layer of a Keras model whose layers the book has met, by arithmetic alone.

    Raises:
        TypeError: a layer is of a kind that the book does not count; the message names it.

    Example:
        >>> from cnnbook.models import two_layer_cnn
        >>> table(two_layer_cnn())
        two_layer_cnn: 15,120 parameters, 250,880 multiply–accumulates an image
    """
    return Table(model.name, tuple(_row(layer) for layer in model.layers))


def _row(layer) -> Row:
    kind, shape = type(layer).__name__, tuple(layer.output.shape[1:])
    counts = (0, "", 0, "")
    if kind == "Conv2D":
        counts = _conv(layer)
    elif kind == "Dense":
        counts = _dense(layer)
    elif kind == "BatchNormalization":
        trainable, fixed = arithmetic.batch_norm_parameters(shape[-1])
        counts = (trainable + fixed, f"2 · {shape[-1]} trained + 2 · {shape[-1]} kept", 0, "")
    elif kind not in ("InputLayer", "Flatten", "LeakyReLU", "ReLU", "Activation", "Dropout", "Softmax"):
        raise TypeError(f"layer {layer.name!r} is a {kind}; the book counts Conv2D, Dense, BatchNormalization and layers without weights")
    return Row(kind, shape, *counts)


def _conv(layer) -> tuple[int, str, int, str]:
    (height, width), channels, filters = layer.kernel_size, layer.input.shape[-1], layer.filters
    depth = channels // layer.groups
    window = f"{height} · {width} · {depth}"
    parameters = arithmetic.conv_parameters(layer.kernel_size, channels, filters, use_bias=layer.use_bias, groups=layer.groups)
    rows, columns = layer.output.shape[1:3]
    multiplied = arithmetic.conv_multiply_accumulates((rows, columns), layer.kernel_size, channels, filters, groups=layer.groups)
    how = f"({window} + 1) · {filters}" if layer.use_bias else f"{window} · {filters}"
    return parameters, how, multiplied, f"{rows} · {columns} · {window} · {filters}"


def _dense(layer) -> tuple[int, str, int, str]:
    inputs, units = layer.input.shape[-1], layer.units
    parameters = arithmetic.dense_parameters(inputs, units, use_bias=layer.use_bias)
    how = f"({inputs:,} + 1) · {units}" if layer.use_bias else f"{inputs:,} · {units}"
    return parameters, how, arithmetic.dense_multiply_accumulates(inputs, units), f"{inputs:,} · {units}"
