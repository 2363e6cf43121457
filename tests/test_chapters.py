"""The chapters as files: executed, small cells, described figures, and no number in the prose that nobody computed."""

import html
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
import yaml

from bookbuild import chapter_links, execute, exercise_cells
from cnnbook import claims
from cnnbook.exercises import EXERCISES
from tests.conftest import ROOT, markdown

CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
TAGS = {"hide-input", "hide-cell", "remove-cell", "raises-exception", "nbval-ignore-output"}
MOST_LINES = 25
MOST_COLUMNS = 84  # of code that is not folded away: so much fits at 1280 pixels

# What may stand in prose as digits: code, formulas, roles and links, and names that contain a digit.
NOT_PROSE = re.compile(
    execute.NUMBER.pattern
    + r"|<cite data-cite.*?</cite>"
    + r"|```.*?```|\$\$.*?\$\$|\{[a-z:]+\}`[^`]*`|`[^`]*`|\$[^$\n]*\$|\]\([^)]*\)|https?://\S+",
    re.DOTALL,
)
NAMES = re.compile(r"\d+ ?× ?\d+( ?× ?\d+)?|CIFAR-10|^\d+\\\.|[Ee]xercise \d|[Cc]hapter \d|CC BY \d\.\d", re.MULTILINE)
SENTENCE_END = re.compile(r"(?<!\be\.g)(?<!\bi\.e)[.?] +(?=[A-Z{*`“])")


def params(paths: list[Path]):
    return [pytest.param(nbformat.read(path, as_version=4), id=path.stem) for path in paths]


each_chapter = pytest.mark.parametrize("chapter", params(CHAPTERS))


def code_cells(chapter):
    return [cell for cell in chapter.cells if cell.cell_type == "code"]


def figure_cells(chapter):
    """Those that draw a figure with caption and alt text."""
    return [cell for cell in code_cells(chapter) if "figure" in cell.metadata.get("mystnb", {})]


def in_any_chapter(sentences: Callable[[nbformat.NotebookNode], list[str]]) -> set[str]:
    """What a function finds in the chapters, all together: to see which entries of a table no chapter needs any more."""
    return {sentence for path in CHAPTERS for sentence in sentences(nbformat.read(path, as_version=4))}


RESULT_AS_CODE = re.compile(r"`([\d.,]+ ?%)`")  # a result in code font is a result all the same


def uncomputed_numbers(text: str) -> list[str]:
    """Lines of prose with digits that are neither computed nor part of a name."""
    prose = NAMES.sub("", NOT_PROSE.sub("", RESULT_AS_CODE.sub(r"\1", text)))
    return [line for line in prose.splitlines() if re.search(r"\d", line)]


def test_there_are_chapters_and_the_table_of_contents_lists_each_once():
    listed = re.findall(r"file: chapters/(\S+)", (ROOT / "_toc.yml").read_text(encoding="utf-8"))
    assert listed == [path.stem for path in CHAPTERS]
    assert listed


@each_chapter
def test_what_a_chapter_tells_the_prose_is_quoted_there(chapter):
    """Else a span has lost its number to another key; of what is told together, one is enough."""
    told = execute.told_numbers(chapter)
    quoted = {family(span["key"]) for text in markdown(chapter) for span in execute.NUMBER.finditer(text)}
    assert [key for key in told if family(key) not in quoted and not {key, family(key)} & claims.ledger().keys()] == []


def family(key: str) -> str:
    """The key without what distinguishes things that are told together."""
    return re.sub(r"_(?:n|bound|direction|change|seconds)$", "", key)


@each_chapter
def test_the_outputs_were_made_by_the_code_that_stands_there(chapter):
    assert chapter.metadata["cnnbook"]["executed"] == execute.source_hash(chapter), "its code has changed: run `make execute`"
    assert any(cell.outputs for cell in code_cells(chapter))
    assert [cell.execution_count for cell in code_cells(chapter)] == list(range(1, len(code_cells(chapter)) + 1))


@each_chapter
def test_no_output_is_an_error_or_on_stderr(chapter):
    for cell in code_cells(chapter):
        for output in cell.outputs:
            assert output.output_type != "error" or "raises-exception" in cell.metadata.tags
            assert output.get("name") != "stderr", output.text


