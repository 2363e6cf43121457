"""Which sentences of the prose compare, with a word that has an opposite; or conclude, with "So"; or leave something open."""

import re

import nbformat

from bookbuild import execute, glossary
from tests.conftest import markdown

COMPARES = re.compile(
    r"\b(?:larger|smaller|more|less|fewer|faster|slower|better|worse|higher|lower|longer|shorter|stronger|weaker|steeper|nearer|further"
    r"|mostly|most|least|largest|smallest|hardly|nearly|almost|seldom|flattered|too (?:large|small|high|low|few|many|strong|weak))\b",
    re.IGNORECASE,
)
# Not where "so" only leads on to what is done, or to what the reader may do.
CONCLUDES = re.compile(r"So (?!far|much for|we |read |let us |when you )")
LEAVES_OPEN = re.compile(r"\b(?:we did not|(?:runs|curves|lines|experiment|chapter|controls?) (?:do|does|did) not)\b", re.IGNORECASE)
CODE = re.compile(r"```.*?```|\$\$.*?\$\$", re.DOTALL)


def sentences(chapter: nbformat.NotebookNode) -> list[str]:
    """Before the list "What to remember", as a reader sees them; with a dot for what is filled in; headings and questions are left out."""
    prose = re.split(r"(?m)^## What to remember", "\n\n".join(markdown(chapter)))[0]
    blocks = re.split(r"\n\s*\n|\n(?=\s*(?:[-*|]|\d\.) )", CODE.sub("\n\n", execute.NUMBER.sub("·", prose)))
    texts = [" ".join(glossary.plain(block).split()) for block in blocks if not block.lstrip().startswith(("#", "|"))]
    found = [re.sub(r"^- ", "", sentence) for text in texts for sentence in re.split(r"(?<=[.?!]) |(?<=[.?!]\)) ", text)]
    return [
        each for each in found if (COMPARES.search(each) or CONCLUDES.match(each) or LEAVES_OPEN.search(each)) and not each.endswith("?")
    ]
