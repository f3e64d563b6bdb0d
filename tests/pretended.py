"""A pretended card with a clock of its own. Every duration on it is made up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Event:
    at: float


@dataclass
class PretendedCard:
    """Queues work as a card does: the host goes on, and the queue is done one after the other.

    Attributes
    ----------
    queueing_s
        What the host needs to queue something.
    log
        What was queued, in turn: words for everything but runs, which log themselves.
    lies
        What its events tell of the time that has passed.
    """

    queueing_s: float = 5e-6
    now: float = 0.0
    free: float = 0.0
    log: list[object] = field(default_factory=list)
    lies: Callable[[float], float] = lambda truth: truth

    def queue(self, what: object, seconds: float) -> None:
        self.log.append(what)
        self.now += self.queueing_s
        self.free = max(self.now, self.free) + seconds

    def synchronize(self) -> None:
        self.log.append("synchronize")
        self.now = max(self.now, self.free)

    def flush(self) -> None:
        self.queue("flush", 80e-6)

    def mark(self) -> Event:
        self.queue("mark", 0.0)
        return Event(self.free)

    def elapsed(self, first: Event, second: Event) -> float:
        assert second.at <= self.now, "an event was read that has not happened"
        return self.lies(1000 * (second.at - first.at))

    def clock(self) -> float:
        self.log.append("clock")
        return self.now
