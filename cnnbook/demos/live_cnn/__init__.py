"""The trained network of chapter 8, alive in the page: what it takes an image for, and every number on the way there."""

import base64
from dataclasses import asdict

import numpy as np
import traitlets
from markupsafe import Markup

from cnnbook import article, data, records
from cnnbook.demos.live_cnn.samples import SAMPLES, samples
from cnnbook.demos.live_cnn.trained_cnn import FACTS, layers, packed, steps
from cnnbook.demos.shared.base import Demo, javascript, pixel_image, style
from cnnbook.demos.shared.traits import Choice, Fixed, Place, Whole, inside, refuse
from cnnbook.html import element

ANSWER = "answer"
LAYERS = {layer.name: layer for layer in layers()}

TEXT = {
    "class": "{name} {share:.0f} %",
    "sample": "{title}: {best}. {note} {credit}.",
    "caption": "What the trained network takes these images for: its three most probable classes. "
    "With JavaScript it runs in the page, on your own images too, and shows which pixels an answer depends on.",
}


class LiveCNN(Demo):
    """The trained CNN, which classifies a sample or an image of the reader's own and shows each layer at work.

    Images of one's own stay in the page: no trait holds them, so they do not reach a kernel either.

    Traits, all synced with the page:
        sample: "cat", "moved cat", "horse", "coffee" or "flower".
        layer: "input", "convolution 1", "BatchNorm 1", "activation 1" and so on to "probabilities".
        map: the number of a feature map (or of a unit, where the layer has no maps), from 0.
        position: [row, column] of a unit in the map.
        explained: the class whose logit and probability "Why this answer?" is about, or "answer" for the network's answer.

    Raises:
        traitlets.TraitError: a trait is set to something it does not take; the message says what it takes.

    Example:
        >>> demo = LiveCNN(sample="horse", layer="convolution 4", map=63, position=[7, 7])
        >>> demo.probabilities(np.zeros((1, 32, 32, 3), np.uint8)).shape
        (1, 10)
    """

    name = "live_cnn"
    _esm, _css = javascript(name), style(name)

    facts = Fixed(FACTS).tag(sync=True, public=True)
    samples = traitlets.Dict(read_only=True).tag(sync=True, public=True)
    layers = traitlets.List(read_only=True).tag(sync=True, public=True)
    classes = traitlets.List(read_only=True).tag(sync=True, public=True)
    accuracy = traitlets.Float(read_only=True).tag(sync=True, public=True)
    sample = Choice(SAMPLES).tag(sync=True, public=True)
    layer = Choice(LAYERS, "convolution 1").tag(sync=True, public=True)
    map = Whole(0).tag(sync=True, public=True)
    position = Place((16, 16)).tag(sync=True, public=True)
    explained = Choice((ANSWER, *data.CLASS_NAMES)).tag(sync=True, public=True)
    # The grey square that hides a part of the image, in pixels, and the seed of the untrained network.
    square = Fixed({"side": 8, "step": 2, "seed": 0}).tag(sync=True, public=True)
    # For Jupyter only; a page loads the same bytes with a script of their own.
    weights = traitlets.Bytes(read_only=True).tag(sync=True)

    @traitlets.default("samples")
    def _default_samples(self):
        return {
            name: {**asdict(sample), "pixels": base64.b64encode(sample.pixels.tobytes()).decode()} for name, sample in samples().items()
        }

    @traitlets.default("layers")
    def _default_layers(self):
        return [{**asdict(layer), "shape": list(layer.shape)} for layer in LAYERS.values()]

    @traitlets.default("classes")
    def _default_classes(self):
        return list(data.CLASS_NAMES)

    @traitlets.default("accuracy")
    def _default_accuracy(self):
        return records.load("cnn")[0].test_accuracy

    @traitlets.default("weights")
    def _default_weights(self):
        return packed()

    @traitlets.validate("map")
    def _valid_map(self, proposal):
        channels = LAYERS[self.layer].shape[2]
        if proposal.value >= channels:
            refuse("map", proposal.value, f"a whole number from 0 to {channels - 1}", f"layer={self.layer!r}")
        return proposal.value

    @traitlets.validate("position")
    def _valid_position(self, proposal):
        return inside(proposal, *LAYERS[self.layer].shape[:2], f"layer={self.layer!r}")

    @traitlets.observe("layer")
    def _layer_chosen(self, change):
        height, width, channels = LAYERS[change.new].shape
        self.map = min(self.map, channels - 1)
        self.position = [min(self.position[0], height - 1), min(self.position[1], width - 1)]

    def probabilities(self, pixels: np.ndarray) -> np.ndarray:
        """Class probabilities (batch, 10) of uint8 images (batch, 32, 32, 3), computed in NumPy; in the order of `classes`.

        Raises:
            ValueError: `pixels` has another shape or type.
        """
        return steps(pixels)["probabilities"][:, 0, 0]

    def pixels(self) -> np.ndarray:
        """The sample images as the network gets them, uint8 (samples, 32, 32, 3)."""
        bytes_of = [base64.b64decode(about["pixels"]) for about in self.samples.values()]
        return np.stack([np.frombuffer(one, np.uint8).reshape(article.INPUT_SHAPE) for one in bytes_of])

    def stand_in(self) -> Markup:
        items = []
        pixels = self.pixels()
        for about, image, answer in zip(self.samples.values(), pixels, self.probabilities(pixels), strict=True):
            best = ", ".join(TEXT["class"].format(name=self.classes[i], share=100 * answer[i]) for i in np.argsort(-answer)[:3])
            said = TEXT["sample"].format(**about, best=best)
            items.append(element("li", pixel_image(image, about["alt"], 3), " ", element("span", said)))
        return element("figure", element("ul", *items), element("figcaption", TEXT["caption"]), class_="cnnbook-standin")
