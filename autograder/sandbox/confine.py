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
2. *User* (server): one that is root becomes ``nobody``; in a user namespace all
   capabilities go.
3. *Landlock* (server): reads below the Python installation, nothing else, no writes at
   all. A worker has no writable place, so nothing survives it.
4. *seccomp* (worker): an allow-list of system calls. No sockets, no exec, no processes,
   no signals to anyone, no shared memory by name.
5. *Limits* (worker): memory, CPU, descriptors, file size.

``attempt`` then tries what must fail, because a protection is what was seen to hold,
not what was asked for.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import importlib
import os
import resource
import socket
import stat
import sys
import sysconfig
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

T = TypeVar("T")

NOBODY = 65534

# <sched.h>, <sys/mount.h>, <sys/prctl.h>
_CLONE_NEWNS, _CLONE_NEWIPC, _CLONE_NEWUSER = 0x00020000, 0x08000000, 0x10000000
_CLONE_NEWPID, _CLONE_NEWNET = 0x20000000, 0x40000000
_CLONE_THREAD = 0x00010000
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REMOUNT = 1, 2, 4, 8, 32
_MS_NOATIME, _MS_NODIRATIME, _MS_BIND, _MS_REC = 1024, 2048, 4096, 16384
_MS_PRIVATE, _MS_RELATIME = 1 << 18, 1 << 21
_MNT_DETACH = 2
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
_SECCOMP_MODE_FILTER = 2
_INSTRUCTION = 8  # bytes, of <linux/filter.h>
_SIGKILL = 9
_MAP_SHARED, _MAP_ANONYMOUS, _MAP_GROWSDOWN = 0x01, 0x20, 0x100

_THREADS = 256  # of all workers of a server, or of the machine when they run as nobody
_FILES = 256 << 20

_libc = ctypes.CDLL(None, use_errno=True)


class ConfinementError(Exception):
    """A protection that was asked for could not be put in force."""


def _call(function: str, *args: object) -> None:
    if getattr(_libc, function)(*args) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{function}: {os.strerror(code)}")


# ------------------------------------------------------------------ what may be read


@dataclass(frozen=True)
class Readable:
    """What a worker may read.

    Attributes
    ----------
    trees
        Folders, with all below them, and single files.
    hidden
        Folders inside a tree that are left out of it: where packages are installed.
    """

    trees: tuple[Path, ...]
    hidden: tuple[Path, ...]

    @classmethod
    def python(cls, packages: Iterable[str]) -> Readable:
        """Python's standard library and these imported packages; no other package.

        Extension modules of the standard library load shared libraries of the system, so
        the folders that those in use came from are readable too.
        """
        stdlib = Path(sysconfig.get_path("stdlib"))
        hidden = [p for n in ("site-packages", "dist-packages") if (p := stdlib / n).exists()]
        trees = {stdlib}
        for name in packages:
            folder = Path(sys.modules[name].__file__ or "").parent
            trees.add(folder)
            # Where wheels keep shared libraries of their own.
            trees.update(p for p in [folder.with_name(f"{name}.libs")] if p.exists())
        with open("/proc/self/maps") as maps:
            # The sixth field is the path, which may hold spaces.
            mapped = {line.split(maxsplit=5)[5].rstrip("\n") for line in maps if ".so" in line}
        libraries = [Path(p) for p in mapped if p.startswith("/") and Path(p).exists()]
        for library in libraries:
            if not any(library.is_relative_to(tree) for tree in trees):
                inside = any(tree.is_relative_to(library.parent) for tree in trees)
                trees.add(library if inside else library.parent)
        trees.update(p for p in [Path("/etc/ld.so.cache")] if p.exists())
        return cls(tuple(sorted(trees)), tuple(hidden))

    def parts(self) -> list[Path]:
        """The same as paths that hold no hidden folder."""
        parts: list[Path] = []
        for tree in self.trees:
            if any(h.parent == tree for h in self.hidden):
                parts += [p for p in sorted(tree.iterdir()) if p not in self.hidden]
            else:
                parts.append(tree)
        return parts


