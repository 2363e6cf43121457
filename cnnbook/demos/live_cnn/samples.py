"""The sample images of the live network: two of its ten classes, one of them twice, and two that are none of them."""

from dataclasses import dataclass

import numpy as np

from cnnbook import article, data

SIDE = article.INPUT_SHAPE[0]
SAMPLES = ("cat", "moved cat", "horse", "coffee", "flower")
TEXT = {
    "none": "It belongs to none of the ten classes. "
    "The network cannot say so: softmax shares out 100 % among ten answers, whatever it sees.",
    "cat": {
        "title": "cat",
        "alt": "the face of a ginger cat, seen from the left",
        "note": "One of the ten classes.",
        "credit": "Photograph: Stéfan van der Walt, CC0, shipped with scikit-image",
    },
    "moved cat": {
        "title": "the same cat, moved a little",
        "alt": "the same cat's face, half an eye further to the left",
        "note": "The same photograph, cropped less than two pixels further to the right: the border between two answers is that close.",
    },
    "horse": {
        "title": "horse (drawn)",
        "alt": "the black silhouette of a horse on white",
        "note": "One of the ten classes, but drawn; the network has learned from photographs only.",
        "credit": "Drawing: Andreas Preuss, CC0, shipped with scikit-image",
    },
    "coffee": {
        "title": "cup of coffee",
        "alt": "a white cup of coffee on a red-brown saucer",
        "credit": "Photograph: Rachel Michetti, CC0, shipped with scikit-image",
    },
    "flower": {"title": "flower"},
}


@dataclass(frozen=True)
class Sample:
    """An image as the network gets it, `pixels` (32, 32, 3) uint8, with what must be said of it."""

    title: str
    alt: str
    note: str
    credit: str
    pixels: np.ndarray


def samples() -> dict[str, Sample]:
    """The sample images by name."""
    from skimage import data as shipped  # here, because scikit-image takes a second to import

    cat, coffee, horse = shipped.chelsea(), shipped.coffee(), 255 * shipped.horse().astype(np.uint8)
    across = (coffee.shape[1] - coffee.shape[0]) // 2
    flower, none = data.PHOTOGRAPHS["flower"], {"note": TEXT["none"]}
    flowers_words = {"alt": flower.description, "credit": flower.credit}
    made = (
        Sample(**TEXT["cat"], pixels=_reduced(cat[:, 60:360])),
        Sample(**TEXT["moved cat"], credit=TEXT["cat"]["credit"], pixels=_reduced(cat[:, 75:375])),
        Sample(**TEXT["horse"], pixels=_reduced(np.repeat(horse[:, 36:364, None], 3, axis=2))),
        Sample(**TEXT["coffee"], **none, pixels=_reduced(coffee[:, across:-across])),
        Sample(**TEXT["flower"], **flowers_words, **none, pixels=data.photograph("flower", crop=(0, 80, 427, 507), size=(SIDE, SIDE))),
    )
    return dict(zip(SAMPLES, made, strict=True))


def _reduced(image: np.ndarray) -> np.ndarray:
    """A square image at 32 x 32 pixels, each the mean of what it covers."""
    from PIL import Image

    return np.asarray(Image.fromarray(image).resize((SIDE, SIDE), Image.Resampling.BOX))
