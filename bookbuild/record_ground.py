"""Train every preset of the training ground in Chromium and store what was measured: the still image that stands in for the demo.

Usage: python -m bookbuild record-ground      (needs Chromium; a minute)
"""

import json

from playwright.sync_api import Page, sync_playwright

from bookbuild.chromium import launch
from cnnbook.demos.shared import linker
from cnnbook.demos.training_ground.page import digits_text
from cnnbook.demos.training_ground.presets import PRESETS, RECORDED, UPDATES

ENTRIES = {name: linker.DEMOS / file for name, file in (("trainer", "engine/trainer.js"), ("layer", "engine/layer.js"),
           ("digits", "training_ground/digits.js"), ("rules", "training_ground/rules.js"))}  # fmt: skip

TRAIN = """([setup, text, updates]) => {
    const trainer = new made.trainer.Trainer(made.rules.forEngine(setup), made.digits.readDigits(text).data(setup.pixels));
    while (trainer.updates < updates && !trainer.failure) made.layer.finish(trainer.update());
    if (!trainer.failure) made.layer.finish(trainer.ask());
    const finite = (value) => (Number.isFinite(value) ? value : null);
    return trainer.points.map(({ update, epoch, training, test }) =>
        [update, epoch, ...[training.loss, training.accuracy, test.loss, test.accuracy].map(finite)]);
}"""


def load(page: Page) -> None:
    """Put what trains into an empty page."""
    parts = ", ".join(f"{name}: {linker.variable(path)}" for name, path in ENTRIES.items())
    page.evaluate(f"() => {{ {linker.link(*ENTRIES.values())}\nglobalThis.made = {{ {parts} }}; }}")


def train(page: Page, preset: str, updates: int = UPDATES) -> list[list[float | None]]:
    """What is measured while a preset trains, rows as in `TrainingGround.points`; rounded, since only curves are drawn of it."""
    points = page.evaluate(TRAIN, [PRESETS[preset]["setup"], digits_text(), updates])
    return [[None if value is None else round(value, 4) for value in point] for point in points]


def main() -> None:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page()
        page.set_default_timeout(300_000)
        load(page)
        recorded = {name: train(page, name) for name in PRESETS}
        browser.close()
    RECORDED.write_text(json.dumps(recorded, separators=(",", ":")).replace("]],", "]],\n") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
