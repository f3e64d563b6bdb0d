"""A submission in any shape -> the files that the assignment names, as text, and findings.

Nothing is imported, extracted or executed here, no link is followed, and only files with
known names are opened, each up to a cap. What cannot be read is a finding, not a crash.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TypeVar

from autograder.errors import UsageError
from autograder.result import Finding
from autograder.sandbox.archive import (
    ARCHIVE_CAP,
    MEMBER_CAP,
    SUFFIXES,
    Archive,
    BadArchive,
    BadMember,
    Member,
)
from autograder.sandbox.loader import PACKAGES, Source, StudentCode

__all__ = ["FILE_CAP", "Submission", "Unpack", "read_files", "read_submission", "unpack_here"]

T = TypeVar("T")

FILE_CAP = 1 << 20
_NOTEBOOK_CAP = 32 << 20
# Neither links nor waiting for the other end of a pipe, where the system has such things.
_NO_SURPRISES = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class Unreadable(Exception):
    """Why something cannot be read, as one sentence for the student."""


@dataclass(frozen=True)
class Submission:
    """What was handed in, as far as it could be read.

    Attributes
    ----------
    id
        Names it in reports: its folder's or file's name.
    code
        The files that can be imported.
    sheets
        Name of an exercise to its sheet of answers.
    unreadable
        Name of an exercise to why its file could not be read.
    findings
        What a person should know.
    rejected
        Whether nothing in it could be read.
    """

    id: str
    code: StudentCode = field(default_factory=lambda: StudentCode((), {}))
    sheets: dict[str, Source] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def rejected(self) -> bool:
        return not self._sources

    @property
    def files(self) -> list[str]:
        return [source.path for source in self._sources]

    def file(self, exercise: str) -> Source | None:
        """What was handed in for an exercise, if it could be read."""
        if exercise in self.code.modules:
            return self.code.sources[self.code.modules[exercise]]
        return self.sheets.get(exercise)

    @property
    def _sources(self) -> list[Source]:
        return [*self.code.sources, *self.sheets.values()]

    @property
    def sha256(self) -> str:
        """Of the files read: names and contents."""
        digest = hashlib.sha256()
        for source in sorted(self._sources, key=lambda s: s.path):
            for part in (source.path, source.text):
                data = part.encode()
                digest.update(len(data).to_bytes(8, "little") + data)
        return digest.hexdigest()


@dataclass(frozen=True)
class _Listing:
    """What a submission holds.

    Attributes
    ----------
    files
        Its regular files by path, and how to read each.
    odd
        Entries that are no regular files, with what they are instead.
    twice
        Paths that stand in it once more; the first counts.
    refused
        Names that are absolute or climb out of it.
    left_out
        How many had names that are too long or too deep.
    """

    files: dict[str, Callable[[], bytes]]
    odd: dict[str, str] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    left_out: int = 0

    def renamed(self, rename: Callable[[str], str | None]) -> _Listing:
        """The same with other paths, without those that become None."""

        def kept(table: Mapping[str, T]) -> dict[str, T]:
            return {new: what for old, what in table.items() if (new := rename(old)) is not None}

        twice = [new for old in self.twice if (new := rename(old)) is not None]
        return _Listing(kept(self.files), kept(self.odd), twice, self.refused, self.left_out)


Unpack = Callable[[bytes, str], tuple[Sequence[Member], int]]
"""Gives an archive's members, and how many were left out for their names.

Of its bytes and its suffix; raises ``BadArchive``.
"""


def unpack_here(data: bytes, suffix: str) -> tuple[Sequence[Member], int]:
    """Open an archive in this process: for one's own."""
    archive = Archive(data, suffix)
    return archive.members, archive.left_out


def read_submission(path: Path, files: Sequence[str], unpack: Unpack = unpack_here) -> Submission:
    """Read what was handed in.

    Parameters
    ----------
    path
        A folder, a .zip, .tar, .tar.gz or .tgz, a single .py or a single .ipynb.
    files
        The files that are looked for, such as ``exercises/naive.py``; each may also lie flat.
    unpack
        Lists an archive. A grader's is somewhere else: see ``sandbox.archive``.

    Raises
    ------
    UsageError
        When there is nothing at ``path``.
    """
    try:
        # The path itself may be a link: the instructor named it. None inside is followed.
        path = path.resolve(strict=True)
    except FileNotFoundError:
        raise UsageError(f"there is no file or folder {path}") from None
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "a loop of links"
        raise UsageError(f"{path} cannot be read: {reason}") from None
    lowered = path.name.lower()
    suffix = next((s for s in SUFFIXES if lowered.endswith(s)), path.suffix)
    identity = path.name if path.is_dir() or not suffix else path.name[: -len(suffix)]
    identity = _printable(identity)
    try:
        if path.is_dir():
            return _from_listing(identity, _list_folder(path), files)
        if lowered.endswith(SUFFIXES):
            return _from_listing(identity, _list_archive(path, suffix, unpack), files)
        if lowered.endswith((".py", ".ipynb")):
            return _from_listing(identity, _Listing({path.name: _reader(path)}), files)
        raise Unreadable(
            f"{_printable(path.name)} is neither a folder nor a .zip, .tar, .tar.gz, .py or "
            ".ipynb file."
        )
    except Unreadable as problem:
        text = str(problem)
    except OSError as error:
        reason = error.strerror or "an error of the file system"
        text = f"{_printable(path.name)} cannot be read: {reason}."
    return _rejected(identity, text, files)


