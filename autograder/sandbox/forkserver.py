r"""The fork server: it has imported what workers need, and forks one in milliseconds.

``python -m autograder.sandbox.forkserver FD KIND [WITHOUT]`` talks over the socket ``FD`` in
packets of one JSON object each; a packet that asks for a worker, of the one KIND that this
server has, brings along the worker's end of a wire. It is started with an empty environment
in ``/`` and is told neither where the assignment lies nor what is graded, so that there is
nothing to find in its memory, which every worker inherits.

=====================================================  ======================================
from the grader                                        from the server
=====================================================  ======================================
``{"op": "go"}``, once                                 ``{"op": "ready", "facts", "missing"}``
``{"op": "spawn", "id", "memory_bytes", "cpu_s"}``     nothing; the worker says "ready" itself
``{"op": "await", "id"}``                              ``{"op": "exit", "id", "code"}``, once
                                                       it has ended
``{"op": "kill", "id"}``                               nothing
=====================================================  ======================================

``code`` is the exit status, negative for a signal. The server ends, and with it every
worker, when the grader's end of the socket closes, however the grader came to its end.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import sysconfig
import threading
from pathlib import Path
from typing import NoReturn

from autograder.sandbox import wire
from autograder.sandbox.confine import Confinement, Limits
from autograder.sandbox.kernel import ConfinementError, give_memory_back
from autograder.sandbox.profiles import PROFILES
from autograder.sandbox.worker import FdPipe, Worker, hide_the_grader

_PACKET = 1 << 16

# What student code likes to import: loaded once here instead of in each worker, and before
# the memory of a worker is measured.
_PRELOADED = """
    numpy.linalg
    abc array bisect bz2 cmath collections contextlib copy ctypes
    dataclasses decimal enum fractions functools hashlib heapq itertools lzma math numbers
    operator queue inspect random re statistics string struct textwrap threading time types
    typing warnings zlib
