"""Where the marks of a roofline picture stand; a template draws them.

Speed against operations per byte, both logarithmic. No kernel gets above the roof: its slope is
the card's own copy, its flat part the card's own matrix product. A picture is as wide as its page,
so what lies along the width is in percent of it, and what lies along the height in pixels: no
letter is ever stretched, and a phone shows the same picture as a wide screen.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder.report.speed import COPY, Card, Shape, Speed

__all__ = ["Label", "Line", "Point", "Roofline", "Tick", "roofline"]

_LEFT, _RIGHT = 11.0, 98.0  # percent
_TOP, _BASE = 34.0, 330.0  # pixels
_LINE = 17.0  # pixels from one label to the next
_APART = 5.0  # pixels between lines
_AROUND = math.log10(2.5)  # left and right of all that is shown
_ABOVE = math.log10(1.8)
_BELOW = math.log10(1.6)


@dataclass(frozen=True)
class Line:
    """From one end to the other."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class Tick:
    """A place on an axis, and what is written there."""

    at: float
    text: str


@dataclass(frozen=True)
class Label:
    """Text, which begins at its place, or ends there if it is to the `left` of it."""

    x: float
    y: float
    text: str
    left: bool


@dataclass(frozen=True)
class Point:
    """A shape of inputs.

    Attributes
    ----------
    target
        How high it has to get for full points, where no line of the picture says so.
    """

    x: float
    y: float
    label: Label
    target: Line | None


