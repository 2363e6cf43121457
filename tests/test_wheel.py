"""The built wheel, alone: installed into an empty environment outside of the repository, without TensorFlow."""

import subprocess
import sys
import venv

import pytest

from tests.conftest import ROOT

ALONE = """
import importlib.util
from pathlib import Path

import cnnbook
from cnnbook import claims, demos, exercises, records

assert Path(cnnbook.__file__).is_relative_to(Path(PREFIX)), cnnbook.__file__
assert importlib.util.find_spec("tensorflow") is None
for name in demos.__all__:
    demo = getattr(demos, name)()
    shown, _ = demo._repr_mimebundle_()
    assert f'data-demo="{demo.name}"' in shown["text/html"], name
    assert "export default" in demo._esm, name
assert len(bytes(demos.LiveCNN().weights)) > 1_000_000
assert [run.seed for run in records.load("cnn")][:5] == [0, 1, 2, 3, 4]
claims.check("cnn_parameters", 592_554)
exercises.answer("sixteen_filters", 1216)
try:
    from cnnbook import models
except ModuleNotFoundError as error:
    print(error)
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """The interpreter of an environment that has the wheel and what it needs, and nothing else."""
    folder = tmp_path_factory.mktemp("alone")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", folder, ROOT], check=True, cwd=folder)
    (wheel,) = folder.glob("cnnbook-*.whl")
    venv.create(folder / "env", with_pip=False)
    interpreter = folder / "env" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    subprocess.run([*pip, "--python", interpreter, "install", wheel], check=True, cwd=folder)
    return interpreter


def test_a_wheel_shows_every_demo_and_has_records_weights_and_claims_where_no_repository_and_no_tensorflow_is(python, tmp_path):
    code = f"PREFIX = {str(python.parent.parent)!r}{ALONE}"
    result = subprocess.run([python, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[0] == "✓ cnn_parameters: 592,554"
    assert result.stdout.splitlines()[-1].endswith("install cnnbook[keras]")
