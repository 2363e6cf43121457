"""What all tests share, and the one rule about missing data: what needs CIFAR-10 is skipped, with the reason."""

import sys
from functools import cache
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Error, sync_playwright

from bookbuild.chromium import launch, named
from cnnbook import data

ROOT = Path(__file__).resolve().parent.parent

hypothesis.settings.register_profile("book", deadline=None)  # beside other work an example may take its time
hypothesis.settings.load_profile("book")


@pytest.hookimpl(tryfirst=True)  # before the fixtures, which build networks, too
def pytest_runtest_setup(item):
    """A network that a test builds begins with the same weights in every run, whatever ran before."""
    if keras := sys.modules.get("keras"):
        keras.utils.set_random_seed(0)


def markdown(chapter) -> list[str]:
    """The prose of a notebook, cell by cell."""
    return [cell.source for cell in chapter.cells if cell.cell_type == "markdown"]


@cache
def cifar10_or_reason() -> data.Cifar10 | str:
    """The data, or why there is none; a file that is not CIFAR-10 is an error, not a reason to skip."""
    try:
        return data.load_cifar10()
    except data.DataUnavailable as error:
        return f"CIFAR-10 could not be had: {str(error).splitlines()[0]} (set {data.ENVIRONMENT})"


@pytest.fixture(scope="session")
def browser():
    """Chromium: $CNNBOOK_CHROMIUM, the system's, or Playwright's own."""
    with sync_playwright() as playwright:
        try:
            browser = launch(playwright)
        except Error as error:
            if named():
                raise
            pytest.skip(f"no Chromium: install it or run '.venv/bin/playwright install chromium' ({str(error).splitlines()[0]})")
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def cifar10() -> data.Cifar10:
    loaded = cifar10_or_reason()
    if isinstance(loaded, str):
        pytest.skip(loaded)
    return loaded
