"""Which edition this is: its version, when its chapters were executed, and how many of its claims do not hold."""

import datetime
import tomllib

import nbformat

from bookbuild.claims_page import measured_values, verdict
from bookbuild.contents import chapters
from bookbuild.places import PYPROJECT
from cnnbook import claims


def version() -> str:
    """The version of book and package, which stands in pyproject.toml."""
    return tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["version"]


def executed() -> list[datetime.date]:
    """The day on which each chapter was last executed."""
    days = (nbformat.read(chapter.path, as_version=4).metadata["cnnbook"]["on"] for chapter in chapters().values())
    return [datetime.date.fromisoformat(day) for day in days]


def when(days: list[datetime.date]) -> str:
    """These days in words.

    Example:
        >>> when([datetime.date(2026, 11, 3), datetime.date(2026, 11, 2)])
        'executed from 2 November 2026 to 3 November 2026'
        >>> when([datetime.date(2026, 11, 3)] * 2)
        'executed on 3 November 2026'
    """
    first, last = (f"{day.day} {day:%B %Y}" for day in (min(days), max(days)))
    return f"executed on {first}" if first == last else f"executed from {first} to {last}"


def broken() -> int:
    """How many claims of the ledger do not hold, or were not measured."""
    measured = measured_values()
    return sum(verdict(claim, measured) != "holds" for claim in claims.ledger().values())


def verdicts() -> str:
    """The number of broken claims in words."""
    count = broken()
    return f"{count} claim{'' if count == 1 else 's'} broken"
