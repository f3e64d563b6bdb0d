"""How much memory a process holds, as seen from outside of it."""

from __future__ import annotations

import os
import re

__all__ = ["ResidentMemory"]

_FIELDS = re.compile(rb"^(RssAnon|RssShmem|VmSwap|VmData):\s*(\d+) kB", re.MULTILINE)


class ResidentMemory:
    """Memory that a process holds and nobody else: what its own limits may have missed.

    RLIMIT_DATA does not count the stack, a page any more that was made read-only after it
    was written, nor one that was there and untouched when the limit was set.
    """

    def __init__(self, pid: int) -> None:
        self._fd = os.open(f"/proc/{pid}/status", os.O_RDONLY)

    @property
    def held(self) -> int:
        """Bytes in its own pages, swapped out or not; 0 after its end."""
        found = self._read()
        return sum(found.get(name, 0) for name in (b"RssAnon", b"RssShmem", b"VmSwap"))

    @property
    def untouched(self) -> int:
        """What of its data the limit counts although nothing was written to it yet."""
        found = self._read()
        return max(0, found.get(b"VmData", 0) - found.get(b"RssAnon", 0))

    def close(self) -> None:
        os.close(self._fd)

    def _read(self) -> dict[bytes, int]:
        try:
            status = os.pread(self._fd, 1 << 13, 0)
        except ProcessLookupError:
            return {}
        return {name: int(kilobytes) << 10 for name, kilobytes in _FIELDS.findall(status)}
