"""Namespaces of the fork server: its own mounts, processes, network, IPC and users."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import NoReturn

from autograder.sandbox.kernel import NOBODY, ConfinementError, call, die_with_parent
from autograder.sandbox.readable import Readable
from autograder.sandbox.scratch import SCRATCH_BYTES

__all__ = ["enter_namespaces", "enter_own_users"]

# <sched.h>, <sys/mount.h>
_CLONE_NEWNS, _CLONE_NEWIPC, _CLONE_NEWUSER = 0x00020000, 0x08000000, 0x10000000
_CLONE_NEWPID, _CLONE_NEWNET = 0x20000000, 0x40000000
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REMOUNT = 1, 2, 4, 8, 32
_MS_NOATIME, _MS_NODIRATIME, _MS_BIND, _MS_REC = 1024, 2048, 4096, 16384
_MS_PRIVATE, _MS_RELATIME = 1 << 18, 1 << 21
_MNT_DETACH = 2


def enter_namespaces(readable: Readable) -> tuple[str, ...]:
    """Move into namespaces of one's own and return as their process 1.

    Must be called with a single thread. The calling process forks twice: the caller stays
    outside as a mere waiter and never returns from here when all goes well; the grandchild,
    process 1 of the new PID namespace, returns the names of its namespaces.

    Raises
    ------
    ConfinementError
        In the caller, with the reason, when the kernel does not allow it (containers
        without privileges, Ubuntu's AppArmor rule). Nothing has changed then.
    """
    told, tell = os.pipe()
    outer = os.fork()
    if outer:
        os.close(tell)
        with os.fdopen(told) as pipe:
            word = pipe.read()
        if word == "in":
            _wait_for(outer)
        os.waitpid(outer, 0)
        raise ConfinementError(f"no namespaces: {word or 'the process that tried died'}")
    os.close(told)
    try:
        die_with_parent()
        names = _unshare()
        inner = os.fork()
        if inner:
            os.close(tell)
            _wait_for(inner)
        die_with_parent()
        _new_root(readable)
    except BaseException as error:  # whatever it is, this process must not go on as the caller
        os.write(tell, str(error).encode())
        os._exit(1)
    os.write(tell, b"in")
    os.close(tell)
    return names


def _wait_for(pid: int) -> NoReturn:
    """Hold nothing, do nothing, and end as ``pid`` ends."""
    os.closerange(0, 1 << 16)
    _, status = os.waitpid(pid, 0)
    os._exit(max(os.waitstatus_to_exitcode(status), 0))


def _unshare() -> tuple[str, ...]:
    flags = _CLONE_NEWNS | _CLONE_NEWPID | _CLONE_NEWNET | _CLONE_NEWIPC
    names = ("mount", "pid", "net", "ipc")
    if os.geteuid() == 0:
        call("unshare", flags)
        return names
    uid, gid = os.geteuid(), os.getegid()
    call("unshare", flags | _CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{NOBODY} {gid} 1")
    return ("user", *names)


def _new_root(readable: Readable) -> None:
    """Make a read-only root that holds what is readable and nothing else; move into it."""
    os.umask(0o022)
    _mount("none", Path("/"), None, _MS_REC | _MS_PRIVATE)
    # Built over /proc, the one folder that is everywhere and holds nothing that is readable
    # here; this mount namespace alone sees it.
    root = Path("/proc")
    _mount("root", root, "tmpfs", _MS_NOSUID | _MS_NODEV)
    covers = []
    for source in sorted((*readable.trees, *readable.hidden, *readable.devices)):
        target = root / source.relative_to("/")
        if source in readable.hidden:
            _mount("hidden", target, "tmpfs", _MS_NOSUID | _MS_NODEV)
            covers.append(target)
            continue
        if source.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch()
        _mount(str(source), target, None, _MS_BIND | _MS_REC)
        flags = _MS_REMOUNT | _MS_BIND | _MS_RDONLY | _locked_flags(target)
        _mount("none", target, None, flags)
    if readable.sees_processes:
        # Of this namespace's processes alone.
        (root / "proc").mkdir()
        _mount("proc", root / "proc", "proc", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC)
    if readable.scratch:
        # In memory: it goes with the server, and cannot fill a disk.
        target = root / readable.scratch.relative_to("/")
        target.mkdir(parents=True, exist_ok=True)
        flags = _MS_NOSUID | _MS_NODEV | _MS_NOEXEC
        _mount("scratch", target, "tmpfs", flags, f"size={SCRATCH_BYTES},nr_inodes=10000")
    for link in (Path("/lib"), Path("/lib64")):
        if link.is_symlink():
            (root / link.name).symlink_to(os.readlink(link))
    for mount in (*covers, root):
        _mount("none", mount, None, _MS_REMOUNT | _MS_RDONLY | _MS_NOSUID | _MS_NODEV)
    os.chdir(root)
    call("pivot_root", b".", b".")
    call("umount2", b".", _MNT_DETACH)
    os.chdir("/")


def _mount(source: str, target: Path, kind: str | None, flags: int, options: str = "") -> None:
    call(
        "mount",
        source.encode(),
        os.fsencode(target),
        kind.encode() if kind else None,
        ctypes.c_ulong(flags),
        options.encode() or None,
    )


def _locked_flags(target: Path) -> int:
    """Flags of a mount made outside, which a user namespace may not take away."""
    had = os.statvfs(target).f_flag
    keep = had & (_MS_NOSUID | _MS_NODEV | _MS_NOEXEC | _MS_NOATIME | _MS_NODIRATIME)
    return keep if had & _MS_NOATIME else keep | _MS_RELATIME


def enter_own_users() -> None:
    """Move into a user namespace in which no user is mapped, so that all are ``nobody``.

    For a process that was root and is not any more: what it may do to files is settled by
    then. The kernel counts threads by user and user namespace, so the threads of one
    server's workers are now counted apart from all others that run as ``nobody``.

    Raises
    ------
    OSError
        Where the kernel does not allow it.
    """
    call("unshare", _CLONE_NEWUSER)
