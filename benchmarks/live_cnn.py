"""The live network in headless Chromium: milliseconds from a chosen file to the answer on the page, and for the layers alone.

Usage: python -m benchmarks.live_cnn      (needs Chromium and a built book: `make book`)

All times, in milliseconds, go to benchmarks/live_cnn.json.
"""

import base64
import io
import json
import os
import statistics
from datetime import date
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

from bookbuild.chromium import launch
from cnnbook import data, machine

RESULTS = Path(__file__).with_suffix(".json")
PAGE = Path(__file__).resolve().parent.parent / "_build" / "html" / "chapters" / "08_whole_network.html"
IMAGES, WARM_UP = 50, 5

# Choose one file after the other; the time ends with the frame in which the answer stands on the page.
MEASURE = """async files => {
    const root = document.querySelector(".cb-live"), input = root.querySelector(".cb-file"), times = [];
    for (const [name, text] of files) {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name, { type: "image/png" }));
        input.files = transfer.files;
        const start = performance.now();
        input.dispatchEvent(new Event("change"));
        while (!root.querySelector(".cb-note").textContent.includes(name)) await new Promise((done) => setTimeout(done));
        times.push(performance.now() - start);
    }
    return times;
}"""


def files(side: int) -> list[tuple[str, str]]:
    """PNG files of crops of a photograph, `side` pixels wide and high, as names and base64."""
    rng, photograph = np.random.default_rng(0), data.photograph("temple")
    made = []
    for n in range(WARM_UP + IMAGES):
        top, left = rng.integers(0, (photograph.shape[0] - side, photograph.shape[1] - side))
        buffer = io.BytesIO()
        Image.fromarray(photograph[top : top + side, left : left + side]).save(buffer, "PNG")
        made.append((f"{side}-{n}.png", base64.b64encode(buffer.getvalue()).decode()))
    return made


def main() -> None:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page()
        page.goto(PAGE.as_uri())
        page.locator(".cb-live").scroll_into_view_if_needed()
        page.locator(".cb-answer strong").wait_for()
        results = {
            "date": date.today().isoformat(),
            "machine": machine.name(),
            "chromium": browser.version,
            "load": round(os.getloadavg()[0], 1),
        }
        print(*results.values(), sep=", ")
        results["runs"] = []
        for inside in (False, True):
            if inside:
                page.locator(".cb-live summary").click()
            for side in (32, 400):
                times = page.evaluate(MEASURE, files(side))[WARM_UP:]
                run = {"side": side, "layers_shown": inside, "median": round(statistics.median(times), 1)}
                results["runs"].append(run | {"milliseconds": [round(ms, 1) for ms in times]})
                print(*(f"{name} {value}" for name, value in run.items()), f"from {min(times):.0f} to {max(times):.0f}", sep=", ")
        browser.close()
    RESULTS.write_text(json.dumps(results) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
