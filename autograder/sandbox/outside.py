"""How much memory a process holds, and how many threads, as seen from outside of it."""

from __future__ import annotations

import os
import re

__all__ = ["Outside"]

_FIELDS = re.compile(rb"^(RssAnon|RssShmem|VmSwap|VmData|VmHWM|RssFile):\s*(\d+) kB", re.MULTILINE)


class Outside:
    """A process, looked at from another one.

    Attributes
    ----------
    held
        Bytes of memory that it held and nobody else, swapped out or not, when it was last
        looked at; 0 once it has ended. RLIMIT_DATA does not count the stack, a page any more
        that was made read-only after it was written, nor one that was there and untouched
        when the limit was set.
    most
        The largest that its memory has been so far, without the files in it.
    untouched
        Bytes of its data that the limit counts although nothing was written to them yet.
    """

    def __init__(self, pid: int) -> None:
        self._status = os.open(f"/proc/{pid}/status", os.O_RDONLY)
        try:
            self._tasks = os.open(f"/proc/{pid}/task", os.O_RDONLY)
        except OSError:
            os.close(self._status)
            raise
        self.most = 0
        self.look()

    def look(self) -> None:
        """Look at its memory."""
        try:
            status = os.pread(self._status, 1 << 13, 0)
        except ProcessLookupError:
            status = b""
        found = {name: int(kilobytes) << 10 for name, kilobytes in _FIELDS.findall(status)}
        self.held = sum(found.get(name, 0) for name in (b"RssAnon", b"RssShmem", b"VmSwap"))
        if b"VmHWM" in found:  # not of one that has ended
            # The kernel keeps the peak of all together; of files ever more is in memory.
            self.most = max(self.most, found[b"VmHWM"] - found[b"RssFile"])
        self.untouched = max(0, found.get(b"VmData", 0) - found.get(b"RssAnon", 0))

    @property
    def threads(self) -> int:
        """How many it runs now: a tenth of the work of a look."""
        return os.fstat(self._tasks).st_nlink - 2  # a folder for each, as the kernel counts links

    def close(self) -> None:
        os.close(self._status)
        os.close(self._tasks)
