"""The workflows that are released: right by their schema, and by those who look for holes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from autograder.kit import Kit
from autograder.release.files import Files, write_files
from autograder.release.github import release
from tests.conftest import ROOT

# What was read in the repositories of these actions: the commit of each tag.
PINNED = {
    "actions/cache": ("27d5ce7f107fe9357f9df03efb73ab90386fccae", "v5.0.5"),
    "actions/checkout": ("3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    "actions/setup-python": ("5fda3b95a4ea91299a34e894583c3862153e4b97", "v7.0.0"),
    "actions/upload-artifact": ("bbbca2ddaa5d8feaa63e36b76fdaad77386f024f", "v7.0.0"),
    "classroom-resources/autograding-grading-reporter": (
        "d13b5912daf5042ac1b71bc38bdb4a6bcd61d8ca",
        "v1",
    ),
}
STUDENTS, INSTRUCTORS = (
    "student/.github/workflows/examples.yml",
    "instructor/.github/workflows/grade.yml",
)


@pytest.fixture(scope="module")
def files(whole_kit: Kit) -> Files:
    return release(whole_kit)


@pytest.fixture(scope="module")
def written(files: Files, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("release") / "github"
    write_files(path, {k: v for k, v in files.items() if "/.github/" in k})
    return path


def tool(*arguments: str) -> str:
    done = subprocess.run(
        [Path(sys.executable).parent / arguments[0], *arguments[1:]],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_schema_of_workflows(written: Path):
    workflows = [str(written / STUDENTS), str(written / INSTRUCTORS)]
    tool("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows)


def test_zizmor_finds_nothing(written: Path):
    tool("zizmor", "--offline", "--no-progress", str(written))


def test_zizmor_would_find_something(written: Path, tmp_path: Path):
    text = (written / INSTRUCTORS).read_text()
    bad = tmp_path / "bad.yml"
    bad.write_text(text.replace("run: autograder report", "run: echo ${{ github.head_ref }}"))
    with pytest.raises(AssertionError, match="template-injection"):
        tool("zizmor", "--offline", "--no-progress", str(bad))


@pytest.mark.parametrize("name", [STUDENTS, INSTRUCTORS])
def test_actions_are_pinned_and_rights_are_few(files: Files, name: str):
    text = files[name].decode()
    used = re.findall(r"uses: ([\w.-]+/[\w.-]+)(?:/[\w/-]+)?@(\S+) # (\S+)$", text, re.MULTILINE)
    assert len(used) == text.count("uses:")
    assert {action: (sha, tag) for action, sha, tag in used}.items() <= PINNED.items()
    document = yaml.safe_load(text)
    assert document["permissions"] == {"contents": "read"}
    (job,) = document["jobs"].values()
    assert "permissions" not in job
    assert "::" not in text


def steps_of(files: Files, name: str) -> list[dict[str, Any]]:
    (job,) = yaml.safe_load(files[name])["jobs"].values()
    steps: list[dict[str, Any]] = job["steps"]
    return steps


def test_no_secret_is_where_student_code_runs(files: Files):
    with_secrets = [s["name"] for s in steps_of(files, INSTRUCTORS) if "secrets." in json.dumps(s)]
    assert with_secrets == ["Collect", "Post"]
    assert "secrets." not in files[STUDENTS].decode()


def test_the_reporter_gets_every_exercise(files: Files, whole_kit: Kit):
    reporter = next(s for s in steps_of(files, STUDENTS) if s["name"] == "Report")
    assert list(reporter["env"])[:3] == ["NAIVE_RESULTS", "STABLE_RESULTS", "LOGSUMEXP_RESULTS"]
    assert len(reporter["env"]) == len(whole_kit.exercises)
    assert "pytorch" in files[STUDENTS].decode()  # GPU tasks are tried in Triton's interpreter


def test_an_assignment_without_gpu_tasks_needs_no_pytorch():
    files = release(Kit.load(ROOT / "docs" / "tiny-assignment"))
    for name in (STUDENTS, INSTRUCTORS):
        assert b"pytorch" not in files[name]
        assert b"[[" not in files[name]
        assert b"[%" not in files[name]


def test_the_students_side_holds_nothing_secret(files: Files, whole_kit: Kit):
    secret = {p.read_bytes() for p in whole_kit.graded_files if p.stat().st_size}
    theirs = {k: v for k, v in files.items() if k.startswith("student/")}
    assert not secret & set(theirs.values())
    ours = {v for k, v in files.items() if k.startswith("instructor/")}
    assert secret <= ours
    container = json.loads(files["student/.devcontainer/devcontainer.json"])
    assert container["postCreateCommand"].split("/")[-1] in {k.rpartition("/")[2] for k in theirs}
