"""Throw Dropout's mask again and again: what it does to each unit, and what remains on average."""

import numpy as np
import traitlets

from cnnbook.demos.shared.base import Demo, javascript, style

RATES = (0, 0.1, 0.25, 0.5, 0.75, 0.9)
MODES = ("training", "prediction")
MOST_THROWS, MOST_SEED, MOST_SIDE, MOST_VALUE = 2_000, 9_999, 6, 10
UNITS = [
    [1.2, -0.8, 0.5, 2.1, -1.6, 0.3],
    [-0.4, 1.9, -2.3, 0.7, 1.1, -1.2],
    [0.9, -0.2, 1.5, -0.9, 2.4, -1.7],
    [-1.1, 0.6, -0.5, 1.8, -2.0, 1.4],
]


def uniforms(seed: int, first: int, count: int) -> np.ndarray:
    """`count` numbers in [0, 1) of the generator mulberry32, from number `first` on; the page's script has the same ones.

    Each number depends on the seed and on its place in the stream only, so that any throw can be computed by itself.
    """
    state = np.uint32(seed) + np.arange(first + 1, first + 1 + count, dtype=np.uint32) * np.uint32(0x6D2B79F5)
    mixed = (state ^ (state >> 15)) * (state | 1)
    mixed ^= mixed + (mixed ^ (mixed >> 7)) * (mixed | 61)
    return (mixed ^ (mixed >> 14)) / 2**32


