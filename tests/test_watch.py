"""``autograder try --watch``: what runs after a save, what is said of it, and how it ends."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from autograder.errors import UsageError
from autograder.examples import Example, Tried, try_exercise
from autograder.intake import read_submission
from autograder.kit import Exercise, Kit
from autograder.sandbox.loader import Source
from autograder.watch import loop
from autograder.watch.inputs import Inputs, inputs_of
from autograder.watch.screen import Screen, lines_of
from autograder.watch.session import Session, View
from tests.conftest import ROOT

RIGHT = (ROOT / "docs/tiny-assignment/reference/trapezoid.py").read_text()
WRONG = RIGHT.replace("/ 2)", ")")
ENDLESS = "held = open({fifo!r}, 'w')\nheld.write('x')\nheld.flush()\nwhile True: pass\n"
PATIENCE_S = 30.0  # of a machine that does other things as well


# ------------------------------------------------------------------ what depends on what


@pytest.fixture
def watched(kit: Kit, submit: Callable[..., Path]) -> Callable[..., dict[str, Inputs]]:
    """The inputs of all exercises, with these files in place of the references."""

    def inputs(**files: str | None) -> dict[str, Inputs]:
        return inputs_of(read_submission(submit(**files), kit.files), kit.exercises.values())

    return inputs


def changed(old: dict[str, Inputs], new: dict[str, Inputs]) -> set[str]:
    return {name for name in old if old[name] != new[name]}


def test_who_imports_a_file_depends_on_it(watched: Callable[..., dict[str, Inputs]]) -> None:
    before = watched()
    # The reference of stable imports naive, that of cross_entropy imports log_sum_exp.
    assert changed(before, watched(naive="x = 1\n")) == {"naive", "stable"}
    assert changed(watched(), watched(log_sum_exp="x = 1\n")) == {"log_sum_exp", "cross_entropy"}


@pytest.mark.parametrize(
    "line",
    [
        "import naive",
        "import exercises.naive as n",
        "from exercises import naive",
        "from exercises.naive import softmax_naive",
        "from .naive import softmax_naive",
        "from . import naive",
        "def f():\n    from naive import softmax_naive",
        "from stable import softmax_stable",  # which imports it
    ],
)
def test_whichever_way_it_is_imported(watched: Callable[..., dict[str, Inputs]], line: str) -> None:
    before = watched(merge=line, naive="x = 1\n")
    assert "merge" in changed(before, watched(merge=line, naive="x = 2\n"))


def test_files_that_import_each_other(watched: Callable[..., dict[str, Inputs]]) -> None:
    both = {"merge": "import online", "online": "import merge"}
    before = watched(**both)
    assert changed(before, watched(**both | {"online": "import merge\n"})) == {"merge", "online"}


@pytest.mark.parametrize("text", ["def f(:", "\\", "(" * 1000, ""])
def test_what_is_no_python_imports_nothing(
    watched: Callable[..., dict[str, Inputs]], text: str
) -> None:
    assert watched(stable=text)["stable"] == Inputs("exercises/stable.py", text)


def test_why_a_file_cannot_be_read_is_a_change_too(
    watched: Callable[..., dict[str, Inputs]], kit: Kit, submit: Callable[..., Path]
) -> None:
    gone = watched(stable=None)
    assert gone["stable"] == Inputs("exercises/stable.py", None)
    root = submit(stable=b"\xff")
    binary = inputs_of(read_submission(root, kit.files), kit.exercises.values())
    assert changed(gone, binary) == {"stable"}


def test_of_a_notebook_only_its_code_counts(kit: Kit, tmp_path: Path) -> None:
    def saved(source: str, output: str) -> dict[str, Inputs]:
        cell = {"cell_type": "code", "source": source, "outputs": [output]}
        path = tmp_path / "work.ipynb"
        path.write_text(json.dumps({"nbformat": 4, "cells": [cell]}))
        return inputs_of(read_submission(path, kit.files), kit.exercises.values())

    before = saved("x = 1", "")
    assert before["stable"].path == "work.ipynb"
    assert not changed(before, saved("x = 1", "printed"))
    modules = set(kit.exercises) - {"drills"}
    assert changed(before, saved("x = 2", "printed")) == modules


# ------------------------------------------------------------------ what was tried


def tried_source(*lines: str) -> str:
    """What is shown of the last of these examples, which fails."""
    doc = "".join(f"    >>> {line}\n" for line in lines)
    stub = f'def f(x):\n    """Do.\n\n{doc}    1\n    """\n    return x\n'
    tried = try_exercise("a", stub, [Source("a.py", stub)], {"a": 0}, PATIENCE_S)
    return dict(tried.blocks)["tried"]


def test_the_lines_that_an_example_needs_are_shown_with_it() -> None:
    lines = ("x = [0]", "z = 3", "y = 1", "x[0] = y", "y = 2", "y = y + 1", "f(x), y")
    assert tried_source(*lines) == "\n".join(n for n in lines if n != "z = 3") + "\n"
    assert tried_source("x = 5", "x = 2", "f(x)") == "x = 2\nf(x)\n"
    assert tried_source("x = 5", "f(") == "f(\n"


# ------------------------------------------------------------------ from save to save

NAMES = ["naive", "stable", "online", "merge"]
PASSES = Tried([Example("f", "f()", "1", "1", passed=True)])
BLANK = Tried([Example("f", "f()", "1", "not written yet", passed=False)] * 3)
BROKEN = Tried(problem="SyntaxError")


def some(good: int, total: int = 5, got: str = "2") -> Tried:
    """An exercise of which so many examples pass."""
    pairs = [Example("f", f"f({n})", "1", got, passed=n < good) for n in range(total)]
    return Tried(pairs)


@pytest.fixture
def exercises(kit: Kit) -> list[Exercise]:
    return [kit.exercises[name] for name in NAMES]


class Work:
    """A session, and the files that it is told of: each imports those before it in ``imports``."""

    def __init__(self, exercises: Sequence[Exercise], **imports: str) -> None:
        self.session = Session(exercises)
        self.imports = imports
        self.texts = {exercise.name: "0" for exercise in exercises}

    def save(self, **texts: str) -> bool:
        self.texts |= texts
        return self.session.saved(
            {
                name: Inputs(
                    f"exercises/{name}.py",
                    text,
                    tuple((n, self.texts[n]) for n in self.imports.get(name, "").split()),
                )
                for name, text in self.texts.items()
            }
        )

    def run(self, **results: Tried) -> list[str]:
        """Let all that waits run; in which order it did."""
        order = []
        while (name := self.session.start_next()) is not None:
            order.append(name)
            self.session.finished(results.get(name, PASSES))
        return order

    @property
    def view(self) -> View:
        return self.session.view()


@pytest.fixture
def work(exercises: list[Exercise]) -> Work:
    """All have run once, and none is begun but naive, which passes. stable imports naive."""
    work = Work(exercises, stable="naive")
    assert work.save()
    assert work.run(stable=BLANK, online=BLANK, merge=BLANK) == NAMES
    return work


def test_first_everything_runs(exercises: list[Exercise]) -> None:
    work = Work(exercises)
    work.save()
    assert work.view.untried == NAMES
    assert work.view.running == "naive"
    assert not work.view.is_settled
    assert work.run() == NAMES
    assert work.view.is_settled


def test_then_what_a_save_has_changed(work: Work) -> None:
    assert not work.save()
    assert not work.save(online="0")
    assert work.save(online="1")
    assert work.run(online=some(1)) == ["online"]
    assert work.save(naive="1")
    assert work.run() == ["naive", "stable"]


def test_what_was_saved_runs_before_what_imports_it(exercises: list[Exercise]) -> None:
    work = Work(exercises, naive="merge", stable="merge")
    work.save()
    work.run()
    work.save(merge="1")
    assert work.run() == ["merge", "naive", "stable"]


def test_a_save_comes_before_what_still_waits(exercises: list[Exercise]) -> None:
    work = Work(exercises)
    work.save()
    assert work.session.start_next() == "naive"
    work.save(merge="1")  # naive is ended, and comes again
    assert work.session.running is None
    assert work.run() == ["merge", "naive", "stable", "online"]


def test_one_at_a_time(work: Work) -> None:
    work.save(naive="1")
    assert work.session.start_next() == "naive"
    assert work.session.start_next() is None


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (some(1), PASSES, "online now passes"),
        (PASSES, some(1), "online now fails"),
        (PASSES, BROKEN, "online now fails"),
        (BLANK, some(2), "online 2 of 5, was not begun"),
        (some(2), some(3), "online 3 of 5, was 2 of 5"),
        (some(2), BROKEN, "online cannot run now"),
        (BROKEN, some(2), "online runs: 2 of 5"),
        (BROKEN, Tried(problem="NameError"), "online fails in another way"),
        (some(2), some(2, got="3"), "online fails in another way"),
        (some(2), some(2), "online as before"),
        (PASSES, PASSES, "online as before"),
    ],
)
def test_what_a_save_has_changed_is_said(
    exercises: list[Exercise], before: Tried, now: Tried, said: str
) -> None:
    work = Work(exercises)
    work.save()
    work.run(online=before)
    assert work.view.changes == []
    work.save(online="1")
    work.run(online=now)
    assert work.view.changes == [said]


def test_what_imports_it_is_named_only_when_it_changed(work: Work) -> None:
    work.save(naive="1")
    work.run(naive=some(1), stable=BLANK)
    assert work.view.changes == ["naive now fails"]
    work.save(naive="2")
    work.run(stable=PASSES)
    assert work.view.changes == ["naive now passes", "stable now passes"]


def test_the_one_to_look_at_is_the_one_that_was_saved(work: Work) -> None:
    assert work.view.focus == ("stable", BLANK)  # the first that does not pass
    work.save(merge="1")
    work.run(merge=some(2))
    assert work.view.focus == ("merge", some(2))
    assert work.view.failing == ["merge 2 of 5"]
    assert work.view.next_steps == ["Save exercises/merge.py, and it runs again."]


def test_or_one_that_the_save_has_broken(work: Work) -> None:
    work.save(naive="1")
    work.run(stable=BROKEN)
    assert work.view.focus == ("stable", BROKEN)
    assert work.view.broken == ["stable"]


def test_when_it_passes_it_is_the_next_one_and_round(work: Work) -> None:
    work.save(online="1")
    work.run()
    assert work.view.focus == ("merge", BLANK)
    assert work.view.next_steps == ["Write merge and softmax_chunked in exercises/merge.py."]
    work.save(merge="1")
    work.run()
    assert work.view.focus == ("stable", BLANK)
    work.save(stable="1")
    work.run()
    assert work.view.focus is None
    assert work.view.next_steps[0].startswith("All of it passes here.")


def test_the_picture_stays_until_there_is_another(work: Work) -> None:
    work.save(online="1")
    work.run(online=some(1))
    shown = work.view.focus
    work.save(online="2")
    assert work.view.focus == shown
    work.session.start_next()
    assert work.view.focus == shown
    work.session.finished(some(2))
    assert work.view.focus == ("online", some(2))


def test_a_hint_is_offered_when_saves_do_not_help(work: Work) -> None:
    def offered() -> bool:
        return "Stuck? In another terminal: autograder hint online" in work.view.next_steps

    for number in "12":
        work.save(online=number)
        work.run(online=some(1))
        assert not offered()
    work.save(naive="1")  # no try at online
    work.run()
    work.save(online="3")
    work.run(online=some(1))
    assert offered()
    work.save(online="4")
    work.run()
    work.save(online="5")
    work.run(online=some(1))
    assert not offered()


def test_no_hint_is_offered_where_there_is_none(tiny: Path) -> None:
    work = Work(list(Kit.load(tiny).exercises.values()))
    for number in range(5):
        work.save(trapezoid=str(number))
        work.run(trapezoid=some(1))
    assert work.view.next_steps == ["Save exercises/trapezoid.py, and it runs again."]


def test_a_sheet_is_filled_in(kit: Kit) -> None:
    work = Work([kit.exercises["drills"]])
    work.save()
    blank = Tried([Example("", 'a = ""', "an answer", "none", passed=False)], unit="answers")
    work.run(drills=blank)
    assert work.view.blank == ["drills"]
    assert work.view.next_steps == ["Fill in exercises/drills.py."]  # the file that it is told


# ------------------------------------------------------------------ what is shown


def text_of(view: View, width: int = 80, height: int | None = None) -> str:
    lines = [line.plain for line in lines_of(view, "12:00:00", width, height)]
    assert height is None or len(lines) <= height
    assert all(len(line) <= width for line in lines)
    return "\n".join(line.rstrip() for line in lines)


def failing(source: str = "f(1)", want: str = "1", got: str = "2") -> View:
    tried = Tried([Example("f", source, want, got, passed=False)])
    return View(
        saved=["stable"],
        failing=["stable 0 of 1"],
        changes=["stable as before"],
        focus=("stable", tried),
        next_steps=["Save it."],
        is_settled=True,
    )


def test_what_a_view_looks_like(work: Work) -> None:
    work.save(naive="1")
    work.run(naive=some(3, got="[[nan, 0.2689],\n [0.5, 0.7311]]"), stable=BROKEN)
    assert (
        text_of(work.view)
        == """\
