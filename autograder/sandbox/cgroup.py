"""A control group around a fork server and its workers (Linux; version 2, or the older 1).

The limits of a process do not see all memory: not that of the kernel on its behalf, not
files in memory, not what several processes hold together. The kernel counts all of it for
a control group. Making one takes the right to do so, which root has, and others where a
part of the tree was delegated to them (``systemd-run --user --scope -p Delegate=yes``).

A group outlives a grader that is killed, as an empty folder; the next one sweeps it away.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ControlGroup"]

_NAME = "onewalk-"
_NEW_S = 60.0
_PATIENCE, _NAP_S = 100, 0.02


@dataclass(frozen=True)
class _Version:
    """How the files of a group are called."""

    filesystem: str
    controller: str
    limit: str
    swap: str
    events: str


_VERSIONS = (
    _Version("cgroup2", "", "memory.max", "memory.swap.max", "memory.events"),
    _Version(
        *("cgroup", "memory", "memory.limit_in_bytes"),
        *("memory.memsw.limit_in_bytes", "memory.oom_control"),
    ),
)


class ControlGroup:
    """One group, with one process and all that it will fork."""

    def __init__(self, folder: Path, version: _Version) -> None:
        self._folder = folder
        self._version = version
        self._limit = 0

    @classmethod
    def around(cls, pid: int, bytes_in_all: int, proc: Path = Path("/proc")) -> ControlGroup | None:
        """Put a process into a group of its own; None where that is not allowed.

        Parameters
        ----------
        bytes_in_all
            Memory that the group may have at first.
        proc
            Where the kernel tells of processes and mounts.
        """
        for version in _VERSIONS:
            for parent in _ancestors(version, proc):
                _sweep(parent)
                folder = parent / f"{_NAME}{secrets.token_hex(4)}"
                group = cls(folder, version)
                try:
                    folder.mkdir()
                    # The file of the limit is there only if the parent passes the controller on.
                    os.stat(folder / version.limit)
                    group.allow(bytes_in_all)
                    (folder / "cgroup.procs").write_text(str(pid))
                except OSError:
                    group.remove()
                    continue
                return group
        return None

    def allow(self, bytes_in_all: int) -> None:
        """Let the group have at least so much memory, none of it swapped out.

        Raises
        ------
        OSError
            When the limit cannot be set.
        """
        if bytes_in_all <= self._limit:
            return
        limit, swap = self._folder / self._version.limit, self._folder / self._version.swap
        if self._version.filesystem == "cgroup2":
            limit.write_text(str(bytes_in_all))
            if not self._limit and swap.exists():  # absent where the kernel counts no swap
                swap.write_text("0")
        else:
            # Memory with swap may never be less than memory alone, nor be set before it.
            if self._limit and swap.exists():
                swap.write_text(str(bytes_in_all))
            limit.write_text(str(bytes_in_all))
            if not self._limit and swap.exists():
                swap.write_text(str(bytes_in_all))
        self._limit = bytes_in_all

    @property
    def killed(self) -> int:
        """How many processes the kernel has killed because the memory ran out."""
        with contextlib.suppress(OSError):
            for line in (self._folder / self._version.events).read_text().splitlines():
                name, _, count = line.partition(" ")
                if name == "oom_kill":
                    return int(count)
        return 0

    def remove(self) -> None:
        """Take the group away; its last process may take a moment to give its memory back."""
        for _ in range(_PATIENCE):
            try:
                self._folder.rmdir()
            except OSError as error:
                if error.errno != errno.EBUSY:
                    return
                time.sleep(_NAP_S)
            else:
                return


def _ancestors(version: _Version, proc: Path) -> Iterator[Path]:
    """The groups that this process is in, from the innermost to the root."""
    try:
        mounts = (proc / "self/mountinfo").read_text().splitlines()
        memberships = (proc / "self/cgroup").read_text().splitlines()
    except OSError:
        return
    for mount in mounts:
        before, _, after = mount.partition(" - ")
        kind, _, options = after.split(" ", 2)
        if kind != version.filesystem or version.controller not in ["", *options.split(",")]:
            continue
        top = Path(before.split()[4])
        for membership in memberships:
            _, controllers, path = membership.split(":", 2)
            # A path that climbs leads out of what is mounted here: another's, and not to be used.
            if version.controller in controllers.split(",") and ".." not in path.split("/"):
                inner = top / path.lstrip("/")
                yield from (p for p in (inner, *inner.parents) if p.is_relative_to(top))


def _sweep(parent: Path) -> None:
    """Remove the groups of graders that were killed; one with a process in it stays.

    One that was made just now is about to get its process.
    """
    for folder in parent.glob(f"{_NAME}*"):
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > _NEW_S:
                folder.rmdir()
