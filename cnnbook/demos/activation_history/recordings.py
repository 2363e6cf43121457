"""What was recorded of trainings, as a trait: refused where it could not be drawn, with the place that is wrong."""

from cnnbook.demos.shared.traits import Fields, Finite, Kind, Several, Text, Whole, refuse

MEASURED = ("means", "sds", "moved", "left_moved")


class Recordings(Kind):
    """{name: {"title", "steps", "layers"}} with the same steps and names of layers in each."""

    takes = "a dict of at least one network"

    def read(self, where, value):
        if not isinstance(value, dict) or not value or not all(isinstance(name, str) for name in value):
            refuse(where, value, self.takes)
        recordings = {name: _recording(f"{where}[{name!r}]", each) for name, each in value.items()}
        first = next(iter(recordings.values()))
        for name, recording in recordings.items():
            for what, read in {"steps": _steps, "names of layers": _names}.items():
                if read(recording) != read(first):
                    refuse(f"{where}[{name!r}]: {what}", read(recording), f"the same as the first network, {read(first)}")
        return recordings


def _steps(recording: dict) -> list[int]:
    return recording["steps"]


def _names(recording: dict) -> list[str]:
    return [layer["name"] for layer in recording["layers"]]


class _Anything(Kind):
    """What is looked at later, where it can be said more precisely."""

    def read(self, where, value):
        return value


class _Channels(Several):
    """[low, mean, high] of each channel, low at most high."""

    def __init__(self):
        super().__init__(Several(Finite(), "[low, mean, high]", least=3, most=3), "[low, mean, high] of each channel, low at most high")

    def read(self, where, value):
        channels = super().read(where, value)
        if any(low > high for low, _, high in channels):
            refuse(where, value, self.takes)
        return channels


class _Rising(Several):
    """Whole numbers, each larger than the one before."""

    def __init__(self):
        super().__init__(Whole(), "whole numbers, each larger than the one before")

    def read(self, where, value):
        steps = super().read(where, value)
        if steps != sorted(set(steps)):
            refuse(where, value, self.takes)
        return steps


def _recording(where: str, value: object) -> dict:
    recording = Fields(title=Text(), steps=_Rising(), layers=Several(_Anything(), "a list of layers")).read(where, value)
    layers = [_layer(f"{where}['layers'][{i}]", layer, len(recording["steps"])) for i, layer in enumerate(recording["layers"])]
    return {**recording, "layers": layers}


def _layer(where: str, value: object, steps: int) -> dict:
    """One layer, whose lists have an entry for each of so many steps."""
    measured = {name: Several(Finite(), f"{steps} finite numbers, one per step", least=steps, most=steps) for name in MEASURED}
    counts = Several(_Anything(), f"{steps} histograms, one per step", least=steps, most=steps)
    channels = Several(_Channels(), f"{steps} moments, each a list of channels, one per step", least=steps, most=steps)
    layer = Fields(name=Text(), reach=Finite(1.0, above=0), counts=counts, channels=channels, **measured).read(where, value)
    if len({len(moment) for moment in layer["channels"]}) > 1:
        refuse(f"{where}['channels']", layer["channels"], "as many channels at each step")
    layer["counts"] = [_bins(f"{where}['counts'][{step}]", bins, layer["counts"][0]) for step, bins in enumerate(layer["counts"])]
    return layer


def _bins(where: str, value: object, first: object) -> list[int]:
    takes = "whole numbers of at least 0, not all 0, as many as in the first step"
    bins = Several(Whole(), takes).read(where, value)
    if not any(bins) or len(bins) != len(first):
        refuse(where, value, takes)
    return bins
