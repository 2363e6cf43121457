"""What the demos' texts state: how the sentences are found, and what shows that they are so.

The tables `TOLD` of the modules `told_of_…` go from a file of `cnnbook/demos` to its
sentences, and from each to an oracle: a function that says whether it is so, or the tests that check it already, `tested(…)`. A function
may take `js`, with which it links a file of JavaScript and calls what that exports.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from cnnbook.demos.shared.base import DEMOS
from tests.demos.test_javascript import tree, walk

LEAST_WORDS = {"full stop": 6, "colon": 4, "comparison": 5, "place": 4}
COMPARES = re.compile(r"\b(largest|smallest|lowest|highest|larger|smaller|each|every|only|always|never|nothing|not)\b")
PLACES = re.compile(r"\b(first|last|before|after|left|right|its|same|other|fullest)\b")

# Sentences that state nothing which an oracle could show, by what they do instead.
NAMED = {
    "says what the reader can do, or should": (
        "Allow this page to read them, or try another browser.",
        "Arrow keys choose a unit, Space draws a new mask.",
        "Change one thing and train again.",
        "Choose a column to go there.",
        "Choose the file again to start over.",
        "Save a HEIC image as JPEG first.",
        "Save it as PNG, or try another browser.",
        "Save the image first, then drop its file here.",
        "Start again, for instance with a smaller learning rate.",
        "Test image {n}, the digit {digit}; draw on it to write your own",
        "Use an image that states its width and height.",
        "With JavaScript it runs in the page, on your own images too, and shows which pixels an answer depends on.",
        "With JavaScript this page trains a network on small digits while you watch.",
        "With JavaScript this page trains the convolutional network on your own copy of CIFAR-10.",
        "With JavaScript you can change it.",
        "With JavaScript you can choose the unit and the layers.",
        "With JavaScript you can draw the masks yourself.",
        "With JavaScript you can move the values.",
        "With JavaScript you can move through the training.",
        "With JavaScript you can slide the filter yourself.",
        "You can also paste an image or drop one here.",
        "You can wait, or try again.",
        "Your digit: let it fill the square",
        "{name}: choose a unit",
    ),
    "names what is shown": (
        "A network for images of {shape}.",
        "Accuracy on the test images after each epoch, Keras",
        "Drawing: Andreas Preuss, CC0, shipped with scikit-image",
        "An image and its feature map for the filter “{filter}” (stride {stride}, padding {padding}).",
        "Drawing sheet of {side} by {side} pixels.",
        "Here is a still image of what it shows.",
        "Image of 8 by 8 pixels, {about}.",
        "Image of {side} by {side} pixels: {about}",
        "Kaynak, UCI, CC BY 4.0.",
        "mean ± sd after {first}",
        "the face of a ginger cat, seen from the left",
        "Last feature map, {side} by {side}.",
        "Look inside: each layer, each unit",
        "Photograph: Rachel Michetti, CC0, shipped with scikit-image",
        "Photograph: Stéfan van der Walt, CC0, shipped with scikit-image",
        "Mask {draws}: dropped {share}.",
        "The batch on a number line, and its results on another.",
        "What enters and leaves each layer",
        "what the network gets: {side} × {side} pixels",
    ),
    "says that something did not work, or has not been done": (
        "Something did not work in this browser.",
        "This demo is not running in your browser at the moment.",
        "it does not work in this browser",
        "{file} could not be loaded",
        "{title}: nothing measured yet.",
    ),
    "a rule for judging, not a fact about a demo": (
        "There is no telling which of them made the difference.",
        "What both maps have in common says nothing about what was learned.",
    ),
}


class Elsewhere(NamedTuple):
    """Tests that check a sentence already: their module in `tests`, and their names."""

    module: str
    names: tuple[str, ...]


def tested(module: str, *names: str) -> Elsewhere:
    return Elsewhere(module, names)


@cache
def code(file: str) -> str:
    """A file of `cnnbook/demos` on one line; of JavaScript without comments and without its table of texts, which prove nothing."""
    text = (DEMOS / file).read_bytes()
    if file.endswith(".js"):
        idle = [n for n in walk(tree(text.decode())) if n.type == "comment" or n.text.startswith(b"const TEXT = ")]
        for node in sorted(idle, key=lambda node: -node.start_byte):
            text = text[: node.start_byte] + text[node.end_byte :]
    return " ".join(text.decode().split())


def codes(file: str, *pieces: str) -> bool:
    """Does a file have these pieces of code, in this order?"""
    return re.search(".*?".join(re.escape(piece) for piece in pieces), code(file)) is not None


def strings(value) -> Iterator[str]:
    """All strings of a Python table."""
    if isinstance(value, str):
        yield value
    else:
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings(each)


def is_text(node) -> bool:
    """A string, a template, or a sum with one of them in it."""
    if node.type == "binary_expression" and node.child_by_field_name("operator").text == b"+":
        return any(is_text(node.child_by_field_name(side)) for side in ("left", "right"))
    return node.type in ("string", "template_string")


def written(node) -> str:
    """A text of JavaScript as it stands there, with {name} for a value that is filled in, and {…} for what is computed there."""
    if node.type == "string":
        return ast.literal_eval(node.text.decode())
    if node.type == "template_string":
        raw = "".join(written(part) if part.type == "template_substitution" else part.text.decode() for part in node.children[1:-1])
        return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), raw)
    if is_text(node):  # a sum
        return "".join(written(node.child_by_field_name(side)) for side in ("left", "right"))
    source = node.text.decode().removeprefix("${").removesuffix("}")
    return "{" + (source if re.fullmatch(r"[\w.]+", source) else "…") + "}"


def texts(node) -> Iterator[str]:
    """The texts below a node: each whole, and those on their own that are filled into it."""
    inner = [node]
    if is_text(node):
        yield written(node)
        inner = [each for each in walk(node) if each.type in ("template_substitution", "parenthesized_expression")]
    for child in (child for each in inner for child in each.children):
        yield from texts(child)


def table_of(path: Path) -> list[str]:
    """The texts of a file's table `TEXT`."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        found = [node.value for node in ast.parse(source).body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "TEXT"]
        return [text for value in found for text in strings(ast.literal_eval(value))]
    found = [node for node in walk(tree(source)) if node.type == "variable_declarator"]
    values = [node.child_by_field_name("value") for node in found if node.child_by_field_name("name").text == b"TEXT"]
    return [text for value in values for text in texts(value)]


def states(sentence: str) -> bool:
    """Is it long enough to say something: with a full stop, a colon or semicolon inside, or a word that compares or says where or when?"""
    words = len(re.findall(r"\{[^}]*\}|[\w’'-]+", sentence))
    kinds = {
        "full stop": sentence.endswith("."),
        "colon": re.search(r"\S[:;] \S", sentence),
        "comparison": COMPARES.search(sentence),
        "place": PLACES.search(sentence),
    }
    return not sentence.endswith("?") and any(found and words >= LEAST_WORDS[kind] for kind, found in kinds.items())


@cache
def sentences() -> dict[str, list[str]]:
    """All sentences of the tables of texts, by file."""
    files = sorted(path for path in DEMOS.rglob("*") if path.suffix in (".js", ".py"))
    found = {path.relative_to(DEMOS).as_posix(): table_of(path) for path in files}
    return {
        file: [sentence.strip() for text in table for sentence in re.split(r"(?<=[.?!]) (?=[^a-z])", text)]
        for file, table in found.items()
        if table
    }
