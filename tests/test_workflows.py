"""The workflows: every action pinned by its hash, no more rights than needed, and no command that the Makefile does not have."""

import re

import pytest
import yaml

from tests.conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
WRITES = {("publish.yml", "deploy"): {"pages": "write", "id-token": "write"}}

each_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def jobs(path) -> dict:
    return yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]


def test_the_three_workflows_are_there():
    assert [path.stem for path in WORKFLOWS] == ["publish", "test", "weekly"]


@each_workflow
def test_every_action_is_pinned_by_a_full_hash_with_its_version_beside_it(path):
    used = re.findall(r"uses: (.+)", path.read_text(encoding="utf-8"))
    assert used
    for action in used:
        assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action


def test_an_action_has_the_same_hash_everywhere():
    pins = dict.fromkeys(re.findall(r"uses: (.+)", "".join(path.read_text(encoding="utf-8") for path in WORKFLOWS)))
    names = [pin.split("@")[0] for pin in pins]
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
