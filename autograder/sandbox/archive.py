"""What is in a .zip, .tar or .tar.gz: its members by name, and their bytes up to a cap.

An archive can be a bomb, and the modules that read one raise whatever they come upon in
broken or malicious input. So a worker that runs no student code does it for the grader;
only ``autograder try`` opens an archive where it runs.
"""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO, Any

__all__ = ["ARCHIVE_CAP", "MEMBER_CAP", "SUFFIXES", "Archive", "BadArchive", "BadMember", "Member"]

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz")
ARCHIVE_CAP = 64 << 20
"""Bytes that an archive may have, and a .tar.gz once more when it is unpacked."""

MEMBER_CAP = 10_000
"""Members of an archive, or entries of a folder."""

_NAME_CAP = 1_000
_DEPTH_CAP = 32
# Text packs to a tenth, a notebook full of empty pictures to a hundredth. Of notebooks, and of
# a whole .tar.gz: a module is smaller than what the ratio is asked of.
_RATIO_CAP = 200
_RATIO_FROM = 1 << 20


class BadArchive(Exception):
    """Why it cannot be read, as the end of a sentence that begins with its name."""


class BadMember(Exception):
    """The same of one member."""


@dataclass(frozen=True)
class Member:
    """One member of an archive that is no folder.

    Attributes
    ----------
    name
        As it stands there: it may climb, be absolute, or stand there twice.
    is_file
        Whether it is a regular file, and not a link or a device.
    read
        Gives its bytes, at most one more than the cap; raises ``BadMember``.
    """

    name: str
    is_file: bool
    read: Callable[[int], bytes]


class Archive:
    """An archive in memory.

    Parameters
    ----------
    data
        The whole of it.
    suffix
        Of its name, one of ``SUFFIXES``.

    Attributes
    ----------
    members
        In order; none whose name is longer or deeper than any honest one.
    left_out
        How many had such a name.

    Raises
    ------
    BadArchive
    """

    def __init__(self, data: bytes, suffix: str) -> None:
        list_members = self._zip if suffix == ".zip" else self._tar
        self.left_out = 0
        try:
            self.members = list(self._counted(list_members(data, suffix)))
        except BadArchive:
            raise
        except MemoryError:
            raise BadArchive("takes more memory to open than it may") from None
        except Exception:
            raise BadArchive(f"is broken: it cannot be opened as {suffix}") from None

    def _counted(self, members: Iterable[Member]) -> Iterator[Member]:
        for count, member in enumerate(members, start=1):
            if count > MEMBER_CAP:
                raise BadArchive(f"has more than {MEMBER_CAP} members")
            if len(member.name) <= _NAME_CAP and _depth(member.name) <= _DEPTH_CAP:
                yield member
            else:
                self.left_out += 1

    def _zip(self, data: bytes, suffix: str) -> Iterator[Member]:
        archive = zipfile.ZipFile(io.BytesIO(data))
        for info in archive.infolist():
            kind = stat.S_IFMT(info.external_attr >> 16)
            if not info.is_dir():
                is_file = kind in (0, stat.S_IFREG)
                yield Member(info.filename, is_file, partial(_read_zipped, archive, info))

    def _tar(self, data: bytes, suffix: str) -> Iterator[Member]:
        plain = io.BytesIO(data if suffix == ".tar" else _unpacked(data))
        archive = tarfile.open(fileobj=plain, mode="r:")  # noqa: SIM115 - it lives as long as the members
        for info in archive:
            if not info.isdir():
                yield Member(info.name, info.isreg(), partial(_read_tarred, archive, info))


def _depth(name: str) -> int:
    return name.count("/") + name.count("\\")


def _unpacked(data: bytes) -> bytes:
    """The tar in a .tar.gz: no more of it than the cap."""
    parts: list[bytes] = []
    size = 0
    with gzip.open(io.BytesIO(data)) as stream:
        while part := stream.read(1 << 20):
            parts.append(part)
            size += len(part)
            if size > ARCHIVE_CAP:
                raise BadArchive(f"unpacks to more than {ARCHIVE_CAP >> 20} MB")
    if size > _RATIO_FROM and size > _RATIO_CAP * len(data):
        raise BadArchive(f"unpacks to more than {_RATIO_CAP} times its size")
    return b"".join(parts)


def _read_zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo, cap: int) -> bytes:
    # The other methods of zipfile unpack all of a member at once, however large it gets.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BadMember("is packed in a way that is not read; use an ordinary zip")
    if _RATIO_FROM < info.file_size <= cap and info.file_size > _RATIO_CAP * info.compress_size:
        raise BadMember(f"unpacks to more than {_RATIO_CAP} times its size")
    if info.flag_bits & 1:
        raise BadMember("is encrypted")
    return _read(lambda: archive.open(info), cap)


def _read_tarred(archive: tarfile.TarFile, info: tarfile.TarInfo, cap: int) -> bytes:
    return _read(lambda: archive.extractfile(info), cap)


def _read(start: Callable[[], IO[bytes] | Any], cap: int) -> bytes:
    try:
        with start() as member:
            data: bytes = member.read(cap + 1)
            return data
    except Exception:
        raise BadMember("is broken") from None
