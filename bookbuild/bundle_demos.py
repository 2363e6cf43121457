"""Write what the pages need of the demos into generated/: one classic script for all, their style, the trained network's weights,
and the demos of the pages that are no chapters.

Classic scripts, because Chromium runs no module in a page that was opened from a file and fetches nothing there either.
"""

import base64
import hashlib
import json
import re
from functools import cache
from pathlib import Path

from bookbuild.places import GENERATED
from cnnbook import demos
from cnnbook.demos import cifar_training
from cnnbook.demos.live_cnn.trained_cnn import packed
from cnnbook.demos.shared import linker
from cnnbook.demos.shared.base import DEMOS, style
from cnnbook.demos.training_ground import page as training_ground

STATIC = GENERATED / "static"  # what the site serves as it is
PAGE = DEMOS / "shared" / "page.js"
WEIGHTS, GROUND, TRAINING = "live_cnn_weights.js", "training_ground.js", "cifar_training.js"


def bundle() -> str:
    """All demos, each file once, and the line that mounts them."""
    entries = {name: page_entry(name) for name in names()}
    table = ",\n".join(f"{name}: {linker.variable(path)}.default" for name, path in entries.items())
    # New content gets a new address: a browser may keep the old one.
    files = {
        "weights_address": versioned(WEIGHTS, packed()),
        "ground_address": versioned(GROUND, own_scripts()[GROUND].encode()),
        "training_address": versioned(TRAINING, own_scripts()[TRAINING].encode()),
    }
    start = f"{linker.variable(PAGE)}.mountDemos({{\n{table}\n}}, {json.dumps(files)});"
    return classic(linker.link(PAGE, *entries.values()), start)


@cache
def own_scripts() -> dict[str, str]:
    """The scripts of the demos that have one of their own, by the names of the files."""
    return {GROUND: training_ground.script().page_script(), TRAINING: cifar_training.SCRIPT.page_script()}


def classic(linked: str, start: str) -> str:
    """A classic script of linked modules and the line that starts them, without what only those who read the source need."""
    code = re.sub(r"^ *//.*\n|(?<=[;,{}()\[\]]) +// .*$", "", linked, flags=re.MULTILINE)
    return "\n".join(["(() => {", '"use strict";', re.sub("^ +", "", code, flags=re.MULTILINE), start, "})();"]) + "\n"


def page_entry(name: str) -> Path:
    """The file that renders a demo in a page; `near.js` fetches a larger one when it is needed."""
    near = DEMOS / name / "near.js"
    return near if near.exists() else DEMOS / name / "demo.js"


def versioned(file: str, content: bytes) -> str:
    """A file's address with what its content hashes to."""
    return f"{file}?v={hashlib.sha256(content).hexdigest()[:8]}"


def names() -> list[str]:
    """The names of all demos, as their folders have them."""
    return [getattr(demos, demo).name for demo in demos.__all__]


def weights_script() -> str:
    """The weights of the live network, which asks for this script when it comes near the window."""
    return f'globalThis.cnnbookWeightsText = "{base64.b64encode(packed()).decode()}";\n'


def main() -> None:
    """Write all of it."""
    STATIC.mkdir(parents=True, exist_ok=True)
    (STATIC / "demos.js").write_text(bundle(), encoding="utf-8")
    (STATIC / WEIGHTS).write_text(weights_script(), encoding="utf-8")
    for file, script in own_scripts().items():
        (STATIC / file).write_text(script, encoding="utf-8")
    (STATIC / "demos.css").write_text(style(*names()), encoding="utf-8")
    (GENERATED / "front_demo.html").write_text(
        demos.SlidingFilter(picture="flower", filter="outline", position=[12, 5], finished=True).html(), encoding="utf-8"
    )
    (GENERATED / "front_network.html").write_text(demos.LiveCNN().html(), encoding="utf-8")
    (GENERATED / "training_ground.html").write_text(demos.TrainingGround().html(), encoding="utf-8")
