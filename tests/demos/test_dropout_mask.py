"""The demo of Dropout's mask, its Python side: against Keras, against reference.dropout, and against chance."""

import re
from itertools import pairwise

import numpy as np
import pytest
import traitlets
from scipy import stats

from cnnbook.demos import DropoutMask
from cnnbook.demos.dropout_mask import MOST_DRAWS, RATES, uniforms
from cnnbook.keras_quietly import layers
from cnnbook.reference import dropout

UNITS = 24
CHANCE = 1e-6  # how seldom a bound below fails by chance alone; the seeds are fixed, so it fails always or never


class Numbers(np.random.Generator):
    """A generator of NumPy's that gives the demo's uniform numbers, one mask after another."""

    def __init__(self, seed):
        super().__init__(np.random.PCG64())
        self.seed, self.given = seed, 0

    def random(self, shape):
        count = int(np.prod(shape))
        self.given += count
        return uniforms(self.seed, self.given - count, count).reshape(shape)


def after(demo: DropoutMask, draws: int) -> np.ndarray:
    """The outputs with mask number `draws`."""
    demo.draws = draws
    return demo.outputs()


def test_the_numbers_are_those_of_mulberry32_as_published():
    """Computed one after another in Python's integers, with the generator's running state."""

    def published(seed, count):
        state, low = seed, 2**32 - 1
        for _ in range(count):
            state = (state + 0x6D2B79F5) & low
            t = (state ^ state >> 15) * (state | 1) & low
            t ^= (t + ((t ^ t >> 7) * (t | 61) & low)) & low
            yield (t ^ t >> 14) / 2**32

    for seed in (0, 1, 9_999):
        assert uniforms(seed, 0, 500).tolist() == list(published(seed, 500))
    assert uniforms(7, 100, 50).tolist() == uniforms(7, 0, 150)[100:].tolist()


@pytest.mark.parametrize("rate", RATES)
def test_each_masks_outputs_are_reference_dropouts_for_the_same_random_numbers(rate):
    demo, numbers = DropoutMask(rate=rate, seed=3), Numbers(3)
    for k in range(1, 20):
        np.testing.assert_array_equal(after(demo, k), dropout(np.array(demo.values), rate, numbers))


@pytest.mark.parametrize("rate", RATES)
def test_survivors_are_scaled_by_the_very_factor_of_keras(rate):
    ones = np.ones((1, 2_000), "float32")
    factors = np.unique(layers.Dropout(rate, seed=0)(ones, training=True))
    demo = DropoutMask(values=[[1.0] * 6] * 6, rate=rate)
    shown = [after(demo, k) for k in range(1, 10)]
    np.testing.assert_array_equal(np.unique(np.float32(shown)), factors)


@pytest.mark.parametrize("rate", RATES)
def test_in_prediction_the_outputs_are_the_values_as_in_keras(rate):
    demo = DropoutMask(rate=rate, mode="prediction", draws=50)
    expected = layers.Dropout(rate)(np.float32(demo.values), training=False)
    np.testing.assert_array_equal(np.float32(demo.outputs()), expected)
    np.testing.assert_array_equal(demo.averages(), demo.values)


def test_before_the_first_mask_the_values_come_out_and_there_is_no_average():
    demo = DropoutMask()
    np.testing.assert_array_equal(demo.outputs(), demo.values)
    with pytest.raises(ValueError, match="draws is 0; an average takes at least one mask"):
        demo.averages()


def test_without_scaling_survivors_stay_as_they_are():
    demo = DropoutMask(scale=False)
    np.testing.assert_array_equal(after(demo, 4), np.array(demo.values) * demo.mask(4))


@pytest.mark.parametrize("scale", [True, False])
def test_the_averages_are_the_means_of_the_outputs_of_all_masks(scale):
    demo = DropoutMask(rate=0.5, scale=scale, seed=2)
    outputs = [after(demo, k) for k in range(1, 101)]
    np.testing.assert_allclose(demo.averages(), np.mean(outputs, axis=0), atol=1e-12)


