"""What lies in a folder of submissions -> students and what each handed in.

Six layouts are known by their names: plain (each entry is a student), nbgrader's tree
``submitted/STUDENT/ASSIGNMENT``, and the bulk downloads of Canvas, Moodle, Gradescope and
Classroom 50. A CSV file may say all of it instead. No submission is opened here, only what a
platform says of it.
"""

from __future__ import annotations

import csv
import io
import json
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from autograder.errors import UsageError
from autograder.sandbox.archive import SUFFIXES

__all__ = ["Entries", "Entry", "find_entries"]

_CLUTTER = ("__macosx", "desktop.ini", "thumbs.db")
_FILES = (".py", ".ipynb")

# lib/content_zipper.rb: the name, "LATE", the user's number or "anon_" and five signs, the
# attachment's number, and the file as the student called it; or a page that Canvas made.
_CANVAS = re.compile(
    r"(?:\w+?_)??(?P<late>LATE_)?(?P<student>anon_[A-Za-z0-9]+|(?<=_)\d+)"
    r"_(?:(?P<number>\d+)_(?P<file>.+)|(?:text|link)\.html)"
)
# Where a student hands in again, or two files of one name.
_AGAIN = re.compile(r"-\d+(?=\.[^.]+$|\.tar\.gz$)")
# mod/assign: the full name, the participant's number, and a folder or one of its files.
_MOODLE = re.compile(
    r".+_(?P<student>\d+)_assignsubmission_(?:(?P<kind>file)|onlinetext)_?(?P<file>.*)", re.DOTALL
)

# Gradescope, "Export Submissions": the folders, and what is said of them.
_GRADESCOPE = "submission_metadata.yml"
# `gh teacher download`: a table beside the clones, and in each what Classroom 50 made of it.
_SCORES, _RESULT = "scores.csv", "result.json"
_LARGEST_RESULT = 10 << 20  # as there


@dataclass(frozen=True)
class Entry:
    """What one student handed in.

    Attributes
    ----------
    student
        As the platform, the CSV file or the entry's name has it.
    what
        A folder, an archive or a file; or single files by the names that the student gave them.
    submitted_at
        When, where something says so: UTC, such as 2026-11-21T10:00:00Z.
    """

    student: str
    what: Path | Mapping[str, Path]
    submitted_at: str | None = None


@dataclass(frozen=True)
class Entries:
    """All that was found.

    Attributes
    ----------
    good
        By student.
    bad
        What is no submission, with the reason; nothing of it is graded.
    notes
        What a person should know of the others.
    """

    good: dict[str, Entry] = field(default_factory=dict)
    bad: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def find_entries(path: Path, assignment: str) -> Entries:
    """Who handed in what.

    Parameters
    ----------
    path
        A folder, or a CSV file with the columns ``student`` and ``path``.
    assignment
        Its folder's name in nbgrader's tree.

    Raises
    ------
    UsageError
        When there is nothing to be found there.
    """
    if path.is_file() and path.suffix.lower() == ".csv":
        return _from_csv(path)
    if not path.is_dir():
        what = "is no folder and no CSV file" if path.exists() else "does not exist"
        raise UsageError(
            f"{path} {what}; name a folder in which each entry is a student's submission"
        )
    root = _submitted(path)
    found = _visible(path if root is None else root)
    if root is not None:
        entries = _nbgrader(root, found, assignment)
    elif _most(_CANVAS, found) and _numbers_differ(found):
        entries = _canvas(found)
    elif _most(_MOODLE, found):
        entries = _moodle(found)
    elif (path / _GRADESCOPE).is_file():
        entries = _gradescope(path / _GRADESCOPE, found)
    elif (path / _SCORES).is_file() and any((p / _RESULT).exists() for p in found):
        entries = _classroom50(found)
    else:
        entries = _plain(found)
    if not entries.good and not entries.bad:
        raise UsageError(f"{path} has no submission in it")
    return entries


def _visible(folder: Path) -> list[Path]:
    """What lies in a folder, without what systems leave there; in order."""
    return sorted(
        p for p in folder.iterdir() if not p.name.startswith(".") and p.name.lower() not in _CLUTTER
    )


def _most(pattern: re.Pattern[str], paths: Sequence[Path]) -> bool:
    """Whether more than half of these names are a platform's: a stray file changes nothing."""
    return 2 * sum(pattern.fullmatch(p.name) is not None for p in paths) > len(paths)


