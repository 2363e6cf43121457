"""JavaScript of the demos, called from Python in a page that is otherwise empty."""

import pytest

from bookbuild import bundle_demos
from cnnbook.demos.shared import linker
from cnnbook.demos.shared.base import style


class Module:
    """What a JavaScript file exports: `module.name(…)` calls a function with JSON and returns JSON, `module["name"]` is a constant."""

    def __init__(self, page, source: str):
        self._page = page
        page.evaluate(f"() => {{ {source}\nglobalThis.linked = {{ ...linked }}; }}")

    def __getitem__(self, name: str):
        return self._page.evaluate("(name) => linked[name]", name)

    def __getattr__(self, name: str):
        return lambda *arguments: self._page.evaluate("([name, given]) => linked[name](...given)", [name, list(arguments)])

    def map(self, name: str, settings) -> list:
        """`name` called once for each list of arguments, all in one go."""
        return self._page.evaluate("([name, all]) => all.map((given) => linked[name](...given))", [name, [list(each) for each in settings]])


@pytest.fixture(scope="module")
def javascript_module(browser):
    """A function that links a file of `cnnbook/demos`, for instance "shared/arithmetic.js", and returns it as a `Module`."""
    pages = []

    def load(file: str) -> Module:
        pages.append(browser.new_page())
        path = linker.DEMOS / file
        return Module(pages[-1], f"{linker.link(path)}\nconst linked = {linker.variable(path)};")

    yield load
    for page in pages:
        page.close()


ADDRESS = "http://demos.test/"


@pytest.fixture(scope="session")
def files() -> dict[str, str]:
    """What a page asks for, as the book's pages get it."""
    texts = {"demos.js": bundle_demos.bundle(), "demos.css": style(*bundle_demos.names())}
    return texts | bundle_demos.own_scripts() | {bundle_demos.WEIGHTS: bundle_demos.weights_script()}


@pytest.fixture
def open_answered(browser):
    """A function that opens the page at an address where `answer(file, route)` answers every request.

    The page gets `complaints`, what it says on the console of the kinds `heard` and what went wrong, and `asked`, the names of the files
    it asked for. With `clock`, time passes as the test says.
    """
    contexts = []

    def open_(address, answer, *, path="", width=1280, height=900, clock=False, heard=("error", "warning"), **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        if clock:
            page.clock.install()
        page.complaints, page.asked = [], []
        page.on("console", lambda message: page.complaints.append(message.text) if message.type in heard else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))

        def note(route):
            page.asked.append(route.request.url.removeprefix(address).split("?")[0])
            answer(page.asked[-1], route)

        page.route(f"{address}**", note)
        page.goto(address + path)
        return page

    yield open_
    for context in contexts:
        context.close()


def policy_header(policy: str) -> dict[str, str]:
    """The headers of a page with this Content-Security-Policy, or with none."""
    return {"Content-Security-Policy": policy} if policy else {}


@pytest.fixture
def open_demos(open_answered, files):
    """A function that opens a page with these demos. `answers` are other answers than the files, functions of Playwright's route, and
    `page.answers` later.
    """

    def open_(*demos, policy="", answers=None, width=1000, **options):
        others = dict(answers or {})
        body = "".join(f"<h2>Demo</h2>{demo if isinstance(demo, str) else demo.html()}" for demo in demos)
        html = (
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Demos</title><meta name="viewport" content="width=device-width">'
            f'<link rel="stylesheet" href="demos.css"><main><h1>Demos</h1>{body}<footer></footer></main>'
            '<script defer src="demos.js"></script></html>'
        )

        def answer(file, route):
            if file in others:
                others[file](route)
            elif file in files:
                route.fulfill(content_type="text/css" if file.endswith("css") else "text/javascript", body=files[file])
            else:
                route.fulfill(content_type="text/html", body=html, headers=policy_header(policy))

        page = open_answered(ADDRESS, answer, width=width, height=800, heard=("error",), **options)
        page.answers = others
        return page

    return open_