# ------------------------------------------------------------------ namespaces (server)


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
        _die_with_parent()
        names = _unshare()
        inner = os.fork()
        if inner:
            os.close(tell)
            _wait_for(inner)
        _die_with_parent()
        _new_root(readable)
    except OSError as error:
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
        _call("unshare", flags)
        return names
    uid, gid = os.geteuid(), os.getegid()
    _call("unshare", flags | _CLONE_NEWUSER)
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
    for source in sorted((*readable.trees, *readable.hidden)):
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
        _mount("none", target, None, _MS_REMOUNT | _MS_BIND | _MS_RDONLY | _locked_flags(target))
    for link in (Path("/lib"), Path("/lib64")):
        if link.is_symlink():
            (root / link.name).symlink_to(os.readlink(link))
    for mount in (*covers, root):
        _mount("none", mount, None, _MS_REMOUNT | _MS_RDONLY | _MS_NOSUID | _MS_NODEV)
    os.chdir(root)
    _call("pivot_root", b".", b".")
    _call("umount2", b".", _MNT_DETACH)
    os.chdir("/")


def _mount(source: str, target: Path, kind: str | None, flags: int) -> None:
    _call(
        "mount",
        source.encode(),
        os.fsencode(target),
        kind.encode() if kind else None,
        ctypes.c_ulong(flags),
        None,
    )


def _locked_flags(target: Path) -> int:
    """Flags of a mount made outside, which a user namespace may not take away."""
    had = os.statvfs(target).f_flag
    keep = had & (_MS_NOSUID | _MS_NODEV | _MS_NOEXEC | _MS_NOATIME | _MS_NODIRATIME)
    return keep if had & _MS_NOATIME else keep | _MS_RELATIME


def _die_with_parent() -> None:
    _call("prctl", _PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)


# ------------------------------------------------------------------ system calls (worker)

# What NumPy and the standard library use for computing: memory, time, reading files
# (Landlock decides which), threads within the process, and the descriptors already open.
_ALLOWED = """
    read write readv writev pread64 lseek close dup dup2 dup3 poll ppoll select pselect6
    open openat stat lstat fstat newfstatat statx access faccessat faccessat2 readlink
    readlinkat getdents64 getcwd statfs fstatfs
    munmap mprotect mremap madvise brk msync
    futex futex_waitv set_robust_list get_robust_list set_tid_address rseq membarrier
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending sigaltstack restart_syscall
    getpid gettid getppid getuid geteuid getgid getegid getgroups getpgrp getpgid getsid
    getresuid getresgid
    getpriority sched_yield sched_getaffinity sched_getparam sched_getscheduler getcpu
    clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time times getrusage
    getrlimit sysinfo uname getrandom arch_prctl exit exit_group
""".split()

# Refused so that Python says PermissionError. Whatever stands in neither list answers
# ENOSYS, as on an older kernel, so that the C library falls back on what is allowed.
_REFUSED = """
    fork vfork execve execveat kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo
    pidfd_open pidfd_getfd pidfd_send_signal ptrace process_vm_readv process_vm_writev kcmp
    socket socketpair connect bind listen accept accept4 sendto sendmsg sendmmsg recvfrom
    recvmsg recvmmsg shutdown getsockopt setsockopt getsockname getpeername pipe pipe2
    memfd_create memfd_secret shmget shmat shmctl shmdt semget semop semctl semtimedop
    msgget msgsnd msgrcv msgctl mq_open mq_unlink
    mount umount2 pivot_root chroot unshare setns fsopen fsmount open_tree move_mount
    mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink
    symlinkat mknod mknodat creat truncate ftruncate fallocate chmod fchmod fchmodat chown
    fchown lchown fchownat utime utimes utimensat setxattr fsetxattr
    io_uring_setup io_uring_enter io_uring_register io_setup bpf perf_event_open userfaultfd
    keyctl add_key request_key seccomp prctl setrlimit setpriority sched_setaffinity
    sched_setscheduler setuid setgid setreuid setregid setresuid setresgid setgroups setsid
    setpgid capset personality chdir fchdir umask inotify_init inotify_init1
    inotify_add_watch fanotify_init timer_create timerfd_create eventfd2 signalfd4
    setitimer alarm pause
""".split()