""".split()


class Server:
    """Forks workers on request and tells how they ended."""

    def __init__(
        self, control: socket.socket, null: int, kind: type[Worker], confinement: Confinement
    ) -> None:
        self._control = control
        self._null = null
        self._kind = kind
        self._confinement = confinement
        self._pids: dict[int, int] = {}  # of workers, by the grader's number
        self._workers: dict[int, int] = {}  # the other way round
        self._codes: dict[int, int] = {}  # of those that ended, until someone asks
        self._awaited: set[int] = set()
        self._forgotten: set[int] = set()

    def run(self) -> None:
        """Serve until the grader's end of the socket closes."""
        woken, wake = socket.socketpair()
        woken.setblocking(False)
        wake.setblocking(False)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        ready = {"facts": self._confinement.facts, "missing": self._confinement.missing}
        self._tell({"op": "ready", **ready})
        with selectors.DefaultSelector() as selector:
            selector.register(self._control, selectors.EVENT_READ)
            selector.register(woken, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is woken:
                        with contextlib.suppress(BlockingIOError):
                            woken.recv(_PACKET)
                        self._reap()
                    elif not self._obey():
                        return self._end()

    def _tell(self, packet: dict[str, object]) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._control.send(json.dumps(packet).encode())

    def _obey(self) -> bool:
        """Do what one packet asks; False at the end of the socket."""
        try:
            data, fds, _, _ = socket.recv_fds(self._control, _PACKET, 1)
        except ConnectionResetError:
            return False
        if not data:
            return False
        packet = json.loads(data)
        if packet["op"] == "kill":
            self._kill(packet["id"])
        elif packet["op"] == "await":
            self._await(packet["id"])
        else:
            limits = Limits(packet["memory_bytes"], packet["cpu_s"])
            self._fork(packet["id"], fds[0], limits)
            os.close(fds[0])
        return True

    def _fork(self, identity: int, wire_fd: int, limits: Limits) -> None:
        try:
            pid = os.fork()
        except OSError as error:
            reason = f"no process could be had: {error.strerror}"
            wire.send(FdPipe(wire_fd), {"op": "unconfined", "reason": reason}, [])
            self._codes[identity] = 70
            return
        if not pid:
            self._become_worker(wire_fd, limits)
        self._pids[identity] = pid
        self._workers[pid] = identity

    def _await(self, identity: int) -> None:
        """Tell how a worker ended, now or as soon as it has."""
        if identity in self._codes:
            self._tell({"op": "exit", "id": identity, "code": self._codes.pop(identity)})
        else:
            self._awaited.add(identity)

    def _kill(self, identity: int) -> None:
        if identity in self._pids:
            _kill_all_of(self._pids[identity])
            if identity not in self._awaited:
                self._forgotten.add(identity)
        else:
            self._codes.pop(identity, None)

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):  # there is none any more
            while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                self._bury(ended.si_pid)

    def _bury(self, pid: int) -> None:
        """Let a process go that has ended, with all that it has left."""
        identity = self._workers.pop(pid, None)
        if identity is None:  # a program that has outlived its worker, in a PID namespace
            os.waitpid(pid, 0)
            return
        del self._pids[identity]
        _kill_all_of(pid)  # as long as the number is still this one's
        if self._confinement.scratch:
            self._confinement.scratch.clean(pid)
        _, status = os.waitpid(pid, 0)
        if identity in self._forgotten:
            self._forgotten.discard(identity)
            return
        self._codes[identity] = os.waitstatus_to_exitcode(status)
        if identity in self._awaited:
            self._awaited.discard(identity)
            self._await(identity)

    def _end(self) -> None:
        """End every worker; those of a server that is killed have asked to die with it."""
        for pid in list(self._workers):
            _kill_all_of(pid)
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
            self._bury(pid)

    def _become_worker(self, wire_fd: int, limits: Limits) -> NoReturn:
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for standard in (0, 1, 2):
                os.dup2(self._null, standard)
            self._confinement.enter(limits, keep=wire_fd)
            pipe = FdPipe(wire_fd)
            wire.send(pipe, {"op": "ready"}, [])
        except (ConfinementError, OSError, ValueError) as error:
            with contextlib.suppress(OSError):
                wire.send(FdPipe(wire_fd), {"op": "unconfined", "reason": str(error)}, [])
            os._exit(70)  # EX_SOFTWARE
        try:
            del self._control, self._confinement
            self._kind(pipe).serve()
        except MemoryError:
            os._exit(71)  # outside a call, where it could be answered; process.py knows it
        finally:
            os._exit(70)


def _kill_all_of(pid: int) -> None:
    """Kill a worker and the programs that it has started."""
    with contextlib.suppress(ProcessLookupError):  # it has not made itself a group yet
        os.killpg(pid, signal.SIGKILL)
    os.kill(pid, signal.SIGKILL)


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    # The client passes a WorkerKind, and any other is a KeyError.
    profile = PROFILES[sys.argv[2]]  # type: ignore[index]  # an argument is a str to mypy
    for name in _PRELOADED:
        importlib.import_module(name)
    module, name = profile.worker
    kind: type[Worker] = getattr(importlib.import_module(module), name)
    kind.prepare()
    # Where the machine itself runs out of memory, a worker goes before the grader.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    # The grader puts this process where it and all that it forks belong, and says so.
    if not control.recv(_PACKET):
        return
    null = os.open(os.devnull, os.O_RDWR)  # out of reach in the namespaces
    confinement = Confinement(profile, without=sys.argv[3:])
    os.environ.clear()
    sys.dont_write_bytecode = True
    sys.argv = [""]
    # No package is to be found any more, and NumPy is already.
    stdlib = (sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"))
    sys.path[:] = [p for p in sys.path if p.startswith(stdlib) and "-packages" not in p]
    # Eight megabytes of stack for each thread would soon be all the memory there is.
    threading.stack_size(1 << 20)
    hide_the_grader()
    gc.collect()
    gc.freeze()
    give_memory_back()
    Server(control, null, kind, confinement).run()


if __name__ == "__main__":
    main()
