"""Scrub through recorded trainings and watch the inputs of a layer's activation drift, in three networks side by side."""

import html
import math
import reprlib
from statistics import mean

import traitlets

from cnnbook import records
from cnnbook.demos.shared.base import Demo, javascript, style

RECORDED = {
    "without_batch_norm": "plain: no BatchNormalization",
    "cnn": "with BatchNormalization",
    "noisy_batch_norm": "BatchNormalization with noise behind it",
}
LAYERS = ("convolution 1", "convolution 2", "convolution 3", "convolution 4", "dense")
MEASURED = ("means", "sds", "moved")


def recorded() -> dict[str, dict]:
    """What was watched in seed 0 of each network, as the trait `recordings` takes it.

    Raises:
        FileNotFoundError: a network has not been watched.
    """
    return {name: _recording(records.load_activations(name)[0], title) for name, title in RECORDED.items()}


def _recording(record: records.ActivationRecord, title: str) -> dict:
    measured = zip(LAYERS, record.reaches, record.counts, record.means, record.sds, record.moved, strict=True)
    layers = [dict(zip(("name", "reach", "counts", *MEASURED), values, strict=True)) for values in measured]
    return {"title": title, "steps": record.steps, "layers": layers}


class ActivationHistory(Demo):
    """Histograms of what enters a layer's activation at recorded moments of training, one network beside the other.

    Traits, all synced with the page:
        recordings: {name: {"title", "steps", "layers"}} with the same steps (numbers of updates) and layers in each; a layer is
            {"name", "reach", "counts", "means", "sds", "moved"}, each list with one entry a step, as in `records.ActivationRecord`.
        updates_per_epoch: how many updates an epoch takes.
        layer: which layer is shown, counted from 0.
        step: which moment is shown, an index into the steps.
        same_scale: whether all networks are drawn on the scale of the one that reaches farthest.

    Raises:
        traitlets.TraitError: a trait is set to something it does not take; the message says what it takes.
        FileNotFoundError: no recordings are given and the book's networks have not been watched.

    Example:
        >>> demo = ActivationHistory(layer=4)
        >>> demo.recordings["cnn"]["layers"][demo.layer]["name"]
        'dense'
    """

    name = "activation_history"
    _esm, _css = javascript(name), style(name)

    recordings = traitlets.Dict().tag(sync=True, public=True)
    updates_per_epoch = traitlets.Int(math.ceil(50_000 / 32)).tag(sync=True, public=True)  # CIFAR-10 in the article's batches
    layer = traitlets.Int(3).tag(sync=True, public=True)
    step = traitlets.Int(0).tag(sync=True, public=True)
    same_scale = traitlets.Bool(False).tag(sync=True, public=True)

    @traitlets.default("recordings")
    def _default_recordings(self):
        return recorded()

    @traitlets.validate("recordings")
    def _valid_recordings(self, proposal):
        _check_recordings(proposal.value)
        return proposal.value

    @traitlets.validate("updates_per_epoch")
    def _valid_updates_per_epoch(self, proposal):
        _check(_is_whole(proposal.value, 1), "updates_per_epoch", proposal.value, "a whole number of at least 1")
        return proposal.value

    @traitlets.validate("layer")
    def _valid_layer(self, proposal):
        return _index("layer", proposal.value, len(self._first()["layers"]))

    @traitlets.validate("step")
    def _valid_step(self, proposal):
        return _index("step", proposal.value, len(self._first()["steps"]))

    @traitlets.observe("recordings")
    def _recordings_changed(self, change):
        self.layer = min(self.layer, len(self._first()["layers"]) - 1)
        self.step = min(self.step, len(self._first()["steps"]) - 1)

    def _first(self) -> dict:
        return next(iter(self.recordings.values()))

    def stand_in(self) -> str:
        first, last = (f"{self._first()['steps'][i]:,} updates" for i in (0, -1))
        name = self._first()["layers"][self.layer]["name"]
        figures = "".join(_figure(recording, self.layer, first, last) for recording in self.recordings.values())
        heads = ("layer", f"mean ± sd after {first}", f"after {last}", "a channel moves, in sd")
        head = "".join(f'<th scope="col">{title}</th>' for title in heads)
        bodies = "".join(_rows(recording, len(heads)) for recording in self.recordings.values())
        return (
            f'<div class="cnnbook-standin"><p>What enters the activation of the layer “{html.escape(name)}”: histogram after {first} '
            f"(dashed) and after {last} (filled), each drawn to the same height. With JavaScript you move through the training.</p>"
            f'<div style="display: flex; flex-wrap: wrap; gap: 1rem">{figures}</div>'
            f'<div style="overflow-x: auto" tabindex="0" role="region" aria-label="Table of all layers"><table><caption>The inputs of '
            f"each layer’s activation, and how far the mean of a channel moves in one update, in its standard deviations, averaged "
            f"over channels and recorded moments.</caption><thead><tr>{head}</tr></thead>{bodies}</table></div></div>"
        )


def _check(good: bool, where: str, value: object, takes: str) -> None:
    if not good:
        raise traitlets.TraitError(f"{where} is {reprlib.repr(value)}; it takes {takes}")


