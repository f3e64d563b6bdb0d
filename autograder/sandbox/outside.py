"""How much memory a process holds, and how many threads, as seen from outside of it."""

from __future__ import annotations

import os
import re

__all__ = ["Outside"]

_FIELDS = re.compile(rb"^(RssAnon|RssShmem|VmSwap|VmData|Threads):\s*(\d+)", re.MULTILINE)


class Outside:
    """A process as it was when last looked at; all zeros once it has ended.

    Attributes
    ----------
    held
        Bytes of memory that it holds and nobody else, swapped out or not. RLIMIT_DATA does
        not count the stack, a page any more that was made read-only after it was written,
        nor one that was there and untouched when the limit was set.
    untouched
        Bytes of its data that the limit counts although nothing was written to them yet.
    threads
        How many it runs.
    """

    def __init__(self, pid: int) -> None:
        self._fd = os.open(f"/proc/{pid}/status", os.O_RDONLY)
        self.look()

    def look(self) -> None:
        """Look at it again."""
        try:
            status = os.pread(self._fd, 1 << 13, 0)
        except ProcessLookupError:
            status = b""
        found = {name: int(number) for name, number in _FIELDS.findall(status)}
        kilobytes = sum(found.get(name, 0) for name in (b"RssAnon", b"RssShmem", b"VmSwap"))
        self.held = kilobytes << 10
        self.untouched = max(0, found.get(b"VmData", 0) - found.get(b"RssAnon", 0)) << 10
        self.threads = found.get(b"Threads", 0)

    def close(self) -> None:
        os.close(self._fd)
