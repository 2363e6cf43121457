"""Leave out what the theme ships twice: icons as a script of 1.5 MB, which it has as a font as well, and maps of minified files."""

import re
from pathlib import Path

from sphinx.application import Sphinx

ICONS = re.compile(r'<script defer src="[^"]*scripts/fontawesome\.js[^"]*"></script>')


def leave_out(app: Sphinx, exception: Exception | None) -> None:
    """After the pages are written, because the theme's template names the script itself."""
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    for page in out.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        if ICONS.search(text):
            page.write_text(ICONS.sub("", text), encoding="utf-8")
    for unused in {*out.rglob("*.map"), *out.rglob("fontawesome.js*")}:
        unused.unlink()


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("build-finished", leave_out)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
