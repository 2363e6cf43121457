"""Which outputs are compared where, and what a red cell says: that its output differs, and what to do; or that it could not be run."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbval import plugin

import conftest
from cnnbook import machine
from tests.conftest import ROOT

IGNORED = {"tags": ["nbval-ignore-output"]}
HERE = {"machine": machine.name(), "versions": machine.versions()}


def said_of(folder: Path, cells: list[tuple], executed: dict | None = None) -> dict[int, str]:
    """What is said of each cell that is red, by its number; of a cell are given its source, its stored text, and its metadata if any."""
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}, "cnnbook": executed or {}})
    for source, stored, *metadata in cells:
        outputs = [nbformat.v4.new_output("stream", name="stdout", text=stored)] if stored else []
        cell = nbformat.v4.new_code_cell(source, outputs=outputs, execution_count=1, metadata=metadata[0] if metadata else {})
        notebook.cells.append(cell)
    nbformat.write(notebook, folder / "red.ipynb")
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = ["-p", "conftest", "--nbval", "--nbval-current-env", "-c", folder / "pytest.ini", "--color=no", folder / "red.ipynb"]
    shown = subprocess.run([sys.executable, "-m", "pytest", *command], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    parts = shown.split("::Cell ")
    return {int(part[0]): part for part in parts[1:] if "Input:" in part}


@pytest.fixture(scope="module")
def said(tmp_path_factory) -> dict[int, str]:
    """What is said of each cell of a notebook that was executed with other results."""
    cells = [("print(1)", "1\n"), ("print(2)", "3\n"), ("1 / 0", ""), ("", "left over")]
    return said_of(tmp_path_factory.mktemp("red"), cells)


@pytest.mark.parametrize(
    ("executed", "red"),
    [
        (HERE, {0}),
        (HERE | {"machine": "an older processor, 2 cores"}, set()),
        (HERE | {"versions": HERE["versions"] | {"tensorflow": "2.0.0"}}, set()),
        ({}, set()),
    ],
    ids=["the same", "another processor", "another TensorFlow", "unknown"],
)
def test_an_ignored_output_is_compared_on_a_machine_like_the_one_that_made_it_and_nowhere_else(tmp_path, executed, red):
    """But neither a progress bar nor the time of a training."""
    bar = 'import sys; print("50 %", file=sys.stderr); print(1)'
    cells = [("print(2)", "3\n", IGNORED), (bar, "1\n", IGNORED), ("print('train_or_load()')", "after 5 s\n", IGNORED)]
    assert said_of(tmp_path, cells, executed).keys() == red


def test_where_the_output_differs_it_says_so_and_what_to_do(said):
    assert conftest.DIFFERS in said[1]
    assert "run `make execute`" in conftest.DIFFERS
    assert conftest.FAILED not in said[1]


def test_where_the_cell_could_not_be_run_it_says_that(said):
    assert conftest.FAILED in said[2]
    assert "ZeroDivisionError" in said[2]
    assert conftest.DIFFERS not in said[2]


def test_a_green_cell_says_nothing(said):
    assert 0 not in said


def test_these_are_the_words_of_nbval_itself():
    source = Path(plugin.__file__).read_text(encoding="utf-8")
    for words in (conftest.FAILED, *conftest.SAID):
        assert words in source, "nbval has other words now: bring those in conftest.py up to date"
