"""Confinement of the processes that run student code (Linux).

Theory of operation
-------------------
The fork server confines itself once, as far as it can and still fork; each worker forked
from it then takes the last steps alone. The layers are independent, so that one that is
missing on a machine leaves the others standing:

1. *Namespaces* (server, once): its own users (unless it is root), mounts, processes,
   network and IPC. The mount namespace gets a new, read-only root that holds nothing but
   the Python installation, so that hidden tests, homes and ``/proc`` are not merely
   forbidden but absent.
2. *User* (server): one that is root becomes ``nobody``, in a user namespace of its own where
   it may; all capabilities go.
3. *Landlock* (server): reads below the Python installation, nothing else, no writes at
   all. A worker has no writable place, so nothing survives it. A card's may write to devices,
   and to the files in ``/proc`` by which its own threads get names, as a driver gives them.
4. *seccomp* (worker): an allow-list of system calls. No sockets, no exec, no processes,
   no signals to anyone, no shared memory by name.
   To a card's, which runs no student code but compiled kernels, what a driver needs is allowed
   too, as public traces tell it; no card has been here to try it.
5. *Limits* (worker): memory, CPU, threads, descriptors, file size. What these do not count
   of memory, the grader sees from outside: ``cgroup.py``, ``outside.py``.

``attempt`` then tries what must fail, because a protection is what was seen to hold,
not what was asked for.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import os
import resource
import socket
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from autograder.sandbox.kernel import (
    NOBODY,
    ConfinementError,
    die_with_parent,
    drop_capabilities,
    forbid_new_privileges,
    set_dumpable,
)
from autograder.sandbox.namespaces import enter_namespaces, enter_own_users
from autograder.sandbox.profiles import Profile
from autograder.sandbox.readable import Readable, within_reach
from autograder.sandbox.scratch import SCRATCH_BYTES, Scratch
from autograder.sandbox.syscalls import load_filter, system_call_filter

T = TypeVar("T")

_THREADS = 256  # of all workers of a server
_FILES = 256 << 20


@dataclass(frozen=True)
class Limits:
    """What one worker may use.

    Attributes
    ----------
    memory_bytes
        Memory beyond what the worker has when it starts.
    cpu_s
        Processor seconds in its whole life.
    """

    memory_bytes: int
    cpu_s: int


class Confinement:
    """What a fork server prepares once, for each of its workers to ``enter``.

    Parameters
    ----------
    profile
        What workers may read and do; its packages are imported.
    without
        Protections to leave out, of ``namespaces``, ``user``, ``landlock`` and
        ``seccomp``: for tests of machines that lack them.

    Attributes
    ----------
    facts
        What is in force: ``landlock`` (ABI or None), ``seccomp``, ``namespaces``, ``user``.
    missing
        A sentence for each protection that could not be had.
    scratch
        Where workers may write, if they may.
    """

    def __init__(self, profile: Profile, without: Collection[str] = ()) -> None:
        self.missing: list[str] = []
        # Libraries before the namespaces, in which they can be found no more.
        self._seccomp = self._try(
            "seccomp", without, lambda: system_call_filter(profile.compiles, profile.on_card)
        )
        self._on_card = profile.on_card
        with contextlib.suppress(ImportError):
            importlib.import_module("landlock")
        proc = os.open("/proc", os.O_RDONLY) if os.path.exists("/proc/self") else None
        readable = Readable((), ())
        if sys.platform == "linux":
            scratch = Path(os.environ["TMPDIR"]) if profile.compiles else None
            readable = Readable.python(profile.packages, scratch, profile.on_card)
        names = {uid: _user_name(uid) for uid in (os.geteuid(), NOBODY)}
        user = os.geteuid()
        self._namespaces = self._try("namespaces", without, lambda: enter_namespaces(readable))
        # The memory of this process, and so of one that has just been forked from it.
        self._statm = None if proc is None else os.open("self/statm", os.O_RDONLY, dir_fd=proc)
        rules = self._try("landlock", without, lambda: _landlock_rules(readable))
        self._is_nobody = user == 0 and bool(
            self._try("user", without, lambda: self._can_be_nobody(readable))
        )
        if self._is_nobody:
            if readable.scratch:
                os.chown(readable.scratch, NOBODY, NOBODY)
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
            if "namespaces" not in without:
                with contextlib.suppress(OSError):
                    enter_own_users()
                    self._namespaces = ("user", *(self._namespaces or ()))
        self.scratch = Scratch(readable.scratch) if readable.scratch else None
        self._devices = readable.devices
        self._threads = self._threads_allowed()
        self.facts: dict[str, Any] = {
            "landlock": _landlock_abi() if rules else None,
            "seccomp": self._seccomp is not None,
            "namespaces": list(self._namespaces or ()),
            "user": names[NOBODY if self._is_nobody else user],
        }
        self._restrict(rules, as_another="user" not in without)

    def _try(self, name: str, without: Collection[str], make: Callable[[], T]) -> T | None:
        if name in without:
            self.missing.append(f"{name}: left out on request")
            return None
        try:
            return make()
        except (ConfinementError, ImportError, OSError, RuntimeError) as error:
            self.missing.append(f"{name}: {error}")
            return None

    def _threads_allowed(self) -> int | None:
        """What RLIMIT_NPROC is to be: the kernel counts the threads of a user.

        Where the user is not the workers' own, those are added that run beside.
        """
        if sys.platform != "linux":
            return None
        alone = self._is_nobody or "user" in (self._namespaces or ())
        return _THREADS if alone else _THREADS + _threads_of(os.geteuid())

    def _can_be_nobody(self, readable: Readable) -> bool:
        """Whether ``nobody`` can read Python, which may be installed in root's own home."""
        if self._namespaces:
            return True  # the new root's folders are open to all
        for tree in readable.trees:
            if not within_reach(tree):
                raise ConfinementError(f"{tree} is closed to other users; student code stays root")
        return True

    def _restrict(self, rules: Any, as_another: bool) -> None:
        """Give up what neither the server nor any worker needs; forked processes have it so."""
        if sys.platform == "linux":
            if as_another:
                drop_capabilities()
                # A worker is the same user as the server and the other workers: nobody but root
                # may look into any of them.
                set_dumpable(False)
            if self._namespaces:
                die_with_parent()  # the kernel forgets it when the user changes
            forbid_new_privileges()
        if rules is not None:
            rules.apply()
        self._has_landlock = rules is not None

    def enter(self, limits: Limits, keep: int) -> None:
        """Confine the calling process, which must have a single thread, for good.

        Parameters
        ----------
        keep
            The one descriptor above the standard three that stays open.

        Raises
        ------
        ConfinementError, OSError
            When a step fails or something that must be impossible is possible.
        """
        os.setsid()
        file_bytes = 0
        if self.scratch:
            own = self.scratch.settle()
            file_bytes = SCRATCH_BYTES
            if self._has_landlock:
                _write_only_to(own)
        elif self._on_card:
            file_bytes = limits.memory_bytes  # anonymous ones, in memory
            if self._has_landlock:
                # A driver gives its threads names: their files are this process's since the fork.
                _write_only_to(Path("/proc/self/task"), *self._devices)
        _set_limits(limits, self._statm, self._threads, file_bytes, self._on_card)
        if sys.platform == "linux":
            die_with_parent()
        os.closerange(3, keep)
        os.closerange(keep + 1, 1 << 16)
        if self._seccomp is not None:
            load_filter(self._seccomp)
        self._attempt()

    def _attempt(self) -> None:
        """Try what must fail."""
        if self._has_landlock or self._namespaces:
            try:
                os.close(os.open("/etc/passwd", os.O_RDONLY))
            except OSError:
                pass
            else:
                raise ConfinementError("a confined worker could read /etc/passwd")
        if self._seccomp is not None:
            try:
                socket.socket().close()
            except OSError:
                pass
            else:
                raise ConfinementError("a confined worker could make a socket")


