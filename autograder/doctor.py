"""``autograder doctor``: what this machine can do, what is missing, and how to get it."""

from __future__ import annotations

import ctypes.util
import importlib.metadata
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass

from autograder.sandbox.client import ForkServer, WorkerDied, WorkerTimeout
from autograder.sandbox.confine import Limits
from autograder.sandbox.kernel import ConfinementError
from autograder.sandbox.servers import Servers
from autograder.triton_tasks.cards import Card, cards
from autograder.triton_tasks.packages import missing_packages
from autograder.triton_tasks.workers import missing_card_packages

__all__ = ["Finding", "examine"]

_PATIENCE_S = 60.0  # for a driver and PyTorch to start


@dataclass(frozen=True)
class Finding:
    """One thing about this machine.

    Attributes
    ----------
    what
        The thing.
    good
        Whether it is as it should be; None when it is neither needed nor harmful.
    state
        How it is.
    remedy
        How to mend it, if it is not good.
    """

    what: str
    good: bool | None
    state: str
    remedy: str = ""


def examine() -> list[Finding]:
    """Look at Python, the libraries, and what a fork server of this user gets in force."""
    findings = [
        Finding("Python", sys.version_info >= (3, 11), platform.python_version(), "3.11 or newer"),
        Finding("NumPy", True, importlib.metadata.version("numpy")),
        _libseccomp(),
        *_confinement(),
    ]
    findings += [_optional("torch"), _optional("triton")]
    if not missing_packages():
        findings.append(_interpreter())
    found = cards()
    if not found:
        state = "none; bfloat16 and speed of GPU tasks are deferred"
        findings.append(Finding("card", None, state))
    return [*findings, *map(_card, found)]


def _libseccomp() -> Finding:
    library = ctypes.util.find_library("seccomp")
    return Finding(
        "libseccomp",
        library is not None,
        library or "not found; the filter of system calls needs it",
        "install it from the system's packages: apt-get install libseccomp2, "
        "dnf install libseccomp, apk add libseccomp",
    )


def _confinement() -> list[Finding]:
    try:
        with ForkServer() as server:
            facts, missing = server.facts, server.missing
    except (ConfinementError, OSError) as error:
        return [Finding("confinement", False, str(error), "grading runs on Linux")]
    reasons = dict(reason.split(": ", 1) for reason in missing)
    namespaces = ", ".join(facts["namespaces"])
    files_kept = (
        facts["landlock"] is not None
        or "mount" in facts["namespaces"]
        # Over an assignment and submissions that are closed to it; grading looks at that.
        or facts["user"] == "nobody"
    )
    return [
        Finding(
            "system calls (seccomp)",
            facts["seccomp"],
            "filtered" if facts["seccomp"] else reasons.get("seccomp", "not filtered"),
            "libseccomp and the package pyseccomp",
        ),
        Finding(
            "files (Landlock)",
            True if facts["landlock"] is not None else None if files_kept else False,
            f"ABI {facts['landlock']}" if facts["landlock"] else reasons.get("landlock", "absent"),
            "Linux 5.13 or newer with Landlock among its security modules "
            "(cat /sys/kernel/security/lsm), and the package landlock",
        ),
        Finding(
            "namespaces",
            True if namespaces else None if files_kept else False,
            namespaces or reasons.get("namespaces", "none"),
            "user namespaces for ordinary users (sysctl kernel.unprivileged_userns_clone=1; "
            "on Ubuntu 24.04 kernel.apparmor_restrict_unprivileged_userns=0), or run as root",
        ),
        Finding(
            "student code runs as",
            None,
            facts["user"]
            if facts["user"] != "root"
            else f"root without its rights ({reasons.get('user', 'another user cannot be had')})",
        ),
        Finding(
            "memory",
            None,
            "limits of each process, a watchdog"
            + (
                ", and a control group"
                if facts["cgroup"]
                else "; no control group, which takes root, or "
                "`systemd-run --user --scope -p Delegate=yes autograder ...`"
            ),
        ),
    ]


def _optional(package: str) -> Finding:
    try:
        return Finding(package, None, importlib.metadata.version(package))
    except importlib.metadata.PackageNotFoundError:
        state = "not installed; GPU tasks need it, and are deferred: pip install 'onewalk[gpu]'"
        return Finding(package, None, state)


def _card(card: Card) -> Finding:
    """Whether the confined process of a card can use it, asked of one."""
    state = f"{card.name}, capability {card.capability / 10:.1f}, driver {card.driver}"
    remedy = "speed is deferred until it can be used; see docs/confinement.md, With a card"
    lacking = missing_packages() or missing_card_packages()
    if lacking:
        remedy = "pip install 'onewalk[gpu]'"
        return Finding("card", None, f"{state}; not used without {' and '.join(lacking)}", remedy)
    try:
        with Servers() as servers:
            worker = servers["card"].spawn(Limits(4 << 30, 60))
            worker.greet()
            deadline = time.monotonic() + _PATIENCE_S
            worker.tell({"op": "open", "uuid": card.uuid}, [], deadline)
            answer, _ = worker.hear(deadline, 1 << 20)
    except (ConfinementError, WorkerDied, WorkerTimeout) as error:
        return Finding("card", False, f"{state}; not in confinement: {error}", remedy)
    if answer["op"] != "opened":
        return Finding("card", False, f"{state}; not in confinement: {answer.get('text')}", remedy)
    return Finding("card", True, state)


def _interpreter() -> Finding:
    """Whether Triton's interpreter works here, asked of a process that has it."""
    done = subprocess.run(
        [sys.executable, "-c", "from autograder.triton_tasks.replay import probe; print(probe())"],
        env={**os.environ, "TRITON_INTERPRET": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = (done.stdout.strip() or done.stderr.strip()).rpartition("\n")[2]
    works = said == "None"
    remedy = "other versions of Triton and NumPy; until then GPU tasks are deferred"
    return Finding("Triton's interpreter", works, "works" if works else said, remedy)
