"""The engine in an empty page of Chromium."""

import json

import pytest

from cnnbook.demos.shared import linker

ENGINE = linker.DEMOS / "engine"
FILES = sorted(ENGINE.glob("*.js"))

# Every file of the engine as one script: `engine` holds all that they export.
LINKED = f"{linker.link(*FILES)}\nglobalThis.engine = {{ {', '.join(f'...{linker.variable(file)}' for file in FILES)} }};"
# The same as a script that a Worker runs.
WORKER = f"{LINKED}\nengine.serve(self);"


@pytest.fixture(scope="session")
def engine(browser):
    """A page in which `engine` holds what the files of the engine export, and `workerSource` what a Worker runs."""
    page = browser.new_page()
    page.set_default_timeout(120_000)
    page.evaluate(f"() => {{ {LINKED}\nglobalThis.workerSource = {json.dumps(WORKER)}; }}")
    yield page
    page.close()
