"""A network small enough for every number to be seen: forward, and how the error flows back through it."""

import numpy as np
import traitlets

from cnnbook import reference
from cnnbook.demos.shared.base import Demo, javascript, style
from cnnbook.demos.shared.numbers import short
from cnnbook.demos.shared.traits import Choice, Finite, Fixed, Place, Several, Whole, inside
from cnnbook.html import element, table

MOST = 10  # how far from 0 a pixel may be, and a weight that is typed
RATES = (0.1, 0.5, 1)
SHAPES = {
    "image": (4, 4),
    "kernel": (3, 3),
    "bias": (1, 1),
    "sums": (4, 4),
    "map": (4, 4),
    "pooled": (2, 2),
    "weights": (4, 2),
    "biases": (1, 2),
    "logits": (1, 2),
    "probabilities": (1, 2),
    "loss": (1, 1),
}
PARAMETERS = ("kernel", "bias", "weights", "biases")
# The parts that the error has reached after so many steps back; none before the first.
STAGES = (
    (),
    ("loss", "probabilities", "logits"),
    ("biases", "weights", "pooled"),
    ("map",),
    ("sums",),
    ("bias", "kernel", "image"),
)


def numbers(part: str, default: list[list[float]], reach: float = MOST) -> Several:
    """A table of the part's shape, with numbers at most `reach` from 0."""
    rows, columns = SHAPES[part]
    row = Several(Finite(least=-reach, most=reach), "", least=columns, most=columns)
    takes = f"{rows} rows of {columns} numbers from -{reach} to {reach}"
    return Several(row, takes, default, least=rows, most=rows)