def test_a_mask_depends_on_the_seed_and_on_its_number_only():
    demo = DropoutMask(seed=5)
    first = demo.masks(30)
    np.testing.assert_array_equal(demo.mask(12), first[11])
    demo.draws, demo.mode, demo.scale = 700, "prediction", False
    np.testing.assert_array_equal(demo.masks(30), first)
    assert not np.array_equal(DropoutMask(seed=6).masks(30), first)
    assert len({mask.tobytes() for mask in first}) == 30


def test_a_unit_dropped_at_a_small_rate_is_dropped_at_a_larger_one():
    masks = [DropoutMask(rate=rate).masks(200) for rate in RATES]
    assert masks[0].all()
    assert all((smaller | ~larger).all() for smaller, larger in pairwise(masks))


@pytest.mark.parametrize("k", [0, -1, MOST_DRAWS + 1])
def test_a_mask_that_does_not_exist_is_named(k):
    with pytest.raises(ValueError, match=f"k is {k}; it takes a number from 1 to 2000"):
        DropoutMask().mask(k)


def binomial_bounds(trials: int, share: float, comparisons: int) -> tuple[float, float]:
    """Between which counts all of `comparisons` binomial counts fall, but for CHANCE."""
    return stats.binom.interval(1 - CHANCE / comparisons, trials, share)


@pytest.mark.parametrize("rate", RATES[1:])
@pytest.mark.parametrize("seed", [0, 1, 9_999])
def test_over_all_masks_each_unit_is_dropped_as_often_as_the_rate_says(seed, rate):
    dropped = ~DropoutMask(rate=rate, seed=seed).masks(MOST_DRAWS).reshape(MOST_DRAWS, UNITS)
    low, high = binomial_bounds(dropped.size, rate, 1)
    assert low <= dropped.sum() <= high
    low, high = binomial_bounds(MOST_DRAWS, rate, UNITS)
    assert ((low <= dropped.sum(0)) & (dropped.sum(0) <= high)).all()


@pytest.mark.parametrize("rate", RATES[1:])
def test_the_number_dropped_by_a_mask_spreads_as_the_binomial_distribution_says(rate):
    dropped = (~DropoutMask(rate=rate).masks(MOST_DRAWS)).sum((1, 2))
    expected = MOST_DRAWS * stats.binom.pmf(np.arange(UNITS + 1), UNITS, rate)
    counted = np.bincount(dropped, minlength=UNITS + 1)
    common = expected >= 5  # rarer counts are taken together, as the chi-squared test asks
    counted, expected = (np.append(n[common], n[~common].sum()) for n in (counted, expected))
    assert stats.chisquare(counted, expected).pvalue > CHANCE


@pytest.mark.parametrize("seed", [0, 1, 9_999])
def test_units_masks_and_seeds_are_uncorrelated(seed):
    numbers = uniforms(seed, 0, MOST_DRAWS * UNITS)
    by_unit = np.corrcoef(numbers.reshape(MOST_DRAWS, UNITS).T)[np.triu_indices(UNITS, 1)]
    assert np.abs(by_unit).max() < stats.norm.isf(CHANCE / by_unit.size) / np.sqrt(MOST_DRAWS)
    lags = range(1, 3 * UNITS + 1)
    by_lag = [np.corrcoef(numbers[:-lag], numbers[lag:])[0, 1] for lag in lags]
    other_seeds = [np.corrcoef(numbers, uniforms(seed + other, 0, numbers.size))[0, 1] for other in (1, 2, 1_000)]
    assert np.abs(by_lag + other_seeds).max() < stats.norm.isf(CHANCE / 80) / np.sqrt(numbers.size - 3 * UNITS)


