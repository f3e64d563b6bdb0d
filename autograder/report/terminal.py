"""The report of one submission on a terminal, or as plain lines in a pipe."""

from __future__ import annotations

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from autograder.report.view import Exercise, Finding, Outcome, view
from autograder.result import Result

__all__ = ["print_report"]

_WIDTH = 80  # points too far from their titles are hard to follow
_STYLES = {
    "good": "green",
    "bad": "bold red",
    "open": "yellow",
    "info": "cyan",
    "warning": "yellow",
    "error": "bold red",
}


def print_report(result: Result, console: Console) -> None:
    """Print what a student should know of a grading.

    Parameters
    ----------
    result
        What to report.
    console
        Decides about colours; wide ones are not used to their full width.
    """
    report = view(result)
    page = _Page(console)
    page.line(f"Submission {report.submission}", style="bold")
    for name, value in report.facts:
        page.line(f"{name} {value}", indent=2, hang=2, style="dim")
    if report.alarm:
        page.gap()
        page.line(f"WARNING {report.alarm}", style="bold red")
    if report.verdict:
        page.gap()
        page.line(report.verdict, style="bold yellow")
    for exercise in report.exercises:
        page.gap()
        _print_exercise(exercise, page)
    if report.findings:
        page.gap()
        page.line("Findings", style="bold")
        for finding in report.findings:
            _print_finding(finding, page)
    page.gap()
    page.line("Total", points=report.total, style="bold")
    if report.earned:
        page.line(report.earned, indent=2)
    for points, reason in report.adjustments:
        page.line(f"{points}  {reason}", indent=2, hang=2)
    if report.deferred:
        page.line(report.deferred, indent=2)


class _Page:
    """Lines on a console, wrapped under their own indentation."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._width = min(console.width, _WIDTH)

    def gap(self) -> None:
        self._console.print()

    def line(
        self,
        body: str,
        *,
        indent: int = 0,
        hang: int = 0,
        label: str = "",
        points: str = "",
        style: str = "",
    ) -> None:
        """Print one line with a label before and points after it.

        Parameters
        ----------
        hang
            How much deeper continuation lines stand.
        label
            Stands left of the body, in the margin that `hang` makes.
        style
            Of the label, or of all where there is none.
        """
        body, points = self._encodable(body), self._encodable(points)
        room = self._width - indent - hang - (cell_len(points) + 2 if points else 0)
        # Text, never markup: square brackets in data mean nothing.
        pieces = Text(body).wrap(self._console, max(room, 10))
        for number, piece in enumerate(pieces):
            line = Text(" " * indent)
            if number or label:
                line.append((label if not number else "").ljust(hang), style if label else "")
            line.append(piece.plain, "" if label else style)
            if points and not number:
                line.append(" " * max(2, self._width - line.cell_len - cell_len(points)))
                line.append(points, "" if label else style)
            line.rstrip()
            self._console.print(line, soft_wrap=True)

    def _encodable(self, text: str) -> str:
        """Put a question mark where the console's encoding lacks a character."""
        return text.encode(self._console.encoding, "replace").decode(self._console.encoding)


def _print_exercise(exercise: Exercise, page: _Page) -> None:
    page.line(exercise.name, points=exercise.points, style="bold")
    margin = max((len(outcome.status.label) for outcome in exercise.outcomes), default=0) + 2
    for outcome in exercise.outcomes:
        _print_outcome(outcome, margin, page)
    for sentence in exercise.diagnosis:
        page.line(f"Looks like: {sentence}", indent=2, style="bold")
    if exercise.speed:
        page.line(f"Speed on {exercise.speed.card.facts}", indent=2, hang=2)
        for shape in exercise.speed.shapes:
            page.line(shape.line, indent=4, hang=2)
        for sentence in exercise.speed.why:
            page.line(sentence, indent=4, hang=2)
    if exercise.nickname:
        page.line(f"In the class's ranking: {exercise.nickname}", indent=2, style="dim")
    if exercise.measurements:
        page.line(f"Measured: {'; '.join(exercise.measurements)}", indent=2, style="dim")


def _print_outcome(outcome: Outcome, margin: int, page: _Page) -> None:
    status = outcome.status
    page.line(
        outcome.heading,
        indent=2,
        hang=margin,
        label=status.label,
        points=outcome.points,
        style=_STYLES[status.tone],
    )
    if outcome.feedback:
        page.line(outcome.feedback, indent=2 + margin)
    if outcome.hint:
        page.line(f"Hint: {outcome.hint}", indent=2 + margin, style="cyan")
    if len(outcome.titles) > 1:
        page.line(f"Tests: {'; '.join(outcome.titles)}", indent=2 + margin, style="dim")


def _print_finding(finding: Finding, page: _Page) -> None:
    # The parenthesis keeps a colon of the data from meeting one of ours.
    where = f"({finding.where}) " if finding.where else ""
    page.line(
        f"{where}{finding.text}",
        indent=2,
        hang=9,
        label=finding.severity,
        style=_STYLES[finding.severity],
    )
