"""Train a small convolutional network in the page: put it together, watch it learn digits, compare runs."""

import json
from functools import cache

import numpy as np
import traitlets
from markupsafe import Markup

from cnnbook import data
from cnnbook.demos.shared.base import Demo, pixel_image, style
from cnnbook.demos.shared.traits import Fixed
from cnnbook.demos.training_ground import page
from cnnbook.demos.training_ground.presets import PRESETS, RECORDED, UPDATES
from cnnbook.demos.training_ground.rules import LIMITS, RULES, Setup
from cnnbook.demos.training_ground.still import curve
from cnnbook.html import element

COLUMNS = ("update", "epoch", "training_loss", "training_accuracy", "test_loss", "test_accuracy")
SHOWN = 10  # digits in the stand-in
TEXT = {
    "alt": "Ten of the test images, the digits 0 to 9, each of 8 × 8 pixels.",
    "about": "With JavaScript this page trains a network on small digits while you watch. The network: {layers}. The training: {training}.",
}


class TrainingGround(Demo):
    """A network that readers put together and train on digits while they watch; without a kernel, in the page.

    Traits, synced with the page:
        setup: what is trained and how: "layers", a list of dicts as `rules.layer` makes them, and "optimizer", "rate", "momentum",
            "batch", "images", "pixels", "scheme", "scale" and "seed". What is left out is as usual.
        points: what was measured, rows of update, epoch, loss and accuracy on training images, loss and accuracy on test images;
            `history` has them as arrays.

    Args:
        preset: the name of a set-up to begin with, one of `presets.PRESETS`.

    Raises:
        traitlets.TraitError: the set-up holds something it does not take; the message says what it takes.
        ValueError: there is no such preset.

    Example:
        >>> ground = TrainingGround("dropout")
        >>> ground.setup["images"], ground.history["test_accuracy"].shape
        (100, (0,))
    """

    name = "training_ground"
    _esm, _css = traitlets.Unicode().tag(sync=True), style(name)

    setup = Setup().tag(sync=True, public=True)
    presets = Fixed(PRESETS).tag(sync=True, public=True)
    rules = Fixed(RULES).tag(sync=True, public=True)
    limits = Fixed(LIMITS).tag(sync=True, public=True)
    points = traitlets.List().tag(sync=True)

    def __init__(self, preset: str = "learning", **traits):
        if preset not in PRESETS:
            raise ValueError(f"preset is {preset!r}; it takes one of {', '.join(PRESETS)}")
        super().__init__(**({"setup": PRESETS[preset]["setup"]} | traits))

    @traitlets.default("_esm")
    def _default_esm(self):
        return page.script().module()

    @property
    def history(self) -> dict[str, np.ndarray]:
        """What was measured so far: update, epoch, and loss and accuracy on training and test images, an array each."""
        values = np.array(self.points, float).reshape(-1, len(COLUMNS))
        return dict(zip(COLUMNS, values.T, strict=True))

    def stand_in(self) -> Markup:
        digits = data.load_digits()
        strip = np.concatenate([digits.x_test[digits.y_test == digit][0] for digit in range(SHOWN)], axis=1)
        pixels = np.repeat(255 - (strip * 255.0 / digits.x_test.max()).astype(np.uint8), 3, axis=2)
        layers = "; ".join(" ".join([layer["kind"], _settings(layer, "kind")]).strip() for layer in self.setup["layers"])
        text = TEXT["about"].format(layers=layers, training=_settings(self.setup, "layers"))
        parts = [pixel_image(pixels, TEXT["alt"], 6), element("p", text)]
        # The still image is of a recorded training, so only a preset has one.
        parts += [curve(points, UPDATES) for name, points in recorded().items() if PRESETS[name]["setup"] == self.setup][:1]
        return element("div", *parts, class_="cnnbook-standin")


@cache
def recorded() -> dict[str, list[list[float | None]]]:
    """What was measured while each preset trained for `UPDATES` updates, rows as in `TrainingGround.points`."""
    return json.loads(RECORDED.read_text(encoding="utf-8"))


def _settings(values: dict, without: str) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items() if name != without)
