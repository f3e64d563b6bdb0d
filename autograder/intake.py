"""A submission in any shape -> the files that the assignment names, as text, and findings.

Nothing is imported, extracted or executed here, no link is followed, and only files with
known names are opened, each up to a cap. What cannot be read is a finding, not a crash.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import stat
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any

from autograder.errors import UsageError
from autograder.result import Finding
from autograder.sandbox.loader import PACKAGE, Source, StudentCode

__all__ = ["FILE_CAP", "Submission", "read_submission"]

FILE_CAP = 1 << 20
_NOTEBOOK_CAP = 32 << 20
_MEMBER_CAP = 10_000
_ARCHIVE_CAP = 64 << 20
# Neither links nor waiting for the other end of a pipe, where the system has such things.
_NO_SURPRISES = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")


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
    """The regular files of a submission by path, and how to read each.

    ``odd`` holds the entries that are no regular files, with what they are instead.
    """

    files: dict[str, Callable[[], bytes]]
    odd: dict[str, str] = field(default_factory=dict)


def read_submission(path: Path, files: Sequence[str]) -> Submission:
    """Read what was handed in.

    Parameters
    ----------
    path
        A folder, a .zip, .tar, .tar.gz or .tgz, a single .py or a single .ipynb.
    files
        The files that are looked for: an exercise's name with .py or .toml.

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
    suffix = next((s for s in _ARCHIVES if lowered.endswith(s)), path.suffix)
    identity = path.name if path.is_dir() or not suffix else path.name[: -len(suffix)]
    identity = _printable(identity)
    try:
        if path.is_dir():
            return _from_listing(identity, _list_folder(path), files)
        if lowered.endswith(_ARCHIVES):
            with _Archive(path, suffix) as archive:
                return _from_listing(identity, archive.listing, files)
        if lowered.endswith((".py", ".ipynb")):
            listing = _Listing({path.name: lambda: _read_file(path)})
            return _from_listing(identity, listing, files)
        raise Unreadable(
            f"{_printable(path.name)} is neither a folder nor a .zip, .tar, .tar.gz, .py or "
            ".ipynb file."
        )
    except Unreadable as problem:
        text = str(problem)
    except OSError as error:
        reason = error.strerror or "an error of the file system"
        text = f"{_printable(path.name)} cannot be read: {reason}."
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
        for path in (f"{PACKAGE}/{file}", file):
            if path not in listing.files and path not in listing.odd:
                continue
            try:
                if path in listing.odd:
                    raise Unreadable(f"{path} is {listing.odd[path]}, not a file.")
                found[file] = Source(path, _text(path, listing.files[path]))
            except Unreadable as problem:
                unreadable[_name(file)] = str(problem)
            break
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
        raise Unreadable(
            "None of the files of the assignment is in the submission; expected are "
            f"{_expected(files)}, or a single .py or .ipynb file."
        )
    findings = [Finding(severity="error", exercise=n, text=t) for n, t in unreadable.items()]
    return Submission(identity, code, sheets, unreadable, findings)


def _name(file: str) -> str:
    return PurePosixPath(file).stem


def _is_module(file: str) -> bool:
    return file.endswith(".py")


def _expected(files: Sequence[str]) -> str:
    return ", ".join(f"{PACKAGE}/{file}" for file in files)


def _lone_file(listing: _Listing) -> Source | None:
    """The one module or notebook there is, in which every function is looked for."""
    candidates = [p for p in listing.files if p.lower().endswith((".py", ".ipynb"))]
    if len(candidates) != 1:
        return None
    (path,) = candidates
    text = _text(path, listing.files[path])
    return Source(_printable(PurePosixPath(path).name), text, notebook=_is_notebook(path))


def _without_clutter(listing: _Listing) -> _Listing:
    def is_ours(path: str) -> bool:
        return not any(map(_is_clutter, PurePosixPath(path).parts))

    return _Listing(
        {p: read for p, read in listing.files.items() if is_ours(p)},
        {p: what for p, what in listing.odd.items() if is_ours(p)},
    )


def _is_clutter(name: str) -> bool:
    return name in ("__MACOSX", "__pycache__") or name.startswith(".")


def _look_through_folder(listing: _Listing) -> _Listing:
    """Without the one folder that encloses everything, if there is one."""
    paths = [PurePosixPath(p) for p in (*listing.files, *listing.odd)]
    tops = {p.parts[0] for p in paths}
    if len(tops) != 1 or any(len(p.parts) == 1 for p in paths):
        return listing
    (top,) = tops
    if top == PACKAGE:
        return listing

    def inner(path: str) -> str:
        return PurePosixPath(path).relative_to(top).as_posix()

    return _Listing(
        {inner(p): read for p, read in listing.files.items()},
        {inner(p): what for p, what in listing.odd.items()},
    )


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
    if PACKAGE in folders:
        _scan(root / PACKAGE, f"{PACKAGE}/", listing)
    elif not _without_clutter(listing).files and len(folders) == 1:
        (inner,) = folders
        if PACKAGE in _scan(root / inner, f"{inner}/", listing):
            _scan(root / inner / PACKAGE, f"{inner}/{PACKAGE}/", listing)
    return listing


