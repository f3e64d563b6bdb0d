"""The folder of results: names, what is remembered, one writer at a time."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import UsageError
from autograder.result import (
    Confinement,
    Environment,
    ExerciseResult,
    KitInfo,
    Result,
    SubmissionInfo,
)
from autograder.store import Memory, Store, documents
from tests.conftest import ROOT

KIT = KitInfo(name="k", version="1", sha256="a" * 64)


def result(student: str) -> Result:
    """A document that is made up."""
    return Result(
        kit=KIT,
        submission=SubmissionInfo(id=student, sha256="b" * 64, files=[]),
        seed=987_654_321,
        graded_at="2026-11-27T10:00:00Z",
        environment=Environment(python="3", numpy="2"),
        confinement=Confinement(landlock=7, seccomp=True, namespaces=[], user="nobody"),
        status="graded",
        score=1.0,
        max_score=2.0,
        final_score=1.0,
        exercises=[ExerciseResult(name="e", score=1.0, max_score=2.0)],
    )


def names(root: Path, *students: str) -> list[str]:
    with Store(root) as store:
        return [store.folder(student).name for student in students]


KEPT = ["s001", "S001x", "jane.doe@example.org", "Jane Doe", "José", "李雷", "a+b", "12345"]


@pytest.mark.parametrize("student", KEPT)
def test_names_that_do_are_kept(tmp_path, student):
    assert names(tmp_path, student) == [unicodedata.normalize("NFC", student)]


NASTY = [
    *("../x", "/etc", "a/b", "a\\b", "..", ".", ".hidden", "-rf", "a.", "a ", " a", "", "a\nb"),
    *("CON", "con.txt", "NUL", "lpt1", "a:b", "a*b", "a\0b", "~", "grades.csv", "log.jsonl"),
    *("batch.json", "index.html", "x" * 300, "é" * 300, "‮evil", "a\u200bb"),
]


@pytest.mark.parametrize("student", NASTY, ids=ascii)
def test_names_that_do_not_are_changed(tmp_path, student):
    (name,) = names(tmp_path, student)
    assert name != student
    folder = tmp_path / name
    folder.mkdir()
    assert folder.parent == tmp_path
    assert folder.resolve() == folder
    assert len(name.encode()) < 200
    assert name.isprintable()
    assert name[0] not in ".- "
    assert name[-1] not in ". "


def test_students_whose_names_a_file_system_may_take_for_one(tmp_path):
    long_s = "\N{LATIN SMALL LETTER LONG S}001"
    apart = unicodedata.normalize("NFD", "José")
    alike = ["s001", "S001", "José", apart, "JOSÉ", "s001 ", long_s]
    given = names(tmp_path, *alike)
    keys = {unicodedata.normalize("NFKC", name).casefold() for name in given}
    assert len(keys) == len(alike)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=12), unique=True, max_size=12))
def test_no_two_students_share_a_folder(tmp_path_factory, students):
    root = tmp_path_factory.mktemp("out")
    students = [s for s in students if not any("\ud800" <= c <= "\udfff" for c in s)]
    given = names(root, *students)
    keys = {unicodedata.normalize("NFKC", name).casefold() for name in given}
    assert len(keys) == len(students)
    assert not any(set(name) & set('/\\:*?"<>|') for name in given)


def test_a_student_keeps_the_folder_whoever_else_comes(tmp_path):
    alike = ["s001", "S001", "José", "josé", "a/b", "A/B"]
    for order in itertools.islice(itertools.permutations(alike), 0, None, 97):
        root = tmp_path / "".join(str(alike.index(s)) for s in order)
        first = dict(zip(order[:3], names(root, *order[:3]), strict=True))
        for name in first.values():
            (root / name).mkdir()
        again = dict(zip(alike, names(root, *alike), strict=True))
        assert {s: again[s] for s in first} == first
        assert len(set(again.values())) == len(alike)


def test_what_is_written_is_read(tmp_path):
    with Store(tmp_path / "out") as store:
        assert store.read("ada") is None
        store.write("ada", documents(result("ada")))
        assert store.read("ada") == result("ada")
        assert store.has("ada")
        assert not store.lacks_feedback("ada")
        assert store.others(["bob"]) == ["ada"]
        assert store.others(["ada"]) == []
        (tmp_path / "out/ada/feedback.md").write_text("")
        assert store.lacks_feedback("ada")


def test_students_do_not_get_the_seed(tmp_path):
    files = documents(result("ada"))
    assert "987654321" in files["result.json"]
    assert "987654321" not in files["feedback.md"] + files["feedback.html"]


def test_one_batch_at_a_time(tmp_path):
    other = (
        "import sys; from pathlib import Path; from autograder.store import Store\n"
        "with Store(Path(sys.argv[1])): print('in', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", other, str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"in\n"
        with pytest.raises(UsageError, match="another batch is writing"), Store(tmp_path):
            pass
        process.kill()
    with Store(tmp_path):
        pass


def test_a_folder_with_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(UsageError, match="is not empty"), Store(tmp_path):
        pass
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]


def test_decisions_may_be_there_before(tmp_path):
    (tmp_path / "overrides.csv").touch()
    with Store(tmp_path):
        pass


def test_a_lost_seed_is_told(tmp_path):
    with Store(tmp_path) as store:
        store.remember(Memory(seed=1, kit=KIT))
    (tmp_path / "batch.json").write_text("{")
    with pytest.raises(UsageError, match="the seed is lost"), Store(tmp_path):
        pass


def test_a_cut_line_of_the_log_is_ended(tmp_path):
    with Store(tmp_path) as store:
        store.log("one", student="a\nb")
    log = tmp_path / "log.jsonl"
    log.write_text(log.read_text() + '{"cut')
    with Store(tmp_path) as store:
        store.log("two")
    first, cut, last = log.read_text().splitlines()
    assert (json.loads(first)["student"], cut, json.loads(last)["event"]) == (
        "a\nb",
        '{"cut',
        "two",
    )
