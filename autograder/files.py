"""Writing files that are whole or not there, whenever the writer is killed."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

__all__ = ["write_text"]


def write_text(path: Path, text: str) -> None:
    """Put a text where ``path`` says, in place of what is there, all at once.

    What is no regular file, such as ``/dev/stdout``, is written to as it is.

    Raises
    ------
    OSError
    """
    data = text.encode("utf-8")
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    path = path.resolve()  # a link stays, and what it leads to is replaced
    spare = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        _write_nameless(path.parent, spare, data)
    except (OSError, AttributeError):
        # A file system, or a system, without such files: if this is cut off, the spare file stays.
        spare.write_bytes(data)
    spare.replace(path)


def _write_nameless(folder: Path, spare: Path, data: bytes) -> None:
    """By way of a file that gets its name only when it is whole."""
    with os.fdopen(os.open(folder, os.O_WRONLY | os.O_TMPFILE, 0o666), "wb", buffering=0) as file:
        written = 0
        while written < len(data):
            written += file.write(data[written:])
        # With a folder's descriptor, though the path is absolute, it is linkat that is called,
        # and that follows the link.
        here = os.open(folder, os.O_RDONLY)
        try:
            os.link(f"/proc/self/fd/{file.fileno()}", spare, src_dir_fd=here)
        finally:
            os.close(here)
