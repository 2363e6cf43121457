"""Choose a unit of a stack of convolutions and see which pixels of the image it can see."""

import numpy as np
import traitlets
from markupsafe import Markup

from cnnbook.arithmetic import conv_output_size, receptive_field, same_padding
from cnnbook.demos.shared.base import javascript, pixel_image, style
from cnnbook.demos.shared.images import ImageDemo
from cnnbook.demos.shared.numbers import sides
from cnnbook.demos.shared.traits import Fixed, LayerPair, Place, Several, inside
from cnnbook.html import element

SIZE = 32
KERNELS, STRIDES, MOST_LAYERS = (1, 2, 3, 4, 5, 7), (1, 2, 3), 16

TEXT = {
    "image": "{alt}; faded but for what the unit sees, {size} pixels with the padding",
    "layer": "{kernel} with stride {stride}",
    "then": ", then ",
    "caption": "What one unit sees through filters of {stack}: {size} pixels. "
    "With JavaScript you can choose the unit and the layers. {credit}",
}


class ReceptiveField(ImageDemo):
    """The pixels that one unit of the last layer can see, through up to sixteen layers with padding "same".

    Traits, all synced with the page:
        picture: "bars", "temple" or "flower", 32 x 32 pixels.
        layers: [kernel_size, stride] of each layer, from the image on.
        position: [row, column] of the unit in the last feature map.

    Raises:
        traitlets.TraitError: a trait is set to something it does not take; the message says what it takes.

    Example:
        >>> ReceptiveField(layers=[[4, 2], [3, 2]]).size()
        8
    """

    name = "receptive_field"
    image_size = SIZE
    _esm, _css = javascript(name), style(name)

    limits = Fixed({"kernels": list(KERNELS), "strides": list(STRIDES), "most_layers": MOST_LAYERS}).tag(sync=True, public=True)
    layers = Several(
        LayerPair(KERNELS, STRIDES),
        f"1 to {MOST_LAYERS} pairs [kernel_size, stride], kernels from {KERNELS}, strides from {STRIDES}",
        [[4, 2], [3, 2]],
        most=MOST_LAYERS,
    ).tag(sync=True, public=True)
    position = Place((3, 3)).tag(sync=True, public=True)

    @traitlets.validate("position")
    def _valid_position(self, proposal):
        side = self.sides()[-1]
        return inside(proposal, side, side, f"layers={self.layers}")

    @traitlets.observe("layers")
    def _layers_changed(self, change):
        last = self.sides()[-1] - 1
        self.position = [min(place, last) for place in self.position]

    def sides(self) -> list[int]:
        """The side of the image and of each feature map."""
        result = [SIZE]
        for kernel_size, stride in self.layers:
            result.append(conv_output_size(result[-1], kernel_size, stride, "same"))
        return result

    def size(self) -> int:
        """How many pixels, along each axis, the unit can see."""
        return receptive_field(self.layers)

    def spans(self) -> list[tuple[tuple[int, int], tuple[int, int]]]:
        """What the unit depends on in the image and in each map: ((first row, last row), (first column, last column)).

        Positions outside of the map are zeros of the padding.
        """
        rows, columns = ((p, p) for p in self.position)
        spans = [(rows, columns)]
        for (kernel_size, stride), side in zip(reversed(self.layers), reversed(self.sides()[:-1]), strict=True):
            before, _ = same_padding(side, kernel_size, stride)
            rows, columns = ((first * stride - before, last * stride - before + kernel_size - 1) for first, last in (rows, columns))
            spans.append((rows, columns))
        return spans[::-1]

    def stand_in(self) -> Markup:
        about = self.pictures[self.picture]
        shown = np.array(about["rgb"], float)
        (top, bottom), (left, right) = self.spans()[0]
        seen = np.zeros((SIZE, SIZE, 1), bool)
        seen[max(top, 0) : bottom + 1, max(left, 0) : right + 1] = True
        dimmed = np.where(seen, shown, 255 - (255 - shown) * 0.3).astype(np.uint8)
        size = sides((self.size(), self.size()))
        stack = TEXT["then"].join(TEXT["layer"].format(kernel=sides((kernel, kernel)), stride=stride) for kernel, stride in self.layers)
        return element(
            "figure",
            pixel_image(dimmed, TEXT["image"].format(alt=about["alt"], size=size), 8),
            element("figcaption", TEXT["caption"].format(stack=stack, size=size, credit=about["credit"])),
            class_="cnnbook-standin",
        )
