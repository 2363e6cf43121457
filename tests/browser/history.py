"""The activation history in a page: what a reader does with it and sees of it."""

import re

import numpy as np

from cnnbook import records
from cnnbook.demos.activation_history import RECORDED
from tests.browser.driver import Driver, bring_into_view, number

CHAPTER = "chapters/05_drift.html"
SLIDER = "Updates so far"
HEIGHT = 106  # of the fullest bin, in pixels
TRAINED = [records.load_activations(name)[0] for name in RECORDED]
STEPS = TRAINED[0].steps
LAST = len(STEPS) - 1


def as_numbers(panels: list[list[str]]) -> list[list[float]]:
    """What the panels say, without its units."""
    return [[number(re.sub(" (sd|%)$", "", text)) for text in panel] for panel in panels]


class History(Driver):
    @property
    def slider(self):
        return self.root.get_by_label(SLIDER)

    @property
    def step(self) -> int:
        return int(self.slider.input_value())

    def go(self, step):
        self.slider.fill(str(step))
        self.settle()

    def key(self, name):
        self.slider.press(name)
        self.settle()

    def numbers(self) -> list[list[float]]:
        """mean, sd, movement on entering, share of the fullest bin and movement on leaving in each panel."""
        read = "lists => lists.map((list) => [...list.querySelectorAll('dd')].map((value) => value.textContent))"
        return as_numbers(self.root.locator(".cb-panels dl").evaluate_all(read))

    def histogram(self, panel: int, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Heights of the bins, the fullest being 1, and their edges as fractions of the panel's width."""
        chart = self.root.locator(".cb-panels .cb-histogram").nth(panel)
        width = chart.evaluate("chart => chart.clientWidth")
        path = chart.locator(f".{name}").get_attribute("d")
        steps = [(float(y), float(x)) for y, x in re.findall(r"V([\d.]+)H([\d.]+)", path)]
        start = float(re.match(r"M([\d.]+)", path)[1])
        return np.array([(140 - y) / HEIGHT for y, _ in steps]), np.array([start, *(x for _, x in steps)]) / width

    def ends(self) -> list[float]:
        """The number at the right end of each panel."""
        read = "charts => charts.map((chart) => chart.querySelector('text:last-child').textContent)"
        return [number(text) for text in self.root.locator(".cb-panels .cb-histogram").evaluate_all(read)]

    def spot(self, panel: int, column: int) -> tuple[float, float]:
        """Where the middle of a column of a strip is, as (x, y) in the window."""
        strip = self.root.locator(".cb-strip").nth(panel)
        bring_into_view(strip)
        box = strip.bounding_box()
        return box["x"] + (column + 0.5) * box["width"] / len(STEPS), box["y"] + box["height"] / 2

    def shades(self, panel: int) -> np.ndarray:
        """[column][row of pixels]: how strong a strip is along the middle of each column, from 0 (background) to 1 (ink)."""
        read = """(strip, columns) => { const data = strip.getContext("2d").getImageData(0, 0, strip.width, strip.height).data;
            return Array.from({ length: columns }, (_, i) => Array.from({ length: strip.height }, (_, y) =>
                data[4 * (y * strip.width + Math.floor(((i + 0.5) * strip.width) / columns))])); }"""
        red = np.array(self.root.locator(".cb-strip").nth(panel).evaluate(read, len(STEPS)), float)
        ground, ink = red[2:].max(), red[2:].min()  # the frame of the first moment, which is chosen, is black
        return (ground - red) / (ground - ink)

    def table(self) -> np.ndarray:
        """The body of the table of all moments."""
        read = "body => [...body.rows].map((row) => [...row.cells].map((cell) => cell.textContent))"
        return np.array([[number(text) for text in row] for row in self.root.locator("tbody").evaluate(read)])
