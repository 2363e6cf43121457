"""What nbval does not compare: stored text of ignored cells that shows recorded results, and of every claim, is made again here."""

import contextlib
import io
import re

import nbformat
import pytest

from bookbuild import claims_page
from cnnbook import claims, records, soundness
from cnnbook.run_record import RunRecord
from cnnbook.training import experiments
from tests.conftest import ROOT
from tests.test_chapters import code_cells, each_chapter

RECORDED = re.compile(r"experiments\.train_or_load\(|training\.evaluate\((?:mlp|cnn|better),")
WHOLE_NETWORK = ROOT / "chapters" / "08_whole_network.ipynb"


def ignored(chapter: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in code_cells(chapter) if "nbval-ignore-output" in cell.metadata.get("tags", [])]


def text(cell: nbformat.NotebookNode) -> str:
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")


@each_chapter
def test_each_picture_is_the_one_that_its_cell_drew(chapter):
    drawn = [output for cell in code_cells(chapter) for output in cell.outputs if "image/png" in output.get("data", {})]
    assert [output for output in drawn if output.metadata.get("picture") != soundness.digest(output.data["image/png"])] == []


class FromRecords:
    """Stands for `experiments` and for `training`: a run of seed 0 is the network, and is reported and evaluated as recorded."""

    def train_or_load(self, experiment: str, _data: object) -> tuple[RunRecord, records.RunRecord]:
        run = next(run for run in records.load(experiment) if run.seed == 0)
        print(experiments.report(run))
        return run, run

    def evaluate(self, run: RunRecord, *_images_and_labels: object) -> tuple[float, float]:
        return run.test_loss, run.test_accuracy


def printed_from_records(cells: list[nbformat.NotebookNode]) -> list[str]:
    """What the cells print, run one after another, if their networks are the recorded ones."""
    from cnnbook import recipes

    class Data:
        x_test = y_test = None

    names = {"experiments": FromRecords(), "training": FromRecords(), "recipes": recipes, "cifar10": Data}
    found = []
    for cell in cells:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(cell.source, names)
        found.append(printed.getvalue())
    return found


def faults_against_records(chapter: nbformat.NotebookNode) -> list[str]:
    """The cells of a chapter whose stored text is not what the records give."""
    cells = [cell for cell in ignored(chapter) if RECORDED.search(cell.source)]
    return [cell.id for cell, printed in zip(cells, printed_from_records(cells), strict=True) if text(cell) != printed]


@each_chapter
def test_what_a_recorded_training_printed_is_what_its_record_says(chapter):
    assert faults_against_records(chapter) == [], "run python -m bookbuild execute, without CNNBOOK_TRAIN"


def test_a_number_changed_in_the_stored_text_of_a_training_is_noticed():
    for old, new in (
        ("in 316 s", "in 16 s"),
        ("57.7%", "67.7%"),
        ("('flips', True)", "('flips', False)"),
        ("this run: 77", "this run: 78"),
    ):
        chapter = nbformat.read(WHOLE_NETWORK, as_version=4)
        changed = [output for cell in ignored(chapter) for output in cell.outputs if old in output.get("text", "")]
        if not changed:  # the runs were recorded anew
            continue
        changed[0].text = changed[0].text.replace(old, new)
        assert len(faults_against_records(chapter)) == 1
    assert any("train_or_load" in cell.source for cell in ignored(chapter))


def faults_against_the_ledger(chapter: nbformat.NotebookNode) -> list[str]:
    """The claims of which a cell's stored text, or what it told the prose, is not what the ledger and the records give."""
    faults = []
    for cell in code_cells(chapter):
        for key, said in re.findall(r"(?m)^✓ (\w+): (?!right\.$)(.*)$", text(cell)):
            if key in claims.ledger() and said != claims.ledger()[key].bound_text():
                faults.append(key)
        for output in cell.outputs:
            about = output.metadata.get("claim") if output.output_type == "display_data" else None
            if about and next(iter(output.data.values())) != repr(shown(claims.ledger()[about["key"]])):
                faults.append(about["key"])
    return faults


