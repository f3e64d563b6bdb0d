"""Golden documents of the reports.

After a change that is meant, write them anew and read what changed::

    python -m tests.report.regenerate && git diff tests/report/golden
"""

from io import StringIO
from pathlib import Path

from rich.console import Console

from autograder.report.html import to_html
from autograder.report.markdown import to_markdown
from autograder.report.terminal import print_report
from autograder.result import Result
from tests.report import samples

GOLDEN = Path(__file__).parent / "golden"


def to_text(result: Result) -> str:
    """Print to a pipe of 80 columns."""
    out = StringIO()
    print_report(result, Console(file=out, width=80, force_terminal=False))
    return out.getvalue()


def documents() -> dict[str, str]:
    """Name of each golden document, and what is rendered now."""
    renderers = {"txt": to_text, "md": to_markdown, "html": to_html}
    results = [samples.sample, samples.measured, samples.rejected, samples.grader_error]
    return {f"{r.__name__}.{end}": to(r()) for r in results for end, to in renderers.items()}


if __name__ == "__main__":
    for name, text in documents().items():
        (GOLDEN / name).write_text(text, encoding="utf-8")
