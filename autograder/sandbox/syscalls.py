"""The seccomp filter: which system calls a worker may make."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
from typing import Any

from autograder.sandbox.kernel import call

__all__ = ["Program", "load_filter", "system_call_filter"]

# <sched.h>, <sys/mman.h>, <sys/prctl.h>
_CLONE_THREAD = 0x00010000
# The flags of namespaces, and the one by which a child is its parent's brother.
_CLONE_ELSEWHERE = 0x7E028000
_MAP_SHARED, _MAP_ANONYMOUS, _MAP_GROWSDOWN = 0x01, 0x20, 0x100
_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2
_PR_SET_PDEATHSIG = 1
_OPEN = {"open": 1, "openat": 2}  # which argument holds the flags
_INSTRUCTION = 8  # bytes, of <linux/filter.h>

# What NumPy and the standard library use for computing: memory, time, reading files
# (Landlock decides which), threads within the process, and the descriptors already open.
_ALLOWED = """
    read write readv writev pread64 lseek close dup dup2 dup3 poll ppoll select pselect6
    stat lstat fstat newfstatat statx access faccessat faccessat2 readlink
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

# What it takes to start a compiler and to give it a file: for workers without student code. Not
# kill, nor anything else that names a process; and not chmod, which Landlock does not see.
_COMPILING = """
    fork vfork execve wait4 waitid pipe pipe2 creat unlink unlinkat rename renameat
    mkdir mkdirat rmdir ftruncate fallocate close_range
""".split()

# What the driver of a card does when it starts and while it works: for workers without student
# code. Not one of these names another process, or makes anything that outlives this one. Which
# files may be opened to be written, Landlock and the mounts decide: devices, and names of own
# threads. No card has been here to say whether this is all.
# Seen in traces of NVIDIA's own library (github.com/NVIDIA/cuda-checkpoint issue 10) and in reports
# of sandboxes that lacked one of them (github.com/NVIDIA/OpenShell issues 1486 and 1696).
_ON_CARD = """
    memfd_create ftruncate fallocate pwrite64 pipe pipe2 eventfd2 epoll_create1 epoll_ctl epoll_wait
    epoll_pwait sched_get_priority_max sched_get_priority_min get_mempolicy set_mempolicy mbind
    mlock munlock mincore
""".split()
# <linux/fcntl.h>: F_ADD_SEALS, F_GET_SEALS, of anonymous files.
_SEALS = (1033, 1034)
# Requests to devices: all of NVIDIA's are of type F, those of its memory manager are small numbers
# and two large ones (gvisor.dev, pkg/abi/nvgpu), those of the one device under WSL of type G.
# No terminal and no file knows any of them.
_DEVICE_TYPES = (0x46, 0x47)
_DEVICE_NUMBERS = (0x30000001, 0x30000002)
# <sys/socket.h>: the library asks a server, which may share a card among processes, at a socket in
# /tmp. It is told that there is none, whatever there is: the socket that it gets leads nowhere.
_AF_UNIX, _SOCK_SEQPACKET, _SOCK_TYPE = 1, 5, 0xF
_SOL_SOCKET, _SO_PASSCRED = 1, 16
_PR_SET_NAME = 15

# <asm-generic/fcntl.h>: F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC. Not F_SETOWN,
# which can send signals.
_FCNTL = (0, 1, 2, 3, 1030)
# <asm-generic/ioctls.h>: TCGETS, TIOCGWINSZ, FIOCLEX.
_IOCTL = (0x5401, 0x5413, 0x5451)


