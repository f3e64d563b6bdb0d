"""Post what an export wrote: ``python -m`` this module, with a token in ``GH_TOKEN``.

For each student a comment on the feedback pull request, which is opened if there is none, and then
a status of the commit that was graded, which leads to the comment and names it by a digest. What
is there already is compared first: the same is left alone, an older comment is edited in place. So
this can be stopped at any time and run again.
"""

from __future__ import annotations

import argparse
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from autograder.errors import UsageError
from autograder.exchange.github import Payload
from autograder.exchange.github_api import API, BadToken, Github, Refused, Unreachable, Unsure
from autograder.exchange.github_told import say, tell

__all__ = ["BASE", "Posted", "main", "post"]

BASE = "feedback"
"""The branch into which the feedback pull request would merge."""

_TRIES = 4
_ENOUGH = 3
"""Students in a row with no answer from GitHub, after which there is none for the others."""

_TITLE = "Feedback"
_ABOUT = (
    "What the grader says of your work is in a comment below, which it edits when you hand in "
    "again. Leave this pull request as it is; there is no need to merge it."
)


@dataclass
class Posted:
    """What a posting came to.

    Attributes
    ----------
    posted, unchanged
        How many students.
    uncommented
        Who got a status and no comment, with the reason.
    failed
        Who got neither, or not all of it. Likewise.
    """

    posted: int = 0
    unchanged: int = 0
    uncommented: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def post(api: Github, payloads: Sequence[Payload]) -> Posted:
    """Post them all, one after the other; what goes wrong with one leaves the others alone."""
    done = Posted()
    me = _Me(api)
    silent = 0
    for nth, payload in enumerate(payloads):
        try:
            outcome = _delivered(api, me, payload)
        except Refused as error:
            done.failed[payload.student] = str(error)
        except Unreachable as error:
            done.failed[payload.student] = str(error)
            silent += 1
            if silent == _ENOUGH:
                rest = payloads[nth + 1 :]
                done.failed |= {p.student: "not tried, because GitHub did not answer" for p in rest}
                break
            continue
        except (BadToken, KeyboardInterrupt) as error:
            why = str(error) or "it was stopped; run it again to go on"
            done.failed |= {p.student: why for p in payloads[nth:]}
            break
        else:
            done.posted += outcome.posted
            done.unchanged += not outcome.posted
            if outcome.uncommented:
                done.uncommented[payload.student] = outcome.uncommented
        silent = 0
    return done


@dataclass(frozen=True)
class Outcome:
    """Of one student: whether anything was posted, and why no comment was, if none was."""

    posted: bool
    uncommented: str = ""


def _delivered(api: Github, me: _Me, payload: Payload) -> Outcome:
    for nth in range(_TRIES):
        try:
            outcome = _deliver(api, me, payload)
            # What an earlier try came to shows only now.
            return replace(outcome, posted=outcome.posted or nth > 0)
        except Unsure:
            # It may be there now: look again.
            if nth == _TRIES - 1:
                raise
            api.pause(nth)
    raise AssertionError("the last try returned or raised")


def _deliver(api: Github, me: _Me, payload: Payload) -> Outcome:
    repository = f"/repos/{payload.repository}"
    wanted = _status(payload)
    now = _status_there(api, repository, payload)
    same = now is not None and all(now.get(k) == v for k, v in wanted.items())
    if same and now is not None and now.get("target_url"):
        return Outcome(posted=False)
    statuses = f"{repository}/statuses/{payload.commit}"
    pull = _feedback_pull(api, repository)
    if pull is None:
        try:
            pull = _opened(api, repository, payload)
        except _NoPull as error:
            if not same:
                api.create(statuses, wanted)
            return Outcome(not same, str(error))
    comments = f"{repository}/issues/{pull}/comments"
    mine = next((c for c in api.pages(comments) if _is_ours(c, payload) and me.wrote(c)), None)
    if mine is None:
        mine = api.create(comments, {"body": payload.comment})
    elif _lines(mine) != payload.comment.splitlines():
        mine = api.replace(f"{repository}/issues/comments/{mine['id']}", {"body": payload.comment})
    # Last, because it says that all is there.
    api.create(statuses, {**wanted, "target_url": mine["html_url"]})
    return Outcome(posted=True)


def _is_ours(comment: Mapping[str, Any], payload: Payload) -> bool:
    return _lines(comment)[:1] == [payload.mark]


