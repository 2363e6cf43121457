"""Which sentences of the prose compare: they have a word that can be exchanged for its opposite."""

import re

import nbformat

from bookbuild import execute, glossary
from tests.conftest import markdown

COMPARES = re.compile(
    r"\b(?:larger|smaller|more|less|fewer|faster|slower|better|worse|higher|lower|longer|shorter|stronger|weaker|steeper|nearer|further"
    r"|mostly|most|least|largest|smallest|hardly|nearly|almost|seldom|flattered|too (?:large|small|high|low|few|many|strong|weak))\b",
    re.IGNORECASE,
)
CODE = re.compile(r"```.*?```|\$\$.*?\$\$", re.DOTALL)


def sentences(chapter: nbformat.NotebookNode) -> list[str]:
    """Before the list "What to remember", as a reader sees them; with a dot for what is filled in; headings and questions are left out."""
    prose = re.split(r"(?m)^## What to remember", "\n\n".join(markdown(chapter)))[0]
    blocks = re.split(r"\n\s*\n|\n(?=\s*(?:[-*|]|\d\.) )", CODE.sub("\n\n", execute.NUMBER.sub("·", prose)))
    texts = [" ".join(glossary.plain(block).split()) for block in blocks if not block.lstrip().startswith(("#", "|"))]
    found = [re.sub(r"^- ", "", sentence) for text in texts for sentence in re.split(r"(?<=[.?!]) |(?<=[.?!]\)) ", text)]
    return [sentence for sentence in found if COMPARES.search(sentence) and not sentence.endswith("?")]
