"""What a reader does with a demo and sees of it."""

import time
from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Error

from tests.browser.conftest import LIMIT


def bring_into_view(locator):
    """Scroll to an element.

    A demo may put another in its place meanwhile: clicking would look for that one by itself, scrolling does not.
    """
    for _ in range(3):
        try:
            return locator.scroll_into_view_if_needed()
        except Error as error:
            if "not attached" not in error.message:
                raise
    return locator.scroll_into_view_if_needed()


def a_moment():
    time.sleep(0.2)


def wait_until(ready: Callable[[], object], why_not: Callable[[], str], pause: Callable[[], object] = a_moment):
    """Ask until the answer is yes, or fail with what `why_not` says."""
    deadline = time.monotonic() + LIMIT / 1000
    while not ready():
        if time.monotonic() > deadline:
            pytest.fail(why_not())
        pause()


def until(page, happened: Callable[[], object]):
    """Let requests and events of a page come in until something has happened."""
    wait_until(happened, lambda: f"nothing came from {page.url}", partial(page.evaluate, "new Promise(requestAnimationFrame)"))


def number(text: str) -> float:
    """A number as the page writes it: 1,234.5 or −3."""
    return float(text.replace("−", "-").replace(",", ""))


class Driver:
    """The first demo of a page, the training ground left out: it has tests of its own."""

    def __init__(self, page, demo: str = ".cnnbook-demo:not([data-demo=training_ground])"):
        self.page = page
        self.root = page.locator(f"{demo} .cnnbook").first  # the exercises of a page have the class too
        self.root.wait_for()
        bring_into_view(self.root)

    def choose(self, label, value):
        self.root.get_by_label(label, exact=True).select_option(value)
        self.settle()

    def press(self, name):
        self.root.get_by_role("button", name=name, exact=True).click()
        self.settle()

    def settle(self):
        """Wait until what was asked for is drawn."""
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def let_pass(self, milliseconds: int):
        """Let time pass for the timers of a page whose clock was installed, without waiting for it."""
        self.page.clock.run_for(milliseconds)
        self.settle()

    @property
    def total(self) -> float:
        return number(self.root.locator(".cb-total").inner_text())

    @property
    def said(self) -> str:
        """What a screen reader says."""
        return self.root.locator("[aria-live]").inner_text()

    def position(self) -> tuple[int, int]:
        row, column = self.said.split(":")[0].removeprefix("Row ").split(", column ")
        return int(row) - 1, int(column) - 1
