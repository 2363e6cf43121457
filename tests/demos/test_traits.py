"""Every trait of every demo: a bad value is refused, the trait is named, nothing changes, and the demo can still be shown."""

import json
import math

import numpy as np
import pytest
import traitlets

from cnnbook import demos
from cnnbook.demos import ActivationHistory, DropoutMask, LayerTable, LiveCNN, NormalizedBatch, ReceptiveField, SlidingFilter
from cnnbook.demos.shared.traits import Choice, Finite, Flag, Grid, Place, Several, Whole

DEMOS = [getattr(demos, name) for name in demos.__all__]
PUBLIC = {demo: sorted(demo.class_traits(public=True)) for demo in DEMOS}
SETTABLE = [(demo, trait) for demo in DEMOS for trait in PUBLIC[demo] if not demo.class_traits()[trait].read_only]
READ_ONLY = [(demo, trait) for demo in DEMOS for trait in PUBLIC[demo] if demo.class_traits()[trait].read_only]

# No trait of any demo takes one of these.
BAD = [
    None, math.nan, math.inf, -math.inf, 1e308, -1e308, 2**53 + 1, -(2**53) - 1, 1j, np.float64("nan"), np.datetime64(1, "s"),
    b"1", "1", "", "no such choice", object(), {}, {"kind": "Conv2D"}, {1: 2}, set(), [None], [True, True], ["Conv2D"], [math.nan] * 3,
    [math.inf, 0], [[[[1]]]], [[1, 2], [3]], [[1, "2"]], [[True, 1]], [[math.nan]], [[1e308]], [0] * 1000,
    [[3, 1]] * 50, [{"kind": "Dense"}], [{"kind": ["Conv2D"]}], [{"kind": "Dense", "units": True}], [{"kind": "Dense", "units": 1.0}],
    [{"kind": "Dense", "units": 10**9}], np.zeros((2, 2, 2)) * math.nan, np.array("a"), [2**53 + 1, 0],
]  # fmt: skip
# These are right for some traits and wrong for the rest.
SOMETIMES = [
    (True, Flag),
    (False, Flag),
    (np.True_, Flag),
    (-1, Finite),
    (-1.5, Finite),
    (0.5, (Finite, Choice)),
    ([0.5, 0], Several),
    ([-1, 0], Several),
    ([0, 0, 0, 0], Several),
    (10**6, Whole),
    (3, (Finite, Whole, Choice)),
]
CONVOLUTION = {"kind": "Conv2D", "filters": 2, "kernel": 3, "stride": 1, "padding": "valid"}


def same_name(value) -> str:
    return getattr(value, "__name__", None) or repr(value)[:40]


def check_refused(demo, trait: str, values) -> None:
    """Each of these is refused by name and changes nothing, and at the end the demo can still be shown."""
    before = json.dumps(demo.state())
    for value in values:
        with pytest.raises(traitlets.TraitError, match=rf"^{trait}\b.* is .*; .*it takes "):
            setattr(demo, trait, value)
        assert json.dumps(demo.state()) == before, value
    assert demo.html()


def set_together(demo, settings: dict) -> None:
    """As the page's changes come from Jupyter: all at once, then looked at together."""
    with demo.hold_trait_notifications():
        for trait, value in settings.items():
            setattr(demo, trait, value)


@pytest.fixture(scope="module")
def made() -> dict:
    return {demo: demo() for demo in DEMOS}


@pytest.mark.parametrize(("demo", "trait"), SETTABLE, ids=same_name)
def test_a_bad_value_is_refused_by_name_and_changes_nothing(made, demo, trait):
    check_refused(made[demo], trait, BAD)


@pytest.mark.parametrize(("demo", "trait"), SETTABLE, ids=same_name)
def test_a_value_of_another_kind_of_trait_is_refused_true_is_no_number_and_false_no_zero(made, demo, trait):
    kind = demo.class_traits()[trait]
    check_refused(made[demo], trait, [value for value, kinds in SOMETIMES if not isinstance(kind, kinds)])


@pytest.mark.parametrize(("demo", "trait"), READ_ONLY, ids=same_name)
def test_facts_are_set_by_nobody(made, demo, trait):
    before = json.dumps(made[demo].state())
    with pytest.raises(traitlets.TraitError, match=f'"{trait}" trait is read-only'):
        setattr(made[demo], trait, {})
    assert json.dumps(made[demo].state()) == before


@pytest.mark.parametrize(("demo", "trait"), SETTABLE, ids=same_name)
def test_the_state_can_be_set_again_as_it_came_from_json_and_again_in_numpys_numbers(made, demo, trait):
    state = made[demo].state()
    setattr(made[demo], trait, json.loads(json.dumps(state[trait])))
    assert made[demo].state() == state
    setattr(made[demo], trait, in_numpy(state[trait]))
    assert json.dumps(made[demo].state()) == json.dumps(state)


def in_numpy(value):
    """The same value with NumPy's numbers wherever Python's stand."""
    if isinstance(value, dict):
        return {key: in_numpy(each) for key, each in value.items()}
    if isinstance(value, list):
        return tuple(in_numpy(each) for each in value)
    kinds = {bool: np.bool_, int: np.int64, float: np.float64}
    return kinds.get(type(value), lambda same: same)(value)


