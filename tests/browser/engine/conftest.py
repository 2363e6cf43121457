"""The engine in an empty page of Chromium."""

import pytest

from cnnbook.demos.shared import linker

ENGINE = linker.DEMOS / "engine"
MODULES = ("arena", "initialisers", "layer", "loss", "network", "optimizers", "random", "specs")


@pytest.fixture(scope="session")
def engine(browser):
    """A page in which `engine` holds what the modules of the engine export."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(120_000)
    files = [ENGINE / f"{name}.js" for name in MODULES]
    parts = ", ".join(f"...{linker.variable(file)}" for file in files)
    page.evaluate(f"(() => {{ {linker.link(*files)}\n globalThis.engine = {{ {parts} }}; }})()")
    yield page
    context.close()
