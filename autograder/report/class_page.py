"""The results of a class as plain figures and harmless words.

``Tally`` takes one document after another and keeps figures only, so that a class of any
size fits into memory; ``Tally.view`` is what the page says. Every string in it has been
through ``plain``.
"""

from __future__ import annotations

import os
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from autograder.report.inert import plain
from autograder.report.items import Answer, Item, analyse
from autograder.report.plots import Histogram, histogram, share_bins
from autograder.report.view import STATUSES, alarm, points
from autograder.result import ExerciseResult, Result, Status, TestResult

__all__ = [
    "Cell",
    "ClassReport",
    "Exercise",
    "Figure",
    "Finding",
    "Link",
    "Mistake",
    "Row",
    "Tally",
    "Test",
    "Usage",
    "student_page",
]

_LIMIT = 400
"""Characters of a text on this page, which the student's own page has in full."""

_SHOWN = 200
"""Findings; a class of hostile submissions could have thousands."""

_STRIP = 10

_NOTES = {
    "everybody": "Everybody passes it: it tells nobody from anybody.",
    "nobody": "Nobody earns anything here: is it the class, or the test?",
    "against": (
        "It goes against the rest: those who are good elsewhere fail it more often. "
        "Read this test first; it may be wrong."
    ),
    "apart": (
        "It does not go with the rest: who passes it is no better elsewhere. It asks for "
        "something else than the rest does, or hangs on luck."
    ),
}
_ORDER = ("against", "nobody", "apart", "everybody")


def student_page(folder: str) -> str:
    """Return the address of a student's page, seen from the class's."""
    return f"{quote(os.fsencode(folder), safe='')}/feedback.html"


@dataclass(frozen=True)
class Figure:
    """A figure of the summary, what it is, and a word on it."""

    value: str
    name: str
    note: str = ""


@dataclass(frozen=True)
class Link:
    """A student: the name, and the address of the page."""

    name: str
    page: str


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    Attributes
    ----------
    mean
        Mean share of its points; None when nobody was graded in it.
    full, none, missing
        Students with all points, with no point, and those of them who handed in nothing.
    strip
        How many students are in each tenth of the points.
    """

    name: str
    points: str
    mean: float | None
    full: int
    none: int
    missing: int
    deferred: int
    strip: tuple[int, ...]


@dataclass(frozen=True)
class Mistake:
    """A known mistake, and how many made it."""

    exercise: str
    title: str
    count: int
    share: float
    students: tuple[Link, ...]


@dataclass(frozen=True)
class Test:
    """One hidden test.

    Attributes
    ----------
    ends
        How it ended for those who did not pass: ``12 not passed``.
    note
        What to think of it, in words; may be empty.
    """

    __test__ = False  # not one of pytest's

    exercise: str
    title: str
    points: str
    item: Item
    ends: str
    note: str


@dataclass(frozen=True)
class Usage:
    """Seconds and MB of an exercise, or of the whole; empty where nothing was measured."""

    name: str
    median: str
    most: str
    longest: str
    who: Link | None
    memory_median: str
    memory_most: str


@dataclass(frozen=True)
class Finding:
    """Something that a person should look at, and whom it is about.

    Attributes
    ----------
    kind
        A severity, or ``forbidden`` where a rule of the exercise was broken.
    where
        Names of the exercises; may be empty.
    """

    kind: str
    where: str
    text: str
    students: tuple[Link, ...]


@dataclass(frozen=True)
class Cell:
    """A student's points in an exercise; `level` is from 0 to 5, None without any."""

    text: str
    level: int | None


@dataclass(frozen=True)
class Row:
    """A student in the table."""

    link: Link
    score: str
    percent: str
    cells: tuple[Cell, ...]
    deferred: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class ClassReport:
    """All that the class's page says.

    Attributes
    ----------
    graded
        When, from the first to the last.
    warnings
        What makes the figures compare badly; mostly empty.
    most
        What 100 % is; empty where it differs between students.
    memory, deferred
        Whether there is any.
    look
        The tests with a note, the gravest first.
    tests
        All tests, by exercise.
    findings, remarks, more_findings
        What to look at, what is good to know, and how many of both are not shown.
    """

    title: str
    graded: str
    warnings: tuple[str, ...]
    figures: tuple[Figure, ...]
    most: str
    scores: Histogram | None
    exercises: tuple[Exercise, ...]
    mistakes: tuple[Mistake, ...]
    diagnosed: int
    look: tuple[Test, ...]
    tests: tuple[tuple[str, tuple[Test, ...]], ...]
    findings: tuple[Finding, ...]
    remarks: tuple[Finding, ...]
    more_findings: int
    usage: tuple[Usage, ...]
    memory: bool
    deferred: bool
    rows: tuple[Row, ...]


