"""Give the first place where a page quotes a number an id, so that the claims page can lead to the sentence that rests on it."""

import re

from docutils import nodes
from sphinx.application import Sphinx

QUOTED = re.compile(r'<span (?=data-(?:number|word)="(\w+)")')


def anchor(key: str) -> str:
    """The id of the place where a number is first quoted."""
    return f"claim-{key}"


def mark(app: Sphinx, doctree: nodes.document) -> None:
    """Write the ids into the page's spans."""
    seen: set[str] = set()

    def with_id(span: re.Match) -> str:
        if span[1] in seen:
            return span[0]
        seen.add(span[1])
        return f'<span id="{anchor(span[1])}" '

    for raw in doctree.findall(nodes.raw):
        if raw.get("format") == "html" and QUOTED.search(raw.astext()):
            raw[:] = [nodes.Text(QUOTED.sub(with_id, raw.astext()))]
            raw.rawsource = raw.astext()


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("doctree-read", mark)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
