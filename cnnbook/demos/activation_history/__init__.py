"""Scrub through recorded trainings and watch the inputs of a layer's activation drift, in three networks side by side."""

from statistics import mean

import traitlets
from markupsafe import Markup

from cnnbook import article, records
from cnnbook.demos.activation_history.recordings import MEASURED, Recordings
from cnnbook.demos.shared.base import Demo, javascript, style
from cnnbook.demos.shared.numbers import decimals
from cnnbook.demos.shared.traits import Flag, Whole, refuse
from cnnbook.html import element, header, row
from cnnbook.recipes import ARTICLE, updates
from cnnbook.run_record import ActivationRecord

RECORDED = {
    "without_batch_norm": "plain: no BatchNormalization",
    "cnn": "with BatchNormalization",
    "noisy_batch_norm": "with BatchNormalization and noise",
}
LAYERS = (*(f"convolution {n}" for n in range(1, len(article.CONVOLUTIONS) + 1)), "dense")
UPDATES_PER_EPOCH = updates(article.TRAINING_IMAGES, ARTICLE) // ARTICLE.epochs

TEXT = {
    "updates": "{updates:,} updates",
    "about": "What enters the activation of the layer “{name}”: histograms after {first} (dashed) and after {last} (filled), each drawn to "
    "the same height. With JavaScript you can move through the training.",
    "table": "Table of all layers",
    "caption": "The inputs of each layer’s activation (mean ± standard deviation, sd), and how far the mean of a channel moves in one "
    "update, on entering the activation and on leaving it, in units of its sd and averaged over channels and recorded moments.",
    "head": ("layer", "mean ± sd after {first}", "after {last}", "a channel moves, in sd", "on leaving, in sd"),
    "chart": "{title}. Two histograms from −{reach} to {reach}: a dashed outline after {first}, a filled one after {last}.",
}


def recorded() -> dict[str, dict]:
    """What was watched in the first watched seed of each network, as the trait `recordings` takes it.

    Raises:
        FileNotFoundError: a network has not been watched.
    """
    return {name: _recording(records.load_activations(name)[0], title) for name, title in RECORDED.items()}


def _recording(record: ActivationRecord, title: str) -> dict:
    measures = (record.means, record.sds, record.moved, record.left_moved["mean"])
    measured = zip(LAYERS, record.reaches, record.counts, record.channels, *measures, strict=True)
    layers = [dict(zip(("name", "reach", "counts", "channels", *MEASURED), values, strict=True)) for values in measured]
    return {"title": title, "steps": record.steps, "layers": layers}


class ActivationHistory(Demo):
    """Histograms of what enters a layer's activation at recorded moments of training, one network beside the other.

    Traits, all synced with the page:
        recordings: {name: {"title", "steps", "layers"}} with the same steps (numbers of updates) and layers in each; a layer is
            {"name", "reach", "counts", "channels", "means", "sds", "moved", "left_moved"}, each list with one entry per step, as in
            `ActivationRecord`; "left_moved" is that of the mean.
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

    recordings = Recordings().tag(sync=True, public=True)
    updates_per_epoch = Whole(UPDATES_PER_EPOCH, least=1).tag(sync=True, public=True)
    layer = Whole(3).tag(sync=True, public=True)
    step = Whole(0).tag(sync=True, public=True)
    same_scale = Flag(False).tag(sync=True, public=True)

    @traitlets.default("recordings")
    def _default_recordings(self):
        return recorded()

    @traitlets.validate("layer")
    def _valid_layer(self, proposal):
        return _index(proposal, len(self._first()["layers"]))

    @traitlets.validate("step")
    def _valid_step(self, proposal):
        return _index(proposal, len(self._first()["steps"]))

    @traitlets.observe("recordings")
    def _recordings_changed(self, change):
        self.layer = min(self.layer, len(self._first()["layers"]) - 1)
        self.step = min(self.step, len(self._first()["steps"]) - 1)

    def _first(self) -> dict:
        return next(iter(self.recordings.values()))

    def stand_in(self) -> Markup:
        first, last = (TEXT["updates"].format(updates=self._first()["steps"][i]) for i in (0, -1))
        name = self._first()["layers"][self.layer]["name"]
        figures = [_figure(recording, self.layer, first, last) for recording in self.recordings.values()]
        heads = [title.format(first=first, last=last) for title in TEXT["head"]]
        bodies = [_body(recording, len(heads)) for recording in self.recordings.values()]
        table = element("table", element("caption", TEXT["caption"]), header(heads), *bodies)
        return element(
            "div",
            element("p", TEXT["about"].format(name=name, first=first, last=last)),
            element("div", *figures, style="display: flex; flex-wrap: wrap; gap: 1rem"),
            element("div", table, style="overflow-x: auto", tabindex=0, role="region", aria_label=TEXT["table"]),
            class_="cnnbook-standin",
        )


def _index(proposal, count: int) -> int:
    if proposal.value >= count:
        refuse(proposal.trait.name, proposal.value, f"a whole number from 0 to {count - 1}", "these recordings")
    return proposal.value


def _body(recording: dict, columns: int) -> Markup:
    """One network's part of the table."""
    lines = [
        row(
            [
                layer["name"],
                *(f"{decimals(layer['means'][i], 4)} ± {decimals(layer['sds'][i], 4)}" for i in (0, -1)),
                *(decimals(mean(layer[moves]), 5) for moves in ("moved", "left_moved")),
            ]
        )
        for layer in recording["layers"]
    ]
    return element("tbody", element("tr", element("th", recording["title"], scope="rowgroup", colspan=columns)), *lines)


def _figure(recording: dict, layer: int, first: str, last: str) -> Markup:
    """An inline <svg> in the colour of the text: the last histogram filled, the first one as a dashed outline."""
    counts, reach = recording["layers"][layer]["counts"], f"{recording['layers'][layer]['reach']:.3g}"
    title = recording["title"]
    bars = element("path", fill="currentColor", fill_opacity=0.35, stroke="none", d=_outline(counts[-1]))
    line = element("path", fill="none", stroke_width=1.5, stroke_dasharray="4 3", d=_outline(counts[0]))
    ends = [
        element("text", f"−{reach}", x=0, y=127),
        element("text", 0, x=110, y=127, text_anchor="middle"),
        element("text", reach, x=220, y=127, text_anchor="end"),
    ]
    chart = element(
        "svg",
        element("g", bars, line, element("path", d="M0 110H220M110 110v5"), stroke="currentColor"),
        element("g", *ends, fill="currentColor", font_size=12),
        role="img",
        aria_label=TEXT["chart"].format(title=title, reach=reach, first=first, last=last),
        viewBox="0 0 220 130",
        style="width: 100%; height: auto",
    )
    return element("figure", element("figcaption", title), chart, style="flex: 1 1 12rem; max-width: 16rem; margin: 0")


def _outline(counts: list[int]) -> str:
    """The path of a histogram's steps, 220 wide, its fullest bin 100 high."""
    width, height = 220 / len(counts), 100 / max(counts)
    return "M0 110" + "".join(f"V{110 - height * count:.1f}h{width:.2f}" for count in counts) + "V110"