# ------------------------------------------------------------------ counting


@dataclass
class _Student:
    link: Link
    cells: dict[str, Cell]
    notes: tuple[str, ...]
    score: float | None
    percent: float | None
    earned: float
    most: float
    seconds: float
    memory: float | None
    status: str
    deferred: float


@dataclass
class _Answer:
    student: int
    score: float
    most: float


@dataclass
class _Test:
    title: str
    points: float
    answers: list[_Answer] = field(default_factory=list)
    ends: Counter[Status] = field(default_factory=Counter)


@dataclass
class _Exercise:
    points: float
    shares: list[float] = field(default_factory=list)
    missing: int = 0
    deferred: int = 0
    seconds: list[tuple[float, int]] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    tests: dict[str, _Test] = field(default_factory=dict)


@dataclass
class _Group:
    """Students with the same mistake, or the same finding."""

    title: str = ""
    exercises: dict[str, None] = field(default_factory=dict)
    students: dict[int, None] = field(default_factory=dict)


class Tally:
    """The figures of a class, student by student."""

    def __init__(self) -> None:
        self._students: list[_Student] = []
        self._exercises: dict[str, _Exercise] = {}
        self._mistakes: dict[tuple[str, str], _Group] = {}
        self._findings: dict[tuple[str, str], _Group] = {}
        self._kits: Counter[tuple[str, str, str]] = Counter()
        self._when: list[str] = []

    def add(self, folder: str, result: Result) -> None:
        """Count the document of one student.

        Parameters
        ----------
        folder
            The student's folder, which is also what the student is called.
        """
        number = len(self._students)
        kit = result.kit
        self._kits[plain(kit.name), plain(kit.version), plain(kit.sha256)] += 1
        self._when.append(plain(result.graded_at, limit=40))
        link = Link(plain(folder, limit=200) or "?", student_page(folder))
        for exercise in result.exercises:
            self._add_exercise(number, exercise)
        self._add_findings(number, result)
        graded = [t for e in result.exercises for t in e.tests if _is_graded(t)]
        memory = [m for e in result.exercises if (m := _memory(e)) is not None]
        # Where all is deferred, nothing is out of anything.
        percent = result.percent if result.max_score else None
        self._students.append(
            _Student(
                link=link,
                cells={plain(e.name, limit=100): _cell(e) for e in result.exercises},
                notes=tuple(_notes(result)),
                score=result.final_score,
                percent=percent,
                earned=sum(t.score or 0.0 for t in graded),
                most=sum(t.max_score for t in graded),
                seconds=sum(t.duration_s for e in result.exercises for t in e.tests),
                memory=max(memory, default=None),
                status=result.status,
                deferred=result.deferred_score,
            )
        )

    def _add_exercise(self, number: int, exercise: ExerciseResult) -> None:
        name = plain(exercise.name, limit=100)
        worth = exercise.max_score + exercise.deferred_score
        known = self._exercises.setdefault(name, _Exercise(worth))
        known.points = max(known.points, worth)
        known.deferred += exercise.deferred_score > 0
        if exercise.score is not None and exercise.max_score:
            known.shares.append(exercise.score / exercise.max_score)
        statuses = {t.status for t in exercise.tests} - {"deferred"}
        known.missing += statuses == {"missing"}
        if statuses - {"missing"}:
            known.seconds.append((sum(t.duration_s for t in exercise.tests), number))
        if (memory := _memory(exercise)) is not None:
            known.memory.append(memory)
        for test in exercise.tests:
            told = known.tests.setdefault(
                test.id, _Test(plain(test.title, limit=_LIMIT), test.max_score)
            )
            if test.status != "passed":
                told.ends[test.status] += 1
            # Nobody knows how those would have fared who handed in nothing.
            if _is_graded(test) and test.status != "missing" and test.score is not None:
                told.answers.append(_Answer(number, test.score, test.max_score))
        for named in exercise.diagnosis:
            group = self._mistakes.setdefault((name, plain(named.mistake, limit=100)), _Group())
            group.title = plain(named.title, limit=_LIMIT)
            group.students[number] = None

    def _add_findings(self, number: int, result: Result) -> None:
        for kind, exercise, text in _worth_a_look(result):
            group = self._findings.setdefault((kind, text), _Group())
            group.students[number] = None
            if exercise:
                group.exercises[exercise] = None

    # -------------------------------------------------------------- the page

    def view(self) -> ClassReport:
        """Say all of it; there must be a student."""
        students = self._students
        percents = [s.percent for s in students if s.percent is not None]
        tests = {
            name: tuple(self._test(name, test) for test in exercise.tests.values())
            for name, exercise in self._exercises.items()
        }
        look = [t for group in tests.values() for t in group if t.note]
        findings = sorted(
            self._findings.items(),
            key=lambda found: (_KINDS.index(found[0][0]), -len(found[1].students)),
        )
        shown = [
            Finding(kind, ", ".join(group.exercises), text, self._links(group.students))
            for (kind, text), group in findings[:_SHOWN]
        ]
        middle = statistics.median(percents) if percents else 0.0
        diagnosed = {n for group in self._mistakes.values() for n in group.students}
        (name, version, _), _ = self._kits.most_common(1)[0]
        return ClassReport(
            title=f"{name} {version}",
            graded=_span(self._when),
            warnings=tuple(self._warnings()),
            figures=tuple(self._figures(percents)),
            most=self._most(),
            scores=histogram(percents, middle) if percents else None,
            exercises=tuple(_exercise(n, e) for n, e in self._exercises.items()),
            mistakes=tuple(
                self._mistake(exercise, group)
                for (exercise, _), group in sorted(
                    self._mistakes.items(), key=lambda found: -len(found[1].students)
                )
            ),
            diagnosed=len(diagnosed),
            look=tuple(sorted(look, key=lambda test: _ORDER.index(test.item.verdict))),
            tests=tuple(tests.items()),
            findings=tuple(f for f in shown if f.kind != "info"),
            remarks=tuple(f for f in shown if f.kind == "info"),
            more_findings=max(0, len(findings) - _SHOWN),
            usage=tuple(self._usage()),
            memory=any(e.memory for e in self._exercises.values()),
            deferred=any(s.deferred for s in students),
            rows=tuple(self._rows()),
        )

    def _links(self, numbers: Iterable[int]) -> tuple[Link, ...]:
        links = [self._students[n].link for n in numbers]
        return tuple(sorted(links, key=lambda link: link.name.casefold()))

    def _warnings(self) -> Iterator[str]:
        if len(self._kits) > 1:
            yield (
                f"Graded with {len(self._kits)} different kits: scores may not compare. "
                "Run the batch again with --regrade."
            )

    def _most(self) -> str:
        """Points that 100 % are, if they are the same for all."""
        mosts = {points(s.most) for s in self._students}
        return mosts.pop() if len(mosts) == 1 else ""

    def _figures(self, percents: Sequence[float]) -> Iterator[Figure]:
        students = self._students
        yield Figure(f"{len(students):,}", "submissions")
        if percents:
            yield Figure(_percent(statistics.median(percents)), "median score")
        if len(percents) >= 4:
            low, _, high = statistics.quantiles(percents, n=4, method="inclusive")
            yield Figure(f"{low:.0f} to {high:.0f} %", "the middle half")
        if percents:
            yield Figure(f"{sum(p >= 99.9999 for p in percents):,}", "with full marks")
            yield Figure(f"{sum(p <= 0 for p in percents):,}", "with nothing")
        if broken := sum(s.score is None for s in students):
            yield Figure(f"{broken:,}", "without a score", "the grader failed")
        if rejected := sum(s.status == "rejected" for s in students):
            yield Figure(f"{rejected:,}", "could not be read")
        if waiting := sum(s.deferred > 0 for s in students):
            yield Figure(f"{waiting:,}", "wait for a GPU", "in part")

    def _test(self, exercise: str, test: _Test) -> Test:
        answers = []
        for answer in test.answers:
            student = self._students[answer.student]
            most = student.most - answer.most
            rest = (student.earned - answer.score) / most if most > 1e-9 else None
            answers.append(Answer(answer.score / answer.most, rest))
        item = analyse(answers)
        ends = [f"{n:,} {STATUSES[s].words.lower()}" for s, n in test.ends.most_common()]
        note = _NOTES.get(item.verdict, "") if item.asked >= _FEWEST else ""
        return Test(exercise, test.title, points(test.points), item, ", ".join(ends), note)

    def _mistake(self, exercise: str, group: _Group) -> Mistake:
        count = len(group.students)
        students = self._links(group.students)
        share = count / len(self._students)
        return Mistake(exercise, group.title, count, share, students)

    def _usage(self) -> Iterator[Usage]:
        for name, exercise in self._exercises.items():
            if exercise.seconds:
                yield self._used(name, exercise.seconds, exercise.memory)
        totals = [(s.seconds, n) for n, s in enumerate(self._students) if s.most]
        if totals:
            memory = [s.memory for s in self._students if s.memory is not None]
            yield self._used("All exercises", totals, memory)

    def _used(
        self, name: str, seconds: Sequence[tuple[float, int]], memory: Sequence[float]
    ) -> Usage:
        times = sorted(s for s, _ in seconds)
        longest, who = max(seconds)
        return Usage(
            name=name,
            median=_seconds(statistics.median(times)),
            most=_seconds(times[min(len(times) - 1, int(0.95 * len(times)))]),
            longest=_seconds(longest),
            who=self._students[who].link,
            memory_median=f"{statistics.median(memory):,.0f}" if memory else "",
            memory_most=f"{max(memory):,.0f}" if memory else "",
        )

    def _rows(self) -> Iterator[Row]:
        for student in sorted(self._students, key=lambda s: s.link.name.casefold()):
            yield Row(
                link=student.link,
                score="" if student.score is None else f"{student.score:.1f}",
                percent="" if student.percent is None else f"{student.percent:.0f}",
                deferred=f"{student.deferred:.1f}" if student.deferred else "",
                cells=tuple(student.cells.get(name, Cell("", None)) for name in self._exercises),
                notes=student.notes,
            )


