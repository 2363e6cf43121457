"""Each built page opened on a slow telephone: what is transferred, and when its text, its demos and its formulas are there.

Usage: python -m benchmarks.pages [--rounds 3] [SITE ...]      (needs Chromium and a built book; some five minutes a site)

SITE is a folder of built pages, by default _build/html; several are opened in turn within a round, because machines vary from
minute to minute. The telephone is a narrow window, a processor four times slower than this one and a line of 1.6 Mbit/s that
answers after 150 ms; the cache is empty, and the server compresses texts, as GitHub Pages does. Medians are
printed; the results of all rounds, in milliseconds and bytes, go to benchmarks/pages.json.
"""

import argparse
import gzip
import json
import os
import statistics
import threading
import time
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bookbuild.chromium import launch
from cnnbook import machine

RESULTS = Path(__file__).with_suffix(".json")
BUILT = Path(__file__).resolve().parent.parent / "_build" / "html"
BYTES_A_SECOND, LATENCY, CHUNK = 1_600_000 // 8, 0.15, 2_000
SLOWER = 4
WINDOW = {"width": 390, "height": 844}
TEXTS = (".html", ".css", ".js", ".svg", ".json")

# Those that are there from the start; the training ground and the training on CIFAR-10 are fetched when they come near.
DEMOS = ".cnnbook-demo[data-demo]:not([data-demo=training_ground], [data-demo=cifar_training])"
# Write down when the demos of a page are drawn and when MathJax has typeset it, in milliseconds from the request for the page.
WATCH = (
    f"const DEMOS = {json.dumps(DEMOS)};"
    + """globalThis.times = {};
globalThis.addEventListener("DOMContentLoaded", () => {
    const all = [...document.querySelectorAll(DEMOS)], formulas = document.querySelector("script[src*=mathjax]");
    times.expected = [all.length && "demos", formulas && "formulas"].filter(Boolean);
});
setInterval(() => {
    const demos = [...document.querySelectorAll(DEMOS)];
    if (demos.length && demos.every((demo) => demo.querySelector(".cnnbook [aria-live]"))) times.demos ??= performance.now();
    if (times.asked || !globalThis.MathJax?.startup?.promise) return;
    times.asked = true;
    MathJax.startup.promise.then(() => { times.formulas = performance.now(); });
}, 20);"""
)
READ = """() => ({ paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
    demos: times.demos, formulas: times.formulas })"""


class SlowLine(SimpleHTTPRequestHandler):
    """Serves a folder, texts compressed, over connections that stay open and share one slow line.

    Chromium can slow a line down too, but its emulation now and then delivers nothing more.
    """

    protocol_version = "HTTP/1.1"
    line = threading.Lock()

    def setup(self) -> None:
        time.sleep(LATENCY)  # a new connection asks once more
        super().setup()

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        time.sleep(LATENCY)
        if not path.is_file():
            self.send_error(404)
            return
        content = compressed(path) if path.suffix in TEXTS else path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(content)))
        if path.suffix in TEXTS:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        for start in range(0, len(content), CHUNK):
            with self.line:
                time.sleep(len(content[start : start + CHUNK]) / BYTES_A_SECOND)
            self.wfile.write(content[start : start + CHUNK])

    def log_message(self, *args) -> None:
        pass


@cache
def compressed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), 6)


def wait_until_quiet(page: Page, pending: set[str]) -> None:
    """Until no request is open, and none follows in the next second."""
    while True:
        page.wait_for_timeout(1000)
        if not pending:
            return


def visit(browser: Browser, address: str) -> dict[str, float]:
    """Open a page with an empty cache and scroll to its end; milliseconds and bytes."""
    context = browser.new_context(viewport=WINDOW, device_scale_factor=3, is_mobile=True, has_touch=True)
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.add_init_script(WATCH)
    chromium, received, pending = context.new_cdp_session(page), [], set()
    chromium.on("Network.requestWillBeSent", lambda event: pending.add(event["requestId"]))
    chromium.on("Network.loadingFailed", lambda event: pending.discard(event["requestId"]))
    chromium.on("Network.loadingFinished", lambda event: (pending.discard(event["requestId"]), received.append(event["encodedDataLength"])))
    chromium.send("Network.enable")
    chromium.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address)
    page.wait_for_function("times.expected.every((name) => times[name])")
    wait_until_quiet(page, pending)
    measured = {**page.evaluate(READ), "bytes": sum(received)}
    page.evaluate(  # what comes near the window may be fetched now
        """async () => { for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
            scrollTo(0, y); await new Promise((done) => setTimeout(done, 50)); } }"""
    )
    wait_until_quiet(page, pending)
    measured["bytes_to_the_end"] = sum(received)
    context.close()
    return measured


def addresses(site: Path) -> list[str]:
    """The pages of a site, by their addresses in it."""
    return sorted(str(path.relative_to(site)) for path in site.rglob("*.html") if "_static" not in path.parts and path.stem != "404")


def collected(visits: list[dict[str, float]]) -> dict[str, list[int]]:
    """What the page has of each measurement, in the order of the rounds."""
    return {name: [round(visit[name]) for visit in visits] for name, value in visits[0].items() if value is not None}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("sites", nargs="*", type=Path, default=[BUILT])
    chosen = parser.parse_args()
    servers = {}
    for site in chosen.sites:
        servers[site] = ThreadingHTTPServer(("127.0.0.1", 0), partial(SlowLine, directory=site))
        threading.Thread(target=servers[site].serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = launch(playwright)
        where = f"Chromium {browser.version}, {machine.name()}, load {os.getloadavg()[0]:.1f}"
        results = {site.name: {} for site in chosen.sites}
        for name in addresses(chosen.sites[0]):
            visits = {site: [] for site in chosen.sites}
            for _ in range(chosen.rounds):
                for site in chosen.sites:
                    visits[site].append(visit(browser, f"http://127.0.0.1:{servers[site].server_port}/{name}"))
            for site in chosen.sites:
                results[site.name][name] = collected(visits[site])
                medians = {what: statistics.median(values) for what, values in results[site.name][name].items()}
                print(site.name, name, medians, flush=True)
        browser.close()
    written = {
        "machine": where,
        "bytes_a_second": BYTES_A_SECOND,
        "latency": LATENCY,
        "processor_slowed_by": SLOWER,
        "rounds": chosen.rounds,
        "sites": results,
    }
    RESULTS.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
