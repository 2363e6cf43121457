"""The chapters in JupyterLab: text without markup, demos drawn by anywidget, their traits synced with Python both ways."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.request
import uuid

import nbformat
import numpy as np
import pytest
from playwright.sync_api import TimeoutError

from cnnbook import demos
from tests.browser.driver import wait_until
from tests.browser.live import Live
from tests.conftest import ROOT

CELLS = [
    "from cnnbook.demos import SlidingFilter\ndemo = SlidingFilter()\ndemo",
    "print('now at', demo.position, demo.filter)",
    "demo.filter = 'blur'\ndemo.position = [2, 5]",
    "from cnnbook.demos import TrainingGround\nground = TrainingGround('norm')\nground",
    "print('kernel has', ground.setup['seed'], *ground.history['update'])",
    "ground.setup = ground.setup | {'seed': 9}",
]
CALL = re.compile(r"demos\.(\w+)\(.*\)")
# Cells out of sight would not be in the page.
SETTINGS = ("@jupyterlab/notebook-extension/tracker.jupyterlab-settings", {"windowingMode": "none"})


def calls(path) -> list[tuple[int, str]]:
    """The code cells of a chapter that are a demo and nothing else, and which one."""
    code = [cell.source.strip() for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    return [(number, call[1]) for number, source in enumerate(code) if (call := CALL.fullmatch(source))]


CHAPTERS = {path.stem: calls(path) for path in sorted((ROOT / "chapters").glob("*.ipynb"))}


def answers(address: str) -> bool:
    """Does a server answer there?"""
    try:
        with urllib.request.urlopen(address, timeout=10):
            return True
    except OSError:
        return False


def stop_kernels(lab: str):
    """End what runs in JupyterLab, so that the next notebook has the memory for itself."""
    with urllib.request.urlopen(f"{lab}api/sessions") as answer:
        running = json.load(answer)
    for session in running:
        with urllib.request.urlopen(urllib.request.Request(f"{lab}api/sessions/{session['id']}", method="DELETE")):
            pass


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """A JupyterLab server in a folder with the chapters and a notebook of the cells above; its address."""
    folder = tmp_path_factory.mktemp("lab")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(notebook, folder / "demo.ipynb")
    shutil.copytree(ROOT / "chapters", folder / "chapters")
    settings = folder / "settings" / SETTINGS[0]
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps(SETTINGS[1]), encoding="utf-8")
    options = [
        "--no-browser",
        f"--port={port}",
        "--IdentityProvider.token=",
        "--ServerApp.allow_root=True",
        "--ServerApp.disable_check_xsrf=True",  # so that `stop_kernels` may ask it, too
        f"--ServerApp.root_dir={folder}",
    ]
    options += ["--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    # Its own settings and workspaces: those of whoever runs this would be used, and changed.
    own = {f"JUPYTERLAB_{kind.upper()}_DIR": str(folder / kind) for kind in ("settings", "workspaces")}
    with open(folder / "log.txt", "wb") as log:
        server = subprocess.Popen([sys.executable, "-m", "jupyterlab", *options], stdout=log, stderr=log, env=os.environ | own)
        address = f"http://127.0.0.1:{port}/"
        try:
            wait_until(lambda: answers(f"{address}api"), lambda: (folder / "log.txt").read_text())
            yield address
        finally:
            server.terminate()
            server.wait()


@pytest.fixture
def open_notebook(lab, contexts):
    """A function that opens a notebook in a workspace of its own and waits for its kernel."""
    context = contexts.new(viewport={"width": 1400, "height": 1600})

    def open_(name):
        page = context.new_page()
        # Where a cell is run before JupyterLab knows its kernel, it asks for one.
        asked = page.get_by_role("button", name="Select", exact=True)
        # It may ask again at once, so that the question never goes away: look again, do not wait for that.
        page.add_locator_handler(asked, lambda button: button.click(), no_wait_after=True)
        page.goto(f"{lab}lab/workspaces/{uuid.uuid4().hex}/tree/{name}")
        page.locator(".jp-CodeCell").first.wait_for()
        page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").wait_for()
        return page

    yield open_
    contexts.close(context)
    stop_kernels(lab)


def run(page, number: int):
    """Run a code cell to its end. While JupyterLab connects to the kernel it loses keys, or takes them and forgets the cell."""
    cell = page.locator(".jp-CodeCell").nth(number)
    prompt = cell.locator(".jp-InputPrompt")
    done = prompt.filter(has_text=re.compile(r"\d")).filter(has_not_text=prompt.inner_text())

    def has_run() -> bool:
        if not prompt.filter(has_text="*").count():  # waits or runs
            cell.locator(".cm-content").first.click()
            page.keyboard.press("Control+Enter")
        try:
            done.wait_for(state="attached", timeout=2_000)
        except TimeoutError:
            return False
        return True

    wait_until(has_run, lambda: f"cell {number} did not run: {cell.inner_text()}")


def run_demo(page, number: int):
    """Run a chapter's imports, which stand behind the cell for Colab, and then a demo until it is alive."""
    run(page, 1)
    run(page, number)
    page.locator(".jp-CodeCell").nth(number).locator(".cnnbook :is(select, input, button)").first.wait_for()


