"""Fetch what the students of a roster handed in on GitHub: ``python -m`` this module.

Each repository is cloned, one commit deep, and ``OUT/submissions.csv`` says which folder is whose,
which commit it is and when it came. ``autograder batch`` grades from this file, and
``autograder export --format github --roster`` reads from it what was graded where.

The time is that of the push, by GitHub's clock. Where GitHub does not say it, it is that of the
commit, by the clock of the student's machine, which can be set to anything; those are told.
"""

from __future__ import annotations

import argparse
import base64
import csv
import io
import os
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.errors import UsageError
from autograder.exchange.github import is_repository
from autograder.exchange.github_api import API, Github, Refused, Unreachable
from autograder.exchange.github_told import say, tell
from autograder.exchange.roster import Person, read_roster
from autograder.files import write_text

__all__ = ["SUBMISSIONS", "collect", "main"]

SUBMISSIONS = "submissions.csv"
_COLUMNS = ("student", "path", "submitted_at", "repository", "commit", "clock")

_PUSHED, _COMMITTED = "push", "commit"

_AT_ONCE = 8
_TRIES = 3
_TIMEOUT_S = 300
"""For one clone: what takes longer is no exercise."""

# What git says that another try would not change.
_FINAL = re.compile(
    r"not found|does not exist|not appear to be a git repository|authentication failed"
    r"|could not read username|access denied|\b40[134]\b|not done within",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Clone:
    """What was fetched of one student, and when that was made; empty if that is no time."""

    commit: str
    committed_at: str


@dataclass(frozen=True)
class Collected:
    """What a collection came to.

    Attributes
    ----------
    found
        How many are in the table.
    untimed
        Whose time is only that of the commit. By student, with the reason.
    unheard
        Whether that is so because GitHub did not answer, and another collection may know better.
    empty
        Repositories without a commit: nothing was handed in yet. Likewise.
    failed
        What could not be fetched. Likewise.
    """

    found: int
    untimed: Mapping[str, str]
    unheard: bool
    empty: Mapping[str, str]
    failed: Mapping[str, str]


class _Empty(Exception):
    pass


class _Failed(Exception):
    pass


def collect(
    people: Sequence[Person],
    out: Path,
    branch: str | None,
    environment: Mapping[str, str],
    api: Github | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Collected:
    """Clone the repositories of all, and write the table.

    Parameters
    ----------
    people
        Of a roster that has the column ``repository``.
    out
        The folder; what was collected there before is replaced.
    branch
        Of each repository; None for its default one.
    environment
        ``GH_TOKEN`` and ``GITHUB_SERVER_URL``, and what git reads.
    api
        Says when a commit was pushed.
    """
    out.mkdir(parents=True, exist_ok=True)
    server = environment.get("GITHUB_SERVER_URL", "https://github.com").rstrip("/")
    inside = _environment(environment, server)
    empty: dict[str, str] = {}
    failed: dict[str, str] = {}
    rows = []
    clock = _Clock(api, _known(out / SUBMISSIONS))
    owners = Counter(_name(person, server).lower() for person in people)

    def fetch(nth: int, person: Person) -> Clone | Exception:
        name = _name(person, server)
        if not name:
            return _Failed("the roster names no repository")
        if not is_repository(name):
            return _Failed(f"{name} is no repository; right would be OWNER/NAME")
        if owners[name.lower()] > 1:
            return _Failed(f"{name} is another student's repository too, by the roster")
        try:
            return _cloned(f"{server}/{name}.git", out / f"{nth:05}", branch, inside, sleep)
        except (_Empty, _Failed) as error:
            return error
        except OSError as error:
            return _Failed(f"{error.strerror}: {error.filename}")

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        results = list(pool.map(fetch, range(1, len(people) + 1), people))
    for nth, (person, result) in enumerate(zip(people, results, strict=True), 1):
        student = person.student or person.identifiers[0]
        if isinstance(result, Clone):
            name = _name(person, server)
            when, by = clock.time(student, name, result)
            rows.append((student, f"{nth:05}", when, name, result.commit, by))
        else:
            (empty if isinstance(result, _Empty) else failed)[student] = str(result)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([_COLUMNS, *rows])
    write_text(out / SUBMISSIONS, text.getvalue())
    return Collected(len(rows), clock.untimed, clock.unheard, empty, failed)


def _known(table: Path) -> dict[tuple[str, str], str]:
    """When commits were pushed, as far as an earlier collection found out."""
    try:
        with table.open(encoding="utf-8", newline="") as file:
            return {
                (row["repository"], row["commit"]): row["submitted_at"]
                for row in csv.DictReader(file)
                if row.get("clock") == _PUSHED
            }
    except FileNotFoundError:
        return {}


class _Clock:
    """Tells when what is there came; GitHub is asked for what is not known."""

    def __init__(self, api: Github | None, known: Mapping[tuple[str, str], str]) -> None:
        self._api, self._known = api, known
        self.untimed: dict[str, str] = {}
        self.unheard = False

    def time(self, student: str, repository: str, clone: Clone) -> tuple[str, str]:
        """The time, and whose."""
        when = self._known.get((repository, clone.commit))
        if when is None and self._api is not None:
            when = self._pushed(self._api, student, repository, clone.commit)
        return (when, _PUSHED) if when else (clone.committed_at, _COMMITTED)

    def _pushed(self, api: Github, student: str, repository: str, commit: str) -> str | None:
        if self.unheard:
            self.untimed[student] = "not asked, because GitHub did not answer"
            return None
        try:
            # The oldest first: what was there, was taken away and came back was there.
            for activity in api.pages(f"/repos/{repository}/activity", direction="asc"):
                if activity["after"] == commit:
                    return _utc(datetime.fromisoformat(activity["timestamp"]))
        except Refused as error:
            self.untimed[student] = str(error)
        except Unreachable as error:
            self.untimed[student] = str(error)
            self.unheard = True  # nor will it answer for the others
        else:
            self.untimed[student] = "GitHub knows of no push of this commit"
        return None


def _name(person: Person, server: str) -> str:
    """OWNER/NAME, also of an address."""
    return person.repository.removeprefix(f"{server}/").rstrip("/").removesuffix(".git")


def _environment(environment: Mapping[str, str], server: str) -> dict[str, str]:
    """Of git: it asks nobody, runs nothing of a repository's, and has the token in no file."""
    settings = {"core.hooksPath": os.devnull, "advice.detachedHead": "false"}
    token = environment.get("GH_TOKEN")
    if token and server.startswith("https://"):
        basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        settings[f"http.{server}/.extraheader"] = f"Authorization: Basic {basic}"
    numbered: dict[str, str] = {}
    for n, (key, value) in enumerate(settings.items()):
        numbered |= {f"GIT_CONFIG_KEY_{n}": key, f"GIT_CONFIG_VALUE_{n}": value}
    return {
        **{k: v for k, v in environment.items() if k != "GH_TOKEN"},
        **numbered,
        "GIT_CONFIG_COUNT": str(len(settings)),
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }


def _cloned(
    url: str,
    folder: Path,
    branch: str | None,
    environment: Mapping[str, str],
    sleep: Callable[[float], None],
) -> Clone:
    chosen = [f"--branch={branch}"] if branch else []
    options = ["--quiet", "--depth=1", "--single-branch", "--no-tags", *chosen]
    for nth in range(1, _TRIES + 1):
        shutil.rmtree(folder, ignore_errors=True)
        done = _git(["clone", *options, "--", url, str(folder)], environment)
        if done.returncode == 0:
            break
        if branch and f"Remote branch {branch} not found" in done.stderr:
            raise _Empty(f"there is no branch {branch}, so nothing was handed in")
        if nth == _TRIES or _FINAL.search(done.stderr):
            raise _Failed(f"git clone: {_last_line(done.stderr)}")
        sleep(2.0**nth)
    inside = ["-C", str(folder)]
    done = _git([*inside, "log", "-1", "--format=%H %ct"], environment)
    if done.returncode != 0:
        raise _Empty("the repository is empty, so nothing was handed in")
    commit, _, seconds = done.stdout.strip().partition(" ")
    shutil.rmtree(folder / ".git")
    try:
        return Clone(commit, _utc(datetime.fromtimestamp(int(seconds), UTC)))
    except (ValueError, OverflowError, OSError):  # a commit can say anything
        return Clone(commit, "")


def _utc(moment: datetime) -> str:
    """As results have it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _git(
    arguments: Sequence[str], environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    command = ["git", *arguments]
    with subprocess.Popen(
        command,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,  # git starts others, which end with it
    ) as process:
        try:
            said, wrong = process.communicate(timeout=_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            said, wrong = "", f"not done within {_TIMEOUT_S} seconds"
    return subprocess.CompletedProcess(command, process.returncode, said, wrong)


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    # The last says what to check; the first error says what it was.
    errors = (line for line in lines if line.startswith(("fatal:", "ERROR:", "remote:")))
    return next(errors, lines[-1] if lines else "it said nothing")


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when all is known; 1 when another run may find more; 2 for a wrong call."""
    parser = argparse.ArgumentParser(prog="github_collect", description="Clone a class.")
    parser.add_argument("roster", type=Path, help="a table with the columns student, repository")
    parser.add_argument("--out", type=Path, required=True, help="the folder for the submissions")
    parser.add_argument("--branch", help="of each repository; else its default one")
    given = parser.parse_args(arguments)
    try:
        roster = read_roster(given.roster)
        if not any(person.repository for person in roster.people):
            raise UsageError(f"{given.roster} has no column repository with OWNER/NAME in it")
        token, address = os.environ.get("GH_TOKEN"), os.environ.get("GITHUB_API_URL", API)
        if not token:
            say("GH_TOKEN is not set, so the times are those of the commits themselves")
        with Github(token, address, say) if token else nullcontext() as api:
            done = collect(roster.people, given.out, given.branch, os.environ, api)
    except UsageError as error:
        say(f"github_collect: {error}")
        return error.exit_code
    tell(
        "Collected",
        {"fetched": done.found, "not handed in": len(done.empty), "failed": len(done.failed)},
        {
            "not handed in": done.empty,
            "not fetched": done.failed,
            "only the commit's own time is known": done.untimed,
        },
    )
    return 1 if done.failed or done.unheard else 0


if __name__ == "__main__":
    raise SystemExit(main())
