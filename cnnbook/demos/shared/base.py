"""What all demos share: an anywidget that also writes itself into the page, to live there without a kernel."""

import base64
import io
import json
from pathlib import Path

import anywidget
import numpy as np
from markupsafe import Markup

from cnnbook.demos.shared import linker
from cnnbook.html import element

DEMOS = Path(__file__).resolve().parent.parent


def javascript(name: str) -> str:
    """The ES module of a demo: its `demo.js` and all that this imports."""
    return linker.module(DEMOS / name / "demo.js")


def style(*names: str) -> str:
    """What all demos share of CSS, then what these demos have of their own."""
    files = (DEMOS / name / "demo.css" for name in ("shared", *names))
    return "".join(file.read_text(encoding="utf-8") for file in files if file.exists())


class Demo(anywidget.AnyWidget):
    """An anywidget whose public traits are also written into the notebook's output as HTML.

    The page's script finds that element and runs the demo's module in it; a viewer without JavaScript shows the stand-in.
    Subclasses set `name`, `_esm` and `_css`, tag their public traits with `sync=True, public=True`, and write `stand_in`.
    """

    name: str

    def state(self) -> dict:
        """The public traits, as the page's script gets them."""
        return {name: getattr(self, name) for name in sorted(self.traits(public=True))}

    def stand_in(self) -> Markup:
        """HTML to be shown where no script runs: images with alt text and what they show in words."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def html(self) -> str:
        """The demo as an element of a page: its state, and inside it the stand-in."""
        state = json.dumps(self.state(), separators=(",", ":"), allow_nan=False)
        return str(element("div", self.stand_in(), class_="cnnbook-demo", data_demo=self.name, data_state=state))

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        data["text/html"] = self.html()
        return data, metadata


def pixel_image(pixels: np.ndarray, alt: str, scale: int) -> Markup:
    """An <img> of uint8 pixels (height, width, 3), enlarged without smoothing.

    A BMP has no compression, so its bytes do not depend on the version of a library.
    """
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "BMP")
    source = f"data:image/bmp;base64,{base64.b64encode(buffer.getvalue()).decode()}"
    height, width = pixels.shape[:2]
    return element("img", alt=alt, width=width * scale, height=height * scale, style="image-rendering: pixelated", src=source)
