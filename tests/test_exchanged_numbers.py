"""Two numbers of the prose that changed places: each number stands where the words of its key fit at least as well as anywhere else.

A key, say `fit_noisy`, and the statement of its claim, if it has one, share words with the sentence that quotes it. If two numbers that
look alike would share more words with each other's sentences, they were exchanged, or a key is misnamed.
"""

import itertools
import re
from functools import cache

import nbformat
import pytest

from bookbuild.execute import NUMBER
from cnnbook import claims
from tests.conftest import ROOT, markdown

CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
# Words of keys -> what the prose says instead.
ALSO = {
    "cnn": "convolutional",
    "mlp": "fully connected",
    "norm": "BatchNormalization layer",
    "normalised": "BatchNormalization",
    "plain": "without",
    "kept": "noise",
    "times": "factor",
}
SILENT = {"a", "an", "and", "as", "at", "by", "for", "from", "in", "is", "it", "its", "of", "on", "than", "that", "the", "to", "with"}
ENDING = re.compile(r"(?<=\w{4})(?:ation|ing|ies|ed|es|ly|s|e|y)$")
NOTICED = 0.45  # of the pairs of a chapter

Place = tuple[str, re.Match]  # a text, and the span in it


def words(text: str) -> set[str]:
    """The stems of its words; numbers do not count, they are what may be wrong."""
    return {ENDING.sub("", word) for word in re.findall(r"[a-z]+", text.lower()) if word not in SILENT}


@cache
def described(key: str) -> frozenset[str]:
    """What a number is of: the words of its key and of its claim."""
    parts = key.split("_")
    statement = claims.ledger()[key].statement if key in claims.ledger() else ""
    return frozenset(words(" ".join([*parts, *(ALSO.get(part, "") for part in parts), statement])))


def around(place: Place, *, clause: bool) -> set[str]:
    """The words of the sentence that quotes a number, or only of those up to the numbers before and behind it; of a row and its column."""
    text, span = place
    start = text.rfind("\n", 0, span.start()) + 1
    end = text.find("\n", span.end())
    line = text[start : end if end >= 0 else None]
    if line.startswith("|"):
        above = [*itertools.takewhile(lambda row: row.startswith("|"), reversed(text[:start].splitlines()))]
        titles = (above or [line])[-1].split("|")
        return words(NUMBER.sub("", f"{line.split('|')[1]} {titles[text[start : span.start()].count('|')]}"))
    before, behind = text[start : span.start()], line[span.end() - start :]
    if clause:
        before, behind = before[max((each.end() for each in NUMBER.finditer(before)), default=0) :], NUMBER.split(behind)[0]
    return words(NUMBER.sub("", before) + " " + NUMBER.sub("", behind))


def alike(one: re.Match, other: re.Match) -> bool:
    """Could the two numbers, or verdicts, stand in each other's place without anybody seeing it?"""
    form = [re.sub(r"[\d.,]*\d", "0", span["shown"]) for span in (one, other)]
    verdicts = all(span["key"].endswith("_direction") for span in (one, other))
    return one["key"] != other["key"] and one["shown"] != other["shown"] and (form[0] == form[1] or verdicts)


def gain(one: Place, other: Place) -> int:
    """How many words more fit if two numbers change places; below zero, they stand where they belong."""
    clause = one[0] is other[0] and "\n" not in one[0][one[1].end() : other[1].start()]
    here, there = (around(place, clause=clause) for place in (one, other))
    if clause and not (here and there):  # all words are on one side: none speaks for one number against the other
        return 0
    first, second = (described(place[1]["key"]) for place in (one, other))
    return len(first & there) + len(second & here) - len(first & here) - len(second & there)


def pairs(texts: list[str]) -> list[tuple[Place, Place]]:
    """Of numbers in the same cell; between cells, too many pairs would meet by chance."""
    places = [[(text, span) for span in NUMBER.finditer(text)] for text in texts]
    found = itertools.chain.from_iterable(itertools.combinations(each, 2) for each in places)
    return [(one, other) for one, other in found if alike(one[1], other[1])]


def exchanged(texts: list[str]) -> list[tuple[str, str]]:
    return [(one[1]["key"], other[1]["key"]) for one, other in pairs(texts) if gain(one, other) > 0]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_no_two_numbers_would_fit_better_in_each_others_place(path):
    found = exchanged(markdown(nbformat.read(path, as_version=4)))
    assert found == [], "exchange them, or name each key after what its sentence says"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_most_exchanges_would_be_noticed(path):
    """Where no word speaks for either place, nothing is noticed: name keys after what their sentences say."""
    found = [gain(one, other) for one, other in pairs(markdown(nbformat.read(path, as_version=4)))]
    assert sum(each < 0 for each in found) >= NOTICED * len(found)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("With noise it is {fit_noisy}.\nThe plain one has {fit_plain}.", 0),
        ("With noise it is {fit_plain}.\nThe plain one has {fit_noisy}.", 1),
        ("It is {fit_noisy} with noise, and {fit_plain} without.", 0),
        ("It is {fit_plain} with noise, and {fit_noisy} without.", 1),
        ("| network | right |\n|---|---|\n| plain | {fit_plain} |\n| noise | {fit_noisy} |", 0),
        ("| network | right |\n|---|---|\n| plain | {fit_noisy} |\n| noise | {fit_plain} |", 1),
        ("| network | plain | noise |\n|---|---|---|\n| ours | {fit_noisy} | {fit_plain} |", 1),
    ],
)
def test_an_exchange_is_noticed_in_sentences_clauses_rows_and_columns(text, faults):
    spans = {key: f'<span data-number="{key}">{shown}</span>' for key, shown in {"fit_noisy": "81.5 %", "fit_plain": "84.7 %"}.items()}
    assert len(exchanged([text.format(**spans)])) == faults