def _lines(comment: Mapping[str, Any]) -> list[str]:
    # What is typed into GitHub's page comes back with other ends of lines.
    return (comment.get("body") or "").rstrip().splitlines()


def _status(payload: Payload) -> dict[str, str]:
    digest = hashlib.sha256(payload.comment.encode()).hexdigest()[:8]
    status = payload.status
    description = f"{status.description} (report {digest})"
    return {"state": status.state, "context": status.context, "description": description}


def _status_there(api: Github, repository: str, payload: Payload) -> dict[str, Any] | None:
    """The newest of ours; GitHub lists the newest first."""
    statuses = api.pages(f"{repository}/commits/{payload.commit}/statuses")
    context = payload.status.context.lower()  # as GitHub tells them apart
    return next((s for s in statuses if s["context"].lower() == context), None)


def _feedback_pull(api: Github, repository: str) -> int | None:
    """Its number; students may have closed or merged it, and opened others later."""
    first = api.get(
        f"{repository}/pulls",
        base=BASE,
        state="all",
        sort="created",
        direction="asc",
        per_page=1,
    )
    return int(first[0]["number"]) if first else None


class _NoPull(Exception):
    """Why there is no feedback pull request, and none can be opened."""


def _opened(api: Github, repository: str, payload: Payload) -> int:
    """Open it, from the first commit to the newest; its number."""
    first = api.last(f"{repository}/commits")
    if first is None or first["sha"] == payload.commit:
        raise _NoPull("nothing was committed since the template, so there is no pull request")
    try:
        api.create(f"{repository}/git/refs", {"ref": f"refs/heads/{BASE}", "sha": first["sha"]})
    except Refused as error:
        if error.status != 422:  # the branch is there already
            raise _NoPull(f"no branch {BASE} could be made: {error}") from None
    wanted = {"title": _TITLE, "body": _ABOUT, "base": BASE}
    try:
        branch = api.get(repository)["default_branch"]
        return int(api.create(f"{repository}/pulls", {**wanted, "head": branch})["number"])
    except Refused as error:
        raise _NoPull(f"no pull request into {BASE} could be opened: {error}") from None


class _Me:
    """Whose comments are ours: a student can write one with the same mark."""

    def __init__(self, api: Github) -> None:
        self._api = api
        self._login: str | None = None
        self._asked = False

    def wrote(self, comment: Mapping[str, Any]) -> bool:
        if not self._asked:
            self._login = self._ask()
            self._asked = True
        author = comment.get("user") or {}
        if self._login is not None:
            return bool(author.get("login") == self._login)
        # An app, which is told apart from the bot that any workflow of a student's can be.
        return author.get("type") == "Bot" and author.get("login") != "github-actions[bot]"

    def _ask(self) -> str | None:
        try:
            return str(self._api.get("/user")["login"])
        except Refused as error:
            if error.status != 403:  # what an app's token gets
                raise
            return None


def read_payloads(folder: Path) -> tuple[list[Payload], dict[str, str]]:
    """All of a folder, and what is none.

    Raises
    ------
    UsageError
        When there are none.
    """
    good, bad = [], {}
    for path in sorted(folder.glob("*.json")):
        try:
            good.append(Payload.model_validate_json(path.read_bytes()))
        except ValidationError as error:
            bad[path.name] = f"no payload: {error.errors()[0]['msg']}"
    if not good:
        raise UsageError(f"{folder} holds no payload; `autograder export --format github` does it")
    return good, bad


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when all is there; 1 when something is not; 2 for a wrong call."""
    parser = argparse.ArgumentParser(prog="github_post", description="Post the grades of a class.")
    parser.add_argument("payloads", type=Path, help="the folder that an export wrote")
    given = parser.parse_args(arguments)
    try:
        token = os.environ.get("GH_TOKEN")
        if not token:
            raise UsageError("there is no token: set GH_TOKEN")
        payloads, bad = read_payloads(given.payloads)
        address = os.environ.get("GITHUB_API_URL", API)
        with Github(token, address, say) as api:
            done = post(api, payloads)
    except UsageError as error:
        say(f"github_post: {error}")
        return error.exit_code
    failed = done.failed | bad
    tell(
        "Posted",
        {"posted": done.posted, "unchanged": done.unchanged, "failed": len(failed)},
        {"no comment": done.uncommented, "not posted": failed},
    )
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
