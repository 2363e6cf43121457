"""Write citations into the prose, so that every viewer of a chapter shows who is cited, and leads there.

`<cite data-cite="key"></cite>` is filled with [Author and Author, year], `<cite data-cite-text="key"></cite>` with
Author and Author [year], as references.bib has them. In the book, bookbuild/sphinx_parts/citation_roles.py leads both to its own list.
"""

import html
import re
from functools import cache

import nbformat
from pybtex.database import BibliographyData, Entry, parse_file
from pybtex.richtext import Text

from bookbuild.places import ROOT

BIBLIOGRAPHY = ROOT / "references.bib"
CITATION = re.compile(r'(?P<start><cite data-cite(?P<form>-text)?="(?P<key>\w+)">)(?P<shown>.*?)</cite>')


@cache
def bibliography() -> BibliographyData:
    """The entries of references.bib."""
    return parse_file(BIBLIOGRAPHY)


def authors(entry: Entry) -> str:
    """Who wrote it: both names of two, the first of more."""
    names = [str(Text.from_latex(" ".join(person.prelast_names + person.last_names))) for person in entry.persons["author"]]
    return f"{names[0]} et al." if len(names) > 2 else " and ".join(names)


def linked(entry: Entry, words: str) -> str:
    """The words as a link to where the work can be read, if it can."""
    doi = entry.fields.get("doi", "")
    address = entry.fields.get("url", f"https://doi.org/{doi}" if doi else "")
    words = html.escape(words, quote=False)
    return f'<a href="{html.escape(address)}">{words}</a>' if address else words


def shown(key: str, in_the_text: bool) -> str:
    """What stands for a citation.

    Raises:
        KeyError: references.bib has no such entry.
    """
    entries = bibliography().entries
    if key not in entries:
        raise KeyError(f"the prose cites {key!r}, which references.bib does not have")
    entry = entries[key]
    who, year = authors(entry), entry.fields["year"]
    return f"{html.escape(who, quote=False)} [{linked(entry, year)}]" if in_the_text else f"[{linked(entry, f'{who}, {year}')}]"


def write_citations(notebook: nbformat.NotebookNode) -> None:
    """Fill each `<cite>` of the prose."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = CITATION.sub(lambda cite: f"{cite['start']}{shown(cite['key'], bool(cite['form']))}</cite>", cell.source)
