"""The training's own files in an empty page, and the whole demo in a page of its own."""

import base64

import pytest

from cnnbook.demos import CifarTraining
from cnnbook.demos.shared import linker
from tests.demos.cifar_training.archives import files as archive_files
from tests.demos.cifar_training.archives import page_files, small, tar_gz

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
        page.locator(".cnnbook-demo").scroll_into_view_if_needed()
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
def open_course(browser, scripts):
    """A function that opens a page with the demo; the page gets `complaints` and `asked`, the names of the files it asked for."""
    contexts = []

    def open_(files: dict[str, str] = scripts, *, width: int = 1280, policy: str = "", **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.complaints, page.asked = [], []
        page.on("console", lambda message: page.complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))

        def answer(route):
            file = route.request.url.removeprefix(ADDRESS).split("?")[0]
            page.asked.append(file)
            kind = "text/javascript" if file.endswith(".js") else "text/html"
            headers = {"Content-Security-Policy": policy} if policy and kind == "text/html" else {}
            route.fulfill(content_type=kind, body=files.get(file, ""), headers=headers)

        page.route(f"{ADDRESS}**", answer)
        page.goto(f"{ADDRESS}page.html")
        return page

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture
def course(open_course):
    return Course(open_course())
