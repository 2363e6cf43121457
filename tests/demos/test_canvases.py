"""Every demo that draws on a canvas, at five ratios of device pixels to CSS pixels: the screen shows each pixel of the canvas once, and
in it every line and every cell, all equally wide."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from cnnbook import demos
from tests.browser.driver import Driver

RATIOS = (1, 1.25, 1.5, 2, 3)
AROUND = 20  # CSS pixels; with each ratio a whole number of device pixels

# A frame that is really drawn at the present ratio, which is when the browser says that the ratio has changed.
FITTED = """() => [...document.querySelectorAll(".cnnbook canvas")].filter((canvas) => canvas.offsetParent && canvas.style.width)
    .every((canvas) => Math.abs(parseFloat(canvas.style.width) * devicePixelRatio - canvas.width) < 0.5)"""


class Screen:
    """A page whose device pixels per CSS pixel can be changed, as by the browser's zoom or another screen."""

    def __init__(self, page):
        self.page, self.ratio = page, 1
        self.session = page.context.new_cdp_session(page)

    def show_at(self, ratio: float):
        self.ratio, size = ratio, self.page.viewport_size
        self.session.send("Emulation.setDeviceMetricsOverride", {**size, "deviceScaleFactor": ratio, "mobile": False})
        self.shot(0, 0, AROUND, AROUND)  # a frame at this ratio, with which the page is told of it
        self.page.wait_for_function(FITTED)

    def shot(self, left, top, width, height) -> np.ndarray:
        """Device pixels of a part of the page, which is given in CSS pixels: (rows, columns, 3)."""
        clip = {"x": left, "y": top, "width": width, "height": height, "scale": 1}
        shot = self.session.send("Page.captureScreenshot", {"clip": clip, "captureBeyondViewport": True})
        return np.asarray(Image.open(io.BytesIO(base64.b64decode(shot["data"]))).convert("RGB"))

    def seen(self, canvas, drawn: np.ndarray) -> np.ndarray:
        """What the screen shows of a canvas, as many device pixels as were drawn.

        A place on the page may begin within a pixel; which whole one the browser takes is found by trying.
        """
        box = canvas.evaluate("""(node) => { const box = node.getBoundingClientRect();
            return [box.left + scrollX, box.top + scrollY, box.width, box.height]; }""")
        left, top = (max(place // AROUND - 1, 0) * AROUND for place in box[:2])
        width, height = ((length // AROUND + 4) * AROUND for length in box[2:])
        shot, rows, columns = self.shot(left, top, width, height), *drawn.shape[:2]
        down, across = (int((place - start) * self.ratio) for place, start in ((box[1], top), (box[0], left)))
        tried = [shot[down + i :, across + j :][:rows, :columns] for i in (-1, 0, 1, 2) for j in (-1, 0, 1, 2)]
        return min(tried, key=lambda seen: differing(seen, drawn).sum())


def differing(seen: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Where the screen shows something else than what was drawn, (rows, columns); nothing is asked where nothing was drawn."""
    return (seen != drawn[..., :3]).any(axis=2) & (drawn[..., 3] == 255)


def bitmap(canvas) -> np.ndarray:
    """What was drawn on a canvas, (rows, columns, 4), without what was added at the right and at the bottom."""
    data = canvas.evaluate("(canvas) => canvas.toDataURL()").split(",")[1]
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGBA"))
    rows, columns = (np.flatnonzero(pixels[..., 3].any(axis=axis))[-1] + 1 for axis in (1, 0))
    return pixels[:rows, :columns]


def frame_of(pixels: np.ndarray) -> int:
    """How many columns at the left are of the frame alone."""
    return int((pixels != pixels[0, 0]).any(axis=(0, 2)).argmax())


def cells_across(pixels: np.ndarray) -> int:
    """How many cells stand side by side within the frame, all equally wide, by the columns that differ from the one before."""
    edge = frame_of(pixels)
    inner = pixels.shape[1] - 2 * edge
    places = np.flatnonzero((pixels[:, 1:] != pixels[:, :-1]).any(axis=(0, 2))) + 1 - edge
    side = int(np.gcd.reduce([*places, inner]))
    assert side > 1, f"cells of different widths: {sorted(set(np.diff(places)))}"
    return inner // side


def lines_across(pixels: np.ndarray) -> int:
    """How many lines go all the way down, all equally wide and equally far from each other."""
    lines = (pixels == pixels[0, 0]).all(axis=(0, 2))
    lengths = np.diff(np.flatnonzero(np.diff(lines.astype(int), prepend=0, append=0)))
    assert len(set(lengths[::2])) == len(set(lengths[1::2])) == 1, f"lines and spaces of different widths: {lengths}"
    return len(lengths[::2])


def tiles_across(drawn: np.ndarray, cells: int) -> int:
    """How many small images stand side by side with nothing between them, each of so many cells that are whole pixels."""
    shown = drawn[-len(drawn) // 4 :, :, 3].any(axis=0)
    lengths = np.diff(np.flatnonzero(np.diff(shown.astype(int), prepend=0, append=0)))[::2]
    assert len(set(lengths)) == 1, f"images of different widths: {lengths}"
    assert lengths[0] % cells == 0
    return len(lengths)


def cells(rows: int, columns: int, clear: tuple[float, float]):
    """A check of a canvas of cells; `clear` is a share of its height and width where nothing is drawn over them."""

    def check(seen, drawn):
        for pixels, expected in ((seen, columns), (seen.swapaxes(0, 1), rows)):
            first, last = (int(share * len(pixels)) for share in clear)
            assert cells_across(pixels[first:last]) == expected

    return check


def lines(side: int):
    """A check of a grid with lines, all around too."""

    def check(seen, drawn):
        assert lines_across(seen) == lines_across(seen.swapaxes(0, 1)) == side + 1

    return check


def tiles(across: int, side: int):
    """A check of small images of side × side cells."""
    return lambda seen, drawn: assert_equal(tiles_across(drawn, side), across)


def assert_equal(one, other) -> None:
    assert one == other


def receptive_field(demo):
    yield ".cb-stage > figure canvas", cells(32, 32, (0.02, 0.2))
    yield from ((f".cb-maps canvas >> nth={n}", lines(side)) for n, side in ((0, 16), (1, 8)))


def sixteen_layers(demo):
    demo.choose("Layers", "16")
    demo.choose("Stride 1", "1")
    yield from ((f".cb-maps canvas >> nth={n}", lines(side)) for n, side in ((0, 32), (1, 16), (15, 16)))


def sliding_filter(demo):
    demo.press("Finish")
    yield ".cb-input", cells(28, 28, (0.02, 0.5))
    yield ".cb-map", cells(26, 26, (0.02, 0.5))


def live_network(demo):
    demo.page.wait_for_function("document.querySelector('.cb-live .cb-classes .cb-best')")
    demo.root.locator("details.cb-inside summary").click()
    demo.settle()
    yield ".cb-picture", cells(32, 32, (0.02, 0.98))
    yield from ((f".cb-trio canvas >> nth={n}", cells(32, 32, (0.02, 0.3))) for n in (0, 1, 2))
    yield ".cb-tiles", tiles(16, 32)


def activation_history(demo):
    yield ".cb-strip >> nth=1", None


def training_ground(demo):
    demo.root.get_by_role("button", name="One step", exact=True).click()
    demo.page.wait_for_function("[...document.querySelectorAll('.cb-ground .cb-tiles')].every((canvas) => canvas.style.width)")
    yield ".cb-pad", cells(8, 8, (0.02, 0.98))
    yield ".cb-tiles >> nth=0", tiles(8, 3)
    yield ".cb-tiles >> nth=1", tiles(8, 8)


DEMOS = {
    receptive_field: demos.ReceptiveField,
    sixteen_layers: demos.ReceptiveField,
    sliding_filter: demos.SlidingFilter,
    live_network: demos.LiveCNN,
    activation_history: demos.ActivationHistory,
    training_ground: demos.TrainingGround,
}


@pytest.mark.parametrize("prepare", DEMOS, ids=lambda prepare: prepare.__name__)
def test_no_line_and_no_cell_is_lost_at_any_ratio(open_demos, prepare):
    demo = Driver(open_demos(DEMOS[prepare]()), demo=".cnnbook-demo")
    canvases, screen = list(prepare(demo)), Screen(demo.page)
    for ratio in RATIOS:
        screen.show_at(ratio)
        for selector, check in canvases:
            canvas = demo.root.locator(selector)
            drawn = bitmap(canvas)
            seen = screen.seen(canvas, drawn)
            inner = slice(1, -1), slice(1, -1)  # the outermost pixels may be shared with what is beside the canvas
            assert not differing(seen, drawn)[inner].any()
            if check:
                shown = drawn[..., :3].copy()
                shown[inner] = seen[inner]
                check(shown, drawn)


def test_the_count_notices_a_lost_line_and_a_cell_that_is_too_wide():
    ruled = np.zeros((31, 31, 3), np.uint8)
    ruled[1::3, 1::3] = ruled[2::3, 1::3] = ruled[1::3, 2::3] = ruled[2::3, 2::3] = 255
    assert lines_across(ruled) == 11
    with pytest.raises(AssertionError, match="different widths"):
        lines_across(np.delete(ruled, 15, axis=1))
    framed = np.zeros((34, 34, 3), np.uint8)
    framed[1:-1, 1:-1] = np.kron(np.random.default_rng(0).integers(1, 255, (8, 8, 1)), np.ones((4, 4, 3)))
    assert cells_across(framed[2:-2]) == 8
    with pytest.raises(AssertionError, match="different widths"):
        cells_across(np.insert(framed, 10, framed[:, 10], axis=1)[2:-2])
