"""Write claims.md: every claim of the ledger with what was measured, its bound and a verdict."""

from pathlib import Path

import nbformat

from cnnbook import claims, records

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = ROOT / "chapters"


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


def verdict(claim: claims.Claim, measured: dict[str, object]) -> str:
    """ "holds", "broken" or "not measured"."""
    if claim.key not in measured:
        return "not measured"
    return "holds" if claim.holds(measured[claim.key]) else "broken"


def row(claim: claims.Claim, measured: dict[str, object]) -> str:
    """The claim as a table row."""
    value = claims.text(measured[claim.key], claim.unit) if claim.key in measured else "–"
    experiment = claim.experiment()
    runs = records.load(experiment) if experiment else []
    if runs:
        versions = runs[0].versions
        value += (
            f"; recorded {claims.mean_and_sd([run.test_accuracy for run in runs])}, {len(runs)} seeds, "
            f"Keras {versions['keras']}, TensorFlow {versions['tensorflow']}"
        )
    result = verdict(claim, measured)
    mark = "✓ holds" if result == "holds" else f"✗ {result}"
    cells = (f"[{claim.chapter[:2].lstrip('0')}](chapters/{claim.chapter}.ipynb)", claim.statement, claim.bound_text(), value)
    return "| " + " | ".join(cells) + f' | <span class="claim-{result.replace(" ", "-")}">{mark}</span> |'


def page() -> str:
    """The whole page."""
    measured = measured_values()
    ledger = claims.ledger().values()
    held = sum(verdict(claim, measured) == "holds" for claim in ledger)
    lines = [
        "# Claims",
        "",
        f"The book makes {len(ledger)} claims that a program can check, and {held} of them hold.",
        "This page is made anew at each build from the outputs of the chapters and from the run records.",
        "*Measured* is what the chapter got when it was last executed.",
        "An accuracy's bound is the interval in which one further run should fall, given the recorded ones: "
        f"a Student's t prediction interval at {claims.CONFIDENCE:.1%}.",
        "",
        "| chapter | statement | claimed | measured | verdict |",
        "|---|---|---|---|---|",
        *(row(claim, measured) for claim in ledger),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (ROOT / "claims.md").write_text(page(), encoding="utf-8")
