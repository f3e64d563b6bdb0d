r"""The fork server: it has imported what workers need, and forks one in milliseconds.

``python -m autograder.sandbox.forkserver FD [WITHOUT]`` talks over the socket ``FD`` in
packets of one JSON object each; a packet that asks for a worker brings along the worker's
end of a wire. It is started with an empty environment in ``/`` and is told neither where
the assignment lies nor what is graded, so that there is nothing to find in its memory,
which every worker inherits.

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

import numpy  # noqa: F401 - so that no worker has to

from autograder.sandbox import wire
from autograder.sandbox.confine import Confinement, Limits
from autograder.sandbox.kernel import ConfinementError, give_memory_back
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

    def __init__(self, control: socket.socket, null: int, confinement: Confinement) -> None:
        self._control = control
        self._null = null
        self._confinement = confinement
        self._pids: dict[int, int] = {}
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
                        return  # each worker has asked to die with this process

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

    def _await(self, identity: int) -> None:
        """Tell how a worker ended, now or as soon as it has."""
        if identity in self._codes:
            self._tell({"op": "exit", "id": identity, "code": self._codes.pop(identity)})
        else:
            self._awaited.add(identity)

    def _kill(self, identity: int) -> None:
        if identity in self._pids:
            os.kill(self._pids[identity], signal.SIGKILL)
            if identity not in self._awaited:
                self._forgotten.add(identity)
        else:
            self._codes.pop(identity, None)

    def _reap(self) -> None:
        for identity, pid in list(self._pids.items()):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                del self._pids[identity]
                if identity in self._forgotten:
                    self._forgotten.discard(identity)
                    continue
                self._codes[identity] = os.waitstatus_to_exitcode(status)
                if identity in self._awaited:
                    self._awaited.discard(identity)
                    self._await(identity)

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
            Worker(pipe).serve()
        except MemoryError:
            os._exit(71)  # outside a call, where it could be answered; process.py knows it
        finally:
            os._exit(70)


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    for name in _PRELOADED:
        importlib.import_module(name)
    # Where the machine itself runs out of memory, a worker goes before the grader.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    # The grader puts this process where it and all that it forks belong, and says so.
    if not control.recv(_PACKET):
        return
    null = os.open(os.devnull, os.O_RDWR)  # out of reach in the namespaces
    confinement = Confinement(["numpy"], without=sys.argv[2:])
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
    Server(control, null, confinement).run()


if __name__ == "__main__":
    main()
