"""Graders on the workers of a Dask cluster, which share no disk with this machine.

The assignment travels once to each worker, those that join later included, and each submission
with its own task; results come back to this machine and are written here. Where a worker is
lost, the scheduler gives its submissions to others.

A worker grades one submission at a time, with a grader that it keeps. Workers are best started
with one thread and one process for each core; those with a card, with the resource ``GPU=1``.
If there are any of these, an assignment with GPU tasks is graded there and nowhere else.
"""

from __future__ import annotations

import contextlib
import io
import queue
import tempfile
import threading
import time
import traceback
import zipfile
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from autograder.errors import AutograderError, GraderFault, KitError, UsageError
from autograder.grading import Grader
from autograder.jobs import Graded, Job, Lost, run_job
from autograder.kit import CONFIG, Kit
from autograder.processor import settle
from autograder.result import Environment

try:
    from distributed import Client, Future, KilledWorker, Worker, WorkerPlugin
except ImportError:
    raise UsageError("--scheduler needs Dask: pip install 'onewalk[cluster]'") from None

__all__ = ["Cluster"]

_TRIES = 2
_AHEAD = 2  # tasks for each worker, so that none waits for the next to arrive
_LOOK_S = 2.0  # between two looks at how many workers there are


class Cluster:
    """The workers of a scheduler. Use it with ``with``; see ``jobs.Workers``.

    Parameters
    ----------
    kit
        The assignment, whose files go to the workers.
    address
        Of the scheduler, such as ``tcp://10.0.0.1:8786``.
    unconfined
        As in ``Grader``.
    say
        Called with a line for the person at the terminal.
    """

    def __init__(
        self, kit: Kit, address: str, unconfined: bool, say: Callable[[str], None]
    ) -> None:
        self._kit = kit
        self._address = address
        self._unconfined = unconfined
        self._say = say
        self._alone = False  # there is no worker, and this was said
        self._stack = contextlib.ExitStack()
        self._jobs: dict[str, Job] = {}  # by key of its task
        self._futures: dict[str, Future[Graded | Lost]] = {}
        self._done: queue.SimpleQueue[Future[Graded | Lost]] = queue.SimpleQueue()
        self._threads, self._looked = 1, 0.0
        self._resources: dict[str, float] = {}

    def __enter__(self) -> Cluster:
        with contextlib.ExitStack() as stack:
            try:
                client = Client(  # type: ignore[no-untyped-call]  # Dask's classes have no types
                    self._address, set_as_default=False
                )
                self._client = stack.enter_context(client)
            except (OSError, ValueError, TimeoutError) as error:
                raise UsageError(f"no scheduler answers at {self._address}: {error}") from None
            sent = SentKit(self._kit.sha256, packed(self._kit))
            self._client.register_plugin(sent, name=sent.name)
            if any(e.is_gpu_task for e in self._kit.exercises.values()) and self._has_cards():
                self._resources = {"GPU": 1}
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._futures.clear()  # with them the scheduler forgets what is still to be done
        self._stack.close()

    @property
    def environment(self) -> Environment:
        future: Future[Environment] = self._client.submit(
            grading_environment,
            self._kit.sha256,
            self._unconfined,
            resources=self._resources,
            pure=False,
        )
        while True:
            try:
                return future.result(timeout=_LOOK_S)
            except TimeoutError:
                self._look_for_workers()

    @property
    def room(self) -> int:
        if time.monotonic() - self._looked > _LOOK_S:
            self._threads = sum(self._client.nthreads().values())
            self._looked = time.monotonic()
        # One even where there is no worker yet: it is what a scheduler starts some for.
        return max(1, _AHEAD * self._threads) - self.busy

    @property
    def busy(self) -> int:
        return len(self._jobs)

    def submit(self, job: Job) -> None:
        future = self._client.submit(
            grade,
            self._kit.sha256,
            self._unconfined,
            job,
            resources=self._resources,
            pure=False,
        )
        self._jobs[str(future.key)] = job
        self._futures[str(future.key)] = future
        future.add_done_callback(self._done.put)

    def wait(self) -> Graded | Lost:
        future = self._next_done()
        job = self._jobs.pop(str(future.key))
        del self._futures[str(future.key)]
        try:
            done: Graded | Lost = future.result()
        except KilledWorker as error:
            return Lost(job, str(error))
        except CancelledError:
            raise GraderFault(
                f"the scheduler at {self._address} is gone; run the batch again to go on"
            ) from None
        return done

    def _next_done(self) -> Future[Graded | Lost]:
        while True:
            with contextlib.suppress(queue.Empty):
                return self._done.get(timeout=_LOOK_S)
            self._look_for_workers()

    def _look_for_workers(self) -> None:
        """Say so where there is nobody who could do anything."""
        alone = not self._client.nthreads()
        if alone and not self._alone:
            self._say(f"the scheduler at {self._address} has no worker; waiting for one")
        self._alone = alone

    def _has_cards(self) -> bool:
        workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
        return any("GPU" in worker["resources"] for worker in workers)


# ------------------------------------------------------------------ the assignment's way


def packed(kit: Kit) -> bytes:
    """The files that grading needs, as a zip archive."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        stubs = [e.stub for e in kit.exercises.values()]
        for path in dict.fromkeys((kit.root / CONFIG, *kit.graded_files, *stubs)):
            archive.write(path, path.relative_to(kit.root))
    return data.getvalue()


class SentKit(WorkerPlugin):
    """Brings the assignment to each worker."""

    def __init__(self, sha256: str, data: bytes) -> None:
        self._sha256 = sha256
        self._data = data
        self.name = f"onewalk-{sha256}"

    def setup(self, worker: Worker) -> None:
        here = Path(tempfile.mkdtemp(prefix="onewalk-", dir=worker.local_directory))
        with zipfile.ZipFile(io.BytesIO(self._data)) as archive:
            archive.extractall(here)
        _kits[self._sha256] = here

    def teardown(self, worker: Worker) -> None:
        with _lock:
            _let_go()


# ------------------------------------------------------------------ in a worker


@dataclass
class _Kept:
    """The grader of this process, for as long as it is of use."""

    sha256: str
    unconfined: bool
    grader: Grader
    stack: contextlib.ExitStack


_kits: dict[str, Path] = {}
_kept: list[_Kept] = []  # one at most
_lock = threading.Lock()  # a worker may have been started with several threads


def grading_environment(sha256: str, unconfined: bool) -> Environment:
    """What a worker grades with."""
    with _lock:
        return _grader(sha256, unconfined).grader.environment


def grade(sha256: str, unconfined: bool, job: Job) -> Graded | Lost:
    """Grade a submission with the worker's grader."""
    reason = ""
    with _lock:
        for _ in range(_TRIES):
            kept = _grader(sha256, unconfined)
            try:
                return run_job(kept.grader, job)
            except KitError:
                raise
            except AutograderError as error:
                reason = str(error)
            except Exception:
                reason = traceback.format_exc()
            _let_go()
    return Lost(job, reason)


def _grader(sha256: str, unconfined: bool) -> _Kept:
    if _kept and (_kept[0].sha256, _kept[0].unconfined) == (sha256, unconfined):
        return _kept[0]
    _let_go()
    settle()
    with contextlib.ExitStack() as stack:
        kit = Kit.load(_kits[sha256])
        grader = stack.enter_context(Grader(kit, unconfined=unconfined))
        _kept.append(_Kept(sha256, unconfined, grader, stack.pop_all()))
    return _kept[0]


def _let_go() -> None:
    while _kept:
        _kept.pop().stack.close()
