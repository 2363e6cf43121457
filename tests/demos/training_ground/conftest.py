"""The training ground in a page of its own, made of the scripts that the book's pages get."""

import re

import pytest

from bookbuild import bundle_demos
from cnnbook.demos import TrainingGround
from cnnbook.demos.shared.base import style
from tests.browser.driver import bring_into_view
from tests.demos.conftest import policy_header

ADDRESS = "http://ground.test/"
SCRIPT = bundle_demos.GROUND


def html(*demos: TrainingGround, folder: str = "") -> str:
    """A page with these demos; below a screen of text, so that none is near at first."""
    body = "".join(demo.html() for demo in demos)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Ground</title><meta name="viewport" content="width=device-width">'
        f"<style>{style('training_ground')}\n@media (prefers-color-scheme: dark) {{ :root {{ --pst-color-text-base: #ddd;"
        " --pst-color-background: #14181e; --pst-color-surface: #29313d; --pst-color-text-muted: #9ca4af; --pst-color-primary: #3fb1c5 }"
        " body { background: #14181e; color: #ddd } }</style>"
        f'<main><h1>Ground</h1><p style="height: 3000px">Text</p>{body}</main><script defer src="{folder}demos.js"></script></html>'
    )


class Ground:
    """One training ground of a page: what a reader does with it and sees of it."""

    def __init__(self, page, n: int = 0):
        self.page = page
        bring_into_view(page.locator(".cnnbook-demo").nth(n))
        self.root = page.locator(".cb-ground").nth(n)
        self.root.locator(".cb-credit").wait_for()  # its last part

    def press(self, name: str):
        self.root.get_by_role("button", name=name, exact=True).click()

    def set(self, label: str, value: str):
        field = self.root.get_by_label(label, exact=True)
        if field.evaluate("node => node.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
            field.dispatch_event("change")

    @property
    def status(self) -> str:
        return self.root.locator(".cb-status").inner_text()

    @property
    def complaint(self) -> str:
        return self.root.get_by_role("alert").inner_text()

    @property
    def updates(self) -> int:
        found = re.match(r"([\d,]+) updates", self.status)
        return int(found[1].replace(",", "")) if found else 0

    def wait(self, condition: str):
        """Wait until this holds, JavaScript about `status`, the status line's text, and `root`."""
        self.page.wait_for_function(
            f"(root) => {{ const status = root.querySelector('.cb-status').textContent; return {condition}; }}",
            arg=self.root.element_handle(),
        )

    def train(self, updates: int):
        """Train for at least so many updates, then pause, and wait for what is measured then."""
        self.press("Train")
        self.wait(f"Number((status.match(/^[0-9,]+/) ?? ['0'])[0].replaceAll(',', '')) >= {updates}")
        self.press("Pause")
        self.wait("/^([0-9,]+) updates.*measured at update \\1:/.test(status)")

    def accuracy(self) -> tuple[float, float]:
        """Of training and test images, in percent."""
        training, test = re.findall(r"([\d.]+) % of", self.status)
        return float(training), float(test)

    def counts(self) -> list[tuple[str, str, str]]:
        """Output shape, parameters and multiply–accumulates of each row of the network's table."""
        rows = self.root.locator(".cb-layers:not(.cb-flow) tbody tr").all()
        return [tuple(row.locator("td").nth(n).inner_text() for n in (1, 2, 3)) for row in rows]


@pytest.fixture(scope="session")
def scripts() -> dict[str, str]:
    return {"demos.js": bundle_demos.bundle(), SCRIPT: bundle_demos.own_scripts()[SCRIPT]}


@pytest.fixture
def open_ground(open_answered, scripts):
    """A function that opens a page with demos, as `open_answered` does."""

    def open_(*demos, policy: str = "", **options):
        content = html(*(demos or [TrainingGround()]))

        def answer(file, route):
            if file in scripts:
                route.fulfill(content_type="text/javascript", body=scripts[file])
            else:
                route.fulfill(content_type="text/html", body=content, headers=policy_header(policy))

        return open_answered(ADDRESS, answer, **options)

    return open_


@pytest.fixture
def ground(open_ground):
    return Ground(open_ground())
