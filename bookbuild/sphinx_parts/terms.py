"""Terms lead to their explanations: the first time that a section names one, it becomes a link to where it is explained.

The sentence stands, hidden, at the end of the page; assets/terms.js shows it beside a term that the mouse or the focus is on.
"""

import html
import re

from docutils import nodes
from sphinx.application import Sphinx

from bookbuild import glossary
from bookbuild.sphinx_parts.notebook_source import alter_prose

NO_PROSE = (nodes.reference, nodes.literal, nodes.literal_block, nodes.title, nodes.caption, nodes.math, nodes.math_block, nodes.raw)


def with_places(text: str) -> str:
    """The text with an id in each mark of a term, to which links lead."""
    return glossary.MARK.sub(lambda mark: f'<dfn id="term-{glossary.slug(glossary.name_of(mark))}">{mark["shown"]}</dfn>', text)


def mark_places(app: Sphinx, docname: str, source: list[str]) -> None:
    """Give each mark of a chapter its id."""
    alter_prose(app, docname, source, with_places)


def prose(section: nodes.Node) -> list[nodes.Text]:
    """The texts in which a term may become a link: not those within another link, code or a heading."""
    texts = []
    for text in section.findall(nodes.Text):
        above, node = [], text.parent
        while node is not None:
            above.append(node)
            node = node.parent
        before = text.parent[text.parent.index(text) - 1] if text.parent.index(text) else None
        within_tag = isinstance(before, nodes.raw) and re.match(r"<(dfn|a|cite|summary)\b", before.astext())
        if not within_tag and not any(isinstance(node, NO_PROSE) for node in above) and any(isinstance(n, nodes.paragraph) for n in above):
            texts.append(text)
    return texts


def link(term: glossary.Term, shown: str, folder: str) -> nodes.raw:
    """The link that stands for a term; `folder` leads from the page to the site."""
    address = f"{folder}chapters/{term.chapter.stem}.html#{term.place}"
    described = f'aria-describedby="sentence-{glossary.slug(term.name)}"'
    return nodes.raw("", f'<a class="cnnbook-term" href="{address}" {described}>{html.escape(shown)}</a>', format="html")


def linked(text: nodes.Text, find: re.Pattern, wanted: set[str], folder: str) -> list[nodes.Node]:
    """The text with the first use of each wanted term, as `find` finds it, as a link; those are wanted no longer."""
    parts, end = [], 0
    for use in find.finditer(text.astext()):
        name = use["name"].lower()
        if name in wanted:
            wanted.discard(name)
            parts += [nodes.Text(text.astext()[end : use.start()]), link(glossary.terms()[name], use[0], folder)]
            end = use.end()
    return [*parts, nodes.Text(text.astext()[end:])] if parts else []


def link_terms(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """The chapters, and the front page, in which some are named before a newcomer has met them."""
    if app.builder.format != "html" or not (docname.startswith("chapters/") or docname == app.config.root_doc):
        return
    folder, used, find = "../" * docname.count("/"), set(), glossary.pattern(list(glossary.terms()))
    for section in sections(doctree):
        marks = " ".join(raw.astext() for part in section for raw in part.findall(nodes.raw))
        wanted = {name for name in glossary.terms() if f'id="{glossary.terms()[name].place}"' not in marks}
        before = set(wanted)
        for text in [text for part in section for text in prose(part)]:
            parts = linked(text, find, wanted, folder)
            if parts:
                text.parent.replace(text, parts)
        used |= before - wanted
    if used:
        sentences = "".join(
            f'<div id="sentence-{glossary.slug(name)}">{html.escape(glossary.terms()[name].sentence)}</div>' for name in sorted(used)
        )
        doctree += nodes.raw("", f'<div class="cnnbook-sentences" hidden>{sentences}</div>', format="html")


def sections(doctree: nodes.document) -> list[list[nodes.Node]]:
    """The parts of a page between its headings of the second level: what stands before the first of them, and each section."""
    top = next(doctree.findall(nodes.section))
    inner = [[child] for child in top if isinstance(child, nodes.section)]
    return [[child for child in top if not isinstance(child, nodes.section)], *inner]


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("source-read", mark_places)
    app.connect("doctree-resolved", link_terms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
