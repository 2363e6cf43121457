"""What an axis is said to measure is what the chapter draws along it: each label, written in a chapter or in `figures`, with its code."""

import ast
import inspect
import re
from functools import cache

import nbformat
import pytest

from cnnbook import figures
from cnnbook.training.experiments import EXPERIMENTS
from tests.test_chapters import CHAPTERS, code_cells, figure_cells

AXES = ("xlabel", "ylabel", "ylabels")
# In chapter 7 the second figure uses the function that the first one defines.
ACCURACIES = r'curves\(with_dropout\)|history\[(?:key|"(?:train_|val_)?accuracy")\]|h\["(?:settled|val_accuracy)"\]'
TEST_ACCURACIES = r"records\.test_accuracies\("
ON_SAME_SEEDS = r"claims\.on_same_seeds\("

# A function of `figures` and a label of its axes -> the code of the chapters that computes what lies along that axis.
MEASURED = {
    ("learned_kernel", "step"): r"losses\.append\(",
    ("learned_kernel", "mean squared error"): r"losses\.append\(\(error\*\*2\)\.mean\(\)\)",
    ("descents", "weight a"): r"figures\.descents\(",
    ("descents", "weight b"): r"figures\.descents\(",
    ("training_curves", "epoch"): ACCURACIES,
    ("training_curves", "accuracy"): ACCURACIES,
    ("through_layers", "layer"): r"for _ in range\(depth\):",
    ("through_layers", "size of the map"): r"maps = reference\.relu\(sums\)\s+sizes\.append\(np\.sqrt\(np\.mean\(maps\*\*2\)\)\)",
    ("through_layers", "size of the error"): r"reversed\(stack\):\s+errors\.append\(np\.sqrt\(np\.mean\(error\*\*2\)\)\)",
    ("step_curves", "update"): r'"pixels as they come": raw_losses|sizes\.append\(\[np\.linalg\.norm\(kernel\)',
    ("step_curves", "loss"): r'"pixels as they come": raw_losses',
    ("step_curves", "norm of the gradient"): r"sizes\.append\(\[np\.linalg\.norm\(kernel\)",
    ("step_curves", "strength, largest = 1"): r"strengths\[name\] = values / values\[0\]",
    ("step_curves", "direction, the strongest is 0"): r"values = np\.linalg\.svd\(matrix, compute_uv=False\)",
    ("movement", "update"): r"figures\.movement\(plain\.steps",
    ("movement", "moved, in standard deviations"): r"moved\[name\] = np\.array\(\[np\.mean\(run\.moved, axis=0\) for run in runs\]\)",
    ("seeds", "test accuracy, %"): TEST_ACCURACIES,
    ("seeds", "accuracy on the training images, %"): r"short_run\[momentum, ",
    ("differences", "difference in test accuracy, points"): ON_SAME_SEEDS,
    ("changed_images", "test accuracy, %"): r"right\(network, images\) for images in shown",
    ("distributions", "value"): r"maps\[\.\.\., c\]\.ravel\(\)",
    ("sweep", "learning rate"): r"figures\.sweep\(list\((?:descent|adam)\)",
    ("sweep", "accuracy on held-out images, %"): r"def accuracies\(runs\):\s+return \[held_out\(run\)|curves\(adam\)",
    ("gains", "learning rate"): r"\{rate: claims\.paired_difference\(\*pair, held_out\)",
    ("gains", "with minus without, points"): r"claims\.paired_difference\(\*pair, held_out\)",
    ("rescaled", "logit with the moving variance"): r'before, after = \(logits\["Dropout first"\]\[step\] for step in \("moving", ',
    ("rescaled", "logit with the real variance"): r'before, after = .* in \("moving", "real variance"\)\)',
    ("confusion", "predicted"): r"confusion_matrix\([^,]*, predicted\)",
    ("confusion", "true"): r"confusion_matrix\(cifar10\.y_test, ",
    ("against_time", "minutes of training"): r"\(run\.seconds, run\.test_accuracy\)",
    ("against_time", "test accuracy, %"): r"\(run\.seconds, run\.test_accuracy\)",
}


@cache
def written(function: str) -> set[str]:
    """The labels that a function writes on its axes itself."""
    tree = ast.parse(inspect.getsource(getattr(figures, function)))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    given = [keyword.value for call in calls if call.func.attr == "set" for keyword in call.keywords if keyword.arg in AXES]
    given += [call.args[0] for call in calls if call.func.attr in ("set_xlabel", "set_ylabel")]
    return {node.value for node in given if isinstance(node, ast.Constant) and len(node.value) > 1}  # "×" and "=" measure nothing


def handed(function: str, call: ast.Call) -> set[str]:
    """The labels that a chapter hands to a function, or leaves as they are."""
    signature = inspect.signature(getattr(figures, function))
    places = list(signature.parameters)
    given = dict(zip(places, call.args, strict=False)) | {keyword.arg: keyword.value for keyword in call.keywords}
    if any(isinstance(argument, ast.Starred) for argument in call.args):  # labels come last
        given |= dict(zip(reversed(places), reversed(call.args), strict=False))
    labels = []
    for name in set(AXES) & set(places):
        labels += ast.literal_eval(given[name]) if name == "ylabels" else [ast.literal_eval(given[name])] if name in given else []
        labels += [] if name in given else [signature.parameters[name].default]
    return set(labels)


def labelled() -> list[tuple[str, str, str, str]]:
    """Of each label of an axis the chapter, the function, the label, and the code from the figure before to this one."""
    found = []
    for path in CHAPTERS:
        chapter, code = nbformat.read(path, as_version=4), ""
        drawing = figure_cells(chapter)
        for cell in code_cells(chapter):
            code += f"{cell.source}\n"
            if cell in drawing:
                for call in ast.walk(ast.parse(cell.source)):
                    if isinstance(call, ast.Call) and (named := re.fullmatch(r"figures\.(\w+)", ast.unparse(call.func))):
                        labels = written(named[1]) | handed(named[1], call)
                        found += [(path.stem, named[1], label, code) for label in sorted(labels)]
                code = ""
    return found


LABELLED = labelled()


@pytest.mark.parametrize(
    ("function", "label", "code"), [pytest.param(*found, id=f"{name}-{found[0]}-{found[1]}") for name, *found in LABELLED]
)
def test_an_axis_measures_what_its_label_says(function, label, code):
    assert (function, label) in MEASURED, "add the label to MEASURED, with the code that computes what lies along the axis"
    assert re.search(MEASURED[function, label], code)


def test_the_table_has_no_label_that_no_figure_has():
    assert MEASURED.keys() - {(function, label) for _, function, label, _ in LABELLED} == set()


def test_what_is_held_out_in_a_sweep_is_held_out():
    assert {experiment.recipe.validation for name, experiment in EXPERIMENTS.items() if name.startswith("sweep_")} == {"held_out"}
