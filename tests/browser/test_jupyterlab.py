"""The demo in JupyterLab: the same module, drawn by anywidget, its traits synced with Python both ways."""

import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest
from playwright.sync_api import TimeoutError

CELLS = [
    "from cnnbook.demos import SlidingFilter\ndemo = SlidingFilter()\ndemo",
    "print('now at', demo.position, demo.filter)",
    "demo.filter = 'blur'\ndemo.position = [2, 5]",
]


@pytest.fixture
def lab(tmp_path, browser):
    """A JupyterLab server in a folder with one notebook; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(notebook, tmp_path / "demo.ipynb")
    settings = [
        "--no-browser",
        f"--port={port}",
        "--IdentityProvider.token=",
        "--ServerApp.allow_root=True",
        f"--ServerApp.root_dir={tmp_path}",
    ]
    settings += ["--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    with open(tmp_path / "log.txt", "wb") as log:
        server = subprocess.Popen([sys.executable, "-m", "jupyterlab", *settings], stdout=log, stderr=log)
        address = f"http://127.0.0.1:{port}/"
        try:
            for _ in range(120):
                try:
                    with urllib.request.urlopen(f"{address}api", timeout=1):
                        break
                except OSError:
                    time.sleep(0.5)
            else:
                pytest.fail((tmp_path / "log.txt").read_text())
            yield address
        finally:
            server.terminate()
            server.wait(timeout=20)


def test_moving_the_window_reaches_python_and_setting_a_trait_reaches_the_page(lab, browser):
    context = browser.new_context(viewport={"width": 1400, "height": 1600})
    page = context.new_page()
    page.goto(f"{lab}lab/tree/demo.ipynb")
    cells = page.locator(".jp-CodeCell")
    cells.first.wait_for(timeout=90_000)

    def run(number, expected):
        """Run a cell until what it brings is there: JupyterLab loses keys while it connects to the kernel."""
        for _ in range(6):
            cells.nth(number).locator(".cm-content").first.click()
            page.keyboard.press("Control+Enter")
            try:
                expected.wait_for(state="attached", timeout=20_000)
                return
            except TimeoutError:
                continue
        pytest.fail(f"cell {number} brought nothing: {cells.nth(number).inner_text()}")

    page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").wait_for(timeout=90_000)
    run(0, page.locator(".cnnbook .cb-input"))
    page.locator(".cnnbook .cb-input").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.locator(".cnnbook").get_by_label("Filter", exact=True).select_option("outline")
    page.wait_for_timeout(1_000)
    run(1, page.get_by_text("now at [1, 1] outline"))
    run(2, page.get_by_text("Row 3, column 6:"))
    assert page.locator(".cnnbook").get_by_label("Filter", exact=True).input_value() == "blur"
    context.close()
