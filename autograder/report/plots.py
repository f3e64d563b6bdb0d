"""Where the marks of small plots stand; templates draw them.

Plots are as wide as their page. So what lies along the width is in percent of it, and what
lies along the height is in pixels: no letter is ever stretched, and a phone shows the same
plot as a wide screen.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

__all__ = [
    "Bar",
    "Drawings",
    "ErrorPlot",
    "Histogram",
    "Mark",
    "Pass",
    "Tick",
    "Walks",
    "drawings",
    "histogram",
    "share_bins",
]


@dataclass(frozen=True)
class Bar:
    """A bar of a histogram: left end and width in percent, top and height in pixels."""

    x: float
    width: float
    y: float
    height: float
    count: int
    range: str

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True)
class Tick:
    """A place on an axis, and what is written there."""

    at: float
    text: str


@dataclass(frozen=True)
class Histogram:
    """Percentages in bins.

    Attributes
    ----------
    base
        Where the bars stand, in pixels from the top.
    median
        In percent of the width.
    """

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    base: float
    median: float


_TOP, _BASE = 34.0, 264.0  # room for the median's label and a count above the highest bar
_MANY = 60  # from so many on, finer bins


def histogram(percents: Sequence[float], median: float) -> Histogram:
    """Put percentages into bins; what is below 0 or above 100 goes into the last ones."""
    width = 5 if len(percents) >= _MANY else 10
    counts = share_bins([p / 100 for p in percents], 100 // width)
    highest = max(counts, default=0) or 1
    bars = []
    for number, count in enumerate(counts):
        height = (_BASE - _TOP) * count / highest
        first, last = number * width, (number + 1) * width
        upto = "100 %" if last == 100 else f"below {last} %"
        between = f"{first} to {upto}" if last == 100 else f"{first} % to {upto}"
        bars.append(Bar(first + 0.25, width - 0.5, _BASE - height, height, count, between))
    ticks = tuple(Tick(float(at), f"{at}") for at in range(0, 101, 20))
    return Histogram(tuple(bars), ticks, _BASE, min(100.0, max(0.0, median)))


def share_bins(shares: Sequence[float], bins: int) -> tuple[int, ...]:
    """Count numbers from 0 to 1 in bins of one width; the last one holds 1 as well."""
    counts = [0] * bins
    for share in shares:
        # A hair more, so that 0.35 of 20 bins is in the eighth for all its binary digits.
        counts[min(bins - 1, max(0, math.floor(share * bins + 1e-9)))] += 1
    return tuple(counts)


# ------------------------------------------------------------------ of one exercise


@dataclass(frozen=True)
class Pass:
    """One walk over memory.

    Attributes
    ----------
    width
        How far it goes, in percent of the strip.
    """

    kind: str
    width: float
    text: str


@dataclass(frozen=True)
class Walks:
    """The walks of one kind of question, such as long rows."""

    title: str
    summary: str
    passes: tuple[Pass, ...]
    more: int


@dataclass(frozen=True)
class Mark:
    """A point of a plot; `y` is None where the answer was no number at all."""

    x: float
    y: float | None
    text: str


@dataclass(frozen=True)
class ErrorPlot:
    """Worst error against the magnitude of the inputs, both logarithmic.

    Attributes
    ----------
    curve
        Neighbours among the marks that are numbers, to join by a line.
    bound
        The same of what counts as rounding.
    """

    marks: tuple[Mark, ...]
    curve: tuple[tuple[Mark, Mark], ...]
    bound: tuple[tuple[Mark, Mark], ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]


@dataclass(frozen=True)
class Drawings:
    """What there is to draw of one exercise; what was not measured is None or empty."""

    walks: tuple[Walks, ...]
    errors: ErrorPlot | None


def drawings(measurements: Mapping[str, Any]) -> Drawings:
    """Draw the measurements of an exercise that are more than single figures."""
    errors = _pairs(measurements.get("error_by_magnitude"))
    allowed = _pairs(measurements.get("allowed_by_magnitude"))
    return Drawings(tuple(_walks(measurements)), _error_plot(errors, allowed) if errors else None)


_MOST_PASSES = 8
_LARGEST = 1e300


def _walks(measurements: Mapping[str, Any]) -> list[Walks]:
    found = []
    for start, title in (("", ""), ("long_", "Rows too long for the chip")):
        read = _number(measurements.get(f"{start}walks_read"))
        written = _number(measurements.get(f"{start}walks_written"))
        if read is None or written is None:
            continue
        passes = [*_passes("read", read), *_passes("write", written)]
        summary = f"{_times(read)} read, {_times(written)} written"
        more = max(0, len(passes) - _MOST_PASSES)
        found.append(Walks(title, summary, tuple(passes[:_MOST_PASSES]), more))
    # With both there, the first one needs a name too.
    if len(found) == 2:
        found[0] = Walks("Rows that fit", found[0].summary, found[0].passes, found[0].more)
    return found


def _passes(kind: str, times: float) -> list[Pass]:
    """A whole pass for each time, and a part of one for what is left, if it can be seen."""
    times = min(100.0, max(0.0, times))  # more are not drawn anyway
    whole = math.floor(times + 0.02)
    passes = [Pass(kind, 100.0, f"{kind} {n + 1}" if whole > 1 else kind) for n in range(whole)]
    rest = times - whole
    if rest > 0.02:
        passes.append(Pass(kind, 100.0 * rest, f"{kind}, {_times(rest)}"))
    return passes


def _times(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") + "\N{MULTIPLICATION SIGN}"


_LEFT, _RIGHT = 9.0, 97.0  # percent
_UPPER, _LOWER = 22.0, 150.0  # pixels; what is no number stands above
_NO_ERROR = 1e-18
"""Stands for no error at all, which has no logarithm."""


def _error_plot(
    errors: Sequence[tuple[float, float | None]], allowed: Sequence[tuple[float, float | None]]
) -> ErrorPlot:
    tens = [_ten(m) for m, _ in (*errors, *allowed)]
    first, last = min(tens), max(tens) + (min(tens) == max(tens))
    known = [max(e, _NO_ERROR) for _, e in (*errors, *allowed) if e is not None]
    exact = any(e is not None and e < _NO_ERROR for _, e in errors)
    low = math.floor(min(map(_ten, known), default=-17.0))
    high = max(math.ceil(max(map(_ten, known), default=0.0)), low + 1)

    def across(ten: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (ten - first) / (last - first)

    def up(ten: float) -> float:
        return _LOWER - (_LOWER - _UPPER) * (ten - low) / (high - low)

    def mark(magnitude: float, error: float | None) -> Mark:
        what = "no number" if error is None else f"off by {error:.2g}"
        y = None if error is None else up(_ten(max(error, _NO_ERROR)))
        return Mark(across(_ten(magnitude)), y, f"inputs of about {magnitude:g}: {what}")

    step_x = max(1, math.ceil((last - first) / 6))
    step_y = max(1, math.ceil((high - low) / 5))
    marks = [mark(m, e) for m, e in sorted(errors, key=lambda pair: pair[0])]
    bound = [mark(m, e) for m, e in sorted(allowed, key=lambda pair: pair[0])]
    return ErrorPlot(
        marks=tuple(marks),
        curve=tuple(_joined(marks)),
        bound=tuple(_joined(bound)),
        across=tuple(
            Tick(across(ten), _power(ten))
            for ten in range(math.ceil(first), math.floor(last) + 1, step_x)
        ),
        up=tuple(
            Tick(up(ten), "0" if exact and ten == low else _power(ten))
            for ten in range(low, high + 1, step_y)
        ),
    )


def _joined(marks: Sequence[Mark]) -> Iterator[tuple[Mark, Mark]]:
    for left, right in pairwise(marks):
        if left.y is not None and right.y is not None:
            yield left, right


def _ten(value: float) -> float:
    # 1000 is 10 to the 3, and not to the 2.9999999999999996.
    return round(math.log10(value), 9)


def _power(ten: int) -> str:
    return f"{10**ten:,}" if 0 <= ten <= 4 else f"1e{ten}"


def _pairs(series: Any) -> list[tuple[float, float | None]]:
    """Pairs of a magnitude above 0 and an error, or None for no number; nothing else."""
    found = []
    for pair in series if isinstance(series, list | tuple) else ():
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            continue
        magnitude, error = _number(pair[0]), _number(pair[1])
        if magnitude is not None and magnitude > 0 and (error is not None or pair[1] is None):
            found.append((magnitude, None if error is None else abs(error)))
    return found


def _number(value: Any) -> float | None:
    """A finite number that is no truth value, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Compared and not converted: a whole number may be too large for a float.
    return float(value) if abs(value) <= _LARGEST else None
