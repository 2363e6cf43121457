"""The table: a row for each call, with its counts and the arithmetic that gives them."""

import math
from collections import Counter
from dataclasses import dataclass
from itertools import groupby

from cnnbook import html
from cnnbook.inspection.counting import Sizes, products
from cnnbook.inspection.graph import Call, calls


@dataclass(frozen=True)
class Row:
    """One use of a layer: its class, its output shape without the batch, its counts and how each is worked out, and its name.

    The name of a layer within a model within the model begins with that model's name and a slash.
    """

    layer: str
    output_shape: Sizes
    parameters: int
    parameters_how: str
    multiply_accumulates: int
    multiply_accumulates_how: str
    name: str


@dataclass(frozen=True)
class Table:
    """The rows of a model, shown by a notebook as an HTML table with headings for rows and columns."""

    name: str
    rows: tuple[Row, ...]

    @property
    def parameters(self) -> int:
        """Of all layers, trained or not."""
        return sum(row.parameters for row in self.rows)

    @property
    def multiply_accumulates(self) -> int:
        """Of all layers, for one image."""
        return sum(row.multiply_accumulates for row in self.rows)

    def __repr__(self) -> str:
        return f"{self.name}: {self.parameters:,} parameters, {self.multiply_accumulates:,} multiply–accumulates per image"

    def _repr_html_(self) -> str:
        uses = Counter(row.name for row in self.rows)
        rows = [_cells(row, named=uses[row.name] > 1 or "/" in row.name) for row in self.rows]
        total = ["total", "", f"{self.parameters:,}", f"{self.multiply_accumulates:,}"]
        titles = ["layer", "output shape", "parameters", "multiply–accumulates"]
        return str(html.table(f"{self.name}, for one image", titles, [*rows, total], class_="cnnbook-layers"))


def table(model) -> Table:
    """Every use of a layer in a Keras model, in the order of computation, with what it has to learn and how much it multiplies.

    The rows are those of the model's own graph: a layer that is used twice has two rows, each with the work at its own shapes, and
    its parameters stand in the first. The layers of a model within the model have rows of their own. The parameters are the numbers
    in the layer's weights, whether they are trained or not, so their total is `model.count_params()`. A multiply–accumulate is one
    product with a weight of a convolution or a dense layer, and its addition; what counts is said in `cnnbook.inspection.counting`.

    Raises:
        TypeError: `model` is not a Keras model or has no graph of layers; or a layer, which the message names, is of a kind that
            the book does not count, for instance a recurrent or attention layer, a Lambda, or a class that is not Keras's own.
        ValueError: the model does not know its input or has sizes that are not fixed; or the weights of a layer, which the message
            names, are not those of its kind; or the model has weights that none of these layers use.

    Example:
        >>> from cnnbook.models import two_layer_cnn
        >>> table(two_layer_cnn())
        two_layer_cnn: 15,120 parameters, 250,880 multiply–accumulates per image
    """
    counted, rows = set(), []
    for call in calls(model):
        rows.append(_row(call, counted))
        counted |= {id(weight) for weight in getattr(call.layer, "weights", ())}
    found = Table(model.name, tuple(rows))
    if found.parameters != model.count_params():
        raise ValueError(
            f"model {model.name!r} has {model.count_params():,} parameters, but the layers between its inputs and outputs have "
            f"{found.parameters:,}; leave out the layers that are not used"
        )
    return found


def _row(call: Call, counted: set[int]) -> Row:
    weights = getattr(call.layer, "weights", ())
    new = [weight for weight in weights if id(weight) not in counted]
    parameters, work = sum(math.prod(weight.shape) for weight in new), products(call)
    return Row(
        layer=type(call.layer).__name__,
        output_shape=call.output,
        parameters=parameters,
        parameters_how=" + ".join(filter(None, (_parameters_how(new), "counted above" if len(new) < len(weights) else ""))),
        multiply_accumulates=sum(math.prod((*positions, *kernel)) for positions, kernel in work),
        multiply_accumulates_how=" + ".join(_product((*positions, *kernel)) for positions, kernel in work),
        name=call.name,
    )


def _parameters_how(weights: list) -> str:
    """The numbers in these weights, from their shapes; what training does not change by its gradient is called "kept"."""
    groups = [(trained, [tuple(weight.shape) for weight in group]) for trained, group in groupby(weights, lambda weight: weight.trainable)]
    if all(trained for trained, _ in groups):
        return " + ".join(_sum(shapes) for _, shapes in groups)
    return " + ".join(f"{_sum(shapes)} {'trained' if trained else 'kept'}" for trained, shapes in groups)


def _sum(shapes: list[Sizes]) -> str:
    if len(shapes) == 2 and len(shapes[0]) > 1 and shapes[1] == shapes[0][-1:]:  # each filter, or unit, has its weights and a bias
        return f"({_product(shapes[0][:-1])} + 1) · {_product(shapes[1])}"
    runs = [(shape, len(list(run))) for shape, run in groupby(shapes)]
    return " + ".join(_product((times, *shape) if times > 1 else shape) for shape, times in runs)


def _product(sizes: Sizes) -> str:
    return " · ".join(f"{size:,}" for size in sizes) or "1"


def _cells(row: Row, *, named: bool) -> list:
    """What stands in a row of the HTML table."""
    return [
        _with_note(row.layer, row.name if named else ""),
        " × ".join(map(str, row.output_shape)),
        _with_note(f"{row.parameters:,}", row.parameters_how),
        _with_note(f"{row.multiply_accumulates:,}", row.multiply_accumulates_how),
    ]


def _with_note(text: str, note: str) -> object:
    """A text, and a small one beneath it if there is one."""
    return html.join([text, html.element("br"), html.element("small", note)]) if note else text
