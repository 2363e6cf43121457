"""How the JavaScript of exercises reads, by the demos' own rules."""

import pytest

from cnnbook.demos.shared import linker
from tests.demos.test_javascript import GLOBALS, MOST_COLUMNS, MOST_LINES, declared, functions, tree, used
from tests.exercises.conftest import PAGE

FILES = sorted(PAGE.glob("*.js"))
ALSO_GLOBAL = {"BigInt", "Event", "addEventListener", "history", "localStorage", "location"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_functions_and_lines_are_short_and_every_name_is_declared_imported_and_used(path):
    text = path.read_text(encoding="utf-8")
    root = tree(text)
    assert {name: lines for name, lines in functions(root).items() if lines > MOST_LINES} == {}
    assert [line for line in text.splitlines() if len(line) > MOST_COLUMNS] == []
    assert used(root) - declared(root) - GLOBALS - ALSO_GLOBAL == set()
    imported = {name for _, names in linker.read(path).imports for name in names}
    assert imported - used(root) == set()
