"""What the explanations in the chapter on Dropout come to."""

import numpy as np
from scipy.stats import binom

OUTPUTS, KEPT, ERRORS = np.array([3, -1, 2, 5]), np.array([1, 0, 0, 1]), np.array([1, 4, -2, -3])
COINS = binom(128, 0.5)


def factors(drop, seed=0):
    """By what a function that drops a quarter multiplies each of many numbers."""
    return drop(np.ones((50, 4, 3, 40)), 0.25, np.random.default_rng(seed))


def kept(drop):
    return factors(drop) > 0


EXPLAINED = {
    "scale_of_survivors": {
        "that is 1/rate; what counts is the share that survives": lambda: 1 / 0.8,
        "that is the share that survives; they are multiplied by what makes up for the others": lambda: 1 - 0.8,
        "that is the share that is dropped": lambda: 0.8,
        "adding the rate is not enough: one unit in five has to stand for five": lambda: 1 + 0.8,
        "without scaling, the next layer receives a fifth of what it gets in prediction": lambda: 1,
    },
    "errors_behind_dropout": {
        "what was scaled on the way forward is scaled on the way back too": lambda: ERRORS * KEPT,
        "the survivors' errors become larger, not smaller": lambda: ERRORS * KEPT / 2,
        "a unit that was dropped contributed nothing to the loss, so it gets no error": lambda: ERRORS * 2,
        "that is what came in from the next layer; the mask and the scaling are missing": lambda: ERRORS,
        "it is the survivors that get an error": lambda: ERRORS * (1 - KEPT) * 2,
        "that is what the units passed on; the question is about the errors": lambda: OUTPUTS * KEPT * 2,
    },
    "apply_mask": {
        "the survivors are not scaled": lambda x, kept, rate: x * kept,
        "the survivors become smaller; they have to stand for the missing ones too": lambda x, kept, rate: x * kept * (1 - rate),
        "divide by the share that survives, not by the share that is dropped": lambda x, kept, rate: x * kept / rate,
        "it keeps those that should be dropped": lambda x, kept, rate: x * ~kept / (1 - rate),
        "those that are dropped have to become 0": lambda x, kept, rate: x * ~kept + x * kept / (1 - rate),
        "the mask keeps or drops each unit; here all are made smaller": lambda x, kept, rate: x * kept.sum() / kept.size,
        "it divides by the share that survived this time; Dropout divides by the expected share": lambda x, kept, rate: (
            x * kept * kept.size / kept.sum()
        ),
    },
    "survivors: mean": {"that is all of them": lambda: 128},
    "survivors: standard deviation": {
        "that is the variance; take its square root": COINS.var,
        "n · p is the mean; the variance has another factor, 1 − p": lambda: np.sqrt(COINS.mean()),
        "that is the standard deviation of the share, not of the number": lambda: COINS.std() / 128,
        "that is the standard deviation for one unit": binom(1, 0.5).std,
    },
    "variance_before_batch_norm: training": {
        "that would be without Dropout; scaling keeps the mean, not the variance": lambda: 1,
        "half of the squares become 0, but the others become four times as large": lambda: 1 / 2 * 0 + 1 / 2 * 1,
        "the survivors' squares become four times as large, but only half of the units survive": lambda: 2**2,
    },
    "variance_before_batch_norm: prediction": {
        "in prediction nothing is dropped and nothing scaled": lambda: 1 / 2 * 0 + 1 / 2 * 2**2,
        "in prediction nothing is dropped and nothing scaled, so nothing becomes smaller either": lambda: 1 / 2 * 0 + 1 / 2 * 1,
    },
    "what_matters": {
        "a network that gets everything wrong has no gap at all": "smaller gap",
        "that is where learning by heart looks best": "training accuracy",
        "Dropout takes no parameters away": "fewer parameters",
    },
    "drop_whole_maps": {
        "single places are dropped; a map stays or goes as a whole": lambda drop: (kept(drop).any((1, 2)) & ~kept(drop).all((1, 2))).any(),
        "all images lose the same maps; let each image have chances of its own": lambda drop: (
            0 < kept(drop)[0].mean() < 1 and (kept(drop) == kept(drop)[0]).all()
        ),
        "an image loses all of its maps or none; let each map have a chance of its own": lambda drop: (
            0 < kept(drop).mean() < 1 and (kept(drop) == kept(drop)[..., :1]).all()
        ),
        "the survivors are not scaled": lambda drop: {*factors(drop).flat} == {0, 1},
        "the survivors become smaller; they have to stand for the missing ones too": lambda drop: 0 < factors(drop)[kept(drop)].max() < 1,
        "it keeps those that should be dropped": lambda drop: abs(kept(drop).mean() - 0.25) < 0.05,
        "let all chance come from rng: from the same state it must drop the same maps, from another state others": lambda drop: (
            not kept(drop).all() and (factors(drop, seed=0) == factors(drop, seed=1)).all()
        ),
        "nothing is dropped": lambda drop: kept(drop).all(),
    },
}