def _numbers_differ(paths: Sequence[Path]) -> bool:
    """Whether no two have the number of the same attachment, as with ``lab_3_1_alice.py``."""
    matches = [match for p in paths if (match := _CANVAS.fullmatch(p.name))]
    numbers = [match["number"] for match in matches if match["number"]]
    return len(set(numbers)) == len(numbers)


def _why_bad(path: Path) -> str | None:
    """Why an entry cannot be anybody's submission; None if it can."""
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return "a link, which is not followed; a CSV file can name where it leads"
    if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
        return "a device or a pipe"
    try:
        path.name.encode()
    except UnicodeEncodeError:
        return "its name is not UTF-8"
    return None


def _sorted_out(paths: Iterable[Path], entries: Entries) -> Iterator[Path]:
    """Those that can be submissions; the others are told."""
    for path in paths:
        reason = _why_bad(path)
        if reason is None:
            yield path
        else:
            entries.bad[path.name] = reason


def _collected(found: Iterable[tuple[str, Entry]], entries: Entries) -> Entries:
    """Enter them by student; who is there twice is told, and which one counts is not guessed.

    Parameters
    ----------
    found
        Each with the name to tell it by.
    """
    named: dict[str, list[tuple[str, Entry]]] = {}
    for name, entry in found:
        named.setdefault(entry.student, []).append((name, entry))
    for student, those in named.items():
        if len(those) == 1:
            entries.good[student] = those[0][1]
            continue
        names = ", ".join(name for name, _ in those)
        entries.bad[student] = f"there {len(those)} times ({names}); leave only the one that counts"
    return entries


# ------------------------------------------------------------------ plain


def _plain(found: Sequence[Path]) -> Entries:
    entries = Entries()
    paths = _sorted_out(found, entries)
    return _collected(((p.name, Entry(_stem(p), p)) for p in paths), entries)


def _stem(path: Path) -> str:
    lowered = path.name.lower()
    if path.is_dir():
        return path.name
    suffix = next((s for s in SUFFIXES if lowered.endswith(s)), path.suffix)
    return path.name[: len(path.name) - len(suffix)]


# ------------------------------------------------------------------ nbgrader


def _submitted(path: Path) -> Path | None:
    """The folder ``submitted`` of a course of nbgrader's, if this is one or the course itself."""
    if path.name == "submitted":
        return path
    signs = ("nbgrader_config.py", "gradebook.db", "source", "release")
    inner = path / "submitted"
    return inner if inner.is_dir() and any((path / sign).exists() for sign in signs) else None


def _nbgrader(root: Path, found: Sequence[Path], assignment: str) -> Entries:
    entries = Entries()
    students = [p for p in _sorted_out(found, entries) if p.is_dir()]
    inside = {p: [f for f in _visible(p) if f.is_dir() and not f.is_symlink()] for p in students}
    names = {folder.name for folders in inside.values() for folder in folders}
    if not names:  # a folder that is merely called so
        return _plain(found)
    if assignment not in names and len(names) > 1:
        raise UsageError(
            f"{root} holds several assignments ({', '.join(sorted(names))}), none of them "
            f"{assignment}, the assignment's name in grader.toml; a CSV file can say which"
        )
    wanted = assignment if assignment in names else names.pop()
    for student, folders in inside.items():
        mine = next((f for f in folders if f.name == wanted), None)
        if mine is None:
            entries.notes.append(f"{student.name} handed in nothing for {wanted}")
            continue
        when = _timestamp(mine / "timestamp.txt")
        if isinstance(when, ValueError):
            entries.notes.append(f"{student.name}: timestamp.txt {when}")
            when = None
        what, passed_over = _of_notebook(mine, f"{wanted}.ipynb")
        if passed_over:
            entries.notes.append(
                f"{student.name}: only {wanted}.ipynb is read of the code that lies there, and not "
                f"{', '.join(passed_over)}"
            )
        entries.good[student.name] = Entry(student.name, what, when)
    return entries


