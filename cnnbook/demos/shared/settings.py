"""Settings that a reader can change, each described once: the same table is the trait's rule in Python and the page's in JavaScript."""

from dataclasses import dataclass

from cnnbook.demos.shared.traits import Choice, Finite, Flag, Kind, Whole


@dataclass(frozen=True)
class Setting:
    """One setting: what it is when nothing is said, what it takes, and the same as the page's script reads it."""

    usual: object
    kind: Kind
    rule: dict


def whole(least: int, most: int, usual: int) -> Setting:
    return Setting(usual, Whole(least=least, most=most), {"kind": "whole", "least": least, "most": most, "usual": usual})


def number(least: float, most: float, usual: float) -> Setting:
    return Setting(usual, Finite(least=least, most=most), {"kind": "number", "least": least, "most": most, "usual": usual})


def choice(*choices: str) -> Setting:
    return Setting(choices[0], Choice(choices), {"kind": "choice", "choices": list(choices), "usual": choices[0]})


def flag(usual: bool) -> Setting:
    return Setting(usual, Flag(), {"kind": "flag", "usual": usual})


def layer_kinds(*, convolution: dict[str, Setting], window: Setting, dense: dict[str, Setting]) -> dict[str, dict[str, Setting]]:
    """Each kind of layer that readers put together, with its settings; `window` is the size and the stride of a pooling."""
    pooling = {"size": window, "stride": window, "padding": choice("valid", "same")}
    return {
        "Conv2D": convolution,
        "MaxPooling2D": pooling,
        "AveragePooling2D": pooling,
        "GlobalAveragePooling2D": {},
        "BatchNormalization": {},
        "ReLU": {},
        "LeakyReLU": {"slope": number(0, 1, 0.3)},
        "Dropout": {"rate": number(0, 0.95, 0.5)},
        "Flatten": {},
        "Dense": dense,
    }


def usual(settings: dict[str, Setting]) -> dict:
    """What these settings are when nothing is said."""
    return {name: setting.usual for name, setting in settings.items()}


def rules(settings: dict[str, Setting]) -> dict[str, dict]:
    """The table for the page's script."""
    return {name: setting.rule for name, setting in settings.items()}


def kinds(settings: dict[str, Setting]) -> dict[str, Kind]:
    """What each setting takes, as traits read it."""
    return {name: setting.kind for name, setting in settings.items()}
