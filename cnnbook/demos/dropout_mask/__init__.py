"""Draw one mask of Dropout after another: what each does to the units, and what remains on average."""

import numpy as np
import traitlets
from markupsafe import Markup

from cnnbook.demos.shared.base import Demo, javascript, style
from cnnbook.demos.shared.numbers import short
from cnnbook.demos.shared.traits import Choice, Fixed, Flag, Grid, Place, Whole, inside
from cnnbook.html import element, join, table

RATES = (0, 0.1, 0.25, 0.5, 0.75, 0.9)
MODES = ("training", "prediction")
MOST_DRAWS, MOST_SEED, MOST_SIDE, MOST_VALUE = 2_000, 9_999, 6, 10
UNITS = [
    [1.2, -0.8, 0.5, 2.1, -1.6, 0.3],
    [-0.4, 1.9, -2.3, 0.7, 1.1, -1.2],
    [0.9, -0.2, 1.5, -0.9, 2.4, -1.7],
    [-1.1, 0.6, -0.5, 1.8, -2.0, 1.4],
]

TEXT = {
    "caption": "The outputs of {units} units and, beneath each, what the first mask of Dropout with rate {rate:g} makes of it in training: "
    "{dropped} units are dropped, so that their output is 0, and the others {survivors}.",
    "scaled": "are divided by 1 − {rate:g}",
    "not scaled": "stay as they are",
    "outlook": "Over many masks the mean output of a unit is {mean}. In prediction nothing is dropped or scaled. "
    "With JavaScript you can draw the masks yourself.",
    "mean if scaled": "the value itself",
    "mean if not scaled": "1 − {rate:g} times the value",
}


def uniforms(seed: int, first: int, count: int) -> np.ndarray:
    """`count` numbers in [0, 1) of the generator mulberry32, from number `first` on; the page's script has the same ones.

    Each number depends on the seed and on its place in the stream only, so that any mask can be computed by itself.
    """
    state = np.uint32(seed) + np.arange(first + 1, first + 1 + count, dtype=np.uint32) * np.uint32(0x6D2B79F5)
    mixed = (state ^ (state >> 15)) * (state | 1)
    mixed ^= mixed + (mixed ^ (mixed >> 7)) * (mixed | 61)
    return (mixed ^ (mixed >> 14)) / 2**32


class DropoutMask(Demo):
    """The outputs of a small layer, for which masks are drawn: one after another, or a hundred at once.

    Traits, all synced with the page:
        values: outputs of the units before Dropout, rows of equal length, at most 6 x 6, from -10 to 10.
        rate: the share that is dropped, 0, 0.1, 0.25, 0.5, 0.75 or 0.9.
        mode: "training", or "prediction", in which Dropout changes nothing.
        scale: whether survivors are divided by 1 - rate, as Keras does.
        seed: 0 to 9999; the k-th mask depends on it, on k and on the shape of the values only.
        draws: how many masks have been drawn, 0 to 2000.
        selected: [row, column] of the unit whose arithmetic is written out.

    Raises:
        traitlets.TraitError: a trait is set to something it does not take; the message says what it takes.

    Example:
        >>> DropoutMask(draws=1).outputs()[0].round(2).tolist()
        [1.6, 0.0, 0.0, 0.0, -2.13, 0.4]
    """

    name = "dropout_mask"
    _esm, _css = javascript(name), style(name)

    limits = Fixed({"rates": list(RATES), "modes": list(MODES), "most_draws": MOST_DRAWS, "most_seed": MOST_SEED}).tag(
        sync=True, public=True
    )
    values = Grid(UNITS, most_side=MOST_SIDE, reach=MOST_VALUE).tag(sync=True, public=True)
    rate = Choice(RATES, 0.25).tag(sync=True, public=True)
    mode = Choice(MODES).tag(sync=True, public=True)
    scale = Flag(True).tag(sync=True, public=True)
    seed = Whole(0, most=MOST_SEED).tag(sync=True, public=True)
    draws = Whole(0, most=MOST_DRAWS).tag(sync=True, public=True)
    selected = Place().tag(sync=True, public=True)

    @traitlets.validate("selected")
    def _valid_selected(self, proposal):
        return inside(proposal, *np.shape(self.values), "these values")

    @traitlets.observe("values")
    def _values_changed(self, change):
        self.selected = [min(place, side - 1) for place, side in zip(self.selected, np.shape(self.values), strict=True)]

    def masks(self, n: int) -> np.ndarray:
        """The first `n` masks (n, rows, columns): True where a unit is kept."""
        shape = np.shape(self.values)
        return (uniforms(self.seed, 0, n * shape[0] * shape[1]) >= self.rate).reshape(n, *shape)

    def mask(self, k: int) -> np.ndarray:
        """Mask number `k`, counted from 1 (rows, columns): True where a unit is kept.

        Raises:
            ValueError: `k` is not a number from 1 to 2000.
        """
        if not 1 <= k <= MOST_DRAWS:
            raise ValueError(f"k is {k}; it takes a number from 1 to {MOST_DRAWS}")
        return self.masks(k)[-1]

    def outputs(self) -> np.ndarray:
        """What comes out with the last mask (rows, columns); before the first one, and in prediction, the values as they are."""
        if self.mode == "prediction" or self.draws == 0:
            return np.array(self.values)
        return np.where(self.mask(self.draws), self._if_kept(), 0.0)

    def averages(self) -> np.ndarray:
        """The mean output of each unit over all masks so far (rows, columns); in prediction the values as they are.

        Raises:
            ValueError: the mode is "training" and no mask has been drawn.
        """
        if self.mode == "prediction":
            return np.array(self.values)
        if self.draws == 0:
            raise ValueError("draws is 0; an average takes at least one mask")
        return self._if_kept() * self.masks(self.draws).mean(0)

    def _if_kept(self) -> np.ndarray:
        """What comes out of the units that are kept in training."""
        return np.array(self.values) / (1 - self.rate if self.scale else 1)

    def stand_in(self) -> Markup:
        values, kept = np.array(self.values), self.mask(1)
        after = np.where(kept, self._if_kept(), 0.0)
        pairs = [
            [join((short(v, 2), short(y, 2)), element("br")) for v, y in zip(*row, strict=True)] for row in zip(values, after, strict=True)
        ]
        scaled = "scaled" if self.scale else "not scaled"
        caption = TEXT["caption"].format(
            units=values.size, rate=self.rate, dropped=(~kept).sum(), survivors=TEXT[scaled].format(rate=self.rate)
        )
        outlook = TEXT["outlook"].format(mean=TEXT[f"mean if {scaled}"].format(rate=self.rate))
        head, rows = ["", *range(1, values.shape[1] + 1)], [(i, *row) for i, row in enumerate(pairs, 1)]
        return element("div", table(caption, head, rows, class_="cb-drawn"), element("p", outlook), class_="cnnbook-standin")