@dataclass(frozen=True)
class Roofline:
    """A picture.

    Attributes
    ----------
    slope, flat
        The roof, as far as it is known.
    labels
        Of both.
    bounds
        What the roof is, in words.
    fulls
        Where full points begin, for shapes whose bound is the copy.
    said
        The picture in words.
    """

    slope: Line | None
    flat: Line | None
    labels: tuple[Label, ...]
    bounds: str
    fulls: tuple[Line, ...]
    points: tuple[Point, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    said: str
    height: float = _BASE + 38
    top: float = _TOP
    base: float = _BASE
    left: float = _LEFT
    right: float = _RIGHT


def roofline(speed: Speed) -> Roofline | None:
    """Draw what was measured; None where there is no roof, or nothing to put under it."""
    card = speed.card
    shapes = [s for s in speed.shapes if s.intensity and s.tflops]
    if not shapes or (card.copy_gbps is None and card.matmul_tflops is None):
        return None
    axes = _Axes.around(card, shapes)
    slope, flat = _roof(card, axes)
    points = tuple(_points(shapes, axes))
    parts = [
        text
        for known, text in (
            (slope, "on its slope a kernel waits for memory"),
            (flat, "under its flat part for arithmetic"),
        )
        if known
    ]
    return Roofline(
        slope=slope,
        flat=flat,
        labels=tuple(_labels(card, slope, flat, points)),
        bounds=", ".join(parts),
        fulls=tuple(_fulls(card, shapes, axes)),
        points=points,
        across=tuple(Tick(axes.x(math.log10(n)), f"{n:,g}") for n in _round(axes.low, axes.high)),
        up=tuple(Tick(axes.y(math.log10(n)), f"{n:,g}") for n in _round(axes.bottom, axes.top)),
        said=_said(card, shapes),
    )


@dataclass(frozen=True)
class _Axes:
    """From powers of ten to places."""

    low: float
    high: float
    bottom: float
    top: float

    @classmethod
    def around(cls, card: Card, shapes: Sequence[Shape]) -> _Axes:
        bend = _bend(card)
        across = [math.log10(s.intensity) for s in shapes if s.intensity]
        across += [] if bend is None else [bend]
        low, high = min(across) - _AROUND, max(across) + _AROUND
        up = [math.log10(s.tflops) for s in shapes if s.tflops]
        up += [height for ten in (low, high) if (height := _height(card, ten)) is not None]
        return cls(low, high, min(up) - _BELOW, max(up) + _ABOVE)

    def x(self, ten: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (ten - self.low) / (self.high - self.low)

    def y(self, ten: float) -> float:
        return _BASE - (_BASE - _TOP) * (ten - self.bottom) / (self.top - self.bottom)


def _round(first: float, last: float) -> Iterator[float]:
    """Numbers for an axis: powers of ten, at most seven, or 1, 2, 5, 10 where these are few."""
    step = max(1, math.ceil((last - first) / 7))
    for ten in range(math.floor(first), math.floor(last) + 1):
        for number in (1, 2, 5) if last - first < 2 else (1,):
            if first <= ten + math.log10(number) <= last and ten % step == 0:
                yield number * 10.0**ten


def _bend(card: Card) -> float | None:
    """Where the roof turns flat."""
    if card.copy_gbps is None or card.matmul_tflops is None:
        return None
    return math.log10(1000 * card.matmul_tflops / card.copy_gbps)


def _height(card: Card, ten: float) -> float | None:
    """Of the roof over an intensity, in powers of ten."""
    heights = []
    if card.copy_gbps is not None:
        heights.append(math.log10(card.copy_gbps / 1000) + ten)
    if card.matmul_tflops is not None:
        heights.append(math.log10(card.matmul_tflops))
    return min(heights, default=None)


def _roof(card: Card, axes: _Axes) -> tuple[Line | None, Line | None]:
    slope = _slope(card, axes, 1.0)
    if card.matmul_tflops is None:
        return slope, None
    bend, y = _bend(card), axes.y(math.log10(card.matmul_tflops))
    return slope, Line(axes.x(axes.low if bend is None else bend), y, _RIGHT, y)


def _slope(card: Card, axes: _Axes, fraction: float) -> Line | None:
    """A fraction of the slope of the roof, up to where the roof turns flat."""
    if card.copy_gbps is None:
        return None
    lift = math.log10(fraction * card.copy_gbps / 1000)
    bend = _bend(card)
    begin, end = max(axes.low, axes.bottom - lift), axes.high if bend is None else bend
    if begin >= end:
        return None
    return Line(axes.x(begin), axes.y(begin + lift), axes.x(end), axes.y(end + lift))


def _labels(
    card: Card, slope: Line | None, flat: Line | None, points: Sequence[Point]
) -> Iterator[Label]:
    if slope:
        yield _on_slope(f"copy {card.copy_gbps:,.0f} GB/s", slope, points)
    if flat:
        text = f"matrix product {card.matmul_tflops:,.0f} TFLOP/s"
        yield Label(_RIGHT, flat.y1 - 9, text, True)


def _on_slope(text: str, slope: Line, points: Sequence[Point]) -> Label:
    """Above the slope; below it where it lies too far to the left, away from other labels."""

    def below(share: float) -> Label:
        x, y = (
            share * b + (1 - share) * a for a, b in ((slope.x1, slope.x2), (slope.y1, slope.y2))
        )
        return Label(x + 3, y + 8, text, False)

    def room(label: Label) -> float:
        return min(abs(label.y - p.label.y) for p in points)

    if slope.x2 > 60:
        x, y = 0.45 * slope.x1 + 0.55 * slope.x2, 0.45 * slope.y1 + 0.55 * slope.y2
        return Label(x - 2, y - 4, text, True)
    return max(map(below, (0.45, 0.7, 0.2)), key=room)


def _fulls(card: Card, shapes: Sequence[Shape], axes: _Axes) -> Iterator[Line]:
    """Where full points begin; of lines that the eye would not tell apart, the uppermost."""
    above = -math.inf
    for full in sorted({s.full for s in shapes if s.of == COPY and s.full}, reverse=True):
        line = _slope(card, axes, full)
        if line and line.y2 - above >= _APART:
            above = line.y2
            yield line


def _points(shapes: Sequence[Shape], axes: _Axes) -> Iterator[Point]:
    """Points with labels beside them, each label a line below the one above it at least."""
    free = {True: -math.inf, False: -math.inf}
    for shape in sorted(shapes, key=lambda s: -(s.tflops or 0)):
        assert shape.intensity
        assert shape.tflops
        ten = math.log10(shape.tflops)
        x, y = axes.x(math.log10(shape.intensity)), axes.y(ten)
        left = x > (_LEFT + _RIGHT) / 2
        label_y = max(y + _LINE, free[left])
        free[left] = label_y + _LINE
        target = None
        if shape.of != COPY and shape.full and shape.fraction:
            high = axes.y(ten + math.log10(shape.full / shape.fraction))
            target = Line(x - 2.5, high, x + 2.5, high)
        text = shape.name if shape.fraction is None else f"{shape.name} {shape.fraction:.2f}"
        label = Label(x + (-5 if left else 5), label_y, text, left)
        yield Point(x, y, label, target)


def _said(card: Card, shapes: Sequence[Shape]) -> str:
    points = (
        f"{s.name}: {s.tflops:.3g} TFLOP/s at {s.intensity:.3g} FLOP per byte"
        + (f", {s.share}" if s.share else "")
        for s in shapes
    )
    return f"The roof is {card.facts}. {'; '.join(points)}."
