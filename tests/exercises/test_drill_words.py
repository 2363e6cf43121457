"""What drills say is true: first steps and ways lead to the right answer, and explanations to the wrong answer that they are given to.

The numbers come from the question as a reader sees it, not from what the drill's maker calls them.
"""

import re
from ast import literal_eval
from collections import defaultdict
from functools import cache
from itertools import combinations, product
from math import prod
from types import SimpleNamespace

import numpy as np
import pytest

from cnnbook import exercises
from cnnbook.exercises.drill_words import DRILLS
from cnnbook.keras_quietly import layers
from tests.exercises.drilled import DRILLED, field, gradient, passed_on, side, sides, summed, variance_after
from tests.exercises.test_drills import LEVELS, made
from tests.exercises.test_explanations import same

SEEDS = range(1, 7)
ROLES = {"title": "title", "question": "question", "first": "first", "what": "first", "way": "way"}  # by how a text's key begins
NUMBER = r"-?\d+(?:\.\d+)?"
TABLE = r"\[\[.*?\]\]"
# How questions state their numbers; where Keras is called, its layer says which number is what.
PHRASES = [
    phrase.replace("NUMBER", NUMBER).replace("TABLE", TABLE)
    for phrase in (
        r"Maps of (?P<n>\d+)×(?P=n) go through",
        r'a layer with filters of (?P<k>\d+)×(?P=k), a stride of (?P<s>\d+) and padding "(?P<padding>\w+)"',
        r'then through one with filters of (?P<k2>\d+)×(?P=k2), a stride of (?P<s2>\d+) and padding "(?P<padding2>\w+)"',
        r"(?P<layer>(?:Conv2D|Dense|Dropout)\((?:[^()]|\([^()]*\))*\))",
        r"an input whose number of channels is (?P<c>\d+)\?",
        r"an input with (?P<c>\d+) channels\?",
        r"Maps of (?P<h>\d+)×(?P=h) with (?P<c>\d+) channels are flattened",
        r"Maps of shape \((?P<h>\d+), (?P=h), (?P<c>\d+)\) go through",
        r"kernel sizes and strides follow one another: (?P<stack>[^.]+)",
        r"has a mean of (?P<mean>NUMBER) and a variance of (?P<variance>NUMBER)",
        r"a channel has the values (?P<values>\[.*?\])",
        r"ε is (?P<epsilon>NUMBER), γ is (?P<gamma>NUMBER) and β is (?P<beta>NUMBER)\. What",
        r"does the value (?P<x>NUMBER) become",
        r"in (?P<mode>training|prediction)[?.]",
        r"A unit with the output (?P<x>\d+) survives",
        r"Each of (?P<n>\d+) units has the output (?P<x>\d+), and (?P<m>\d+) of them survive",
        r"A kernel of (?P<side>\d+)×(?P=side) slides over the image (?P<image>TABLE)",
        r"with a stride of (?P<stride>\d+), without padding",
        r"The kernel (?P<kernel>TABLE) slides over an image of (?P<side>\d+)×(?P=side), without padding",
        r"The error of the map that comes out \(how fast the loss grows with each of its numbers\) is (?P<upstream>TABLE)",
        r"the gradient of the (?P<of>kernel|image)\?",
    )
]


def numbers(question):
    """What a question states, by name, and what follows from it without a drill's rule."""
    stated, rest = {"stride": "1"}, question
    for phrase in PHRASES:
        if found := re.search(phrase, rest):
            stated |= found.groupdict()
            rest = rest.replace(found[0], "")
    assert not re.search(r"\d", rest), f"say in PHRASES how to read {rest!r}"
    q = SimpleNamespace(**{name: read(name, text) for name, text in stated.items()})
    return SimpleNamespace(**vars(q) | worked_out(q))


def read(name, text):
    if name == "layer":
        return eval(text, {"Conv2D": layers.Conv2D, "Dense": layers.Dense, "Dropout": layers.Dropout})
    if name == "stack":
        return [(int(k), int(s)) for k, s in re.findall(r"(\d+)×\1 with stride (\d+)", text)]
    return text if name in ("padding", "padding2", "of", "mode") else literal_eval(text)


def worked_out(q):
    if hasattr(q, "padding"):
        return {"middle": sides(q)[0]}
    if hasattr(q, "stack"):
        return {"sum": summed(q) - 1}
    if hasattr(q, "values"):
        return {"x": q.values[0], "mean": np.mean(q.values), "variance": np.var(q.values)}
    layer = getattr(q, "layer", None)
    if isinstance(layer, layers.Dropout):
        return {"rate": layer.rate, "m": getattr(q, "m", 1)}
    if isinstance(layer, layers.Dense):
        layer.build((None, q.h * q.h * q.c))
        return {"k": q.h, "k2": q.h, "seen": q.c, "f": layer.units, "u": layer.units, "g": 1}
    if isinstance(layer, layers.Conv2D):
        layer.build((None, None, None, q.c))
        (k, k2), s, padding = layer.kernel_size, layer.strides[0], layer.padding
        out = {"out": side(q.h, k, s, padding)} if hasattr(q, "h") else {}
        more = {"s": s, "padding": padding, "seen": layer.kernel.shape[2]}
        return {"k": k, "k2": k2, "f": layer.filters, "g": layer.groups, **more, **out}
    return {}


def by_keras(q):
    """What Keras's layer makes of the value: two values with this mean and variance fix the line on which all lie."""
    layer = layers.BatchNormalization(epsilon=q.epsilon, dtype="float64")
    batch = q.mean + np.sqrt(q.variance) * np.array([[-1.0], [1]])
    layer.build(batch.shape)
    layer.gamma.assign([q.gamma])
    layer.beta.assign([q.beta])
    low, high = np.ravel(layer(batch, training=q.mode == "training"))
    return low + (q.x - batch[0, 0]) / (batch[1, 0] - batch[0, 0]) * (high - low)


