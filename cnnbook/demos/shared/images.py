"""The images that demos show: one drawn, two photographs, small enough to see each pixel."""

import numpy as np
import traitlets

from cnnbook import data
from cnnbook.demos.shared.base import Demo
from cnnbook.demos.shared.traits import Choice

CROPS = {"temple": (20, 40, 420, 440), "flower": (0, 80, 427, 507)}


def bars(size: int) -> np.ndarray:
    """A drawn image with nothing but edges: a white square with one black bar down and one across, (size, size, 3)."""
    image = np.zeros((size, size, 3), np.uint8)
    margin = size // 5
    image[margin : size - margin, margin : size - margin] = 255
    image[margin : size - margin, 2 * margin + 1 : 2 * margin + 3] = 0
    image[3 * margin : 3 * margin + 2, margin : size - margin] = 0
    return image


def images(size: int) -> dict[str, dict]:
    """The images by name, pixels as [row][column][channel], in colour and in grey, with what must be said of each."""
    alt = "a white square with a black bar down and one across"
    chosen = {"bars": (bars(size), {"title": "square with bars (drawn)", "alt": alt, "credit": "Drawn by the book."})}
    for name, crop in CROPS.items():
        photograph = data.PHOTOGRAPHS[name]
        about = {"title": f"{name} (photograph)", "alt": photograph.description, "credit": f"{photograph.credit}; cropped and reduced."}
        chosen[name] = (data.photograph(name, crop=crop, size=(size, size)), about)
    return {name: {**about, "rgb": rgb.tolist(), "grey": data.grey(rgb)[:, :, None].tolist()} for name, (rgb, about) in chosen.items()}


class ImageDemo(Demo):
    """A demo on one of the images; subclasses set `image_size`, the pixels on each side."""

    image_size: int

    pictures = traitlets.Dict(read_only=True).tag(sync=True, public=True)
    picture = Choice(("bars", *CROPS), "temple").tag(sync=True, public=True)

    @traitlets.default("pictures")
    def _default_pictures(self):
        return images(self.image_size)
