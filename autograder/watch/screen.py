"""A view of the session: as lines, on a terminal that is painted over, or as a log."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from types import TracebackType

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from autograder.report.inert import plain
from autograder.watch.session import View

__all__ = ["Screen", "lines_of"]

_LABEL = 11  # columns
_MANY = 4
_STYLES = {"passes": "bold green", "fails": "bold red", "cannot run": "bold red"}


class Screen:
    """Shows views. Use it with ``with``.

    A terminal shows the last one, and afterwards what it showed before, followed by the last
    view. Elsewhere, and on a terminal that cannot move its cursor, each settled view is written
    below the one before.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lasting = ExitStack()
        self._live: Live | None = None
        self._view, self._time = View(), ""
        self._size = console.size

    def __enter__(self) -> Screen:
        if self._console.is_terminal and not self._console.is_dumb_terminal:
            self._lasting.enter_context(_keys_unseen())
            self._live = self._lasting.enter_context(
                Live(
                    console=self._console,
                    screen=True,  # what is written over leaves the terminal's history alone
                    auto_refresh=False,
                    redirect_stdout=False,
                    redirect_stderr=False,
                )
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lasting.close()
        if self._live is not None:
            self._print()

    def show(self, view: View, time: str) -> None:
        """Things are so now; ``time`` is that of the last save."""
        self._view, self._time = view, time
        if self._live is not None:
            self._paint()
        elif view.is_settled:
            self._print()

    def tick(self) -> None:
        """To be called now and then: the window may have another size."""
        if self._live is not None and self._console.size != self._size:
            self._paint()

    def _paint(self) -> None:
        assert self._live is not None
        self._size = self._console.size
        lines = lines_of(self._view, self._time, self._size.width, self._size.height)
        self._live.update(Group(*lines), refresh=True)

    def _print(self) -> None:
        for line in [*lines_of(self._view, self._time, self._console.width), Text()]:
            self._console.print(line, soft_wrap=True)


@contextlib.contextmanager
def _keys_unseen() -> Iterator[None]:
    """What is typed is not shown, for it would stand in the picture."""
    try:
        import termios

        before = termios.tcgetattr(sys.stdin)
    except (ImportError, OSError, ValueError):  # Windows; no terminal; closed
        yield
        return
    except termios.error:
        yield
        return
    silent = [*before]
    silent[3] &= ~termios.ECHO
    termios.tcsetattr(sys.stdin, termios.TCSANOW, silent)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSAFLUSH, before)


def lines_of(view: View, time: str, width: int, height: int | None = None) -> list[Text]:
    """The view as lines of at most ``width`` columns, and at most ``height`` of them.

    Where there are too many, the middle of what the failing example shows gives way.
    """
    head = [_heading(view, time, width), Text()]
    for label, names in (
        ("passes", view.passing),
        ("fails", view.failing),
        ("cannot run", view.broken),
        ("not begun", view.blank),
        ("to come", view.untried),
    ):
        head += _labelled(label, ", ".join(names), width)
    changes = view.changes[:_MANY]
    if len(view.changes) > _MANY:
        changes.append(f"and {len(view.changes) - _MANY} more")
    head += _labelled("changed", "; ".join(changes), width)
    body: list[Text] = []
    if view.focus is not None:
        name, tried = view.focus
        good, total = tried.count
        counted = f"  {good} of {total} {tried.unit}" if total else ""
        head += [Text(), Text.assemble((name, "bold"), counted)]
        for label, text in [] if tried.is_blank else tried.blocks:
            body += _labelled(f"  {label}", plain(text, lines=True, limit=8000), width)
    steps = [line for step in view.next_steps for line in _wrapped(step, width)]
    tail = [Text(), *steps] if steps else []
    if height is not None:
        body = _cropped(body, max(3, height - len(head) - len(tail)))
    return [*head, *body, *tail][:height]


def _heading(view: View, time: str, width: int) -> Text:
    some = ", ".join(view.saved) if len(view.saved) <= _MANY else f"{len(view.saved)} exercises"
    saved = f"saved {some}" if view.saved else "watching"
    doing = f"running {view.running} ..." if view.running else "Ctrl-C ends"
    heading = Text.assemble((time, "bold"), f"  {saved}; {doing}")
    heading.truncate(width, overflow="ellipsis")
    return heading


def _labelled(label: str, text: str, width: int) -> list[Text]:
    """A text with a label beside it, in as many lines as it takes."""
    found: list[Text] = []
    for line in text.splitlines():
        for part in _wrapped(line, width - _LABEL):
            shown = "" if found else label
            found.append(Text.assemble((shown.ljust(_LABEL), _STYLES.get(label, "dim")), part))
    return found


def _wrapped(text: str, width: int) -> list[Text]:
    # Below some width, words would stand one below the other letter by letter.
    return list(Text(text).wrap(_PLAIN, max(width, 20), overflow="fold")) or [Text()]


_PLAIN = Console()  # of which wrapping asks nothing that depends on the terminal


def _cropped(lines: list[Text], room: int) -> list[Text]:
    left_out = len(lines) - room + 1
    if left_out <= 1:
        return lines
    first = room // 2
    mark = Text(f"{'':<{_LABEL}}... not all of it fits ...", "dim")
    return [*lines[:first], mark, *lines[first + left_out :]]
