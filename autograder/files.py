"""Writing files that are whole or not there, whenever the writer is killed."""

from __future__ import annotations

import io
import os
import secrets
import stat
from pathlib import Path

from autograder.errors import UsageError

__all__ = ["write_file", "write_text"]


def write_file(path: Path, text: str) -> None:
    """Put a text where a person wanted it; see ``write_text``.

    Raises
    ------
    UsageError
        When it cannot be written.
    """
    try:
        write_text(path, text)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None


def write_text(path: Path, text: str, durable: bool = False) -> None:
    """Put a text where ``path`` says, in place of what is there, all at once.

    What is no regular file, such as ``/dev/stdout``, is written to as it is.

    Parameters
    ----------
    durable
        Whether it must be whole also where the machine loses its power: a few milliseconds.

    Raises
    ------
    OSError
    """
    data = text.encode("utf-8")
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    path = path.resolve()  # a link stays, and what it leads to is replaced
    rights = stat.S_IMODE(path.stat().st_mode) if path.exists() else None
    spare = path.with_name(f".onewalk-{secrets.token_hex(8)}")
    try:
        try:
            _write_nameless(spare, data, rights, durable)
        except (OSError, AttributeError):
            # A file system, or a system, without such files. Killed here, the spare file stays.
            fd = os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            with os.fdopen(fd, "wb", buffering=0) as file:
                _fill(file, data, rights, durable)
        spare.replace(path)
    except BaseException:
        spare.unlink(missing_ok=True)
        raise


def _write_nameless(path: Path, data: bytes, rights: int | None, durable: bool) -> None:
    """By way of a file that gets its name only when it is whole."""
    fd = os.open(path.parent, os.O_WRONLY | os.O_TMPFILE, 0o666)
    with os.fdopen(fd, "wb", buffering=0) as file:
        _fill(file, data, rights, durable)
        # With a folder's descriptor, though the path is absolute, it is linkat that is called,
        # and that follows the link.
        here = os.open(path.parent, os.O_RDONLY)
        try:
            os.link(f"/proc/self/fd/{fd}", path, src_dir_fd=here)
        finally:
            os.close(here)


def _fill(file: io.FileIO, data: bytes, rights: int | None, durable: bool) -> None:
    # Those of the file that it takes the place of; Windows has no such rights.
    if rights is not None and hasattr(os, "fchmod"):
        os.fchmod(file.fileno(), rights)
    written = 0
    while written < len(data):
        written += file.write(data[written:])
    if durable:
        os.fsync(file.fileno())
