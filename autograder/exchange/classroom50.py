"""What Classroom 50 takes as the result of a submission: ``result.json`` and a release's text.

By its schema ``classroom50/result/v1`` and by what its runner and its collection of scores
check (``schemas/result-v1.schema.json``, ``runner.py`` and ``collect_scores.py`` of
foundation50/classroom50). Scores there are whole numbers, so they are in hundredths of a point:

- Each exercise is one of its tests, worth its points; one that was deferred altogether is none.
- Fractions of a hundredth are cut off, never rounded up: nobody gets more than was earned. A
  test passes if, and only if, the exercise has full marks, and an exercise without full marks
  is at least one hundredth below its worth.
- The score is the sum of the tests. Where late days or a person changed the total, it is the
  final score instead, cut off in the same way, and at most the sum that there is.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.exchange.roster import Entry
from autograder.report.inert import plain
from autograder.report.markdown import to_markdown
from autograder.report.view import view
from autograder.result import ExerciseResult, Result

__all__ = [
    "RESULT",
    "Identity",
    "classroom50_files",
    "release_body",
    "result_json",
    "status_and_summary",
]

RESULT = "result.json"
_SCHEMA = "classroom50/result/v1"
_RIGHT = {
    "assignment_type": "individual|group",
    "submission": r"submit/[\w.:+-]+",
    "datetime": "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z",
}
_UNITS = 100  # of a point
_FULL = 1e-6  # documents round to this
# GitHub takes 125,000 characters for a release.
_LONGEST = 120_000


@dataclass(frozen=True)
class Identity:
    """Whose submission it is, and where its pages are, as Classroom 50 names them.

    Attributes
    ----------
    submission
        The tag, ``submit/...``.
    commit, release, review
        Addresses.
    datetime
        When it was handed in: ``2026-06-01T14:32:01Z``.
    """

    classroom: str
    assignment: str
    assignment_type: str
    owner: str
    submission: str
    commit: str
    release: str
    review: str
    datetime: str

    @classmethod
    def of(cls, document: Any) -> Identity | None:
        """That of a ``result.json`` of Classroom 50's own; None if it is none."""
        if not isinstance(document, dict) or document.get("schema") != _SCHEMA:
            return None
        said = {name: document.get(name) for name in cls.__dataclass_fields__}
        if not all(isinstance(value, str) and value for value in said.values()):
            return None
        # Where Classroom 50 made none, a student may have put one into the repository.
        if not all(re.fullmatch(right, str(said[name])) for name, right in _RIGHT.items()):
            return None
        return cls(**{name: str(value) for name, value in said.items()})


def classroom50_files(entries: Sequence[Entry], out: Path) -> tuple[dict[str, str], list[str]]:
    """One file for each student who has a grade, in the place of Classroom 50's own.

    Parameters
    ----------
    out
        What ``gh teacher download`` made: a folder for each student, with a ``result.json``
        that says which submission is meant. Nothing here could make that up.

    Returns
    -------
    files
        By relative path: ``STUDENT/result.json``.
    remarks
        Who is left out, and why.
    """
    files, unknown, capped = {}, [], []
    for entry in entries:
        if entry.result is None or entry.grade is None:
            continue  # told for every export alike
        identity = _identity(out / entry.student / RESULT)
        if identity is None:
            unknown.append(entry.name)
            continue
        files[f"{entry.student}/{RESULT}"] = result_json(entry.result, identity)
        if entry.grade > entry.result.max_score + _FULL:
            capped.append(entry.name)
    said = {
        f"left out, {out} has no STUDENT/{RESULT} of Classroom 50's that says which submission it "
        "is; let `gh teacher download` make that folder, and grade what is in it": unknown,
        "more points than there are, of which Classroom 50 takes no more than all": capped,
    }
    return files, [f"{what}: {', '.join(who)}" for what, who in said.items() if who]


def _identity(path: Path) -> Identity | None:
    try:
        # A link could be a student's, and lead anywhere.
        text = None if path.is_symlink() else path.read_text(encoding="utf-8")
        return None if text is None else Identity.of(json.loads(text))
    except (OSError, ValueError, RecursionError):
        return None


def result_json(result: Result, identity: Identity) -> str:
    """Write a document that has a score."""
    assert result.final_score is not None
    tests = _tests(result)
    most = sum(test["max-score"] for test in tests)
    score = sum(test["score"] for test in tests)
    if result.adjustments:
        score = min(_units(result.final_score), most)
    document = {
        "schema": _SCHEMA,
        "classroom": identity.classroom,
        "assignment": identity.assignment,
        "assignment_type": identity.assignment_type,
        "owner": identity.owner,
        "submission": identity.submission,
        "commit": identity.commit,
        "release": identity.release,
        "review": identity.review,
        "datetime": identity.datetime,
        "graded_at": result.graded_at,
        "score": score,
        "max-score": most,
        "tests": tests,
    }
    return json.dumps(document, indent=2) + "\n"


def release_body(result: Result) -> str:
    """The report for the page of the release, short enough for GitHub."""
    shown = result.model_copy(update={"seed": None})
    text = to_markdown(shown)
    if len(text) > _LONGEST:
        bare = [e.model_copy(update={"tests": []}) for e in shown.exercises]
        text = to_markdown(shown.model_copy(update={"exercises": bare}))
    return text


def status_and_summary(result: Result) -> tuple[str, str]:
    """What the commit's status says: ``success`` for full marks, and the points as they are."""
    report = view(result)
    passed = all(test["passed"] for test in _tests(result))
    return "success" if passed else "failure", "; ".join(
        part for part in (f"{report.total} points", report.deferred) if part
    )


def _tests(result: Result) -> list[dict[str, Any]]:
    return [_test(e) for e in result.exercises if e.max_score > 0 or not e.deferred_score]


def _test(exercise: ExerciseResult) -> dict[str, Any]:
    most = _units(exercise.max_score)
    earned = exercise.score or 0.0
    passed = earned >= exercise.max_score - _FULL
    score = most if passed else max(0, min(_units(earned), most - 1))
    return {
        "test-name": plain(exercise.name) or "unnamed",
        "passed": passed,
        "score": score,
        "max-score": most,
    }


def _units(points: float) -> int:
    """In whole units, without what is less than one."""
    return math.floor(points * _UNITS + _FULL * _UNITS)
