"""The report as one self-contained HTML page."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from autograder.report.view import view
from autograder.result import Result

__all__ = ["to_html"]


def to_html(result: Result) -> str:
    """Write the report of a grading as a page that needs nothing else.

    It loads nothing, runs nothing, and forbids both to whatever might get into it.
    """
    return _template().render(report=view(result))


@cache  # a class has hundreds of pages
def _template() -> Template:
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return templates.get_template("report.html")
