"""The training in a page: what readers do with it, and what becomes of them."""

import json
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from bookbuild import bundle_demos
from cnnbook import records
from cnnbook.demos import CifarTraining
from cnnbook.recipes import ARTICLE, recipe_of
from cnnbook.run_record import RunRecord
from tests.demos.cifar_training.archives import files as archive_files
from tests.demos.cifar_training.archives import page_files, small, tar_gz
from tests.demos.cifar_training.conftest import Course, base64_of

ROWS = "root => [...root.querySelectorAll('tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent))"


def train(course: Course, said: str = "Finished.", **settings) -> list[list[str]]:
    """Train with these settings to the end; the rows of the table that have numbers."""
    for label, value in settings.items():
        course.set(label, value)
    course.press("Train")
    course.wait(said)
    return [row for row in course.root.evaluate(ROWS) if row[1] != "–"]


def begin(course: Course, sample: dict, epoch: int):
    """Choose the small archive and train for as long as can be, until this epoch is under way."""
    course.choose(sample["archive"])
    course.wait("Ready to train")
    course.set("Epochs", 40)
    course.press("Train")
    course.reach(epoch)


def downloaded(course: Course) -> list[RunRecord]:
    with course.page.expect_download() as downloading:
        course.press("Download the record")
    return [RunRecord(**run) for run in json.loads(Path(downloading.value.path()).read_text(encoding="utf-8"))]


def test_the_archive_is_checked_the_network_trained_and_the_record_is_one_as_the_books(course, sample):
    assert course.status == "No file is chosen yet."
    assert course.button("Train").is_disabled()
    course.choose(sample["archive"])
    course.wait("This is CIFAR-10: 60 training images and 12 test images")
    (first,) = train(course, Epochs=1, Workers=1)
    (run,) = downloaded(course)
    assert recipe_of(run.recipe) == recipe_of(CifarTraining().recipe | {"epochs": 1})
    assert (run.seed, run.experiment, run.versions["workers"]) == (0, "cnn_in_page", "1")
    assert set(run.history) == {"accuracy", "loss", "val_accuracy", "val_loss"}
    assert first[1] == f"{100 * run.test_accuracy:.1f} %"
    least, most = (100 * course.page.evaluate(f"JSON.parse(document.querySelector('.cnnbook-demo').dataset.state).recorded.{name}[0]")
                   for name in ("least", "most"))  # fmt: skip
    assert first[2] == f"{least:.1f} to {most:.1f} %"
    assert f"After one epoch, {first[1]} of the test images are classified correctly." in course.status
    assert f"Keras's {len(records.load('cnn'))} recorded runs had reached {first[2]} by then." in course.status
    assert "epoch by epoch: " in course.root.get_by_role("img").get_attribute("aria-label")
    assert course.page.complaints == []


def test_pauses_and_more_workers_change_nothing_and_another_seed_does(course, sample):
    course.choose(sample["archive"])
    course.wait("Ready to train")
    alone = train(course, Epochs=3, Workers=1, Seed=4)
    course.press("Train")
    course.press("Pause")
    course.wait("Paused in epoch")
    assert course.root.get_by_label("Epochs", exact=True).is_disabled()
    course.press("Resume")
    course.wait("Finished.")
    assert [row for row in course.root.evaluate(ROWS) if row[1] != "–"] == alone
    assert len(alone) == 3
    if course.page.evaluate("navigator.hardwareConcurrency") > 1:
        together = train(course, Workers=2)
        assert [row[0] for row in together] == ["1", "2", "3"]
        for ours, expected in zip(together, alone, strict=True):
            assert float(ours[5]) == pytest.approx(float(expected[5]), abs=0.02)
    assert train(course, Workers=1, Seed=3, Epochs=1) != alone[:1]
    course.press("Train")  # a shorter run of a seed, or one of another, loses none that was longer
    course.wait("Finished.")
    assert [(run.seed, run.recipe["epochs"]) for run in downloaded(course)] == [(3, 1), (4, 3)]


def test_what_is_stopped_keeps_its_whole_epochs_and_the_next_training_begins_anew(course, sample):
    begin(course, sample, epoch=3)
    course.press("Stop")
    course.wait("Stopped. After")
    (run,) = downloaded(course)
    assert 2 <= run.recipe["epochs"] == len(run.history["loss"]) < 40
    assert len(train(course, Epochs=1)) == 1


def test_another_file_is_refused_and_the_right_one_still_taken(course, sample):
    arrays, about = small(seed=1)
    for content, said in ((b"", "The file is empty."), (tar_gz(archive_files(arrays, about)), "x_train has the SHA-256")):
        course.choose(content)
        course.wait(f"This file cannot be used. {said}" if not content else said)
        assert course.button("Train").is_disabled()
    course.choose(sample["archive"])
    course.wait("Ready to train")
    assert course.button("Train").is_enabled()


def test_a_small_archive_is_not_taken_for_the_real_one(open_course, sample):
    course = Course(open_course(page_files(CifarTraining())))
    course.choose(sample["archive"])
    course.wait("This file cannot be used. data_batch_1.bin in the archive has 36876 bytes instead of 30730000.")


@pytest.mark.parametrize(
    ("label", "value", "said"),
    [
        ("Workers", "0", "Workers takes a whole number from 1 to "),
        ("Epochs", "1e9", "Epochs takes a whole number from 1 to 40."),
        ("Seed", "-1", "Seed takes a whole number from 0 to 9,999."),
    ],
)
def test_a_setting_that_cannot_be_is_refused_with_a_sentence(course, label, value, said):
    course.set(label, value)
    assert said in course.root.get_by_role("alert").inner_text()


