"""The loop that goes on until Ctrl-C: files are watched, what they change is run and shown.

Three kinds of threads: one waits for saves, one waits for the process that runs, and this one
does everything else, as the first two tell it of events.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import NoReturn

from rich.console import Console
from watchfiles import watch

from autograder.attempts import attempt
from autograder.errors import UsageError
from autograder.examples import Child, Tried
from autograder.intake import Submission, read_submission
from autograder.kit import Exercise, Kit
from autograder.sandbox.loader import PACKAGES
from autograder.signals import Signals, Stopped
from autograder.watch.inputs import inputs_of
from autograder.watch.screen import Screen
from autograder.watch.session import Session

__all__ = ["watch_work"]

# An editor's save may be several steps. What comes within so many milliseconds is one save.
_QUIET_MS = 25
_TICK_S = 0.2


@dataclass(frozen=True)
class _Touched:
    """Something has happened in the folders."""


@dataclass(frozen=True)
class _Ended:
    run: _Run
    tried: Tried


@dataclass(frozen=True)
class _Failed:
    error: BaseException


_Events = SimpleQueue[_Touched | _Ended | _Failed]


def watch_work(path: Path, kit: Kit, exercises: Sequence[Exercise], console: Console) -> int:
    """Run the examples of what a save has changed, save after save.

    Parameters
    ----------
    path
        The student's work.
    kit
        The assignment.
    exercises
        Those of it that are watched.
    console
        Where it is shown.

    Returns
    -------
    int
        The exit code, when someone has ended it.

    Raises
    ------
    UsageError
        When there is nothing at ``path``, or no longer, or it cannot be watched.
    """
    with ExitStack() as stack:
        # Of a student's code, which is parsed here: they would stand in the picture.
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        loop = _Loop(path, kit, exercises, stack)
        screen = stack.enter_context(Screen(console))
        signals = stack.enter_context(Signals())
        try:
            loop.run(screen, signals)
        except Stopped as stopped:
            return 128 + stopped.number


class _Loop:
    def __init__(
        self, path: Path, kit: Kit, exercises: Sequence[Exercise], stack: ExitStack
    ) -> None:
        self._path = path
        self._kit = kit
        self._exercises = {exercise.name: exercise for exercise in exercises}
        self._session = Session(exercises)
        self._events: _Events = SimpleQueue()
        self._submission = read_submission(path, kit.files)
        self._run: _Run | None = None
        self._spare = _Spare()
        stack.callback(self._spare.close)
        stack.callback(self._end_run)
        done = threading.Event()
        stack.callback(done.set)
        threading.Thread(target=_tell_saves, args=(path, self._events, done), daemon=True).start()

    def run(self, screen: Screen, signals: Signals) -> NoReturn:
        """Until a signal comes."""
        time = self._learn()
        while True:
            self._start_next()
            screen.show(self._session.view(), time)
            match self._wait(screen, signals):
                case _Touched():
                    self._submission = self._read()
                    time = self._learn() or time
                case _Ended(run, tried) if run is self._run:
                    self._run = None
                    self._session.finished(tried)
                case _Failed(error):
                    raise error

    def _read(self) -> Submission:
        try:
            return read_submission(self._path, self._kit.files)
        except UsageError as gone:  # between two steps of an editor's save, or for longer
            return Submission(self._path.name, unreadable=dict.fromkeys(self._exercises, str(gone)))

    def _learn(self) -> str:
        """See what is new in the files; the time, if anything is."""
        if not self._session.saved(inputs_of(self._submission, self._exercises.values())):
            return ""
        self._end_run()
        return datetime.now().strftime("%H:%M:%S")

    def _start_next(self) -> None:
        name = self._session.start_next()
        if name is not None:
            exercise = self._exercises[name]
            child = None if exercise.is_sheet else self._spare.take(exercise.is_gpu_task)
            self._run = _Run(exercise, self._submission, child, self._events)

    def _end_run(self) -> None:
        if self._run is not None:
            self._run.kill()
            self._run = None

    def _wait(self, screen: Screen, signals: Signals) -> _Touched | _Ended | _Failed:
        while True:
            try:
                # Not longer: on Windows Ctrl-C is seen only when this returns.
                with signals.heeded():
                    return self._events.get(timeout=_TICK_S)
            except Empty:
                screen.tick()
                at_work = self._session.at_work
                self._spare.prepare(at_work is not None and at_work.is_gpu_task)


class _Run:
    """One exercise that is being tried, in a thread that waits for it."""

    def __init__(
        self, exercise: Exercise, submission: Submission, child: Child | None, events: _Events
    ) -> None:
        self._child = child

        def work() -> None:
            try:
                events.put(_Ended(self, attempt(exercise, submission, child)))
            except BaseException as error:
                events.put(_Failed(error))
            finally:
                if child is not None:
                    child.close()

        threading.Thread(target=work, daemon=True).start()

    def kill(self) -> None:
        """End it; what comes of it then is nobody's concern."""
        if self._child is not None:
            self._child.kill()


