"""What to run after each save, what came of it, and what to do next.

Nothing here knows of files, processes, a clock or a terminal: ``loop`` tells it what happened,
and ``screen`` shows its view.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.examples import Tried
from autograder.kit import Exercise
from autograder.watch.inputs import Inputs

__all__ = ["Session", "View"]

_PATIENCE = 3
"""After so many saves in a row that did not help, a hint is offered."""


@dataclass(frozen=True)
class View:
    """All that there is to show.

    Attributes
    ----------
    saved
        The exercises whose files the last save changed; empty before the first save.
    running
        What runs now, or is about to.
    passing, failing, broken, blank
        The exercises by what last came of them; failing ones with how much passes. The broken
        ones did not get to the end of their examples.
    untried
        Those of which nothing is known yet.
    changes
        What the last save has changed.
    focus
        The exercise to look at, with what came of it.
    next_steps
        What to do now.
    is_settled
        Whether all has run.
    """

    saved: list[str] = field(default_factory=list)
    running: str | None = None
    passing: list[str] = field(default_factory=list)
    failing: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    blank: list[str] = field(default_factory=list)
    untried: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    focus: tuple[str, Tried] | None = None
    next_steps: list[str] = field(default_factory=list)
    is_settled: bool = False


class Session:
    """From save to save.

    Parameters
    ----------
    exercises
        Those that are watched, in the order of the assignment.

    Attributes
    ----------
    running
        The exercise whose examples run now.
    """

    def __init__(self, exercises: Sequence[Exercise]) -> None:
        self._exercises = {exercise.name: exercise for exercise in exercises}
        self._inputs: Mapping[str, Inputs] = {}
        self._results: dict[str, Tried] = {}
        self._before: dict[str, Tried] = {}  # results, as they were when the last save came
        self._saved: list[str] = []  # exercises whose own file the last save changed
        self._affected: list[str] = []  # these, and the ones that import them
        self._waiting: list[str] = []
        self._fruitless: Counter[str] = Counter()  # saves in a row after which it still fails
        self._shown: str | None = None  # the exercise that the last view looked at
        self.running: str | None = None

    @property
    def at_work(self) -> Exercise | None:
        """The exercise whose file was saved last."""
        return self._exercises[self._saved[0]] if self._saved else None

    def saved(self, inputs: Mapping[str, Inputs]) -> bool:
        """Learn what the files hold now.

        Returns
        -------
        bool
            Whether something must run. What was running is then to be ended: it comes again.
        """
        old, self._inputs = self._inputs, inputs
        affected = [name for name in self._exercises if inputs[name] != old.get(name)]
        if not affected:
            return False
        own = [n for n in affected if n in old and inputs[n].own != old[n].own]
        self._saved, self._affected = own, affected
        self._before = dict(self._results)
        interrupted = [self.running] if self.running is not None else []
        # What one is working on comes first.
        self._waiting = list(dict.fromkeys([*own, *affected, *interrupted, *self._waiting]))
        self.running = None
        return True

    def start_next(self) -> str | None:
        """The exercise to run now, if one is waiting and none is running."""
        if self.running is not None or not self._waiting:
            return None
        self.running = self._waiting.pop(0)
        return self.running

    def finished(self, tried: Tried) -> None:
        """Learn what came of the one that was running."""
        assert self.running is not None
        name, self.running = self.running, None
        self._results[name] = tried
        if tried.passed:
            del self._fruitless[name]
        elif name in self._saved and not tried.is_blank:
            self._fruitless[name] += 1

    def view(self) -> View:
        """What to show now."""
        known = {n: self._results[n] for n in self._exercises if n in self._results}
        running = self.running or next(iter(self._waiting), None)
        focus = self._shown = self._focus(settled=running is None)
        return View(
            saved=self._saved,
            running=running,
            passing=[n for n, t in known.items() if t.passed],
            failing=[f"{n} {_state(t)}" for n, t in known.items() if _fails(t)],
            broken=[n for n, t in known.items() if t.problem],
            blank=[n for n, t in known.items() if t.is_blank],
            untried=[n for n in self._exercises if n not in known],
            changes=list(self._changes()),
            focus=None if focus is None else (focus, known[focus]),
            next_steps=list(self._next_steps(focus, settled=running is None)),
            is_settled=running is None,
        )

    def _ran(self) -> list[str]:
        """What has run since the last save, the saved ones first."""
        still = {*self._waiting, self.running}
        return [n for n in dict.fromkeys([*self._saved, *self._affected]) if n not in still]

    def _focus(self, *, settled: bool) -> str | None:
        """The exercise to look at: a failure of the last save's, else the next there is."""
        ran = self._ran() if self._saved else []
        failed = next((n for n in ran if not self._results[n].passed), None)
        if failed is not None:
            return failed
        if self._saved and not ran:
            return self._shown  # until there is something else to see
        if self._saved and not settled:
            return None
        # From the one that was saved on, and round: nobody need do them in order.
        names = list(self._exercises)
        start = names.index(self._saved[-1]) if self._saved else 0
        for name in (*names[start:], *names[:start]):
            if name not in self._results:
                return None  # the ones that come first are shown when they are known
            if not self._results[name].passed:
                return name
        return None

    def _changes(self) -> Iterator[str]:
        for name in self._ran():
            before, now = self._before.get(name), self._results[name]
            if before is None:
                continue
            was, is_now = _state(before), _state(now)
            if now.passed != before.passed:
                change = "now passes" if now.passed else "now fails"
            elif was == is_now:
                change = "fails in another way" if now.blocks != before.blocks else ""
            elif now.problem:
                change = "cannot run now"
            else:
                change = f"runs: {is_now}" if before.problem else f"{is_now}, was {was}"
            if change or name in self._saved:
                yield f"{name} {change or 'as before'}"

    def _next_steps(self, focus: str | None, *, settled: bool) -> Iterator[str]:
        if focus is None:
            if settled and self._results:
                yield "All of it passes here. When it is graded, more is asked than these examples."
            return
        exercise, tried = self._exercises[focus], self._results[focus]
        path = self._inputs[focus].path
        if not tried.is_blank:
            yield f"Save {path}, and it runs again."
        elif exercise.is_sheet:
            yield f"Fill in {path}."
        else:
            yield f"Write {' and '.join(exercise.functions)} in {path}."
        if exercise.hints and self._fruitless[focus] >= _PATIENCE:
            yield f"Stuck? In another terminal: autograder hint {focus}"


def _fails(tried: Tried) -> bool:
    return not (tried.passed or tried.problem or tried.is_blank)


def _state(tried: Tried) -> str:
    if tried.passed:
        return "passes"
    if tried.is_blank:
        return "not begun"
    if tried.problem:
        return "cannot run"
    good, total = tried.count
    return f"{good} of {total}"
