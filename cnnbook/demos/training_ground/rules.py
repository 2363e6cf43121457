"""What a set-up of the training ground may hold. The page's script gets the same table, so no rule is written twice."""

import math

import traitlets

# Beyond these a page would freeze or run out of memory before anything could be learned from it.
LIMITS = {"layers": 24, "parameters": 200_000, "macs": 3_000_000, "outputs": 16_384, "updates": 20_000}


def whole(least: int, most: int, usual: int) -> dict:
    return {"kind": "whole", "least": least, "most": most, "usual": usual}


def number(least: float, most: float, usual: float) -> dict:
    return {"kind": "number", "least": least, "most": most, "usual": usual}


def choice(*choices: str) -> dict:
    return {"kind": "choice", "choices": list(choices), "usual": choices[0]}


WINDOW = {"size": whole(1, 8, 2), "stride": whole(1, 8, 2), "padding": choice("valid", "same")}
# Kind of layer -> its settings.
LAYERS = {
    "Conv2D": {
        "filters": whole(1, 64, 8),
        "kernel": whole(1, 8, 3),
        "stride": whole(1, 8, 1),
        "padding": choice("same", "valid"),
        "bias": {"kind": "flag", "usual": True},
    },
    "MaxPooling2D": WINDOW,
    "AveragePooling2D": WINDOW,
    "GlobalAveragePooling2D": {},
    "BatchNormalization": {},
    "ReLU": {},
    "LeakyReLU": {"slope": number(0, 1, 0.3)},
    "Dropout": {"rate": number(0, 0.95, 0.5)},
    "Flatten": {},
    "Dense": {"units": whole(1, 512, 10), "bias": {"kind": "flag", "usual": True}},
}
# What holds for the whole training.
TRAINING = {
    "optimizer": choice("adam", "momentum", "sgd"),
    "rate": number(0, 1e9, 0.003),
    "momentum": number(0, 0.999, 0.9),
    "batch": whole(1, 256, 32),
    "images": whole(1, 1442, 1442),
    "pixels": choice("-1 to 1", "0 to 1", "0 to 255"),
    "scheme": choice("glorot_uniform", "he_normal", "normal", "zeros", "equal"),
    "scale": number(0, 1000, 0.05),
    "seed": whole(0, 9999, 1),
}


def layer(kind: str, **settings) -> dict:
    """A layer with all its settings.

    Example:
        >>> layer("Conv2D", filters=16)
        {'kind': 'Conv2D', 'filters': 16, 'kernel': 3, 'stride': 1, 'padding': 'same', 'bias': True}
    """
    return {"kind": kind, **{name: rule["usual"] for name, rule in LAYERS[kind].items()}, **settings}


def setup(layers: list[dict], **settings) -> dict:
    """A set-up with everything that is not named as usual."""
    return {"layers": layers, **{name: rule["usual"] for name, rule in TRAINING.items()}, **settings}


def takes(rule: dict) -> str:
    """What a rule allows, in words."""
    if rule["kind"] == "choice":
        return "one of " + ", ".join(rule["choices"])
    if rule["kind"] == "flag":
        return "True or False"
    return f"a {'whole ' if rule['kind'] == 'whole' else ''}number from {rule['least']:,} to {rule['most']:,}"


def fits(rule: dict, value: object) -> bool:
    """Whether a value is what a rule allows."""
    if rule["kind"] == "choice":
        return value in rule["choices"]
    if rule["kind"] == "flag":
        return isinstance(value, bool)
    right = isinstance(value, int) if rule["kind"] == "whole" else isinstance(value, int | float)
    return right and not isinstance(value, bool) and math.isfinite(value) and rule["least"] <= value <= rule["most"]


def check(value: dict) -> dict:
    """Return the set-up with everything that is not named as usual, or refuse it.

    Raises:
        traitlets.TraitError: a name, a kind of layer or a value is not one of those above; the message says what is allowed.
    """
    if not isinstance(value, dict) or not isinstance(value.get("layers"), list):
        raise traitlets.TraitError(f"setup is {value!r}; it takes a dict with a list of layers")
    if len(value["layers"]) > LIMITS["layers"]:
        raise traitlets.TraitError(f"setup has {len(value['layers'])} layers; it takes at most {LIMITS['layers']}")
    settings = {name: given for name, given in value.items() if name != "layers"}
    return {"layers": [_layer(n, given) for n, given in enumerate(value["layers"], 1)], **_settled("setup", TRAINING, settings)}


def _layer(n: int, given: dict) -> dict:
    kind = given.get("kind") if isinstance(given, dict) else None
    if kind not in LAYERS:
        raise traitlets.TraitError(f"layer {n} is {given!r}; it takes a dict whose kind is one of {', '.join(LAYERS)}")
    return {"kind": kind, **_settled(f"layer {n} ({kind})", LAYERS[kind], {name: x for name, x in given.items() if name != "kind"})}


def _settled(where: str, rules: dict, given: dict) -> dict:
    for name, value in given.items():
        if name not in rules:
            raise traitlets.TraitError(f"{where} has no setting {name!r}; it has {', '.join(rules) or 'none'}")
        if not fits(rules[name], value):
            raise traitlets.TraitError(f"{where}: {name} is {value!r}; it takes {takes(rules[name])}")
    return {name: given.get(name, rule["usual"]) for name, rule in rules.items()}
