"""The report as GitHub-flavoured Markdown: job summaries, comments on pull requests.

One rule keeps it inert: text of the document stands in code, inline or fenced, and nowhere
else. In code GitHub makes no links, mentions, references, emoji or formulas, which no
escaping prevents in prose, because some of these are found after Markdown is rendered.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator

from autograder.report.view import Exercise, Finding, Outcome, Report, view
from autograder.result import Result

__all__ = ["to_markdown"]

_WIDTH = 88  # code blocks do not wrap


def to_markdown(result: Result) -> str:
    """Write the report of a grading as Markdown."""
    return "\n\n".join(_blocks(view(result))) + "\n"


def _blocks(report: Report) -> Iterator[str]:
    yield f"## Submission {_code(report.submission)}: {report.total}"
    if report.alarm:
        yield f"> **Warning:** {report.alarm}"
    if report.verdict:
        yield f"> **{report.verdict}**"
    adjusted = [f"{points} {_code(reason)}" for points, reason in report.adjustments]
    if made_of := [line for line in (report.earned, *adjusted, report.deferred) if line]:
        yield _list(made_of)
    if report.exercises:
        yield _table(("exercise", "points"), ((e.name, e.points) for e in report.exercises))
    if report.findings:
        yield "### Findings"
        yield _list(map(_finding, report.findings))
    for exercise in report.exercises:
        yield from _exercise(exercise)
    yield from _details("About this grading", _list(f"{n} {_code(v)}" for n, v in report.facts))


def _exercise(exercise: Exercise) -> Iterator[str]:
    yield f"### {_code(exercise.name)} {exercise.points}"
    quiet = [o for o in exercise.outcomes if o.is_quiet]
    for outcome in exercise.outcomes:
        if outcome not in quiet:
            yield from _outcome(outcome)
    for sentence in exercise.diagnosis:
        yield "**Looks like:**"
        yield _fenced(sentence)
    if quiet:
        passes = _table(("test", "points"), ((o.heading, o.points) for o in quiet))
        yield from _details(f"{len(quiet)} passed", passes)
    if exercise.speed:
        yield f"**Speed** on {_code(exercise.speed.card.facts)}"
        lines = [*(shape.line for shape in exercise.speed.shapes), *exercise.speed.why]
        yield _list(map(_code, lines))
    if exercise.nickname:
        yield f"In the class's ranking: {_code(exercise.nickname)}"
    if exercise.measurements:
        yield f"Measured: {', '.join(map(_code, exercise.measurements))}"


def _outcome(outcome: Outcome) -> Iterator[str]:
    folded = len(outcome.titles) > 1
    name = outcome.heading if folded else _code(outcome.heading)
    yield f"**{outcome.status.words}:** {name} ({outcome.points})"
    said = [outcome.feedback] if outcome.feedback else []
    if outcome.hint:
        said.append(f"Hint: {outcome.hint}")
    if said:
        yield _fenced("\n".join(said))
    if folded:
        yield from _details("Which tests", _list(map(_code, outcome.titles)))


def _finding(finding: Finding) -> str:
    where = f" in {_code(finding.where)}" if finding.where else ""
    return f"**{finding.severity}**{where}: {_code(finding.text)}"


def _details(summary: str, body: str) -> Iterator[str]:
    # Blank lines around the body make it Markdown again.
    yield f"<details><summary>{summary}</summary>"
    yield body
    yield "</details>"


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _table(header: tuple[str, str], rows: Iterable[tuple[str, str]]) -> str:
    """Write a table of data and points."""
    # No escape of a pipe holds in every cell (think of one after a backslash).
    lines = [f"| {_code(name.replace('|', '¦'))} | {points} |" for name, points in rows]
    return "\n".join([f"| {' | '.join(header)} |", "| --- | ---: |", *lines])


def _code(text: str) -> str:
    """Write `text`, a single line, as inline code."""
    fence = "`" * (_longest_run(text) + 1)
    # A space is stripped from both ends, unless there is nothing else.
    pad = " " if not text or "`" in (text[0], text[-1]) else ""
    return f"{fence}{pad}{text}{pad if text else ''}{fence}"


def _fenced(text: str) -> str:
    """Write `text` as a block of code."""
    fence = "`" * max(3, _longest_run(text) + 1)
    lines = [
        piece
        for line in text.split("\n")
        for piece in textwrap.wrap(line, _WIDTH, break_on_hyphens=False) or [""]
    ]
    return "\n".join([f"{fence}text", *lines, fence])


def _longest_run(text: str) -> int:
    """Length of the longest run of backticks."""
    return max(map(len, re.findall("`+", text)), default=0)
