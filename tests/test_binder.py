"""What a learner gets on Binder: the environment, the data, and 2 GB of memory on one core, in which every chapter must fit."""

import os
import runpy
import subprocess
import sys
import time
import tomllib

import psutil
import pytest
import yaml

from cnnbook import data
from tests.conftest import ROOT

ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# A process, and every kernel that it starts, on one core and in Binder's 2 GiB less what JupyterLab itself takes, 0.1 GB. RLIMIT_DATA
# counts what is allocated, in use or not, so it is stricter than Binder; it needs neither root nor a cgroup that may be written to.
LIMITED = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_DATA, (2_000_000_000, 2_000_000_000))
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
"""
needs_limits = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits what a process allocates and the cores it gets")


EXECUTE = "import sys; from pathlib import Path; from bookbuild import execute; execute.execute(Path(sys.argv[1]))"


def limited(code: str, *arguments: object) -> list[str]:
    return [sys.executable, "-c", LIMITED + code, *map(str, arguments)]


def run_limited(code: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(limited(code, *arguments), capture_output=True, text=True, check=False, env=os.environ | environment)


def memory_of(process: psutil.Process) -> int:
    """Bytes that it uses, shared ones in proportion; 0 once it has ended."""
    try:
        return process.memory_full_info().pss
    except psutil.Error:
        return 0


def test_the_environment_is_the_package_in_place_with_known_extras_on_a_supported_python():
    *_, with_pip = ENVIRONMENT["dependencies"]
    editable, extras = with_pip["pip"][0].removesuffix("]").split("[")
    assert editable == "-e ."  # elsewhere the package would not find records/
    assert set(extras.split(",")) <= set(PROJECT["optional-dependencies"])
    (python,) = [entry.split("=")[1] for entry in ENVIRONMENT["dependencies"] if str(entry).startswith("python=")]
    low, high = (int(bound.split(".")[1]) for bound in PROJECT["requires-python"].split(","))
    assert low <= int(python.split(".")[1]) < high


def test_binder_can_run_post_build():
    assert os.access(ROOT / "postBuild", os.X_OK)
    assert (ROOT / "postBuild").read_text(encoding="utf-8").startswith("#!/usr/bin/env python3\n")


def test_post_build_brings_the_data(monkeypatch):
    calls = []
    monkeypatch.setattr(data, "load_cifar10", lambda: calls.append("loaded"))
    runpy.run_path(str(ROOT / "postBuild"))
    assert calls == ["loaded"]


@pytest.mark.parametrize(("failure", "stops"), [(data.DataUnavailable("no host"), False), (ValueError("not CIFAR-10"), True)])
def test_an_image_is_built_without_data_that_no_host_delivers_but_not_with_wrong_data(monkeypatch, capsys, failure, stops):
    def fail():
        raise failure

    monkeypatch.setattr(data, "load_cifar10", fail)
    if stops:
        with pytest.raises(ValueError, match="not CIFAR-10"):
            runpy.run_path(str(ROOT / "postBuild"))
    else:
        runpy.run_path(str(ROOT / "postBuild"))
        assert "no host" in capsys.readouterr().out


@needs_limits
@pytest.mark.parametrize(("gigabytes", "fits"), [(1.5, True), (2.0, False)])
def test_the_limit_of_memory_bites(gigabytes, fits):
    result = run_limited("import numpy; numpy.empty(int(float(sys.argv[1]) * 1e9), numpy.uint8)", str(gigabytes))
    assert (result.returncode == 0) == fits
    assert fits or "MemoryError" in result.stderr


@needs_limits
def test_a_kernel_inherits_both_limits():
    code = """
import nbformat
from nbclient import NotebookClient
cell = nbformat.v4.new_code_cell("import os, resource; print(resource.getrlimit(resource.RLIMIT_DATA)[1], len(os.sched_getaffinity(0)))")
notebook = nbformat.v4.new_notebook(cells=[cell])
NotebookClient(notebook, kernel_name="python3").execute()
print(notebook.cells[0].outputs[0].text)
"""
    assert run_limited(code).stdout.split() == ["2000000000", "1"]


@needs_limits
def test_the_chapter_that_needs_most_runs_in_two_gigabytes_on_one_core(cifar10, tmp_path):
    """Chapter 8 as a learner runs it, with the weights loaded; its cells also check every claim of the chapter."""
    chapter = tmp_path / "08_whole_network.ipynb"
    chapter.write_bytes((ROOT / "chapters" / chapter.name).read_bytes())
    result = run_limited(EXECUTE, chapter, CNNBOOK_TRAIN="0")
    assert result.returncode == 0, result.stderr[-3000:]


@needs_limits
def test_the_chapter_that_starts_more_processes_keeps_within_two_gigabytes_in_all(cifar10, tmp_path):
    """Chapter 9: the limit above is one for each process, Binder's is one for all; measured is the kernel with all it starts."""
    chapter, peak = tmp_path / "09_going_further.ipynb", 0
    chapter.write_bytes((ROOT / "chapters" / chapter.name).read_bytes())
    running = psutil.Popen(limited(EXECUTE, chapter), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while running.poll() is None:
        peak = max(peak, sum(map(memory_of, running.children(recursive=True))))
        time.sleep(0.2)
    assert running.returncode == 0
    assert 0.5e9 < peak < 2 * 1024**3 - 0.1e9  # less what JupyterLab itself takes
