"""Write what the front page has of the chapters: an image of each with how long it takes, and how much `make test` trains anew."""

import base64
import html
import io
import re

import nbformat
from PIL import Image

from bookbuild.contents import Chapter, chapters
from bookbuild.glossary import plain
from bookbuild.places import CHAPTERS, GENERATED
from cnnbook import records

TRAINED = re.compile(r"train_or_load\(\\?[\"'](\w+)")
# The figure that shows best what a chapter is about: the chapter whose output it is, and the function that draws it.
HIGH_POINTS = {
    "01_convolution": ("01_convolution", "image_and_maps"),
    "02_stacking": ("02_stacking", "response_maps"),
    "03_inspecting": ("03_inspecting", "cost_bars"),
    "04_learning": ("04_learning", "descents"),
    "05_drift": ("05_drift", "tower"),
    "06_batch_normalization": ("06_batch_normalization", "sweep"),
    "07_dropout": ("07_dropout", "training_curves"),
    "08_whole_network": ("08_whole_network", "predictions"),
    "09_going_further": ("09_going_further", "variants"),
}
PICTURES = "high-points"
WIDTH = 640  # pixels of a picture: twice what it takes on the page
WORDS_A_MINUTE = 238  # silent reading of non-fiction in English: Brysbaert 2019
WORD = re.compile(r"\w[\w'’.,-]*")


def trained_anew() -> set[str]:
    """The experiments that chapters train where they are asked to, as `make test` asks."""
    return {name for path in CHAPTERS.glob("*.ipynb") for name in TRAINED.findall(path.read_text(encoding="utf-8"))}


def sentences() -> str:
    """What `make test` does, with both numbers counted."""
    recorded = {path.stem for path in records.RECORDS.glob("*.json")}
    trained = trained_anew() & recorded
    return (
        "**Check** it: `make test` executes every chapter again and compares each number.\n"
        f"It trains {len(trained)} of the {len(recorded)} recorded experiments again "
        f"and reads the results of the other {len(recorded - trained)} from their records.\n"
    )


def high_point(chapter: Chapter) -> tuple[Image.Image, str]:
    """The figure that stands for a chapter, and what it shows in words.

    Raises:
        LookupError: no cell draws it.
    """
    stem, function = HIGH_POINTS[chapter.stem]
    for cell in nbformat.read(chapters()[stem].path, as_version=4).cells:
        for output in cell.get("outputs", []):
            if f"figures.{function}(" in cell.source and "image/png" in output.get("data", {}):
                drawn = Image.open(io.BytesIO(base64.b64decode(output["data"]["image/png"]))).convert("RGB")
                drawn.thumbnail((WIDTH, WIDTH))
                return drawn, cell.metadata["mystnb"]["image"]["alt"]
    raise LookupError(f"no cell of {stem} draws figures.{function}, which is to stand for {chapter.name}")


def words(chapter: Chapter) -> int:
    """How many words a reader has to read before the exercises: the prose, the captions, and the code that is not folded away."""
    count = 0
    for cell in nbformat.read(chapter.path, as_version=4).cells:
        if "## Exercises" in cell.source:
            break
        folded = {"hide-input", "hide-cell", "remove-cell"} & set(cell.metadata.get("tags", []))
        caption = cell.metadata.get("mystnb", {}).get("figure", {}).get("caption", "")
        shown = "" if cell.cell_type == "code" and folded else cell.source
        count += len(WORD.findall(plain(shown))) + ("remove-cell" not in folded) * len(WORD.findall(caption))
    return count


def duration(chapter: Chapter) -> str:
    """How long a chapter takes: to read, by its words, and to run, as it did when it was last executed."""
    reading = round(words(chapter) / WORDS_A_MINUTE)
    running = round(nbformat.read(chapter.path, as_version=4).metadata["cnnbook"]["seconds"] / 60)
    return f"{reading} min to read, {running or 'less than 1'} min to run"


def card(chapter: Chapter) -> str:
    """A chapter as an entry of the table of contents."""
    drawn, alt = high_point(chapter)
    drawn.save(GENERATED / "static" / PICTURES / f"{chapter.stem}.webp", quality=80)
    question = nbformat.read(chapter.path, as_version=4).cells[0].source.split("\n\n")[1]
    return (
        f'<li><img src="_static/{PICTURES}/{chapter.stem}.webp" alt="{html.escape(alt)}" width="{drawn.width}" height="{drawn.height}" '
        f'loading="lazy"><p class="title"><a href="chapters/{chapter.stem}.html">{chapter.number}. {html.escape(chapter.title)}</a></p>'
        f"<p>{html.escape(plain(question))}</p><p><small>{duration(chapter)}</small></p></li>"
    )


def table_of_contents() -> str:
    """All chapters, in order."""
    return '<ol class="cnnbook-contents">\n' + "\n".join(card(chapter) for chapter in chapters().values()) + "\n</ol>\n"


def main() -> None:
    """Write it."""
    (GENERATED / "static" / PICTURES).mkdir(parents=True, exist_ok=True)
    (GENERATED / "front_check.md").write_text(sentences(), encoding="utf-8")
    (GENERATED / "front_contents.html").write_text(table_of_contents(), encoding="utf-8")
