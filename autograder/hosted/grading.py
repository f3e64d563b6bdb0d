"""What is the same wherever a platform has put one submission and waits for its result."""

from __future__ import annotations

import hashlib
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from autograder.adjust import remarks
from autograder.errors import AutograderError, GraderFault
from autograder.grading import SEED_BITS, Grader
from autograder.jobs import settled
from autograder.kit import Kit, LateConfig
from autograder.report.inert import plain
from autograder.report.terminal import print_report
from autograder.result import Result

__all__ = ["Handed", "ended", "extended", "graded", "seed_of", "tell"]


@dataclass(frozen=True)
class Handed:
    """What was handed in.

    Attributes
    ----------
    path
        The submission.
    identity
        By which reports call it.
    student
        By which the assignment's extensions call who handed it in.
    submitted_at
        With its time zone; None if it is not known.
    """

    path: Path
    identity: str
    student: str
    submitted_at: str | None


def graded(kit: Kit, handed: Handed, seed: int, shows_seed: bool) -> Result:
    """Grade, take what the assignment takes for late days, and print the report.

    Parameters
    ----------
    shows_seed
        Whether only the instructor gets to see what is printed.

    Raises
    ------
    GraderFault
        When there is no score.
    AutograderError
        When grading cannot begin.
    """
    with Grader(kit) as grader:
        result = grader.grade(grader.read(handed.path), seed)
        faults = list(grader.faults)
    about = result.submission.model_copy(update={"id": handed.identity})
    result = settled(
        result.model_copy(update={"submission": about}),
        handed.student,
        handed.submitted_at,
        kit.rules,
        (),
    )
    shown = result if shows_seed else result.model_copy(update={"seed": None})
    print_report(shown, Console(highlight=False, width=100))
    if kit.rules.late is not None and handed.submitted_at is None:
        for remark in remarks({handed.student: result}, kit.rules, {}):
            tell(remark)
    if result.final_score is None:
        for fault in faults:
            tell(fault)
        raise GraderFault("the grader itself failed, so there is no score; run it again")
    return result


def extended(names: Sequence[str], late: LateConfig | None) -> list[str]:
    """Those that have an extension, as the assignment writes them.

    To a platform ``Jane`` and ``jane`` are one account; a file of a class may have two.
    """
    written = {name.casefold(): name for name in late.extensions} if late else {}
    return [written[name.casefold()] for name in names if name.casefold() in written]


def seed_of(release: Path, identity: str) -> int:
    """The seed of one submission, drawn from that of the release.

    A rerun asks exactly the same questions. A submission with anything else in it is asked
    others, so that what was seen of them cannot be written into an answer, not even by someone
    who knows the seed of the release.

    Parameters
    ----------
    release
        The file ``seed`` of the release.
    identity
        Of the submission; not chosen by who handed it in.
    """
    released = release.read_text(encoding="utf-8").strip()
    digest = hashlib.sha256(f"{released}/{identity}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - SEED_BITS)


def tell(text: str) -> None:
    """Say something to whoever reads the log; names in it may be a student's."""
    print(plain(text, lines=True, limit=20_000), file=sys.stderr, flush=True)


def ended(work: Callable[[], None]) -> int:
    """Do it, and say how it ended as an exit code: 0 if, and only if, there is a result."""
    try:
        work()
    except AutograderError as error:
        tell(f"autograder: {error}")
        return error.exit_code
    except Exception:
        tell(traceback.format_exc())
        tell("autograder: the grader itself failed; nothing was graded")
        return GraderFault.exit_code
    return 0