# <asm-generic/fcntl.h>: F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC. Not F_SETOWN,
# which can send signals.
_FCNTL = (0, 1, 2, 3, 1030)
# <asm-generic/ioctls.h>: TCGETS, TIOCGWINSZ, FIOCLEX.
_IOCTL = (0x5401, 0x5413, 0x5451)


class _Program(ctypes.Structure):
    """``struct sock_fprog`` of <linux/filter.h>."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _system_call_filter() -> _Program:
    """The seccomp filter of a NumPy worker, translated.

    libseccomp would translate it again for each process that loads it, which takes longer
    than all the rest of a worker's confinement.
    """
    import pyseccomp as seccomp

    rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.ENOSYS))
    with contextlib.suppress(ValueError):  # libseccomp before 2.5
        # A tree instead of a list: the kernel, which tries the filter on each system call when
        # it is loaded, takes a third of the time.
        rules.set_attr(seccomp.Attr.CTL_OPTIMIZE, 2)
    arch = seccomp.system_arch()

    def known(names: list[str]) -> list[str]:
        # Each architecture and each release of libseccomp lacks some of them.
        return [n for n in names if _resolves(seccomp, arch, n)]

    for name in known(_ALLOWED):
        rules.add_rule(seccomp.ALLOW, name)
    for name in known(_REFUSED):
        rules.add_rule(seccomp.ERRNO(errno.EPERM), name)
    is_thread = seccomp.Arg(0, seccomp.MASKED_EQ, _CLONE_THREAD, _CLONE_THREAD)
    is_process = seccomp.Arg(0, seccomp.MASKED_EQ, _CLONE_THREAD, 0)
    rules.add_rule(seccomp.ALLOW, "clone", is_thread)
    rules.add_rule(seccomp.ERRNO(errno.EPERM), "clone", is_process)
    # Memory that is shared and has no file would not count as the worker's own, nor would
    # memory that grows like a stack.
    for flag in (_MAP_SHARED, _MAP_ANONYMOUS):
        none_of = seccomp.Arg(3, seccomp.MASKED_EQ, flag | _MAP_GROWSDOWN, 0)
        rules.add_rule(seccomp.ALLOW, "mmap", none_of)
    both = _MAP_SHARED | _MAP_ANONYMOUS
    for all_of in (both, _MAP_GROWSDOWN):
        refused = seccomp.Arg(3, seccomp.MASKED_EQ, all_of, all_of)
        rules.add_rule(seccomp.ERRNO(errno.EPERM), "mmap", refused)
    for command in _FCNTL:
        rules.add_rule(seccomp.ALLOW, "fcntl", seccomp.Arg(1, seccomp.EQ, command))
    for command in _IOCTL:
        rules.add_rule(seccomp.ALLOW, "ioctl", seccomp.Arg(1, seccomp.EQ, command))
    # Reading a limit, not setting one: of this process (0), with no new value (null).
    own, no_value = seccomp.Arg(0, seccomp.EQ, 0), seccomp.Arg(2, seccomp.EQ, 0)
    rules.add_rule(seccomp.ALLOW, "prlimit64", own, no_value)
    with os.fdopen(os.memfd_create("filter"), "w+b") as file:
        rules.export_bpf(file)
        file.seek(0)
        instructions = file.read()
    return _Program(len(instructions) // _INSTRUCTION, instructions)


def _load_filter(program: _Program) -> None:
    _call("prctl", _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)


def _resolves(seccomp: Any, arch: int, name: str) -> bool:
    try:
        return int(seccomp.resolve_syscall(arch, name)) >= 0
    except (ValueError, OSError):
        return False


# ------------------------------------------------------------------ one worker


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
    packages
        Imported packages that workers may read.
    without
        Protections to leave out, of ``namespaces``, ``user``, ``landlock`` and
        ``seccomp``: for tests of machines that lack them.

    Attributes
    ----------
    facts
        What is in force: ``landlock`` (ABI or None), ``seccomp``, ``namespaces``, ``user``.
    missing
        A sentence for each protection that could not be had.
    """

    def __init__(self, packages: Iterable[str], without: Collection[str] = ()) -> None:
        self.missing: list[str] = []
        # Libraries before the namespaces, in which they can be found no more.
        self._seccomp = self._try("seccomp", without, _system_call_filter)
        with contextlib.suppress(ImportError):
            importlib.import_module("landlock")
        proc = os.open("/proc", os.O_RDONLY) if os.path.exists("/proc/self") else None
        readable = Readable.python(packages) if sys.platform == "linux" else Readable((), ())
        names = {uid: _user_name(uid) for uid in (os.geteuid(), NOBODY)}
        user = os.geteuid()
        self._namespaces = self._try("namespaces", without, lambda: enter_namespaces(readable))
        # The memory of this process, and so of one that has just been forked from it.
        self._statm = None if proc is None else os.open("self/statm", os.O_RDONLY, dir_fd=proc)
        rules = self._try("landlock", without, lambda: _landlock_rules(readable))
        self._is_nobody = user == 0 and bool(
            self._try("user", without, lambda: self._can_be_nobody(readable))
        )
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

    def _can_be_nobody(self, readable: Readable) -> bool:
        """Whether ``nobody`` can read Python, which may be installed in root's own home."""
        if self._namespaces:
            return True  # the new root's folders are open to all
        for tree in readable.trees:
            if not all(p.stat().st_mode & stat.S_IXOTH for p in tree.parents):
                raise ConfinementError(f"{tree} is closed to other users; student code stays root")
        return True

    def _restrict(self, rules: Any, as_another: bool) -> None:
        """Give up what neither the server nor any worker needs; forked processes have it so."""
        if self._is_nobody:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
        if sys.platform == "linux":
            if as_another:
                _drop_capabilities()
            if self._namespaces:
                _die_with_parent()  # the kernel forgets it when the user changes
            # A worker is the same user as the server and the other workers: nobody but root may
            # look into any of them.
            _call("prctl", _PR_SET_DUMPABLE, 0, 0, 0, 0)
            _call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
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
        # The kernel counts threads by user, so only where the user is the workers' own: else
        # whoever grades could run none for what runs beside.
        alone = self._is_nobody or "user" in (self._namespaces or ())
        _set_limits(limits, self._statm, _THREADS if alone else None)
        if sys.platform == "linux":
            _die_with_parent()
        os.closerange(3, keep)
        os.closerange(keep + 1, 1 << 16)
        if self._seccomp is not None:
            _load_filter(self._seccomp)
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
        access = landlock.FSAccess.READ_FILE
        if part.is_dir():
            access |= landlock.FSAccess.READ_DIR
        ctypes.set_errno(0)
        rules.allow(part, rules=access)
    ctypes.set_errno(0)
    return rules


