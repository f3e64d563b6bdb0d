"""Grader processes on this machine, of which ``main`` is one.

Each has a grader of its own, with its own fork servers, and collects the hidden tests once. It
gets one submission at a time. One that ends over a submission is replaced, and the submission
is tried once more.

They end with the process that started them, however that ends: the kernel tells them, they
close their fork servers, and these end every process that runs student code. What they say to
each other is pickled, for neither end of it is a student's.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import traceback
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

from autograder.errors import AutograderError, GraderFault, KitError
from autograder.grading import Grader
from autograder.jobs import Graded, Job, Lost, run_job
from autograder.kit import Kit
from autograder.processor import settle
from autograder.result import Environment
from autograder.sandbox.kernel import die_with_parent
from autograder.sandbox.servers import Servers

__all__ = ["Pool", "main", "unmoved_by_ctrl_c"]

_TRIES = 2
_AHEAD = 2  # jobs at hand for each process, so that none waits for the next to be read
_LEAVE_S = 15.0


@dataclass(frozen=True)
class _Setup:
    root: Path
    sha256: str
    unconfined: bool


@dataclass(frozen=True)
class _Broken:
    """What a process says in place of a result."""

    error: AutograderError | str


class _Process:
    """One grader process, as the pool sees it."""

    def __init__(self, setup: _Setup) -> None:
        mine, theirs = socket.socketpair()
        with theirs, unmoved_by_ctrl_c():
            theirs.set_inheritable(True)
            package = str(Path(__file__).parents[1])
            paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-P", "-c", "from autograder.pool import main; main()"),
                    *(str(theirs.fileno()), str(os.getpid())),
                ],
                pass_fds=[theirs.fileno()],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
                stdin=subprocess.DEVNULL,
            )
        self.connection = Connection(mine.detach())
        self.is_ready = False
        self.job: Job | None = None
        self._tell(setup)

    def give(self, job: Job) -> None:
        self.job = job
        self._tell(job)

    def _tell(self, what: object) -> None:
        with contextlib.suppress(OSError):  # it has ended, which is seen when it is heard
            self.connection.send(what)

    def hear(self) -> Any:
        """What it says; how it ended when it has."""
        try:
            return self.connection.recv()
        except (EOFError, OSError):
            code = self._process.wait()
            how = f"ended by signal {-code}" if code < 0 else f"ended with exit status {code}"
            return _Broken(f"its process was {how}" if code < 0 else f"its process {how}")

    def leave(self) -> None:
        """Ask it to end now."""
        self._process.terminate()
        self.connection.close()

    def gone(self) -> None:
        """Wait until it has."""
        try:
            self._process.wait(_LEAVE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Pool:
    """So many grader processes. Use it with ``with``; see ``jobs.Workers``.

    Parameters
    ----------
    kit
        The assignment, which each of them loads from its folder.
    count
        Of processes.
    unconfined
        As in ``Grader``.
    """

    def __init__(self, kit: Kit, count: int, unconfined: bool) -> None:
        self._setup = _Setup(kit.root, kit.sha256, unconfined)
        self._count = count
        self._processes: list[_Process] = []
        self._queue: deque[Job] = deque()
        self._tries: dict[str, int] = {}
        self._environment: Environment | None = None

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._processes:
            process.leave()
        for process in self._processes:
            process.gone()

    @property
    def environment(self) -> Environment:
        self._start()
        while self._environment is None:
            self._hear()
        return self._environment

    @property
    def room(self) -> int:
        return _AHEAD * self._count - self.busy

    @property
    def busy(self) -> int:
        return len(self._queue) + sum(p.job is not None for p in self._processes)

    def submit(self, job: Job) -> None:
        self._queue.append(job)
        self._start()
        self._hand_out()

    def wait(self) -> Graded | Lost:
        while True:
            done = self._hear()
            if done is not None:
                return done

    def _start(self) -> None:
        # Only now: a batch with nothing to do should not wait for them.
        while len(self._processes) < self._count:
            self._processes.append(_Process(self._setup))

    def _hand_out(self) -> None:
        for process in self._processes:
            if self._queue and process.is_ready and process.job is None:
                process.give(self._queue.popleft())

    def _hear(self) -> Graded | Lost | None:
        """The next word of any of them, if it is about a job that is done with."""
        by_connection: dict[Any, _Process] = {p.connection: p for p in self._processes}
        said = by_connection[wait(list(by_connection))[0]]
        word = said.hear()
        job, said.job = said.job, None
        done: Graded | Lost | None = None
        if isinstance(word, Environment):
            self._environment = word
            said.is_ready = True
        elif isinstance(word, Graded):
            done = word
        else:
            done = self._replaced(said, job, word.error)
        self._hand_out()
        return done

    def _replaced(
        self, process: _Process, job: Job | None, error: AutograderError | str
    ) -> Lost | None:
        """Put another in the place of a process that has failed."""
        process.leave()
        process.gone()
        self._processes.remove(process)
        if isinstance(error, KitError) or (isinstance(error, AutograderError) and job is None):
            raise error
        if job is None:
            raise GraderFault(f"a grader process did not start: {error}")
        self._start()
        self._tries[job.student] = self._tries.get(job.student, 0) + 1
        if self._tries[job.student] >= _TRIES:
            return Lost(job, str(error))
        self._queue.appendleft(job)
        return None


@contextlib.contextmanager
def unmoved_by_ctrl_c() -> Iterator[None]:
    """Processes started within do not get the interrupt that a terminal sends to all.

    The one that started them does, and ends them in good order.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# ------------------------------------------------------------------ in the process itself


def _serve(connection: Connection, setup: _Setup, servers: Servers) -> None:
    """Grade what comes, until the other end closes."""
    kit = Kit.load(setup.root)
    if kit.sha256 != setup.sha256:
        raise KitError("the assignment was changed while it graded; run the batch again")
    with Grader(kit, unconfined=setup.unconfined, servers=servers) as grader:
        connection.send(grader.environment)
        while True:
            job = connection.recv()
            connection.send(run_job(grader, job))


def main() -> None:
    """Be a grader process: its arguments are a descriptor and the number of its parent."""
    connection = Connection(int(sys.argv[1]))
    settle()
    with Servers() as servers:

        def leave(*_: object) -> NoReturn:
            # In good order but for what it was at: the pool wants it gone.
            try:
                servers.__exit__(None, None, None)
            finally:
                os._exit(0)

        signal.signal(signal.SIGTERM, leave)
        die_with_parent(signal.SIGTERM)
        if os.getppid() != int(sys.argv[2]):  # it has ended before that
            return
        try:
            _serve(connection, connection.recv(), servers)
        except (EOFError, BrokenPipeError, ConnectionResetError):
            pass
        except AutograderError as error:
            connection.send(_Broken(error))
        except Exception:
            connection.send(_Broken(traceback.format_exc()))