def _of_notebook(folder: Path, notebook: str) -> tuple[Path | dict[str, Path], list[str]]:
    """What to read of a submission, and what not: as in nbgrader, the assignment's notebook counts.

    Copies of it, and modules, often lie beside it; without it the folder is one like any other.
    """
    files = {p.name: p for p in _visible(folder) if p.is_file() and not p.is_symlink()}
    passed_over = [name for name in files if name.endswith(_FILES) and name != notebook]
    if notebook not in files:
        return folder, []
    return {n: path for n, path in files.items() if n not in passed_over}, passed_over


def _timestamp(path: Path) -> str | ValueError | None:
    """``2026-11-20 15:58:23.948203 UTC``, as nbgrader writes it; or with ``+0100`` if told to."""
    if path.is_symlink() or not path.is_file():
        return None
    try:
        text = path.read_bytes()[:100].decode().strip()
        date, _, zone = text.rpartition(" ")
        if zone.startswith(("+", "-")):
            return _utc(datetime.fromisoformat(f"{date}{zone}"))
        return _utc(datetime.fromisoformat(date).replace(tzinfo=ZoneInfo(zone)))
    except (OSError, ValueError, OverflowError, LookupError):
        return ValueError("cannot be read as a time, so none is known")


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# ------------------------------------------------------------------ Canvas


def _canvas(found: Sequence[Path]) -> Entries:
    entries = Entries()
    files: dict[str, dict[str, tuple[int, Path]]] = {}
    pages: dict[str, str] = {}
    for path in _sorted_out(found, entries):
        match = _CANVAS.fullmatch(path.name)
        if match is None or path.is_dir():
            entries.bad[path.name] = "not named as Canvas names what was handed in"
            continue
        student = match["student"]
        if match["file"] is None:
            pages[student] = path.name
            continue
        if match["late"] and student not in files:
            entries.notes.append(f"Canvas marks {student} as late")
        name, number = _AGAIN.sub("", match["file"]), int(match["number"])
        mine = files.setdefault(student, {})
        if name in mine:
            entries.notes.append(f"{student} handed in {name} more than once; the newest counts")
        mine[name] = max(mine.get(name, (0, path)), (number, path))
    for student, name in pages.items():
        if student not in files:
            entries.bad[name] = "a text or an address typed into Canvas, and no file"
    for student, mine in files.items():
        entries.good[student] = _of_files(student, {n: path for n, (_, path) in mine.items()})
    return entries


def _of_files(student: str, files: Mapping[str, Path]) -> Entry:
    """A single archive is opened; all else is read by the names that the student gave."""
    if len(files) == 1:
        ((name, path),) = files.items()
        if name.lower().endswith(SUFFIXES):
            return Entry(student, path)
    return Entry(student, files)


# ------------------------------------------------------------------ Moodle


def _moodle(found: Sequence[Path]) -> Entries:
    entries = Entries()
    folders: dict[str, list[Path]] = {}
    files: dict[str, dict[str, Path]] = {}
    texts: dict[str, str] = {}
    for path in _sorted_out(found, entries):
        match = _MOODLE.fullmatch(path.name)
        if match is None:
            entries.bad[path.name] = "not named as Moodle names what was handed in"
        elif match["kind"] is None:
            texts[match["student"]] = path.name
        elif path.is_dir():
            folders.setdefault(match["student"], []).append(path)
        else:
            files.setdefault(match["student"], {})[match["file"]] = path
    for student, name in texts.items():
        if student not in folders and student not in files:
            entries.bad[name] = "a text typed into Moodle, and no file"
    found_twice = [
        *((path.name, _of_folder(s, path)) for s, paths in folders.items() for path in paths),
        *((next(iter(f.values())).name, _of_files(s, f)) for s, f in files.items()),
    ]
    return _collected(found_twice, entries)


def _of_folder(student: str, folder: Path) -> Entry:
    """The folder, which is Moodle's; so an archive that is all there is in it is the submission."""
    inside = _visible(folder)
    if len(inside) == 1 and inside[0].is_file() and not inside[0].is_symlink():
        return _of_files(student, {inside[0].name: inside[0]})
    return Entry(student, folder)


# ------------------------------------------------------------------ Gradescope