def _scan(folder: Path, prefix: str, listing: _Listing) -> list[str]:
    """Add one folder's files to a listing, and tell its folders that are no clutter."""
    folders = []
    with os.scandir(folder) as entries:
        for entry in entries:
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
    return lambda: _read_file(path)


def _read_file(path: Path) -> bytes:
    """At most one byte more than the cap of a regular file."""
    try:
        # Neither a link nor a pipe that was put there since the folder was listed.
        fd = os.open(path, os.O_RDONLY | _NO_SURPRISES)
        with os.fdopen(fd, "rb") as file:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise Unreadable(f"{_printable(path.name)} is no regular file.")
            return file.read(_cap(path.name) + 1)
    except OSError as error:
        reason = error.strerror or "an error of the file system"
        raise Unreadable(f"{_printable(path.name)} cannot be read: {reason}.") from None


# ------------------------------------------------------------------ archives


class _Archive:
    """The listing of an archive, open while the ``with`` lasts.

    The archive modules of the standard library raise whatever they come upon in broken or
    malicious input, so all of it counts as "broken" here.
    """

    def __init__(self, path: Path, suffix: str) -> None:
        self._name = _printable(path.name)
        self._stack = ExitStack()
        if path.stat().st_size > _ARCHIVE_CAP:
            raise Unreadable(f"{self._name} is larger than {_ARCHIVE_CAP >> 20} MB.")
        try:
            if suffix.lower() == ".zip":
                self.listing = self._list_zip(path)
            else:
                self.listing = self._list_tar(path, compressed=suffix.lower() != ".tar")
        except Unreadable:
            self._stack.close()
            raise
        except Exception:
            self._stack.close()
            raise Unreadable(f"{self._name} is broken: it cannot be opened as {suffix}.") from None

    def __enter__(self) -> _Archive:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def _list_zip(self, path: Path) -> _Listing:
        archive = self._stack.enter_context(zipfile.ZipFile(path))
        listing = _Listing({})
        for member in self._counted(archive.infolist()):
            kind = stat.S_IFMT(member.external_attr >> 16)
            is_file = kind in (0, stat.S_IFREG)
            if not member.is_dir():
                start = partial(self._open_member, archive, member)
                self._add(listing, member.filename, is_file, start)
        return listing

    def _open_member(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> IO[bytes]:
        # The other methods of zipfile unpack all of a member at once, however large it gets.
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            name = _printable(member.filename)
            raise Unreadable(f"{name} is packed in a way that is not read; use an ordinary zip.")
        return archive.open(member)

    def _list_tar(self, path: Path, compressed: bool) -> _Listing:
        file: IO[bytes] = self._stack.enter_context(path.open("rb"))
        if compressed:
            file = self._unpacked(file)
        archive = self._stack.enter_context(tarfile.open(fileobj=file, mode="r:"))
        listing = _Listing({})
        for member in self._counted(archive):
            if not member.isdir():
                start = partial(archive.extractfile, member)
                self._add(listing, member.name, member.isreg(), start)
        return listing

    def _unpacked(self, packed: IO[bytes]) -> IO[bytes]:
        """The tar in a .tar.gz, in a temporary file: no more of it than the cap."""
        whole: IO[bytes] = self._stack.enter_context(tempfile.TemporaryFile())
        with gzip.open(packed) as stream:
            while part := stream.read(1 << 20):
                whole.write(part)
                if whole.tell() > _ARCHIVE_CAP:
                    cap = _ARCHIVE_CAP >> 20
                    raise Unreadable(f"{self._name} unpacks to more than {cap} MB.")
        whole.seek(0)
        return whole

    def _counted(self, members: Iterable[Any]) -> Iterator[Any]:
        for count, member in enumerate(members, start=1):
            if count > _MEMBER_CAP:
                raise Unreadable(f"{self._name} has more than {_MEMBER_CAP} members.")
            yield member

    def _add(
        self, listing: _Listing, name: str, is_file: bool, start: Callable[[], IO[bytes] | None]
    ) -> None:
        """Add a member; the first of a name wins."""
        path = _safe(name)
        if path is None or path in listing.files or path in listing.odd:
            return
        if is_file:
            listing.files[path] = partial(self._read, path, start)
        else:
            listing.odd[path] = "a link or a device, which is not followed"

    def _read(self, path: str, start: Callable[[], IO[bytes] | None]) -> bytes:
        try:
            member = start()
            assert member is not None
            with member:
                return member.read(_cap(path) + 1)
        except Unreadable:
            raise
        except Exception as error:
            encrypted = isinstance(error, RuntimeError) and "encrypted" in str(error)
            why = "it is encrypted" if encrypted else "it is broken"
            shown = _printable(path)
            raise Unreadable(f"{shown} cannot be read from {self._name}: {why}.") from None


def _safe(name: str) -> str | None:
    """A member's path in normal form; None if it is absolute or climbs."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or not path.parts:
        return None
    return path.as_posix()
