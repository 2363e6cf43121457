"""The page's checker, run in a page that is otherwise empty."""

from pathlib import Path

import numpy as np
import pytest

from cnnbook import exercises
from cnnbook.demos.shared import linker
from cnnbook.exercises import for_the_page
from tests.demos.conftest import Module

PAGE = Path(exercises.__file__).parent / "page"


@pytest.fixture(scope="session")
def script(browser):
    """A function that links a file of `cnnbook/exercises/page`, for instance "checker.js", and returns it as a `Module`."""
    pages = []

    def load(file: str) -> Module:
        pages.append(browser.new_page())
        path = PAGE / file
        return Module(pages[-1], f"{linker.link(path)}\nconst linked = {linker.variable(path)};")

    yield load
    for page in pages:
        page.close()


class Checker:
    """The page's verdicts."""

    def __init__(self, module: Module, book: dict):
        self._page = module._page
        self._page.evaluate("(book) => { globalThis.book = book; }", book)

    def verdicts(self, pairs) -> list[str]:
        """For each pair of an exercise's name and the typed answer."""
        return self._page.evaluate(
            """(pairs) => pairs.map(([name, answer]) => {
                try { return linked.verdict(book, name, answer); } catch (error) { return `stopped with ${error}`; }
            })""",
            [list(pair) for pair in pairs],
        )


@pytest.fixture(scope="session")
def checker(script) -> Checker:
    return Checker(script("checker.js"), for_the_page.data())


def as_text(answer: object) -> object:
    """An answer as somebody would type it into the page."""
    if isinstance(answer, np.ndarray):
        return as_text(answer.tolist())
    if isinstance(answer, list):
        return [as_text(cell) for cell in answer]
    return answer if isinstance(answer, str) else repr(answer)
