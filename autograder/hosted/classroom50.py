"""One run in Classroom 50's runner: ``python -m autograder.hosted.classroom50 BUNDLE CHECKOUT``.

The runner says in the environment whose submission it is, and takes ``result.json`` and
``release-body.md`` from the checkout. Only an exit code of 0 makes them count; any other makes
it an error of the autograder, which is not published and no zero. Its log can be read by the
student, so no seed is printed.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from autograder.errors import UsageError
from autograder.exchange.classroom50 import (
    RESULT,
    Identity,
    release_body,
    result_json,
    status_and_summary,
)
from autograder.hosted.grading import Handed, ended, extended, graded, seed_of
from autograder.kit import Kit

__all__ = ["grade_one", "identity", "main", "submitted_at"]

_BODY = "release-body.md"
_TAG = re.compile(r"submit/(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})Z-")


def identity(environment: Mapping[str, str], submitted: datetime) -> Identity:
    """Whose submission it is, as the runner says it.

    Raises
    ------
    UsageError
        When it does not, as outside of it.
    """

    def said(*names: str) -> str:
        for name in names:
            if environment.get(name):
                return environment[name]
        raise UsageError(
            f"{names[0]} is not set: this runs in Classroom 50's runner; elsewhere use "
            "`autograder grade`"
        )

    return Identity(
        classroom=said("CLASSROOM"),
        assignment=said("ASSIGNMENT"),
        assignment_type=environment.get("ASSIGNMENT_TYPE") or "individual",
        owner=said("OWNER", "USERNAME"),
        submission=said("SUBMISSION_TAG"),
        commit=said("COMMIT_URL"),
        release=said("RELEASE_URL"),
        review=said("REVIEW_URL", "COMMIT_URL"),
        datetime=submitted.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


def grade_one(bundle: Path, checkout: Path, environment: Mapping[str, str]) -> None:
    """Grade the submission, and write what the runner takes.

    Parameters
    ----------
    bundle
        The folder with ``kit`` and ``seed`` in it.
    checkout
        The student's.
    environment
        As the runner makes it.

    Raises
    ------
    AutograderError
        When there is no score; nothing is written then.
    """
    submitted = submitted_at(checkout, environment)
    who = identity(environment, submitted)
    kit = Kit.load(bundle / "kit")
    student = next(iter(extended([who.owner], kit.rules.late)), who.owner)
    handed = Handed(checkout, who.owner, student, who.datetime)
    # The commit's number depends on all that is in it.
    seed = seed_of(bundle / "seed", environment.get("GITHUB_SHA") or who.submission)
    result = graded(kit, handed, seed, shows_seed=False)
    _put(checkout / RESULT, result_json(result, who))
    _put(checkout / _BODY, release_body(result))
    if environment.get("GITHUB_OUTPUT"):
        status, summary = status_and_summary(result)
        with Path(environment["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
            file.write(f"status={status}\nsummary={summary}\n")


def submitted_at(checkout: Path, environment: Mapping[str, str]) -> datetime:
    """When the commit was made, as Classroom 50 itself reckons; else when it was tagged."""
    git, commit = shutil.which("git"), environment.get("GITHUB_SHA", "")
    if git and re.fullmatch("[0-9a-f]{40,64}", commit):
        # The checkout may be another user's, as in a container.
        command = [git, "-c", "safe.directory=*", "-C", str(checkout)]
        asked = subprocess.run(
            [*command, "show", "--no-patch", "--format=%cI", commit],
            capture_output=True,
            text=True,
            check=False,
        )
        # A commit can say anything, also what is no time, or one that UTC has no year for.
        with contextlib.suppress(ValueError, OverflowError):
            if asked.returncode == 0:
                return datetime.fromisoformat(asked.stdout.strip()).astimezone(UTC)
    tagged = _TAG.match(environment.get("SUBMISSION_TAG", ""))
    if tagged is None:
        raise UsageError(
            "neither GITHUB_SHA nor SUBMISSION_TAG says when it was handed in: this runs in "
            "Classroom 50's runner; elsewhere use `autograder grade`"
        )
    day, *clock = tagged.groups()
    return datetime.fromisoformat(f"{day}T{':'.join(clock)}+00:00")


def _put(path: Path, text: str) -> None:
    """Write a file where a student may have put a link that leads elsewhere."""
    try:
        path.unlink(missing_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None


def main() -> int:
    """Entry point of the module."""
    bundle, checkout = Path(sys.argv[1]), Path(sys.argv[2])
    return ended(lambda: grade_one(bundle, checkout, os.environ))


if __name__ == "__main__":
    sys.exit(main())
