"""Which way round a statement has it: X minus Y, X divided by Y, the lead of X over Y; and words that have an opposite."""

import ast
import re
import tomllib
from collections import Counter

import pytest

from cnnbook import claims
from cnnbook.claims import Claim
from cnnbook.claims import claim as ledger
from tests.claims.operands import operands, steps

TYPED = {key: entry["statement"] for key, entry in tomllib.loads(ledger.LEDGER.read_text(encoding="utf-8")).items()}

# Between the two sides of a statement; what follows a comma, or the same settings of both, belongs to neither.
SIDES = [
    re.compile(r"(.+?),? divided by (.+)"),
    re.compile(r"(.+?),? (?:minus|less) (.+)"),
    re.compile(r"(.+?), over (those of .+)"),
    re.compile(r"Ratio of the (.+) to the (\w+)"),
    re.compile(r"(larger with .+) than (with .+)"),
    re.compile(r"((?:fewer|smaller with) .+) than (.+)"),
    re.compile(r"(.+) at most (the one without)"),
    re.compile(r"more than half of what (.+) what (.+)"),
    re.compile(r"\b[Ll]ead (?:on [\w-]+ images )?of (.+?) over ((?:(?!, | after | with gradient | both ).)+)"),
]
# What stands in code or in the name of an experiment -> the words that a statement has for it.
WORDS = {
    "noisy_batch_norm": "batchnormalization with noise",
    "noise_alone": "plain with noise",
    "without_batch_norm": "plain without batchnormalization",
    "without_augmentation": "neither flips nor shifts",
    "mlp": "fully connected",
    "cnn": "cnn convolutional batchnormalization dropout with",
    "models.cnn()": "cnn",
    "ablations.without_strides()": "every stride 1",
    "unstrided": "every",
    "pooling_work": "pooling without stride",
    "digits_gain": "dropout",
    "apart(pooled, pooled_moved)": "pooling",
    "corners[faint_corner]": "a fifth",
    "corners.max": "full one",
    "twice": "mirror image",
    "as they come": "raw",
    "first_update['dense']": "top",
    "first_update['convolution 1']": "lowest",
    "highest[0]": "with",
    "highest[1]": "without",
    "best[0]": "with",
    "best[1]": "without",
    "carried['sgd'][0]": "with",
    "carried['sgd'][1]": "without",
    "of_sweep.mean - at_lower.mean": "lead grows with",
    "-lost.mean": "loses without",
    "leads[1]": "as they are",
    "values[0]": "largest",
    "values[len(values) // 2]": "middle",
    'step"][0]': "step largest",
    'step"][-1]': "step smallest",
    "variance.max": "widest",
    "[:, 0]": "first",
    "[0]": "first",
    "[:, -1]": "last",
    "[-1]": "last",
}
PLACES = re.compile("|".join(re.escape(part) for part in sorted(WORDS, key=len, reverse=True)))


def words(text: str) -> Counter[str]:
    """The words of a side, of code or of a name; `without X` and `no X` are words of their own, and X by itself is not said."""
    text = re.sub(r"\bin place of\b|\bno\b", "without", text.lower())
    text = re.sub(r"\bwithout[_ ](?!it\b)(\w+?)s?\b", r"without+\1 without", text)
    found = re.findall(r"[a-z0-9]+(?:\+[a-z]+)?", text)
    return Counter(word.removesuffix("s") for word in found if word not in {"the", "of", "a", "as", "it", "one"})


def of_code(text: str) -> Counter[str]:
    return words(PLACES.sub(lambda place: f" {WORDS[place[0]]} ", text))


def sides(statement: str) -> tuple[str, str] | None:
    """The two sides of a statement that compares."""
    found = next((match for match in (form.search(statement) for form in SIDES) if match and "difference between" not in match[1]), None)
    return found and found.groups()


def fits(said: tuple[str, str], has: tuple[str, str]) -> tuple[set[str], set[str]]:
    """Words of one side that only its own operand has, and words of one side that only the other operand has."""
    left, right = map(words, said)
    first, second = map(of_code, has)
    only = set(left) - set(right), set(right) - set(left)
    code = set(first - second), set(second - first)
    return only[0] & code[0] | only[1] & code[1], only[0] & code[1] | only[1] & code[0]


