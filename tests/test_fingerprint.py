"""The text of a figure changes with what it shows, and only with that: nbval compares texts, not pictures."""

import dataclasses

import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter

from cnnbook import figures


@dataclasses.dataclass
class Interval:
    mean: float
    low: float
    high: float
    n: int = 5


def curves(first=(0.1, 0.4, 0.6), second=(0.2, 0.3, 0.5), names=("training", "test"), ylabel="accuracy"):
    return figures.training_curves({"network": dict(zip(names, ([first, first], [second, second]), strict=True))}, ylabel)


IMAGES = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), np.uint8)
RATES = (0.01, 0.1)


def shown(images=IMAGES, names=("cat", "dog"), said=("cat", "cat"), sure=(0.9, 0.8)):
    return figures.predictions(images, names, said, sure)


def dots(values=(0.71, 0.72, 0.74), name="cnn"):
    return figures.seeds({name: values, "mlp": (0.5, 0.51, 0.53)}, {"article": 0.7379})


def bars(low=0.01, zero="plain", mean=0.02):
    return figures.differences({"one": Interval(mean, low, 0.03), "two": Interval(-0.01, -0.02, 0.0)}, zero)


def limited(xlim=(-3, 4)):
    figure = bars()
    figure.axes[0].set_xlim(*xlim)
    return figure


FALSEHOODS = {
    "an axis that runs the other way": (limited, {"xlim": (4, -3)}),
    "a part cut off": (limited, {"xlim": (-3, 0)}),
    "curves exchanged": (curves, {"first": (0.2, 0.3, 0.5), "second": (0.1, 0.4, 0.6)}),
    "labels exchanged": (curves, {"names": ("test", "training")}),
    "another axis label": (curves, {"ylabel": "loss"}),
    "a value altered": (curves, {"first": (0.1, 0.45, 0.6)}),
    "images exchanged": (shown, {"images": IMAGES[::-1]}),
    "an image mirrored": (shown, {"images": IMAGES[:, :, ::-1]}),
    "another class": (shown, {"said": ("cat", "dog")}),
    "another confidence": (shown, {"sure": (0.9, 0.7)}),
    "a run altered": (dots, {"values": (0.71, 0.72, 0.745)}),
    "a group renamed": (dots, {"name": "cnn, better"}),
    "an interval too narrow": (bars, {"low": 0.012}),
    "another comparison": (bars, {"zero": "mlp"}),
}


@pytest.mark.parametrize(("draw", "changed"), FALSEHOODS.values(), ids=FALSEHOODS.keys())
def test_what_is_shown_wrongly_changes_the_text(draw, changed):
    assert repr(draw()) != repr(draw(**changed))


@pytest.mark.parametrize("draw", [curves, shown, dots, bars])
def test_the_same_figure_has_the_same_text_each_time_and_it_is_what_a_notebook_stores(draw):
    assert repr(draw()) == repr(draw())
    assert DisplayFormatter().format(draw())[0]["text/plain"] == repr(draw())


def test_a_last_digit_that_differs_on_another_processor_does_not_change_the_text():
    rng = np.random.default_rng(1)
    for _ in range(10):
        first, second, values = rng.random(10), rng.random(10), rng.random(4)
        noise = 1 + 1e-13 * rng.standard_normal(10)
        assert repr(curves(first, second)) == repr(curves(first * noise, second * noise))
        assert repr(dots(values)) == repr(dots(values * noise[:4]))


def test_standard_deviations_with_the_wrong_divisor_change_the_text():
    right, wrong = (np.std([0.71, 0.72, 0.74], ddof=ddof) for ddof in (1, 0))
    drawn = [bars(mean=0.02, low=0.02 - sd) for sd in (right, wrong)]
    assert repr(drawn[0]) != repr(drawn[1])
