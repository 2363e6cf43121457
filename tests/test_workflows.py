"""The workflows: every action pinned by its hash, no more rights than needed, and no command that the Makefile does not have."""

import re
from pathlib import Path

import pytest
import yaml

from cnnbook import data
from tests.conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SETUP = ROOT / ".github" / "actions" / "setup" / "action.yml"
FILES = [*WORKFLOWS, SETUP]
WRITES = {("publish.yml", "deploy"): {"pages": "write", "id-token": "write"}}

each_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def jobs(path) -> dict:
    return yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]


def test_the_three_workflows_are_there():
    assert [path.stem for path in WORKFLOWS] == ["publish", "test", "weekly"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_action_from_elsewhere_is_pinned_by_a_full_hash_with_its_version_beside_it(path):
    used = [action for action in re.findall(r"uses: (.+)", path.read_text(encoding="utf-8")) if action != "./.github/actions/setup"]
    assert used
    for action in used:
        assert re.fullmatch(r"actions/[\w-]+(/[\w-]+)?@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action


def test_an_action_has_the_same_hash_everywhere():
    pins = dict.fromkeys(re.findall(r"uses: (.+)", "".join(path.read_text(encoding="utf-8") for path in FILES)))
    names = [pin.split("@")[0] for pin in pins if "@" in pin]
    assert len(names) == len(set(names))


@each_workflow
def test_nothing_may_write_but_the_deployment_to_pages(path):
    assert yaml.safe_load(path.read_text(encoding="utf-8"))["permissions"] == {"contents": "read"}
    for name, job in jobs(path).items():
        granted = {right: kind for right, kind in job.get("permissions", {}).items() if kind == "write"}
        assert granted == WRITES.get((path.name, name), {})


@each_workflow
def test_every_command_is_a_target_of_the_makefile_and_every_job_ends(path):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for job in jobs(path).values():
        assert job["timeout-minutes"] <= 90
        for step in job["steps"]:
            if "run" in step:
                make, target = step["run"].split()
                assert make == "make"
                assert target in targets


def test_the_published_site_knows_its_address_and_its_repository():
    steps = jobs(ROOT / ".github" / "workflows" / "publish.yml")["build"]["steps"]
    (environment,) = [step["env"] for step in steps if step.get("run", "").startswith("make")]
    assert environment["CNNBOOK_SITE_URL"] == "${{ steps.pages.outputs.base_url }}/"
    assert environment["CNNBOOK_REPOSITORY"] == "${{ github.server_url }}/${{ github.repository }}"


def test_only_the_newest_that_was_pushed_to_main_and_passed_the_tests_is_published():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "publish.yml").read_text(encoding="utf-8"))
    triggers = workflow[True]  # YAML reads `on` so
    assert triggers == {"workflow_run": {"workflows": ["test"], "types": ["completed"], "branches": ["main"]}}
    run = "github.event.workflow_run"
    assert workflow["jobs"]["build"]["if"] == f"{run}.event == 'push' && {run}.conclusion == 'success' && {run}.head_sha == github.sha"
    assert workflow["jobs"]["build"]["steps"][0]["with"]["ref"] == f"${{{{ {run}.head_sha }}}}"
    assert workflow["jobs"]["deploy"]["needs"] == "build"


def test_a_publication_that_is_skipped_pushes_no_other_out_of_the_queue():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "publish.yml").read_text(encoding="utf-8"))
    assert "concurrency" not in workflow
    assert {name: job["concurrency"]["cancel-in-progress"] for name, job in workflow["jobs"].items()} == {"build": True, "deploy": False}


@each_workflow
def test_every_job_that_uses_the_repository_sets_it_up_in_the_one_way(path):
    for job in jobs(path).values():
        used = [step.get("uses", "").split("@")[0] for step in job["steps"]]
        assert ("actions/checkout" in used) == ("./.github/actions/setup" in used)
        assert "actions/setup-python" not in used


@pytest.mark.parametrize("name", ["test", "weekly"])
def test_a_run_without_the_data_fails_instead_of_skipping_what_needs_it(name):
    for job in jobs(ROOT / ".github" / "workflows" / f"{name}.yml").values():
        if {"make test", "make rerun"} & {step.get("run") for step in job["steps"]}:
            (setup,) = [step for step in job["steps"] if step.get("uses") == "./.github/actions/setup"]
            assert setup["with"]["data"] == "true"
    assert "make data" in [step.get("run") for step in yaml.safe_load(SETUP.read_text(encoding="utf-8"))["runs"]["steps"]]


def test_once_a_week_one_recorded_run_is_trained_again():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "weekly.yml").read_text(encoding="utf-8"))
    assert "schedule" in workflow[True]
    assert "make rerun" in [step.get("run") for job in workflow["jobs"].values() for step in job["steps"]]


def test_what_is_kept_between_runs_is_the_archive_that_the_package_looks_for(monkeypatch):
    monkeypatch.delenv("KERAS_HOME", raising=False)
    steps = yaml.safe_load(SETUP.read_text(encoding="utf-8"))["runs"]["steps"]
    kept = {step["with"]["path"] for step in steps if step.get("uses", "").startswith("actions/cache")}
    assert [Path(path).expanduser() for path in kept] == [data.keras_archive()]
