"""Each page says at its foot which edition it is."""

from sphinx.application import Sphinx
from sphinx.config import Config

from bookbuild import edition


def tell(app: Sphinx, config: Config) -> None:
    """For the template edition.html."""
    config.html_context |= {
        "edition": f"Version {edition.version()}, {edition.when(edition.executed())}",
        "edition_claims": edition.verdicts(),
    }


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("config-inited", tell)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
