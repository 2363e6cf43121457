"""The digits as the page's script reads them, and the scripts of the training ground."""

from functools import cache

from cnnbook import data
from cnnbook.demos.shared.base import DEMOS
from cnnbook.demos.shared.own_script import OwnScript

A = ord("A")  # a pixel is a letter, A for 0 and Q for 16: shorter than base64, and packed well by a server


@cache
def digits_text() -> dict[str, dict[str, str]]:
    """The digits as `digits.js` reads them."""
    digits = data.load_digits()

    def part(images, labels):
        return {"images": (images + A).tobytes().decode("ascii"), "labels": "".join(map(str, labels))}

    return {"training": part(digits.x_train, digits.y_train), "test": part(digits.x_test, digits.y_test)}


@cache
def script() -> OwnScript:
    """The scripts: the digits come with them."""
    return OwnScript(DEMOS / "training_ground" / "demo.js", DEMOS / "engine" / "connect.js", "cnnbookGround", {"digits": digits_text()})
