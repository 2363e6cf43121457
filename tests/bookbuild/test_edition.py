"""The version, which stands in pyproject.toml, and what each page says about it."""

import datetime
import re

import nbformat
import pytest
import yaml

from bookbuild import edition
from bookbuild.contents import chapters
from tests.browser.conftest import PAGES, SITE
from tests.conftest import ROOT

RELEASE = re.compile(r"^## (?P<version>[\d.]+), (?P<day>[\d-]+)$", re.MULTILINE)


def test_the_changelog_begins_with_the_release_that_pyproject_names():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = RELEASE.search(changelog)
    assert newest["version"] == edition.version()
    assert changelog.index("## ") == newest.start(), "something stands above the newest release"


def test_a_citation_names_the_newest_release_and_its_day():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    newest = RELEASE.search((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation), "the file's format requires these"
    assert (citation["version"], citation["date-released"]) == (newest["version"], datetime.date.fromisoformat(newest["day"]))
    assert citation["title"] == yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["title"]


def test_the_version_is_written_nowhere_else_in_the_package():
    assert [path for path in (ROOT / "cnnbook").rglob("*.py") if "__version__ =" in path.read_text(encoding="utf-8")] == []


def test_the_changelog_names_what_exists_by_the_name_that_it_has():
    names = set(re.findall(r"`(cnnbook(?:\.\w+)+)`", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")))
    assert len(names) > 3
    missing = [name for name in names if not list(ROOT.glob(name.replace(".", "/") + "*"))]
    assert missing == []


def test_every_page_says_version_days_and_broken_claims_at_its_foot():
    said = f"Version {edition.version()}, {edition.when(edition.executed())}, {edition.verdicts()}"
    for page in PAGES:
        assert said in re.sub(r"<[^>]+>", "", (SITE / page).read_text(encoding="utf-8")), page


def test_the_days_are_those_of_the_notebooks():
    days = {nbformat.read(chapter.path, as_version=4).metadata["cnnbook"]["on"] for chapter in chapters().values()}
    assert {str(day) for day in edition.executed()} == days


@pytest.mark.parametrize(("count", "words"), [(0, "0 claims broken"), (1, "1 claim broken"), (2, "2 claims broken")])
def test_broken_claims_are_counted(monkeypatch, count, words):
    spoilt = edition.measured_values()
    for key in list(spoilt)[:count]:
        del spoilt[key]
    monkeypatch.setattr(edition, "measured_values", lambda: spoilt)
    assert edition.verdicts() == words
