"""A submission in any shape -> the files that the assignment names, as text, and findings.

Nothing is imported, extracted or executed here, no link is followed, and only files with
known names are opened, each up to a cap. What cannot be read is a finding, not a crash.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from autograder.errors import UsageError
from autograder.result import Finding
from autograder.sandbox.loader import PACKAGE, Source
from autograder.student import StudentCode

__all__ = ["FILE_CAP", "Submission", "read_submission"]

FILE_CAP = 1 << 20
_MEMBER_CAP = 10_000
_ARCHIVE_CAP = 64 << 20
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
    unreadable
        Name of an exercise to why its file could not be read.
    findings
        What a person should know.
    rejected
        Whether nothing in it could be read.
    """

    id: str
    code: StudentCode = field(default_factory=lambda: StudentCode((), {}))
    unreadable: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def rejected(self) -> bool:
        return not self.code.sources

    @property
    def files(self) -> list[str]:
        return [source.path for source in self.code.sources]

    @property
    def sha256(self) -> str:
        """Of the files read: names and contents."""
        digest = hashlib.sha256()
        for source in sorted(self.code.sources, key=lambda s: s.path):
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


def read_submission(path: Path, names: Sequence[str]) -> Submission:
    """Read what was handed in.

    Parameters
    ----------
    path
        A folder, a .zip, .tar, .tar.gz or .tgz, a single .py or a single .ipynb.
    names
        The exercises whose files are looked for.

    Raises
    ------
    UsageError
        When there is nothing at ``path``.
    """
    if not path.exists():
        raise UsageError(f"there is no file or folder {path}")
    lowered = path.name.lower()
    suffix = next((s for s in _ARCHIVES if lowered.endswith(s)), path.suffix)
    if path.is_dir():
        identity = path.resolve().name
    else:
        identity = path.name[: -len(suffix)] if suffix else path.name
    try:
        if path.is_dir():
            return _from_listing(identity, _list_folder(path), names)
        if lowered.endswith(_ARCHIVES):
            with _Archive(path, suffix) as archive:
                return _from_listing(identity, archive.listing, names)
        if lowered.endswith((".py", ".ipynb")):
            listing = _Listing({path.name: lambda: _read_file(path)})
            return _from_listing(identity, listing, names)
        raise Unreadable(
            f"{path.name} is neither a folder nor a .zip, .tar, .tar.gz, .py or .ipynb file."
        )
    except Unreadable as problem:
        text = str(problem)
    except OSError as error:
        text = f"{path.name} cannot be read: {error.strerror or 'an error of the file system'}."
    finding = Finding(severity="error", text=text)
    return Submission(identity, unreadable=dict.fromkeys(names, text), findings=[finding])


# ------------------------------------------------------------------ which file is which


def _from_listing(identity: str, listing: _Listing, names: Sequence[str]) -> Submission:
    listing = _without_clutter(listing)
    if not listing.files and not listing.odd:
        raise Unreadable(
            "The submission is empty; expected are "
            + ", ".join(f"{PACKAGE}/{name}.py" for name in names)
            + "."
        )
    listing = _look_through_folder(listing)
    sources: list[Source] = []
    modules: dict[str, int] = {}
    unreadable: dict[str, str] = {}
    for name in names:
        for path in (f"{PACKAGE}/{name}.py", f"{name}.py"):
            if path not in listing.files and path not in listing.odd:
                continue
            try:
                if path in listing.odd:
                    raise Unreadable(f"{path} is {listing.odd[path]}, not a file.")
                text = _text(path, listing.files[path])
            except Unreadable as problem:
                unreadable[name] = str(problem)
            else:
                modules[name] = len(sources)
                sources.append(Source(path, text))
            break
    if not sources and not unreadable:
        return _lone_file(identity, listing, names)
    findings = [Finding(severity="error", exercise=n, text=t) for n, t in unreadable.items()]
    return Submission(identity, StudentCode(sources, modules, names), unreadable, findings)


def _lone_file(identity: str, listing: _Listing, names: Sequence[str]) -> Submission:
    """One module or notebook in which every function is looked for."""
    candidates = [p for p in listing.files if p.endswith((".py", ".ipynb"))]
    if len(candidates) != 1:
        raise Unreadable(
            "None of the files of the assignment is in the submission; expected are "
            + ", ".join(f"{PACKAGE}/{name}.py" for name in names)
            + ", or a single .py or .ipynb file."
        )
    (path,) = candidates
    text = _text(path, listing.files[path])
    source = Source(PurePosixPath(path).name, text, notebook=path.endswith(".ipynb"))
    return Submission(identity, StudentCode([source], dict.fromkeys(names, 0), names))


