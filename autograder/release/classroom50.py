"""Classroom 50: the folder of one assignment's autograder, which its runner fetches and starts.

Whoever knows the folder's address can read it, and every student can find that out. So no
reference is in it and no known mistake. The hidden tests are, without which nothing could be
graded there: they work out what is right, and where that is done as an exercise asks it, this is
a solution.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from autograder.errors import KitError
from autograder.kit import Kit
from autograder.release.assignment import assignment_files
from autograder.release.constraints import constraints
from autograder.release.files import Files
from autograder.release.wheel import own_wheel

__all__ = ["LARGEST", "SAYS", "release"]

SAYS = (
    "make it CLASSROOM/autograders/ASSIGNMENT of your classroom50 repository. Students can find "
    "and read its hidden tests there, and how these work out what is right; docs/classroom50.md "
    "has the way to keep tests secret"
)

LARGEST = 10 << 20
"""Bytes that the runner takes, packed."""

_ENTRY = Path(__file__).parents[1] / "hosted" / "bundled.py"


def release(kit: Kit) -> Files:
    """The folder.

    Raises
    ------
    KitError
        When it is larger than the runner takes.
    """
    wheel, data = own_wheel()
    files = {f"kit/{name}": content for name, content in _without_solutions(kit).items()}
    files["autograder.py"] = _ENTRY.read_bytes()
    files[wheel] = data
    files["constraints.txt"] = constraints().encode()
    files["seed"] = f"{secrets.token_hex(16)}\n".encode()
    size = sum(map(len, files.values()))
    if size > LARGEST:
        raise KitError(
            f"{kit.root}: the folder would have {size >> 20} MiB, and Classroom 50 takes "
            f"{LARGEST >> 20}; make what lies in exercises and hidden_tests smaller"
        )
    return files


def _without_solutions(kit: Kit) -> Files:
    """What grading reads. An assignment must have references; the stubs stand in for them."""
    files = {
        name: data
        for name, data in assignment_files(kit).items()
        # What a card's speed is compared with is no solution.
        if not name.startswith("reference/") or "baselines" in name.split("/")
    }
    for exercise in kit.exercises.values():
        stand_in = exercise.reference.relative_to(kit.root).as_posix()
        files[stand_in] = exercise.stub.read_bytes()
    return files
