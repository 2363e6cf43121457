"""Recipes: what cannot be followed is refused by name, and what is accepted can be recorded."""

import dataclasses
import json

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from cnnbook import recipes
from cnnbook.recipes import Recipe


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"schedule": "linear"}, "schedule is 'linear'"),
        ({"optimizer": "rmsprop"}, "optimizer is 'rmsprop'"),
        ({"optimizer": None}, "optimizer is None"),
        ({"validation": "train"}, "validation is 'train'"),
        ({"epochs": 0}, "epochs is 0"),
        ({"epochs": True}, "epochs is True"),
        ({"epochs": None}, "epochs is None"),
        ({"batch_size": 2.5}, "batch_size is 2.5"),
        ({"learning_rate": -1.0}, "learning_rate is -1.0"),
        ({"learning_rate": float("inf")}, "learning_rate is inf"),
        ({"learning_rate": float("nan")}, "learning_rate is nan"),
        ({"learning_rate": "0.1"}, "learning_rate is '0.1'"),
        ({"learning_rate": np.ma.masked}, "learning_rate is masked"),
        ({"learning_rate": [0.1]}, r"learning_rate is \[0.1\]"),
        ({"flips": "no"}, "flips is 'no'"),
        ({"flips": 1}, "flips is 1"),
        ({"shifts": -1}, "shifts is -1"),
        ({"shifts": 32}, "shifts is 32"),
        ({"shifts": True}, "shifts is True"),
        ({"label_smoothing": 1.0}, "label_smoothing is 1.0"),
        ({"label_smoothing": float("nan")}, "label_smoothing is nan"),
        ({"pixel_range": (1, 0)}, "pixel_range is"),
        ({"pixel_range": (0, 1, 2)}, "pixel_range is"),
        ({"pixel_range": 1}, "pixel_range is 1"),
        ({"pixel_range": (0, float("nan"))}, r"pixel_range\[1\] is nan"),
        ({"pixel_range": None}, "pixel_range is None"),
    ],
)
def test_a_recipe_that_cannot_be_followed_names_the_argument_and_its_value(arguments, named):
    with pytest.raises((TypeError, ValueError), match=named):
        Recipe(**arguments)


WHOLE = st.sampled_from([int, np.int8, np.uint16, np.int64, tf.constant, np.array])
REAL = st.sampled_from([float, np.float16, np.float32, np.float64, tf.constant, np.array])


@given(WHOLE, REAL, st.integers(1, 31), st.floats(0.01, 0.9), st.sampled_from([bool, np.bool_]))
def test_what_a_recipe_accepts_is_the_same_after_it_was_recorded(whole, real, count, share, truth):
    recipe = Recipe(
        epochs=whole(count),
        batch_size=whole(count),
        learning_rate=real(share),
        flips=truth(True),
        shifts=whole(count),
        label_smoothing=real(share),
        pixel_range=[real(-share), whole(count)],
    )
    recorded = json.loads(json.dumps(dataclasses.asdict(recipe), allow_nan=False))
    assert recipes.recipe_of(recorded) == recipe
    assert type(recipe.learning_rate) is type(recipe.label_smoothing) is type(recipe.pixel_range[1]) is float
    assert type(recipe.epochs) is type(recipe.shifts) is int
    assert recipe.flips is True


def test_a_whole_learning_rate_is_a_number_like_any_other():
    assert Recipe(learning_rate=1) == Recipe(learning_rate=1.0)
    assert type(Recipe(learning_rate=1).learning_rate) is float


@pytest.mark.parametrize("recorded", [{"momentum": 0.9}, None, [1]])
def test_what_no_recipe_has_is_refused_when_a_record_is_read(recorded):
    with pytest.raises(ValueError, match="recorded is"):
        recipes.recipe_of(recorded)


@pytest.mark.parametrize("images", [0, -1, 2.5, None, True])
def test_updates_are_counted_for_at_least_one_image(images):
    with pytest.raises((TypeError, ValueError), match=f"images is {images}"):
        recipes.updates(images, Recipe())