def _threads_of(user: int) -> int:
    """How many threads a user runs now."""
    count = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError, KeyError):  # it has ended, or belongs to no one
            fields = dict(line.split(":\t", 1) for line in status.read_text().splitlines())
            if int(fields["Uid"].split()[0]) == user:
                count += int(fields["Threads"])
    return count


def _user_name(uid: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return "nobody" if uid == NOBODY else str(uid)


def _landlock_abi() -> int:
    import landlock

    # The binding takes a stale errno for a failure of its own call.
    ctypes.set_errno(0)
    return int(landlock.landlock_abi_version())


def _landlock_rules(readable: Readable) -> Any:
    import landlock

    _landlock_abi()
    rules = landlock.Ruleset()
    for part in readable.parts():
        access = _reading(part)
        if any(part.is_relative_to(programs) for programs in readable.programs):
            access |= landlock.FSAccess.EXECUTE
        ctypes.set_errno(0)
        rules.allow(part, rules=access)
    if readable.scratch:
        ctypes.set_errno(0)
        rules.allow(readable.scratch, rules=landlock.FSAccess.all() & ~landlock.FSAccess.EXECUTE)
    for device in readable.devices:
        ctypes.set_errno(0)
        rules.allow(device, rules=_reading(device) | _controlling())
    if readable.sees_processes:
        ctypes.set_errno(0)
        rules.allow("/proc", rules=_reading(Path("/proc")) | landlock.FSAccess.WRITE_FILE)
    ctypes.set_errno(0)
    return rules


def _reading(path: Path) -> Any:
    import landlock

    access = landlock.FSAccess.READ_FILE
    return access | landlock.FSAccess.READ_DIR if path.is_dir() else access


def _controlling() -> Any:
    """Writing to a device, and requests to it, which the kernel asks about since version 5."""
    import landlock

    access = landlock.FSAccess.WRITE_FILE
    return access | landlock.FSAccess.IOCTL_DEV if _landlock_abi() >= 5 else access


def _write_only_to(*paths: Path) -> None:
    """Have the calling process write nowhere else; what it may read stays as it is.

    Below a folder it may do with files whatever it may do at all; a file it may write.
    """
    import landlock

    reading = landlock.FSAccess.READ_FILE | landlock.FSAccess.READ_DIR | landlock.FSAccess.EXECUTE
    _landlock_abi()
    rules = landlock.Ruleset(landlock.FSAccess.all() & ~reading)
    for path in paths:
        ctypes.set_errno(0)
        rules.allow(path, rules=None if path.is_dir() else _controlling())
    ctypes.set_errno(0)
    rules.apply()


def _set_limits(
    limits: Limits, statm: int | None, threads: int | None, file_bytes: int, on_card: bool
) -> None:
    def limit(what: int, soft: int, grace: int = 0) -> None:
        _, hard = resource.getrlimit(what)
        most = soft + grace if hard == resource.RLIM_INFINITY else min(soft + grace, hard)
        resource.setrlimit(what, (min(soft, most), most))

    if statm is not None:
        # Private writable memory; the filter of system calls refuses any that is shared.
        # Address space, for files that are mapped, may be larger.
        size, data = _memory_in_use(statm)
        limit(resource.RLIMIT_DATA, data + limits.memory_bytes)
        if not on_card:  # whose driver reserves addresses for all memory of the card
            limit(resource.RLIMIT_AS, size + 2 * limits.memory_bytes + _FILES)
    if threads:
        # Where the machine has a low limit of its own, one worker must leave some to others.
        _, most = resource.getrlimit(resource.RLIMIT_NPROC)
        unlimited = most == resource.RLIM_INFINITY
        limit(resource.RLIMIT_NPROC, threads if unlimited else min(threads, most // 2))
    # At the soft limit comes a signal that tells why; the hard one kills without a word.
    limit(resource.RLIMIT_CPU, limits.cpu_s, grace=1)
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_FSIZE, file_bytes)
    limit(resource.RLIMIT_NOFILE, 1024 if on_card else 64)


def _memory_in_use(statm: int) -> tuple[int, int]:
    """Bytes of address space, and of private writable memory (with the stack, a little more)."""
    pages = os.pread(statm, 1 << 10, 0).split()
    return int(pages[0]) * resource.getpagesize(), int(pages[5]) * resource.getpagesize()
