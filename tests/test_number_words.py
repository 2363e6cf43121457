"""A number word that states a setting or a result, "ten epochs", is filled in like a digit; in an exercise it is one of its solution's."""

import re

import nbformat
import pytest

from bookbuild import execute, exercise_cells
from cnnbook import claims
from cnnbook.exercises import inspecting
from tests.conftest import ROOT, markdown
from tests.test_chapters import each_chapter, figure_cells

WORDS = {claims.in_words(number): number for number in range(2, 100)}
ANY = rf"(?:{'|'.join(sorted(WORDS, key=len, reverse=True))}|(?<!few )(?<!several )(?:hundred|thousand))"
WORD = rf"{ANY}(?:(?: and)? {ANY})*"
# Of some things already two are a setting or a result; of the others sentences speak in pairs without counting anything.
FROM_TWO = r"epochs|seeds|updates|classes|points|learning rates|parameters"
FROM_THREE = r"images|networks|runs|recipes|rates|layers|filters|units|convolutions|cores|devices|processes|batches"
BETWEEN = r"(?:(?!of|over|from)[a-z*]+ ){0,2}?"
PAIR = r"(?!two\b(?! hundred| thousand))"
COUNTED = re.compile(rf"(?<![\w-])(?:{WORD}[ -]{BETWEEN}(?:{FROM_TWO})|{PAIR}{WORD}[ -]{BETWEEN}(?:{FROM_THREE}))\b", re.IGNORECASE)

# Phrases that may be typed, each with the reason; with another number they are refused.
TYPED = {
    "with ten seeds, as the experiment": "CONTRIBUTING.md; a record of other seeds is refused",
    "maps of a thousand images": "CONTRIBUTING.md; bound in test_typed_numbers.py by the number that follows",
    "three units of the first layer": "a 3×3 window, counted in the sentence before",
    "fifty images in a hundred right has ten points more than one that gets forty": "an example that explains what a point is",
    "two layers find points": "no number of points",
    "- Use four layers": "a thing to try in a demo",
    "Put a third convolution before `Flatten`, with twenty": "a thing to try in a demo",
    "train on thirty-two images at a time": "an example of any number",
    "dense layer for two classes": "the demo beneath shows both",
    "has only three layers": "those that the demo above lists",
    "After ten batches they are": "the answer to a thing to try, which names the number",
    "plain*: four convolutions": "those of the figure of the tower",
    "A hundred images": "the name of a preset of the demo, and a heading after it",
    "Sixty thousand small images": "a heading; the sentences beneath count",
    "It has four convolutions, each": "those that the demo beneath lists",
    f"fewer than {claims.in_words(inspecting.FEW)} parameters": "what the exercise checks",
    "After a thousand updates": "any number would do",
    "you know three facts": "they follow, a line each",
    "the same five seeds for each": "the table beneath is made up",
    "three grey images": "what the figure shows",
    "three filters": "what the figure shows",
    "of the three layers with raw pixels": "what the figure shows",
    "over twenty epochs": "what the figure shows",
    "after four epochs; on the right": "what the figure shows",
}


def without_typed(text: str) -> str:
    return re.sub("|".join(map(re.escape, TYPED)), "·", text)


def typed_counts(text: str) -> list[str]:
    """The phrases of prose that count in words what should be counted by a program."""
    counted = execute.NUMBER.sub("·", without_typed(text))
    prose = re.sub(r"```.*?```|\$\$.*?\$\$|`[^`]*`|\$[^$\n]*\$", "·", counted, flags=re.DOTALL)
    return [found[0] for found in COUNTED.finditer(prose)]


def described(chapter: nbformat.NotebookNode) -> list[str]:
    """The captions and the alt texts of the figures."""
    figures = [cell.metadata["mystnb"] for cell in figure_cells(chapter)]
    return [text for about in figures for text in (about["figure"]["caption"], about["image"]["alt"])]


@each_chapter
def test_a_count_in_words_is_filled_in(chapter):
    before_the_exercises = "\n\n".join(markdown(chapter)).split("## Exercises")[0]
    assert typed_counts(before_the_exercises) == [], 'write <span data-word="key"></span>, as CONTRIBUTING.md says'


@each_chapter
def test_a_caption_counts_nothing_in_words_that_only_a_program_knows(chapter):
    assert [found for text in described(chapter) for found in typed_counts(text)] == [], "captions have no spans: say it without the number"


@pytest.mark.parametrize("name", ["index.md", "README.md", "train.md", "practice.md", "CONTRIBUTING.md"])
def test_a_page_that_has_no_spans_counts_nothing_in_words(name):
    assert typed_counts((ROOT / name).read_text(encoding="utf-8")) == []