@each_chapter
def test_what_a_cell_prints_is_one_output_and_so_one_box_on_the_page(chapter):
    for cell in code_cells(chapter):
        printed = [output.name for output in cell.outputs if output.output_type == "stream"]
        assert len(printed) == len(set(printed)), cell.source


@each_chapter
def test_cells_are_short_and_their_tags_known(chapter):
    for cell in code_cells(chapter):
        assert len(cell.source.splitlines()) <= MOST_LINES, cell.source
        tags = set(cell.metadata.get("tags", []))
        assert tags <= TAGS
        assert "nbval-ignore-output" not in tags or cell.source.startswith("# Not compared: "), "say why it is not compared"


@each_chapter
def test_code_that_is_shown_has_short_lines(chapter):
    shown = [cell for cell in code_cells(chapter) if not {"hide-input", "hide-cell", "remove-cell"} & set(cell.metadata.get("tags", []))]
    assert [line for cell in shown for line in cell.source.splitlines() if len(line) > MOST_COLUMNS] == []


@each_chapter
def test_the_file_is_normalised_and_holds_nothing_that_differs_from_run_to_run(chapter):
    assert "widgets" not in chapter.metadata
    assert [cell.id for cell in chapter.cells] == [f"cell-{number:03d}" for number in range(1, len(chapter.cells) + 1)]
    for cell in code_cells(chapter):
        assert "execution" not in cell.metadata
        assert ("remove-cell" in cell.metadata.get("tags", [])) == cell.metadata.get("jupyter", {}).get("source_hidden", False)
        for output in cell.outputs:
            assert {"text/html", execute.WIDGET_VIEW} - set(output.get("data", {})), "a widget view beside its HTML"


@each_chapter
def test_every_picture_has_alt_text_and_a_caption(chapter):
    for cell in code_cells(chapter):
        if any("image/png" in output.get("data", {}) for output in cell.outputs):
            about = cell.metadata["mystnb"]
            assert len(about["image"]["alt"]) > 40
            assert len(about["figure"]["caption"]) > 40
            assert not re.search(r"\d", about["image"]["alt"]), "numbers in alt text are not computed"
            assert not uncomputed_numbers(about["figure"]["caption"])


@each_chapter
def test_every_figure_says_in_its_text_what_it_shows(chapter):
    for cell in code_cells(chapter):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                assert "digest" in output.data["text/plain"], f"{cell.id}: run `make execute`"


@each_chapter
def test_numbers_in_the_prose_are_computed(chapter):
    assert [line for text in markdown(chapter) for line in uncomputed_numbers(text)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It has 592,554 parameters.", True),
        ("It reaches 73.0 %.", True),
        ("It reaches `73.0 %`.", True),
        ("It costs $5 more\nand 3 $ less.", True),
        ('It has <span data-number="cnn_parameters">592,554</span> parameters, see `f(3)` and $x^2$.', False),
        ("It has <span>592,554</span> parameters.", True),
        ("A 3×3 filter on CIFAR-10, as in chapter 2.", False),
    ],
)
def test_the_rule_about_numbers_notices_a_typed_one(text, found):
    assert bool(uncomputed_numbers(text)) == found


@each_chapter
def test_one_title_comes_first_and_memory_and_exercises_come_last(chapter):
    headings = re.findall(r"^(#+ .*)$", "\n".join(markdown(chapter)), re.MULTILINE)
    assert [heading for heading in headings if heading.startswith("# ")] == [headings[0]]
    assert headings[-2:] == ["## What to remember", "## Exercises"]


@each_chapter
def test_the_first_paragraph_asks_a_question(chapter):
    assert markdown(chapter)[0].split("\n\n")[1].strip().endswith("?")


@each_chapter
def test_prose_has_one_sentence_a_line_and_no_exclamation_mark(chapter):
    for text in markdown(chapter):
        prose = NOT_PROSE.sub("x", text)
        for line in prose.splitlines():
            assert not SENTENCE_END.search(re.sub(r"^\d+\\\.", "", line)), line
            assert "!" not in line.replace("![", ""), line


