"""What depends on where the site is published: links for sharing and the page for a wrong address, from $CNNBOOK_SITE_URL."""

import os
from urllib.parse import urlparse

from sphinx.application import Sphinx
from sphinx.config import Config


def set_addresses(app: Sphinx, config: Config) -> None:
    """Without an address the site is for reading in a folder, and links are relative.

    Raises:
        ValueError: the variable is not an absolute address.
    """
    site = os.environ.get("CNNBOOK_SITE_URL", "")
    if not site:
        return
    address = urlparse(site)
    if address.scheme not in ("http", "https") or not address.netloc:
        raise ValueError(f"CNNBOOK_SITE_URL is {site!r}; it takes an address such as https://example.org/book/")
    path = address.path.rstrip("/") + "/"
    config.html_baseurl = config.ogp_site_url = f"{address.scheme}://{address.netloc}{path}"
    config.notfound_urls_prefix = path


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("config-inited", set_addresses, priority=1)  # before the extensions that read them
    return {"parallel_read_safe": True, "parallel_write_safe": True}
