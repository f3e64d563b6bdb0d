"""The grader's end of the wall: starting a fork server, asking for workers, calling them."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from autograder.sandbox import wire
from autograder.sandbox.cgroup import ControlGroup
from autograder.sandbox.confine import Limits
from autograder.sandbox.kernel import ConfinementError
from autograder.sandbox.outside import Outside
from autograder.sandbox.profiles import PROFILES, WorkerKind
from autograder.sandbox.readable import within_reach

T = TypeVar("T")

_PACKET = 1 << 16
_START_S = 60.0
_BUFFER = 4 << 20
# Between two looks at a worker's memory, and how fast it might fill meanwhile.
_LOOK_S, _FILLS_PER_S = 0.02, 1 << 30
_SO_PASSCRED = getattr(socket, "SO_PASSCRED", 16)
_CREDENTIALS = struct.Struct("3i")  # struct ucred of <sys/socket.h>
# What counts for a control group beyond the limit of each worker: page tables, buffers of sockets.
_GROUP_BYTES_EACH = 64 << 20


class WorkerDied(Exception):
    """The worker's process ended before it answered.

    Attributes
    ----------
    code
        Exit status; negative for the number of a signal.
    """

    def __init__(self, code: int) -> None:
        super().__init__(f"the worker ended with {code}")
        self.code = code


class WorkerOutOfMemory(WorkerDied):
    """The worker was ended because it held more memory than it may.

    Of what its own limits count it is told as a ``MemoryError``; this is for all the rest.
    """


class WorkerHungUp(WorkerDied):
    """The worker closed its wire and lived on; it was ended."""


class _TooMuchMemory(Exception):
    """A look at a worker's memory found more than it may have."""


class WorkerTimeout(Exception):
    """The worker did not answer before the deadline."""


class SocketPipe(wire.Pipe):
    """The grader's end of the wire: no read or write outlasts ``deadline``.

    Attributes
    ----------
    deadline
        In seconds of ``time.monotonic``.
    look, interval
        Called every so many seconds, also while the other end says nothing.
    """

    def __init__(self, end: socket.socket) -> None:
        super().__init__()
        # Before anything is sent, or the kernel will not say by whom.
        end.setsockopt(socket.SOL_SOCKET, _SO_PASSCRED, 1)
        self._socket = end
        self._next_look = 0.0
        self.deadline = 0.0
        self.look: Callable[[], None] = lambda: None
        self.interval = _LOOK_S

    def read_some(self, buffer: memoryview) -> int:
        return self._patiently(lambda: self._socket.recv_into(buffer))

    def write_some(self, buffers: list[memoryview]) -> int:
        return self._patiently(lambda: self._socket.sendmsg(buffers[:16]))

    def _patiently(self, work: Callable[[], int]) -> int:
        while True:
            now = time.monotonic()
            if now >= self.deadline:
                raise TimeoutError
            if now >= self._next_look:
                self.look()
                self._next_look = now + self.interval
            self._socket.settimeout(min(self.deadline, self._next_look) - now)
            try:
                return work()
            except TimeoutError:
                continue

    def peer(self) -> int:
        """The process that is about to be heard, by the number that it has here."""
        self._socket.settimeout(max(0.0, self.deadline - time.monotonic()))
        space = socket.CMSG_SPACE(_CREDENTIALS.size)
        _, ancillary, _, _ = self._socket.recvmsg(1, space, socket.MSG_PEEK)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_PASSCRED, 0)
        for _, _, data in ancillary:
            pid: int = _CREDENTIALS.unpack(data)[0]
            return pid
        raise EOFError

    def has_ended(self) -> bool:
        """Whether the other end is closed, whatever it has said before."""
        poll = select.poll()
        poll.register(self._socket, select.POLLRDHUP)
        return bool(poll.poll(0))

    def close(self) -> None:
        self._socket.close()


