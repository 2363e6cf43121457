"""The structure of the package: who may import whom, how long a file may be, how light the import is."""

import ast
import subprocess
import sys

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "cnnbook"
MOST_LINES = 300

# Module -> what of the package it may import. Keras and TensorFlow are for models and what trains them.
MAY_IMPORT = {
    "__init__": set(),
    "door": set(),
    "arithmetic": {"door"},
    "reference": {"arithmetic", "door", "reference"},
    "download": set(),
    "data": {"download"},
    "models": set(),
    "inspection": {"arithmetic"},
    "fused_batch_norm": {"models"},
    "muon": {"models"},
    "augmentation": {"models"},
    "ablations": {"models"},
    "training": {"augmentation", "data", "fused_batch_norm", "models", "muon", "records"},
    "replicas": {"models"},
    "worker": {"ablations", "data", "models", "replicas", "training"},
    "activation_watch": {"models", "records"},
    "experiments": {"ablations", "data", "models", "records", "training"},
    "records": set(),
    "claims": {"records"},
    "figures": {"arithmetic", "figures"},
    "checks": {"arithmetic", "reference", "inspection", "checks"},
    "demos": {"reference", "arithmetic", "data", "records", "demos"},
}
KERAS = {"keras", "tensorflow"}


def imports(path) -> set[str]:
    """Top names of what a file imports, and `cnnbook.x` for modules of the package."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"cnnbook.{alias.name}" for alias in node.names} if node.module == "cnnbook" else {node.module}
    return {".".join(name.split(".")[:2]) if name.startswith("cnnbook") else name.split(".")[0] for name in found}


def rooms() -> list[tuple[str, object]]:
    """Each module with its room: a folder of the package is one room."""
    return [(path.stem if path.parent == PACKAGE else path.parent.name, path) for path in sorted(PACKAGE.rglob("*.py"))]


def test_every_module_is_a_room_of_the_plan():
    assert {room for room, _ in rooms()} == set(MAY_IMPORT)


@pytest.mark.parametrize(("room", "path"), rooms(), ids=lambda value: getattr(value, "stem", value))
def test_a_module_imports_only_what_its_room_may(room, path):
    used = imports(path)
    assert {name.removeprefix("cnnbook.") for name in used if name.startswith("cnnbook.")} <= MAY_IMPORT[room]
    if room not in ("models", "fused_batch_norm", "augmentation", "training", "worker"):
        assert not used & KERAS


@pytest.mark.parametrize("path", [p for p in sorted(PACKAGE.rglob("*")) if p.suffix in (".py", ".js")], ids=lambda path: path.name)
def test_a_file_can_be_read_in_ten_minutes(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_importing_the_package_and_its_light_modules_loads_no_tensorflow():
    modules = "door, arithmetic, reference, inspection, data, records, claims, figures, demos, checks"
    code = f"import sys; from cnnbook import {modules}; sys.exit(bool({{'tensorflow', 'keras'}} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_importing_the_models_prints_nothing_not_even_from_tensorflow():
    result = subprocess.run([sys.executable, "-c", "from cnnbook import training"], capture_output=True, check=True)
    assert result.stdout + result.stderr == b""
