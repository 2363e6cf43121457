"""The book's CNN trained in a page of headless Chromium, as a reader does it: choose the archive, press Train, download the record.

Usage: python -m benchmarks.page_training [EPOCHS] [WORKERS] [SEED]      (needs Chromium and CIFAR-10; some minutes an epoch)

The archive is written anew from the arrays: its own bytes differ from the original's, its images and labels do not, and these are what
the page compares. The record and the machine go to benchmarks/page_training.json, beside what Keras's recorded runs had after each
epoch. Where other work runs beside it ("load"), the accuracy is what counts, and not the time.
"""

import json
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

from bookbuild.chromium import launch
from cnnbook import data, machine, records
from cnnbook.demos import CifarTraining
from cnnbook.demos.cifar_training import facts
from tests.demos.cifar_training.archives import files, page_files, tar_gz

RESULTS = Path(__file__).with_name("page_training.json")
MOST_HOURS = 3
TOLD = 30  # seconds between two lines


def train(page: Page, epochs: int, workers: int, seed: int, file: Path) -> dict:
    """What the demo records."""
    root = page.locator(".cb-cifar")
    root.wait_for()
    for label, value in {"Workers": workers, "Epochs": epochs, "Seed": seed}.items():
        root.get_by_label(label, exact=True).fill(str(value))
    start = time.monotonic()
    root.locator("input[type=file]").set_input_files(file)
    root.locator(".cb-status", has_text="Ready to train").wait_for(timeout=120_000)
    print(f"read and compared in {time.monotonic() - start:.1f} s", flush=True)
    root.get_by_role("button", name="Train", exact=True).click()
    end, status = time.monotonic() + 3600 * MOST_HOURS, ""
    while time.monotonic() < end and not status.startswith(("Finished", "The training broke")):
        page.wait_for_timeout(1000 * TOLD)
        status = root.locator(".cb-status").inner_text()
        print(f"{time.monotonic() - start:.0f} s: {status}", flush=True)
    with page.expect_download() as downloading:
        root.get_by_role("button", name="Download the record").click()
    return json.loads(Path(downloading.value.path()).read_text(encoding="utf-8"))[0]


def main(epochs: int = 1, workers: int = 1, seed: int = 0) -> None:
    cifar10 = data.load_cifar10()
    with TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        file = folder / facts.ARCHIVE["name"]
        file.write_bytes(tar_gz(files({each: getattr(cifar10, each) for each in facts.ARCHIVE["sha256"]})))
        for each, text in page_files(CifarTraining()).items():
            (folder / each).write_text(text, encoding="utf-8")
        browser = launch(playwright)
        page = browser.new_page()
        page.goto((folder / "page.html").as_uri())
        run = train(page, epochs, workers, seed, file)
        browser.close()
    store({"machine": machine.name(), "load": round(os.getloadavg()[0], 1), "run": run})


def store(result: dict) -> None:
    """Put a result beside those of other numbers of epochs and Workers, and other seeds."""
    kept = json.loads(RESULTS.read_text(encoding="utf-8"))["results"] if RESULTS.exists() else []
    results = {setting(each): each for each in [*kept, result]}
    keras = {each.seed: each.history["val_accuracy"] for each in records.load(facts.EXPERIMENT)}
    everything = {"keras_test_accuracies": keras, "results": list(results.values())}
    RESULTS.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result))


def setting(result: dict) -> tuple:
    run = result["run"]
    return run["recipe"]["epochs"], run["versions"]["workers"], run["seed"]


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
