"""A batch to play with: move its values and see what BatchNormalization makes of them, in training and in prediction."""

import numpy as np
import traitlets
from markupsafe import Markup

from cnnbook import reference
from cnnbook.demos.shared.base import Demo, javascript, style
from cnnbook.demos.shared.numbers import short
from cnnbook.demos.shared.traits import Choice, Finite, Fixed, Several, Whole, refuse
from cnnbook.html import element, table

FEWEST, MOST, REACH = 2, 8, 5
MOST_VARIANCE = REACH**2  # of values that reach from -REACH to REACH
MOST_EPSILON = 1
MOMENTUM_BELOW = 1
MODES = ("training", "prediction")
DIGITS = 3

TEXT = {
    "training": "the batch's",
    "prediction": "the moving",
    "about": "One channel of a batch, normalised in {mode} with {of} mean {mean} and variance {variance}, ε {epsilon:g}, γ {gamma} and "
    "β {beta}. With JavaScript you can move the values.",
    "caption": "The batch",
    "head": ("number", "value", "result"),
    "lines": "Two number lines: the values above, their results below, each joined to its own. The table has the numbers.",
}


class NormalizedBatch(Demo):
    """One channel of BatchNormalization on a batch of a few numbers.

    Traits, all synced with the page:
        values: the batch, 2 to 8 numbers from -5 to 5.
        gamma, beta: what the layer learns, from -5 to 5.
        epsilon: added to the variance, above 0 and at most 1.
        momentum: the weight of the old moving statistics in a step, from 0 to below 1.
        mode: "training" normalises with the batch's own mean and variance, "prediction" with the moving ones.
        moving_mean (-5 to 5), moving_variance (0 to 25), steps: what training steps have left, and how many there were.
        selected: the value whose calculation is written out, counted from 0.

    Raises:
        traitlets.TraitError: a trait is set to something it does not take; the message says what it takes.

    Example:
        >>> NormalizedBatch(values=[1, 3], epsilon=1).normalized().round(3).tolist()
        [-0.707, 0.707]
    """

    name = "normalized_batch"
    _esm, _css = javascript(name), style(name)

    limits = Fixed({"fewest": FEWEST, "most": MOST, "reach": REACH, "momentum_below": MOMENTUM_BELOW}).tag(sync=True, public=True)
    values = Several(
        Finite(least=-REACH, most=REACH),
        f"{FEWEST} to {MOST} numbers from -{REACH} to {REACH}",
        [3.0, 4.5, -1.0, 2.5, 1.0, 2.0],
        least=FEWEST,
        most=MOST,
    ).tag(sync=True, public=True)
    gamma = Finite(1.0, least=-REACH, most=REACH).tag(sync=True, public=True)
    beta = Finite(0.0, least=-REACH, most=REACH).tag(sync=True, public=True)
    epsilon = Finite(0.001, above=0, most=MOST_EPSILON).tag(sync=True, public=True)
    momentum = Finite(0.9, least=0, below=MOMENTUM_BELOW).tag(sync=True, public=True)
    mode = Choice(MODES).tag(sync=True, public=True)
    moving_mean = Finite(0.0, least=-REACH, most=REACH).tag(sync=True, public=True)
    moving_variance = Finite(1.0, least=0, most=MOST_VARIANCE).tag(sync=True, public=True)
    steps = Whole(0).tag(sync=True, public=True)
    selected = Whole(0, most=MOST - 1).tag(sync=True, public=True)

    @traitlets.validate("selected")
    def _valid_selected(self, proposal):
        if proposal.value >= len(self.values):
            refuse("selected", proposal.value, f"a whole number from 0 to {len(self.values) - 1}", f"{len(self.values)} values")
        return proposal.value

    @traitlets.observe("values")
    def _values_changed(self, change):
        self.selected = min(self.selected, len(self.values) - 1)

    def batch_statistics(self) -> tuple[float, float]:
        """Mean and (biased) variance of the batch."""
        return float(np.mean(self.values)), float(np.var(self.values))

    def statistics(self) -> tuple[float, float]:
        """The mean and variance that the present mode normalises with."""
        return self.batch_statistics() if self.mode == "training" else (self.moving_mean, self.moving_variance)

    def normalized(self) -> np.ndarray:
        """The results, one for each value: (values,)."""
        parameters = ([number] for number in (self.gamma, self.beta, *self.statistics()))
        return reference.batch_norm(np.array(self.values)[:, None], *parameters, epsilon=self.epsilon)[:, 0]

    def step(self) -> None:
        """Show the batch once: move the moving statistics towards the batch's, as a training step of Keras does.

        Raises:
            ValueError: `mode` is "prediction", which leaves them as they are.
        """
        if self.mode != "training":
            raise ValueError(f'mode is "{self.mode}"; a step takes "training"')
        old, new = (self.moving_mean, self.moving_variance), self.batch_statistics()
        with self.hold_sync():
            self.moving_mean, self.moving_variance = (
                self.momentum * before + (1 - self.momentum) * now for before, now in zip(old, new, strict=True)
            )
            self.steps += 1

    def stand_in(self) -> Markup:
        mean, variance, gamma, beta = (short(number, DIGITS) for number in (*self.statistics(), self.gamma, self.beta))
        results = self.normalized()
        of = TEXT[self.mode]
        about = TEXT["about"].format(mode=self.mode, of=of, mean=mean, variance=variance, epsilon=self.epsilon, gamma=gamma, beta=beta)
        pairs = zip(self.values, results, strict=True)
        rows = [(n, short(value, DIGITS), short(result, DIGITS)) for n, (value, result) in enumerate(pairs, 1)]
        return element(
            "div",
            _two_lines(self.values, results),
            element("p", about),
            table(TEXT["caption"], TEXT["head"], rows),
            class_="cnnbook-standin",
        )


def _two_lines(values, results) -> Markup:
    """An inline <svg> in the colour of the text: the values on a number line, the results on one below, each joined to its own."""
    reach = max(REACH, *np.ceil(np.abs(results)))
    above, below, middle, half = 50, 130, 240, 220
    joins, labels = [], []

    def label(x: float, y: int, text: object) -> None:
        labels.append(element("text", text, x=f"{x:.1f}", y=y))

    for rank, n in enumerate(np.argsort(values)):
        x, y = (middle + half * number / reach for number in (values[n], results[n]))
        lift = 12 + 14 * (rank % 2)  # neighbours' numbers stand at two heights
        joins.append(element("path", d=f"M{x:.1f} {above - lift + 6}V{above}L{y:.1f} {below}v{lift - 6}"))
        label(x, above - lift + 2, n + 1)
        label(y, below + lift + 6, n + 1)
    for place in (-reach, 0, reach):
        x = middle + half * place / reach
        joins += [element("path", d=f"M{x:.1f} {line - 4}v8") for line in (above, below)]
        label(x, above + 18, short(place, DIGITS))
        label(x, below - 10, short(place, DIGITS))
    lines = [element("path", stroke_width=2, d=f"M{middle - half} {line}h{2 * half}") for line in (above, below)]
    return element(
        "svg",
        element("g", *lines, *joins, fill="none", stroke="currentColor"),
        element("g", *labels, fill="currentColor", font_size=13, text_anchor="middle"),
        role="img",
        aria_label=TEXT["lines"],
        viewBox="0 0 480 170",
        width=480,
        height=170,
        style="max-width: 100%; height: auto",
    )
