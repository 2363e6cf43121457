"""What machine this is: its processor, the memory used so far, and the versions that decide how fast a network trains."""

import os
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

DECIDES = ("tensorflow", "keras", "numpy")  # with the processor, to the last digit; a Python of another version computes the same


def peak_memory() -> float:
    """The most memory this process has used so far, in gigabytes (10^9 bytes); NaN where the system does not tell (Windows)."""
    status = Path("/proc/self/status")
    if status.exists():  # on Linux getrusage would also count the process that started this one
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e9
    try:
        import resource
    except ImportError:
        return float("nan")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e9  # macOS counts bytes


def name() -> str:
    """What the system calls its processor, and how many cores it has."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.processor() or platform.machine()}, {os.cpu_count()} cores"


def versions() -> dict[str, str]:
    """Of Python and of the packages that decide how fast and to what weights a network trains; those not installed are left out.

    Example:
        >>> sorted(versions())
        ['keras', 'numpy', 'python', 'tensorflow']
    """
    found = {"python": platform.python_version()}
    for package, distributions in {"tensorflow": ("tensorflow", "tensorflow-cpu"), "keras": ("keras",), "numpy": ("numpy",)}.items():
        for distribution in distributions:
            try:
                found[package] = version(distribution)
            except PackageNotFoundError:
                continue
            break
    return found


def alike(name: str, versions: Mapping[str, str], other_name: str, other_versions: Mapping[str, str]) -> bool:
    """Do processor, cores and versions of two machines agree, so that the same training gives the same numbers?

    Example:
        >>> alike(name(), versions(), name(), {**versions(), "python": "another"})
        True
    """
    return name == other_name and all(versions.get(package) == other_versions.get(package) for package in DECIDES)
