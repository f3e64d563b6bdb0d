"""How much memory a process holds, as seen from outside of it."""

from __future__ import annotations

import os
import re

__all__ = ["ResidentMemory"]

_FIELDS = re.compile(rb"^(RssAnon|RssShmem|VmSwap|VmStk):\s*(\d+) kB", re.MULTILINE)


class ResidentMemory:
    """Memory that a process holds and nobody else: what its own limits may have missed.

    RLIMIT_DATA does not count a page any more that was made read-only after it was written,
    nor memory that has no name and is shared.
    """

    def __init__(self, pid: int) -> None:
        self._fd = os.open(f"/proc/{pid}/status", os.O_RDONLY)

    @property
    def bytes(self) -> int:
        """Anonymous and shared pages, swapped out or not, without the stack; 0 after its end."""
        try:
            status = os.pread(self._fd, 1 << 13, 0)
        except ProcessLookupError:
            return 0
        found = dict(_FIELDS.findall(status))
        held = sum(int(found.get(name, 0)) for name in (b"RssAnon", b"RssShmem", b"VmSwap"))
        return max(0, held - int(found.get(b"VmStk", 0))) << 10

    def close(self) -> None:
        os.close(self._fd)
