"""Slide a 3 x 3 filter over an image: patch times filter gives products; their sum plus a bias is one cell of the feature map."""

import numpy as np
import traitlets
from markupsafe import Markup

from cnnbook.arithmetic import conv_output_size
from cnnbook.demos.shared.base import javascript, pixel_image, style
from cnnbook.demos.shared.images import ImageDemo
from cnnbook.demos.shared.numbers import sides
from cnnbook.demos.shared.traits import Choice, Finite, Fixed, Flag, Place, Several, inside, refuse
from cnnbook.html import element, join
from cnnbook.reference import conv2d

SIZE, KERNEL_SIZE = 28, 3
CHANNELS = {"grey": 1, "rgb": 3}
STRIDES, PADDINGS = (1, 2, 3), ("valid", "same")
MOST = 1000  # a weight or bias beyond this shows nothing that a smaller one does not

EDGE = [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]
PLAIN_FILTERS = {
    "vertical edges": EDGE,
    "horizontal edges": np.transpose(EDGE).tolist(),
    "blur": (np.ones((3, 3)) / 9).tolist(),
    "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "outline": [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
    "emboss": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
    "leave as it is": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
}
COLOUR_FILTERS = {"red against the rest": [1, -0.5, -0.5], "blue against the rest": [-0.5, -0.5, 1]}

TEXT = {
    "image": "Image: {alt}.",
    "map": "Its feature map for the filter “{filter}”: {shape} numbers; the larger a sum, the lighter it is.",
    "caption": "An image and its feature map for the filter “{filter}” (stride {stride}, padding {padding}). "
    "With JavaScript you can slide the filter yourself. {credit}",
}


def _filters() -> dict[str, dict[str, list]]:
    """Named kernels [row][column][channel]; in colour a plain filter has the same weights in all three channels."""
    by_channels = {
        colour: {name: np.repeat(np.array(weights)[:, :, None], channels, axis=2).tolist() for name, weights in PLAIN_FILTERS.items()}
        for colour, channels in CHANNELS.items()
    }
    by_channels["rgb"] |= {name: np.tile(weights, (3, 3, 1)).tolist() for name, weights in COLOUR_FILTERS.items()}
    return by_channels


def _square(item, takes: str = "") -> Several:
    return Several(item, takes, least=KERNEL_SIZE, most=KERNEL_SIZE)