def _is_whole(value: object, least: int) -> bool:
    return type(value) is int and value >= least


def _is_finite(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _index(trait: str, value: int, count: int) -> int:
    _check(_is_whole(value, 0) and value < count, trait, value, f"a whole number from 0 to {count - 1}")
    return value


def _check_recordings(recordings: dict) -> None:
    _check(bool(recordings), "recordings", recordings, "at least one network")
    expected = None
    for name, recording in recordings.items():
        where = f"recordings[{name!r}]"
        _check_keys(where, recording, ("title", "steps", "layers"))
        steps, layers = recording["steps"], recording["layers"]
        _check(isinstance(recording["title"], str), f"{where}['title']", recording["title"], "a text")
        rising = _is_list(steps) and all(_is_whole(step, 0) for step in steps) and steps == sorted(set(steps))
        _check(rising, f"{where}['steps']", steps, "whole numbers, each larger than the one before")
        _check(_is_list(layers), f"{where}['layers']", layers, "a list of layers")
        for i, layer in enumerate(layers):
            _check_layer(f"{where}['layers'][{i}]", layer, len(steps))
        found = (steps, [layer["name"] for layer in layers])
        expected = expected or found
        for what, here, there in zip(("steps", "names of layers"), found, expected, strict=True):
            _check(here == there, f"{where}: {what}", here, f"the same as the first network, {there}")


def _check_keys(where: str, value: object, keys: tuple[str, ...]) -> None:
    _check(isinstance(value, dict) and set(value) == set(keys), where, value, f"a dict with {', '.join(keys)}")


def _check_layer(where: str, layer: object, steps: int) -> None:
    _check_keys(where, layer, ("name", "reach", "counts", *MEASURED))
    _check(isinstance(layer["name"], str), f"{where}['name']", layer["name"], "a text")
    _check(_is_finite(layer["reach"]) and layer["reach"] > 0, f"{where}['reach']", layer["reach"], "a finite number above 0")
    for key in MEASURED:
        good = _is_list(layer[key]) and len(layer[key]) == steps and all(_is_finite(value) for value in layer[key])
        _check(good, f"{where}['{key}']", layer[key], f"{steps} finite numbers, one a step")
    counts = layer["counts"]
    _check(_is_list(counts) and len(counts) == steps, f"{where}['counts']", counts, f"{steps} histograms, one a step")
    for step, bins in enumerate(counts):
        good = _is_list(bins) and len(bins) == len(counts[0]) and all(_is_whole(count, 0) for count in bins) and any(bins)
        _check(good, f"{where}['counts'][{step}]", bins, "whole numbers of at least 0, not all 0, as many as in the first step")


def _is_list(value: object) -> bool:
    return isinstance(value, list) and len(value) > 0


def _decimals(value: float, digits: int = 4) -> str:
    """So many decimals and a true minus, as the page writes them."""
    return f"{value:z.{digits}f}".replace("-", "−")


def _rows(recording: dict, columns: int) -> str:
    """One network's part of the table."""
    rows = "".join(
        f'<tr><th scope="row">{html.escape(layer["name"])}</th>'
        + "".join(f"<td>{_decimals(layer['means'][i])} ± {_decimals(layer['sds'][i])}</td>" for i in (0, -1))
        + f"<td>{_decimals(mean(layer['moved']), 5)}</td></tr>"
        for layer in recording["layers"]
    )
    title = html.escape(recording["title"])
    return f'<tbody><tr><th scope="rowgroup" colspan="{columns}">{title}</th></tr>{rows}</tbody>'


def _figure(recording: dict, layer: int, first: str, last: str) -> str:
    """An inline <svg> in the colour of the text: the last histogram filled, the first one as a dashed outline."""
    counts, reach = recording["layers"][layer]["counts"], f"{recording['layers'][layer]['reach']:.3g}"
    title = html.escape(recording["title"])
    bars = f'<path fill="currentColor" fill-opacity="0.35" stroke="none" d="{_outline(counts[-1])}"/>'
    line = f'<path fill="none" stroke-width="1.5" stroke-dasharray="4 3" d="{_outline(counts[0])}"/>'
    alt = f"Two histograms from −{reach} to {reach}: a dashed outline after {first}, a filled one after {last}."
    return (
        f'<figure style="flex: 1 1 12rem; max-width: 16rem; margin: 0"><figcaption>{title}</figcaption>'
        f'<svg role="img" aria-label="{title}. {alt}" viewBox="0 0 220 130" style="width: 100%; height: auto">'
        f'<g stroke="currentColor">{bars}{line}<path d="M0 110H220M110 110v5"/></g>'
        f'<g fill="currentColor" font-size="12"><text x="0" y="127">−{reach}</text>'
        f'<text x="110" y="127" text-anchor="middle">0</text><text x="220" y="127" text-anchor="end">{reach}</text></g></svg></figure>'
    )


def _outline(counts: list[int]) -> str:
    """The path of a histogram's steps, 220 wide, its fullest bin 100 high."""
    width, height = 220 / len(counts), 100 / max(counts)
    return "M0 110" + "".join(f"V{110 - height * count:.1f}h{width:.2f}" for count in counts) + "V110"
