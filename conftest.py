"""Chapters that need CIFAR-10 are skipped where it cannot be had."""

import pytest

from tests.conftest import cifar10_or_reason


def pytest_collection_modifyitems(items):
    """Mark the cells of each notebook that loads CIFAR-10."""
    for item in items:
        if item.path.suffix == ".ipynb" and "load_cifar10" in item.path.read_text(encoding="utf-8"):
            reason = cifar10_or_reason()
            if isinstance(reason, str):
                item.add_marker(pytest.mark.skip(reason=reason))
