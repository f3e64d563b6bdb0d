"""What was measured on a card, as numbers: the grader judges them.

Imports nothing of ours: workers, baselines and the grader exchange these.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["NotSamples", "Repetitions", "Samples"]

_MOST = 10_000


class NotSamples(Exception):
    """What arrived is no measurement."""


@dataclass(frozen=True)
class Repetitions:
    """One thing, done again and again.

    Attributes
    ----------
    milliseconds
        Of each repetition, between two events on the card.
    host_milliseconds
        Of one repetition, by the host's clock over several that follow each other without a
        pause: what a kernel cannot write into.
    """

    milliseconds: tuple[float, ...]
    host_milliseconds: float

    def __post_init__(self) -> None:
        numbers = (*self.milliseconds, self.host_milliseconds)
        if not 1 <= len(self.milliseconds) <= _MOST:
            raise NotSamples(f"{len(self.milliseconds)} repetitions")
        if not all(type(n) is float and math.isfinite(n) and n > 0 for n in numbers):
            raise NotSamples("a duration that is none")

    @classmethod
    def from_json(cls, value: Any) -> Repetitions:
        """Read one that came from elsewhere; raises ``NotSamples``."""
        try:
            return cls(tuple(value["milliseconds"]), value["host_milliseconds"])
        except (KeyError, TypeError):
            raise NotSamples("no repetitions") from None


@dataclass(frozen=True)
class Samples:
    """A run, and the card's own copy before and after it.

    Attributes
    ----------
    run
        The function.
    copy_before, copy_after
        A copy from one part of the card's memory to another.
    copy_bytes
        That one copy reads and writes together.
    """

    run: Repetitions
    copy_before: Repetitions
    copy_after: Repetitions
    copy_bytes: int

    def to_json(self) -> Mapping[str, Any]:
        """For a message or a file."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Any) -> Samples:
        """Read what came from elsewhere; raises ``NotSamples``."""
        try:
            parts = [value[name] for name in ("run", "copy_before", "copy_after")]
            nbytes = value["copy_bytes"]
        except (KeyError, TypeError):
            raise NotSamples("no samples") from None
        if type(nbytes) is not int or nbytes <= 0:
            raise NotSamples("no size of the copy")
        run, before, after = map(Repetitions.from_json, parts)
        return cls(run, before, after, nbytes)
