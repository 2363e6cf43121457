"""What README, CONTRIBUTING and the other pages name in code type exists: targets of make, modules with their commands, files."""

import importlib.util
import re

import pytest

from bookbuild import __main__ as bookbuild
from tests.conftest import ROOT

PAGES = ("README.md", "CONTRIBUTING.md", "index.md", "train.md", "practice.md", "claims.md", "LICENSE-PROSE.md")
CODE = re.compile(r"```.*?```|`[^`]+`", re.DOTALL)
MAKE = re.compile(r"(?:^|`|&& )(?:CNNBOOK_\w+=\w+ )?make ([a-z]+)\b", re.MULTILINE)
MODULE = re.compile(r"(?:python|\$\(BIN\)/python) -m ([\w.]+)(?: ([a-z-]+))?")
FILE = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|toml|md|yml|ipynb|bib|js|css|json|jsonl|cff|txt|wat|h5))`")
TARGETS = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
COMMANDS = set(re.findall(r"(?m)^ {4}([a-z-]+) ", bookbuild.__doc__))
# What is made where the book is built, and a name to be filled in.
NOT_IN_A_CLONE = re.compile(r"(?:_build|drafts|generated|\.venv)/|live_cnn_weights\.js|chapters/NN_topic\.ipynb")
FOLDERS = ("cnnbook", "bookbuild", "tests", "chapters", "benchmarks", "assets", "records", ".github")


def code(page: str) -> list[str]:
    return CODE.findall((ROOT / page).read_text(encoding="utf-8"))


def exists(name: str) -> bool:
    """As a path from the top, or from some folder below it, as an author who is in that folder would say it."""
    return (ROOT / name).exists() or any(
        path.as_posix().endswith(f"/{name.rstrip('/')}")
        for folder in FOLDERS
        for path in (ROOT / folder).rglob(name.rstrip("/").rpartition("/")[2])
    )


@pytest.mark.parametrize("page", PAGES)
def test_a_command_that_a_page_names_can_be_given(page):
    text = "\n".join(code(page))
    assert set(MAKE.findall(text)) - TARGETS == set()
    for module, command in MODULE.findall(text):
        assert importlib.util.find_spec(module), f"there is no module {module}"
        assert module != "bookbuild" or command in {"", *COMMANDS}, f"python -m bookbuild knows no {command}"


@pytest.mark.parametrize("page", PAGES)
def test_a_file_that_a_page_names_is_there(page):
    named = {name for name in FILE.findall("\n".join(code(page))) if not NOT_IN_A_CLONE.match(name)}
    assert {name for name in named if not exists(name)} == set()


@pytest.mark.parametrize(
    ("said", "so"), [("`make test`", True), ("`make tests`", False), ("`cnnbook/door.py`", True), ("`cnnbook/doors.py`", False)]
)
def test_a_name_of_nothing_is_noticed(said, so):
    there = [target in TARGETS for target in MAKE.findall(said)] + [exists(name) for name in FILE.findall(said)]
    assert there == [so]
