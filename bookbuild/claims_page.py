"""Write the table of claims.md: every claim of the ledger with what was measured, its bound and a verdict."""

from functools import cache

import nbformat

from bookbuild.execute import NUMBER
from bookbuild.places import CHAPTERS, GENERATED
from bookbuild.sphinx_parts.claim_anchors import anchor
from cnnbook import claims, html, records


def measured_values() -> dict[str, object]:
    """What each claim's chapter measured when it was last executed, from the outputs' metadata."""
    values = {}
    for path in sorted(CHAPTERS.glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                claim = output.get("metadata", {}).get("claim")
                if claim:
                    values[claim["key"]] = claim["measured"]
    return values


@cache
def quoted(chapter: str) -> frozenset[str]:
    """The keys of the numbers that a chapter's prose quotes."""
    cells = nbformat.read(CHAPTERS / f"{chapter}.ipynb", as_version=4).cells
    return frozenset(span["key"] for cell in cells if cell.cell_type == "markdown" for span in NUMBER.finditer(cell.source))


def statement(claim: claims.Claim) -> str:
    """What is claimed, as a link to the first sentence that quotes the number; where none does, to what the claim's check stands behind."""
    bound = f"{claim.key}_bound"
    key = bound if bound in quoted(claim.chapter) and claim.key not in quoted(claim.chapter) else claim.key
    return str(html.element("a", claim.statement, href=f"chapters/{claim.chapter}.html#{anchor(key)}"))


def verdict(claim: claims.Claim, measured: dict[str, object]) -> str:
    """ "holds", "broken" or "not measured"."""
    if claim.key not in measured:
        return "not measured"
    return "holds" if claim.holds(measured[claim.key]) else "broken"


def row(claim: claims.Claim, measured: dict[str, object]) -> str:
    """The claim as a table row."""
    value = claims.text(measured[claim.key], claim.unit) if claim.key in measured else "–"
    if behind := claim.experiments():
        runs = records.load(behind[0])
        if claim.experiment():
            value += f"; recorded {claims.mean_and_sd([run.test_accuracy for run in runs])}, {len(runs)} seeds"
        value += f", Keras {runs[0].versions['keras']}, TensorFlow {runs[0].versions['tensorflow']}"
    bound = claim.bound_text() + (f" ({claim.reason})" if claim.reason else "")
    result = verdict(claim, measured)
    mark = "✓ holds" if result == "holds" else f"✗ {result}"
    cells = (f"[{claim.chapter[:2].lstrip('0')}](chapters/{claim.chapter}.ipynb)", statement(claim), bound, value)
    return "| " + " | ".join(cells) + f' | <span class="claim-{result.replace(" ", "-")}">{mark}</span> |'


def page() -> str:
    """Everything of the page that is computed."""
    measured = measured_values()
    ledger = claims.ledger().values()
    held = sum(verdict(claim, measured) == "holds" for claim in ledger)
    lines = [
        f"The book makes {len(ledger)} claims that a program can check, and {held} of them hold.",
        f"An accuracy's bound is Student's t prediction interval at {claims.CONFIDENCE:.1%}: the range in which one more run should fall, "
        "given the recorded ones; that of a difference is the interval of its mean over the same seeds.",
        "",
        "| chapter | statement | claimed | measured | verdict |",
        "|---|---|---|---|---|",
        *(row(claim, measured) for claim in ledger),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write it."""
    GENERATED.mkdir(exist_ok=True)
    (GENERATED / "claims.md").write_text(page(), encoding="utf-8")
