"""What a set-up of the training ground may hold. The page's script gets the same table, so no rule is written twice."""

from cnnbook.demos.shared.settings import choice, flag, kinds, layer_kinds, number, rules, usual, whole
from cnnbook.demos.shared.traits import Fields, Kind, Layers, refuse

# Beyond these a page would freeze or run out of memory before anything could be learned from it.
LIMITS = {"layers": 24, "parameters": 200_000, "macs": 3_000_000, "outputs": 16_384, "updates": 20_000}

# Kind of layer -> its settings.
LAYERS = layer_kinds(
    convolution={
        "filters": whole(1, 64, 8),
        "kernel": whole(1, 8, 3),
        "stride": whole(1, 8, 1),
        "padding": choice("same", "valid"),
        "bias": flag(True),
    },
    window=whole(1, 8, 2),
    dense={"units": whole(1, 512, 10), "bias": flag(True)},
)
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


# The same for the page's script.
RULES = {"layers": {kind: rules(settings) for kind, settings in LAYERS.items()}, "training": rules(TRAINING)}


def layer(kind: str, **settings) -> dict:
    """A layer with all its settings.

    Example:
        >>> layer("Conv2D", filters=16)
        {'kind': 'Conv2D', 'filters': 16, 'kernel': 3, 'stride': 1, 'padding': 'same', 'bias': True}
    """
    return {"kind": kind, **usual(LAYERS[kind]), **settings}


def setup(layers: list[dict], **settings) -> dict:
    """A set-up with everything that is not named as usual."""
    return {"layers": layers, **usual(TRAINING), **settings}


class Setup(Kind):
    """A set-up; what is left out is as usual."""

    takes = "a dict with a list of layers"

    def __init__(self):
        super().__init__()
        layers = Layers({kind: kinds(settings) for kind, settings in LAYERS.items()}, [], most=LIMITS["layers"])
        self.fields = Fields(layers=layers, **kinds(TRAINING))

    def read(self, where, value):
        if not isinstance(value, dict) or not isinstance(value.get("layers"), list | tuple):
            refuse(where, value, self.takes)
        layers = [
            {**usual(LAYERS[each["kind"]]), **each} if isinstance(each, dict) and each.get("kind") in LAYERS else each
            for each in value["layers"]
        ]
        return self.fields.read(where, {**usual(TRAINING), **value, "layers": layers})