@each_chapter
def test_every_number_in_the_prose_is_what_the_chapter_computed(chapter):
    told = execute.told_numbers(chapter)
    for span in execute.NUMBER.finditer("\n".join(markdown(chapter))):
        assert html.unescape(span["shown"]) == execute.written(span, told), f"{span['key']}: run `make execute`"


# A bound that readers need: whether the chapter fits into the memory that they have.
BOUNDS_FOR_READERS = {"chapter_memory"}


@each_chapter
def test_the_prose_says_what_was_measured_and_leaves_the_bound_to_the_claims_page(chapter):
    told = {span["key"]: span["shown"] for span in execute.NUMBER.finditer("\n".join(markdown(chapter)))}
    assert {key for key, shown in told.items() if re.match("at (most|least) ", shown)} <= BOUNDS_FOR_READERS


@each_chapter
def test_a_map_is_a_feature_map_and_never_a_function(chapter):
    prose = re.sub(r"\(Mathematicians [^)]*\)", "", "\n".join(markdown(chapter)))  # where readers are told
    assert re.findall(r"(?:affine|linear) maps?", prose) == []


@each_chapter
def test_no_number_is_left_to_a_role_that_only_the_book_understands(chapter):
    prose = "\n".join(markdown(chapter))
    assert "{glue" not in prose
    assert prose.count("data-number") + prose.count("data-word") == len(execute.NUMBER.findall(prose))


@each_chapter
def test_a_chapter_is_referred_to_by_a_link_that_shows_its_number_and_title(chapter):
    prose = "\n".join(markdown(chapter))
    assert chapter_links.filled(prose) == prose, "run python -m bookbuild execute"
    assert chapter_links.unlinked(prose) == []


def test_a_number_that_no_cell_computes_stops_the_execution():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell('It has <span data-number="parameters"></span> of them.')])
    with pytest.raises(KeyError, match="the prose quotes 'parameters', which no cell checks or tells"):
        execute.write_numbers(notebook)


def test_every_claim_of_the_ledger_is_checked_by_its_chapter_and_every_check_has_a_claim():
    for path in CHAPTERS:
        checked = re.findall(r'claims\.check\(\s*"(\w+)"', path.read_text(encoding="utf-8").replace('\\"', '"'))
        claimed = [claim.key for claim in claims.ledger().values() if claim.chapter == path.stem]
        missing, unknown = sorted(set(claimed) - set(checked)), sorted(set(checked) - set(claimed))
        assert sorted(checked) == sorted(claimed), f"{path.stem} does not check {missing}; claims.toml does not have {unknown}"


def exercises(chapter) -> list[list]:
    """The code cells below each numbered paragraph of the section Exercises."""
    found, inside = [], False
    for cell in chapter.cells:
        if cell.cell_type == "code" and found:
            found[-1].append(cell)
        elif cell.cell_type == "markdown":
            inside |= "## Exercises" in cell.source
            found += [[] for _ in exercise_cells.NUMBERED.findall(cell.source) if inside]
    return found


def names_in(cells) -> list[str]:
    """The exercises whose answers the cells hand in."""
    return [name for cell in cells for name in exercise_cells.CHECKED.findall(cell.source)]


def printed(cells) -> list[str]:
    return "".join(output.get("text", "") for cell in cells for output in cell.outputs).splitlines()


def faults_of_an_exercise(cells) -> list[str]:
    """What keeps an exercise from being one: a cell for the answer with its check, then a folded solution that passes it."""
    folded = [cell for cell in cells if "hide-cell" in cell.metadata.get("tags", [])]
    open_cells = [cell for cell in cells if not cell.metadata.get("tags") and names_in([cell])]
    asked = names_in(open_cells)
    conditions = {
        "no cell for the answer": asked,
        "a name is not registered": set(asked) <= set(EXERCISES),
        "the published answer is not left open": printed(open_cells) == [f"{name}: not answered yet." for name in asked],
        "the solutions are of other exercises": names_in(folded) == asked,
        "a solution is not accepted": {f"✓ {name}: right." for name in asked} <= set(printed(folded)),
        "a solution does not say so": all(cell.source.startswith("# Solution: ") for cell in folded),
        "a solution comes first": [cell for cell in cells if names_in([cell])]
        == open_cells + [cell for cell in folded if names_in([cell])],
    }
    return [fault for fault, holds in conditions.items() if not holds]