# Words that stand for the opposite of one another -> what of a key or of code stands for each.
OPPOSITES = [
    {r"training mode|in training": r"training=True", r"in prediction|predictions": r"training=False|prediction"},
    {
        r"training (?:and new )?images": r"[xy]_train|train_accuracy|'settled'",
        r"test (?:images|accuracy|loss)|new images": r"test|new|evaluate|val_",
        r"held-out": r"held_out",
    },
    {r"batch statistics": r"batch statistics", r"moving (?!them|the)\w+": r"moving"},
    {r"\bfirst\b": r"first|\[(?:0, |:, )?0\]|untrained|index\(", r"\blast\b": r"last|\[(?::, )?-\d+:?\]|\[:-1\]"},
    {
        r"\b(?:largest|highest|best|(?<!at )most)\b": r"max\b|furthest|largest|highest|best|most",
        r"\b(?:smallest|lowest|worst|fewest|(?<!at )least(?! squares))\b": r"min\b|smallest|lowest|least|fewest",
    },
    {
        r"\bwith (?:it|BatchNormalization|Dropout)\b": r"with(?!out)|cnn",
        r"(?<!or )\b(?:without|no) (?:it|BatchNormalization|Dropout|bias)": r"without|use_bias=False|run\(0\.0",
    },
    {r"get an error": r"> 0|!= 0", r"get no error": r"== 0"},
    {r"the one below": r"> 0", r"the one above": r"< 0"},
    {r"\bhorizontal\b": r"across|horizontal", r"\bvertical\b": r"down\b|vertical"},
    {r"\bafter \d+ updates$": r">= \d+|late", r"\bwithin \d+ updates$": r"< \d+|early"},
    {r"Normalization after Dropout\b": r"Dropout first|kept", r"Normalization before Dropout\b": r"Dropout last"},
    {r"(?<!Lead of )(?<!over )the plain network\b": r"plain|without_batch_norm", r"(?<!over )the noisy network\b": r"nois"},
    {r"\bon a part of\b": r"\bx_few\b|'few'", r"\bon all of\b": r"x_train\b(?!\[)"},
    {r", before Dropout\b": r"layers\[-4\]", r", after Dropout\b": r"layers\[-[123]\]"},
]
# A claim -> the word of its statement that the code says otherwise, and how.
OTHERWISE = {
    "corner_two_layers_edge": ("vertical", "the slice is that of the left edge of the drawing's light square"),
    "wrong_dense": ("without bias", "inputs times units, and nothing is added"),
    "all_gradients_explode": ("last", "the growth from the first to the last update"),
    "scaled_gradients_stay": ("first", "the code makes these updates and no others"),
    "shift_of_variance": ("in prediction", "variance_shift.received measures in prediction"),
    "shift_scales_logits": ("test images", "the loop that computes it names the test images"),
    "shift_scales_alike": ("moving and", "the loop that computes it names the moving variance"),
    "shift_keeps_answers": ("test images", "the loop that computes it names the test images"),
    "order_makes_no_difference": ("last", "'Dropout first' is the order of the two layers"),
    "more_images_help_more": ("Test accuracy", "a difference of runs is one in test accuracy, where nothing else is named"),
    "every_rate_beats_the_article": ("held-out", "val_accuracy of a run with held-out images is the accuracy on those"),
    "muon_even": ("first", "the first step's singular values, from the first to the last"),
    "most_is_lost": ("least", "most is lost where least is left"),
}
# Statements with words of a comparison that compare nothing, or name no sides.
NO_SIDES = {"softmax_slopes", "multiply_accumulates_ratio"}


def evidence(claim: Claim) -> list[str]:
    """The key with what is checked, then step by step what that is computed from; of recorded runs also what the claim names."""
    named = [claim.kind, claim.of, *claim.experiments()] if claim.experiments() else []
    first, *others = ("\n".join(map(ast.unparse, nodes)) for nodes in steps(claim.chapter, claim.key))
    return [" ".join([first, claim.key, *named]), *others]


def exchanged(claim: Claim, statement: str) -> set[str]:
    """Words that stand on the wrong side of a statement; or both sides, if no word tells which is which."""
    right, wrong = fits(sides(statement), operands(claim))
    return wrong or (set() if right else {*sides(statement)})


def opposites_in(statement: str) -> list[tuple[dict[str, str], dict[str, str]]]:
    """Groups of OPPOSITES with what a statement has of each."""
    prose = re.sub(r"{[^}]*}", "", statement)
    found = [(group, {word: re.search(word, prose, re.IGNORECASE) for word in group}) for group in OPPOSITES]
    return [(group, {word: match[0] for word, match in matches.items() if match}) for group, matches in found if any(matches.values())]


