"""The cards of this machine, and how graders take turns on them.

One kernel at a time is timed on a card: whoever times holds a lock of the card's UUID, which all
graders of the machine share and which the kernel takes back from one that has died.
"""

from __future__ import annotations

import contextlib
import csv
import fcntl
import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Card", "cards", "reserve"]

_FIELDS = "uuid,name,compute_cap,driver_version"
_PATIENCE_S = 60.0  # a driver that is loaded for it takes some seconds


@dataclass(frozen=True)
class Card:
    """One card.

    Attributes
    ----------
    uuid
        By which the driver knows it: ``GPU-...``.
    capability
        90 for an H100 or H200.
    """

    uuid: str
    name: str
    capability: int
    driver: str


def cards() -> list[Card]:
    """The cards that this process may use, as the driver lists them; none without a driver.

    Of ``CUDA_VISIBLE_DEVICES`` numbers and UUIDs count, as for CUDA itself.
    """
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    query = [program, f"--query-gpu={_FIELDS}", "--format=csv,noheader"]
    try:
        done = subprocess.run(
            query, capture_output=True, text=True, timeout=_PATIENCE_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return []  # a driver that does not answer has no card for us
    found = []
    for row in csv.reader(done.stdout.splitlines(), skipinitialspace=True):
        if len(row) == len(_FIELDS.split(",")) and row[2].replace(".", "").isdigit():
            uuid, name, capability, driver = row
            found.append(Card(uuid, name, int(capability.replace(".", "")), driver))
    return _visible(found, os.environ.get("CUDA_VISIBLE_DEVICES"))


def _visible(found: Sequence[Card], wanted: str | None) -> list[Card]:
    if wanted is None:
        return list(found)
    chosen = []
    for word in map(str.strip, wanted.split(",")):
        matching = [
            card
            for number, card in enumerate(found)
            if word == str(number) or (word.startswith("GPU-") and card.uuid.startswith(word))
        ]
        if not matching:
            break  # CUDA ignores what stands behind a wrong one
        chosen += matching[:1]
    return chosen


@contextlib.contextmanager
def reserve(found: Sequence[Card]) -> Iterator[Card]:
    """Have one of these cards for oneself, among the graders of this machine.

    A free one if there is any; else it waits for one of them.
    """
    order = random.sample(found, len(found))  # so that not all wait for the same
    with contextlib.ExitStack() as stack:
        locks = [stack.enter_context(_lock_file(card)) for card in order]
        free = (n for n, lock in enumerate(locks) if _try_to_lock(lock))
        number = next(free, None)
        if number is None:
            number = 0
            fcntl.flock(locks[number], fcntl.LOCK_EX)
        yield order[number]


def _try_to_lock(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def _lock_file(card: Card) -> Iterator[int]:
    """A file that any user of this machine can lock; closing it gives the lock back."""
    path = Path(tempfile.gettempdir(), f"onewalk-{card.uuid}.lock")
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW
    # Made first and opened then: of another user's file in a folder for all, the kernel would
    # refuse to do both at once.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o644))
    lock = os.open(path, flags)
    try:
        yield lock
    finally:
        os.close(lock)
