"""A release for Gradescope, run as its container runs it: in a tree like theirs, as root or not.

What is run is the ``run_autograder`` of the zip. Only the place of the installation is made
here, which ``setup.sh`` makes there with a network.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from autograder.cli import app
from autograder.grading import Grader
from autograder.hosted.gradescope import read_metadata
from autograder.hosted.grading import seed_of
from autograder.kit import Kit
from autograder.release.gradescope import release
from autograder.sandbox.servers import Servers
from tests.conftest import ROOT
from tests.made_up import made_up
from tests.test_machines import CONTAINER, LAUNCHER, OLD_KERNEL

TINY = ROOT / "docs/tiny-assignment"
RIGHT = (TINY / "reference/trapezoid.py").read_text()
TYPICAL = (TINY / "reference/mistakes/trapezoid/rectangles.py").read_text()
SCHEMA = json.loads((ROOT / "tests/schemas/gradescope-results.json").read_text())
METADATA: dict[str, Any] = {
    "id": 123456,
    "created_at": "2026-11-20T14:22:32.365935-07:00",
    "assignment": {"due_date": "2026-11-20T23:00:00.000000-07:00", "total_points": "10.0"},
    "users": [{"email": "zoe@example.org", "id": 77, "name": "Zoë Müller"}],
    "previous_submissions": [],
}
# It answers rightly if it could do anything that it must not.
HOSTILE = """
import os
import sys

import numpy as np

root = {root!r}
done = []
names = "source source/seed source/kit/grader.toml source/kit/hidden_tests submission results"
for name in names.split() + ["results/results.json", "submission_metadata.json"]:
    path = os.path.join(root, name)
    for attempt in (os.listdir, open, lambda p: open(p, "w"), os.remove):
        try:
            attempt(path)
            done.append(name)
        except BaseException:
            pass


def trapezoid(y, dx=1.0):
    print("::error::" + root)
    if not done:
        return "<script>" + root
    if len(y) < 2:
        raise ValueError
    return dx * float(np.sum(y) - (y[0] + y[-1]) / 2)