def _gradescope(metadata: Path, found: Sequence[Path]) -> Entries:
    """Each who handed in, by their address; of a group, all of them."""
    entries = Entries()
    try:
        said = _said_of(metadata.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{metadata} cannot be read: {error}") from None
    members = []
    for path in _sorted_out((p for p in found if p.name != metadata.name), entries):
        if path.name not in said:
            entries.bad[path.name] = f"{metadata.name} says nothing of it"
            continue
        people, when = said[path.name]
        if when is None:
            entries.notes.append(f"{path.name}: {metadata.name} has no time of submission")
        if not people:
            entries.bad[path.name] = f"{metadata.name} does not say whose it is"
        members += [(path.name, Entry(person, path, when)) for person in people]
    gone = sorted(set(said) - {path.name for path in found})
    if gone:
        entries.notes.append(f"in {metadata.name}, and not here: {', '.join(gone)}")
    return _collected(members, entries)


_SUBMISSION = re.compile(r"(submission_\w+):")
_PERSON = re.compile(r"  (?:-|  ) ?:email: (.+)")
_CREATED = re.compile(r"  :created_at: (\S+) ([\d:]+)(?:\.(\d{1,6})\d*)? (?:Z|UTC|\+00:00)")


def _said_of(text: str) -> dict[str, tuple[list[str], str | None]]:
    """Addresses and the time, by folder.

    Ruby writes the file, always indented alike. All results so far are in it, which would take
    a parser of all of YAML minutes.
    """
    said: dict[str, tuple[list[str], str | None]] = {}
    name, key = "", ""
    for line in text.splitlines():
        if match := _SUBMISSION.fullmatch(line):
            name, key = match[1], ""
            said[name] = ([], None)
        elif line.startswith("  :"):
            key = line.split(":")[1]
            created = _CREATED.fullmatch(line)
            if name and created:
                said[name] = (said[name][0], _moment(f"{created[1]}T{created[2]}+00:00"))
        elif name and key == "submitters" and (match := _PERSON.fullmatch(line)):
            said[name][0].append(match[1].strip("'\""))
    return said


# ------------------------------------------------------------------ Classroom 50


def _classroom50(found: Sequence[Path]) -> Entries:
    entries = Entries()
    untimed = []
    for path in _sorted_out((p for p in found if p.name != _SCORES), entries):
        if not path.is_dir():
            entries.bad[path.name] = "no clone of a student's repository"
            continue
        when = _graded_commit(path / _RESULT)
        if when is None:
            untimed.append(path.name)
        entries.good[path.name] = Entry(path.name, path, when)
    if untimed:
        names = ", ".join(untimed)
        entries.notes.append(f"no {_RESULT} of Classroom 50's, so no time is known: {names}")
    return entries


def _graded_commit(path: Path) -> str | None:
    """When the commit was made that Classroom 50 took last."""
    try:
        if path.is_symlink() or path.stat().st_size > _LARGEST_RESULT:
            return None
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    said = document.get("datetime") if isinstance(document, dict) else None
    return _moment(said) if isinstance(said, str) else None


# ------------------------------------------------------------------ a CSV file


def _from_csv(path: Path) -> Entries:
    entries = Entries()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        rows = [(f"{path.name}, line {reader.line_num}", row) for row in reader]
    except csv.Error as error:
        raise UsageError(f"{path}, line {reader.reader.line_num}: not CSV: {error}") from None
    missing = {"student", "path"} - set(reader.fieldnames or ())
    if missing:
        raise UsageError(
            f"{path} has no column {' and no column '.join(sorted(missing))}; "
            "its first line should be student,path or student,path,submitted_at"
        )
    found = []
    for where, row in rows:
        student = (row["student"] or "").strip()
        given = path.parent / (row["path"] or "").strip()
        when = (row.get("submitted_at") or "").strip()
        moment = _moment(when)
        if not student or not (row["path"] or "").strip():
            entries.bad[where] = "a student and a path are needed"
        elif not given.exists():
            entries.bad[student] = f"{where}: there is no file or folder {given}"
        elif when and moment is None:
            entries.bad[student] = (
                f"{where}: submitted_at is {when}; right would be 2026-11-20T22:59:00Z"
            )
        else:
            found.append((where, Entry(student, given, moment)))
    if not found and not entries.bad:
        raise UsageError(f"{path} names no submission")
    return _collected(found, entries)


def _moment(text: str) -> str | None:
    try:
        moment = datetime.fromisoformat(text)
        # Near the ends of the calendar a moment may have none in UTC.
        return None if moment.tzinfo is None else _utc(moment)
    except (ValueError, OverflowError):
        return None
