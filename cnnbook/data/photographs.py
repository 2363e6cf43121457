"""The sample photographs that scikit-learn ships, as NumPy arrays."""

from dataclasses import dataclass

import numpy as np

from cnnbook import door
from cnnbook.data.labelled import pixels


@dataclass(frozen=True)
class Photograph:
    """A sample photograph that scikit-learn ships; `credit` must stand wherever it is shown."""

    file: str
    description: str
    credit: str


PHOTOGRAPHS = {
    "temple": Photograph(
        "china.jpg",
        "a tower with three tiled roofs and red columns above a lake",
        "Photograph: danielbuechele (flickr.com/photos/danielbuechele/6061409035), CC BY 2.0, shipped with scikit-learn",
    ),
    "flower": Photograph(
        "flower.jpg",
        "a dahlia in bloom before dark leaves",
        "Photograph: vultilion (flickr.com/photos/vultilion/6056698931), CC BY 2.0, shipped with scikit-learn",
    ),
}


def photograph(name: str, *, crop: tuple[int, int, int, int] | None = None, size: tuple[int, int] | None = None) -> np.ndarray:
    """A sample photograph, (height, width, 3) uint8; cropped to (top, left, bottom, right), then resized to (height, width).

    Raises:
        TypeError, ValueError: no photograph has that name, `crop` does not lie within it, or `size` is no pair of whole numbers.

    Example:
        >>> photograph("temple").shape
        (427, 640, 3)
    """
    name = door.choice("name", name, tuple(PHOTOGRAPHS))
    from PIL import Image
    from sklearn.datasets import load_sample_image  # here, because scikit-learn takes a second to import

    image = Image.fromarray(load_sample_image(PHOTOGRAPHS[name].file))
    if crop is not None:
        within = f"it takes (top, left, bottom, right) within {image.height} × {image.width} pixels"
        if not isinstance(crop, tuple | list) or len(crop) != 4:
            raise TypeError(f"crop is {crop!r}; {within}")
        top, left, bottom, right = (door.whole(f"crop[{place}]", edge, 0) for place, edge in enumerate(crop))
        if not (top < bottom <= image.height and left < right <= image.width):
            raise ValueError(f"crop is {crop}; {within}")
        image = image.crop((left, top, right, bottom))
    if size is not None:
        height, width = door.pair("size", size)
        image = image.resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(image)


def grey(image: np.ndarray) -> np.ndarray:
    """Brightness of a colour image: (height, width, 3) pixels to (height, width) uint8, with the weights of ITU-R BT.601.

    Raises:
        TypeError, ValueError: it is masked or of another shape, or its values are no pixels.

    Example:
        >>> grey([[[255, 0, 0], [255, 255, 255]]])
        array([[ 76, 255]], dtype=uint8)
    """
    colours = pixels("image", image, dimensions=3)
    if colours.shape[2] != 3:
        raise ValueError(f"image has shape {colours.shape}; it takes (height, width, 3)")
    return np.rint(colours @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)
