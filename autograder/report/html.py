"""The report as one self-contained HTML page."""

from autograder.report.engine import template
from autograder.report.plots import drawings
from autograder.report.roofline import roofline
from autograder.report.view import view
from autograder.result import Result

__all__ = ["to_html"]


def to_html(result: Result) -> str:
    """Write the report of a grading as a page that needs nothing else.

    It loads nothing, runs nothing, and forbids both to whatever might get into it.
    """
    return template("report.html").render(
        report=view(result),
        roofline=roofline,
        drawings=[drawings(e.measurements) for e in result.exercises],
    )
