"""Train the book's CNN in the page, on a reader's own copy of CIFAR-10, and compare with the recorded runs of Keras."""

import traitlets
from markupsafe import Markup

from cnnbook.demos.cifar_training.facts import ARCHIVE, LIMITS, NETWORK, RECIPE, recorded
from cnnbook.demos.shared.base import DEMOS, Demo, style
from cnnbook.demos.shared.own_script import OwnScript
from cnnbook.demos.shared.traits import Fixed
from cnnbook.html import element, table
from cnnbook.run_record import RunRecord

SCRIPT = OwnScript(DEMOS / "cifar_training" / "demo.js", DEMOS / "cifar_training" / "serve.js", "cnnbookTraining")
TEXT = {
    "about": "With JavaScript this page trains the convolutional network on your own copy of CIFAR-10. "
    "What Keras reached in {runs} recorded runs is shown below.",
    "caption": "Accuracy on the test images after each epoch, Keras",
    "head": ("epoch", "lowest", "highest"),
    "percent": "{:.1f} %",
}


class CifarTraining(Demo):
    """The whole network, trained in the page by the article's recipe on CIFAR-10, which readers choose as a file on their computer.

    The archive and the images stay in the page: no trait holds them, so they do not reach a kernel either.

    Traits:
        record: the last training that ended, as `recorded_run` gives it; empty before.

    Example:
        >>> CifarTraining().recorded_run is None
        True
    """

    name = "cifar_training"
    _esm, _css = traitlets.Unicode().tag(sync=True), style(name)

    archive = Fixed(ARCHIVE).tag(sync=True, public=True)
    network = Fixed(NETWORK).tag(sync=True, public=True)
    recipe = Fixed(RECIPE).tag(sync=True, public=True)
    limits = Fixed(LIMITS).tag(sync=True, public=True)
    recorded = traitlets.Dict(read_only=True).tag(sync=True, public=True)
    record = traitlets.Dict().tag(sync=True)

    @traitlets.default("_esm")
    def _default_esm(self):
        return SCRIPT.module()

    @traitlets.default("recorded")
    def _default_recorded(self):
        return recorded()

    @property
    def recorded_run(self) -> RunRecord | None:
        """The last training that ended in the page, for comparison with `records.load("cnn")`; None before."""
        return RunRecord(**self.record) if self.record else None

    def stand_in(self) -> Markup:
        shares = zip(self.recorded["least"], self.recorded["most"], strict=True)
        rows = [(str(n), *(TEXT["percent"].format(100 * share) for share in both)) for n, both in enumerate(shares, 1)]
        about = element("p", TEXT["about"].format(runs=self.recorded["runs"]))
        return element("div", about, table(TEXT["caption"], TEXT["head"], rows), class_="cnnbook-standin")
