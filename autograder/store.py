"""The folder of results: one folder for each student, the log, and what the batch must remember.

::

    OUT/batch.json              the seed, the assignment, when all was last asked for anew
    OUT/log.jsonl               what was done when with which assignment; only ever added to
    OUT/STUDENT/result.json     the document; with it the student is graded
    OUT/STUDENT/feedback.md     what the student gets to read, without the seed
    OUT/STUDENT/feedback.html

Each file is whole or not there, whenever the writer is killed. ``result.json`` comes last, and
is on the disk before it has its name: where the power fails, a student is graded or is not.
What is lost of the feedback then is written again from it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from autograder.errors import UsageError
from autograder.exchange.overrides import OVERRIDES
from autograder.exchange.results import RESULT
from autograder.files import write_text
from autograder.report.html import to_html
from autograder.report.markdown import to_markdown
from autograder.result import KitInfo, Result

__all__ = ["Memory", "Store", "bare", "documents", "now"]

_MEMORY, _LOG, _GRADES = "batch.json", "log.jsonl", "grades.csv"

# On case-insensitive file systems, on Windows, in a shell and in a web server a name must do.
_UNSAFE = re.compile(r"[^\w .@+-]|^[ .-]|[ .]$")
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?|.*\.(?:json|jsonl|csv|html|md|css|js)", re.IGNORECASE
)
_LONGEST = 120  # bytes


def now() -> str:
    """The time as documents have it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def documents(result: Result) -> dict[str, str]:
    """The files of one student, by name; the last of them makes the others count."""
    shown = result.model_copy(update={"seed": None})
    return {
        "feedback.md": to_markdown(shown),
        "feedback.html": to_html(shown),
        RESULT: result.to_json(),
    }


def bare(result: Result) -> Result:
    """The document without its tests, of which a class has more than fit into memory."""
    less: dict[str, object] = {"tests": [], "measurements": {}, "diagnosis": []}
    exercises = [e.model_copy(update=less) for e in result.exercises]
    return result.model_copy(update={"exercises": exercises, "findings": []})


class Memory(BaseModel):
    """``batch.json``: what a rerun must know.

    Attributes
    ----------
    regrade
        Results of this time and before are graded again; none if it is empty.
    """

    model_config = ConfigDict(frozen=True)

    format_version: int = 1
    seed: int
    kit: KitInfo
    regrade: str = ""


class Store:
    """A folder of results, which one batch at a time writes to. Use it with ``with``.

    Parameters
    ----------
    root
        Made if it is not there.

    Attributes
    ----------
    memory
        None before the first batch.

    Raises
    ------
    UsageError
        On entering, when it is no such folder, or another batch is at work in it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._folders: dict[str, str] = {}
        # By what file systems make of a name: the name, and of this run's students whose it is.
        self._taken: dict[str, str] = {}
        self._owners: dict[str, str] = {}
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Store:
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            there = [p.name for p in self.root.iterdir()]
            if set(there) - {OVERRIDES} and _MEMORY not in there and _LOG not in there:
                raise UsageError(
                    f"{self.root} is not empty, and holds no results of a batch; name a new folder"
                )
            self._log = os.open(
                self.root / _LOG, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666
            )
        except OSError as error:
            raise UsageError(f"{self.root} cannot be written: {error.strerror}") from None
        self._stack.callback(os.close, self._log)
        try:
            fcntl.flock(self._log, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._stack.close()
            raise UsageError(f"another batch is writing to {self.root}") from None
        except OSError:
            pass  # a file system without locks
        self._mend_log()
        self._taken = {_key(p.name): p.name for p in self.root.iterdir() if p.is_dir()}
        self.memory = self._remembered()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    # -------------------------------------------------------------- what a batch remembers

    def _remembered(self) -> Memory | None:
        path = self.root / _MEMORY
        try:
            return Memory.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError):
            raise UsageError(
                f"{path} cannot be read, and with it the seed is lost; put it back, or remove it "
                "and grade all with a fresh one"
            ) from None

    def remember(self, memory: Memory) -> None:
        """Keep it for reruns."""
        write_text(self.root / _MEMORY, memory.model_dump_json(indent=2) + "\n", durable=True)
        self.memory = memory

    @property
    def log_name(self) -> str:
        """Where the log is, for messages."""
        return str(self.root / _LOG)

    def log(self, event: str, **facts: Any) -> None:
        """Add a line to the log."""
        line = json.dumps({"at": now(), "event": event, **facts}) + "\n"
        os.write(self._log, line.encode())

    def _mend_log(self) -> None:
        """End a line that a failure of the machine cut off."""
        size = os.fstat(self._log).st_size
        if size and os.pread(self._log, 1, size - 1) != b"\n":
            os.write(self._log, b"\n")

    # -------------------------------------------------------------- students

    def folder(self, student: str) -> Path:
        """Where a student's files are or go; no two share one, and it stays the same."""
        if student not in self._folders:
            name = self._name(student)
            self._folders[student] = self._taken[_key(name)] = name
            self._owners[_key(name)] = student
        return self.root / self._folders[student]

    def _name(self, student: str) -> str:
        whole = unicodedata.normalize("NFC", student)
        name = _UNSAFE.sub("_", whole).encode()[:_LONGEST].decode(errors="ignore")
        marked = f"{name}~{_digest(student)}"
        if name != whole or _RESERVED.fullmatch(name) or _key(marked) in self._taken:
            return marked
        # Another's, if it is written in other letters: s001 and S001 are two students.
        is_free = self._taken.get(_key(name), name) == name
        return name if is_free and self._owners.get(_key(name), student) == student else marked

    def read(self, student: str) -> Result | None:
        """A student's document; None when there is none that can be read."""
        return _read(self.folder(student) / RESULT)

    def has(self, student: str) -> bool:
        """Whether a student has a document."""
        return (self.folder(student) / RESULT).exists()

    def write(self, student: str, files: Mapping[str, str]) -> None:
        """Put a student's files in place, the document last."""
        folder = self.folder(student)
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            write_text(folder / name, text, durable=name == RESULT)

    def lacks_feedback(self, student: str) -> bool:
        """Whether what the student gets to read was lost."""
        folder = self.folder(student)
        for name in ("feedback.md", "feedback.html"):
            try:
                if not (folder / name).stat().st_size:
                    return True
            except FileNotFoundError:
                return True
        return False

    def others(self, students: Iterable[str]) -> list[str]:
        """Folders with a document of someone who is not one of these."""
        known = {self.folder(student).name for student in students}
        names = sorted(set(self._taken.values()) - known)
        return [name for name in names if (self.root / name / RESULT).exists()]

    def results(self) -> dict[str, Result]:
        """All documents by folder, without their tests: there may be many."""
        found = {}
        for name in sorted(self._taken.values()):
            result = _read(self.root / name / RESULT)
            if result is not None:
                found[name] = bare(result)
        return found

    def write_grades(self, text: str) -> None:
        write_text(self.root / _GRADES, text)


def _read(path: Path) -> Result | None:
    try:
        return Result.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _key(name: str) -> str:
    """The same for names that some file system takes for one."""
    return unicodedata.normalize("NFKC", name).casefold()


def _digest(student: str) -> str:
    return hashlib.blake2b(student.encode(), digest_size=6).hexdigest()
