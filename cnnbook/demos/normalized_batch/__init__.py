"""A batch to play with: move its values and see what BatchNormalization makes of them, in training and in prediction."""

import html
import numbers

import numpy as np
import traitlets

from cnnbook import reference
from cnnbook.demos.shared.base import Demo, finite, javascript, style

FEWEST, MOST, REACH = 2, 8, 5
MODES = ("training", "prediction")


class NormalizedBatch(Demo):
    """One channel of BatchNormalization on a batch of a few numbers.

    Traits, all synced with the page:
        values: the batch, 2 to 8 numbers from -5 to 5.
        gamma, beta: what the layer learns, from -5 to 5.
        epsilon: added to the variance, above 0 and at most 1.
        momentum: the weight of the old moving statistics in a step, from 0 to below 1.
        mode: "training" normalises with the batch's own mean and variance, "prediction" with the moving ones.
        moving_mean, moving_variance, steps: what training steps have left, and how many there were.
        selected: the value whose calculation is written out, counted from 0.

    Raises:
        traitlets.TraitError: a trait is set to something it does not take; the message says what it takes.

    Example:
        >>> NormalizedBatch(values=[1, 3], epsilon=1).normalized().round(3).tolist()
        [-0.707, 0.707]
    """

    name = "normalized_batch"
    _esm, _css = javascript(name), style(name)

    values = traitlets.List([3.0, 4.5, -1.0, 2.5, 1.0, 2.0]).tag(sync=True, public=True)
    gamma = traitlets.Float(1.0).tag(sync=True, public=True)
    beta = traitlets.Float(0.0).tag(sync=True, public=True)
    epsilon = traitlets.Float(0.001).tag(sync=True, public=True)
    momentum = traitlets.Float(0.9).tag(sync=True, public=True)
    mode = traitlets.Unicode("training").tag(sync=True, public=True)
    moving_mean = traitlets.Float(0.0).tag(sync=True, public=True)
    moving_variance = traitlets.Float(1.0).tag(sync=True, public=True)
    steps = traitlets.Int(0).tag(sync=True, public=True)
    selected = traitlets.Int(0).tag(sync=True, public=True)

    @traitlets.validate("values")
    def _valid_values(self, proposal):
        values = proposal.value
        if not FEWEST <= len(values) <= MOST or not all(isinstance(v, numbers.Real) and -REACH <= v <= REACH for v in values):
            raise traitlets.TraitError(f"values is {values!r}; it takes {FEWEST} to {MOST} numbers from -{REACH} to {REACH}")
        return [float(value) for value in values]

    @traitlets.validate("gamma", "beta")
    def _valid_scale(self, proposal):
        _check(proposal, -REACH <= proposal.value <= REACH, f"a number from -{REACH} to {REACH}")
        return proposal.value

    @traitlets.validate("epsilon")
    def _valid_epsilon(self, proposal):
        _check(proposal, 0 < proposal.value <= 1, "a number above 0 and at most 1")
        return proposal.value

    @traitlets.validate("momentum")
    def _valid_momentum(self, proposal):
        _check(proposal, 0 <= proposal.value < 1, "a number of at least 0 and below 1")
        return proposal.value

    @traitlets.validate("mode")
    def _valid_mode(self, proposal):
        _check(proposal, proposal.value in MODES, " or ".join(f'"{mode}"' for mode in MODES))
        return proposal.value

    @traitlets.validate("moving_mean")
    def _valid_moving_mean(self, proposal):
        return finite("moving_mean", proposal.value)

    @traitlets.validate("moving_variance")
    def _valid_moving_variance(self, proposal):
        _check(proposal, 0 <= proposal.value < np.inf, "a finite number of at least 0")
        return proposal.value

    @traitlets.validate("steps")
    def _valid_steps(self, proposal):
        _check(proposal, proposal.value >= 0, "a whole number of at least 0")
        return proposal.value

    @traitlets.validate("selected")
    def _valid_selected(self, proposal):
        _check(proposal, 0 <= proposal.value < len(self.values), f"a whole number from 0 to {len(self.values) - 1}")
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

    def stand_in(self) -> str:
        mean, variance = self.statistics()
        results = self.normalized()
        of = "the batch's" if self.mode == "training" else "the moving"
        about = (
            f"One channel of a batch, normalised in {self.mode} with {of} mean {_short(mean)} and variance {_short(variance)}, "
            f"ε {self.epsilon:g}, γ {_short(self.gamma)} and β {_short(self.beta)}. With JavaScript you can move the values."
        )
        rows = "".join(
            f'<tr><th scope="row">{n}</th><td>{_short(value)}</td><td>{_short(result)}</td></tr>'
            for n, (value, result) in enumerate(zip(self.values, results, strict=True), 1)
        )
        head = "".join(f'<th scope="col">{title}</th>' for title in ("number", "value", "result"))
        return (
            f'<div class="cnnbook-standin">{_two_lines(self.values, results)}<p>{html.escape(about)}</p>'
            f"<table><caption>The batch</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
        )


def _check(proposal, good: bool, takes: str) -> None:
    if not good:
        raise traitlets.TraitError(f"{proposal.trait.name} is {proposal.value!r}; it takes {takes}")


def _short(value: float) -> str:
    """At most three decimals, with a true minus."""
    text = f"{abs(value):.3f}".rstrip("0").rstrip(".")
    return f"−{text}" if value < 0 and text != "0" else text


def _two_lines(values, results) -> str:
    """An inline <svg> in the colour of the text: the values on a number line, the results on one below, each joined to its own."""
    reach = max(REACH, *np.ceil(np.abs(results)))
    above, below, middle, half = 50, 130, 240, 220
    joins, labels = [], []
    for rank, n in enumerate(np.argsort(values)):
        x, y = (middle + half * number / reach for number in (values[n], results[n]))
        lift = 12 + 14 * (rank % 2)  # neighbours' numbers stand at two heights
        joins.append(f'<path d="M{x:.1f} {above - lift + 6}V{above}L{y:.1f} {below}v{lift - 6}"/>')
        labels.append(f'<text x="{x:.1f}" y="{above - lift + 2}">{n + 1}</text><text x="{y:.1f}" y="{below + lift + 6}">{n + 1}</text>')
    for place in (-reach, 0, reach):
        x = middle + half * place / reach
        joins += [f'<path d="M{x:.1f} {line - 4}v8"/>' for line in (above, below)]
        labels += [f'<text x="{x:.1f}" y="{height}">{_short(place)}</text>' for height in (above + 18, below - 10)]
    lines = "".join(f'<path stroke-width="2" d="M{middle - half} {line}h{2 * half}"/>' for line in (above, below))
    alt = "Two number lines: the values above, their results below, each joined to its own. The table has the numbers."
    return (
        f'<svg role="img" aria-label="{alt}" viewBox="0 0 480 170" width="480" height="170" style="max-width: 100%; height: auto">'
        f'<g fill="none" stroke="currentColor">{lines}{"".join(joins)}</g>'
        f'<g fill="currentColor" font-size="13" text-anchor="middle">{"".join(labels)}</g></svg>'
    )
