"""Assemble the engine's matrix product, product.wat, into bytes that the page's script carries as text.

Usage: python -m bookbuild assemble      (writes product_bytes.js beside product.wat)

The result is committed, so that whoever installs the package needs no assembler; a test compares the two.
"""

import base64

import wasmtime

from cnnbook.demos.shared.base import DEMOS

ENGINE = DEMOS / "engine"
RESULT = ENGINE / "product_bytes.js"


def script() -> str:
    """The JavaScript module with the assembled bytes as base64."""
    text = base64.b64encode(wasmtime.wat2wasm((ENGINE / "product.wat").read_text(encoding="utf-8"))).decode()
    lines = " +\n".join(f'  "{text[at : at + 120]}"' for at in range(0, len(text), 120))
    return f"// Written by python -m bookbuild assemble from product.wat.\nexport const PRODUCT =\n{lines};\n"


def main() -> None:
    """Write it."""
    RESULT.write_text(script(), encoding="utf-8")