def as_number(word: str) -> int:
    """What a number word of the prose says."""
    total = part = 0
    for each in word.split():
        if each in ("hundred", "thousand"):
            size = {"hundred": 100, "thousand": 1000}[each]
            part = max(part, 1) * size
            total, part = (total + part, 0) if each == "thousand" else (total, part)
        else:
            part += {"one": 1, "and": 0, **WORDS}[each]
    return total + part


def numbered(chapter: nbformat.NotebookNode) -> list[tuple[str, str]]:
    """Of each exercise its text, and its cells with what they printed."""
    found, inside = [], False
    for cell in chapter.cells:
        if cell.cell_type == "markdown":
            inside |= "## Exercises" in cell.source
            found += [(part, "") for part in re.split(r"(?m)^(?=\d\\?\. )", cell.source) if exercise_cells.NUMBERED.match(part)] * inside
        elif found:
            text, code = found[-1]
            printed = "".join(output.get("text", "") for output in cell.outputs)
            found[-1] = text, f"{code}\n{cell.source}\n{printed}"
    return found


def not_of_the_solution(text: str, code: str) -> list[str]:
    """The number words from three on of an exercise that its cells have neither as digits nor as a word."""
    plain = re.sub(r"`[^`]*`", "·", without_typed(text))
    words = [found[0].lower() for found in re.finditer(rf"(?<![\w-])(?!two ){WORD}\b", plain, re.IGNORECASE) if found[0].lower() != "two"]
    digits = {number.replace("_", "").replace(",", "") for number in re.findall(r"\d[\d_,]*", code)}
    return [word for word in words if str(as_number(word)) not in digits and not re.search(rf"\b{word}\b", code)]


@each_chapter
def test_a_number_in_words_of_an_exercise_is_one_of_its_cells(chapter):
    assert numbered(chapter)
    for text, code in numbered(chapter):
        assert not_of_the_solution(text, code) == [], text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("after ten epochs it", ["ten epochs"]),
        ("over five seeds", ["five seeds"]),
        ("in a hundred classes", ["hundred classes"]),
        ("We trained three networks", ["three networks"]),
        ("of two thousand images", ["two thousand images"]),
        ("at four learning rates", ["four learning rates"]),
        ("a hundred and twenty-eight units", ["hundred and twenty-eight units"]),
        ('after <span data-word="epochs">ten</span> epochs', []),
        ("compare two networks, and two of the three", []),
        ("a few thousand images, and ten of the classes", []),
    ],
)
def test_the_rule_about_words_notices_a_typed_one(text, found):
    assert typed_counts(text) == found


def test_the_rule_about_exercises_knows_another_number():
    code = "exercises.answer('x', (-np.log(1 / 10), -np.log(1 / 100)))"
    assert not_of_the_solution("each of ten classes, and with a hundred classes", code) == []
    assert not_of_the_solution("each of ten classes, and with a thousand classes", code) == ["thousand"]


@pytest.mark.parametrize("phrase", TYPED)
def test_a_phrase_that_may_be_typed_is_still_typed_somewhere(phrase):
    chapters = [nbformat.read(path, as_version=4) for path in sorted((ROOT / "chapters").glob("*.ipynb"))]
    texts = [text for chapter in chapters for text in (*markdown(chapter), *described(chapter))]
    assert any(phrase in text for text in (*texts, (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))), "take it off the list"


@pytest.mark.parametrize(
    ("prose", "shown"),
    [
        ('<span data-word="n"></span> of them', "Thousand"),
        ('One.\n- <span data-word="n"></span> of them', "Thousand"),
        ('A <span data-word="n"></span> of them', "thousand"),
        ('A <span data-number="n"></span> of them', "1,000"),
    ],
)
def test_a_span_shows_the_number_or_its_word(prose, shown):
    assert execute.written(execute.NUMBER.search(prose), {"n": "1,000"}) == shown


def test_the_words_are_written_into_the_prose():
    told = nbformat.v4.new_output("display_data", {"text/plain": "'10'"}, metadata={"scrapbook": {"name": "epochs"}})
    prose = nbformat.v4.new_markdown_cell('After <span data-word="epochs"></span> epochs.')
    execute.write_numbers(nbformat.v4.new_notebook(cells=[prose, nbformat.v4.new_code_cell(outputs=[told])]))
    assert prose.source == 'After <span data-word="epochs">ten</span> epochs.'


def test_a_word_says_its_number():
    for number in (*range(2, 1000), 1000, 5000, 60_000, 73_539):
        assert as_number(claims.in_words(number)) == number
