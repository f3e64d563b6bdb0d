"""Where the marks of a line chart stand; a template draws them.

Lengths are logarithmic along the width, values grow from 0 along the height. Each line is named
where it ends, so there is no key to look things up in.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Chart", "Line", "Mark", "chart", "short"]

WIDTH, HEIGHT = 740.0, 290.0
_LEFT, _RIGHT = 46.0, 460.0  # names stand right of the lines
_TOP, _BASE = 14.0, 262.0
_NAME = 17.0  # from one name to the next


@dataclass(frozen=True)
class Mark:
    """A place on an axis, and what is written there."""

    at: float
    text: str


@dataclass(frozen=True)
class Line:
    """One implementation.

    Attributes
    ----------
    number
        Of its colour: 0 is that of the reference.
    runs
        Its points, without those that are missing: a gap in the line.
    end
        Where its name is led to from.
    name_y
        Where its name stands.
    """

    name: str
    number: int
    runs: tuple[tuple[tuple[float, float], ...], ...]
    end: tuple[float, float]
    name_y: float

    def path(self, run: Sequence[tuple[float, float]]) -> str:
        """The points of a run as SVG writes them."""
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in run)


@dataclass(frozen=True)
class Chart:
    """All that is drawn.

    Attributes
    ----------
    bound
        The height of what nothing gets above, and its name.
    bound_name_y
        Where that name stands.
    """

    lines: tuple[Line, ...]
    x: tuple[Mark, ...]
    y: tuple[Mark, ...]
    bound: Mark
    bound_name_y: float
    left: float = _LEFT
    right: float = _RIGHT
    top: float = _TOP
    base: float = _BASE
    width: float = WIDTH
    height: float = HEIGHT


def short(length: int) -> str:
    """A length as one says it: 16k, 1M."""
    for unit, size in (("M", 1 << 20), ("k", 1 << 10)):
        if length >= size and length % size == 0:
            return f"{length // size}{unit}"
    return f"{length:,}"


def chart(
    values: Mapping[str, Mapping[int, float]],
    numbers: Mapping[str, int],
    bound: tuple[float, str],
) -> Chart:
    """Place everything.

    Parameters
    ----------
    values
        Of each implementation, by length. One without any is left out.
    numbers
        Of the colour of each.
    bound
        What nothing gets above, and its name.
    """
    lengths = sorted({length for line in values.values() for length in line})
    most = max([bound[0], *(v for line in values.values() for v in line.values())])
    step = _step(most)
    top = step * math.ceil(most / step - 0.1)  # what is a little above has room
    low, high = math.log2(lengths[0]), math.log2(lengths[-1])

    def x(length: int) -> float:
        share = (math.log2(length) - low) / (high - low) if high > low else 0.5
        return _LEFT + 12 + share * (_RIGHT - _LEFT - 24)

    def y(value: float) -> float:
        return _BASE - value / top * (_BASE - _TOP)

    drawn = [(name, _runs(line, lengths)) for name, line in values.items() if line]
    placed = {
        name: tuple(tuple((x(n), y(v)) for n, v in run) for run in runs) for name, runs in drawn
    }
    ends = {name: runs[-1][-1] for name, runs in placed.items()}
    heights = _apart([end[1] for end in ends.values()])
    lines = (
        Line(name, numbers[name], placed[name], end, height)
        for (name, end), height in zip(ends.items(), heights, strict=True)
    )
    ticks = [n * step for n in range(round(top / step) + 1)]
    return Chart(
        tuple(lines),
        tuple(Mark(x(n), short(n)) for n in lengths),
        tuple(Mark(y(t), f"{t:.2f}" if step < 1 else f"{t:,.0f}") for t in ticks),
        Mark(y(bound[0]), bound[1]),
        y(bound[0]) - 6,
    )


def _runs(line: Mapping[int, float], lengths: Sequence[int]) -> list[list[tuple[int, float]]]:
    """The points that follow each other without a gap."""
    runs: list[list[tuple[int, float]]] = [[]]
    for length in lengths:
        if length in line:
            runs[-1].append((length, line[length]))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _step(most: float) -> float:
    """A round number, of which 3 to 6 make the height."""
    power = 10.0 ** math.floor(math.log10(most))
    return next(power * f for f in (0.25, 0.5, 1.0, 2.0, 2.5) if most / (power * f) <= 6)


def _apart(heights: Sequence[float]) -> list[float]:
    """The same heights, moved no further than it takes for each to be a name away."""
    order = sorted(range(len(heights)), key=lambda n: heights[n])
    # Names that touch make a block, which stands where it moves its names least.
    blocks: list[tuple[float, list[int]]] = []
    for n in order:
        middle, members = heights[n], [n]
        while blocks and middle - _NAME * len(members) / 2 < (
            blocks[-1][0] + _NAME * len(blocks[-1][1]) / 2
        ):
            members = blocks.pop()[1] + members
            middle = sum(heights[m] for m in members) / len(members)
        blocks.append((middle, members))
    found = [0.0] * len(heights)
    for middle, members in blocks:
        for place, n in enumerate(members):
            found[n] = middle + _NAME * (place - (len(members) - 1) / 2)
    return found
