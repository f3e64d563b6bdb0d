"""System calls that the standard library has no name for."""

from __future__ import annotations

import contextlib
import ctypes
import os

__all__ = [
    "NOBODY",
    "ConfinementError",
    "call",
    "die_with_parent",
    "drop_capabilities",
    "forbid_new_privileges",
    "give_memory_back",
    "set_dumpable",
]

NOBODY = 65534
"""The user and the group that own nothing."""

# <sys/prctl.h>
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_SIGKILL = 9
_CAPABILITY_VERSION = 0x20080522  # <linux/capability.h>, version 3

_libc = ctypes.CDLL(None, use_errno=True)


class ConfinementError(Exception):
    """A protection that was asked for could not be put in force."""


def call(function: str, *args: object) -> None:
    """Call a function of the C library that answers 0 when all went well.

    Raises
    ------
    OSError
        When it did not.
    """
    if getattr(_libc, function)(*args) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{function}: {os.strerror(code)}")


def die_with_parent(signal: int = _SIGKILL) -> None:
    """Let the kernel send this process a signal when the one that forked it ends."""
    call("prctl", _PR_SET_PDEATHSIG, signal, 0, 0, 0)


def set_dumpable(allowed: bool) -> None:
    """Whether another process of the same user may look into this one."""
    call("prctl", _PR_SET_DUMPABLE, int(allowed), 0, 0, 0)


def forbid_new_privileges() -> None:
    """Let no program that is run have more rights than this process."""
    call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def drop_capabilities() -> None:
    """Give up every capability of this process, for good once no program may add to them."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)  # 0 is this process
    none = (ctypes.c_uint32 * 6)()
    call("capset", header, none)


def give_memory_back() -> None:
    """Return to the kernel what the C library holds and nobody uses.

    Where large buffers come and go it would hold more and more, in pieces.
    """
    with contextlib.suppress(AttributeError):  # of the GNU C library alone
        _libc.malloc_trim(0)
