"""The scripts of the training ground: the engine and the demo in one function, which the page calls and a Worker runs as well."""

import json
from functools import cache

from cnnbook import data
from cnnbook.demos.shared import linker
from cnnbook.demos.shared.base import DEMOS

DEMO, CONNECT = DEMOS / "training_ground" / "demo.js", DEMOS / "engine" / "connect.js"
A = ord("A")  # a pixel is a letter, A for 0 and Q for 16: shorter than base64, and packed well by a server


@cache
def digits_text() -> dict[str, dict[str, str]]:
    """The digits as `digits.js` reads them."""
    digits = data.load_digits()

    def part(images, labels):
        return {"images": (images + A).tobytes().decode("ascii"), "labels": "".join(map(str, labels))}

    return {"training": part(digits.x_train, digits.y_train), "test": part(digits.x_test, digits.y_test)}


@cache
def _script() -> str:
    """`render`, for both. The text of the function `ground` is what the Worker runs: no module can be fetched in a page from a file."""
    made = f"{{ render: {linker.variable(DEMO)}.default.render, serve: {linker.variable(CONNECT)}.serve }}"
    return "\n".join(
        [
            f'function ground() {{\n"use strict";\n{linker.link(DEMO, CONNECT)}\nreturn {made};\n}}',
            f"const digits = {json.dumps(digits_text(), separators=(',', ':'))};",
            "let made = null;",
            "const render = (given) => (made ??= ground()).render({ ...given, digits, source: `(${ground})().serve(self);` });",
        ]
    )


def module() -> str:
    """The ES module for Jupyter."""
    return f"{_script()}\nexport default {{ render }};\n"


def page_script() -> str:
    """The classic script that a page fetches when the demo comes near."""
    return f"(() => {{\n{_script()}\nglobalThis.cnnbookGround = {{ render }};\n}})();\n"
