"""The front page says how much `make test` trains, and does not promise more."""

from types import SimpleNamespace

import nbformat
import pytest

from bookbuild import front_page
from bookbuild.contents import chapters
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
    assert "It trains 2 of the 5 recorded experiments again and reads the results of the other 3" in front_page.sentences()


def test_the_real_chapters_train_three_networks():
    assert front_page.trained_anew() == {"mlp", "cnn", "cnn_better"}


def test_the_front_page_shows_these_sentences_and_no_others_about_it():
    page = (ROOT / "index.md").read_text(encoding="utf-8")
    assert "```{include} generated/front_check.md\n```" in page
    assert "make test" not in page


def test_every_chapter_has_a_figure_that_stands_for_it():
    assert list(front_page.HIGH_POINTS) == list(chapters())
    for chapter in chapters().values():
        drawn, alt = front_page.high_point(chapter)
        assert max(drawn.size) <= front_page.WIDTH
        assert len(alt) > 40


def test_a_figure_that_no_cell_draws_any_more_stops_the_build(monkeypatch):
    chapter = next(iter(chapters().values()))
    monkeypatch.setitem(front_page.HIGH_POINTS, chapter.stem, (chapter.stem, "no_such_figure"))
    with pytest.raises(LookupError, match=r"draws figures\.no_such_figure, which is to stand for chapter 1"):
        front_page.high_point(chapter)


def written(folder, seconds, *cells):
    """A chapter of these cells that took so many seconds to execute."""
    notebook = nbformat.v4.new_notebook(cells=list(cells), metadata={"cnnbook": {"seconds": seconds}})
    nbformat.write(notebook, folder / "chapter.ipynb")
    return SimpleNamespace(path=folder / "chapter.ipynb")


def test_words_are_counted_where_a_reader_reads_them(tmp_path):
    prose = nbformat.v4.new_markdown_cell('# One two\n\nThree <span data-number="x">4</span>.')
    shown = nbformat.v4.new_code_cell("five = 6")
    folded = nbformat.v4.new_code_cell("not_read()", metadata={"tags": ["hide-input"], "mystnb": {"figure": {"caption": "seven eight"}}})
    removed = nbformat.v4.new_code_cell("not_read()", metadata={"tags": ["remove-cell"]})
    rest = [nbformat.v4.new_markdown_cell("## Exercises\n\nNot read."), nbformat.v4.new_markdown_cell("Not read.")]
    assert front_page.words(written(tmp_path, 1, prose, shown, folded, removed, *rest)) == 8


@pytest.mark.parametrize(
    ("words", "seconds", "said"), [(952, 100, "4 min to read, 2 min to run"), (476, 20, "2 min to read, less than 1 min to run")]
)
def test_a_chapter_takes_as_long_as_its_words_and_its_execution(tmp_path, words, seconds, said):
    assert front_page.duration(written(tmp_path, seconds, nbformat.v4.new_markdown_cell("word " * words))) == said