class _Spare:
    """A process that is started while nothing else is to be done, so that a save finds it ready."""

    def __init__(self) -> None:
        self._child: Child | None = None
        self._in_triton = False

    def prepare(self, in_triton: bool) -> None:
        """Have one of this kind."""
        if self._child is None or self._in_triton != in_triton:
            self.close()
            self._child, self._in_triton = Child(in_triton=in_triton), in_triton

    def take(self, in_triton: bool) -> Child:
        """One of this kind, ready or not."""
        if self._child is not None and self._in_triton == in_triton and self._child.is_alive:
            child, self._child = self._child, None
            return child
        return Child(in_triton=in_triton)

    def close(self) -> None:
        if self._child is not None:
            self._child.close()
            self._child = None


# ------------------------------------------------------------------ waiting for saves


def _tell_saves(path: Path, events: _Events, done: threading.Event) -> None:
    """Tell of all that happens where files of the work may lie, until ``done``."""
    try:
        while not done.is_set():
            folders = _folders(path)
            try:
                _tell_of_folders(path, folders, events, done)
            except FileNotFoundError:
                if not folders[0].is_dir():
                    raise
                # One of the others has just gone.
    except FileNotFoundError:
        events.put(_Failed(UsageError(f"the folder {folders[0]} is no longer there")))
    except Exception as error:
        events.put(
            _Failed(
                UsageError(
                    f"{path} cannot be watched ({error}); with WATCHFILES_FORCE_POLLING=1 in the "
                    "environment its files are looked at again and again instead"
                )
            )
        )


def _tell_of_folders(
    path: Path, folders: Sequence[Path], events: _Events, done: threading.Event
) -> None:
    """The same, until there are other folders."""
    is_first = True
    for changes in watch(
        *folders,
        # Each by itself: below them may lie an environment with thousands of others.
        recursive=False,
        watch_filter=None,  # what a file holds says whether it has changed
        step=_QUIET_MS,
        debounce=8 * _QUIET_MS,
        stop_event=done,
        rust_timeout=500,
        yield_on_timeout=True,
        raise_interrupt=False,
    ):
        # The first time for what happened before the watch began.
        if changes or is_first:
            events.put(_Touched())
        is_first = False
        if _folders(path) != folders:
            return


def _folders(path: Path) -> list[Path]:
    """Where files of the work may lie, as ``intake`` finds them; the outermost first."""
    if not path.is_dir():
        return [path.parent]
    inside = [f for f in sorted(path.iterdir()) if f.is_dir() and not f.name.startswith(".")]
    enclosing = inside if len(inside) == 1 and inside[0].name not in PACKAGES else []
    packages = [f / name for f in (path, *enclosing) for name in PACKAGES]
    return [path, *enclosing, *(p for p in packages if p.is_dir())]