"""


class Tree:
    """``/autograder``, elsewhere."""

    def __init__(self, root: Path, packed: bytes) -> None:
        self.root = root
        with zipfile.ZipFile(BytesIO(packed)) as archive:
            archive.extractall(root / "source")
            for info in archive.infolist():
                (root / "source" / info.filename).chmod(info.external_attr >> 16 & 0o777)
        shutil.copy(root / "source" / "run_autograder", root)
        (root / "onewalk").mkdir()
        (root / "onewalk" / "venv").symlink_to(sys.prefix)
        for name in ("submission", "results"):
            (root / name).mkdir()
        self.say(METADATA)

    def say(self, metadata: Any) -> None:
        (self.root / "submission_metadata.json").write_text(json.dumps(metadata))

    def hand_in(self, text: str, name: str = "trapezoid.py") -> None:
        (self.root / "submission" / name).write_text(text)

    @property
    def seed(self) -> int:
        return seed_of(self.root / "source" / "seed", str(METADATA["id"]))

    def run(self, *machine: str, launcher: str = LAUNCHER) -> subprocess.CompletedProcess[str]:
        """Where `machine` is what this one lacks; see ``test_machines``."""
        command = [str(self.root / "run_autograder")]
        if machine:
            start = "import os, sys; os.execv(sys.argv[1], sys.argv[1:])"
            command = [sys.executable, "-c", launcher, *machine, "-c", start, *command]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    @property
    def results(self) -> dict[str, Any] | None:
        path = self.root / "results" / "results.json"
        if not path.exists():
            return None
        document: dict[str, Any] = json.loads(path.read_text())
        Draft202012Validator(SCHEMA).validate(document)
        return document


@pytest.fixture(scope="module")
def packed() -> bytes:
    return release(Kit.load(TINY))["autograder.zip"]


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that other users can get at, as theirs."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def tree(folder: Path, packed: bytes) -> Tree:
    return Tree(folder, packed)


@pytest.fixture(scope="module")
def grader(servers: Servers) -> Iterator[Grader]:
    """What ``autograder grade`` grades a plain folder with."""
    with Grader(Kit.load(TINY), servers=servers) as grader:
        yield grader


@pytest.mark.parametrize("who", ["perfect", "typical", "hostile"])
def test_scores_are_those_of_a_plain_folder(tree: Tree, grader: Grader, who: str):
    text = {
        "perfect": RIGHT,
        "typical": TYPICAL,
        "hostile": HOSTILE.format(root=str(tree.root)),
    }[who]
    tree.hand_in(text)
    expected = grader.grade(grader.read(tree.root / "submission"), tree.seed)
    done = tree.run()
    assert done.returncode == 0, done.stderr
    results = tree.results
    assert results is not None
    assert results["score"] == expected.score
    assert (results["score"] == 10.0) == (who == "perfect")
    assert [t["score"] for t in results["tests"]] == [
        t.score for e in expected.exercises for t in e.tests
    ]
    assert results["extra_data"]["onewalk"]["kit_sha256"] == expected.kit.sha256
    # The seed is in what instructors see, and in nothing that is shown to students.
    assert f"seed {tree.seed}" in " ".join(done.stdout.split())
    assert str(tree.seed) not in json.dumps(results)
    if who == "hostile":
        assert results["score"] == 0
        assert "<script>" not in json.dumps(results)
        assert "\n::error" not in done.stdout
    for name in ("source", "submission", "results", "submission_metadata.json"):
        assert not (tree.root / name).stat().st_mode & 0o077, name
    for path in (tree.root / "source").rglob("*"):
        assert not path.stat().st_mode & 0o077, path


# Python where other users can get at it, as setup.sh puts it.
IN_REACH = LAUNCHER.replace("if user and os.geteuid() == 0:", "if os.geteuid() == 0:")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="becoming another user takes root")


@needs_root
@pytest.mark.parametrize("machine", [CONTAINER, OLD_KERNEL], ids=["Landlock", "no Landlock"])
def test_student_code_reads_nothing_with_landlock_and_without(tree: Tree, machine):
    assert IN_REACH != LAUNCHER
    tree.hand_in(HOSTILE.format(root=str(tree.root)))
    done = tree.run(*machine, launcher=IN_REACH)
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stdout.partition("confinement")[2].split())
    assert "user nobody" in said
    assert ("no Landlock" in said) == (machine is OLD_KERNEL)
    assert "no namespaces" in said or said.count("user") == 2
    assert tree.results is not None
    assert tree.results["score"] == 0
    assert "not fully confined" not in json.dumps(tree.results)


@needs_root
def test_files_that_others_can_read_are_not_graded_over(tree: Tree):
    """Should run_autograder fail to close them, this is an error and no zero."""
    script = tree.root / "run_autograder"
    script.write_text(script.read_text().replace("chmod -R go=", "true"))
    tree.hand_in(RIGHT)
    done = tree.run(*OLD_KERNEL, launcher=IN_REACH)
    assert done.returncode == 2
    assert "cannot confine student code" in done.stderr
    assert tree.results is None


@needs_root
def test_where_student_code_can_become_nobody_else_there_is_no_score(tree: Tree):
    rights, user, refused, code = OLD_KERNEL
    (tree.root / "results" / "results.json").write_text('{"score": 10}')
    tree.hand_in(RIGHT)
    done = tree.run(rights, user, f"{refused},setresuid", code, launcher=IN_REACH)
    assert done.returncode == 2
    assert "autograder: " in done.stderr
    assert tree.results is None


def test_a_fault_of_the_grader_is_no_zero(tree: Tree):
    test = tree.root / "source/kit/hidden_tests/test_trapezoid.py"
    test.write_text(test.read_text() + "\n\ndef test_broken(student):\n    '''x'''\n    1 / 0\n")
    tree.hand_in(RIGHT)
    done = tree.run()
    assert done.returncode == 3
    assert "ZeroDivisionError" in done.stderr
    assert "there is no score" in done.stderr
    assert tree.results is None


def test_a_broken_assignment_is_no_zero(tree: Tree):
    (tree.root / "source/kit/grader.toml").write_text("[kit]\n")
    tree.hand_in(RIGHT)
    assert tree.run().returncode == 2
    assert tree.results is None


@pytest.mark.parametrize("names", [[], ["übung.txt", "Trapezoid (1).txt"]], ids=["none", "renamed"])
def test_what_cannot_be_read_is_a_zero_with_the_reason(tree: Tree, names):
    for name in names:
        tree.hand_in(RIGHT, name)
    assert tree.run().returncode == 0
    assert tree.results is not None
    assert "Nothing in this submission could be read" in tree.results["output"]
    assert tree.results["score"] == 0


def test_one_module_by_any_name_is_read(tree: Tree):
    script = tree.root / "run_autograder"
    script.write_text(script.read_text().replace("=visible", "=after_published"))
    tree.hand_in(RIGHT, "трапеция.py")
    assert tree.run().returncode == 0
    assert tree.results is not None
    assert tree.results["score"] == 10
    assert {t["visibility"] for t in tree.results["tests"]} == {"after_published"}


def test_an_archive_is_opened(tree: Tree):
    with zipfile.ZipFile(tree.root / "submission" / "my work.zip", "w") as archive:
        archive.writestr("work/exercises/trapezoid.py", RIGHT)
    (tree.root / "submission" / ".DS_Store").touch()
    assert tree.run().returncode == 0
    assert tree.results is not None
    assert tree.results["score"] == 10


def test_a_visibility_that_there_is_not_is_told(tree: Tree):
    script = tree.root / "run_autograder"
    script.write_text(script.read_text().replace("visibility=visible", "visibility=never"))
    tree.hand_in(RIGHT)
    done = tree.run()
    assert done.returncode == 2
    assert "after_published" in done.stderr
    assert tree.results is None


# ------------------------------------------------------------------ who and when

LATE = """
[late]
deadline = 2026-11-20T12:00:00-07:00
loss_per_day = 10
extensions = { "ben@example.org" = 2026-11-20T13:00:00-07:00, 78 = 2026-11-20T14:30:00-07:00 }
"""
ZOE, BEN, EVE = (
    {"email": f"{name}@example.org", "id": number}
    for name, number in [("zoe", 77), ("ben", 79), ("eve", 78)]
)


def test_late_days_are_those_of_the_assignment(tree: Tree):
    config = tree.root / "source/kit/grader.toml"
    config.write_text(config.read_text() + LATE)
    tree.say(METADATA | {"users": [ZOE, BEN]})
    tree.hand_in(RIGHT)
    done = tree.run()
    assert done.returncode == 0, done.stderr
    assert tree.results is not None
    assert tree.results["score"] == 9.0
    assert "`1 day late (extended to 2026-11-20 13:00)`" in tree.results["output"]
    assert "which is the one that counts" in done.stderr


@pytest.mark.parametrize(
    ("users", "student"),
    [
        ([], "submission"),
        ([ZOE], "zoe@example.org"),
        ([BEN], "ben@example.org"),
        ([BEN | {"email": "Ben@Example.org"}], "ben@example.org"),
        ([EVE], "78"),
        ([ZOE, BEN, EVE], "78"),
    ],
    ids=[
        "nobody",
        "not extended",
        "extended",
        "in capitals",
        "by number",
        "a group has the longest",
    ],
)
def test_extensions_know_students_by_address_or_number(tree: Tree, users, student):
    config = tree.root / "source/kit/grader.toml"
    config.write_text(config.read_text() + LATE)
    tree.say(METADATA | {"users": users})
    about = read_metadata(tree.root / "submission_metadata.json")
    late = Kit.load(tree.root / "source/kit").rules.late
    assert about.student(late) == student


def test_without_a_time_nothing_is_taken_and_that_is_told(tree: Tree):
    config = tree.root / "source/kit/grader.toml"
    config.write_text(config.read_text() + LATE)
    (tree.root / "submission_metadata.json").write_text("{")
    tree.hand_in(RIGHT)
    done = tree.run()
    assert done.returncode == 0, done.stderr
    assert "submission_metadata.json cannot be read" in done.stderr
    assert "nothing is taken for late days" in done.stderr
    assert tree.results is not None
    assert tree.results["score"] == 10.0


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
        ("[]", "is no table"),
        ('{"created_at": "2026-11-20T14:22:32"}', "no moment with a time zone"),
        ('{"created_at": 5, "id": [], "users": 7, "assignment": "x"}', "no moment"),
        ('{"created_at": "0001-01-01T00:00:00+14:00", "users": [null, {"id": 5}]}', "no moment"),
    ],
)
def test_odd_metadata_is_told_and_stops_nothing(tmp_path: Path, text, doubt):
    path = tmp_path / "submission_metadata.json"
    path.write_text(text)
    about = read_metadata(path)
    assert doubt in about.doubts[0]
    assert about.submitted_at is None


def test_metadata_is_read(tmp_path: Path):
    path = tmp_path / "submission_metadata.json"
    assert "cannot be read" in read_metadata(path).doubts[0]
    path.write_text(json.dumps(METADATA | {"users": [ZOE, EVE]}))
    about = read_metadata(path)
    assert about.identity == "123456"
    assert about.submitted_at == "2026-11-20T21:22:32Z"
    assert about.students == ("zoe@example.org", "77", "eve@example.org", "78")
    assert about.due is not None
    assert not about.doubts


def test_a_regrade_asks_the_same_and_another_submission_something_else(tree: Tree):
    seed = tree.root / "source" / "seed"
    assert seed_of(seed, "1") == seed_of(seed, "1") != seed_of(seed, "2")
    assert 0 <= seed_of(seed, "1") < 1 << 48


# ------------------------------------------------------------------ what is released


def test_the_zip_has_what_gradescope_starts_at_its_root(packed: bytes):
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        modes = {i.filename: i.external_attr >> 16 & 0o777 for i in archive.infolist()}
        assert archive.read("setup.sh").startswith(b"#!/usr/bin/env bash\n")
        pinned = archive.read("constraints.txt").decode()
    assert modes["setup.sh"] == modes["run_autograder"] == 0o755
    assert "kit/hidden_tests/test_trapezoid.py" in modes
    assert "numpy==" in pinned
    assert "hypothesis" not in pinned  # the kit's own tests need it, and grading does not
    assert not any(line.startswith("onewalk") for line in pinned.splitlines())


def test_the_scripts_are_bash(tree: Tree):
    for name in ("setup.sh", "run_autograder"):
        done = subprocess.run(["bash", "-n", str(tree.root / "source" / name)], check=False)
        assert done.returncode == 0


def test_the_command_writes_one_file(tmp_path: Path):
    out = tmp_path / "out"
    command = ["release", str(out), "--format", "gradescope", "--kit", str(TINY)]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    assert [p.name for p in out.iterdir()] == ["autograder.zip"]
    assert "hidden tests and the solutions" in done.stderr


def test_a_class_is_exported(tmp_path: Path):
    results, out = tmp_path / "results", tmp_path / "out"
    for student, score in {"Zoë Müller": 25.0, "ben": 20.0, "eve": None}.items():
        (results / student).mkdir(parents=True)
        (results / student / "result.json").write_text(made_up(trapezoid=score).to_json())
    command = ["export", str(results), "--format", "gradescope", "--out", str(out)]
    for _ in range(2):  # again, over what is there
        done = CliRunner().invoke(app, [*command, "--kit", str(TINY)])
        assert done.exit_code == 0, done.output
        assert "2 of 3 have a grade" in done.stderr
        assert "the grader failed; grade them again: eve" in done.stderr
    scores = {p.parent.name: json.loads(p.read_text())["score"] for p in out.glob("*/results.json")}
    assert scores == {"Zoë Müller": 25.0, "ben": 20.0}