def test_moving_the_window_reaches_python_and_setting_a_trait_reaches_the_page(open_notebook):
    page = open_notebook("demo.ipynb")
    run(page, 0)
    page.locator(".cnnbook .cb-input").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.locator(".cnnbook").get_by_label("Filter", exact=True).select_option("outline")
    told = page.locator(".jp-OutputArea-output").filter(has_text="now at")

    def reached_python() -> bool:
        run(page, 1)
        return told.inner_text().strip() == "now at [1, 1] outline"

    wait_until(reached_python, told.inner_text)
    run(page, 2)
    page.get_by_text("Row 3, column 6:").wait_for(state="attached")
    assert page.locator(".cnnbook").get_by_label("Filter", exact=True).input_value() == "blur"


def test_training_in_the_page_reaches_python_as_arrays_and_a_set_up_reaches_the_page(open_notebook):
    page = open_notebook("demo.ipynb")
    run(page, 3)
    ground, told = page.locator(".cb-ground"), page.locator(".jp-OutputArea-output").filter(has_text="kernel has")
    seed, status, address = ground.get_by_label("Seed", exact=True), ground.locator(".cb-status"), page.url
    seed.fill("7")
    ground.get_by_role("button", name="One step", exact=True).click()
    status.filter(has_text="measured at update 1:").wait_for()

    def told_by_python(text: str) -> bool:
        run(page, 4)
        return told.inner_text().strip() == text

    wait_until(lambda: told_by_python("kernel has 7 0.0 1.0"), told.inner_text)
    run(page, 5)
    status.filter(has_text="Not trained yet.").wait_for()
    assert seed.input_value() == "9"
    wait_until(lambda: told_by_python("kernel has 9"), told.inner_text)
    assert page.url == address  # it is JupyterLab's


def test_every_demo_has_a_cell_of_its_own_in_some_chapter():
    assert {demo for found in CHAPTERS.values() for _, demo in found} == set(demos.__all__)


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_opens_without_raw_markup_and_its_demo_comes_alive_after_its_imports(open_notebook, request, name):
    if "load_cifar10" in (ROOT / "chapters" / f"{name}.ipynb").read_text(encoding="utf-8"):
        request.getfixturevalue("cifar10")
    page = open_notebook(f"chapters/{name}.ipynb")
    written = page.locator(".jp-MarkdownCell .jp-RenderedMarkdown")
    written.filter(has_text="What to remember").last.wait_for()
    prose = "\n".join(written.all_inner_texts())
    assert len(prose) > 2_000
    assert [mark for mark in ("{cite", "{glue", "<span", "<cite", "data-number", "```") if mark in prose] == []
    for number, _ in CHAPTERS[name]:
        run_demo(page, number)
    assert page.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0


def test_the_live_network_in_its_chapter_answers_as_it_does_in_python(open_notebook):
    number = next(number for number, demo in CHAPTERS["08_whole_network"] if demo == "LiveCNN")
    page = open_notebook("chapters/08_whole_network.ipynb")
    run_demo(page, number)
    live, demo = Live(page), demos.LiveCNN()
    live.choose("Image", "horse")
    np.testing.assert_allclose(live.probabilities(), demo.probabilities(demo.pixels())[list(demo.samples).index("horse")], atol=1e-4)
