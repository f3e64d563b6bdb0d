"""What is exported for GitHub: one payload a student, which says what the result says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.exchange.formats import Format
from autograder.exchange.github import Payload, github_payloads
from autograder.exchange.roster import Entry, Person
from autograder.exporting import export_class
from autograder.kit import Kit
from autograder.result import ExerciseResult, Result, TestResult
from tests.conftest import ROOT
from tests.report.samples import grader_error, sample

SHA = "0123456789abcdef0123456789abcdef01234567"
WHEN = "2026-11-20T22:59:00Z"


def entry(result: Result, student: str = "s001", **more: str) -> Entry:
    submission = result.submission.model_copy(update={"submitted_at": WHEN})
    about = {"repository": f"class/lab-{student}", "commit": SHA, "submitted_at": WHEN} | more
    result = result.model_copy(update={"submission": submission})
    return Entry(student, Person(student=student, **about), result)


def exported(result: Result) -> Payload:
    documents, said = github_payloads([entry(result)], "onewalk")
    assert not said
    return Payload.model_validate_json(documents["s001.json"])


def reporter_sums(results: dict[str, Any]) -> tuple[float, float, float]:
    """Points by the reporter's table, points by its notices, and the maximum."""
    table = notices = most = 0.0
    for runner in results.values():
        tests = runner["tests"]
        table += sum(t["status"] == "pass" for t in tests) / len(tests) * runner["max_score"]
        notices += sum(t["score"] for t in tests)
        most += runner["max_score"]
    return table, notices, most


def test_the_status_of_a_result():
    result = sample().model_copy(update={"deferred_score": 0.0})
    payload = exported(result)
    assert payload.status.state == "failure"
    assert payload.status.context == "onewalk (hidden tests)"
    assert payload.status.description == f"{result.final_score:g} of {result.max_score:g} points"
    assert (payload.repository, payload.commit) == ("class/lab-s001", SHA)


@pytest.mark.parametrize(
    ("change", "state", "words"),
    [
        ({"final_score": 100.0, "max_score": 100.0}, "success", "100 of 100 points"),
        ({"deferred_score": 30.0}, "pending", "30 more wait for a GPU"),
        ({"status": "rejected", "final_score": 0.0}, "failure", "nothing in it could be read"),
    ],
)
def test_other_states(change: dict[str, Any], state: str, words: str):
    result = sample().model_copy(update={"deferred_score": 0.0} | change)
    status = exported(result).status
    assert status.state == state
    assert words in status.description


def test_a_fault_of_the_graders_is_no_zero():
    status = exported(grader_error()).status
    assert status.state == "error"
    assert status.description.startswith("No score")


def test_the_comment_is_the_report_without_the_seed():
    result = sample().model_copy(update={"seed": 987_654_321})
    comment = exported(result).comment
    assert comment.startswith("<!-- autograder: onewalk -->\n## Submission")
    assert "987654321" not in comment
    assert "987" in result.to_json()


def test_the_reporters_sums_agree_with_the_score():
    result = sample()
    graded = [t for e in result.exercises for t in e.tests if t.status != "deferred"]
    table, notices, most = reporter_sums(exported(result).results)
    assert table == pytest.approx(sum(t.score or 0 for t in graded), abs=1e-5)
    assert notices == pytest.approx(table, abs=1e-5)
    assert most == pytest.approx(sum(t.max_score for t in graded), abs=1e-5)


def test_parts_of_tests_add_up_too():
    weights = [(0.7, 0.25), (0.2, 0.2), (0.1, 0.0), (3.0, 1.234)]
    tests = [
        TestResult(id=f"t::{n}", title=f"test {n}", status="failed", score=score, max_score=weight)
        for n, (weight, score) in enumerate(weights)
    ]
    exercise = ExerciseResult(name="stable", score=1.684, max_score=4.0, tests=tests)
    payload = exported(sample().model_copy(update={"exercises": [exercise]}))
    assert payload.runners == "stable,stablelost"
    assert reporter_sums(payload.results) == pytest.approx((1.684, 1.684, 4.0))