@pytest.mark.parametrize("rate", RATES)
def test_with_scaling_the_averages_come_near_the_values_and_without_they_come_near_one_minus_rate_of_them(rate):
    demo = DropoutMask(rate=rate, draws=MOST_DRAWS)
    low, high = binomial_bounds(MOST_DRAWS, 1 - rate, UNITS)
    furthest = max(high / MOST_DRAWS - (1 - rate), 1 - rate - low / MOST_DRAWS)
    assert (np.abs(demo.averages() - demo.values) <= furthest / (1 - rate) * np.abs(demo.values) + 1e-12).all()
    demo.scale = False
    missed = np.abs(demo.averages() - (1 - rate) * np.array(demo.values))
    assert (missed <= furthest * np.abs(demo.values) + 1e-12).all()


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("values", [[1, 2], [3]], "values is .*it takes 1 to 6 rows of equally many numbers"),
        ("values", [], "values is"),
        ("values", [[]], "values is"),
        ("values", [[1] * 7], "1 to 6 rows"),
        ("values", [["a"]], "values is"),
        ("values", [[float("nan")]], "each from -10 to 10"),
        ("values", [[11]], "each from -10 to 10"),
        ("rate", 0.3, "rate is 0.3; it takes one of 0, 0.1, 0.25, 0.5, 0.75, 0.9"),
        ("rate", 1.0, "rate is 1.0; it takes one of"),
        ("rate", float("nan"), "rate is nan"),
        ("mode", "test", "mode.*training.*prediction"),
        ("scale", "yes", "scale is 'yes'; it takes True or False"),
        ("seed", -1, "seed is -1; it takes a whole number from 0 to 9999"),
        ("seed", True, "seed is True"),
        ("draws", 2_001, "draws is 2001; it takes a whole number from 0 to 2000"),
        ("draws", -1, "draws is -1"),
        ("selected", [4, 0], r"selected is .4, 0.; with these values it takes \[row, column\], row from 0 to 3, column from 0 to 5"),
        ("selected", [0, 6], "column from 0 to 5"),
        ("selected", [0], "selected is"),
        ("selected", [0.5, 0], "selected is"),
    ],
)
def test_a_wrong_value_is_refused_with_what_the_trait_takes_and_changes_nothing(trait, value, message):
    demo = DropoutMask()
    before = demo.state()
    with pytest.raises(traitlets.TraitError, match=message):
        setattr(demo, trait, value)
    assert demo.state() == before


def test_fewer_values_bring_the_selected_unit_back_into_them():
    demo = DropoutMask(selected=[3, 5])
    demo.values = [[1, 2, 3], [4, 5, 6]]
    assert demo.selected == [1, 2]
    assert demo.masks(2).shape == (2, 2, 3)


@pytest.mark.parametrize(("rate", "scale", "mean"), [(0.25, True, "the value itself"), (0.5, False, "1 − 0.5 times the value")])
def test_the_stand_in_shows_each_value_before_and_after_the_first_mask_and_what_to_expect(rate, scale, mean):
    demo = DropoutMask(rate=rate, scale=scale)
    stand_in = demo.stand_in()
    assert stand_in.count('scope="row"') == 4
    assert stand_in.count('scope="col"') == 6
    assert f"the mean output of a unit is {mean}." in stand_in
    cells = re.findall(r"<td>([^<]+)<br>([^<]+)</td>", stand_in)
    shown = [[float(text.replace("−", "-")) for text in cell] for cell in cells]
    np.testing.assert_allclose(shown, np.column_stack([np.ravel(demo.values), after(demo, 1).ravel()]), atol=0.005)
    assert f"{(~demo.mask(1)).sum()} units are dropped, so that their output is 0" in stand_in


def test_the_pages_masks_are_pythons_element_by_element(javascript_module):
    """The page's own function, run by itself: all masks, several seeds, every rate."""
    page = javascript_module("dropout_mask/arithmetic.js")
    for seed, rate in zip([0, 1, 9_999, 1_234, 77, 3], RATES, strict=True):
        settings = [(seed, rate, k, unit, UNITS) for k in range(1, MOST_DRAWS + 1) for unit in range(UNITS)]
        assert page.map("isKept", settings) == DropoutMask(seed=seed, rate=rate).masks(MOST_DRAWS).ravel().tolist()