def read_files(identity: str, named: Mapping[str, Path], files: Sequence[str]) -> Submission:
    """Read what was handed in as single files, which a platform has given names of its own.

    Parameters
    ----------
    identity
        The submission's.
    named
        By the names that students gave them. Links are not followed.
    files
        As for ``read_submission``.
    """
    listing = _Listing({name: _reader(path) for name, path in named.items()})
    try:
        return _from_listing(_printable(identity), listing, files)
    except Unreadable as problem:
        return _rejected(_printable(identity), str(problem), files)


def _rejected(identity: str, text: str, files: Sequence[str]) -> Submission:
    finding = Finding(severity="error", text=text)
    unreadable = dict.fromkeys(map(_name, files), text)
    return Submission(identity, unreadable=unreadable, findings=[finding])


# ------------------------------------------------------------------ which file is which


def _from_listing(identity: str, listing: _Listing, files: Sequence[str]) -> Submission:
    listing = _without_clutter(listing)
    if not listing.files and not listing.odd:
        raise Unreadable(f"The submission is empty; expected are {_expected(files)}.")
    listing = _look_through_folder(listing)
    found: dict[str, Source] = {}
    unreadable: dict[str, str] = {}
    for file in files:
        try:
            path = _path_of(file, listing)
            if path is not None:
                found[file] = Source(path, _text(path, listing.files[path]))
        except Unreadable as problem:
            unreadable[_name(file)] = str(problem)
    modules = [file for file in files if _is_module(file)]
    sheets = {_name(f): source for f, source in found.items() if not _is_module(f)}
    submitted = [file for file in modules if file in found]
    exercises = [_name(file) for file in modules]
    if submitted or any(_name(file) in unreadable for file in modules):
        sources = [found[file] for file in submitted]
        code = StudentCode(sources, {_name(f): i for i, f in enumerate(submitted)}, exercises)
    elif (lone := _lone_file(listing)) is not None:
        code = StudentCode([lone], dict.fromkeys(exercises, 0), exercises)
    elif sheets or unreadable:
        code = StudentCode((), {}, exercises)
    else:
        inner = [p for p in listing.files if p.lower().endswith(SUFFIXES)]
        if inner:
            raise Unreadable(
                f"There is another archive in the submission, {_printable(inner[0])[:100]}, and "
                "none of the files of the assignment: hand in what is in it."
            )
        raise Unreadable(
            "None of the files of the assignment is in the submission; expected are "
            f"{_expected(files)}, or a single .py or .ipynb file."
        )
    findings = [Finding(severity="error", exercise=n, text=t) for n, t in unreadable.items()]
    read = {source.path for source in (*code.sources, *sheets.values())}
    return Submission(identity, code, sheets, unreadable, [*findings, *_oddities(listing, read)])


def _path_of(file: str, listing: _Listing) -> str | None:
    """Where a file of the assignment lies; None if it is not there."""
    for path in (file, PurePosixPath(file).name):
        if path in listing.odd:
            raise Unreadable(f"{path} is {listing.odd[path]}, not a file.")
        if path in listing.files:
            return path
    alike = [p for p in listing.files if p.lower() in (file, PurePosixPath(file).name)]
    if alike:
        raise Unreadable(
            f"{_printable(alike[0])} is not read: its name should be {file}, in small letters."
        )
    return None


def _oddities(listing: _Listing, read: Collection[str]) -> Iterator[Finding]:
    """What a person should know of the names in an archive."""
    for path in dict.fromkeys(p for p in listing.twice if p in read):
        text = f"{_printable(path)} stands in the archive more than once; the first was read."
        yield Finding(severity="warning", text=text)
    if listing.refused:
        count = len(listing.refused)
        text = (
            f"Not read: {count} of the archive's members, whose names lead out of it, such as "
            f"{_printable(listing.refused[0])[:100]}."
        )
        yield Finding(severity="warning", text=text)
    if listing.left_out:
        text = f"Not read: {listing.left_out} of the archive's members, with names without end."
        yield Finding(severity="warning", text=text)


def _name(file: str) -> str:
    return PurePosixPath(file).stem


def _is_module(file: str) -> bool:
    return file.endswith(".py")


def _expected(files: Sequence[str]) -> str:
    return ", ".join(files)


def _lone_file(listing: _Listing) -> Source | None:
    """The one module or notebook there is, in which every function is looked for."""
    candidates = [p for p in listing.files if p.lower().endswith((".py", ".ipynb"))]
    if len(candidates) != 1:
        return None
    (path,) = candidates
    text = _text(path, listing.files[path])
    return Source(_printable(PurePosixPath(path).name), text, notebook=_is_notebook(path))


