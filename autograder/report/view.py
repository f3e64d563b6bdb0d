"""A result document in the words that every report uses.

Nothing gets past ``view`` but text that went through ``plain``, so renderers have no
string of the document in their hands that could do harm as characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from autograder.report.inert import plain
from autograder.report.speed import Speed, speed
from autograder.result import (
    Confinement,
    Environment,
    ExerciseResult,
    Result,
    Status,
    TestResult,
)

__all__ = [
    "STATUSES",
    "Exercise",
    "Finding",
    "Outcome",
    "Report",
    "StatusWords",
    "alarm",
    "points",
    "view",
]

Tone = Literal["good", "bad", "open"]


@dataclass(frozen=True)
class StatusWords:
    """How reports name the status of a test.

    Attributes
    ----------
    label
        One word, for narrow columns.
    words
        The same in plain words.
    tone
        What colour it may have: earned, lost, or neither of the two.
    helped
        Whether a hint about the method is of any use.
    """

    label: str
    words: str
    tone: Tone
    helped: bool


STATUSES: Mapping[Status, StatusWords] = {
    "passed": StatusWords("pass", "Passed", "good", helped=False),
    "failed": StatusWords("FAIL", "Not passed", "bad", helped=True),
    "error": StatusWords("ERROR", "Raised an error", "bad", helped=True),
    "timeout": StatusWords("TIME", "Out of time", "bad", helped=True),
    "out_of_memory": StatusWords("MEMORY", "Out of memory", "bad", helped=True),
    "crashed": StatusWords("CRASH", "Crashed", "bad", helped=True),
    "forbidden": StatusWords("FORBIDDEN", "Broke a rule", "bad", helped=True),
    "missing": StatusWords("MISSING", "Missing", "bad", helped=False),
    "deferred": StatusWords("deferred", "Not graded yet", "open", helped=False),
    "grader_error": StatusWords("GRADER", "The grader failed", "open", helped=False),
}

_PARTLY = StatusWords("PART", "In part", "open", helped=True)
"""Of tests that failed and earned something all the same, as one that is not fast enough."""

_VERDICTS: Mapping[str, str] = {
    "graded": "",
    "rejected": "Nothing in this submission could be read, so nothing was graded.",
    "grader_error": (
        "No score: the grader itself failed, not the submission. Ask your instructor; "
        "this is never a zero."
    ),
}


@dataclass(frozen=True)
class Outcome:
    """One test, or several of an exercise that ended alike and got the same feedback.

    Attributes
    ----------
    titles
        Titles of the tests.
    feedback
        Said once for all of them; may have several lines.
    hint
        Of a test that stands alone; may be empty.
    """

    status: StatusWords
    titles: tuple[str, ...]
    points: str
    feedback: str
    hint: str

    @property
    def heading(self) -> str:
        return self.titles[0] if len(self.titles) == 1 else f"{len(self.titles)} tests"

    @property
    def is_quiet(self) -> bool:
        """Whether it is a pass that there is nothing to say about."""
        return self.status.tone == "good" and not self.feedback


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    Attributes
    ----------
    share
        Earned part of what was graded here, 0 to 1; None where there is none.
    diagnosis
        Sentences that name the mistake.
    measurements
        Names with single figures. Series are left to pages that draw them.
    speed
        What a card measured; None where none did.
    nickname
        By which it stands in the class's ranking; empty if it does not.
    """

    name: str
    points: str
    share: float | None
    outcomes: tuple[Outcome, ...]
    diagnosis: tuple[str, ...]
    measurements: tuple[str, ...]
    speed: Speed | None
    nickname: str


@dataclass(frozen=True)
class Finding:
    """A finding; `where` says which exercise it is about, if any."""

    severity: Literal["info", "warning", "error"]
    where: str
    text: str


@dataclass(frozen=True)
class Report:
    """All that a report says.

    Attributes
    ----------
    verdict
        Why there is no grading as usual; empty when there is.
    total
        The final score, or that there is none.
    share
        As in ``Exercise``.
    earned
        The score before adjustments; empty when there are none.
    adjustments
        Points with their sign, and reasons.
    deferred
        What the total leaves out; empty when it is complete.
    alarm
        What was missing in the confinement of student code; empty when it was whole.
    facts
        The fine print: names and values.
    """

    submission: str
    verdict: str
    total: str
    share: float | None
    earned: str
    adjustments: tuple[tuple[str, str], ...]
    deferred: str
    alarm: str
    exercises: tuple[Exercise, ...]
    findings: tuple[Finding, ...]
    facts: tuple[tuple[str, str], ...]


def view(result: Result) -> Report:
    """Put a result document into words."""
    final, most = result.final_score, result.max_score
    return Report(
        submission=plain(result.submission.id),
        verdict=_VERDICTS[result.status],
        total="no score" if final is None else f"{points(final)} / {points(most)}",
        share=_share(final, most),
        earned=f"{points(result.score)} from the exercises"
        if result.adjustments and result.score is not None
        else "",
        adjustments=tuple(
            (("+" if a.points > 0 else "") + points(a.points), plain(a.reason))
            for a in result.adjustments
        ),
        deferred=f"{points(result.deferred_score)} more are deferred: "
        "they wait for PyTorch or a GPU"
        if result.deferred_score
        else "",
        alarm=alarm(result.confinement),
        exercises=tuple(_exercise(exercise) for exercise in result.exercises),
        findings=tuple(
            Finding(f.severity, plain(f.exercise or ""), plain(f.text)) for f in result.findings
        ),
        facts=tuple((name, plain(value)) for name, value in _facts(result)),
    )