@each_chapter
def test_the_last_exercise_and_no_other_is_a_small_project(chapter):
    numbered = [text for text in markdown(chapter) if exercise_cells.NUMBERED.search(text)]
    assert ["**A small project.**" in text for text in numbered] == [False] * (len(numbered) - 1) + [True]


@each_chapter
def test_every_exercise_has_a_check_and_a_solution_that_passes_it(chapter):
    assert 4 <= len(exercises(chapter)) <= 7
    for number, cells in enumerate(exercises(chapter), 1):
        assert faults_of_an_exercise(cells) == [], f"exercise {number}"


# What a chapter asks on the way, and a project with much to check, have modules of their own.
SECOND_MODULES = {"predicting": "inspecting", "corners": "stacking", "whole_maps": "dropout"}


def test_every_registered_exercise_is_asked_once_and_by_the_chapter_of_its_topic():
    registered = {name: exercise.__module__.removeprefix("cnnbook.exercises.") for name, exercise in EXERCISES.items()}
    topics = {name: SECOND_MODULES.get(module, module) for name, module in registered.items()}
    for path in CHAPTERS:
        chapter, topic = nbformat.read(path, as_version=4), path.stem.split("_", 1)[1]
        asked = names_in(cell for cell in code_cells(chapter) if not cell.metadata.get("tags"))
        assert sorted(asked) == sorted(name for name in topics if topics[name] == topic)
    assert set(topics.values()) <= {path.stem.split("_", 1)[1] for path in CHAPTERS}


def predictions(chapter) -> list[list]:
    """Of each prediction that is asked on the way: its open cell and the two cells after it."""
    numbered = [cell.id for cells in exercises(chapter) for cell in cells]
    places = [i for i, cell in enumerate(chapter.cells) if cell.cell_type == "code" and cell.id not in numbered]
    return [chapter.cells[i : i + 3] for i in places if names_in(chapter.cells[i : i + 1]) and not chapter.cells[i].metadata.get("tags")]


@each_chapter
def test_a_prediction_is_asked_before_the_answer_and_its_explanation_is_folded_away(chapter):
    for asks, solves, explains in predictions(chapter):
        assert faults_of_an_exercise([asks, solves]) == []
        assert explains.source.startswith('<details class="cnnbook-answer"><summary>')
    if any("**Predict:**" in text for text in markdown(chapter)):
        assert len(predictions(chapter)) == sum("**Predict:**" in text for text in markdown(chapter))


def answered(name: str, value: str, line: str, **metadata) -> nbformat.NotebookNode:
    """A cell that hands in an answer."""
    source = "# Solution: by hand.\n" * bool(metadata) + f'exercises.answer("{name}", {value})'
    return nbformat.v4.new_code_cell(source, metadata=metadata, outputs=[nbformat.v4.new_output("stream", text=f"{line}\n")])


def test_the_rule_about_exercises_notices_each_fault():
    asks = answered("sixteen_filters", "...", "sixteen_filters: not answered yet.")
    solves = answered("sixteen_filters", "1216", "✓ sixteen_filters: right.", tags=["hide-cell"])
    assert faults_of_an_exercise([asks, solves]) == []
    assert "no cell for the answer" in faults_of_an_exercise([solves])
    assert "a solution is not accepted" in faults_of_an_exercise([asks])
    assert "a solution comes first" in faults_of_an_exercise([solves, asks])
    wrong = answered("sixteen_filters", "1200", "✗ sixteen_filters: 1200 is not right.", tags=["hide-cell"])
    assert faults_of_an_exercise([asks, wrong]) == ["a solution is not accepted"]
    told = answered("sixteen_filters", "1216", "✓ sixteen_filters: right.")
    assert "the published answer is not left open" in faults_of_an_exercise([told, solves])
    unknown = answered("seventeen", "...", "seventeen: not answered yet.")
    assert "a name is not registered" in faults_of_an_exercise([unknown, solves])


def test_the_front_page_types_no_number_either():
    assert uncomputed_numbers((ROOT / "index.md").read_text(encoding="utf-8").replace("CC BY 4.0", "")) == []


def test_build_executes_nothing_so_that_what_is_compared_is_what_is_published():
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    assert config["execute"]["execute_notebooks"] == "off"
