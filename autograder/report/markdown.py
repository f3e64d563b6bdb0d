"""The report as GitHub-flavoured Markdown: job summaries, comments on pull requests.

Text of the document stands in code, inline or fenced, and nowhere else; see ``report.gfm``.
"""

from __future__ import annotations

from collections.abc import Iterator

from autograder.report.gfm import code, details, fenced, listed, table
from autograder.report.view import Exercise, Finding, Outcome, Report, view
from autograder.result import Result

__all__ = ["to_markdown"]

_WIDTH = 88  # code blocks do not wrap


def to_markdown(result: Result) -> str:
    """Write the report of a grading as Markdown."""
    return "\n\n".join(_blocks(view(result))) + "\n"


def _blocks(report: Report) -> Iterator[str]:
    yield f"## Submission {code(report.submission)}: {report.total}"
    if report.alarm:
        yield f"> **Warning:** {report.alarm}"
    if report.verdict:
        yield f"> **{report.verdict}**"
    adjusted = [f"{points} {code(reason)}" for points, reason in report.adjustments]
    if made_of := [line for line in (report.earned, *adjusted, report.deferred) if line]:
        yield listed(made_of)
    if report.exercises:
        yield table(("exercise", "points"), ((e.name, e.points) for e in report.exercises))
    if report.findings:
        yield "### Findings"
        yield listed(map(_finding, report.findings))
    for exercise in report.exercises:
        yield from _exercise(exercise)
    yield from details("About this grading", listed(f"{n} {code(v)}" for n, v in report.facts))


def _exercise(exercise: Exercise) -> Iterator[str]:
    yield f"### {code(exercise.name)} {exercise.points}"
    quiet = [o for o in exercise.outcomes if o.is_quiet]
    for outcome in exercise.outcomes:
        if outcome not in quiet:
            yield from _outcome(outcome)
    for sentence in exercise.diagnosis:
        yield "**Looks like:**"
        yield fenced(sentence)
    if quiet:
        passes = table(("test", "points"), ((o.heading, o.points) for o in quiet))
        yield from details(f"{len(quiet)} passed", passes)
    if exercise.speed:
        yield f"**Speed** on {code(exercise.speed.card.facts)}"
        lines = [*(shape.line for shape in exercise.speed.shapes), *exercise.speed.why]
        yield listed(map(code, lines))
    if exercise.nickname:
        yield f"In the class's ranking: {code(exercise.nickname)}"
    if exercise.measurements:
        yield f"Measured: {', '.join(map(code, exercise.measurements))}"


def _outcome(outcome: Outcome) -> Iterator[str]:
    folded = len(outcome.titles) > 1
    name = outcome.heading if folded else code(outcome.heading)
    yield f"**{outcome.status.words}:** {name} ({outcome.points})"
    said = [outcome.feedback] if outcome.feedback else []
    if outcome.hint:
        said.append(f"Hint: {outcome.hint}")
    if said:
        yield fenced("\n".join(said))
    if folded:
        yield from details("Which tests", listed(map(code, outcome.titles)))


def _finding(finding: Finding) -> str:
    where = f" in {code(finding.where)}" if finding.where else ""
    return f"**{finding.severity}**{where}: {code(finding.text)}"
