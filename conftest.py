"""Chapters that need CIFAR-10 are skipped where it cannot be had; what takes longest begins first; a red cell says what to do.

Some cells train: their outputs are tagged to be ignored, since on other processors the last digits differ. On a machine like the one that
executed the chapter they are compared all the same.
"""

from functools import partial

import pytest
from nbval.plugin import IPyNbCell, NbCellError

from cnnbook import machine
from tests.conftest import ROOT, cifar10_or_reason

# Longest first, by the names of the files without numbers: each worker of `make test` takes one file after the other, and a long
# one at the end would keep one of them waiting.
LONGEST = ("whole_network", "test_binder", "going_further", "test_jupyterlab", "test_replicas", "test_launch_buttons", "test_print")


TIMED = "train_or_load("  # prints when a run was made, and how long it took

# What nbval says of every cell that fails, and what is said instead where the cell ran.
FAILED = "Notebook cell execution failed"
DIFFERS = (
    "The cell ran, but its output differs from the stored one, which is what readers see. If the new one is right, run `make execute` and "
    "commit the chapter; if not, look for what has changed: the code, the records or the ledger."
)
LEFT_OVER = "The cell has a stored output, but was never executed: run `make execute` and commit the chapter."
SAID = {"Cell outputs differ": DIFFERS, "Unrun reference cell has outputs": LEFT_OVER}


def title(path) -> str:
    """The name of a file without its number and its ending."""
    return path.stem.lstrip("0123456789_")


def compare_where_it_repeats(cell: IPyNbCell) -> None:
    """Compare what the tags of a cell leave out, if this machine makes it again to the last digit; not progress bars, not times."""
    executed = cell.parent.nb.metadata.get("cnnbook", {})
    here = machine.alike(machine.name(), machine.versions(), executed.get("machine", ""), executed.get("versions", {}))
    if here and not cell.options["check"] and TIMED not in cell.cell.source:
        cell.options["check"] = True
        cell.compare_outputs = partial(cell.compare_outputs, skip_compare=(*cell.parent.skip_compare, "stderr"))


@pytest.hookimpl(trylast=True)  # what stands together for the sake of fixtures stays together
def pytest_collection_modifyitems(items):
    """Mark the cells of each notebook that loads CIFAR-10, and bring the longest files to the front."""
    for item in items:
        if item.path.suffix == ".ipynb" and "load_cifar10" in item.path.read_text(encoding="utf-8"):
            reason = cifar10_or_reason()
            if isinstance(reason, str):
                item.add_marker(pytest.mark.skip(reason=reason))
        if isinstance(item, IPyNbCell):
            compare_where_it_repeats(item)
    there = {title(path) for path in [*ROOT.glob("chapters/*.ipynb"), *ROOT.glob("tests/**/test_*.py")]}
    if not set(LONGEST) <= there:
        raise pytest.UsageError(f"conftest.py names files that do not exist: {sorted(set(LONGEST) - there)}")
    items.sort(key=lambda item: LONGEST.index(title(item.path)) if title(item.path) in LONGEST else len(LONGEST))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Say of a cell whose output differs that it differs."""
    report = yield
    error = call.excinfo.value if call.excinfo else None
    if isinstance(error, NbCellError) and isinstance(report.longrepr, str):
        report.longrepr = report.longrepr.replace(FAILED, SAID.get(str(error), FAILED), 1)
    return report
