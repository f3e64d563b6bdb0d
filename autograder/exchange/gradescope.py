"""What Gradescope shows of one submission: ``results.json``.

By its specification (https://gradescope-autograders.readthedocs.io/en/latest/specs/). ``score``
counts, whatever the tests sum up to. A test without a score only informs: so are those that
wait for a GPU, which neither earn nor lose anything there. Names are plain text; outputs are
Markdown in which all text of the document stands in code. One test that is hidden from students
hides their total from them too, so all tests have one visibility.

There is no ``results.json`` without a score: Gradescope takes its absence for a fault of the
autograder, shows that, and has no zero to show.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Literal, get_args

from autograder.exchange.roster import Entry
from autograder.report.gfm import code, fenced, listed
from autograder.report.inert import plain
from autograder.report.speed import speed
from autograder.report.view import STATUSES, Report, view
from autograder.result import ExerciseResult, Result, TestResult

__all__ = ["VISIBILITIES", "Visibility", "gradescope_files", "results_json"]

Visibility = Literal["visible", "after_due_date", "after_published", "hidden"]
VISIBILITIES: tuple[Visibility, ...] = get_args(Visibility)


def gradescope_files(entries: Sequence[Entry]) -> dict[str, str]:
    """One ``STUDENT/results.json`` for each student who has a grade, by relative path."""
    return {
        f"{entry.student}/results.json": results_json(entry.result)
        for entry in entries
        if entry.result is not None and entry.grade is not None
    }


def results_json(
    result: Result, visibility: Visibility = "visible", seconds: float | None = None
) -> str:
    """Write a document that has a score.

    Parameters
    ----------
    result
        Its seed is not shown.
    visibility
        When students get to see the tests.
    seconds
        How long grading took.
    """
    assert result.final_score is not None
    exercises = list(enumerate(result.exercises, start=1))
    document: dict[str, Any] = {
        "score": result.final_score,
        "output": _output(view(result)),
        "output_format": "md",
        "test_output_format": "md",
        "test_name_format": "text",
        "visibility": visibility,
        # The instructor's: what is printed may hold the seed.
        "stdout_visibility": "hidden",
        "extra_data": {"onewalk": _kept(result)},
        "tests": [
            _test(test, exercise.name, f"{n}.{m}", visibility)
            for n, exercise in exercises
            for m, test in enumerate(exercise.tests, start=1)
        ],
    }
    if seconds is not None:
        document["execution_time"] = round(seconds, 3)
    board = [place for _, exercise in exercises for place in _leaderboard(exercise)]
    if board:
        document["leaderboard"] = board
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def _kept(result: Result) -> dict[str, Any]:
    """What a later look at the submission may need; students might find it, so no seed."""
    return {
        "kit": f"{plain(result.kit.name)} {plain(result.kit.version)}",
        "kit_sha256": result.kit.sha256,
        "submission_sha256": result.submission.sha256,
        "submitted_at": result.submission.submitted_at,
        "score": result.score,
        "max_score": result.max_score,
        "deferred_score": result.deferred_score,
        "adjustments": [
            {"reason": plain(a.reason), "points": a.points} for a in result.adjustments
        ],
    }


def _test(test: TestResult, exercise: str, number: str, visibility: Visibility) -> dict[str, Any]:
    words = STATUSES[test.status].words
    entry: dict[str, Any] = {
        "name": f"{plain(exercise)}: {plain(test.title)}",
        "number": number,
        "tags": [plain(exercise)],
        "visibility": visibility,
    }
    if test.status == "deferred":
        worth = f"{test.max_score:g} points wait for a GPU, and are not in the score."
        entry["output"] = f"**{words}:** {worth}"
        return entry
    score = test.score or 0.0
    entry["score"], entry["max_score"] = score, test.max_score
    passed = test.status == "passed"
    entry["status"] = "passed" if passed else "failed"
    said = [plain(test.feedback, lines=True)] if test.feedback else []
    if STATUSES[test.status].helped and test.hint:
        said.append(f"Hint: {plain(test.hint)}")
    parts = [] if passed else [f"**{'In part' if score else words}**"]
    if said:
        parts.append(fenced("\n".join(said)))
    if parts:
        entry["output"] = "\n\n".join(parts)
    return entry


def _output(report: Report) -> str:
    return "\n\n".join(_blocks(report)) + "\n"


def _blocks(report: Report) -> Iterator[str]:
    yield f"**{report.total}**"
    if report.verdict:
        yield f"> **{report.verdict}**"
    adjusted = [f"{points} {code(reason)}" for points, reason in report.adjustments]
    if made_of := [line for line in (report.earned, *adjusted, report.deferred) if line]:
        yield listed(made_of)
    if report.findings:
        yield listed(
            f"**{f.severity}**{f' in {code(f.where)}' if f.where else ''}: {code(f.text)}"
            for f in report.findings
        )
    for exercise in report.exercises:
        for sentence in exercise.diagnosis:
            yield f"{code(exercise.name)} **looks like:**"
            yield fenced(sentence)
        if exercise.speed:
            yield f"{code(exercise.name)} **on** {code(exercise.speed.card.facts)}"
            lines = [*(shape.line for shape in exercise.speed.shapes), *exercise.speed.why]
            yield listed(map(code, lines))
    shown = dict(report.facts)
    yield listed(f"{name} {code(shown[name])}" for name in ("files", "graded"))


def _leaderboard(exercise: ExerciseResult) -> Iterator[dict[str, Any]]:
    """The same as the class's ranking: of who opted in, and was measured on a card.

    Which name stands there is chosen in Gradescope, so the nickname itself is not passed on.
    """
    timed = speed(exercise.measurements)
    if not plain(exercise.nickname or "") or timed is None:
        return
    for shape in timed.shapes:
        if shape.fraction is not None:
            # One name for all, whatever library or card the bound was measured with.
            name = f"{plain(exercise.name)}, {shape.name}: share of the bound"
            yield {"name": name, "value": round(shape.fraction, 2), "order": "desc"}
