"""The book's terms: each is explained by the sentence in which a chapter marks it, `<dfn>feature map</dfn>`, and nowhere else.

A sentence is a line of the prose. Browsers and JupyterLab show the mark in italics; bookbuild/sphinx_parts/terms.py leads to it from
elsewhere, and the glossary lists all of them. A term that is shown in another form than its own is `<dfn data-term="one">ones</dfn>`.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import nbformat

from bookbuild.chapter_links import LINK
from bookbuild.citations import CITATION
from bookbuild.contents import Chapter, chapters
from bookbuild.places import GENERATED

MARK = re.compile(r'<dfn(?: data-term="(?P<term>[^"]+)")?>(?P<shown>[^<]+)</dfn>')
NOT_PROSE = re.compile(r"```.*?```|\$\$.*?\$\$|`[^`]*`|\$[^$\n]*\$|^#+ .*$|\]\([^)]*\)|<[^>]*>", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Term:
    """A term and the sentence that explains it."""

    name: str
    sentence: str
    chapter: Chapter

    @property
    def place(self) -> str:
        """The id of the mark in its page."""
        return f"term-{slug(self.name)}"


def slug(name: str) -> str:
    """A term as a part of an id."""
    return re.sub(r"\W+", "-", name.lower())


def name_of(mark: re.Match) -> str:
    """The term that a mark explains."""
    return mark["term"] or mark["shown"]


def plain(line: str) -> str:
    """A line of the prose as text alone: without citations, marks and links.

    Example:
        >>> plain('- The <dfn>stride</dfn> is *the* step of a [window](x.ipynb) <cite data-cite="a">[A]</cite>.')
        'The stride is the step of a window.'
    """
    line = re.sub(rf"\s*{CITATION.pattern}", "", line)
    line = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", re.sub(r"<[^>]*>", "", line))
    return html.unescape(re.sub(r"[*`]", "", line)).lstrip("- ").strip()


def prose(chapter: Chapter) -> Iterator[str]:
    """The paragraphs of a chapter and the captions of its figures, as a reader comes to them."""
    for cell in nbformat.read(chapter.path, as_version=4).cells:
        if cell.cell_type == "markdown":
            yield from re.split(r"\n\s*\n", cell.source)
        elif "remove-cell" not in cell.metadata.get("tags", []):
            yield cell.metadata.get("mystnb", {}).get("figure", {}).get("caption", "")


def explained() -> list[Term]:
    """Each explanation, in the order of the book."""
    return [
        Term(name_of(mark), plain(line), chapter)
        for chapter in chapters().values()
        for paragraph in prose(chapter)
        for line in paragraph.splitlines()
        for mark in MARK.finditer(line)
    ]


@cache
def terms() -> dict[str, Term]:
    """The terms by their names, in small letters.

    Raises:
        ValueError: a term is explained in two places.
    """
    found: dict[str, Term] = {}
    for term in explained():
        key = term.name.lower()
        if key in found:
            raise ValueError(f"{term.name!r} is explained in {found[key].chapter.stem} and in {term.chapter.stem}; one place is allowed")
        found[key] = term
    return found


def pattern(names: list[str]) -> re.Pattern:
    """What finds these terms in a text, also in the plural, the longer ones first: “internal covariate shift” is no “covariate shift”."""
    longest = sorted(names, key=len, reverse=True)
    return re.compile(rf"\b(?P<name>{'|'.join(map(re.escape, longest))})(?:e?s)?\b", re.IGNORECASE)


def used_too_early() -> list[str]:
    """The uses of a term before its explanation, unless a paragraph that leads to the explaining chapter has named it."""
    find, known, early = pattern(list(terms())), set(), []
    for chapter in chapters().values():
        for paragraph in prose(chapter):
            known |= {name_of(mark).lower() for mark in MARK.finditer(paragraph)}
            for use in find.finditer(NOT_PROSE.sub(" ", LINK.sub(" ", paragraph))):
                term = terms()[use["name"].lower()]
                if f"{term.chapter.stem}.ipynb" in paragraph:
                    known.add(term.name.lower())
                if term.name.lower() not in known:
                    early.append(f"{chapter.stem}: {use[0]}, explained in {term.chapter.stem}: {paragraph}")
    return early


def page() -> str:
    """The glossary: each term with its sentence, leading to the place where it stands."""
    entries = [
        f'<dt><a href="chapters/{term.chapter.stem}.html#{term.place}">{html.escape(term.name)}</a></dt>'
        f'<dd>{html.escape(term.sentence)} <a href="chapters/{term.chapter.stem}.html">{html.escape(term.chapter.name)}</a></dd>'
        for _, term in sorted(terms().items())
    ]
    return "\n".join(["```{raw} html", '<dl class="cnnbook-glossary">', *entries, "</dl>", "```"]) + "\n"


def main() -> None:
    """Write it."""
    GENERATED.mkdir(exist_ok=True)
    (GENERATED / "glossary.md").write_text(page(), encoding="utf-8")
