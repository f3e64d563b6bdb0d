"""The folder of a batch -> the pages of its class."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from autograder.exchange.results import read_result, result_paths
from autograder.files import write_file
from autograder.report.class_html import class_to_html
from autograder.report.class_page import Tally
from autograder.report.html import to_html
from autograder.report.leaderboard import leaderboard
from autograder.report.leaderboard import to_html as leaderboard_to_html

__all__ = ["write_pages"]

Progress = Callable[[list[Path]], Iterable[Path]]


def write_pages(results: Path, progress: Progress = iter) -> Path:
    """Write ``class.html``, and ``feedback.html`` beside each student's ``result.json``.

    Where students were timed and have chosen a nickname, ``leaderboard.html`` ranks the speed of
    their kernels.

    Parameters
    ----------
    results
        What ``autograder batch`` wrote.
    progress
        Hands out the students' folders, and shows how far it has come.

    Returns
    -------
    Path
        The class's page.

    Raises
    ------
    UsageError
        When there is no result, one is unreadable, or a page cannot be written.
    """
    documents = result_paths(results)
    tally = Tally()
    shown = []  # who chose a nickname
    for document in progress(documents):
        result = read_result(document)
        tally.add(document.parent.name, result)
        if any(exercise.nickname for exercise in result.exercises):
            shown.append(result)
        # Students get no seed: with it, hidden inputs could be drawn again.
        unseeded = result.model_copy(update={"seed": None})
        write_file(document.with_name("feedback.html"), to_html(unseeded))
    page = results / "class.html"
    write_file(page, class_to_html(tally.view()))
    board = results / "leaderboard.html"
    if leaderboard(shown):
        write_file(board, leaderboard_to_html(shown))
    else:
        board.unlink(missing_ok=True)  # of a time when somebody wanted to be on it
    return page