def shown(claim: claims.Claim) -> str:
    """What `claims.check` tells the prose."""
    experiment = claim.experiment()
    return claims.mean_and_sd(records.test_accuracies(experiment)) if experiment else claim.bound_text()


@each_chapter
def test_what_a_check_printed_and_told_is_what_the_ledger_and_the_records_say(chapter):
    assert faults_against_the_ledger(chapter) == [], "run python -m bookbuild execute"


# Stored text of trainings in the chapter itself -> what the same numbers are by the values that the claims measured.
MEASURED = {
    r"before +loss ([\d.]+)": lambda m: f"{m['untrained_loss']:.2f}",
    r"epoch 4 +loss ([\d.]+)": lambda m: f"{m['first_run_learns']:.2f}",
    r"image moved by 2: map moved by 1, apart by ([\d.]+)": lambda m: f"{m['equivariant_by_strides']:.3f}",
    r"image moved by 1: map moved by 0, apart by ([\d.]+)": lambda m: f"{m['not_equivariant_between']:.3f}",
    r"global mean  changed by ([\d.]+)": lambda m: f"{m['global_mean_stays']:.2f}",
    r"other answers (\d+%)": lambda m: f"{m['answers_change']:.0%}",
}
# Two numbers of such a text, what is computed from them, the claim that measured it, and what rounding may change.
BETWEEN = [
    (r"map          changed by ([\d.]+)\nmax pooling  changed by ([\d.]+)", lambda a, b: a / b, "pooling_softens", 0.1),
    (r"0\.99, moving statistics: ([\d.]+)[^\n]*\n[^\n]*0\.99, batch statistics : ([\d.]+)", lambda a, b: b - a, "slow_memory_gap", 0.11),
    (r"0\.9, moving statistics: ([\d.]+)[^\n]*\n[^\n]*0\.9, batch statistics : ([\d.]+)", lambda a, b: abs(b - a), "fast_memory_gap", 0.11),
]


def stored() -> str:
    chapters = [nbformat.read(path, as_version=4) for path in sorted((ROOT / "chapters").glob("*.ipynb"))]
    return "\n".join(text(cell) for chapter in chapters for cell in ignored(chapter))


@pytest.mark.parametrize("pattern", MEASURED)
def test_what_a_training_of_the_chapter_printed_is_what_its_claims_measured(pattern):
    assert re.search(pattern, stored())[1] == MEASURED[pattern](claims_page.measured_values())


@pytest.mark.parametrize(("pattern", "computed", "key", "rounding"), BETWEEN)
def test_what_two_printed_numbers_give_is_what_a_claim_measured(pattern, computed, key, rounding):
    first, second = map(float, re.search(pattern, stored()).groups())
    measured = claims_page.measured_values()[key] * (100 if claims.ledger()[key].unit else 1)
    assert computed(first, second) == pytest.approx(measured, abs=rounding)


def test_the_losses_that_the_first_run_printed_fall():
    losses = [float(loss) for loss in re.findall(r"(?:before|epoch \d) +loss ([\d.]+)", stored())]
    assert losses == sorted(losses, reverse=True)
    assert len(losses) == 5


def test_a_text_that_no_test_compares_is_known():
    """Every line that an ignored cell has printed is made again, measured by a claim, or one of the verdicts."""
    rest = re.sub("|".join([*MEASURED, *(pattern for pattern, *_ in BETWEEN), r"epoch \d +loss [\d.]+", r"✓ \w+: .*"]), "", stored())
    cells = [cell for cell in ignored(nbformat.read(WHOLE_NETWORK, as_version=4)) if RECORDED.search(cell.source)]
    for printed in printed_from_records(cells):
        rest = rest.replace(printed, "")
    left = [line for line in rest.splitlines() if re.search(r"\d", re.sub(r" ± [\d.]+ %", "", line))]
    assert left == [], "bind these lines to what a claim measured, in MEASURED"
