"""The sample photographs that scikit-learn ships, as NumPy arrays."""

from dataclasses import dataclass

import numpy as np


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
        ValueError: no photograph has that name.

    Example:
        >>> photograph("temple").shape
        (427, 640, 3)
    """
    if name not in PHOTOGRAPHS:
        raise ValueError(f"name is {name!r}; it takes one of {', '.join(PHOTOGRAPHS)}")
    from PIL import Image
    from sklearn.datasets import load_sample_image  # here, because scikit-learn takes a second to import

    image = Image.fromarray(load_sample_image(PHOTOGRAPHS[name].file))
    if crop:
        top, left, bottom, right = crop
        if not (0 <= top < bottom <= image.height and 0 <= left < right <= image.width):
            raise ValueError(f"crop is {crop}; it takes (top, left, bottom, right) within {image.height} × {image.width} pixels")
        image = image.crop((left, top, right, bottom))
    if size:
        image = image.resize((size[1], size[0]), Image.Resampling.LANCZOS)
    return np.asarray(image)


def grey(image: np.ndarray) -> np.ndarray:
    """Brightness of a colour image: (height, width, 3) uint8 to (height, width) uint8, with the weights of ITU-R BT.601."""
    return np.rint(image @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)
