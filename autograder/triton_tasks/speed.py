"""From raw durations to a figure that may cost points, or to the reason why there is none.

What a card's process sends is durations and nothing else; what they mean is decided here. A
figure counts if it is *steady* (repetitions agree, the card's own copy was as fast after as
before, and the host's clock agrees with the card's events) and *possible* (no kernel moves more
bytes in a second than the copy that was measured beside it). What is not steady is measured
again; in the end it is left for another time, and never guessed.
"""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass

from autograder.triton_tasks.samples import Repetitions, Samples

__all__ = ["Impossible", "Speed", "Threshold", "Unsteady", "judge"]

_SPREAD = 0.03  # of the middle half of all repetitions
_DRIFT = 0.03  # of the copy, from before to after
_ABOVE = 1.05  # of the copy: what timing itself may be off
# A run among others that follow it at once takes what it takes alone, and the gap between two.
_LATER, _GAP_MS = 1.25, 0.1


class Unsteady(Exception):
    """The card was busy, throttled, or otherwise not itself: measure again."""


class Impossible(Exception):
    """More than the card can do."""


@dataclass(frozen=True)
class Threshold:
    """What a fraction of a bound earns.

    Attributes
    ----------
    first
        Up to here it earns nothing.
    full
        From here on it earns all; in between, in proportion.
    """

    first: float
    full: float

    def share(self, fraction: float) -> float:
        """Of the points, from 0 to 1."""
        return min(1.0, max(0.0, (fraction - self.first) / (self.full - self.first)))


@dataclass(frozen=True)
class Speed:
    """A steady and possible figure.

    Attributes
    ----------
    milliseconds
        Median of the repetitions.
    spread
        Width of their middle half, relative to the median.
    copy_gbps
        Of the card's own copy, read and written bytes together, in 1e9 bytes a second.
    """

    milliseconds: float
    spread: float
    copy_gbps: float

    def gbps(self, nbytes: int) -> float:
        """Bytes moved in a second, in 1e9."""
        return nbytes / self.milliseconds / 1e6

    def tflops(self, flops: float) -> float:
        """Operations in a second, in 1e12."""
        return flops / self.milliseconds / 1e9

    def fraction(self, nbytes: int) -> float:
        """Of the copy bandwidth."""
        return self.gbps(nbytes) / self.copy_gbps


def judge(samples: Samples, nbytes: int) -> Speed:
    """The figure that a measurement supports.

    Parameters
    ----------
    samples
        Of one function.
    nbytes
        That a run cannot do without: inputs read once, outputs written once.

    Raises
    ------
    Unsteady, Impossible
    """
    before = statistics.median(samples.copy_before.milliseconds)
    after = statistics.median(samples.copy_after.milliseconds)
    drift = abs(before - after) / min(before, after)
    if drift > _DRIFT:
        raise Unsteady(f"the card's own copy changed by {drift:.0%} meanwhile")
    for what, repetitions in (("copy", samples.copy_before), ("run", samples.run)):
        if (spread := _spread(repetitions)) > _SPREAD:
            raise Unsteady(f"repetitions of the same {what} differ by {spread:.0%}")
    milliseconds = statistics.median(samples.run.milliseconds)
    if samples.run.host_milliseconds > _LATER * milliseconds + _GAP_MS:
        raise Unsteady("the card's events and the host's clock contradict each other")
    copy_gbps = samples.copy_bytes / statistics.mean((before, after)) / 1e6
    speed = Speed(milliseconds, _spread(samples.run), copy_gbps)
    if speed.fraction(nbytes) > _ABOVE:
        raise Impossible(
            f"{speed.gbps(nbytes):,.0f} GB/s is {speed.fraction(nbytes):.2f} of what the card's "
            "own copy moves"
        )
    return speed


def _spread(repetitions: Repetitions) -> float:
    """Width of the middle half of the repetitions, relative to the median."""
    durations = sorted(repetitions.milliseconds)
    quarter = len(durations) // 4
    low, high = durations[quarter], durations[math.ceil(len(durations) * 3 / 4) - 1]
    return (high - low) / statistics.median(durations)