12:00:00  saved naive; Ctrl-C ends

fails      naive 3 of 5
cannot run stable
not begun  online, merge
changed    naive now fails; stable cannot run now

naive  3 of 5 examples
  tried    f(3)
  expected 1
  got      [[nan, 0.2689],
            [0.5, 0.7311]]

Save exercises/naive.py, and it runs again."""
    )


def test_long_lines_go_on_below(work: Work) -> None:
    shown = text_of(failing(got="word " * 40 + "#" * 200))
    assert shown.count("#") == 200
    text_of(View(blank=["a_long_name"] * 40), width=40)


@pytest.mark.parametrize("height", [24, 12])
def test_a_long_traceback_leaves_room_for_the_rest(height: int) -> None:
    got = "\n".join(f"line {n}" for n in range(1000))
    shown = text_of(failing(got=got), height=height)
    assert "line 999" in shown  # where the exception is named
    assert "tried    f(1)" in shown
    assert "not all of it fits" in shown
    assert shown.endswith("Save it.")
    assert "line 985" in text_of(failing(got=got))


def test_what_student_code_prints_does_nothing_to_the_terminal() -> None:
    out = io.StringIO()
    with Screen(Console(file=out, width=80)) as screen:
        screen.show(failing(got="\x1b[2J\x1b]0;title\x07 [red]mark[/red] \x9b1m"), "12:00:00")
    assert "\x1b" not in out.getvalue()
    assert "\x9b" not in out.getvalue()
    assert "[red]mark[/red]" in out.getvalue()


def test_elsewhere_each_settled_view_is_written_once() -> None:
    out = io.StringIO()
    with Screen(Console(file=out, width=80)) as screen:
        screen.show(View(running="stable"), "12:00:00")
        screen.tick()
        assert not out.getvalue()
        screen.show(failing(), "12:00:01")
    assert out.getvalue().count("Ctrl-C ends") == 1


def terminal(out: io.StringIO) -> Console:
    return Console(
        file=out,
        force_terminal=True,
        width=80,
        height=24,
        color_system=None,
        _environ={"TERM": "xterm"},
    )


def test_a_terminal_is_painted_over_and_given_back() -> None:
    out = io.StringIO()
    with Screen(terminal(out)) as screen:
        screen.show(View(running="stable"), "12:00:00")
        begun = len(out.getvalue())
        screen.show(failing(), "12:00:01")
        painted = out.getvalue()[begun:]
    # From the top left corner, line over line: nothing is erased first, so nothing flickers.
    assert painted.startswith("\x1b[H")
    assert "\x1b[2J" not in painted
    assert "\x1b[3" not in out.getvalue()  # no colour, and no history erased
    left = out.getvalue().partition("\x1b[?1049l")[2]
    assert "stable 0 of 1" in left  # the last view stays, below what was there before


def test_another_size_of_the_window_is_another_picture() -> None:
    out = io.StringIO()
    console = terminal(out)
    with Screen(console) as screen:
        screen.show(failing(got="x" * 100), "12:00:00")
        before = len(out.getvalue())
        screen.tick()
        assert len(out.getvalue()) == before
        console.width = 60
        screen.tick()
        assert len(out.getvalue()) > before


# ------------------------------------------------------------------ the loop

Step = tuple[Callable[[], object], Callable[[View], bool]]


class Recorder:
    """Stands in for the screen, and waits for views in another thread."""

    def __init__(self) -> None:
        self.views: list[View] = []
        self.missed: View | None = None
        self._new = threading.Condition()

    def __call__(self, console: Console) -> Recorder:
        return self

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def show(self, view: View, time: str) -> None:
        with self._new:
            self.views.append(view)
            self._new.notify_all()

    def tick(self) -> None:
        pass

    def wait_for(self, what: Callable[[View], bool], seen: int = 0) -> None:
        """Wait for such a view among those after the first ``seen``."""
        with self._new:
            came = self._new.wait_for(
                lambda: len(self.views) > seen and what(self.views[-1]), PATIENCE_S
            )
        if not came:
            self.missed = self.views[-1]
            raise AssertionError


def allow(tiny: Path, seconds: float) -> None:
    """Give the exercise so much time."""
    text = (tiny / "grader.toml").read_text()
    changed, count = re.subn(r"(?m)^seconds = .*$", f"seconds = {seconds}", text)
    assert count == 1
    (tiny / "grader.toml").write_text(changed)


@pytest.fixture
def path(tiny: Path) -> Path:
    """The file that the student works on; the stub, with its examples, is another."""
    path = tiny.parent / "work/exercises/trapezoid.py"
    path.parent.mkdir(parents=True)
    allow(tiny, 2 * PATIENCE_S)  # to start a process may take long where others work as well
    return path


@pytest.fixture
def watch_steps(
    tiny: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., list[View]]:
    """Watch the smallest assignment's exercise while things are done to it; then Ctrl-C.

    Each step is what to do, and what the view must come to.
    """

    def run(*steps: Step, work: Path | None = None, first: str = WRONG) -> list[View]:
        path.write_text(first)
        recorder = Recorder()

        def script(*_: Path, stop_event: threading.Event, **__: Any) -> Iterator[set[str]]:
            try:
                recorder.wait_for(lambda view: view.is_settled)
                for do, expected in steps:
                    do()
                    seen = len(recorder.views)
                    yield {"something"}
                    recorder.wait_for(expected, seen)
            finally:
                os.kill(os.getpid(), signal.SIGINT)
                stop_event.wait(PATIENCE_S)

        monkeypatch.setattr(loop, "watch", script)
        monkeypatch.setattr(loop, "Screen", recorder)
        kit = Kit.load(tiny)
        code = loop.watch_work(
            work or path.parent.parent, kit, kit.chosen([]), Console(file=io.StringIO())
        )
        assert recorder.missed is None
        assert code == 128 + signal.SIGINT
        return recorder.views

    return run


def passes(view: View) -> bool:
    return view.is_settled and view.passing == ["trapezoid"]


def fails(view: View) -> bool:
    return view.is_settled and view.failing == ["trapezoid 0 of 2"]


def is_told(*words: str) -> Callable[[View], bool]:
    return lambda view: (
        view.is_settled and bool(view.focus) and all(w in view.focus[1].problem for w in words)
    )


def test_from_save_to_save(path: Path, watch_steps: Callable[..., list[View]]) -> None:
    views = watch_steps(
        (lambda: path.write_text(RIGHT), passes),
        (lambda: path.write_text("def f(:\n"), is_told("SyntaxError", "exercises/trapezoid.py")),
        (path.unlink, is_told("exercises/trapezoid.py")),
        (lambda: path.write_text(RIGHT), passes),
        (lambda: path.rename(path.with_name("other.txt")), is_told("exercises/trapezoid.py")),
        (lambda: path.with_name("other.txt").rename(path), passes),
        (lambda: path.write_bytes(b"\xff"), is_told("not UTF-8")),
        (lambda: path.write_text(WRONG), fails),
    )
    assert views[-1].changes == ["trapezoid runs: 0 of 2"]
    assert views[-1].focus[1].blocks == [
        ("tried", "float(trapezoid(np.array([0.0, 1.0, 2.0])))\n"),
        ("expected", "2.0\n"),
        ("got", "1.0\n"),
    ]


def test_what_changes_no_text_runs_nothing(
    path: Path, watch_steps: Callable[..., list[View]]
) -> None:
    views = watch_steps(
        (path.touch, fails),
        (lambda: path.write_text(WRONG), fails),
        (lambda: path.with_name("notes.txt").write_text("x"), fails),
    )
    assert sum(view.running is not None for view in views) == 1


def test_a_run_that_goes_on_is_ended_by_the_next_save(
    tiny: Path, path: Path, watch_steps: Callable[..., list[View]]
) -> None:
    allow(tiny, 1e6)
    first, second = tiny / "first", tiny / "second"
    pipes = {}
    for fifo in (first, second):
        os.mkfifo(fifo)
        pipes[fifo] = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)

    def runs(view: View) -> bool:
        return view.running == "trapezoid"

    def has_come(fifo: Path, what: bytes) -> None:
        assert select.select([pipes[fifo]], [], [], PATIENCE_S)[0]
        assert os.read(pipes[fifo], 1) == what

    def save_another() -> None:
        has_come(first, b"x")  # the loop has begun
        path.write_text(RIGHT)

    views = watch_steps(
        (lambda: path.write_text(ENDLESS.format(fifo=str(first))), runs),
        (save_another, passes),
        (lambda: path.write_text(ENDLESS.format(fifo=str(second))), runs),
        (lambda: has_come(second, b"x"), runs),
    )  # and the second one by Ctrl-C
    assert not any(view.broken for view in views)
    for fifo in (first, second):
        has_come(fifo, b"")  # the end of the process that held the other end
        os.close(pipes[fifo])


def test_an_endless_loop_has_its_time(
    tiny: Path, path: Path, watch_steps: Callable[..., list[View]]
) -> None:
    allow(tiny, 0.1)
    watch_steps(
        (lambda: path.write_text("while True: pass\n"), is_told("not finish within 0.1 seconds")),
        first="def f(:\n",
    )


def test_a_lone_file_may_be_away_for_a_while(
    tiny: Path, watch_steps: Callable[..., list[View]]
) -> None:
    lone = tiny.parent / "mine.py"
    lone.write_text(WRONG)
    views = watch_steps(
        (lone.unlink, is_told("there is no file or folder", "mine.py")),
        (lambda: lone.write_text(RIGHT), passes),
        (lambda: lone.write_text(WRONG), fails),
        work=lone,
    )
    assert views[-1].next_steps == ["Save mine.py, and it runs again."]


def test_what_cannot_be_watched_is_told(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Iterator[set[str]]:
        raise OSError("inotify watch limit reached")
        yield

    monkeypatch.setattr(loop, "watch", refuse)
    kit = Kit.load(tiny)
    with pytest.raises(UsageError, match=r"limit reached.*WATCHFILES_FORCE_POLLING=1"):
        loop.watch_work(tiny, kit, kit.chosen([]), Console(file=io.StringIO()))


def test_which_folders_are_watched(tmp_path: Path) -> None:
    def named() -> set[str]:
        return {f.relative_to(tmp_path).as_posix() for f in loop._folders(tmp_path)}

    (tmp_path / ".venv/lib").mkdir(parents=True)
    assert named() == {"."}
    (tmp_path / "work/exercises").mkdir(parents=True)
    assert named() == {".", "work", "work/exercises"}  # looked through, as intake does
    (tmp_path / "exercises").mkdir()
    (tmp_path / "data").mkdir()
    assert named() == {".", "exercises"}
    lone = tmp_path / "data/mine.py"
    lone.touch()
    assert loop._folders(lone) == [tmp_path / "data"]


def test_the_command_on_a_terminal(tiny: Path, path: Path) -> None:
    """The whole of it, with real files, processes and saves: by renaming, as many editors do."""
    work = path.parent.parent
    shutil.copy(tiny / "exercises/trapezoid.py", path)
    (work / "README.md").touch()
    process, fd = pty.fork()
    if not process:
        os.environ["TERM"] = "xterm"
        os.chdir(tiny)
        os.execv(sys.executable, [sys.executable, "-m", "autograder", "try", work, "--watch"])

    def until(*what: str) -> str:
        got, deadline = "", time.monotonic() + PATIENCE_S
        while not all(w in got for w in what):
            assert select.select([fd], [], [], deadline - time.monotonic())[0], got
            got += os.read(fd, 65536).decode()
        return got

    def save(text: str) -> None:
        path.with_suffix(".tmp").write_text(text)
        path.with_suffix(".tmp").replace(path)

    try:
        until("not begun", "Ctrl-C ends")
        save(WRONG)
        until("expected", "2.0", "got", "1.0", "trapezoid 0 of 2, was not begun", "Ctrl-C ends")
        save(RIGHT)
        until("trapezoid now passes", "Ctrl-C ends")
        (work / "exercises").rename(work / "old")
        until("trapezoid now fails", "Ctrl-C ends")
        (work / "old").rename(work / "exercises")
        until("trapezoid now passes", "Ctrl-C ends")
        save(WRONG)  # the folder that came back is watched as well
        until("trapezoid now fails", "Ctrl-C ends")
        os.write(fd, b"\x03")
        until("\x1b[?1049l", "Ctrl-C ends")
    except BaseException:
        os.kill(process, signal.SIGKILL)
        raise
    finally:
        _, status = os.waitpid(process, 0)
        os.close(fd)
    assert os.waitstatus_to_exitcode(status) == 130


def test_nothing_that_windows_lacks_is_needed() -> None:
    code = """
import sys
sys.modules.update(dict.fromkeys(["fcntl", "grp", "pwd", "resource", "termios"]))
import autograder.attempts, autograder.cli, autograder.hint, autograder.watch.loop
"""
    subprocess.run([sys.executable, "-c", code], check=True)
