"""A bundle for Classroom 50, started as its runner starts it: in the student's checkout."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from autograder.cli import app
from autograder.errors import KitError, UsageError
from autograder.grading import Grader
from autograder.hosted import bundled
from autograder.hosted.classroom50 import identity, submitted_at
from autograder.hosted.grading import seed_of
from autograder.kit import Kit
from autograder.release.classroom50 import LARGEST, release
from autograder.release.files import write_files
from autograder.sandbox.servers import Servers
from tests.conftest import ROOT
from tests.made_up import made_up

TINY = ROOT / "docs/tiny-assignment"
RIGHT = (TINY / "reference/trapezoid.py").read_text()
TYPICAL = (TINY / "reference/mistakes/trapezoid/rectangles.py").read_text()
HOSTILE = """
import json

# Where the runner would find a result, and where it would not.
for path in ("result.json", "/tmp/onewalk-result.json"):
    try:
        with open(path, "w") as file:
            json.dump({"score": 1000}, file)
    except OSError:
        pass


def trapezoid(y, dx=1.0):
    print("::error::boom")
    return "::error::boom"
"""
SCHEMA = json.loads((ROOT / "tests/schemas/classroom50-result.json").read_text())
TAG = "submit/2026-11-20T09-00-05Z-a1b2c3d"
PAGE = "https://example.org/class/cs-hello-zoe"
RUNNER = {
    "CLASSROOM": "cs",
    "ASSIGNMENT": "hello",
    "ASSIGNMENT_TYPE": "group",
    "OWNER": "zoe",
    "USERNAME": "zoe",
    "SUBMISSION_TAG": TAG,
    "COMMIT_URL": f"{PAGE}/commit/1",
    "RELEASE_URL": f"{PAGE}/releases/tag/1",
    "REVIEW_URL": f"{PAGE}/compare/0...1",
}
LATE = """
[late]
deadline = 2026-11-19T12:00:00Z
loss_per_day = 10
extensions = { ben = 2026-11-27T12:00:00Z }
"""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle") / "hello"
    write_files(folder, release(Kit.load(TINY)))
    return folder


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    (folder / "exercises").mkdir(parents=True)
    return folder


def hand_in(checkout: Path, text: str) -> str:
    """Commit it, a day after it was due, and tell which commit it is."""
    (checkout / "exercises" / "trapezoid.py").write_text(text)
    who = {
        f"GIT_{role}_{what}": "x" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    who |= {"GIT_COMMITTER_DATE": "2026-11-20T10:00:00+01:00", "HOME": str(checkout)}

    def git(*args: str) -> str:
        command = ["git", "-c", "commit.gpgsign=false", *args]
        done = subprocess.run(
            command, cwd=checkout, env=os.environ | who, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "--message", "x")
    return git("rev-parse", "HEAD")


def run(bundle: Path, checkout: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """What the bundle starts once the grader is installed."""
    command = [sys.executable, "-P", "-m", "autograder.hosted.classroom50"]
    return subprocess.run(
        [*command, str(bundle), str(checkout)],
        cwd=bundle,
        env=os.environ | RUNNER | env,
        capture_output=True,
        text=True,
        check=False,
    )


def result(checkout: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((checkout / "result.json").read_text())
    Draft202012Validator(SCHEMA).validate(document)
    return document


@pytest.fixture(scope="module")
def grader(servers: Servers) -> Iterator[Grader]:
    """What ``autograder grade`` grades a plain folder with."""
    with Grader(Kit.load(TINY), servers=servers) as grader:
        yield grader


@pytest.mark.parametrize("who", ["perfect", "typical", "hostile"])
def test_scores_are_those_of_a_plain_folder(bundle, checkout, grader, tmp_path, who):
    commit = hand_in(checkout, {"perfect": RIGHT, "typical": TYPICAL, "hostile": HOSTILE}[who])
    expected = grader.grade(grader.read(checkout), seed_of(bundle / "seed", commit))
    output = tmp_path / "output"
    done = run(bundle, checkout, GITHUB_SHA=commit, GITHUB_OUTPUT=str(output))
    assert done.returncode == 0, done.stderr
    document = result(checkout)
    assert document["score"] == round(100 * expected.score)
    assert document["max-score"] == 1000
    assert document["tests"] == [
        {
            "test-name": "trapezoid",
            "passed": who == "perfect",
            "score": document["score"],
            "max-score": 1000,
        }
    ]
    assert {document["owner"], document["submission"], document["review"]} == {
        "zoe",
        TAG,
        f"{PAGE}/compare/0...1",
    }
    assert document["assignment_type"] == "group"
    assert document["datetime"] == "2026-11-20T09:00:00Z"
    body = (checkout / "release-body.md").read_text()
    assert body.startswith("## Submission `zoe`: ")
    status = "success" if who == "perfect" else "failure"
    assert output.read_text().startswith(
        f"status={status}\nsummary={expected.score:g} / 10 points\n"
    )
    # The log and the release can be read by students.
    for text in (done.stdout, done.stderr, body, json.dumps(document)):
        assert str(expected.seed) not in text
        assert "\n::error" not in text


def test_a_result_goes_where_it_belongs_whatever_a_student_put_there(bundle, checkout, tmp_path):
    (tmp_path / "elsewhere").write_text("kept")
    (checkout / "result.json").symlink_to(tmp_path / "elsewhere")
    (checkout / "release-body.md").symlink_to(tmp_path / "nowhere")
    commit = hand_in(checkout, RIGHT)
    assert run(bundle, checkout, GITHUB_SHA=commit).returncode == 0
    assert result(checkout)["score"] == 1000
    assert (tmp_path / "elsewhere").read_text() == "kept"
    assert not (tmp_path / "nowhere").exists()


def test_late_days_go_by_the_commit_and_by_the_assignments_rules(tmp_path, checkout):
    kit = tmp_path / "bundle" / "kit"
    write_files(tmp_path / "bundle", release(Kit.load(TINY)))
    (kit / "grader.toml").write_text((kit / "grader.toml").read_text() + LATE)
    commit = hand_in(checkout, RIGHT)
    done = run(tmp_path / "bundle", checkout, GITHUB_SHA=commit)
    assert done.returncode == 0, done.stderr
    assert result(checkout)["score"] == 900
    assert "`1 day late`" in (checkout / "release-body.md").read_text()
    # Without a history the tag tells, and whoever has an extension is not late.
    done = run(tmp_path / "bundle", checkout, OWNER="Ben")  # as the account is written
    assert done.returncode == 0, done.stderr
    assert result(checkout)["score"] == 1000
    assert result(checkout)["datetime"] == "2026-11-20T09:00:05Z"


@pytest.mark.parametrize("time", ["", "committer x <x@y> 253402340000 -1200\n"])
def test_a_commit_of_no_time_at_all_was_made_when_it_was_tagged(checkout, time):
    hand_in(checkout, RIGHT)
    git = ["git", "-C", str(checkout)]
    tree = subprocess.check_output([*git, "write-tree"], text=True).strip()
    made = subprocess.run(
        [*git, "hash-object", "-t", "commit", "-w", "--stdin", "--literally"],
        input=f"tree {tree}\nauthor x <x@y> 1 +0000\n{time}\nx\n",
        capture_output=True,
        text=True,
        check=True,
    )
    said = {"GITHUB_SHA": made.stdout.strip(), "SUBMISSION_TAG": TAG}
    assert f"{submitted_at(checkout, said):%Y-%m-%dT%H:%M:%SZ}" == "2026-11-20T09:00:05Z"


def test_an_empty_repository_is_a_zero_with_the_reason(bundle, checkout):
    done = run(bundle, checkout)
    assert done.returncode == 0, done.stderr
    assert result(checkout)["score"] == 0
    assert "Nothing in this submission could be read" in (checkout / "release-body.md").read_text()


def test_a_fault_of_the_grader_leaves_no_result(tmp_path, checkout):
    write_files(tmp_path / "bundle", release(Kit.load(TINY)))
    test = tmp_path / "bundle/kit/hidden_tests/test_trapezoid.py"
    test.write_text(test.read_text() + "\n\ndef test_broken(student):\n    '''x'''\n    1 / 0\n")
    done = run(tmp_path / "bundle", checkout, GITHUB_SHA=hand_in(checkout, RIGHT))
    assert done.returncode == 3
    assert not (checkout / "result.json").exists()


def test_outside_of_the_runner_it_says_so():
    now = datetime(2026, 11, 20, tzinfo=UTC)
    with pytest.raises(UsageError, match="COMMIT_URL is not set: this runs in Classroom 50"):
        identity({k: v for k, v in RUNNER.items() if k != "COMMIT_URL"}, now)
    older: Mapping[str, str] = {k: v for k, v in RUNNER.items() if k not in ("OWNER", "REVIEW_URL")}
    assert identity(older, now).owner == "zoe"
    assert identity(older, now).review == RUNNER["COMMIT_URL"]


# ------------------------------------------------------------------ what is released


def test_the_bundle_of_this_assignment_fits_and_solves_nothing(whole_kit: Kit, tmp_path: Path):
    files = release(whole_kit)
    packed = io.BytesIO()
    write_files(tmp_path / "hello", files)
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.add(tmp_path / "hello", "hello")
    assert packed.tell() < LARGEST / 10
    exercises = whole_kit.exercises.values()
    solutions = {p.read_bytes() for e in exercises for p in (e.reference, *e.mistakes)}
    assert not solutions & set(files.values())
    assert {f"kit/hidden_tests/{e.hidden_test.name}" for e in exercises} <= files.keys()
    assert list(Kit.load(tmp_path / "hello" / "kit").exercises) == list(whole_kit.exercises)
    speeds = [e.baselines.relative_to(ROOT).as_posix() for e in exercises if e.baselines.is_file()]
    assert {f"kit/{name}" for name in speeds} <= files.keys()


def test_a_bundle_that_is_too_large_is_told(tiny: Path):
    (tiny / "exercises" / "data.bin").write_bytes(bytes(LARGEST))
    with pytest.raises(KitError, match="Classroom 50 takes 10"):
        release(Kit.load(tiny))


def test_the_command_says_what_can_be_read(tmp_path: Path):
    out = tmp_path / "out"
    command = ["release", str(out), "--format", "classroom50", "--kit", str(TINY)]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    assert (out / "autograder.py").is_file()
    assert "Students can find and read its hidden tests" in " ".join(done.stderr.split())


def test_a_class_is_exported(tmp_path: Path):
    results, out = tmp_path / "results", tmp_path / "submissions"
    for student, score in {"cs-hello-zoe": 25.0, "cs-hello-ben": 20.0}.items():
        (results / student).mkdir(parents=True)
        (results / student / "result.json").write_text(made_up(trapezoid=score).to_json())
    old = json.loads((ROOT / "tests/schemas/classroom50-example.json").read_text())
    (out / "cs-hello-zoe").mkdir(parents=True)
    (out / "cs-hello-zoe" / "result.json").write_text(json.dumps(old))
    command = ["export", str(results), "--format", "classroom50", "--out", str(out)]
    done = CliRunner().invoke(app, [*command, "--kit", str(TINY)])
    assert done.exit_code == 0, done.output
    document = result(out / "cs-hello-zoe")
    assert (document["score"], document["release"]) == (2500, old["release"])
    assert not (out / "cs-hello-ben").exists()
    assert "which submission it is" in done.stderr
    assert "cs-hello-ben" in done.stderr


# ------------------------------------------------------------------ how it installs itself

PYTHON = """#!/bin/sh
echo "$PWD $*" >> {log}
case "$*" in *" pip "*) exit {pip} ;; esac
exec {real} "$@"
"""


@pytest.fixture
def started(bundle, checkout, tmp_path, monkeypatch) -> Callable[[int], int]:
    """Start the bundle in the checkout, with this Python and a pip that ends as it is told."""

    def create(place: Path, **_: Any) -> None:
        python = place / "bin" / "python"
        python.parent.mkdir()
        python.write_text(PYTHON.format(log=tmp_path / "log", pip=pip, real=sys.executable))
        python.chmod(0o755)

    def start(answer: int) -> int:
        nonlocal pip
        pip = answer
        return bundled.main()

    pip = 0
    monkeypatch.setattr(bundled, "HERE", bundle)
    monkeypatch.setattr(bundled.venv, "create", create)
    monkeypatch.chdir(checkout)
    for name, value in (RUNNER | {"RUNNER_TEMP": str(tmp_path)}).items():
        monkeypatch.setenv(name, value)
    return start


def test_it_installs_itself_and_looks_for_nothing_in_the_checkout(
    started, bundle, checkout, tmp_path
):
    for name in ("pip", "json", "numpy", "autograder", "sitecustomize"):
        (checkout / f"{name}.py").write_text("raise SystemExit('a file of the student was run')")
    hand_in(checkout, RIGHT)
    assert started(0) == 0
    assert result(checkout)["score"] == 1000
    install, grade = (tmp_path / "log").read_text().splitlines()
    assert install.startswith(f"{bundle} -P -m pip install ")
    assert " --constraint constraints.txt " in install
    assert install.endswith(".whl")
    assert grade == f"{bundle} -P -m autograder.hosted.classroom50 {bundle} {checkout}"
    assert not list(tmp_path.glob("onewalk-*"))


def test_what_cannot_be_installed_is_an_error_and_no_result(started, checkout, capsys):
    assert started(1) == 3
    assert "the grader could not be installed" in capsys.readouterr().err
    assert not (checkout / "result.json").exists()
