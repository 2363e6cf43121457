"""The trained network of chapter 8, alive in the page: what it takes a picture for, and every number on the way there."""

import base64
import html
from dataclasses import asdict

import numpy as np
import traitlets

from cnnbook import data, records
from cnnbook.demos.live_cnn.samples import samples
from cnnbook.demos.live_cnn.trained_cnn import layers, packed, steps
from cnnbook.demos.shared.base import Demo, javascript, pixel_image, style

LAYERS = {layer.name: layer for layer in layers()}


class LiveCNN(Demo):
    """The trained CNN, which classifies a sample or a picture of the reader's own and shows each layer at work.

    Pictures of one's own stay in the page: no trait holds them, so they do not reach a kernel either.

    Traits, all synced with the page:
        sample: "cat", "moved cat", "horse", "coffee" or "flower".
        layer: "input", "convolution 1", "BatchNorm 1", "activation 1" and so on to "probabilities".
        map: the number of a feature map (or of a unit, where the layer has no maps), from 0.
        position: [row, column] of a unit in the map.

    Raises:
        traitlets.TraitError: a trait is set to something it does not take; the message says what it takes.

    Example:
        >>> demo = LiveCNN(sample="horse", layer="convolution 4", map=63, position=[7, 7])
        >>> demo.probabilities(np.zeros((1, 32, 32, 3), np.uint8)).shape
        (1, 10)
    """

    name = "live_cnn"
    _esm, _css = javascript(name), style(name)

    samples = traitlets.Dict(read_only=True).tag(sync=True, public=True)
    layers = traitlets.List(read_only=True).tag(sync=True, public=True)
    classes = traitlets.List(read_only=True).tag(sync=True, public=True)
    accuracy = traitlets.Float(read_only=True).tag(sync=True, public=True)
    sample = traitlets.Unicode("cat").tag(sync=True, public=True)
    layer = traitlets.Unicode("convolution 1").tag(sync=True, public=True)
    map = traitlets.Int(0).tag(sync=True, public=True)
    position = traitlets.List([16, 16]).tag(sync=True, public=True)
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

    @traitlets.validate("sample")
    def _valid_sample(self, proposal):
        if proposal.value not in self.samples:
            raise traitlets.TraitError(f"sample is {proposal.value!r}; it takes one of {', '.join(self.samples)}")
        return proposal.value

    @traitlets.validate("layer")
    def _valid_layer(self, proposal):
        if proposal.value not in LAYERS:
            raise traitlets.TraitError(f"layer is {proposal.value!r}; it takes one of {', '.join(LAYERS)}")
        return proposal.value

    @traitlets.validate("map")
    def _valid_map(self, proposal):
        most = LAYERS[self.layer].shape[2] - 1
        if proposal.value is True or not 0 <= proposal.value <= most:
            raise traitlets.TraitError(f"map is {proposal.value}; with layer={self.layer!r} it takes a whole number from 0 to {most}")
        return proposal.value

    @traitlets.validate("position")
    def _valid_position(self, proposal):
        value, sides = proposal.value, LAYERS[self.layer].shape[:2]
        if len(value) != 2 or not all(type(v) is int and 0 <= v < side for v, side in zip(value, sides, strict=True)):
            raise traitlets.TraitError(
                f"position is {value!r}; with layer={self.layer!r} it takes [row, column], each from 0 to {sides[0] - 1}"
            )
        return value

    @traitlets.observe("layer")
    def _layer_chosen(self, change):
        height, width, channels = LAYERS[change.new].shape
        self.map = min(self.map, channels - 1)
        self.position = [min(self.position[0], height - 1), min(self.position[1], width - 1)]

    def probabilities(self, pixels: np.ndarray) -> np.ndarray:
        """Class probabilities (batch, 10) of uint8 pictures (batch, 32, 32, 3), computed in NumPy; in the order of `classes`.

        Raises:
            ValueError: `pixels` has another shape or type.
        """
        return steps(pixels)["probabilities"][:, 0, 0]

    def pixels(self) -> np.ndarray:
        """The sample pictures as the network gets them, uint8 (samples, 32, 32, 3)."""
        bytes_of = [base64.b64decode(about["pixels"]) for about in self.samples.values()]
        return np.stack([np.frombuffer(one, np.uint8).reshape(32, 32, 3) for one in bytes_of])

    def stand_in(self) -> str:
        items = []
        pixels = self.pixels()
        for about, picture, answer in zip(self.samples.values(), pixels, self.probabilities(pixels), strict=True):
            best = ", ".join(f"{self.classes[i]} {answer[i]:.0%}".replace("%", " %") for i in np.argsort(-answer)[:3])
            said = html.escape(f"{about['title']}: {best}. {about['note']} {about['credit']}.")
            items.append(f"<li>{pixel_image(picture, about['alt'], 3)} <span>{said}</span></li>")
        return (
            f'<figure class="cnnbook-standin"><ul>{"".join(items)}</ul>'
            "<figcaption>What the trained network takes these pictures for: its three most probable classes. "
            "With JavaScript it runs in the page, on your own pictures too.</figcaption></figure>"
        )
