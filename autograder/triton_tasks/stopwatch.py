"""How something is timed on a card: the protocol, on whatever plays the card.

For each repetition what must be as before is prepared, the L2 is flushed, and only then comes the
first event; the second follows the work. The queue is never waited for in between, so that the
host's delays do not show. Repetitions take the input sets in turn. Before them the same runs are
made without events, flushes or pauses between two looks at the host's clock: whatever a kernel
might do to an event, it does not reach that clock. So what lies in memory in the end is the work
of repetitions that were timed.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from autograder.triton_tasks.samples import Repetitions

__all__ = ["Device", "input_sets", "repeat"]

_FEWEST, _MOST = 20, 200  # repetitions
_MEASURED_MS = 250.0
_WARM_S, _WARM_AT_MOST_S = 0.1, 2.0  # by the host's clock, before clocks are what they stay at
_BATCH = 5
_STEADY = 0.01  # difference of two batches in a row
_CACHES = 3  # of the card, that all input sets together fill


class Device(Protocol):
    """What plays the card."""

    def synchronize(self) -> None:
        """Wait until all is done that was queued."""

    def flush(self) -> None:
        """Queue what drives everything out of the L2."""

    def mark(self) -> Any:
        """Queue an event."""

    def elapsed(self, first: Any, second: Any) -> float:
        """Milliseconds between two events that have happened."""

    def clock(self) -> float:
        """Seconds on the host's clock."""


def input_sets(nbytes: int, cache_bytes: int) -> int:
    """How many sets of inputs are needed so that the cache holds none of them in the next turn."""
    return max(2, math.ceil(_CACHES * cache_bytes / nbytes))


def repeat(
    device: Device,
    runs: Sequence[Callable[[], None]],
    before: Callable[[int], None] = lambda _: None,
) -> Repetitions:
    """Time runs that do the same with different inputs.

    Parameters
    ----------
    device
        Does them.
    runs
        Each queues the work on one set of inputs.
    before
        Queues, given the number of a set, what is to be done before a run and not timed.
    """
    numbers = itertools.cycle(range(len(runs)))

    def timed(count: int) -> list[float]:
        events = []
        for number in itertools.islice(numbers, count):
            before(number)
            device.flush()
            first = device.mark()
            runs[number]()
            events.append((first, device.mark()))
        device.synchronize()
        return [device.elapsed(*pair) for pair in events]

    typical = _warm_up(device, timed)
    count = max(_FEWEST, round(_MEASURED_MS / max(typical, _MEASURED_MS / _MOST)))
    began = device.clock()
    for number in itertools.islice(numbers, count):
        runs[number]()
    device.synchronize()
    seconds = device.clock() - began
    return Repetitions(tuple(timed(count)), 1000 * seconds / count)


def _warm_up(device: Device, timed: Callable[[int], list[float]]) -> float:
    """Run until two batches in a row agree; gives what one run then takes."""
    timed(1)  # what is loaded on first use
    began, last = device.clock(), math.inf
    while True:
        now = statistics.median(timed(_BATCH))
        spent = device.clock() - began
        steady = abs(now - last) <= _STEADY * now
        if spent >= _WARM_AT_MOST_S or (steady and spent >= _WARM_S):
            return now
        last = now
