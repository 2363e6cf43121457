"""What the build makes of the addresses it is given: buttons that lead somewhere, or none."""

from types import SimpleNamespace

import pytest

from bookbuild import places
from bookbuild.sphinx_parts import publication

BOOK = "https://github.com/owner/name"


@pytest.fixture
def options(monkeypatch, tmp_path):
    """The theme's options, given the address in pyproject.toml and in the environment."""

    def options_(written, given):
        urls = f'[project.urls]\nRepository = "{written}"\n' if written else ""
        (tmp_path / "pyproject.toml").write_text(f'[project]\nname = "cnnbook"\n{urls}', encoding="utf-8")
        monkeypatch.setattr(places, "PYPROJECT", tmp_path / "pyproject.toml")
        monkeypatch.setenv("CNNBOOK_REPOSITORY", given)
        config = SimpleNamespace(html_theme_options={"path_to_docs": ""})
        publication.set_launch_buttons(None, config)
        return config.html_theme_options

    return options_


def test_a_build_that_knows_no_repository_has_no_dead_buttons(options):
    assert options("", "") == {"path_to_docs": ""}


@pytest.mark.parametrize(("written", "given"), [(BOOK, ""), (BOOK, BOOK), (BOOK.lower(), BOOK.replace("owner", "Owner"))])
def test_the_address_in_the_chapters_brings_both_buttons(options, written, given):
    found = options(written, given)
    assert found["repository_url"] == (given or written)
    assert found["repository_branch"] == "main"
    assert found["use_repository_button"]
    assert found["launch_buttons"] == {
        "binderhub_url": "https://mybinder.org",
        "colab_url": "https://colab.research.google.com",
        "notebook_interface": "jupyterlab",
    }


@pytest.mark.parametrize("written", ["", "https://github.com/somebody/else"])
def test_colab_gets_no_button_where_the_chapters_would_fetch_another_repository_or_none_and_the_log_says_so(options, written, capsys):
    found = options(written, BOOK)
    assert found["repository_url"] == BOOK
    assert "colab_url" not in found["launch_buttons"]
    assert f"Run: .venv/bin/python -m bookbuild address {BOOK}\n" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", ["owner/name", "https://example.org/owner/name", f"{BOOK}/tree/main"])
def test_an_address_that_is_no_repository_on_github_stops_the_build(options, wrong):
    with pytest.raises(ValueError, match=r"CNNBOOK_REPOSITORY is .*; it takes an address such as https://github\.com/owner/name"):
        options("", wrong)
