"""What a release consists of: paths and bytes, written as a folder or packed as a zip."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder.errors import UsageError

__all__ = ["Files", "files_in", "pack_zip", "write_files"]

Files = dict[str, bytes]
"""Relative POSIX path to content. What begins with ``#!`` is a program."""

# The first moment that a zip can tell: the same files give the same bytes.
_ALWAYS = (1980, 1, 1, 0, 0, 0)


def files_in(root: Path, folder: str) -> Iterator[tuple[str, bytes]]:
    """All files of a folder under ``root``, without what tools and editors leave there."""
    for path in sorted((root / folder).rglob("*")):
        parts = path.relative_to(root).parts
        hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
        if path.is_file() and not hidden:
            yield "/".join(parts), path.read_bytes()


def write_files(dest: Path, files: Mapping[str, bytes]) -> None:
    """Write a release into a folder that is empty or not there yet.

    Raises
    ------
    UsageError
        When something is there already, or it cannot be written.
    """
    try:
        if dest.exists() and (not dest.is_dir() or any(dest.iterdir())):
            raise UsageError(f"{dest} is there already; name a folder that is new or empty")
        for name, data in files.items():
            path = dest / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            if _is_program(data):
                path.chmod(0o755)
    except OSError as error:
        raise UsageError(f"{error.filename or dest} cannot be written: {error.strerror}") from None


def pack_zip(files: Mapping[str, bytes]) -> bytes:
    """The same as a zip; equal files give equal bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(name, _ALWAYS)
            info.create_system = 3  # Unix, whose modes follow
            info.external_attr = (0o100755 if _is_program(data) else 0o100644) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return packed.getvalue()


def _is_program(data: bytes) -> bool:
    return data.startswith(b"#!")
