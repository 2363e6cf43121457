"""The live network in a page: what a reader does with it and sees of it."""

import base64
import io
from functools import cache

import numpy as np
from PIL import Image

from cnnbook import models, records
from cnnbook.keras_quietly import keras
from tests.browser.driver import Driver, bring_into_view

CHAPTER = "chapters/08_whole_network.html"
# Hand over a file by a drop or a paste, both of which a browser makes from the same kind of object.
HAND_OVER = """([selector, event, text]) => {
    const transfer = new DataTransfer(), node = document.querySelector(selector);
    if (text) transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], "given.png", { type: "image/png" }));
    node.dispatchEvent(event === "paste"
        ? new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true })
        : new DragEvent(event, { dataTransfer: transfer, bubbles: true, cancelable: true }));
}"""


def encoded(image, kind="PNG", **options) -> bytes:
    buffer = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(buffer, kind, **options)
    return buffer.getvalue()


def base64_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


@cache
def keras_cnn() -> keras.Model:
    """The trained network in Keras."""
    model = models.cnn()
    model.load_weights(records.weights_path("cnn"))
    return model


class Live(Driver):
    def __init__(self, page):
        self.page = page
        self.root = page.locator(".cb-live").first
        self.root.wait_for()
        bring_into_view(self.root)
        self.root.locator(".cb-answer strong").wait_for()

    def give(self, name: str, content: bytes, kind: str = "image/png"):
        """Choose a file and wait until it is shown or refused."""
        self.root.locator(".cb-file").set_input_files({"name": name, "mimeType": kind, "buffer": content})
        self.page.wait_for_function(
            "name => ['.cb-note', '.cb-complaint'].some((part) => document.querySelector('.cb-live ' + part).textContent.includes(name))",
            arg=name,
        )
        self.settle()

    def probabilities(self) -> np.ndarray:
        return np.array(self.root.locator(".cb-classes data").evaluate_all("all => all.map((value) => Number(value.value))"))

    def pixels(self) -> np.ndarray:
        """The 32 × 32 pixels that are shown, read from the canvas."""
        read = """canvas => { const cell = canvas.width / 32, context = canvas.getContext("2d");
            const all = context.getImageData(0, 0, canvas.width, canvas.height).data;
            return Array.from({ length: 3072 }, (_, k) => { const c = k % 3, j = Math.floor(k / 3) % 32, i = Math.floor(k / 96);
                return all[(Math.floor((i + 0.5) * cell) * canvas.width + Math.floor((j + 0.5) * cell)) * 4 + c]; }); }"""
        return np.array(self.root.locator(".cb-picture").evaluate(read)).reshape(32, 32, 3)

    def note(self) -> str:
        return self.root.locator(".cb-note").inner_text()

    def complaint(self) -> str:
        return self.root.get_by_role("alert").inner_text()

    def spot(self, canvas: str, side: int, row: float, column: float) -> tuple[float, float]:
        """Where on the page a place in a canvas of side × side cells is, as (x, y)."""
        place = self.root.locator(canvas)
        bring_into_view(place)
        box = place.bounding_box()
        return box["x"] + column * box["width"] / side, box["y"] + row * box["height"] / side

    def open(self, layer: str = "convolution 1"):
        if self.root.locator(".cb-inside").get_attribute("open") is None:
            self.root.locator(".cb-inside > summary").click()
        self.choose("Layer", layer)

    def unit(self) -> float:
        return float(self.root.locator(".cb-unit output data").get_attribute("value"))

    def title(self) -> str:
        return self.root.locator(".cb-unit-title").inner_text()

    def hears(self, words: str):
        """Wait until a screen reader is told something with these words."""
        self.page.wait_for_function("words => document.querySelector('.cb-live [aria-live]').textContent.includes(words)", arg=words)