_FEWEST = 5
"""Of students; what everybody of four passes says nothing about a test."""

_KINDS = ("error", "warning", "forbidden", "info")


def _is_graded(test: TestResult) -> bool:
    return test.score is not None and test.status != "deferred" and test.max_score > 0


def _memory(exercise: ExerciseResult) -> float | None:
    value: Any = exercise.measurements.get("peak_memory_mb")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < 1e9 else None


def _exercise(name: str, exercise: _Exercise) -> Exercise:
    shares = exercise.shares
    return Exercise(
        name=name,
        points=points(exercise.points),
        mean=statistics.fmean(shares) if shares else None,
        full=sum(s >= 1 - 1e-6 for s in shares),
        none=sum(s <= 0 for s in shares),
        missing=exercise.missing,
        deferred=exercise.deferred,
        strip=share_bins(shares, _STRIP),
    )


def _cell(exercise: ExerciseResult) -> Cell:
    if exercise.score is None or not exercise.max_score:
        return Cell("", None)
    share = min(1.0, max(0.0, exercise.score / exercise.max_score))
    return Cell(f"{exercise.score:.1f}", int(share * 5 + 1e-9))


def _notes(result: Result) -> Iterator[str]:
    if result.status == "rejected":
        yield "could not be read"
    if result.final_score is None:
        yield "no score: the grader failed"
    for adjustment in result.adjustments:
        sign = "+" if adjustment.points > 0 else ""
        yield f"{sign}{points(adjustment.points)} {plain(adjustment.reason, limit=80)}"
    if count := sum(kind != "info" for kind, _, _ in _worth_a_look(result)):
        yield f"{count} to look at"


