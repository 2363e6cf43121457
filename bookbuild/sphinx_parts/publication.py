"""What depends on where the book is published.

$CNNBOOK_SITE_URL, the address of the site: links for sharing and the page for a wrong address. $CNNBOOK_REPOSITORY, or else the
address in pyproject.toml: a button on each page that leads there, and on the chapters those for Binder and Colab.
"""

import os
from urllib.parse import urlparse

from sphinx.application import Sphinx
from sphinx.config import Config

from bookbuild import places

BRANCH = "main"


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


def set_launch_buttons(app: Sphinx, config: Config) -> None:
    """Without a repository there are no buttons; Colab's only where the chapters fetch the package from that same repository.

    Raises:
        ValueError: the variable is not a repository on GitHub.
    """
    written = places.repository()
    repository = os.environ.get("CNNBOOK_REPOSITORY", "") or written
    if not repository:
        return
    places.check_repository("CNNBOOK_REPOSITORY", repository)
    buttons = {"binderhub_url": "https://mybinder.org", "notebook_interface": "jupyterlab"}
    if repository.casefold() == written.casefold():
        buttons["colab_url"] = "https://colab.research.google.com"
    else:  # not a warning, which would stop the build
        print(f"No buttons for Colab: the chapters do not know this address. Run: .venv/bin/python -m bookbuild address {repository}")
    config.html_theme_options |= {
        "repository_url": repository,
        "repository_branch": BRANCH,
        "use_repository_button": True,
        "launch_buttons": buttons,
    }


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("config-inited", set_addresses, priority=1)  # before the extensions that read them
    app.connect("config-inited", set_launch_buttons, priority=1)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