ASKED = {
    "What is the side of the maps that come out?": lambda q: sides(q)[-1],
    "How many parameters does": lambda q: q.layer.count_params(),
    "How many multiply–accumulates does that take for one image?": lambda q: (
        prod(q.layer.compute_output_shape((None, q.h, q.h, q.c))[1:3]) * np.size(q.layer.kernel)
    ),
    "How many pixels wide is the receptive field of a unit in the last one?": lambda q: field(q.stack),
    "What does the value": by_keras,
    "What does the first of them become in training?": by_keras,
    "What does it pass on?": passed_on,
    "What is the sum of all that they pass on?": lambda q: q.m * passed_on(q),
    "What is its variance after": variance_after,
    "What is the gradient of the": gradient,
}


def role(key):
    return ROLES.get(key.split("_")[0], "mistake")


TEXTS = [(kind, key) for kind, words in DRILLS.items() for key in words if role(key) not in ("title", "question")]


@cache
def asked():
    """Some drills of each kind and level, with the numbers of their questions."""
    some = [exercises.drill(kind, seed=seed, level=level) for kind, level, seed in product(DRILLS, LEVELS, SEEDS)]
    return [(drill, numbers(drill.question)) for drill in some]


@cache
def given():
    """By drill and text: the numbers of each question where the text is given, the answer it is given to, and the right one."""
    cases = defaultdict(list)
    for drill, q in asked():
        expected = drill.expected
        first = getattr(expected, "otherwise", None) or expected.what
        way = DRILLS[drill.kind][made(drill.kind, drill.level, drill.seed).way]
        for text, answer in ((first, expected.right), (way, expected.right), *((why, wrong) for wrong, why in expected.mistakes)):
            cases[drill.kind, text].append((drill, q, answer))
    return cases


def said(template, text):
    """The numbers that a text has in the places of a template's names, if it is made from that template."""
    names = set()

    def number(found):
        name, is_known = found[1], found[1] in names
        names.add(name)
        return f"(?P={name})" if is_known else rf"(?P<{name}>{TABLE}|{NUMBER}(?: [·+] {NUMBER})*)"

    found = re.fullmatch(re.sub(r"\\\{(\w+)\\\}", number, re.escape(template)), text)
    return found and {name: eval(number.replace("·", "*")) for name, number in found.groupdict().items()}


def is_so(kind, text, case):
    """Does a text lead to the answer that it is given to, and is what it says besides so?"""
    drill, q, answer = case
    oracles = DRILLED[kind][text]
    leads, *besides = oracles if isinstance(oracles, tuple) else (oracles,)
    return same(leads(q), answer) and all(holds(found, drill.expected.right) for found in (each(q) for each in besides))


def holds(found, right):
    return bool(found) if isinstance(found, bool | np.bool_) else same(found, right)


def would_pass(kind, text, case):
    """`is_so`, of a text that may speak of numbers or layers that the question does not have."""
    try:
        return is_so(kind, text, case)
    except (AttributeError, IndexError):
        return False


@pytest.mark.parametrize(("kind", "key"), TEXTS)
def test_doing_what_a_text_says_leads_to_the_answer_that_it_is_given_to(kind, key):
    text = DRILLS[kind][key]
    assert text in DRILLED[kind], (
        f"add {text!r} to DRILLED in tests/exercises/drilled.py, with what comes out when somebody does what it says"
    )
    cases = given()[kind, text]
    assert cases, "no question has this text: try more SEEDS, or take it out of drill_words.py"
    assert [(case[0].name, case[2]) for case in cases if not is_so(kind, text, case)] == []


def test_the_table_has_no_text_that_no_drill_has():
    listed = {(kind, text) for kind, oracles in DRILLED.items() for text in oracles}
    assert listed - {(kind, DRILLS[kind][key]) for kind, key in TEXTS} == set()


@pytest.mark.parametrize("kind", DRILLS)
def test_two_texts_exchanged_are_noticed(kind):
    """Two explanations, two first steps, or two ways."""
    for one, other in combinations([key for each, key in TEXTS if each == kind], 2):
        if role(one) == role(other):
            told = DRILLS[kind][one], DRILLS[kind][other]
            exchanged = [would_pass(kind, text, case) for text, place in (told, told[::-1]) for case in given()[kind, place]]
            assert not all(exchanged), f"{told[0]!r} and {told[1]!r} could be exchanged"


@pytest.mark.parametrize(("kind", "key"), [(kind, key) for kind, key in TEXTS if role(key) == "way"])
def test_a_way_has_the_numbers_of_the_question(kind, key):
    for drill, q, right in given()[kind, DRILLS[kind][key]]:
        for name, number in said(DRILLS[kind][key], drill.solution).items():
            assert same(number, right if name == "right" else getattr(q, name)), f"{drill.name}: {name}"


@pytest.mark.parametrize("kind", DRILLS)
def test_a_question_has_the_answer_that_the_drill_expects(kind):
    for drill, q in asked():
        if drill.kind == kind:
            answers = [answer for question, answer in ASKED.items() if question in drill.question]
            assert len(answers) == 1, f"say in ASKED what answers {drill.question!r}"
            assert same(answers[0](q), drill.expected.right), drill.name


def test_no_way_to_read_a_question_is_left_over():
    questions = [drill.question for drill, _ in asked()]
    assert [phrase for phrase in PHRASES if not any(re.search(phrase, question) for question in questions)] == []
    assert [phrase for phrase in ASKED if not any(phrase in question for question in questions)] == []