def _worth_a_look(result: Result) -> Iterator[tuple[str, str, str]]:
    """Findings, and what tests show that a person should see; each once for a student."""
    found: dict[tuple[str, str, str], None] = {}
    if missing := alarm(result.confinement):
        found["error", "", missing] = None
    if result.status == "rejected":
        found["warning", "", "Nothing in the submission could be read."] = None
    for finding in result.findings:
        where = plain(finding.exercise or "", limit=100)
        found[finding.severity, where, plain(finding.text, limit=_LIMIT)] = None
    for exercise in result.exercises:
        name = plain(exercise.name, limit=100)
        for test in exercise.tests:
            if test.status == "forbidden":
                what = plain(test.feedback, limit=_LIMIT) or "Broke a rule of the exercise."
                found["forbidden", name, what] = None
    return iter(found)


def _span(when: Sequence[str]) -> str:
    """From the first to the last, by the minute."""
    ends = (min(when), max(when))
    first, last = (re.sub(r"(.{10})T(\d\d:\d\d):\d\dZ", r"\1 \2", end) for end in ends)
    if last[:11] == first[:11]:
        last = last[11:]
    return f"{first} to {last} UTC" if last and last != first[11:] else f"{first} UTC"


def _percent(value: float) -> str:
    return f"{value:.0f} %"


def _seconds(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"