def _set_limits(limits: Limits, statm: int | None, threads: int | None) -> None:
    def limit(what: int, soft: int, grace: int = 0) -> None:
        _, hard = resource.getrlimit(what)
        most = soft + grace if hard == resource.RLIM_INFINITY else min(soft + grace, hard)
        resource.setrlimit(what, (min(soft, most), most))

    if statm is not None:
        # Private writable memory; the filter of system calls refuses any that is shared.
        # Address space, for files that are mapped, may be larger.
        size, data = _memory_in_use(statm)
        limit(resource.RLIMIT_DATA, data + limits.memory_bytes)
        limit(resource.RLIMIT_AS, size + 2 * limits.memory_bytes + _FILES)
    if threads:
        # Where the machine has a low limit of its own, one worker must leave some to others.
        _, most = resource.getrlimit(resource.RLIMIT_NPROC)
        unlimited = most == resource.RLIM_INFINITY
        limit(resource.RLIMIT_NPROC, threads if unlimited else min(threads, most // 2))
    # At the soft limit comes a signal that tells why; the hard one kills without a word.
    limit(resource.RLIMIT_CPU, limits.cpu_s, grace=1)
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_FSIZE, 0)
    limit(resource.RLIMIT_NOFILE, 64)


def _memory_in_use(statm: int) -> tuple[int, int]:
    """Bytes of address space, and of private writable memory (with the stack, a little more)."""
    pages = os.pread(statm, 1 << 10, 0).split()
    return int(pages[0]) * resource.getpagesize(), int(pages[5]) * resource.getpagesize()


def _drop_capabilities() -> None:
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    none = (ctypes.c_uint32 * 6)()
    _call("capset", header, none)
