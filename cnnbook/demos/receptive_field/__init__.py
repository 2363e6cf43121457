"""Choose a unit of a stack of convolutions and see which pixels of the picture it can see."""

import numpy as np
import traitlets

from cnnbook.arithmetic import conv_output_size, receptive_field, same_padding
from cnnbook.demos.shared.base import javascript, pixel_image, style
from cnnbook.demos.shared.images import ImageDemo, place

SIZE = 32
KERNELS, STRIDES, MOST_LAYERS = (1, 2, 3, 4, 5, 7), (1, 2, 3), 4


class ReceptiveField(ImageDemo):
    """The pixels that one unit of the last layer can see, through up to four layers with padding "same".

    Traits, all synced with the page:
        picture: "bars", "temple" or "flower", 32 x 32 pixels.
        layers: [kernel_size, stride] of each layer, from the picture on.
        position: [row, column] of the unit in the last feature map.

    Raises:
        traitlets.TraitError: a trait is set to something it does not take; the message says what it takes.

    Example:
        >>> ReceptiveField(layers=[[4, 2], [3, 2]]).size()
        8
    """

    name = "receptive_field"
    picture_size = SIZE
    _esm, _css = javascript(name), style(name)

    layers = traitlets.List([[4, 2], [3, 2]]).tag(sync=True, public=True)
    position = traitlets.List([3, 3]).tag(sync=True, public=True)

    @traitlets.validate("layers")
    def _valid_layers(self, proposal):
        layers = proposal.value
        good = 1 <= len(layers) <= MOST_LAYERS and all(len(layer) == 2 and layer[0] in KERNELS and layer[1] in STRIDES for layer in layers)
        if not good:
            raise traitlets.TraitError(
                f"layers is {layers!r}; it takes 1 to {MOST_LAYERS} pairs [kernel_size, stride], "
                f"kernels from {KERNELS}, strides from {STRIDES}"
            )
        return layers

    @traitlets.validate("position")
    def _valid_position(self, proposal):
        return place(proposal.value, self.sides()[-1])

    @traitlets.observe("layers")
    def _layers_changed(self, change):
        last = self.sides()[-1] - 1
        self.position = [min(place, last) for place in self.position]

    def sides(self) -> list[int]:
        """The side of the picture and of each feature map."""
        sides = [SIZE]
        for kernel_size, stride in self.layers:
            sides.append(conv_output_size(sides[-1], kernel_size, stride, "same"))
        return sides

    def size(self) -> int:
        """How many pixels, along each axis, the unit can see."""
        return receptive_field(self.layers)

    def spans(self) -> list[tuple[tuple[int, int], tuple[int, int]]]:
        """What the unit depends on in the picture and in each map: ((first row, last row), (first column, last column)).

        Positions outside of the map are zeros of the padding.
        """
        rows, columns = ((p, p) for p in self.position)
        spans = [(rows, columns)]
        for (kernel_size, stride), side in zip(reversed(self.layers), reversed(self.sides()[:-1]), strict=True):
            before, _ = same_padding(side, kernel_size, stride)
            rows, columns = ((first * stride - before, last * stride - before + kernel_size - 1) for first, last in (rows, columns))
            spans.append((rows, columns))
        return spans[::-1]

    def stand_in(self) -> str:
        about = self.pictures[self.picture]
        shown = np.array(about["rgb"], float)
        (top, bottom), (left, right) = self.spans()[0]
        seen = np.zeros((SIZE, SIZE, 1), bool)
        seen[max(top, 0) : bottom + 1, max(left, 0) : right + 1] = True
        dimmed = np.where(seen, shown, 255 - (255 - shown) * 0.3).astype(np.uint8)
        alt = f"{about['alt']}; all but {self.size()} × {self.size()} pixels are paled"
        stack = ", then ".join(f"{kernel} × {kernel} with stride {stride}" for kernel, stride in self.layers)
        return (
            f'<figure class="cnnbook-standin">{pixel_image(dimmed, alt, 8)}'
            f"<figcaption>What one unit sees through filters of {stack}: {self.size()} × {self.size()} pixels. "
            f"With JavaScript you choose the unit and the layers. {about['credit']}</figcaption></figure>"
        )