class WayBack(Demo):
    """An image of 4 x 4 pixels, one 3 x 3 filter ("same" padding), ReLU, 2 x 2 max pooling, and a dense layer for two classes.

    Traits, all synced with the page:
        image, kernel, bias, weights, biases: tables of numbers, each part in the shape that `SHAPES` names, from -10 to 10; what steps of
            training make of the parameters may go up to 1000.
        label: the right class, 0 or 1.
        rate: the learning rate of a step, 0.1, 0.5 or 1.
        stage: how far back the error has come, from 0 (not at all) to 5 (to the filter and the image).
        part, position: the chosen number, [row, column] of one of the parts.

    Raises:
        traitlets.TraitError: a trait is set to something it does not take; the message says what it takes.

    Example:
        >>> demo = WayBack()
        >>> before = demo.forward()["loss"].item()
        >>> demo.step()
        >>> bool(demo.forward()["loss"].item() < before)
        True
    """

    name = "way_back"
    _esm, _css = javascript(name), style(name)

    limits = Fixed({"most": MOST, "rates": list(RATES), "stages": [list(parts) for parts in STAGES]}).tag(sync=True, public=True)
    image = numbers("image", [[0, 1, 1, 0], [0, 1, -1, 0], [0, 2, 0, 0], [0, 1, 0, -1]]).tag(sync=True, public=True)
    kernel = numbers("kernel", [[-0.2, 0.5, -0.4], [-0.5, 1, -0.1], [0, 0.6, -0.3]], 1000).tag(sync=True, public=True)
    bias = numbers("bias", [[0.2]], 1000).tag(sync=True, public=True)
    weights = numbers("weights", [[0.5, -0.5], [-0.3, 0.4], [-0.2, 0.3], [0.6, 0.1]], 1000).tag(sync=True, public=True)
    biases = numbers("biases", [[0, 0.2]], 1000).tag(sync=True, public=True)
    label = Whole(1, most=1).tag(sync=True, public=True)
    rate = Choice(RATES, 0.1).tag(sync=True, public=True)
    stage = Whole(0, most=len(STAGES) - 1).tag(sync=True, public=True)
    part = Choice(SHAPES, "kernel").tag(sync=True, public=True)
    position = Place().tag(sync=True, public=True)

    @traitlets.validate("position")
    def _valid_position(self, proposal):
        return inside(proposal, *SHAPES[self.part], f"part={self.part!r}")

    @traitlets.observe("part")
    def _part_chosen(self, change):
        self.position = [min(place, side - 1) for place, side in zip(self.position, SHAPES[change.new], strict=True)]

    def _arrays(self) -> dict[str, np.ndarray]:
        return {name: np.array(getattr(self, name)) for name in ("image", *PARAMETERS)}

    def forward(self) -> dict[str, np.ndarray]:
        """The numbers of every part, in its shape, computed by `reference`."""
        given = self._arrays()
        pixels, kernel = given["image"][None, :, :, None], given["kernel"][:, :, None, None]
        sums = reference.conv2d(pixels, kernel, given["bias"][0], padding="same")
        feature_map = reference.relu(sums)
        pooled = reference.max_pool2d(feature_map)
        logits = reference.dense(pooled.reshape(1, -1), given["weights"], given["biases"][0])
        made = {"sums": sums[0, :, :, 0], "map": feature_map[0, :, :, 0], "pooled": pooled[0, :, :, 0], "logits": logits}
        loss = reference.softmax_cross_entropy(logits, self._one_hot())
        return {**given, **made, "probabilities": reference.softmax(logits), "loss": np.array([[loss]])}

    def errors(self) -> dict[str, np.ndarray]:
        """How fast the loss grows with each number of every part, in its shape, computed by `reference`."""
        parts = self.forward()
        feature_map, sums = (parts[name][None, :, :, None] for name in ("map", "sums"))
        logits = reference.softmax_cross_entropy_gradients(parts["logits"], self._one_hot())
        row, weights, biases = reference.dense_gradients(parts["pooled"].reshape(1, -1), parts["weights"], logits)
        of_map = reference.max_pool2d_gradients(feature_map, row.reshape(1, 2, 2, 1))
        of_sums = reference.relu_gradients(sums, of_map)
        pixels, kernel = parts["image"][None, :, :, None], parts["kernel"][:, :, None, None]
        of_image, of_kernel, of_bias = reference.conv2d_gradients(pixels, kernel, of_sums, padding="same")
        right = self._one_hot() > 0
        with np.errstate(divide="ignore"):  # of a probability too small for any number but 0 the error is infinite
            of_probabilities = np.divide(-1, parts["probabilities"], out=np.zeros((1, 2)), where=right)
        return {
            "image": of_image[0, :, :, 0],
            "kernel": of_kernel[:, :, 0, 0],
            "bias": of_bias[None],
            "sums": of_sums[0, :, :, 0],
            "map": of_map[0, :, :, 0],
            "pooled": row.reshape(2, 2),
            "weights": weights,
            "biases": biases[None],
            "logits": logits,
            "probabilities": of_probabilities,
            "loss": np.ones((1, 1)),
        }

    def step(self) -> None:
        """One step of gradient descent: each parameter goes against its slope, times `rate`."""
        errors = self.errors()
        with self.hold_trait_notifications():
            for name in PARAMETERS:
                setattr(self, name, reference.sgd_update(getattr(self, name), errors[name], learning_rate=self.rate).tolist())

    def _one_hot(self) -> np.ndarray:
        return np.eye(2)[[self.label]]

    def stand_in(self) -> str:
        parts, errors = self.forward(), self.errors()
        rows = [(name, _lines(parts[name], 2), _lines(errors[name], 3)) for name in SHAPES]
        caption = (
            "A small network, part by part: its numbers on the way forward, and the error of each, which is how fast the loss grows "
            "with it. With JavaScript you see the error flow back, change numbers and let the network take steps."
        )
        return element("div", table(caption, ["part", "numbers", "errors"], rows), class_="cnnbook-standin")


def _lines(values: np.ndarray, digits: int):
    """A table of numbers in one cell, a line for each row."""
    lines = [", ".join(short(value, digits) for value in row) for row in values.tolist()]
    return element("span", *(piece for line in lines for piece in (line, element("br"))))
