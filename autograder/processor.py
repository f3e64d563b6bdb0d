"""Each grader on a processor of its own, with all the processes that it starts.

A grader and the worker that it talks to take turns, hundreds of times a submission. On two
processors each of these turns wakes a sleeping one, with cold caches; on one it is a switch.
That is a fifth of all the time on the virtual machine where it was measured.
"""

from __future__ import annotations

import os
import socket

__all__ = ["settle"]

_held: list[socket.socket] = []


def settle() -> None:
    """Keep this thread, and what it starts from now on, on a processor that no grader has.

    Whose it is the kernel knows by a name that goes with the process. Where all are taken, the
    kernel goes on choosing.
    """
    if _held:
        return
    for number in sorted(os.sched_getaffinity(0)):
        mine = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            mine.bind(f"\0onewalk-processor-{number}")
            os.sched_setaffinity(0, {number})
        except OSError:  # taken, or not to be had
            mine.close()
        else:
            _held.append(mine)
            return
