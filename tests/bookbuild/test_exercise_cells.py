"""What the page shows in the place of an exercise's cells, while the notebook stays as it is."""

import copy

import nbformat
import pytest

from bookbuild import exercise_cells
from bookbuild.places import CHAPTERS

nb = nbformat.v4


def cells(*made) -> list[dict]:
    return [nb.new_markdown_cell("## Exercises\n\n1\\. How many?"), *made]


def asks(*names):
    return nb.new_code_cell("\n".join(f'exercises.answer("{name}", ...)' for name in names), outputs=[nb.new_output("stream", text="open")])


def shown(*made, launch=False) -> list[dict]:
    return exercise_cells.in_the_page(cells(*made), launch)[1:]


def test_a_number_is_asked_by_an_element_with_a_line_for_paper_and_its_cell_is_gone():
    (element,) = shown(asks("sixteen_filters"))
    assert element["cell_type"] == "markdown"
    assert 'data-exercise="sixteen_filters"' in element["source"]
    assert "cnnbook-blank" in element["source"]
    assert "data-predict" not in element["source"]


@pytest.mark.parametrize(("launch", "said"), [(True, "the rocket at the top"), (False, "run <code>make lab</code>")])
def test_a_function_keeps_its_template_and_says_where_python_is(launch, said):
    cell, element = shown(asks("gradient_descent"), launch=launch)
    assert cell["cell_type"] == "code"
    assert cell["metadata"]["tags"] == ["remove-output"]
    assert "needs Python" in element["source"]
    assert said in element["source"]
    assert ("rocket" in element["source"]) == launch


def test_two_exercises_of_one_cell_say_what_each_asks_for():
    (element,) = shown(asks("copying_filter", "moving_filter"))
    assert 'data-label="The filter that leaves an image as it is"' in element["source"]
    assert 'data-label="The filter that moves an image one pixel to the left"' in element["source"]


def test_the_fold_of_a_solution_is_called_so_and_other_folds_are_left_alone():
    solution = nb.new_code_cell("# Solution: by hand.\nprint(1)", metadata={"tags": ["hide-cell"]})
    other = nb.new_code_cell("print(2)", metadata={"tags": ["hide-cell"]})
    first, second = shown(solution, other)
    assert first["metadata"]["mystnb"]["code_prompt_show"] == "Show the solution"
    assert "mystnb" not in second["metadata"]


def test_what_is_asked_before_the_exercises_is_a_prediction_and_not_counted():
    before = [nb.new_markdown_cell("# Title"), asks("first_row"), *cells(asks("sixteen_filters"))]
    assert exercise_cells.numbered(before) == [["sixteen_filters"]]
    predicted, asked = (cell["source"] for cell in exercise_cells.in_the_page(before, False) if "data-exercise" in cell["source"])
    assert "data-predict" in predicted
    assert "data-predict" not in asked


@pytest.mark.parametrize("path", sorted(CHAPTERS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_chapter_loses_no_prose_no_solution_and_no_other_cell(path):
    before = nbformat.read(path, as_version=4).cells
    after = exercise_cells.in_the_page(copy.deepcopy(before), False)
    kept = [cell["source"] for cell in after if "data-exercise" not in cell["source"]]
    asked = {name for cell in before for name in exercise_cells.asked(cell)}
    gone = [cell for cell in before if cell.source not in kept]
    assert all(exercise_cells.asked(cell) for cell in gone)
    assert {name for name in asked if any(f'data-exercise="{name}"' in cell["source"] for cell in after)} == asked
    assert asked