def reversed_words(claim: Claim, statement: str) -> set[str]:
    """Words of a statement for which what is nearest in the code has the opposite, both, or nothing."""
    told = fits(sides(statement), operands(claim))[0] if sides(statement) else set()
    found = set()
    for group, said in opposites_in(statement):
        if len(said) == 1 and not told & set(words(*said.values())):  # else its sides tell them apart
            nearest = ([word for word, place in group.items() if re.search(place, text)] for text in evidence(claim))
            found |= set() if next((each for each in nearest if each), []) == [*said] else {*said.values()}
    return found


COMPARED = [claim for key, claim in claims.ledger().items() if key not in NO_SIDES and sides(TYPED[key])]
HAVE_OPPOSITES = [claim for key, claim in claims.ledger().items() if opposites_in(TYPED[key])]


@pytest.mark.parametrize("claim", COMPARED, ids=lambda claim: claim.key)
def test_the_sides_of_a_statement_are_the_operands_in_their_order(claim):
    assert exchanged(claim, TYPED[claim.key]) == set(), f"{operands(claim)} are compared; WORDS says what the statement calls them"


def test_a_statement_that_compares_has_two_sides():
    compare = {key for key, typed in TYPED.items() if re.search(r" minus | divided by |\b[Ll]ead .*\bof .* over |Ratio of", typed)}
    assert compare - {claim.key for claim in COMPARED} == NO_SIDES


@pytest.mark.parametrize("claim", HAVE_OPPOSITES, ids=lambda claim: claim.key)
def test_a_word_that_has_an_opposite_is_what_the_code_has(claim):
    excused, _ = OTHERWISE.get(claim.key, ("", ""))
    assert reversed_words(claim, TYPED[claim.key]) - {excused} == set(), "the key, the code or the experiments say the opposite, or nothing"


@pytest.mark.parametrize("key", OTHERWISE)
def test_an_exception_that_is_none_any_more_is_noticed(key):
    assert OTHERWISE[key][0] in reversed_words(claims.ledger()[key], TYPED[key])


@pytest.mark.parametrize(
    ("key", "statement"),
    [
        ("square_ratio", "Mean square of scaled pixels divided by that of raw ones"),
        ("real_gap_shrinks", "The gap with Dropout minus that without it"),
        ("gap_shrinks", "Gap with Dropout, minus that without it"),
        ("cnn_ahead_of_mlp", "Lead of the fully connected network over the CNN"),
        ("channels_differ", "Ratio of the narrowest to the widest channel"),
        ("cnn_has_fewer_parameters", "The fully connected network has fewer parameters than the CNN"),
        ("growth_is_mostly_lost", "Is more than half of what the layer's lead grows by what the network with it gains?"),
        ("muon_gain", "Accuracy of some trainings minus that of others"),
    ],
)
def test_a_comparison_the_other_way_round_is_noticed(key, statement):
    assert exchanged(claims.ledger()[key], statement)


@pytest.mark.parametrize(
    ("key", "statement"),
    [
        ("training_depends_on_company", "Change of one image's units in prediction"),
        ("momentum_leaves_weights", "Difference in accuracy with moving statistics"),
        ("first_filters_remember", "Correlation of the last kernels"),
        ("cnn_most_work", "Layer with the fewest multiply–accumulates"),
        ("one_in_four_gets_the_error", "Units that get no error back"),
        ("higher_layers_move_more", "Each layer moves more than the one above"),
        ("by_heart_training", "Accuracy of the network with Dropout"),
        ("descent_gain", "What is gained in test accuracy"),
        ("patch_unrelated", "Sum of products for a patch with a vertical edge"),
        ("normalisation_stills", "Movement divided by that with BatchNormalization, within 100 updates"),
        ("top_moves_more", "Movement of the top layer divided by that of the lowest, first update of the noisy network"),
        ("first_run_learns", "Loss of the two-layer network with ReLU on all of the training images, mean over its fourth epoch"),
        ("training_depends_on_company", "Change of one image's units in training mode between two batches, after Dropout"),
        ("shift_of_variance", "Moving variance over the one received in prediction, BatchNormalization before Dropout"),
    ],
)
def test_the_opposite_word_is_noticed(key, statement):
    assert reversed_words(claims.ledger()[key], statement)


def test_a_claim_that_no_chapter_checks_is_named():
    with pytest.raises(LookupError, match="no cell of 01_convolution checks the claim patch; build the chapters first"):
        steps("01_convolution", "patch")
