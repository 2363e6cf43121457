"""Offer the whole book as a PDF in the sidebar of every page, where `make pdf` makes one: $CNNBOOK_PDF is the name of its file."""

import os

from sphinx.application import Sphinx
from sphinx.config import Config


def offer(app: Sphinx, config: Config) -> None:
    """templates/pdf-link.html shows nothing where there is no name, so that no link leads nowhere."""
    config.html_context["pdf"] = os.environ.get("CNNBOOK_PDF", "")


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("config-inited", offer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