def test_a_report_too_long_for_a_comment_keeps_its_totals():
    result = sample()
    long = [
        TestResult(
            id=f"t::{n}",
            title=f"{n}",
            status="failed",
            score=0,
            max_score=1,
            feedback=f"ä{n}" * 900,
        )
        for n in range(60)
    ]
    exercises = [result.exercises[0].model_copy(update={"tests": long})]
    comment = exported(result.model_copy(update={"exercises": exercises})).comment
    assert len(comment.encode()) < 65_536
    assert "too long for a comment" in comment
    assert f"{result.final_score:g} / {result.max_score:g}" in comment


def test_a_kits_name_cannot_end_the_mark():
    documents, _ = github_payloads([entry(sample())], "a--> <b>--")
    mark = json.loads(documents["s001.json"])["comment"].partition("\n")[0]
    assert mark.startswith("<!-- autograder: ")
    assert mark.removeprefix("<!--").index("--") == len(mark) - len("<!--") - len("-->")


def said_of(entries: Sequence[Entry]) -> tuple[list[str], list[str]]:
    documents, said = github_payloads(entries, "onewalk")
    return sorted(documents), said


def test_nothing_is_posted_of_what_is_not_known():
    result = sample()
    entries = [
        entry(result, "good"),
        entry(result, "nowhere", repository=""),
        entry(result, "up", repository="class/.."),
        entry(result, "branch", commit="main"),
        entry(result, "older", submitted_at="2026-11-20T23:59:00Z"),
        Entry("stranger", None, result),
        Entry("absent", Person(student="absent"), None),
    ]
    documents, (unknown, old) = said_of(entries)
    assert documents == ["good.json"]
    assert unknown.endswith(": nowhere, up, branch")
    assert old.endswith("run the batch again: older")


def test_a_submission_of_no_known_time_is_posted_all_the_same():
    whole = entry(sample(), submitted_at="")
    assert whole.result is not None
    submission = whole.result.submission.model_copy(update={"submitted_at": None})
    result = whole.result.model_copy(update={"submission": submission})
    assert said_of([Entry("s001", whole.person, result)]) == (["s001.json"], [])


def test_the_command(tmp_path: Path):
    student = tmp_path / "results" / "Łukasz"
    student.mkdir(parents=True)
    result = entry(sample()).result
    assert result is not None
    (student / "result.json").write_text(result.to_json())
    roster = tmp_path / "submissions.csv"
    roster.write_text(
        "student,path,submitted_at,repository,commit\n"
        f"Łukasz,1,{WHEN},class/lab-1,{SHA}\nabsent,2,{WHEN},class/lab-2,{SHA}\n"
    )
    command = ["export", str(tmp_path / "results"), "--format", "github", "--kit", str(ROOT)]
    done = CliRunner().invoke(
        app, [*command, "--out", str(tmp_path / "out"), "--roster", str(roster)]
    )
    assert done.exit_code == 0, done.output
    assert "no submission, no grade: absent" in done.output
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["Łukasz.json"]
    roster.write_text("oops")
    done = CliRunner().invoke(app, [*command, "--out", str(roster)])
    assert done.exit_code == 2


def test_what_an_earlier_export_wrote_is_not_posted(tmp_path: Path):
    """The roster was wrong, or something newer has been collected since."""
    out, roster = tmp_path / "out", tmp_path / "submissions.csv"
    for student in ("moved", "newer", "same"):
        (tmp_path / "results" / student).mkdir(parents=True)
        result = entry(sample(), student).result
        assert result is not None
        (tmp_path / "results" / student / "result.json").write_text(result.to_json())

    def exported_with(**times: str) -> set[str]:
        rows = [f"{name},{when},class/lab-{name},{SHA}\n" for name, when in times.items()]
        roster.write_text("student,submitted_at,repository,commit\n" + "".join(rows))
        export_class(Kit.load(ROOT), tmp_path / "results", Format.github, out, roster)
        return {path.name for path in out.iterdir()}

    assert len(exported_with(moved=WHEN, newer=WHEN, same=WHEN)) == 3
    (out / "package.json").write_text("{}")  # not ours
    there = exported_with(newer="2026-11-21T00:00:00Z", same=WHEN)
    assert there == {"same.json", "package.json"}
