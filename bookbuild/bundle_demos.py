"""Write what the pages need of the demos into generated/: one classic script for all, their style, the trained network's weights,
and the front page's demos.

Classic scripts, because Chromium runs no module in a page that was opened from a file and fetches nothing there either.
"""

import base64
import hashlib

from bookbuild.places import GENERATED
from cnnbook import demos
from cnnbook.demos.base import HERE, Demo
from cnnbook.demos.trained_cnn import packed

STATIC = GENERATED / "static"  # what the site serves as it is
EXPORT = "export default { render };"


def bundle() -> str:
    """The shared core, each demo in a function of its own, and what mounts them."""
    version = hashlib.sha256(packed()).hexdigest()[:8]
    parts = [
        "(() => {",
        '"use strict";',
        f'const WEIGHTS_VERSION = "{version}";',
        (HERE / "core.js").read_text(encoding="utf-8"),
        "const demos = {};",
    ]
    for demo in (getattr(demos, name) for name in demos.__all__):
        assert issubclass(demo, Demo)
        source = "".join((HERE / f"{name}.js").read_text(encoding="utf-8") for name in (*demo.scripts, demo.name))
        if source.count(EXPORT) != 1:
            raise ValueError(f"{demo.name}.js must end with {EXPORT!r}, once")
        parts.append(f"demos.{demo.name} = (() => {{\n{source.replace(EXPORT, 'return { render };')}\n}})();")
    parts += [(HERE / "page.js").read_text(encoding="utf-8"), "})();"]
    return "\n".join(parts) + "\n"


def weights_script() -> str:
    """The weights of the live network, which asks for this script when it comes near the window."""
    return f'globalThis.cnnbookWeightsText = "{base64.b64encode(packed()).decode()}";\n'


def main() -> None:
    """Write all of it."""
    STATIC.mkdir(parents=True, exist_ok=True)
    (STATIC / "demos.js").write_text(bundle(), encoding="utf-8")
    (STATIC / "live_cnn_weights.js").write_text(weights_script(), encoding="utf-8")
    (STATIC / "demos.css").write_text(Demo._css, encoding="utf-8")
    (GENERATED / "front_demo.html").write_text(demos.SlidingFilter(picture="flower", filter="outline").html(), encoding="utf-8")
    (GENERATED / "front_network.html").write_text(demos.LiveCNN().html(), encoding="utf-8")
