"""Where workers that start programs may write: a folder each, which no other worker finds.

Workers of one server are one user, so that rights do not keep them from each other. But the
folder that theirs lie in cannot be listed, and their names cannot be guessed.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from pathlib import Path

__all__ = ["SCRATCH_BYTES", "Scratch"]

SCRATCH_BYTES = 64 << 20
"""Of one file; and of all files together, where they lie in memory (``namespaces.py``)."""


class Scratch:
    """The folder of a server; its user owns it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # Opened before it is closed to all, this one included; workers keep no descriptor.
        self._fd = os.open(folder, os.O_RDONLY)
        os.chmod(folder, 0o300)

    def settle(self) -> Path:
        """Make a worker's own folder, in which it will put its temporary files."""
        own = self._folder / f"{os.getpid()}-{secrets.token_hex(16)}"
        own.mkdir(mode=0o700)
        tempfile.tempdir = os.environ["TMPDIR"] = str(own)
        return own

    def clean(self, pid: int) -> None:
        """Remove what a worker that has ended wrote; its number must not be another's yet."""
        for name in os.listdir(self._fd):
            if name.startswith(f"{pid}-"):
                shutil.rmtree(name, ignore_errors=True, dir_fd=self._fd)
