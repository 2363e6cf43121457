"""The engine of the demos against TensorFlow.js and ConvNetJS, side by side in one page of headless Chromium.

Usage: python -m benchmarks.engine      (needs Chromium and, the first time, npm, which fetches the two into _build/npm)

Three questions: how long the book's CNN takes for one image (and whether all give the same answer), how many updates per second the
same small network makes on digits, batch 32, and how soon the training ground has 97 % of the test images right. Results, in
milliseconds, go to benchmarks/engine.json.
"""

import json
import os
import statistics
import subprocess
from datetime import date
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from bookbuild.chromium import launch
from cnnbook import data, machine
from cnnbook.demos.live_cnn import trained_cnn
from cnnbook.demos.shared import linker
from cnnbook.demos.training_ground.presets import PRESETS

HERE = Path(__file__).resolve().parent
RESULTS, NPM = HERE / "engine.json", HERE.parent / "_build" / "npm"
PACKAGES = ("@tensorflow/tfjs@4.22.0", "@tensorflow/tfjs-backend-wasm@4.22.0", "convnetjs@0.3.0")
SCRIPTS = (
    "@tensorflow/tfjs/dist/tf.min.js",
    "@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.min.js",
    "convnetjs/build/convnet-min.js",
)
ADDRESS = "http://benchmark.test/"
ROUNDS, WANTED, MOST_SECONDS = 30, 0.97, 60


def packages() -> Path:
    """The folder of what is compared with."""
    if not (NPM / "node_modules" / SCRIPTS[0]).exists():
        NPM.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--ignore-scripts", "--prefix", NPM, *PACKAGES], check=True)
    return NPM / "node_modules"


def prepare(page: Page) -> None:
    """Load everything into an empty page."""
    folder = packages()

    def answer(route):
        file = folder / "@tensorflow/tfjs-backend-wasm/dist" / route.request.url.removeprefix(ADDRESS)
        if file.suffix == ".wasm":
            route.fulfill(content_type="application/wasm", body=file.read_bytes())
        else:
            route.fulfill(content_type="text/html", body="<!doctype html><title>benchmark</title>")

    page.route(f"{ADDRESS}**", answer)
    page.goto(ADDRESS)
    for script in SCRIPTS:
        page.add_script_tag(content=(folder / script).read_text(encoding="utf-8"))
    page.evaluate(f"tf.wasm.setWasmPaths({ADDRESS!r})")
    files = sorted((linker.DEMOS / "engine").glob("*.js"))
    parts = ", ".join(f"...{linker.variable(file)}" for file in files)
    page.add_script_tag(content=f"(() => {{ {linker.link(*files)}\nglobalThis.engine = {{ {parts} }}; }})();")
    page.add_script_tag(content=f"(() => {{ {(HERE / 'engine.js').read_text(encoding='utf-8')} }})();")
    page.evaluate(
        """([digits, cnn]) => {
            const part = ([images, labels]) => ({ images: Float32Array.from(images), labels: Uint8Array.from(labels) });
            globalThis.digits = { shape: [8, 8, 1], classes: 10, training: part(digits[0]), test: part(digits[1]) };
            globalThis.cnn = { specs: cnn.specs, weights: cnn.weights.map((values) => Float32Array.from(values)) };
        }""",
        [small_images(), trained()],
    )


def small_images() -> list[list[list[float]]]:
    digits = data.load_digits()
    return [
        [(images / 8.0 - 1).ravel().tolist(), labels.tolist()]
        for images, labels in ((digits.x_train, digits.y_train), (digits.x_test, digits.y_test))
    ]


def trained() -> dict:
    """The book's CNN as the engine takes it, and its weights."""
    specs, weights = [], []
    for layer in trained_cnn.layers():
        if layer.name == "dense":
            specs.append({"kind": "Flatten"})
        made = {
            "conv": {"kind": "Conv2D", "filters": layer.shape[2], "stride": layer.stride},
            "norm": {"kind": "BatchNormalization"},
            "act": {"kind": "LeakyReLU"},
            "dense": {"kind": "Dense", "units": layer.shape[2]},
        }.get(layer.kind)
        if made:
            specs.append(made)
            weights += [array.ravel().tolist() for array in trained_cnn.weights().get(layer.name, [])]
    return {"specs": specs, "weights": weights}


def show(title: str, times: dict[str, list[float]]) -> None:
    print(title)
    for name, found in times.items():
        print(f"  {name}: median {statistics.median(found):.3f} ms, from {min(found):.3f} to {max(found):.3f}")


def main() -> None:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page()
        page.set_default_timeout(600_000)
        prepare(page)
        about = {
            "date": date.today().isoformat(),
            "machine": machine.name(),
            "chromium": browser.version,
            "load": round(os.getloadavg()[0], 1),
        }
        print(*about.values(), sep=", ")
        image = np.random.default_rng(0).uniform(-1, 1, 3072).round(4).tolist()
        inference = page.evaluate("([image, rounds]) => benchmark.inference(Float32Array.from(image), rounds)", [image, ROUNDS])
        show("one image through the book's CNN", inference["times"])
        answers = {name: np.array(answer) for name, answer in inference.pop("answers").items()}
        inference["largest_difference"] = {name: float(np.abs(answer - answers["engine"]).max()) for name, answer in answers.items()}
        print("  largest difference of a probability:", inference["largest_difference"])
        training = page.evaluate("(rounds) => benchmark.training(rounds)", ROUNDS)
        show("one update of the small network", training["times"])
        print("  cannot train:", training["refused"])
        preset = PRESETS["learning"]["setup"]
        setup = {
            "layers": preset["layers"],
            "optimizer": {"kind": preset["optimizer"], "rate": preset["rate"]},
            "initialisation": {"scheme": preset["scheme"], "scale": preset["scale"]},
            **{name: preset[name] for name in ("batch", "images")},
        }
        soon = [
            page.evaluate(
                "([setup, wanted, most]) => benchmark.untilRight(setup, wanted, most)", [setup | {"seed": seed}, WANTED, MOST_SECONDS]
            )
            for seed in range(5)
        ]
        print(f"{WANTED:.0%} of the test images:", soon)
        browser.close()
    RESULTS.write_text(
        json.dumps(about | {"inference": inference, "training": training, "until_97_percent": soon}) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
