"""The first code cell of the chapters: silent where the package is, brings it on Colab, says elsewhere what to do; one address."""

import importlib.util
import shutil
import subprocess
import sys
import tomllib
import types

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from bookbuild import address, execute, places
from tests.conftest import ROOT

BOOK = "https://github.com/owner/name"
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))


@pytest.fixture
def pyproject(monkeypatch, tmp_path):
    """A copy of pyproject.toml that may be written to."""
    copy = tmp_path / "pyproject.toml"
    copy.write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(places, "PYPROJECT", copy)
    return copy


@pytest.fixture
def run(monkeypatch):
    """Run the cell as a notebook does; returns the shell commands it gave, which are not carried out."""
    monkeypatch.setattr(sys, "path", sys.path.copy())

    def run_(book, *, installed, colab):
        commands = []
        if not installed:
            monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
        if colab:
            monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
        code = TransformerManager().transform_cell(address.FIRST_CELL.format(address=book))
        exec(code, {"get_ipython": lambda: types.SimpleNamespace(system=commands.append)})
        return commands

    return run_


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_chapter_has_the_same_first_cell_with_the_one_address(path):
    cell = next(cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code")
    assert cell.source == address.first_cell(), "run python -m bookbuild address"
    assert cell.metadata.tags == ["remove-cell"]
    assert cell.outputs == []


def test_the_first_cell_is_short():
    assert len(address.first_cell().splitlines()) <= 11


@pytest.mark.parametrize("colab", [True, False])
def test_where_the_package_is_installed_the_first_cell_does_nothing(run, capfd, colab):
    before = sys.path.copy()
    assert run(BOOK, installed=True, colab=colab) == []
    assert sys.path == before
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("book", "colab"), [(BOOK, False), ("", False), ("", True)])
def test_where_the_package_cannot_be_had_one_error_says_what_is_missing_and_what_to_do(run, book, colab):
    with pytest.raises(ModuleNotFoundError, match=rf"cnnbook is not in this Python\. Get the whole book; run make lab, .* {book}$"):
        run(book, installed=False, colab=colab)


def test_on_colab_the_first_cell_fetches_the_book_and_finds_the_package_in_it(run):
    clone, install = run(BOOK, installed=False, colab=True)
    assert "git clone" in clone
    assert "{BOOK}" in clone
    assert "cnn-book/bookbuild/colab.txt" in install
    assert sys.path[0] == "cnn-book"


def test_a_folder_that_happens_to_be_called_cnnbook_does_not_pass_for_the_package(monkeypatch, tmp_path, run):
    (tmp_path / "cnnbook").mkdir()
    found = importlib.util.spec_from_loader("cnnbook", None, is_package=True)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: found)
    with pytest.raises(ModuleNotFoundError, match="cnnbook is not in this Python"):
        run(BOOK, installed=True, colab=False)


CLONED = """
import subprocess, sys, types
sys.meta_path = [finder for finder in sys.meta_path if "editable" not in getattr(finder, "__module__", "")]  # cnnbook is not installed
sys.modules["google.colab"] = types.ModuleType("google.colab")
shell = types.SimpleNamespace(system=lambda line: "pip" in line or subprocess.run(line.replace("{BOOK}", BOOK), shell=True, check=True))
unreachable = types.SimpleNamespace(system=lambda line: None)  # failing commands do not stop a cell
for attempt in (unreachable, shell):
    get_ipython = lambda: attempt
    exec(sys.argv[1], globals())
    try:
        from cnnbook import records
    except ModuleNotFoundError:
        assert attempt is unreachable
assert records.RECORDS.parent.name == "cnn-book", records.RECORDS
assert records.load("cnn") and records.weights_path("cnn").stat().st_size > 1_000_000
"""


@pytest.mark.skipif(not (shutil.which("git") and (ROOT / ".git").exists()), reason="not a clone, so nothing to be cloned")
def test_a_clone_brings_the_package_with_its_records_and_weights_also_where_a_first_try_failed(tmp_path):
    code = TransformerManager().transform_cell(address.FIRST_CELL.format(address=ROOT.as_uri()))
    subprocess.run([sys.executable, "-c", CLONED, code], cwd=tmp_path, check=True)


def test_colab_gets_the_requirements_of_the_package_and_keeps_its_own_tensorflow_and_widgets():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = project["dependencies"] + project["optional-dependencies"]["keras"]
    lines = (ROOT / "bookbuild" / "colab.txt").read_text(encoding="utf-8").splitlines()
    given = [line for line in lines if not line.startswith("#")]
    unversioned = {"ipywidgets", "ipykernel"}
    assert set(given) - unversioned - {"tensorflow"} == {need for need in needed if not need.startswith(("tensorflow", *unversioned))}
    assert {"tensorflow", *unversioned} <= set(given)


def test_the_address_is_written_to_one_place_and_may_change(pyproject):
    address.write_address(BOOK)
    address.write_address(f"{BOOK}s.git")
    assert tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]["urls"] == {"Repository": f"{BOOK}s"}
    assert f'BOOK = "{BOOK}s"' in address.first_cell()


@pytest.mark.parametrize(
    "wrong", ["", "owner/name", "https://example.org/owner/name", "https://github.com/owner", 'https://github.com/o/"']
)
def test_an_address_that_colab_could_not_open_is_refused(pyproject, wrong):
    with pytest.raises(ValueError, match=r"address is .*; it takes an address such as"):
        address.write_address(wrong)


def test_writing_the_cell_keeps_outputs_and_counts_and_hides_no_stale_chapter():
    chapter = nbformat.read(CHAPTERS[0], as_version=4)
    before = [cell.outputs for cell in chapter.cells if cell.cell_type == "code"]
    address.write_cell(chapter, "a new " + address.MARK)
    assert [cell.outputs for cell in chapter.cells if cell.cell_type == "code"] == before
    assert [cell.source for cell in chapter.cells].count("a new " + address.MARK) == 1
    assert chapter.metadata["cnnbook"]["executed"] == execute.source_hash(chapter)
    chapter.cells[-1].source += " # changed and not executed"
    address.write_cell(chapter, address.first_cell())
    assert chapter.metadata["cnnbook"]["executed"] != execute.source_hash(chapter)