class SlidingFilter(ImageDemo):
    """A filter that slides over an image, with every number it meets and makes.

    Traits, all synced with the page:
        picture: "bars", "temple" or "flower", 28 x 28 pixels from 0 to 255.
        colour: "grey" (one channel) or "rgb" (three channels, summed).
        filter: a name from `filters[colour]`, or "custom".
        kernel: weights [row][column][channel], 3 x 3 x channels, from -1000 to 1000.
        bias (-1000 to 1000), stride (1 to 3), padding ("valid" or "same"), position ([row, column] in the feature map).
        finished: whether the whole feature map is shown, or only the cells at which the window has been.

    A kernel alone makes the filter "custom".

    Raises:
        traitlets.TraitError: a trait is set to something it does not take, or a kernel together with the name of another filter; the
            message says what it takes.

    Example:
        >>> demo = SlidingFilter(picture="bars", filter="outline")
        >>> demo.feature_map().shape
        (26, 26)
    """

    name = "sliding_filter"
    image_size = SIZE
    _esm, _css = javascript(name), style(name)

    limits = Fixed({"kernel_size": KERNEL_SIZE, "strides": list(STRIDES), "paddings": list(PADDINGS), "most": MOST}).tag(
        sync=True, public=True
    )
    filters = traitlets.Dict(read_only=True).tag(sync=True, public=True)
    colour = Choice(CHANNELS).tag(sync=True, public=True)
    filter = Choice((*PLAIN_FILTERS, *COLOUR_FILTERS, "custom")).tag(sync=True, public=True)
    kernel = _square(
        _square(Several(Finite(least=-MOST, most=MOST), "")),
        f"3 rows of 3 cells with a number per channel, each from -{MOST} to {MOST}",
    ).tag(sync=True, public=True)
    bias = Finite(0.0, least=-MOST, most=MOST).tag(sync=True, public=True)
    stride = Choice(STRIDES).tag(sync=True, public=True)
    padding = Choice(PADDINGS).tag(sync=True, public=True)
    position = Place().tag(sync=True, public=True)
    finished = Flag(False).tag(sync=True, public=True)

    _named: str | None = None  # the filter as it was before the traits that are being set together

    def __init__(self, **traits):
        super().__init__(**({"filter": "custom"} | traits if "kernel" in traits else traits))
        self._named = self.filter

    @traitlets.default("filters")
    def _default_filters(self):
        return _filters()

    @traitlets.default("kernel")
    def _default_kernel(self):
        named = self.filters[self.colour]
        return np.array(named.get(self.filter, named["vertical edges"])).tolist()  # a copy: the named one stays as it is

    @traitlets.validate("filter")
    def _valid_filter(self, proposal):
        names = [*self.filters[self.colour], "custom"]
        if proposal.value not in names:
            refuse("filter", proposal.value, f"one of {', '.join(names)}", f"colour={self.colour!r}")
        return proposal.value

    @traitlets.validate("kernel")
    def _valid_kernel(self, proposal):
        channels = CHANNELS[self.colour]
        if any(len(cell) != channels for line in proposal.value for cell in line):
            refuse("kernel", proposal.value, f"numbers of shape {(KERNEL_SIZE, KERNEL_SIZE, channels)}", f"colour={self.colour!r}")
        # A kernel of one's own replaces a filter's name; both set at once would contradict each other.
        if self.filter not in ("custom", self._named) and proposal.value != self.filters[self.colour][self.filter]:
            refuse("kernel", proposal.value, "the weights of that filter; your own go with filter='custom'", f"filter={self.filter!r}")
        return proposal.value

    @traitlets.validate("position")
    def _valid_position(self, proposal):
        return inside(proposal, self._side(), self._side(), f"stride={self.stride} and padding={self.padding!r}")

    @traitlets.observe("filter")
    def _filter_chosen(self, change):
        self._named = change.new
        if change.new != "custom":
            self.kernel = self.filters[self.colour][change.new]

    @traitlets.observe("kernel")
    def _kernel_changed(self, change):
        if change.new != self.filters[self.colour].get(self.filter):
            self.filter = "custom"

    @traitlets.observe("colour")
    def _colour_chosen(self, change):
        channels = CHANNELS[change.new]
        if self.filter in self.filters[change.new]:
            self.kernel = self.filters[change.new][self.filter]
        elif np.shape(self.kernel)[2] != channels:
            # A filter of one's own is kept: each channel of the new one gets the mean over the old channels.
            self.kernel = np.repeat(np.mean(self.kernel, axis=2, keepdims=True), channels, axis=2).tolist()

    @traitlets.observe("stride", "padding")
    def _size_changed(self, change):
        if max(self.position) >= self._side():
            self.position = [0, 0]

    def _side(self) -> int:
        return conv_output_size(SIZE, KERNEL_SIZE, self.stride, self.padding)

    def feature_map(self) -> np.ndarray:
        """The whole feature map (rows, columns), computed by `reference.conv2d`."""
        image = np.array([self.pictures[self.picture][self.colour]], float)
        kernels = np.array(self.kernel, float)[..., None]
        return conv2d(image, kernels, np.array([self.bias]), stride=self.stride, padding=self.padding)[0, :, :, 0]

    def stand_in(self) -> Markup:
        about = self.pictures[self.picture]
        image = np.array(about["rgb"] if self.colour == "rgb" else np.repeat(about["grey"], 3, axis=2), np.uint8)
        feature_map = self.feature_map()
        reach = np.abs(feature_map).max() or 1
        levels = (feature_map / reach + 1) / 2 if feature_map.min() < 0 else feature_map / reach
        grey = np.repeat(np.rint(255 * levels).astype(np.uint8)[:, :, None], 3, axis=2)
        shown = [
            pixel_image(image, TEXT["image"].format(alt=about["alt"]), 8),
            pixel_image(grey, TEXT["map"].format(filter=self.filter, shape=sides(feature_map.shape)), 8),
        ]
        caption = TEXT["caption"].format(filter=self.filter, stride=self.stride, padding=self.padding, credit=about["credit"])
        return element("figure", join(shown, " "), element("figcaption", caption), class_="cnnbook-standin")
