"""Where things lie: the folders and files that building the site reads and writes, and the address of the repository."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = ROOT / "chapters"
PYPROJECT = ROOT / "pyproject.toml"
BUILD = ROOT / "_build"
SITE = BUILD / "html"
GENERATED = ROOT / "generated"  # what a build makes of the package before Sphinx runs: never committed

REPOSITORY = re.compile(r"https://github\.com/[\w.-]+/[\w.-]+")


def repository() -> str:
    """Where the repository is published, as pyproject.toml says, or "" while that is not known."""
    return tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"].get("urls", {}).get("Repository", "")


def check_repository(name: str, address: str) -> str:
    """Return the address of a repository on GitHub, from which alone Colab opens notebooks.

    Raises:
        ValueError: it is none; the message names `name`.
    """
    if not REPOSITORY.fullmatch(address):
        raise ValueError(f"{name} is {address!r}; it takes an address such as https://github.com/owner/name")
    return address