def _without_clutter(listing: _Listing) -> _Listing:
    return listing.renamed(lambda p: None if any(map(_is_clutter, PurePosixPath(p).parts)) else p)


def _is_clutter(name: str) -> bool:
    return name in ("__MACOSX", "__pycache__") or name.startswith(".")


def _look_through_folder(listing: _Listing) -> _Listing:
    """Without the one folder that encloses everything, if there is one."""
    paths = [PurePosixPath(p) for p in (*listing.files, *listing.odd)]
    tops = {p.parts[0] for p in paths}
    if len(tops) != 1 or any(len(p.parts) == 1 for p in paths):
        return listing
    (top,) = tops
    if top in PACKAGES:
        return listing

    return listing.renamed(lambda p: PurePosixPath(p).relative_to(top).as_posix())


def _text(path: str, read: Callable[[], bytes]) -> str:
    data = read()
    path = _printable(path)
    cap = _cap(path)
    if len(data) > cap:
        raise Unreadable(f"{path} is larger than {cap >> 20} MB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(f"{path} is not UTF-8; save it with that encoding.") from None
    if "\0" in text:
        raise Unreadable(f"{path} has NUL bytes in it; it is no text file.")
    return text


def _cap(path: str) -> int:
    """Notebooks carry their pictures with them."""
    return _NOTEBOOK_CAP if _is_notebook(path) else FILE_CAP


def _is_notebook(path: str) -> bool:
    return path.lower().endswith(".ipynb")


def _printable(name: str) -> str:
    """A file's name as one line of text: what cannot be printed becomes a question mark."""
    return "".join(c if c.isprintable() else "?" for c in name)


# ------------------------------------------------------------------ folders


def _list_folder(root: Path) -> _Listing:
    """What lies where the assignment's files can be; nothing else is looked at."""
    listing = _Listing({})
    folders = _scan(root, "", listing)
    inside = ""
    if not _without_clutter(listing).files and len(folders) == 1 and folders[0] not in PACKAGES:
        inside = f"{folders[0]}/"
        folders = _scan(root / inside, inside, listing)
    for package in set(folders) & set(PACKAGES):
        _scan(root / inside / package, f"{inside}{package}/", listing)
    return listing


def _scan(folder: Path, prefix: str, listing: _Listing) -> list[str]:
    """Add one folder's files to a listing, and tell its folders that are no clutter."""
    folders = []
    with os.scandir(folder) as entries:
        for count, entry in enumerate(entries, start=1):
            if count > MEMBER_CAP:
                raise Unreadable(f"The folder {prefix or '.'} has more than {MEMBER_CAP} entries.")
            path = prefix + entry.name
            if entry.is_symlink():
                listing.odd[path] = "a link, which is not followed"
            elif entry.is_dir(follow_symlinks=False):
                if not _is_clutter(entry.name):
                    folders.append(entry.name)
            elif entry.is_file(follow_symlinks=False):
                listing.files[path] = _reader(Path(entry.path))
            else:
                listing.odd[path] = "a device or a pipe"
    return folders


def _reader(path: Path) -> Callable[[], bytes]:
    return lambda: _read_file(path, _cap(path.name))


def _read_file(path: Path, cap: int) -> bytes:
    """At most one byte more than the cap of a regular file."""
    try:
        # Neither a link nor a pipe that was put there since the folder was listed.
        fd = os.open(path, os.O_RDONLY | _NO_SURPRISES)
        with os.fdopen(fd, "rb") as file:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise Unreadable(f"{_printable(path.name)} is no regular file.")
            return file.read(cap + 1)
    except OSError as error:
        reason = error.strerror or "an error of the file system"
        raise Unreadable(f"{_printable(path.name)} cannot be read: {reason}.") from None


# ------------------------------------------------------------------ archives


def _list_archive(path: Path, suffix: str, unpack: Unpack) -> _Listing:
    """The members of an archive: the first of a name wins, and none may climb."""
    name = _printable(path.name)
    data = _read_file(path, ARCHIVE_CAP)
    if len(data) > ARCHIVE_CAP:
        raise Unreadable(f"{name} is larger than {ARCHIVE_CAP >> 20} MB.")
    try:
        members, left_out = unpack(data, suffix)
    except BadArchive as problem:
        raise Unreadable(f"{name} {problem}.") from None
    listing = _Listing({}, left_out=left_out)
    for member in members:
        safe = _safe(member.name)
        if safe is None:
            listing.refused.append(member.name)
        elif safe in listing.files or safe in listing.odd:
            listing.twice.append(safe)
        elif member.is_file:
            listing.files[safe] = partial(_read_member, name, safe, member)
        else:
            listing.odd[safe] = "a link or a device, which is not followed"
    return listing


def _read_member(archive: str, path: str, member: Member) -> bytes:
    try:
        return member.read(_cap(path))
    except BadMember as problem:
        raise Unreadable(f"{_printable(path)} in {archive} {problem}.") from None


def _safe(name: str) -> str | None:
    """A member's path in normal form; None if it is absolute or climbs."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or not path.parts or path.parts[0].endswith(":"):
        return None
    return path.as_posix()
