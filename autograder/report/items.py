"""Item analysis: what the answers of a class say about a hidden test.

The difficulty of a test is the share of its points that those it was put to have earned.
Its *item-rest correlation* is that of a student's success in it with the share of all their
other points (the corrected point-biserial correlation, and the same for tests that can be
passed in part). A good test goes with the rest: well above 0. One that does not go with it
asks something else than the rest does, hangs on luck, or is wrong.

Nothing is said that the number of students does not bear out: a correlation is judged by
the ends of its 95 % interval (Fisher's z), and only where enough students passed and enough
did not.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["GOOD", "Answer", "Item", "Verdict", "analyse"]

GOOD = 0.2
"""From here on a test is commonly held to tell the strong from the weak."""

_EACH_SIDE = 5
"""Fewer passes than this, or fewer failures, move a correlation too much to be judged."""

Verdict = Literal["unasked", "everybody", "nobody", "few", "with", "apart", "against", "open"]


@dataclass(frozen=True)
class Answer:
    """How one student fared in a test and in all the rest, both from 0 to 1.

    Attributes
    ----------
    rest
        None where there is no rest, or none that was graded.
    """

    share: float
    rest: float | None


@dataclass(frozen=True)
class Item:
    """What a class says about a test.

    Attributes
    ----------
    asked
        How many students it was put to.
    full
        How many of them passed it in full.
    success
        Mean share of its points that they earned; None when nobody was asked.
    correlation
        With the rest; None where one of the two is the same for all, or fewer than three.
    verdict
        ``everybody`` passes, or ``nobody`` earns anything: nothing told apart. ``few``: hardly
        anyone passes, or hardly anyone does not. ``with`` the rest, surely; ``apart`` from it,
        surely less than ``GOOD``; ``against`` it, surely below 0; ``open``: too few to say.
    """

    asked: int
    full: int
    success: float | None
    correlation: float | None
    verdict: Verdict


def analyse(answers: Sequence[Answer]) -> Item:
    """Say how hard a test is, and whether success in it goes with the rest."""
    asked = len(answers)
    shares = [answer.share for answer in answers]
    full = sum(share >= 1 for share in shares)
    success = statistics.fmean(shares) if shares else None
    pairs = [(a.share, a.rest) for a in answers if a.rest is not None]
    correlation = _correlation([s for s, _ in pairs], [r for _, r in pairs])
    return Item(asked, full, success, correlation, _verdict(shares, correlation, len(pairs)))


def _correlation(shares: Sequence[float], rests: Sequence[float]) -> float | None:
    if len(shares) < 3:
        return None
    try:
        found = statistics.correlation(shares, rests)
    except statistics.StatisticsError:  # one of the two is constant
        return None
    return min(1.0, max(-1.0, found))


def _verdict(shares: Sequence[float], correlation: float | None, pairs: int) -> Verdict:
    if not shares:
        return "unasked"
    if min(shares) >= 1:
        return "everybody"
    if max(shares) <= 0:
        return "nobody"
    earned = sum(shares)
    if correlation is None or min(earned, len(shares) - earned) < _EACH_SIDE:
        return "few"
    low, high = _interval(correlation, pairs)
    if high < 0:
        return "against"
    if high < GOOD:
        return "apart"
    return "with" if low > 0 else "open"


def _interval(correlation: float, pairs: int) -> tuple[float, float]:
    """The 95 % interval; there are more than three pairs, or it would not come to this."""
    z = math.atanh(min(0.999999, max(-0.999999, correlation)))
    half = 1.96 / math.sqrt(pairs - 3)
    return math.tanh(z - half), math.tanh(z + half)
