"""The pictures that demos show: one drawn, two photographs, small enough to see each pixel."""

import numpy as np
import traitlets

from cnnbook import data
from cnnbook.demos.shared.base import Demo

CROPS = {"temple": (20, 40, 420, 440), "flower": (0, 80, 427, 507)}


def bars(size: int) -> np.ndarray:
    """A drawn picture with nothing but edges: a white square with one black bar down and one across, (size, size, 3)."""
    picture = np.zeros((size, size, 3), np.uint8)
    margin = size // 5
    picture[margin : size - margin, margin : size - margin] = 255
    picture[margin : size - margin, 2 * margin + 1 : 2 * margin + 3] = 0
    picture[3 * margin : 3 * margin + 2, margin : size - margin] = 0
    return picture


def pictures(size: int) -> dict[str, dict]:
    """The pictures by name, pixels as [row][column][channel], in colour and in grey, with what must be said of each."""
    alt = "a white square with a black bar down and one across"
    chosen = {"bars": (bars(size), {"title": "square with bars (drawn)", "alt": alt, "credit": "Drawn by the book."})}
    for name, crop in CROPS.items():
        photograph = data.PHOTOGRAPHS[name]
        about = {"title": f"{name} (photograph)", "alt": photograph.description, "credit": f"{photograph.credit}; cropped and reduced."}
        chosen[name] = (data.photograph(name, crop=crop, size=(size, size)), about)
    return {name: {**about, "rgb": rgb.tolist(), "grey": data.grey(rgb)[:, :, None].tolist()} for name, (rgb, about) in chosen.items()}


class ImageDemo(Demo):
    """A demo on one of the pictures; subclasses set `picture_size`, the pixels on each side."""

    picture_size: int

    pictures = traitlets.Dict(read_only=True).tag(sync=True, public=True)
    picture = traitlets.Unicode("temple").tag(sync=True, public=True)

    @traitlets.default("pictures")
    def _default_pictures(self):
        return pictures(self.picture_size)

    @traitlets.validate("picture")
    def _valid_picture(self, proposal):
        if proposal.value not in self.pictures:
            raise traitlets.TraitError(f"picture is {proposal.value!r}; it takes one of {', '.join(self.pictures)}")
        return proposal.value


def place(position: list[int], side: int) -> list[int]:
    """Return a [row, column] that lies in a square map, or say what the trait `position` takes."""
    if len(position) != 2 or not all(isinstance(v, int) and 0 <= v < side for v in position):
        raise traitlets.TraitError(f"position is {position!r}; it takes [row, column], each from 0 to {side - 1}")
    return position