class Program(ctypes.Structure):
    """``struct sock_fprog`` of <linux/filter.h>."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def system_call_filter(compiles: bool, on_card: bool = False) -> Program:
    """The seccomp filter of a worker, translated.

    Parameters
    ----------
    compiles
        Whether it may start programs and write files.
    on_card
        Whether it may use devices.

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

    more = [*(_COMPILING if compiles else ()), *(_ON_CARD if on_card else ())]
    in_part = [*(["prctl"] if compiles or on_card else ()), *(_MPS if on_card else ())]
    for name in known([*_ALLOWED, *more]):
        rules.add_rule(seccomp.ALLOW, name)
    for name in known(_REFUSED):
        if name not in more and name not in in_part:
            rules.add_rule(seccomp.ERRNO(errno.EPERM), name)
    if on_card:
        _add_devices(seccomp, rules)
    is_thread = seccomp.Arg(0, seccomp.MASKED_EQ, _CLONE_THREAD, _CLONE_THREAD)
    rules.add_rule(seccomp.ALLOW, "clone", is_thread)
    if compiles:
        is_child = seccomp.Arg(0, seccomp.MASKED_EQ, _CLONE_THREAD | _CLONE_ELSEWHERE, 0)
        rules.add_rule(seccomp.ALLOW, "clone", is_child)
        # A program that it starts is to end with it.
        rules.add_rule(seccomp.ALLOW, "prctl", seccomp.Arg(0, seccomp.EQ, _PR_SET_PDEATHSIG))
    else:
        is_process = seccomp.Arg(0, seccomp.MASKED_EQ, _CLONE_THREAD, 0)
        rules.add_rule(seccomp.ERRNO(errno.EPERM), "clone", is_process)
    # Whatever else allows it: nothing is opened but to be read, except for devices. Landlock before
    # its third version lets a file be cut off by whoever may write it.
    for name in known(list(_OPEN)):
        if compiles:
            rules.add_rule(seccomp.ALLOW, name)
            continue
        making = (os.O_CREAT, os.O_TRUNC)
        forbidden = making if on_card else (os.O_WRONLY, os.O_RDWR, *making)
        reads = seccomp.Arg(_OPEN[name], seccomp.MASKED_EQ, sum(forbidden), 0)
        rules.add_rule(seccomp.ALLOW, name, reads)
        for flag in forbidden:
            writes = seccomp.Arg(_OPEN[name], seccomp.MASKED_EQ, flag, flag)
            rules.add_rule(seccomp.ERRNO(errno.EPERM), name, writes)
    # Memory that is shared and has no file would not count as the worker's own, nor would
    # memory that grows like a stack. The driver of a card shares such memory with it; that it
    # counts is seen from outside (``outside.py``).
    for flag in (0,) if on_card else (_MAP_SHARED, _MAP_ANONYMOUS):
        none_of = seccomp.Arg(3, seccomp.MASKED_EQ, flag | _MAP_GROWSDOWN, 0)
        rules.add_rule(seccomp.ALLOW, "mmap", none_of)
    both = _MAP_SHARED | _MAP_ANONYMOUS
    for all_of in (_MAP_GROWSDOWN,) if on_card else (both, _MAP_GROWSDOWN):
        refused = seccomp.Arg(3, seccomp.MASKED_EQ, all_of, all_of)
        rules.add_rule(seccomp.ERRNO(errno.EPERM), "mmap", refused)
    for command in (*_FCNTL, *(_SEALS if on_card else ())):
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
    return Program(len(instructions) // _INSTRUCTION, instructions)


_MPS = ("socket", "connect", "setsockopt")


def _add_devices(seccomp: Any, rules: Any) -> None:
    """What is allowed only in part to workers on a card."""
    for kind in _DEVICE_TYPES:
        of_kind = seccomp.Arg(1, seccomp.MASKED_EQ, 0xFF00, kind << 8)
        rules.add_rule(seccomp.ALLOW, "ioctl", of_kind)
    rules.add_rule(seccomp.ALLOW, "ioctl", seccomp.Arg(1, seccomp.MASKED_EQ, 0xFFFFFF00, 0))
    for number in _DEVICE_NUMBERS:
        rules.add_rule(seccomp.ALLOW, "ioctl", seccomp.Arg(1, seccomp.EQ, number))
    rules.add_rule(seccomp.ALLOW, "prctl", seccomp.Arg(0, seccomp.EQ, _PR_SET_NAME))
    unix = seccomp.Arg(0, seccomp.EQ, _AF_UNIX)
    packets = seccomp.Arg(1, seccomp.MASKED_EQ, _SOCK_TYPE, _SOCK_SEQPACKET)
    rules.add_rule(seccomp.ALLOW, "socket", unix, packets)
    of_sockets = seccomp.Arg(1, seccomp.EQ, _SOL_SOCKET)
    rules.add_rule(
        seccomp.ALLOW, "setsockopt", of_sockets, seccomp.Arg(2, seccomp.EQ, _SO_PASSCRED)
    )
    rules.add_rule(seccomp.ERRNO(errno.ENOENT), "connect")


def load_filter(program: Program) -> None:
    call("prctl", _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)


def _resolves(seccomp: Any, arch: int, name: str) -> bool:
    try:
        return int(seccomp.resolve_syscall(arch, name)) >= 0
    except (ValueError, OSError):
        return False
