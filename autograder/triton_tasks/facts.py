"""What a card is, as far as it matters here. Imports nothing of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Facts", "NotFacts"]


class NotFacts(Exception):
    """What arrived describes no card."""


@dataclass(frozen=True)
class Facts:
    """Figures of a card.

    Attributes
    ----------
    capability
        90 for an H100 or H200.
    cache_bytes
        Of the L2.
    shared_bytes
        Of shared memory, that a program can have at most.
    """

    name: str
    capability: int
    multiprocessors: int
    cache_bytes: int
    memory_bytes: int
    shared_bytes: int

    @property
    def buffer_bytes(self) -> int:
        """A size for what is timed: far more than the L2 holds, and several of it fit."""
        return min(1 << 30, self.memory_bytes // 16)

    def to_json(self) -> Mapping[str, Any]:
        """For a message."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Any) -> Facts:
        """Read what came from elsewhere; raises ``NotFacts``."""
        try:
            name, *numbers = (value[n] for n in cls.__dataclass_fields__)
        except (KeyError, TypeError):
            raise NotFacts("no figures of a card") from None
        if type(name) is not str or not all(type(n) is int and 0 < n < 1 << 50 for n in numbers):
            raise NotFacts("figures of a card that are none")
        return cls(name[:100], *numbers)
