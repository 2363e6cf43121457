"""Numbers in the statements of claims: of recorded runs none is typed; what a chapter computes itself is what its code has."""

import ast
import re
import tomllib
from functools import cache

import nbformat
import pytest

from bookbuild import claims_page
from cnnbook import claims
from cnnbook.claims import claim as ledger
from cnnbook.claims import settings
from cnnbook.recipes import recipe_of
from tests.conftest import ROOT

WORDS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "fifteen": 15,
    "sixteen": 16,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "hundred": 100,
    "thousand": 1000,
}
# Names and turns of phrase, in which a number states no setting.
NAMES = re.compile(r"CIFAR-10|two-layer|(?:of|[Tt]he) two\b")
NUMBER = re.compile(rf"(?<![\w.])\d[\d,]*(?:\.\d+)?|\b(?:{'|'.join(WORDS)})\b", re.IGNORECASE)
PRODUCT = re.compile(r"[(\d][\d,+()\s]*·[\d,·+()\s]*\d")

TYPED = {key: entry["statement"] for key, entry in tomllib.loads(ledger.LEDGER.read_text(encoding="utf-8")).items()}
RECORDED = [claim for claim in claims.ledger().values() if claim.experiments()]
ITS_OWN = [claim for claim in claims.ledger().values() if not claim.experiments()]


def numbers(statement: str) -> list[float]:
    """The numbers that a statement types, in digits or in words."""
    rest = NAMES.sub("", PRODUCT.sub("", settings.SETTING.sub("", statement)))
    return [WORDS[word.lower()] if word.lower() in WORDS else float(word.replace(",", "")) for word in NUMBER.findall(rest)]


@cache
def sections(chapter: str) -> list[str]:
    """The code of each section of a chapter."""
    found = [""]
    for cell in nbformat.read(ROOT / "chapters" / f"{chapter}.ipynb", as_version=4).cells:
        if cell.cell_type == "markdown" and re.search(r"^##+ ", cell.source, re.MULTILINE):
            found.append("")
        if cell.cell_type == "code":
            found[-1] += "".join(f"{line}\n" for line in cell.source.splitlines() if not line.lstrip().startswith(("!", "%")))
    return found


def literals(code: str) -> set[float]:
    """The numbers that code has."""
    nodes = ast.walk(ast.parse(code))
    return {abs(node.value) for node in nodes if isinstance(node, ast.Constant) and type(node.value) in (int, float)}


def value(product: str) -> int:
    """What a product comes to."""
    return eval(product.replace("·", "*").replace(",", ""), {})


def of_section(claim: claims.Claim) -> set[float]:
    return set().union(*(literals(code) for code in sections(claim.chapter) if f'claims.check("{claim.key}"' in code))


@pytest.mark.parametrize("claim", RECORDED, ids=lambda claim: claim.key)
def test_a_statement_about_recorded_runs_types_no_number(claim):
    typed = TYPED[claim.key]
    assert numbers(typed) == [], "write a setting as {experiment.setting} or {article.FACT}"
    assert not re.search(r"\b(?:half|twice|double|third|tenth)\b", typed), "write the setting itself, as {experiment.setting}"


@pytest.mark.parametrize("claim", ITS_OWN, ids=lambda claim: claim.key)
def test_a_number_in_any_other_statement_is_one_that_the_code_of_its_section_has(claim):
    missing = [number for number in numbers(TYPED[claim.key]) if number not in of_section(claim)]
    assert missing == [], "take the number that the code computes with, or leave it out"


@pytest.mark.parametrize("claim", [each for each in ITS_OWN if PRODUCT.search(TYPED[each.key])], ids=lambda claim: claim.key)
def test_a_product_in_a_statement_comes_to_the_bound(claim):
    assert value(PRODUCT.search(TYPED[claim.key])[0]) == claim.bound


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("Accuracy after ten epochs at a rate of 0.01", [10, 0.01]),
        ("Accuracy after {cnn.epochs} epochs at a rate of {sgd_0.001_cnn.learning_rate}", []),
        ("The same on 1,000 images of 64 × 64 pixels", [1000, 64, 64]),
        ("Products of a 3×3 filter", [3, 3]),
        ("Ratio of the two, on CIFAR-10, for the two-layer network", []),
        ("A corner with two fifths of the contrast", [2]),
        ("(4·4·3 + 1)·10, the parameters", []),
    ],
)
def test_a_typed_number_is_noticed_in_digits_and_in_words(statement, found):
    assert numbers(statement) == found


def test_only_the_code_of_the_section_counts():
    trial = claims.ledger()["forget_fast"]
    assert {0.05, 0.9} <= of_section(trial)
    assert 28 not in of_section(trial)


@pytest.mark.parametrize(("product", "bound"), [("(4·4·3 + 1)·10", 490), ("(1,280 + 1)·10", 12_810), ("8·8·21", 1_344)])
def test_a_product_is_computed(product, bound):
    assert value(product) == bound


def test_a_setting_is_filled_in_from_the_record_and_from_the_article():
    assert settings.filled("x", "{sgd_0.001_cnn.learning_rate}, {mlp.pixel_range}, {article.EPOCHS}") == "0.001, [−1, 1], 10"
    assert [claim.key for claim in claims.ledger().values() if "{" in claim.statement] == []


@pytest.mark.parametrize(
    ("statement", "complaint"),
    [
        ("{article.EPOCH}", "names 'EPOCH', which is no fact in article.py"),
        ("{vgg.epochs}", "names 'vgg', which is no recorded experiment"),
        ("{cnn.epoch}", "names 'epoch'; a recipe has batch_size, epochs"),
        ("{epochs}", "in braces it takes"),
        ("{cnn.epochs", "in braces it takes"),
    ],
)
def test_a_setting_that_there_is_not_is_refused(statement, complaint):
    with pytest.raises(ValueError, match=complaint):
        settings.filled("x", statement)


@pytest.mark.parametrize(
    "name", sorted({setting["source"] for typed in TYPED.values() for setting in settings.SETTING.finditer(typed)} - {"article"})
)
def test_all_runs_of_an_experiment_have_the_settings_that_a_statement_names(name):
    assert len({repr(recipe_of(run.recipe)) for run in claims_page.records.load(name)}) == 1


def test_a_statement_takes_its_settings_from_the_experiments_that_the_claim_is_about():
    for claim in RECORDED:
        sources = {setting["source"] for setting in settings.SETTING.finditer(TYPED[claim.key])} - {"article"}
        assert sources <= {*claim.experiments()}, claim.key
