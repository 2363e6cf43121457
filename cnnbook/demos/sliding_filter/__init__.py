"""Slide a 3 x 3 filter over a picture: patch times filter gives products, their sum and a bias one cell of the feature map."""

import numpy as np
import traitlets

from cnnbook.arithmetic import conv_output_size
from cnnbook.demos.shared.base import finite, javascript, pixel_image, style
from cnnbook.demos.shared.images import ImageDemo, place
from cnnbook.reference import conv2d

SIZE = 28
CHANNELS = {"grey": 1, "rgb": 3}

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


def _filters() -> dict[str, dict[str, list]]:
    """Named kernels [row][column][channel]; in colour a plain filter has the same weights in all three channels."""
    by_channels = {
        colour: {name: np.repeat(np.array(weights)[:, :, None], channels, axis=2).tolist() for name, weights in PLAIN_FILTERS.items()}
        for colour, channels in CHANNELS.items()
    }
    by_channels["rgb"] |= {name: np.tile(weights, (3, 3, 1)).tolist() for name, weights in COLOUR_FILTERS.items()}
    return by_channels


class SlidingFilter(ImageDemo):
    """A filter that slides over a picture, with every number it meets and makes.

    Traits, all synced with the page:
        picture: "bars", "temple" or "flower", 28 x 28 pixels from 0 to 255.
        colour: "grey" (one channel) or "rgb" (three channels, summed).
        filter: a name from `filters[colour]`, or "custom".
        kernel: weights [row][column][channel], 3 x 3 x channels.
        bias, stride (1 to 3), padding ("valid" or "same"), position ([row, column] in the feature map).

    Raises:
        traitlets.TraitError: a trait is set to something it does not take; the message says what it takes.

    Example:
        >>> demo = SlidingFilter(picture="bars", filter="outline")
        >>> demo.feature_map().shape
        (26, 26)
    """

    name = "sliding_filter"
    picture_size = SIZE
    _esm, _css = javascript(name), style(name)

    filters = traitlets.Dict(read_only=True).tag(sync=True, public=True)
    colour = traitlets.Enum(list(CHANNELS), "grey").tag(sync=True, public=True)
    filter = traitlets.Unicode("vertical edges").tag(sync=True, public=True)
    kernel = traitlets.List().tag(sync=True, public=True)
    bias = traitlets.Float(0.0).tag(sync=True, public=True)
    stride = traitlets.Int(1).tag(sync=True, public=True)
    padding = traitlets.Enum(["valid", "same"], "valid").tag(sync=True, public=True)
    position = traitlets.List([0, 0]).tag(sync=True, public=True)

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
            raise traitlets.TraitError(f"filter is {proposal.value!r}; with colour={self.colour!r} it takes one of {', '.join(names)}")
        return proposal.value

    @traitlets.validate("kernel")
    def _valid_kernel(self, proposal):
        try:
            weights = np.array(proposal.value, float)
        except (TypeError, ValueError) as error:
            raise traitlets.TraitError(f"kernel is {proposal.value!r}; it takes 3 rows of 3 cells with a number a channel") from error
        shape = (3, 3, CHANNELS[self.colour])
        if weights.shape != shape or not np.isfinite(weights).all():
            raise traitlets.TraitError(
                f"kernel is {proposal.value!r}; with colour={self.colour!r} it takes finite numbers of shape {shape}"
            )
        return weights.tolist()

    @traitlets.validate("bias")
    def _valid_bias(self, proposal):
        return finite("bias", proposal.value)

    @traitlets.validate("stride")
    def _valid_stride(self, proposal):
        if proposal.value not in (1, 2, 3) or proposal.value is True:
            raise traitlets.TraitError(f"stride is {proposal.value}; it takes 1, 2 or 3")
        return proposal.value

    @traitlets.validate("position")
    def _valid_position(self, proposal):
        return place(proposal.value, conv_output_size(SIZE, 3, self.stride, self.padding))

    @traitlets.observe("filter")
    def _filter_chosen(self, change):
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
        size = conv_output_size(SIZE, 3, self.stride, self.padding)
        if max(self.position) >= size:
            self.position = [0, 0]

    def feature_map(self) -> np.ndarray:
        """The whole feature map (rows, columns), computed by `reference.conv2d`."""
        image = np.array([self.pictures[self.picture][self.colour]], float)
        kernels = np.array(self.kernel, float)[..., None]
        return conv2d(image, kernels, np.array([self.bias]), stride=self.stride, padding=self.padding)[0, :, :, 0]

    def stand_in(self) -> str:
        about = self.pictures[self.picture]
        picture = np.array(about["rgb"] if self.colour == "rgb" else np.repeat(about["grey"], 3, axis=2), np.uint8)
        feature_map = self.feature_map()
        reach = np.abs(feature_map).max() or 1
        levels = (feature_map / reach + 1) / 2 if feature_map.min() < 0 else feature_map / reach
        grey = np.repeat(np.rint(255 * levels).astype(np.uint8)[:, :, None], 3, axis=2)
        shape = " × ".join(map(str, feature_map.shape))
        picture_alt = f"Picture: {about['alt']}."
        map_alt = f"Its feature map for the filter “{self.filter}”: {shape} cells, negative sums dark, positive ones light."
        return (
            f'<figure class="cnnbook-standin">{pixel_image(picture, picture_alt, 8)} {pixel_image(grey, map_alt, 8)}'
            f"<figcaption>A picture and its feature map for the filter “{self.filter}” "
            f"(stride {self.stride}, padding {self.padding}). With JavaScript the filter slides. {about['credit']}</figcaption></figure>"
        )
