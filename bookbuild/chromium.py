"""Start Chromium: $CNNBOOK_CHROMIUM, the system's, or Playwright's own."""

import os
import shutil

from playwright.sync_api import Browser, Playwright

NAMES = ("google-chrome", "chromium", "chromium-browser")  # Ubuntu's chromium, a snap, cannot read /tmp
# As root in a container Chromium has no sandbox; the other flags keep it from looking for hosts of its own.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"]


def named() -> str | None:
    """The program to start, or None for Playwright's own."""
    return os.environ.get("CNNBOOK_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def launch(playwright: Playwright) -> Browser:
    """Start it without a window.

    Raises:
        playwright.sync_api.Error: there is none, or it does not start.
    """
    return playwright.chromium.launch(executable_path=named(), args=FLAGS)