def test_leaving_the_page_is_asked_about_while_it_trains_and_until_the_record_is_downloaded(open_course, sample):
    page = open_course()
    course, asked = Course(page), []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    begin(course, sample, epoch=2)
    course.press("Pause")
    course.wait("Paused in epoch")
    for times in (1, 2):
        with page.expect_event("dialog"):
            page.close(run_before_unload=True)
        assert asked == ["beforeunload"] * times
        if times == 1:
            course.press("Stop")
            course.wait("Stopped.")
    downloaded(course)
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    assert len(asked) == 2


def test_where_workers_are_forbidden_it_says_so(open_course, sample):
    course = Course(open_course(policy="worker-src 'none'"))
    course.choose(sample["archive"])
    course.wait("This page is not allowed to start Workers")


def test_where_webassembly_is_forbidden_it_trains_in_plain_javascript(open_course, sample):
    course = Course(open_course(policy="script-src 'self'; worker-src blob:; style-src 'unsafe-inline'"))
    course.choose(sample["archive"])
    course.wait("Ready to train")
    train(course, Epochs=1)
    assert downloaded(course)[0].versions["arithmetic"] == "JavaScript"


def test_it_reads_checks_and_trains_in_a_page_from_a_file(browser, scripts, sample, tmp_path):
    for name, text in scripts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    course = Course(page)
    course.choose(sample["archive"])
    course.wait("Ready to train")
    train(course, Epochs=1)
    page.close()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "less than a minute"), (59.9, "less than a minute"), (60, "1 minute"), (89, "1 minute"), (91, "2 minutes"), (3600, "60 minutes"),
     (7200, "2 hours"), (8999, "2.5 hours"), (100_000, "28 hours")],
)  # fmt: skip
def test_a_time_is_told_as_people_tell_it(javascript_module, seconds, said):
    assert javascript_module("cifar_training/words.js").duration(seconds) == said


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_has_no_barrier_and_fits_a_phone(open_course, sample, theme):
    course = Course(open_course(width=390, color_scheme=theme, reduced_motion="reduce"))
    course.choose(sample["archive"])
    course.wait("Ready to train")
    train(course, Epochs=2)
    results = Axe().run(course.page, context=".cb-cifar").response["violations"]
    assert [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in results] == []
    assert course.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_with_the_keyboard_alone_it_is_trained_paused_and_stopped(course, sample):
    course.choose(sample["archive"])
    course.wait("Ready to train")
    course.set("Epochs", 40)
    course.root.locator("input[type=file]").focus()
    for _ in range(4):
        course.page.keyboard.press("Tab")
    assert course.page.evaluate("document.activeElement.textContent") == "Train"
    course.page.keyboard.press("Enter")
    course.reach(1)
    course.page.keyboard.press("Enter")
    course.wait("Paused")
    assert course.page.evaluate("document.activeElement.textContent") == "Resume"
    course.page.keyboard.press("Tab")
    course.page.keyboard.press("Enter")
    course.wait("Stopped.")


def test_a_screen_reader_hears_of_each_state_and_each_epoch_and_of_nothing_between(course, sample):
    heard = []
    course.page.expose_function("hear", lambda text: heard.append(text))
    course.root.locator("[aria-live]").evaluate(
        "node => new MutationObserver(() => hear(node.textContent)).observe(node, { childList: true })"
    )
    course.choose(sample["archive"])
    course.wait("Ready to train")
    train(course, Epochs=3)
    course.page.wait_for_function("document.querySelector('.cb-cifar [aria-live]').textContent.startsWith('Finished')")
    assert heard[-1] == course.status
    assert len(heard) <= 3 + 2 + 3 + 1  # reading, checking and ready; training and finished; an epoch each


def test_the_script_is_fetched_only_when_the_demo_comes_near(open_course, sample):
    files = page_files(sample["demo"], before='<p style="height: 3000px">Text</p>')
    page = open_course(files)
    page.locator(".cnnbook", has_text="loads when you scroll near it").wait_for(state="attached")
    assert bundle_demos.TRAINING not in page.asked
    Course(page)
    assert page.asked.count(bundle_demos.TRAINING) == 1


def test_in_print_and_without_javascript_what_keras_reached_stands_in(open_course, course):
    page = open_course(java_script_enabled=False)
    rows = page.locator(".cnnbook-standin tbody tr")
    assert rows.count() == ARTICLE.epochs
    course.page.emulate_media(media="print")
    assert course.page.locator(".cnnbook-standin").is_visible()
    assert not course.root.is_visible()


def test_in_jupyter_the_kernel_gets_the_record(open_course, sample):
    page, demo = open_course(), CifarTraining()
    record = page.evaluate(
        """async ([source, state, content]) => {
            const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
            const el = document.createElement("div"), set = (name, value) => { state[name] = value; };
            const until = async (test) => { while (!test()) await new Promise((done) => setTimeout(done, 20)); };
            document.body.prepend(el);
            module.default.render({ el, model: { get: (name) => state[name], set, on() {}, off() {}, save_changes() {} } });
            const file = el.querySelector("input[type=file]"), chosen = new DataTransfer(), train = el.querySelector(".cb-play");
            chosen.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], "cifar-10-binary.tar.gz"));
            file.files = chosen.files;
            file.dispatchEvent(new Event("change"));
            await until(() => !train.disabled);
            const epochs = el.querySelectorAll("input:not([type=file])")[1];
            epochs.value = "1";
            epochs.dispatchEvent(new Event("input"));
            train.click();
            await until(() => state.record);
            return state.record;
        }""",
        [demo._esm, sample["demo"].state(), base64_of(sample["archive"])],
    )
    demo.record = record
    assert demo.recorded_run.recipe["epochs"] == len(demo.recorded_run.history["val_accuracy"]) == 1
