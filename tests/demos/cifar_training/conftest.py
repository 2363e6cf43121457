"""The training's own files in an empty page, and the whole demo in a page of its own."""

import base64

import pytest

from cnnbook.demos import CifarTraining
from cnnbook.demos.shared import linker
from tests.browser.driver import bring_into_view
from tests.demos.cifar_training.archives import files as archive_files
from tests.demos.cifar_training.archives import page_files, small, tar_gz
from tests.demos.conftest import policy_header

FILES = ("cifar_training/archive.js", "cifar_training/replica.js", "cifar_training/team.js", "engine/random.js")
PATHS = [linker.DEMOS / file for file in FILES]
LINKED = f"{linker.link(*PATHS)}\nglobalThis.made = {{ {', '.join(f'...{linker.variable(path)}' for path in PATHS)} }};"
ADDRESS = "https://training.test/"


@pytest.fixture(scope="session")
def parts(browser):
    """A page in which `made` holds what the training's files export."""
    page = browser.new_page()
    page.set_default_timeout(120_000)
    page.route(f"{ADDRESS}**", lambda route: route.fulfill(content_type="text/html", body="<!doctype html><title>parts</title>"))
    page.goto(ADDRESS)  # SHA-256 is there in pages by https, and not in an empty one
    page.evaluate(f"() => {{ {LINKED} }}")
    yield page
    page.close()


class Course:
    """The demo in a page: what a reader does with it and sees of it."""

    def __init__(self, page):
        self.page, self.root = page, page.locator(".cb-cifar")
        bring_into_view(page.locator(".cnnbook-demo"))
        self.root.wait_for()

    def choose(self, content: bytes, name: str = "cifar-10-binary.tar.gz"):
        file = {"name": name, "mimeType": "application/gzip", "buffer": content}
        self.root.locator("input[type=file]").set_input_files(file)

    def button(self, name: str):
        return self.root.get_by_role("button", name=name, exact=True)

    def press(self, name: str):
        self.button(name).click()

    def set(self, label: str, value: object):
        self.root.get_by_label(label, exact=True).fill(str(value))

    @property
    def status(self) -> str:
        return self.root.locator(".cb-status").inner_text()

    def wait(self, said: str):
        self.root.locator(".cb-status", has_text=said).wait_for()

    def reach(self, epoch: int):
        """Wait until this epoch or a later one is under way: it says so twice a second, so that a short epoch goes by unsaid."""
        self.page.wait_for_function(
            "([status, epoch]) => Number(/^Epoch (\\d+) of/.exec(status.textContent)?.[1]) >= epoch",
            arg=[self.root.locator(".cb-status").element_handle(), epoch],
        )


def base64_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


@pytest.fixture(scope="session")
def sample():
    """A small archive and a demo that accepts it, with so few images that an epoch takes no time."""
    arrays, about = small()
    demo = CifarTraining()
    demo.set_trait("archive", about)
    return {"arrays": arrays, "about": about, "demo": demo, "archive": tar_gz(archive_files(arrays, about))}


@pytest.fixture(scope="session")
def scripts(sample) -> dict[str, str]:
    return page_files(sample["demo"])


@pytest.fixture
def open_course(open_answered, scripts):
    """A function that opens a page with the demo, as `open_answered` does."""

    def open_(files: dict[str, str] = scripts, *, policy: str = "", **options):
        def answer(file, route):
            kind = "text/javascript" if file.endswith(".js") else "text/html"
            headers = policy_header(policy) if kind == "text/html" else {}
            route.fulfill(content_type=kind, body=files.get(file, ""), headers=headers)

        return open_answered(ADDRESS, answer, path="page.html", **options)

    return open_


@pytest.fixture
def course(open_course):
    return Course(open_course())
