"""Digests of what makes a run: its recipe, its network, its data and the code that trains."""

import ast
import hashlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from cnnbook import data
from cnnbook.keras_quietly import keras
from cnnbook.soundness import digest

PACKAGE = Path(__file__).resolve().parent.parent
CODE = (  # what decides the weights a training ends with
    "article.py",
    "recipes.py",
    "data/changes.py",
    "data/labelled.py",
    "models/networks.py",
    "models/ablations.py",
    "training/augmentation.py",
    "training/fused_batch_norm.py",
    "training/loop.py",
    "training/muon.py",
)
CIFAR10 = digest(data.ARRAY_SHA256)  # of the data set itself
# What a layer of `models` says of itself only since runs had been recorded with these values: those runs' digests are without it.
SINCE = {"ChannelNoise": {"shift": 0.5, "stretch": 1.25, "jitter": 0.1}}
ASIDE = {"module", "registered_name", "build_config", "shared_object_id"}  # where a class stands, not what it computes


def of_run(recipe: dict, model: keras.Model, cifar10: data.Cifar10) -> dict[str, str]:
    """All four, as a record carries them."""
    return {"recipe": digest(recipe), "network": digest(description(model)), "data": of_data(cifar10), "code": of_code()}


@cache
def of_network(build: Callable[[], keras.Model]) -> str:
    """Of the network that a function of `models` builds today."""
    return digest(description(build()))


@cache
def of_network_before(build: Callable[[], keras.Model]) -> str:
    """The same as a digest had it before layers said what stands in SINCE; with any other value it is nobody's digest."""
    described = description(build())
    for kind, settings, _ in described:
        if SINCE.get(kind, {}).items() <= settings.items():
            for name in SINCE.get(kind, {}):
                del settings[name]
    return digest(described)


def of_data(cifar10: data.Cifar10) -> str:
    """Of the four arrays, each by its SHA-256."""
    return digest({name: hashlib.sha256(getattr(cifar10, name)).hexdigest() for name in data.ARRAY_SHA256})


def description(model: keras.Model) -> list:
    """Each layer with its settings and the places in this list of those before it: the same for equal networks, however written.

    Args:
        model: built, functional or Sequential.

    Example:
        >>> layers = [keras.layers.Dense(2), keras.layers.Dense(1)]
        >>> [(kind, before) for kind, _, before in description(keras.Sequential([keras.Input((3,)), *layers]))]
        [('InputLayer', []), ('Dense', [0]), ('Dense', [1])]
    """
    config = model.get_config()["layers"]
    places = {layer["config"]["name"]: place for place, layer in enumerate(config)}
    return [
        [
            layer["class_name"],
            _settings({name: value for name, value in layer["config"].items() if name != "name"}),
            # Of a Sequential model, whose layers stand one after the other, no more is said.
            [places[name] for name in _before(layer["inbound_nodes"])] if "inbound_nodes" in layer else [place - 1] * (place > 0),
        ]
        for place, layer in enumerate(config)
    ]


def _settings(config: object) -> object:
    if isinstance(config, dict):
        return {name: _settings(value) for name, value in config.items() if value is not None and name not in ASIDE}
    return [_settings(part) for part in config] if isinstance(config, list | tuple) else config


def _before(nodes: object) -> Iterator[str]:
    """The names of the layers whose outputs a layer takes."""
    if isinstance(nodes, dict):
        if "keras_history" in nodes:
            yield nodes["keras_history"][0]
        else:
            for value in nodes.values():
                yield from _before(value)
    elif isinstance(nodes, list | tuple):
        for part in nodes:
            yield from _before(part)


@cache
def of_code(modules: tuple[str, ...] = CODE) -> str:
    """Of the modules that decide how a training goes; comments, docstrings and blank lines do not count."""
    return digest({name: _bare((PACKAGE / name).read_text(encoding="utf-8")) for name in modules})


def _bare(source: str) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)
