"""Let the text be painted before any script is there, load figures when they come near, and leave out what the theme ships twice:
icons as a script of 1.5 MB, which it has as a font as well, and maps of minified files. Large images are packed tightly, and only the
page that searches loads the index.
"""

import re
from pathlib import Path

from PIL import Image
from sphinx.application import Sphinx

ICONS = re.compile(r'<script defer src="[^"]*scripts/fontawesome\.js[^"]*"></script>')
# Scripts in the page change these options, so they stand in it too.
OPTIONS = re.compile(r'<script src="[^"]*documentation_options\.js[^"]*"></script>')
# Only the page that searches needs these.
SEARCH = re.compile(r'<script [^>]*src="[^"]*search(?:tools|index)\.js[^"]*"></script>')
# The browser would fetch these two along with the styles that the first paint waits for.
PRELOAD = re.compile(r'<link rel="preload" as="script"[^>]*>')
# A deferred script runs when the whole text is there, in the same order.
FIGURE = re.compile(r'<img (?=[^>]*\bsrc="(?P<src>[^":]+\.png)")(?![^>]*\bwidth=)')
LARGE = 100_000  # bytes, from which packing an image anew is worth the time
BLOCKING = re.compile(r"<script (?![^>]*\b(?:async|defer)\b)(?=[^>]*\bsrc=)")


def lighten(text: str, options: str) -> str:
    """A page's HTML without what delays it; `options` is what documentation_options.js says."""
    text = PRELOAD.sub("", ICONS.sub("", text))
    text = OPTIONS.sub(lambda _: f"<script>{options}</script>", text)
    return BLOCKING.sub("<script defer ", text)


def load_figures_late(text: str, folder: Path) -> str:
    """A page's HTML whose figures are fetched when they come near; their size stands in it, so that nothing moves when they do."""

    def late(figure: re.Match) -> str:
        with Image.open(folder / figure["src"]) as image:
            return f'<img loading="lazy" width="{image.width}" height="{image.height}" '

    return FIGURE.sub(late, text)


def shrink_images(folder: Path) -> None:
    """Pack large PNGs as tightly as can be, and without an alpha channel that says nothing; each pixel stays as it is."""
    for path in folder.glob("*.png"):
        if path.stat().st_size < LARGE:
            continue
        with Image.open(path) as image:
            opaque = image.mode != "RGBA" or image.getchannel("A").getextrema() == (255, 255)
            packed = image.convert("RGB") if opaque else image.copy()
        packed.save(path, optimize=True)


def lighten_pages(app: Sphinx, exception: Exception | None) -> None:
    """After the pages are written, because the theme's templates name the scripts themselves."""
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    options = (out / "_static" / "documentation_options.js").read_text(encoding="utf-8")
    shrink_images(out / "_images")
    for page in out.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        if page.name != "search.html":
            text = SEARCH.sub("", text)
        page.write_text(load_figures_late(lighten(text, options), page.parent), encoding="utf-8")
    for unused in {*out.rglob("*.map"), *out.rglob("fontawesome.js*")}:
        unused.unlink()


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("build-finished", lighten_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
