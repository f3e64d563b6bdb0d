"""A release holds what its reader needs, and nothing that students must not have."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.errors import KitError, UsageError
from autograder.kit import Kit
from autograder.release.assignment import assignment_files
from autograder.release.files import files_in, pack_zip, write_files
from autograder.release.student import student_files
from autograder.release.wheel import own_wheel
from tests.conftest import ROOT

TINY = ROOT / "docs" / "tiny-assignment"


@pytest.fixture(scope="module")
def tiny() -> Kit:
    return Kit.load(TINY)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The tiny assignment, to be changed."""
    return Path(shutil.copytree(TINY, tmp_path / "kit"))


def test_a_students_copy_of_this_assignment_holds_nothing_secret():
    kit = Kit.load(ROOT)
    files = student_files(kit)
    secrets = {p.read_bytes() for p in kit.graded_files if p.stat().st_size}
    packed = zipfile.ZipFile(BytesIO(files[own_wheel()[0]]))
    inside = {packed.read(name) for name in packed.namelist()}
    assert not secrets & (set(files.values()) | inside)
    assert {e.path for e in kit.exercises.values()} < files.keys()
    assert "exercises/README.md" in files
    assert "docs/triton-subset.md" in files  # the lesson links to it


def test_the_reduced_configuration_is_read_for_students_only(tiny: Kit, tmp_path: Path):
    write_files(tmp_path / "copy", student_files(tiny))
    copy = Kit.load(tmp_path / "copy", students=True)
    assert list(copy.exercises) == list(tiny.exercises)
    exercise = copy.exercises["trapezoid"]
    assert exercise.limits == tiny.exercises["trapezoid"].limits
    assert exercise.functions == {"trapezoid": "number"}
    with pytest.raises(KitError, match="needs the file"):
        Kit.load(tmp_path / "copy")


def test_the_reduced_configuration_has_no_tolerance_and_no_rule(copy: Path):
    config = copy / "grader.toml"
    config.write_text(
        config.read_text() + "\n[late]\ndeadline = 2026-11-20T23:59:00Z\nloss_per_day = 10\n"
    )
    reduced = tomllib.loads(student_files(Kit.load(copy))["grader.toml"].decode())
    assert reduced.keys() == {"kit", "limits", "exercise"}
    assert reduced["exercise"]["trapezoid"].keys() <= {"title", "points", "functions", "hints"}


@pytest.mark.parametrize("target", ["../reference/trapezoid.py", "../grader.toml", "../../x.md"])
def test_a_lesson_that_links_to_a_secret_is_not_released(copy: Path, target: str):
    (copy / "exercises" / "README.md").write_text(f"See [this]({target}#top).\n")
    with pytest.raises(KitError, match="students do not get"):
        student_files(Kit.load(copy))


def test_a_lesson_that_links_to_nothing_is_told(copy: Path):
    (copy / "exercises" / "README.md").write_text("See [this](figures/none.svg).\n")
    with pytest.raises(KitError, match=r"figures/none\.svg, which is not there"):
        student_files(Kit.load(copy))


def test_a_lesson_may_link_elsewhere(copy: Path):
    (copy / "docs").mkdir()
    (copy / "docs" / "more.md").write_text("more")
    (copy / "exercises" / "README.md").write_text(
        "[a](https://example.org/x) [b](#here) [c](../docs/more.md) [d](../docs/more.md#part)\n"
    )
    assert student_files(Kit.load(copy))["docs/more.md"] == b"more"


def test_what_tools_leave_behind_is_left_out(copy: Path):
    (copy / "exercises" / "__pycache__").mkdir()
    (copy / "exercises" / "__pycache__" / "trapezoid.pyc").write_bytes(b"x")
    (copy / "exercises" / ".onewalk").mkdir()
    (copy / "exercises" / ".onewalk" / "state").write_bytes(b"x")
    assert [name for name, _ in files_in(copy, "exercises")] == ["exercises/trapezoid.py"]


def test_what_grades_elsewhere_is_the_same_assignment(tiny: Kit, tmp_path: Path):
    write_files(tmp_path / "kit", assignment_files(tiny))
    assert Kit.load(tmp_path / "kit").sha256 == tiny.sha256


def test_the_wheel_runs_where_the_source_is_not(tiny: Kit, tmp_path: Path):
    write_files(tmp_path / "copy", student_files(tiny))
    (wheel,) = (tmp_path / "copy").glob("*.whl")
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"),
            *("--disable-pip-version-check", "--no-compile"),
            *("--target", str(tmp_path / "site"), str(wheel)),
        ],
        check=True,
    )
    shutil.copy(TINY / "reference" / "trapezoid.py", tmp_path / "copy" / "exercises")
    work = "import autograder, autograder.cli; print(autograder.__file__); autograder.cli.app()"
    done = subprocess.run(
        [sys.executable, "-P", "-c", work, "try"],
        cwd=tmp_path / "copy",
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
    )
    assert str(tmp_path / "site") in done.stdout
    assert "examples" in done.stdout, done.stderr
    inside = {Path(name).name for name in zipfile.ZipFile(wheel).namelist()}
    assert {"METADATA", "RECORD", "LICENSE", "entry_points.txt"} < inside
    assert not inside & {"direct_url.json", "INSTALLER", "REQUESTED"}  # how it came to be here


def test_try_goes_on_where_a_student_deleted_a_file(tmp_path: Path, monkeypatch):
    write_files(tmp_path / "copy", student_files(Kit.load(ROOT)))
    (tmp_path / "copy" / "exercises" / "naive.py").unlink()
    monkeypatch.chdir(tmp_path / "copy")
    done = CliRunner().invoke(app, ["try", "--only", "naive", "--only", "stable"])
    assert done.exit_code == 1
    assert "There is no exercises/naive.py." in done.output
    assert "stable" in done.output


def test_equal_files_give_an_equal_zip_with_programs_in_it():
    files = {"run": b"#!/bin/sh\n", "a/b.txt": b"text"}
    packed = pack_zip(files)
    assert packed == pack_zip(dict(reversed(files.items())))
    modes = {i.filename: i.external_attr >> 16 for i in zipfile.ZipFile(BytesIO(packed)).filelist}
    assert modes == {"run": 0o100755, "a/b.txt": 0o100644}


def test_a_release_writes_over_nothing(tmp_path: Path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "work.py").write_text("mine")
    with pytest.raises(UsageError, match="new or empty"):
        write_files(tmp_path / "full", {"work.py": b"yours"})
    assert (tmp_path / "full" / "work.py").read_text() == "mine"
    with pytest.raises(UsageError, match="new or empty"):
        write_files(tmp_path / "full" / "work.py", {"x": b""})


def test_the_command_says_what_it_wrote(tmp_path: Path):
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["release", str(out), "--format", "folder", "--kit", str(TINY)])
    assert done.exit_code == 0, done.output
    assert "no hidden test and no solution" in done.stderr
    assert (out / "exercises" / "trapezoid.py").is_file()
    again = CliRunner().invoke(app, ["release", str(out), "--format", "folder", "--kit", str(TINY)])
    assert again.exit_code == 2
