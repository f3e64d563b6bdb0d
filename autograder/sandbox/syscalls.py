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
_WRITING = os.O_ACCMODE | os.O_CREAT | os.O_TRUNC
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

# <asm-generic/fcntl.h>: F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC. Not F_SETOWN,
# which can send signals.
_FCNTL = (0, 1, 2, 3, 1030)
# <asm-generic/ioctls.h>: TCGETS, TIOCGWINSZ, FIOCLEX.
_IOCTL = (0x5401, 0x5413, 0x5451)


class Program(ctypes.Structure):
    """``struct sock_fprog`` of <linux/filter.h>."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def system_call_filter(compiles: bool) -> Program:
    """The seccomp filter of a worker, translated.

    Parameters
    ----------
    compiles
        Whether it may start programs and write files.

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

    compiling = _COMPILING if compiles else []
    for name in known([*_ALLOWED, *compiling]):
        rules.add_rule(seccomp.ALLOW, name)
    for name in known(_REFUSED):
        if name not in compiling and not (compiles and name == "prctl"):
            rules.add_rule(seccomp.ERRNO(errno.EPERM), name)
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
    # Whatever else allows it: nothing is opened but to be read. Landlock before its third
    # version lets a file be cut off by whoever may write it.
    for name in known(list(_OPEN)):
        if compiles:
            rules.add_rule(seccomp.ALLOW, name)
            continue
        reads = seccomp.Arg(_OPEN[name], seccomp.MASKED_EQ, _WRITING, 0)
        rules.add_rule(seccomp.ALLOW, name, reads)
        for flag in (os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_TRUNC):
            writes = seccomp.Arg(_OPEN[name], seccomp.MASKED_EQ, flag, flag)
            rules.add_rule(seccomp.ERRNO(errno.EPERM), name, writes)
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
    return Program(len(instructions) // _INSTRUCTION, instructions)


def load_filter(program: Program) -> None:
    call("prctl", _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)


def _resolves(seccomp: Any, arch: int, name: str) -> bool:
    try:
        return int(seccomp.resolve_syscall(arch, name)) >= 0
    except (ValueError, OSError):
        return False
