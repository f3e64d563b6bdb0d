"""A folder for students: what any way of handing out files can carry."""

from __future__ import annotations

from autograder.kit import Kit
from autograder.release.files import Files
from autograder.release.student import student_files

__all__ = ["SAYS", "release"]

SAYS = "for students: no hidden test and no solution is in it"


def release(kit: Kit) -> Files:
    """The student's copy, and nothing else."""
    return student_files(kit)