@pytest.mark.parametrize(
    ("demo", "settings", "named"),
    [
        (ReceptiveField, {"layers": [[3, 3], [3, 3], [3, 3]], "position": [7, 7]}, "position"),
        (SlidingFilter, {"stride": 3, "position": [20, 0]}, "position"),
        (SlidingFilter, {"colour": "rgb", "kernel": np.ones((3, 3, 1))}, "kernel"),
        (SlidingFilter, {"colour": "grey", "filter": "red against the rest"}, "filter"),
        (LayerTable, {"input_shape": [8, 8, 3], "layers": [CONVOLUTION | {"kernel": 9}]}, "layers|input_shape"),
        (LayerTable, {"layers": [CONVOLUTION | {"kernel": 40}]}, "layers"),
        (LayerTable, {"layers": [{"kind": "Dense", "units": 3}]}, "layers"),
        (LayerTable, {"layers": [{"kind": "Flatten"}, CONVOLUTION]}, "layers"),
        (LayerTable, {"layers": [CONVOLUTION | {"extra": 1}]}, "layers"),
        (NormalizedBatch, {"values": [1, 2, 3], "selected": 3}, "selected"),
        (DropoutMask, {"values": [[1, 2], [3, 4]], "selected": [2, 0]}, "selected"),
        (LiveCNN, {"layer": "logits", "map": 10}, "map"),
        (LiveCNN, {"layer": "convolution 4", "position": [8, 0]}, "position"),
        (ActivationHistory, {"layer": 5}, "layer"),
    ],
    ids=same_name,
)
def test_values_that_do_not_go_together_are_refused_in_one_go_and_change_nothing(demo, settings, named):
    with pytest.raises(traitlets.TraitError, match=f"^({named})"):
        demo(**settings)
    shown = demo()
    before = json.dumps(shown.state())
    with pytest.raises(traitlets.TraitError, match=f"^({named})"):
        set_together(shown, settings)
    assert json.dumps(shown.state()) == before
    assert shown.html()


@pytest.mark.parametrize(
    ("demo", "settings"),
    [
        (ReceptiveField, {"layers": [[1, 1]], "position": [31, 31]}),
        (SlidingFilter, {"colour": "rgb", "kernel": np.ones((3, 3, 3)), "filter": "custom", "padding": "same", "position": [27, 27]}),
        (LayerTable, {"input_shape": [4, 4, 1], "layers": [{"kind": "Flatten"}, {"kind": "Dense", "units": 4096}]}),
        (NormalizedBatch, {"values": [1, 2], "selected": 1, "mode": "prediction", "moving_variance": 0, "epsilon": 1e-300}),
        (DropoutMask, {"values": [[1]], "selected": [0, 0], "draws": 2000, "rate": 0.9}),
        (LiveCNN, {"layer": "logits", "map": 9, "position": [0, 0]}),
    ],
    ids=same_name,
)
def test_the_ends_of_what_is_allowed_are_taken_and_can_be_shown(demo, settings):
    shown = demo(**settings)
    assert json.loads(json.dumps(shown.state())) == shown.state()
    assert shown.html()


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        (Whole(0, least=2, most=5), 6, "x is 6; it takes a whole number from 2 to 5"),
        (Whole(0), -1, "x is -1; it takes a whole number of at least 0"),
        (Finite(0), math.inf, "x is inf; it takes a finite number"),
        (Finite(0, least=-1, most=2), 3, "x is 3; it takes a number from -1 to 2"),
        (Finite(0, above=0), 0, "x is 0; it takes a finite number above 0"),
        (Finite(0, above=0, most=1), 2, "x is 2; it takes a number above 0 and at most 1"),
        (Finite(0, least=0, below=1), 1, "x is 1; it takes a number of at least 0 and below 1"),
        (Flag(), 1, "x is 1; it takes True or False"),
        (Choice((0.5, 1)), True, "x is True; it takes one of 0.5, 1"),
        (Choice(("a", "b")), "c", "x is 'c'; it takes one of a, b"),
        (Place(), [0], r"x is \[0\]; it takes \[row, column\], two whole numbers from 0"),
        (
            Grid([[1]], most_side=2, reach=3),
            [[1], [2, 3]],
            "x is .*; it takes 1 to 2 rows of equally many numbers, .* from -3 to 3",
        ),
        (Several(Whole(), "some"), [0.5], r"x is \[0.5\]; it takes some"),
    ],
    ids=same_name,
)
def test_each_kind_of_trait_says_what_it_takes(kind, value, message):
    with pytest.raises(traitlets.TraitError, match=f"^{message}$"):
        kind.read("x", value)


def test_what_is_stored_is_plain_python_and_no_list_of_the_callers():
    layers = [[3, 1]]
    demo = ReceptiveField(layers=layers, position=np.array([1, 2], np.int32))
    layers[0][0] = 99
    assert (demo.layers, demo.position) == ([[3, 1]], [1, 2])
    assert {type(place) for place in demo.position} == {int}
    batch = NormalizedBatch(values=np.float32([1, 2]), steps=np.int8(3))
    assert {type(value) for value in batch.values} == {float}
    assert type(batch.steps) is int
