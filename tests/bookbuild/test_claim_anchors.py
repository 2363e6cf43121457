"""Each claim on the claims page leads to what rests on it: the sentence that quotes it, or the code that its check stands behind."""

import json
from types import SimpleNamespace

import docutils.utils
import nbformat
import pytest
from docutils import nodes

from bookbuild import claims_page, exercise_cells
from bookbuild.places import CHAPTERS
from bookbuild.sphinx_parts import claim_anchors
from cnnbook import claims

REMOVED = {"tags": ["remove-cell"]}


def placed(*cells) -> list[dict]:
    """The cells of a notebook as Sphinx reads them."""
    source = [nbformat.writes(nbformat.v4.new_notebook(cells=list(cells)))]
    claim_anchors.mark_cells(SimpleNamespace(env=SimpleNamespace(doc2path=lambda name: f"{name}.ipynb")), "chapter", source)
    return json.loads(source[0])["cells"]


def prose(text: str):
    return nbformat.v4.new_markdown_cell(text)


def code(text: str, **metadata):
    return nbformat.v4.new_code_cell(text, metadata=metadata)


def text_of(cell: dict) -> str:
    return "".join(cell["source"])


@pytest.mark.parametrize("path", sorted(CHAPTERS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_claim_of_a_chapter_has_its_place_in_the_page(path):
    cells = exercise_cells.in_the_page(nbformat.read(path, as_version=4).cells, launch=False)
    keys = {key for key, claim in claims.ledger().items() if claim.chapter == path.stem}
    quoted = {key for key in keys if {key, f"{key}_bound"} & claims_page.quoted(path.stem)}
    assert set(claim_anchors.places(cells)) == keys - quoted, "call claims.check with each of them, behind what readers see of it"


def test_every_statement_on_the_page_is_a_link_and_where_a_number_is_quoted_it_leads_to_that():
    assert claims_page.page().count("#claim-") == len(claims.ledger())
    quoted = claims_page.statement(claims.ledger()["cnn_parameters"])
    assert quoted.startswith('<a href="chapters/08_whole_network.html#claim-cnn_parameters">')
    assert '#claim-by_hand_equals_keras">' in claims_page.statement(claims.ledger()["by_hand_equals_keras"])


def test_a_claim_that_readers_see_checked_is_placed_in_that_cell():
    shown, checks = placed(prose("A sentence."), code('claims.check("a", 1)\nclaims.check(\n    "b", 1)'))
    assert "id=" not in text_of(shown)
    assert checks["metadata"][claim_anchors.HERE] == ["claim-a", "claim-b"]


def test_a_claim_that_is_checked_out_of_sight_is_placed_in_what_stands_before_it():
    cells = placed(prose("## Title\n\nOne.\nTwo.\n\n- a list\n"), code('claims.check("a", 1)', **REMOVED))
    assert text_of(cells[0]) == '## Title\n\nOne.\n<span id="claim-a"></span>Two.\n\n- a list'
    cells = placed(prose("One."), code("figures.draw()"), prose("## Title"), code('claims.check("a", 1)', **REMOVED))
    assert [cell["metadata"].get(claim_anchors.HERE) for cell in cells] == [None, ["claim-a"], None, None]


def test_a_claim_about_the_whole_chapter_is_placed_at_its_beginning():
    cells = placed(prose("# Title\n\nA question?"), code("x = 1"), code('claims.check("a", machine.peak_memory())', **REMOVED))
    assert text_of(cells[0]) == '# Title\n\n<span id="claim-a"></span>A question?'


def test_a_number_that_a_sentence_quotes_has_its_place_there_only():
    cells = placed(
        code('claims.check("a", 1)\nclaims.check("b", 1)'),
        prose('It is <span data-number="a">1</span>, <span data-number="b_bound">2</span>.'),
    )
    assert claim_anchors.HERE not in cells[0]["metadata"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# Title", None),
        ("One.\n\n$$\nx = 1\n$$", 0),
        ("One.\n```{note}\nNot this.\n```", 0),
        ("| a | b |\n|---|---|", None),
        ("$$x = 1$$\n\nSo *it* is.", 2),
        ('<dfn>Stride</dfn> is a step.\n<div class="x">', 0),
    ],
)
def test_a_sentence_is_found_outside_of_everything_else(text, line):
    assert claim_anchors.last_sentence(text) == line


def test_the_ids_are_written_once_in_the_page():
    document = docutils.utils.new_document("page")
    for text in ('<span data-number="a">', '<span data-number="a">', '<span data-number="b">'):
        document += nodes.raw("", text, format="html")
    document += nodes.container("", cell_metadata={claim_anchors.HERE: ["claim-c"]})
    document += nodes.container("", cell_metadata={})
    claim_anchors.mark(None, document)
    ids = ['<span id="claim-a" data-number="a">', '<span data-number="a">', '<span id="claim-b" data-number="b">']
    assert [raw.astext() for raw in document.findall(nodes.raw)] == ids
    assert [cell["ids"] for cell in document.findall(nodes.container)] == [["claim-c"], []]
