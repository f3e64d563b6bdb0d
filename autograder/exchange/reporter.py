"""What ``classroom-resources/autograding-grading-reporter`` reads, an action of GitHub Classroom's.

For each name in its input ``runners`` it takes, from a variable called after that name, base64 of
a runner: tests with points. It adds up twice. Its table shows passes over tests times the
maximum; its notices add the scores of the tests. The two agree where the tests of a runner carry
the same points, all of them or none; or where all pass, or all fail.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

__all__ = ["encoded", "outcome", "runner", "runner_ids"]


def runner_ids(names: Sequence[str]) -> dict[str, str]:
    """For each name one that the reporter takes, of letters and digits; no two are alike."""
    ids: dict[str, str] = {}
    for name in names:
        short = re.sub("[^a-z0-9]", "", name.lower()) or "exercise"
        taken = {*ids.values(), "runners"}  # the output beside them
        numbered = (f"{short}{n}" for n in range(2, len(names) + 3))
        ids[name] = short if short not in taken else next(n for n in numbered if n not in taken)
    return ids


def outcome(
    name: str,
    status: Literal["pass", "fail", "error"],
    score: float,
    *,
    message: str = "",
    code: str = "",
    path: str = "",
    line: int = 0,
) -> dict[str, Any]:
    """One test. The reporter prints all of it as it is; a line of 0 it leaves out."""
    return {
        "name": name,
        "status": status,
        "score": score,
        "message": message,
        "test_code": code,
        "filename": path,
        "line_no": line,
    }


def runner(
    status: Literal["pass", "fail"], max_score: float, tests: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Several tests. There must be one at least, and one with a maximum of 0 is not counted."""
    return {"version": 3, "status": status, "max_score": max_score, "tests": list(tests)}


def encoded(runner: Mapping[str, Any]) -> str:
    """As its variable has it."""
    return base64.b64encode(json.dumps(runner).encode()).decode()
