"""The structure of the package: who may import whom, how long files, functions and lines may be, how light the import is.

What may import what stands in one place, the table of CONTRIBUTING.md, which is read here.
"""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "cnnbook"
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 300, 60  # ruff holds the columns
ROW = re.compile(r"^\| `(?P<room>\w+)` \| (?P<job>[^|]+) \| (?P<may>[^|]+) \|$", re.MULTILINE)
KERAS = {"keras", "tensorflow"}


def plan() -> dict[str, set[str]]:
    """Room -> the rooms it may import, from the table; "Keras" stands for `keras_quietly`."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return {row["room"]: set(re.findall(r"`(\w+)`", row["may"])) for row in ROW.finditer(text)}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    """A module or a folder directly in the package."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """The rooms of the package that a file imports, and the top names of everything else."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"cnnbook.{alias.name}" for alias in node.names} if node.module == "cnnbook" else {node.module}
    return {name.split(".")[1] if name.startswith("cnnbook.") else name.split(".")[0] for name in found}


def lines_of(function: ast.FunctionDef) -> int:
    """How many lines a function has, its docstring not counted."""
    docstring = function.body[0] if ast.get_docstring(function) else None
    return function.end_lineno - function.lineno + 1 - (docstring.end_lineno - docstring.lineno + 1 if docstring else 0)


def test_every_module_is_a_room_of_the_plan():
    assert {room_of(path) for path in modules()} - {"__init__"} == set(plan())


def test_the_plan_has_no_circle():
    order: list[str] = []
    rooms = plan()
    while len(order) < len(rooms):
        free = [room for room, may in rooms.items() if room not in order and may <= {*order}]
        assert free, f"these import each other in a circle: {set(rooms) - set(order)}"
        order += free


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_its_room_may(path):
    used, room = imports(path), room_of(path)
    if room == "__init__":
        assert not used
        return
    assert used & set(plan()) - {room} <= plan()[room]
    assert "bookbuild" not in used  # what builds the site stands on the package, never beneath it
    if room != "keras_quietly":
        assert not used & KERAS


@pytest.mark.parametrize(
    "path",
    [*modules(), *sorted(PACKAGE.rglob("*.js")), *sorted((ROOT / "bookbuild").rglob("*.py"))],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_a_file_can_be_read_in_ten_minutes(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", [*modules(), *sorted((ROOT / "bookbuild").rglob("*.py"))], ids=lambda path: str(path.relative_to(ROOT)))
def test_a_function_can_be_seen_at_once(path):
    functions = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)]
    assert {node.name for node in functions if lines_of(node) >= MOST_LINES_OF_A_FUNCTION} == set()


@pytest.mark.parametrize("room", ["models", "training", "keras_quietly"])
def test_what_needs_keras_says_so_in_one_sentence_where_there_is_none(room):
    code = (
        "import sys, importlib.util; find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *more: None if name in ('keras', 'tensorflow') else find(name, *more)\n"
        f"import cnnbook.{room}"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.stderr.splitlines()[-1].startswith("ModuleNotFoundError: tensorflow and keras missing")
    assert "install cnnbook[keras]" in result.stderr


def test_importing_the_package_and_its_light_rooms_loads_no_tensorflow():
    light = ", ".join(sorted(set(plan()) - {"keras_quietly", "models", "training"}))
    code = f"import sys; from cnnbook import {light}; sys.exit(bool({{'tensorflow', 'keras'}} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_importing_what_trains_prints_nothing_not_even_from_tensorflow():
    result = subprocess.run([sys.executable, "-c", "from cnnbook import training"], capture_output=True, check=True)
    assert result.stdout + result.stderr == b""