def points(value: float) -> str:
    """Write points with three decimals at most and no trailing zeros."""
    digits = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if digits == "-0" else digits


def _points_of(score: float | None, most: float, deferred: float = 0.0) -> str:
    parts = []
    if most or not deferred:
        parts.append(f"{'-' if score is None else points(score)} / {points(most)}")
    if deferred:
        parts.append(f"{points(deferred)} deferred")
    return ", ".join(parts)


def _share(score: float | None, most: float) -> float | None:
    return None if score is None or not most else min(1.0, max(0.0, score / most))


def _exercise(exercise: ExerciseResult) -> Exercise:
    return Exercise(
        name=plain(exercise.name),
        points=_points_of(exercise.score, exercise.max_score, exercise.deferred_score),
        share=_share(exercise.score, exercise.max_score),
        outcomes=tuple(_outcome(tests) for tests in _alike(exercise.tests)),
        diagnosis=tuple(
            f"{plain(d.title).rstrip('.')}. {plain(d.text)}".rstrip() for d in exercise.diagnosis
        ),
        measurements=tuple(_measurements(exercise.measurements)),
        speed=speed(exercise.measurements),
        nickname=plain(exercise.nickname or "", limit=100),
    )


def _alike(tests: Iterable[TestResult]) -> Iterable[Sequence[TestResult]]:
    """Group tests with the same status and feedback, each group where its first one is."""
    groups: dict[tuple[str, str], list[TestResult]] = {}
    for index, test in enumerate(tests):
        # Without feedback there is nothing to save by telling it once.
        key = (test.status, test.feedback) if test.feedback else ("", str(index))
        groups.setdefault(key, []).append(test)
    return groups.values()


def _outcome(tests: Sequence[TestResult]) -> Outcome:
    status = STATUSES[tests[0].status]
    most = sum(test.max_score for test in tests)
    if tests[0].status == "deferred":
        worth = f"{points(most)} deferred"
    else:
        scores = [test.score for test in tests if test.score is not None]
        worth = _points_of(sum(scores) if len(scores) == len(tests) else None, most)
        if tests[0].status == "failed" and all(scores):
            status = _PARTLY
    return Outcome(
        status=status,
        titles=tuple(plain(test.title) for test in tests),
        points=worth,
        feedback=plain(tests[0].feedback, lines=True),
        # What several tests met alike has one cause, which none of their hints is about.
        hint=plain(tests[0].hint) if status.helped and len(tests) == 1 else "",
    )


_LITTLE_MB = 10
"""Of memory: what NumPy takes in passing says nothing about a solution."""


def _measurements(measurements: Mapping[str, Any]) -> Iterable[str]:
    for name, value in measurements.items():
        if name == "peak_memory_mb":
            if isinstance(value, int | float) and value >= _LITTLE_MB:
                yield f"peak memory {value:.4g} MB"
            continue
        if isinstance(value, bool):
            figure = "yes" if value else "no"
        elif isinstance(value, float):
            figure = f"{value:.4g}"
        elif isinstance(value, int | str):
            figure = str(value)
        else:
            continue
        yield plain(f"{name.replace('_', ' ')} {figure}", limit=200)


def alarm(confinement: Confinement) -> str:
    """Say what was missing in the confinement of student code; nothing when it was whole."""
    missing = []
    closed = confinement.landlock is not None or "mount" in confinement.namespaces
    # Another user counts as well; where that one could read too much, a finding says so.
    if not closed and confinement.user != "nobody":
        missing.append("neither Landlock nor a mount namespace")
    if not confinement.seccomp:
        missing.append("no seccomp")
    return f"Student code was not fully confined: {', '.join(missing)}." if missing else ""


def _facts(result: Result) -> Iterable[tuple[str, str]]:
    kit, submission = result.kit, result.submission
    yield "graded", f"{result.graded_at} by {kit.name} {kit.version} (kit {kit.sha256[:12]})"
    if submission.submitted_at is not None:
        yield "submitted", submission.submitted_at
    yield "files", f"{', '.join(submission.files) or 'none'} (sha256 {submission.sha256[:12]})"
    yield "with", ", ".join(_versions(result.environment))
    yield "confinement", ", ".join(_protections(result.confinement))
    if result.seed is not None:
        yield "seed", str(result.seed)


def _versions(environment: Environment) -> Iterable[str]:
    yield f"Python {environment.python}"
    yield f"NumPy {environment.numpy}"
    if environment.torch is not None:
        yield f"PyTorch {environment.torch}"
    if environment.triton is not None:
        yield f"Triton {environment.triton}"
    if environment.card is not None:
        yield environment.card


def _protections(confinement: Confinement) -> Iterable[str]:
    yield "no Landlock" if confinement.landlock is None else f"Landlock {confinement.landlock}"
    yield "seccomp" if confinement.seccomp else "no seccomp"
    if confinement.namespaces:
        yield f"namespaces ({' '.join(confinement.namespaces)})"
    else:
        yield "no namespaces"
    yield f"user {confinement.user}"
    if confinement.cgroup:
        yield "control group"
