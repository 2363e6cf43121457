"""JavaScript of the demos, called from Python in a page that is otherwise empty."""

import pytest

from cnnbook.demos.shared import linker


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
