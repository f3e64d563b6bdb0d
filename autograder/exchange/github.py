"""What is posted on GitHub for each student: a commit status, and a comment.

Nothing is sent from here. Each student's payload is a JSON document in a folder, which a person
can look at before ``python -m autograder.exchange.github_post`` sends it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from autograder.exchange.reporter import outcome, runner, runner_ids
from autograder.exchange.roster import Entry
from autograder.report.inert import plain
from autograder.report.markdown import to_markdown
from autograder.report.view import points
from autograder.result import ExerciseResult, Result

__all__ = ["CommitStatus", "Payload", "github_payloads", "is_payload", "is_repository"]

State = Literal["error", "failure", "pending", "success"]

_LONGEST = 65_000
"""Bytes of a comment; GitHub takes 65,536 characters."""

_TOO_LONG = "The report is too long for a comment, so what each test said is left out here."


_COMMIT = "[0-9a-f]{40,64}"
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/(?!\.{1,2}$)[A-Za-z0-9._-]+")


def is_repository(name: str) -> bool:
    """Whether it is OWNER/NAME, as GitHub lets them be called."""
    return _REPOSITORY.fullmatch(name) is not None


def _repository(name: str) -> str:
    if not is_repository(name):
        raise ValueError(f"{name} is not OWNER/NAME")
    return name


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CommitStatus(_Part):
    """Of the commit that was graded."""

    state: State
    context: str = Field(description="by which it is found again")
    description: str = Field(max_length=120)  # of 140, the rest tells reports apart


class Payload(_Part):
    """All that is posted for one student.

    Attributes
    ----------
    comment
        Markdown. Its first line is a mark that does not show, by which it is found again.
    runners, results
        What ``classroom-resources/autograding-grading-reporter`` reads: its input of that name,
        and for each name in it what belongs, in base64, into its variable.
    """

    format: Literal["onewalk/github/1"] = "onewalk/github/1"
    student: str
    repository: Annotated[str, AfterValidator(_repository)]
    commit: str = Field(pattern=f"^{_COMMIT}$")
    status: CommitStatus
    comment: str
    runners: str
    results: dict[str, dict[str, Any]]

    @property
    def mark(self) -> str:
        return self.comment.partition("\n")[0]


def is_payload(data: bytes) -> bool:
    """Whether a file is what an export wrote for a student."""
    try:
        Payload.model_validate_json(data)
    except ValidationError:
        return False
    return True


def github_payloads(entries: Sequence[Entry], kit: str) -> tuple[dict[str, str], list[str]]:
    """The documents by file name, and what a person should be told.

    Parameters
    ----------
    entries
        Of results, and a table with ``repository``, ``commit`` and ``submitted_at``: the one that
        ``github_collect`` writes.
    kit
        The assignment's name: it tells comments and statuses of several assignments apart.
    """
    documents = {}
    unknown, old = [], []
    for entry in entries:
        if entry.result is None or entry.person is None:
            continue  # told of every format
        person, result = entry.person, entry.result
        if not is_repository(person.repository) or not re.fullmatch(_COMMIT, person.commit):
            unknown.append(entry.name)
        elif (result.submission.submitted_at or "") != person.submitted_at:
            old.append(entry.name)
        else:
            payload = _payload(entry, result, kit)
            documents[f"{entry.student}.json"] = payload.model_dump_json(indent=2) + "\n"
    said = [
        (
            "no repository or commit is known, so nothing is posted; give the table that "
            "github_collect wrote as --roster",
            unknown,
        ),
        ("graded before what was collected last, so nothing is posted; run the batch again", old),
    ]
    return documents, [f"{what}: {', '.join(who)}" for what, who in said if who]


def _payload(entry: Entry, result: Result, kit: str) -> Payload:
    assert entry.person is not None
    state, description = _status(entry, result)
    name = plain(kit, limit=60)
    results = dict(_runners(result.exercises))
    return Payload(
        student=entry.student,
        repository=entry.person.repository,
        commit=entry.person.commit,
        status=CommitStatus(state=state, context=f"{name} (hidden tests)", description=description),
        comment=f"{_mark(name)}\n{_comment(result)}",
        runners=",".join(results),
        results=results,
    )


def _mark(kit: str) -> str:
    # No two hyphens in a row: they end an HTML comment.
    return f"<!-- autograder: {re.sub('[-<>]+', '-', kit)} -->"


def _status(entry: Entry, result: Result) -> tuple[State, str]:
    if result.final_score is None:
        return "error", "No score: the grader itself failed. This is never a zero."
    reached = f"{points(result.final_score)} of {points(result.max_score)} points"
    if entry.status == "deferred":
        return "pending", f"{reached} so far; {points(result.deferred_score)} more wait for a GPU"
    if result.status == "rejected":
        return "failure", f"{reached}: nothing in it could be read"
    is_full = result.final_score >= result.max_score - 1e-6
    return "success" if is_full else "failure", reached


def _comment(result: Result) -> str:
    shown = result.model_copy(update={"seed": None})
    text = to_markdown(shown)
    if len(text.encode()) <= _LONGEST:
        return text
    less: dict[str, object] = {"tests": [], "measurements": {}, "diagnosis": []}
    exercises = [e.model_copy(update=less) for e in shown.exercises]
    return to_markdown(shown.model_copy(update={"exercises": exercises})) + f"\n{_TOO_LONG}\n"


def _runners(exercises: Sequence[ExerciseResult]) -> Iterator[tuple[str, dict[str, Any]]]:
    """An exercise as one runner for what was earned, and one for what was lost.

    Its tests differ in weight and may earn a part, and so all sums of the reporter agree.
    """
    names = [f"{e.name}{part}" for e in exercises for part in ("", "lost")]
    ids = runner_ids(names)
    for exercise in exercises:
        graded = [t for t in exercise.tests if t.score is not None and t.status != "deferred"]
        earned = [(t.title, t.score) for t in graded if t.score]
        lost = [(t.title, left) for t in graded if (left := t.max_score - (t.score or 0.0)) > 1e-9]
        if earned:
            tests = [outcome(plain(title), "pass", score) for title, score in earned]
            yield ids[exercise.name], runner("pass", _sum(earned), tests)
        if lost:
            tests = [outcome(plain(title), "fail", 0) for title, _ in lost]
            yield ids[f"{exercise.name}lost"], runner("fail", _sum(lost), tests)


def _sum(worth: Sequence[tuple[str, float]]) -> float:
    return round(sum(points for _, points in worth), 6)
