"""How far a long work is: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from types import TracebackType

import rich.progress
from rich.console import Console
from rich.text import Text

from autograder.report.inert import plain

__all__ = ["Progress"]

_LINES = 100  # more than these make a log that nobody reads


class Progress:
    """Tells of steps. Use it with ``with``.

    Parameters
    ----------
    total
        Of steps.
    console
        A terminal gets a bar with rate and time left. Elsewhere there is a line for each step,
        or for each hundredth part of many, with the same figures.
    """

    def __init__(self, total: int, console: Console) -> None:
        self._total = total
        self._console = console
        self._done = self._worked = 0
        self._every = max(1, -(-total // _LINES))
        self._first: float | None = None
        self._bar: rich.progress.Progress | None = None
        if console.is_terminal:
            self._bar = rich.progress.Progress(
                rich.progress.TextColumn("{task.description}"),
                rich.progress.BarColumn(),
                rich.progress.MofNCompleteColumn(),
                rich.progress.TextColumn("{task.fields[figures]}"),
                console=console,
                transient=True,
            )
            self._task = self._bar.add_task("Grading", total=total, figures="")

    def __enter__(self) -> Progress:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def say(self, text: str) -> None:
        """A line of its own, whatever is shown."""
        self._console.print(Text(plain(text, limit=500)), soft_wrap=True)

    def skip(self) -> None:
        """A step that was no work, and counts for no rate."""
        self._done += 1
        if self._bar is not None:
            self._bar.update(self._task, completed=self._done)

    def step(self, text: str) -> None:
        """A step, with what came of it."""
        self._done += 1
        self._worked += 1
        if self._first is None:
            self._first = time.monotonic()
        if self._bar is not None:
            self._bar.update(self._task, completed=self._done, figures=self._figures())
        elif self._done % self._every == 0 or self._done == self._total:
            figures = self._figures()
            self.say(f"[{self._done}/{self._total}] {text}{figures and f' ({figures})'}")

    def _figures(self) -> str:
        """From the first one on: to start takes a while, and is done once."""
        assert self._first is not None
        seconds = time.monotonic() - self._first
        if self._worked == 1 or not seconds:
            return ""
        rate = (self._worked - 1) / seconds
        return f"{rate:.3g} a second, {_duration((self._total - self._done) / rate)} left"


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
