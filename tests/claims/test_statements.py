"""Numbers in the statements of claims: of recorded runs none is typed; what a chapter computes itself is what its code has."""

import ast
import itertools
import math
import re
import tomllib
from functools import cache

import nbformat
import pytest

from bookbuild import claims_page
from cnnbook import claims
from cnnbook.claims import claim as ledger
from cnnbook.claims import derived, settings
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

CHANNELS_OF_COLOUR = 3
EACH_CHANNEL = 4  # scale, shift, moving mean and moving variance of BatchNormalization


def same_padding(pixels: float, kernel: float, stride: float) -> tuple[float, float]:
    total = max(0, (math.ceil(pixels / stride) - 1) * stride + kernel - pixels)
    return total // 2, total - total // 2


# What the numbers of a statement come to, in their order; it has to be the claim's bound.
COMES_TO = {
    "colour_patch_products": lambda rows, columns: rows * columns * CHANNELS_OF_COLOUR,
    "colour_filter_weights": lambda rows, columns: rows * columns * CHANNELS_OF_COLOUR,
    "layer_kernel_shape": lambda filters, rows, columns: (rows, columns, 1, filters),
    "layer_output_shape": lambda rows, columns, stride: (1, math.ceil(rows / stride), math.ceil(columns / stride), 2),
    "valid_5": lambda rows, columns, pixels: pixels - rows + 1 if rows == columns else math.nan,
    "same_32_stride_2": lambda pixels, stride: math.ceil(pixels / stride),
    "same_33_stride_2": lambda pixels, stride: math.ceil(pixels / stride),
    "same_padding_32_stride_2": same_padding,
    "same_padding_33_stride_2": same_padding,
    "learned_examples": lambda images, high, wide, rows, columns: images * (high - rows + 1) * (wide - columns + 1),
    "exercise_parameters": lambda filters, rows, columns: filters * (rows * columns * CHANNELS_OF_COLOUR + 1),
    "corner_two_layers_faint": lambda fifths: fifths / 5,
    "none_is_any_batch": lambda images: (images, 10),
    "loss_of_guessing": lambda classes: round(math.log(classes), 3),
    "field_with_stride": lambda rows, columns, stride: rows if rows == columns else math.nan,
    "field_with_pooling": lambda stride, rows, columns: 3 + stride * (rows - 1) if rows == columns else math.nan,
    "one_in_four_gets_the_error": lambda high, wide, rows, columns: (high / rows) * (wide / columns),
    "forget_fast": lambda rest, momentum: round(math.log(rest) / math.log(momentum)),
    "forget_slowly": lambda momentum: round(math.log(0.05) / math.log(momentum)),
    "four_a_channel": lambda channels: EACH_CHANNEL * channels,
}
# What a statement calls the quantity that its claim compares, where that is not the test accuracy.
QUANTITIES = {"train_accuracy": r"\btraining images\b", "test_loss": r"\bloss\b", "gap": r"\bgap\b", "held_out_accuracy": r"\bheld-out\b"}
PAIRS = ("fewer more", "less more", "larger smaller", "higher lower", "ahead behind", "rises falls", "sinks grows", "widest narrowest")
OPPOSITES = {word: other for pair in PAIRS for word, other in itertools.permutations(pair.split())}
TYPED = {key: entry["statement"] for key, entry in tomllib.loads(ledger.LEDGER.read_text(encoding="utf-8")).items()}
RECORDED = [claim for claim in claims.ledger().values() if claim.experiments()]
PAIRED = [claim for claim in RECORDED if claim.kind == "above" and all(isinstance(side, str) for side in claim.bound)]
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


def arithmetic() -> list[claims.Claim]:
    """Claims whose statement has the numbers that their exact bound comes from."""
    exact = [claim for claim in ITS_OWN if claim.kind == "equals" and not isinstance(claim.bound, str)]
    return [claim for claim in exact if numbers(TYPED[claim.key]) and "the CNN" not in claim.statement]


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


@pytest.mark.parametrize("claim", [each for each in RECORDED if each.kind in derived.KINDS], ids=lambda claim: claim.key)
def test_a_statement_says_what_of_the_runs_is_compared(claim):
    said = {name for name, phrase in QUANTITIES.items() if re.search(phrase, claim.statement)}
    assert said == {claim.of} - {"test_accuracy"}, "`of` and the statement are about different quantities"


@pytest.mark.parametrize("claim", PAIRED, ids=lambda claim: claim.key)
def test_the_settings_of_two_experiments_stand_in_the_order_in_which_they_are_compared(claim):
    places = [TYPED[claim.key].find(f"{{{name}.") for name in claim.bound]
    assert -1 in places or places == sorted(places)


@pytest.mark.parametrize("claim", claims.ledger().values(), ids=lambda claim: claim.key)
def test_the_key_of_a_claim_and_its_statement_do_not_say_the_opposite(claim):
    parts, said = claim.key.split("_"), set(re.findall(r"[a-z]+", claim.statement.lower()))
    assert [word for word in parts if word in OPPOSITES and word not in said and OPPOSITES[word] in said] == []


@pytest.mark.parametrize("claim", ITS_OWN, ids=lambda claim: claim.key)
def test_a_number_in_any_other_statement_is_one_that_the_code_of_its_section_has(claim):
    missing = [number for number in numbers(TYPED[claim.key]) if number not in of_section(claim)]
    assert missing == [], "take the number that the code computes with, or leave it out"


@pytest.mark.parametrize("claim", [each for each in ITS_OWN if PRODUCT.search(TYPED[each.key])], ids=lambda claim: claim.key)
def test_a_product_in_a_statement_comes_to_the_bound(claim):
    assert value(PRODUCT.search(TYPED[claim.key])[0]) == claim.bound


@pytest.mark.parametrize("claim", arithmetic(), ids=lambda claim: claim.key)
def test_the_numbers_of_an_exact_statement_come_to_the_bound(claim):
    assert COMES_TO[claim.key](*numbers(TYPED[claim.key])) == claim.bound, "say in COMES_TO how the bound follows from the numbers"


def test_a_number_of_an_exact_statement_cannot_be_raised_unnoticed():
    unnoticed = set()
    for claim in arithmetic():
        typed = numbers(TYPED[claim.key])
        for place, number in enumerate(typed):
            raised = [*typed[:place], number + 1, *typed[place + 1 :]]
            if number + 1 in of_section(claim) and COMES_TO[claim.key](*raised) == claim.bound:
                unnoticed.add((claim.key, number))
    # With a stride of three they would be true as well.
    assert unnoticed == {("same_padding_32_stride_2", 2), ("field_with_stride", 2)}


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
