"""JavaScript of the demos, called from Python in a page that is otherwise empty."""

import pytest

from bookbuild import bundle_demos
from cnnbook.demos import cifar_training
from cnnbook.demos.shared import linker
from cnnbook.demos.shared.base import style
from cnnbook.demos.training_ground import page as training_ground


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
    texts |= {bundle_demos.GROUND: training_ground.script().page_script(), bundle_demos.TRAINING: cifar_training.SCRIPT.page_script()}
    return texts | {bundle_demos.WEIGHTS: bundle_demos.weights_script()}


@pytest.fixture
def open_demos(browser, files):
    """A function that opens a page with these demos; with `clock`, time passes as the test says.
    `answers` are other answers than the files, functions of Playwright's route.

    The page gets `complaints`, what went wrong, and `asked`, the names of the files it asked for.
    """
    contexts = []

    def open_(*demos, policy="", answers=None, clock=False, width=1000, **options):
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        if clock:
            page.clock.install()
        page.complaints, page.asked, page.answers = [], [], dict(answers or {})
        page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        body = "".join(f"<h2>Demo</h2>{demo if isinstance(demo, str) else demo.html()}" for demo in demos)
        html = (
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Demos</title><meta name="viewport" content="width=device-width">'
            f'<link rel="stylesheet" href="demos.css"><main><h1>Demos</h1>{body}<footer></footer></main>'
            '<script defer src="demos.js"></script></html>'
        )

        def answer(route):
            file = route.request.url.removeprefix(ADDRESS).split("?")[0]
            page.asked.append(file)
            if file in page.answers:
                page.answers[file](route)
            elif file in files:
                route.fulfill(content_type="text/css" if file.endswith("css") else "text/javascript", body=files[file])
            else:
                route.fulfill(content_type="text/html", body=html, headers={"Content-Security-Policy": policy} if policy else {})

        page.route(f"{ADDRESS}**", answer)
        page.goto(ADDRESS)
        return page

    yield open_
    for context in contexts:
        context.close()
