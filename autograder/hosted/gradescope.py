"""One run in Gradescope's container: ``python -m autograder.hosted.gradescope ROOT VISIBILITY``.

::

    ROOT/source/kit                   the assignment
    ROOT/source/seed                  of the release
    ROOT/submission                   what the student handed in
    ROOT/submission_metadata.json     who, and when
    ROOT/results/results.json         what is written, once there is a score

Whatever goes wrong, no ``results.json`` is written (``run_autograder`` removes one that is there)
and the exit code is not 0: Gradescope then says that the autograder failed, and has no score to
show. Standard output is for instructors.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.errors import UsageError
from autograder.exchange.gradescope import VISIBILITIES, results_json
from autograder.files import write_text
from autograder.hosted.grading import Handed, ended, extended, graded, seed_of, tell
from autograder.kit import Kit, LateConfig
from autograder.sandbox.archive import SUFFIXES

__all__ = ["Metadata", "grade_one", "main", "read_metadata"]


@dataclass(frozen=True)
class Metadata:
    """What Gradescope says of a submission; empty where it does not.

    Attributes
    ----------
    identity
        The submission's number.
    students
        What the assignment's extensions may call those who handed it in: for each of them the
        address, then Gradescope's number.
    submitted_at
        In UTC.
    due
        By Gradescope's own settings.
    doubts
        Sentences on what could not be read.
    """

    identity: str = ""
    students: tuple[str, ...] = ()
    submitted_at: str | None = None
    due: datetime | None = None
    doubts: tuple[str, ...] = ()

    def student(self, late: LateConfig | None) -> str:
        """By which name the extensions know who handed it in; of a group, the longest counts."""
        names = extended(self.students, late)
        if late and names:
            return max(names, key=lambda name: late.extensions[name])
        return next(iter(self.students), "submission")


def read_metadata(path: Path) -> Metadata:
    """Read ``submission_metadata.json``; what is odd about it is told, and stops nothing."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        return Metadata(doubts=(f"{path.name} cannot be read ({error}); who and when is unknown",))
    said = _table(document)
    doubts = [] if said else [f"{path.name} is no table; who and when is unknown"]
    submitted = _moment(said.get("created_at"))
    if said and submitted is None:
        doubts.append(
            f"{path.name}: created_at {said.get('created_at')!r} is no moment with a time zone; "
            "the time of submission is unknown"
        )
    users = said.get("users")
    people = [_table(user) for user in users] if isinstance(users, list) else []
    names = [str(p[key]) for p in people for key in ("email", "id") if p.get(key)]
    return Metadata(
        identity=str(said.get("id") or ""),
        students=tuple(names),
        submitted_at=submitted.strftime("%Y-%m-%dT%H:%M:%SZ") if submitted else None,
        due=_moment(_table(said.get("assignment")).get("due_date")),
        doubts=tuple(doubts),
    )


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _moment(value: Any) -> datetime | None:
    """In UTC; None if it is no moment."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        # Near the ends of the calendar a moment may have none in another zone.
        return moment.astimezone(UTC) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def grade_one(root: Path, visibility: str) -> None:
    """Grade the submission, and write ``results.json``.

    Raises
    ------
    AutograderError
        When there is no score; nothing is written then.
    """
    began = time.monotonic()
    shown = next((v for v in VISIBILITIES if v == visibility), None)
    if shown is None:
        raise UsageError(
            f"run_autograder: {visibility!r} is no visibility; there are: {', '.join(VISIBILITIES)}"
        )
    kit = Kit.load(root / "source" / "kit")
    about = read_metadata(root / "submission_metadata.json")
    for doubt in about.doubts:
        tell(doubt)
    late = kit.rules.late
    _tell_deadlines(about, late)
    handed = Handed(
        path=_handed_in(root / "submission"),
        identity=about.identity or "submission",
        student=about.student(late),
        submitted_at=about.submitted_at,
    )
    seed = seed_of(root / "source" / "seed", about.identity)
    result = graded(kit, handed, seed, shows_seed=True)
    text = results_json(result, shown, time.monotonic() - began)
    write_text(root / "results" / "results.json", text)


def _handed_in(folder: Path) -> Path:
    """The folder, which is Gradescope's; so an archive that is all there is in it counts itself."""
    inside = [p for p in folder.iterdir() if not p.name.startswith((".", "__MACOSX"))]
    is_archive = len(inside) == 1 and inside[0].name.lower().endswith(SUFFIXES)
    return inside[0] if is_archive and not inside[0].is_symlink() else folder


def _tell_deadlines(about: Metadata, late: LateConfig | None) -> None:
    if late is None or about.due is None:
        return
    deadline = late.extensions.get(about.student(late), late.deadline)
    if deadline.astimezone(UTC) != about.due:
        tell(
            f"due here {about.due:%Y-%m-%d %H:%M} UTC, and by grader.toml "
            f"{deadline.astimezone(UTC):%Y-%m-%d %H:%M} UTC, which is the one that counts"
        )


def main() -> int:
    """Entry point of the module."""
    root, visibility = Path(sys.argv[1]), sys.argv[2]
    return ended(lambda: grade_one(root, visibility))


if __name__ == "__main__":
    sys.exit(main())