def _without_clutter(listing: _Listing) -> _Listing:
    def is_clutter(path: str) -> bool:
        parts = PurePosixPath(path).parts
        return any(p in ("__MACOSX", "__pycache__") or p.startswith(".") for p in parts)

    return _Listing(
        {p: read for p, read in listing.files.items() if not is_clutter(p)},
        {p: what for p, what in listing.odd.items() if not is_clutter(p)},
    )


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
    if len(data) > FILE_CAP:
        raise Unreadable(f"{path} is larger than {FILE_CAP >> 20} MB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(f"{path} is not UTF-8; save it with that encoding.") from None
    if "\0" in text:
        raise Unreadable(f"{path} has NUL bytes in it; it is no text file.")
    return text


# ------------------------------------------------------------------ folders


def _list_folder(root: Path) -> _Listing:
    """The files at most two folders deep; deeper ones cannot be the assignment's."""
    files: dict[str, Callable[[], bytes]] = {}
    odd: dict[str, str] = {}
    seen = 0
    waiting = [(root, PurePosixPath())]
    while waiting:
        folder, prefix = waiting.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                seen += 1
                if seen > _MEMBER_CAP:
                    raise Unreadable(f"The submission has more than {_MEMBER_CAP} files.")
                path = str(prefix / entry.name)
                if entry.is_symlink():
                    odd[path] = "a link, which is not followed"
                elif entry.is_dir(follow_symlinks=False):
                    if len(prefix.parts) < 2 and not entry.name.startswith("."):
                        waiting.append((Path(entry.path), prefix / entry.name))
                elif entry.is_file(follow_symlinks=False):
                    files[path] = _reader(Path(entry.path))
                else:
                    odd[path] = "a device or a pipe"
    return _Listing(files, odd)


def _reader(path: Path) -> Callable[[], bytes]:
    return lambda: _read_file(path)


def _read_file(path: Path) -> bytes:
    """At most one byte more than the cap of a regular file."""
    try:
        # Neither a link nor a pipe that was put there since the folder was listed.
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(fd, "rb") as file:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise Unreadable(f"{path.name} is no regular file.")
            return file.read(FILE_CAP + 1)
    except OSError as error:
        reason = error.strerror or "an error of the file system"
        raise Unreadable(f"{path.name} cannot be read: {reason}.") from None


# ------------------------------------------------------------------ archives


class _Archive:
    """The listing of an archive, open while the ``with`` lasts."""

    def __init__(self, path: Path, suffix: str) -> None:
        if path.stat().st_size > _ARCHIVE_CAP:
            raise Unreadable(f"{path.name} is larger than {_ARCHIVE_CAP >> 20} MB.")
        self._name = path.name
        try:
            if suffix == ".zip":
                self._archive: zipfile.ZipFile | tarfile.TarFile = zipfile.ZipFile(path)
                self.listing = self._list_zip(self._archive)
            else:
                self._archive = tarfile.open(path)  # noqa: SIM115 (closed on exit)
                self.listing = self._list_tar(self._archive)
        except _BROKEN:
            raise Unreadable(f"{path.name} is broken: it cannot be opened as {suffix}.") from None

    def __enter__(self) -> _Archive:
        return self

    def __exit__(self, *error: object) -> None:
        self._archive.close()

    def _list_zip(self, archive: zipfile.ZipFile) -> _Listing:
        files: dict[str, Callable[[], bytes]] = {}
        odd: dict[str, str] = {}
        members = archive.infolist()
        self._check_count(len(members))
        for member in members:
            path = _safe(member.filename)
            if path is None or member.is_dir() or path in files:
                continue
            kind = stat.S_IFMT(member.external_attr >> 16)
            if kind not in (0, stat.S_IFREG):
                odd[path] = "a link or a device, which is not followed"
                continue
            files[path] = self._member_reader(path, lambda m=member: archive.open(m))  # type: ignore[misc]
        return _Listing(files, odd)

    def _list_tar(self, archive: tarfile.TarFile) -> _Listing:
        files: dict[str, Callable[[], bytes]] = {}
        odd: dict[str, str] = {}
        for count, member in enumerate(archive, start=1):
            self._check_count(count)
            path = _safe(member.name)
            if path is None or member.isdir() or path in files:
                continue
            if not member.isreg():
                odd[path] = "a link or a device, which is not followed"
                continue
            files[path] = self._member_reader(path, lambda m=member: archive.extractfile(m))  # type: ignore[misc]
        return _Listing(files, odd)

    def _check_count(self, count: int) -> None:
        if count > _MEMBER_CAP:
            raise Unreadable(f"{self._name} has more than {_MEMBER_CAP} members.")

    def _member_reader(
        self, path: str, start: Callable[[], IO[bytes] | None]
    ) -> Callable[[], bytes]:
        def read() -> bytes:
            try:
                member = start()
                assert member is not None
                with member:
                    return member.read(FILE_CAP + 1)
            except _BROKEN:
                raise Unreadable(
                    f"{path} cannot be read from {self._name}: it is broken."
                ) from None
            except (RuntimeError, NotImplementedError):
                raise Unreadable(
                    f"{path} cannot be read from {self._name}: it is encrypted."
                ) from None

        return read


_BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    UnicodeError,
    OverflowError,
)


def _safe(name: str) -> str | None:
    """A member's path in normal form; None if it is absolute or climbs."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or not path.parts:
        return None
    return path.as_posix()
