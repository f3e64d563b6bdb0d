"""What a run on GitHub came to, told in one place at its end: log, terminal, job summary."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from autograder.report.gfm import code, listed
from autograder.report.inert import plain

__all__ = ["say", "tell"]


def say(text: str) -> None:
    """A line on standard error, where a workflow's log is read too."""
    print(plain(text, limit=100_000), file=sys.stderr, flush=True)


def tell(title: str, counts: Mapping[str, int], problems: Mapping[str, Mapping[str, str]]) -> None:
    """Say what was done, and by name what was not.

    Parameters
    ----------
    title
        What ran.
    counts
        How many of what.
    problems
        By kind: who, and why. Empty kinds are left out.
    """
    problems = {kind: who for kind, who in problems.items() if who}
    for kind, who in problems.items():
        for why, names in _by_reason(who).items():
            say(f"{kind}: {why}: {', '.join(names)}")
    done = ", ".join(f"{count} {what}" for what, count in counts.items())
    say(f"{title}: {done}")
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        blocks = [f"## {title}", done]
        for kind, who in problems.items():
            blocks += [f"### {kind}: {len(who)}"]
            blocks += [
                listed(
                    f"{code(plain(why))}: {', '.join(code(plain(name)) for name in names)}"
                    for why, names in _by_reason(who).items()
                )
            ]
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write("\n\n".join(blocks) + "\n\n")


def _by_reason(who: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, why in who.items():
        found.setdefault(why, []).append(name)
    return found