class DropoutMask(Demo):
    """The outputs of a small layer, on which masks are thrown: one after another, or a hundred at once.

    Traits, all synced with the page:
        values: outputs of the units before Dropout, rows of equal length, at most 6 x 6, from -10 to 10.
        rate: the share that is dropped, 0, 0.1, 0.25, 0.5, 0.75 or 0.9.
        mode: "training", or "prediction", in which Dropout changes nothing.
        scale: whether survivors are divided by 1 - rate, as Keras does.
        seed: 0 to 9999; the k-th mask depends on it, on k and on the shape of the values only.
        throws: how many masks have been thrown, 0 to 2000.
        selected: [row, column] of the unit whose arithmetic is written out.

    Raises:
        traitlets.TraitError: a trait is set to something it does not take; the message says what it takes.

    Example:
        >>> DropoutMask(throws=1).outputs()[0].round(2).tolist()
        [1.6, 0.0, 0.0, 0.0, -2.13, 0.4]
    """

    name = "dropout_mask"
    _esm, _css = javascript(name), style(name)

    values = traitlets.List(UNITS).tag(sync=True, public=True)
    rate = traitlets.Float(0.25).tag(sync=True, public=True)
    mode = traitlets.Enum(MODES, "training").tag(sync=True, public=True)
    scale = traitlets.Bool(True).tag(sync=True, public=True)
    seed = traitlets.Int(0).tag(sync=True, public=True)
    throws = traitlets.Int(0).tag(sync=True, public=True)
    selected = traitlets.List([0, 0]).tag(sync=True, public=True)

    @traitlets.validate("values")
    def _valid_values(self, proposal):
        try:
            values = np.array(proposal.value, float)
        except (TypeError, ValueError):
            values = np.empty(0)
        good = values.ndim == 2 and min(values.shape) >= 1 and max(values.shape) <= MOST_SIDE and (np.abs(values) <= MOST_VALUE).all()
        if not good:
            raise traitlets.TraitError(
                f"values is {proposal.value!r}; it takes 1 to {MOST_SIDE} rows of equally many numbers, 1 to {MOST_SIDE}, "
                f"each from -{MOST_VALUE} to {MOST_VALUE}"
            )
        return values.tolist()

    @traitlets.validate("rate")
    def _valid_rate(self, proposal):
        if proposal.value not in RATES:
            raise traitlets.TraitError(f"rate is {proposal.value}; it takes one of {', '.join(map(str, RATES))}")
        return proposal.value

    @traitlets.validate("seed", "throws")
    def _valid_count(self, proposal):
        most = MOST_SEED if proposal.trait.name == "seed" else MOST_THROWS
        if isinstance(proposal.value, bool) or not 0 <= proposal.value <= most:
            raise traitlets.TraitError(f"{proposal.trait.name} is {proposal.value}; it takes a whole number from 0 to {most}")
        return proposal.value

    @traitlets.validate("selected")
    def _valid_selected(self, proposal):
        place, shape = proposal.value, np.shape(self.values)
        if len(place) != 2 or not all(type(v) is int and 0 <= v < side for v, side in zip(place, shape, strict=True)):
            raise traitlets.TraitError(
                f"selected is {place!r}; it takes [row, column], row from 0 to {shape[0] - 1}, column from 0 to {shape[1] - 1}"
            )
        return place

    @traitlets.observe("values")
    def _values_changed(self, change):
        self.selected = [min(place, side - 1) for place, side in zip(self.selected, np.shape(self.values), strict=True)]

    def masks(self, n: int) -> np.ndarray:
        """The first `n` masks (n, rows, columns): True where a unit is kept."""
        shape = np.shape(self.values)
        return (uniforms(self.seed, 0, n * shape[0] * shape[1]) >= self.rate).reshape(n, *shape)

    def mask(self, k: int) -> np.ndarray:
        """The mask of throw `k`, counted from 1 (rows, columns): True where a unit is kept.

        Raises:
            ValueError: `k` is not one of the throws from 1 to 2000.
        """
        if not 1 <= k <= MOST_THROWS:
            raise ValueError(f"k is {k}; it takes a throw from 1 to {MOST_THROWS}")
        return self.masks(k)[-1]

    def outputs(self) -> np.ndarray:
        """What comes out in the last throw (rows, columns); before the first throw, and in prediction, the values as they are."""
        if self.mode == "prediction" or self.throws == 0:
            return np.array(self.values)
        return np.where(self.mask(self.throws), self._if_kept(), 0.0)

    def averages(self) -> np.ndarray:
        """The mean output of each unit over all throws so far (rows, columns); in prediction the values as they are.

        Raises:
            ValueError: the mode is "training" and no mask has been thrown.
        """
        if self.mode == "prediction":
            return np.array(self.values)
        if self.throws == 0:
            raise ValueError("throws is 0; an average takes at least one throw")
        return self._if_kept() * self.masks(self.throws).mean(0)

    def _if_kept(self) -> np.ndarray:
        """What comes out of the units that are kept in training."""
        return np.array(self.values) / (1 - self.rate if self.scale else 1)

    def stand_in(self) -> str:
        values, kept = np.array(self.values), self.mask(1)
        after = np.where(kept, self._if_kept(), 0.0)
        pairs = [[f"{_text(v)}<br>{_text(y)}" for v, y in zip(*row, strict=True)] for row in zip(values, after, strict=True)]
        rows = "".join(f'<tr><th scope="row">{i}</th><td>{"</td><td>".join(row)}</td></tr>' for i, row in enumerate(pairs, 1))
        columns = "".join(f'<th scope="col">{j}</th>' for j in range(1, values.shape[1] + 1))
        survivors = f"are divided by 1 − {self.rate:g}" if self.scale else "stay as they are"
        mean = "the value itself" if self.scale else f"1 − {self.rate:g} times the value"
        return (
            f'<div class="cnnbook-standin"><table class="cb-thrown"><caption>The outputs of {values.size} units and, beneath each, '
            f"what the first mask of Dropout with rate {self.rate:g} makes of it in training: {(~kept).sum()} units are dropped, so that "
            f"their output is 0, and the others {survivors}.</caption><thead><tr><td></td>{columns}</tr></thead>"
            f"<tbody>{rows}</tbody></table><p>Over many masks the mean output of a unit is {mean}. In prediction nothing is dropped "
            "or scaled. With JavaScript you throw the masks yourself.</p></div>"
        )


def _text(value: float) -> str:
    """At most two decimals and a true minus, as the page writes numbers."""
    return f"{round(value, 2) + 0.0:g}".replace("-", "−")