class ForkServer:
    """One fork server process and the workers it forked. Use it in one thread.

    Parameters
    ----------
    without
        Protections to leave out; see ``confine.Confinement``.
    kind
        Of its workers.

    Attributes
    ----------
    facts, missing
        As in ``confine.Confinement``; waits for the server to be up.
    """

    def __init__(self, without: Collection[str] = (), kind: WorkerKind = "numpy") -> None:
        profile = PROFILES[kind]
        self._server_bytes = profile.server_bytes
        # Where nothing else is writable; nothing is left in it when all goes well.
        self._scratch = (
            tempfile.TemporaryDirectory(
                prefix="onewalk-", dir=_temporary(), ignore_cleanup_errors=True
            )
            if profile.compiles
            else None
        )
        scratch = {"TMPDIR": self._scratch.name} if self._scratch else {}
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            theirs.set_inheritable(True)
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-s", "-P", "-m", "autograder.sandbox.forkserver"),
                    *(str(theirs.fileno()), kind, *without),
                ],
                pass_fds=[theirs.fileno()],
                # One BLAS thread and one memory arena; the same hashes for each regrade.
                env={
                    "OPENBLAS_NUM_THREADS": "1",
                    "OMP_NUM_THREADS": "1",
                    "MKL_NUM_THREADS": "1",
                    "MALLOC_ARENA_MAX": "1",
                    "PYTHONHASHSEED": "0",
                    **profile.environment,
                    **scratch,
                    # The server must be of this package, and Python must find its libraries.
                    "PYTHONPATH": str(Path(__file__).parents[2]),
                    **{k: v for k, v in os.environ.items() if k == "LD_LIBRARY_PATH"},
                },
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        # Before it forks anything, for what it has forked by then would stay outside.
        self._group = ControlGroup.around(self._process.pid, self._server_bytes)
        self._tell({"op": "go"})
        self._killed = 0  # by the kernel, for want of memory
        self._workers: dict[int, WorkerProcess] = {}  # those that live
        self._ids = itertools.count(1)
        self._ready: dict[str, Any] | None = None
        self._spares: dict[Limits, WorkerProcess] = {}

    def __enter__(self) -> ForkServer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = self._wait_until_ready()["facts"]
        return {**facts, "cgroup": self._group is not None}

    @property
    def missing(self) -> list[str]:
        missing: list[str] = self._wait_until_ready()["missing"]
        return missing

    def spawn(self, limits: Limits) -> WorkerProcess:
        """A fresh confined worker, which has run nothing yet.

        The next one with the same limits is asked for at once, so that it confines itself
        while this one is at work.
        """
        self._wait_until_ready()
        worker = self._spares.pop(limits, None)
        if worker is None or worker.has_ended():  # as where the machine's memory ran out
            worker = self._fork(limits)
        self._spares[limits] = self._fork(limits)
        return worker

    def _fork(self, limits: Limits) -> WorkerProcess:
        identity = next(self._ids)
        mine, theirs = socket.socketpair()
        for end in (mine, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        packet = {"op": "spawn", "id": identity}
        packet |= {"memory_bytes": limits.memory_bytes, "cpu_s": limits.cpu_s}
        worker = WorkerProcess(self, identity, SocketPipe(mine), limits)
        self._workers[identity] = worker
        if self._group is not None:
            shares = [each.limits.memory_bytes for each in self._workers.values()]
            with contextlib.suppress(OSError):  # the other limits are there as well
                self._group.allow(
                    self._server_bytes + sum(shares) + _GROUP_BYTES_EACH * len(shares)
                )
        with theirs:
            self._tell(packet, theirs.fileno())
        return worker

    def kill(self, identity: int) -> None:
        """End a worker."""
        self._workers.pop(identity, None)
        with contextlib.suppress(ConfinementError):  # with the server, its workers have ended
            self._tell({"op": "kill", "id": identity})

    def death(self, identity: int) -> WorkerDied:
        """How a worker ended that has closed its wire; it is killed if it lives on."""
        code, lived_on = self._exit_code(identity)
        if lived_on:
            return WorkerHungUp(code)
        killed = self._group.killed if self._group is not None else 0
        by_kernel, self._killed = killed > self._killed, killed
        if by_kernel and code == -signal.SIGKILL:
            return WorkerOutOfMemory(code)
        return WorkerDied(code)

    def _exit_code(self, identity: int) -> tuple[int, bool]:
        """The exit status, and whether it had to be killed for it."""
        self._workers.pop(identity, None)
        self._tell({"op": "await", "id": identity})
        lived_on = False
        try:
            packet = self._hear(timeout=1.0)
        except TimeoutError:
            lived_on = True
            self.kill(identity)
            packet = self._receive()
        assert packet["id"] == identity
        return packet["code"], lived_on

    def _tell(self, packet: dict[str, Any], *fds: int) -> None:
        self._control.settimeout(_START_S)
        try:
            socket.send_fds(self._control, [json.dumps(packet).encode()], fds)
        except OSError as error:
            raise ConfinementError(f"the fork server cannot be reached: {error}") from None

    def close(self) -> None:
        """End the server and every worker."""
        for worker in self._workers.values():
            worker._close()
        self._control.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stderr:
            self._process.stderr.close()
        if self._group is not None:
            self._group.remove()
        if self._scratch is not None:
            self._scratch.cleanup()

    def _wait_until_ready(self) -> dict[str, Any]:
        if self._ready is None:
            self._ready = self._receive()
        return self._ready

    def _receive(self) -> dict[str, Any]:
        try:
            return self._hear(_START_S)
        except TimeoutError:
            raise ConfinementError(f"the fork server said nothing in {_START_S:g} s") from None

    def _hear(self, timeout: float) -> dict[str, Any]:
        self._control.settimeout(timeout)
        try:
            data = self._control.recv(_PACKET)
        except ConnectionError:
            data = b""
        if not data:
            assert self._process.stderr is not None
            os.set_blocking(self._process.stderr.fileno(), False)
            said = (self._process.stderr.read() or b"").decode(errors="replace")
            raise ConfinementError(f"the fork server ended: {said.strip() or 'without a word'}")
        packet: dict[str, Any] = json.loads(data)
        return packet


def _temporary() -> str:
    """Where temporary files go; for root, whose workers are another user, within reach of it."""
    usual = tempfile.gettempdir()
    # Names that others can guess, but only as places in which mkdtemp will make one.
    places = [usual, "/tmp", "/var/tmp"] if os.geteuid() == 0 else []  # noqa: S108 - see above
    return next((p for p in places if within_reach(Path(p, "x"))), usual)


def _expect_within(outside: Outside, most: int) -> None:
    outside.look()
    if outside.held > most:
        raise _TooMuchMemory


class WorkerProcess:
    """One worker, as the grader sees it: a pipe and a way to end it.

    Attributes
    ----------
    limits
        What it may use.
    alive
        Whether it can be told anything.
    grown
        Bytes by which its memory was larger at the most than when it was greeted; known when
        it has ended, and of one that was not ended by the grader only what was last seen.
    """

    def __init__(self, server: ForkServer, identity: int, pipe: SocketPipe, limits: Limits) -> None:
        self._server = server
        self._identity = identity
        self._pipe = pipe
        self.limits = limits
        self._outside: Outside | None = None
        self._signals = -1  # a descriptor of the process, which no other can take its place in
        self._rests = False
        self._greeted_with = 0
        self.grown = 0
        self.alive = True

    def has_ended(self) -> bool:
        """Whether its process is gone already; only before it was greeted."""
        if self._pipe.has_ended():
            self.end()
        return not self.alive

    def greet(self) -> None:
        """Wait until the worker is confined and ready for its first message.

        Raises
        ------
        ConfinementError
            When it is not: before this, all that can go wrong is the machine's doing.
        """
        self._pipe.deadline = time.monotonic() + _START_S
        try:
            # Until now it has run nothing of a student's, so this is the process that it is.
            pid = self._pipe.peer()
            with contextlib.suppress(OSError):  # refused in some containers: threads do not rest
                self._signals = os.pidfd_open(pid)
            self._outside = outside = Outside(pid)
            greeting, _ = wire.receive(self._pipe, 0)
        except (OSError, EOFError, wire.ProtocolError) as error:
            self.end()
            raise ConfinementError(f"it did not start ({type(error).__name__})") from None
        if greeting.get("op") != "ready":
            self.end()
            raise ConfinementError(str(greeting.get("reason")))
        self._greeted_with = outside.most
        allowed = self.limits.memory_bytes
        # The limit of the process counts what was there and untouched, such as a buffer of BLAS;
        # whoever touches it holds it from now on.
        most = outside.held + allowed + min(outside.untouched, allowed // 8)
        self._pipe.look = partial(_expect_within, outside, most)
        self._pipe.interval = min(_LOOK_S, allowed / _FILLS_PER_S)

    def tell(self, header: dict[str, Any], body: list[memoryview], deadline: float) -> None:
        """Send one message; like ``hear``."""
        self._pipe.deadline = deadline
        if self._rests:
            self._signal(signal.SIGCONT)
            self._rests = False
        self._guarded(lambda: wire.send(self._pipe, header, body))

    def hear(self, deadline: float, size_cap: int) -> tuple[dict[str, Any], wire.Unpacker]:
        """Wait for one message.

        Parameters
        ----------
        deadline
            In seconds of ``time.monotonic``.
        size_cap
            Bytes that it may have.

        Raises
        ------
        WorkerTimeout, WorkerDied, wire.ProtocolError
            The worker has ended then; ask for another.
        """
        self._pipe.deadline = deadline
        header, body = self._guarded(lambda: wire.receive(self._pipe, size_cap))
        if self._signals >= 0 and self._outside is not None and self._outside.threads > 1:
            # The first waits for the next message. The others would go on, on no clock, while
            # the grader is at work, and take the processor from it.
            self._signal(signal.SIGSTOP)
            self._rests = True
        return header, wire.Unpacker(body)

    def _signal(self, number: int) -> None:
        with contextlib.suppress(OSError):  # it has ended, or may not be signalled here
            signal.pidfd_send_signal(self._signals, number)

    def _guarded(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except TimeoutError:
            self.end()
            raise WorkerTimeout from None
        except _TooMuchMemory:
            self.end()
            raise WorkerOutOfMemory(-signal.SIGKILL) from None
        except (EOFError, ConnectionError):
            self._close()
            raise self._server.death(self._identity) from None
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        """Kill the worker."""
        if self.alive:
            self._close()
            self._server.kill(self._identity)

    def _close(self) -> None:
        self.alive = False
        if self._outside is not None:
            self._outside.look()  # while it lives: without its pipe it ends
            self.grown = max(0, self._outside.most - self._greeted_with)
            self._outside.close()
        self._pipe.close()
        if self._signals >= 0:
            os.close(self._signals)
