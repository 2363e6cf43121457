"""Chapters that need CIFAR-10 are skipped where it cannot be had; what takes longest begins first; a red cell says what to do."""

import pytest
from nbval.plugin import NbCellError

from tests.conftest import ROOT, cifar10_or_reason

# Longest first, by the names of the files without numbers: each worker of `make test` takes one file after the other, and a long
# one at the end would keep one of them waiting.
LONGEST = ("whole_network", "test_binder", "going_further", "test_jupyterlab", "test_replicas", "test_launch_buttons", "test_print")


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


@pytest.hookimpl(trylast=True)  # what stands together for the sake of fixtures stays together
def pytest_collection_modifyitems(items):
    """Mark the cells of each notebook that loads CIFAR-10, and bring the longest files to the front."""
    for item in items:
        if item.path.suffix == ".ipynb" and "load_cifar10" in item.path.read_text(encoding="utf-8"):
            reason = cifar10_or_reason()
            if isinstance(reason, str):
                item.add_marker(pytest.mark.skip(reason=reason))
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
