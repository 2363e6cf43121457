"""The front page says how much `make test` trains, and does not promise more."""

import nbformat
import pytest

from bookbuild import front_page
from cnnbook import records
from tests.conftest import ROOT


@pytest.fixture
def small_book(monkeypatch, tmp_path):
    """Chapters that train two experiments, one of them in two places, and records of five."""
    for name, experiments in {"one": ["mlp"], "two": ["mlp", "cnn"]}.items():
        cells = [nbformat.v4.new_code_cell(f'experiments.train_or_load("{experiment}", cifar10)') for experiment in experiments]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / f"{name}.ipynb")
    for name in ("mlp", "cnn", "a", "b", "c"):
        (tmp_path / f"{name}.json").write_text("[]", encoding="utf-8")
    monkeypatch.setattr(front_page, "CHAPTERS", tmp_path)
    monkeypatch.setattr(records, "RECORDS", tmp_path)


@pytest.mark.usefixtures("small_book")
def test_both_numbers_are_counted():
    assert front_page.trained_anew() == {"mlp", "cnn"}
    assert "It trains 2 of the 5 recorded experiments anew; the results of the other 3 it reads" in front_page.sentences()


def test_the_real_chapters_train_three_networks():
    assert front_page.trained_anew() == {"mlp", "cnn", "cnn_better"}


def test_the_front_page_shows_these_sentences_and_no_others_about_it():
    page = (ROOT / "index.md").read_text(encoding="utf-8")
    assert "```{include} generated/front_check.md\n```" in page
    assert "make test" not in page
