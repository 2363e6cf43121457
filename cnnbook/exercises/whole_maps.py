"""The project of the chapter on Dropout: whole maps are dropped, known by what the function does to many of them."""

from dataclasses import dataclass

import numpy as np

from cnnbook.exercises.mechanics import call, exercise
from cnnbook.exercises.reading import NotAnswered, Wrong, described, shown

RATE, IMAGES, SIDE, CHANNELS = 0.25, 40, 4, 30
CLOSE = 1e-5  # relative; float32 is welcome
FAR = 5  # standard deviations that a share may be off by chance


def dropped(maps, rate, rng, *, drawn=(True, False, False, True), scale=None):
    """Dropout where the axes that are `drawn` get a chance of their own each, and the others share it."""
    kept = rng.random([size if own else 1 for size, own in zip(maps.shape, drawn, strict=True)]) >= rate
    return np.where(kept, maps * (1 / (1 - rate) if scale is None else scale), 0.0)


@dataclass(frozen=True)
class MapDropper:
    """A function (maps, rate, rng) that drops whole maps."""

    right = staticmethod(dropped)

    @property
    def mistakes(self) -> list[tuple[object, str]]:
        """Functions that people write first."""
        return [
            (lambda *case: dropped(*case, drawn=(True, True, True, True)), SINGLE),
            (lambda *case: dropped(*case, drawn=(False, False, False, True)), ALL_IMAGES),
            (lambda *case: dropped(*case, drawn=(True, False, False, False)), ALL_MAPS),
            (lambda *case: dropped(*case, scale=1), UNSCALED),
            (lambda *case: dropped(*case, scale=1 - case[1]), SMALLER),
            (lambda maps, rate, rng: dropped(maps, 1 - rate, rng, scale=1 / (1 - rate)), OTHERS),
            (lambda maps, rate, rng: dropped(maps, rate, np.random.default_rng(0)), ITS_OWN),
            (lambda maps, rate, rng: maps, "nothing is dropped"),
        ]

    def check(self, answer: object) -> None:
        """As `Number.check`."""
        if answer is ...:
            raise NotAnswered
        if not callable(answer):
            raise Wrong(f"expected a function, got {described(answer)}; hand over its name, without brackets")
        maps = np.random.default_rng(3).uniform(0.5, 2, (IMAGES, SIDE, SIDE + 1, CHANNELS))
        given = maps.copy()
        factors = call(answer, (given, RATE, np.random.default_rng(0)), maps) / maps
        self._judge(factors)
        again = [call(answer, (maps.copy(), RATE, np.random.default_rng(seed)), maps) / maps for seed in (0, 1)]
        if not np.array_equal(again[0], factors) or np.array_equal(again[1], factors):
            raise Wrong(ITS_OWN)
        if not np.allclose(call(answer, (maps.copy(), 0, np.random.default_rng(0)), maps), maps, rtol=CLOSE):
            raise Wrong("with a rate of 0 everything stays as it is")
        if not np.array_equal(given, maps):
            raise Wrong("the result is right, but the function also changes what it is given; let it work on a copy")

    def _judge(self, factors: np.ndarray) -> None:
        """By what each number was multiplied."""
        kept = factors != 0
        if kept.all():
            raise Wrong("nothing is dropped")
        if not kept.any():
            raise Wrong("everything is dropped")
        by_map = kept[:, :1, :1, :]
        if not np.array_equal(kept, np.broadcast_to(by_map, kept.shape)):
            raise Wrong(SINGLE)
        if (by_map == by_map[:1]).all():
            raise Wrong(ALL_IMAGES)
        if (by_map == by_map[..., :1]).all():
            raise Wrong(ALL_MAPS)
        share, deviation = 1 - by_map.mean(), np.sqrt(RATE * (1 - RATE) / by_map.size)
        if abs(share - (1 - RATE)) < FAR * deviation:
            raise Wrong(OTHERS)
        if abs(share - RATE) > FAR * deviation:
            raise Wrong(f"with a rate of {RATE} it drops a share of {share:.2f} of {by_map.size} maps, which cannot be chance")
        for factor, why in ((1, UNSCALED), (1 - RATE, SMALLER)):
            if np.allclose(factors[kept], factor, rtol=CLOSE):
                raise Wrong(why)
        if not np.allclose(factors[kept], 1 / (1 - RATE), rtol=CLOSE):
            example = shown(float(factors[kept][0]))
            raise Wrong(f"with a rate of {RATE} survivors are multiplied by {example}; think of the share that is expected to survive")


SINGLE = "single places are dropped; a map stays or goes as a whole"
ALL_IMAGES = "all images lose the same maps; let each image have chances of its own"
ALL_MAPS = "an image loses all of its maps or none; let each map have a chance of its own"
UNSCALED = "the survivors are not scaled"
SMALLER = "the survivors become smaller; they have to stand for the missing ones too"
OTHERS = "it keeps those that should be dropped"
ITS_OWN = "let all chance come from rng: from the same state it must drop the same maps, from another state others"


@exercise
def drop_whole_maps() -> MapDropper:
    """A function (maps, rate, rng): Dropout that drops whole maps of each image."""
    return MapDropper()
