"""Folded code is called after what it draws."""

import json
from types import SimpleNamespace

import nbformat
import pytest

from bookbuild.sphinx_parts import code_folds


def named(*cells) -> list[dict]:
    source = [nbformat.writes(nbformat.v4.new_notebook(cells=list(cells)))]
    app = SimpleNamespace(env=SimpleNamespace(doc2path=lambda name: f"{name}.ipynb"))
    code_folds.name_folds(app, "chapter", source)
    return [cell["metadata"].get("mystnb", {}) for cell in json.loads(source[0])["cells"]]


def folded(code, **about):
    return nbformat.v4.new_code_cell(code, metadata={"tags": ["hide-input"], "mystnb": about})


def test_the_code_of_a_figure_is_named_after_its_function_and_keeps_what_else_is_known_of_it():
    assert named(folded("x = 1\nfigures.training_curves(x)", figure={"caption": "Look."})) == [
        {
            "code_prompt_show": "Show the code of this figure (training curves)",
            "code_prompt_hide": "Hide the code of this figure (training curves)",
            "figure": {"caption": "Look."},
        }
    ]


def test_a_cell_may_name_itself():
    assert named(folded("figures.tower(x)", code_prompt_show="Show it"))[0]["code_prompt_show"] == "Show it"


def test_other_cells_stay_as_they_are():
    assert named(nbformat.v4.new_code_cell("figures.tower(x)")) == [{}]


def test_folded_code_without_a_name_stops_the_build():
    with pytest.raises(ValueError, match=r"give it mystnb\.code_prompt_show"):
        named(folded("print(1)"))
