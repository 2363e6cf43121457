"""Write the front page's sentence about `make test`: how many of the recorded experiments it trains anew."""

import re

from bookbuild.places import CHAPTERS, GENERATED
from cnnbook import records

TRAINED = re.compile(r"train_or_load\(\\?[\"'](\w+)")


def trained_anew() -> set[str]:
    """The experiments that chapters train where they are asked to, as `make test` asks."""
    return {name for path in CHAPTERS.glob("*.ipynb") for name in TRAINED.findall(path.read_text(encoding="utf-8"))}


def sentences() -> str:
    """What `make test` does, with both numbers counted."""
    recorded = {path.stem for path in records.RECORDS.glob("*.json")}
    trained = trained_anew() & recorded
    return (
        "**Check** it: `make test` executes every chapter again and compares each number.\n"
        f"It trains {len(trained)} of the {len(recorded)} recorded experiments anew; "
        f"the results of the other {len(recorded - trained)} it reads from their records.\n"
    )


def main() -> None:
    """Write it."""
    GENERATED.mkdir(exist_ok=True)
    (GENERATED / "front_check.md").write_text(sentences(), encoding="utf-8")
