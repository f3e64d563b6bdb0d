"""How fast a GPU task was on a card, in the words and figures that every report uses.

A measurement is free of form as far as the document goes, so whatever of it is not there, or is
not what it should be, is left out here, and renderers need not ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from autograder.report.inert import plain

__all__ = ["COPY", "Card", "Shape", "Speed", "speed"]

COPY = "copy"
"""The bound that is the card's own copy, in a shape's ``of``."""

_LARGEST = 1e18
_WORDS = 100


@dataclass(frozen=True)
class Card:
    """What the card itself can do, measured in the same run."""

    name: str
    copy_gbps: float | None
    matmul_tflops: float | None

    @property
    def facts(self) -> str:
        """Its name and figures, as one phrase."""
        figures = []
        if self.copy_gbps is not None:
            figures.append(f"copy {_short(self.copy_gbps)} GB/s")
        if self.matmul_tflops is not None:
            figures.append(f"matrix product {_short(self.matmul_tflops)} TFLOP/s")
        return f"{self.name} ({', '.join(figures)})" if figures else self.name


@dataclass(frozen=True)
class Shape:
    """One shape of inputs, timed.

    Attributes
    ----------
    rate
        In GB/s where the bound is the copy, else in TFLOP/s; empty if neither is known.
    fraction
        Of the bound `of`; points begin above `first`, and from `full` on all are given.
    intensity
        Operations for each byte that cannot be avoided.
    tflops
        Operations in a second, in 1e12.
    reads, writes
        Of all of the input, and of all of the output.
    spread, registers, spilled, occupancy
        In words; empty if not known.
    """

    name: str
    about: str
    rate: str
    fraction: float | None
    of: str
    first: float | None
    full: float | None
    intensity: float | None
    tflops: float | None
    reads: float | None
    writes: float
    spread: str
    registers: str
    spilled: str
    occupancy: str

    @property
    def walks(self) -> str:
        return "" if self.reads is None else _times(self.reads)

    @property
    def share(self) -> str:
        """Of the bound."""
        return "" if self.fraction is None else f"{self.fraction:.2f} of {self.of}"

    @property
    def tone(self) -> Literal["good", "open", "bad"] | None:
        """The colour that it may have."""
        if self.fraction is None or self.first is None or self.full is None:
            return None
        return (
            "good"
            if self.fraction >= self.full
            else "open"
            if self.fraction > self.first
            else "bad"
        )

    @property
    def earns(self) -> str:
        """What that is worth."""
        if self.fraction is None or self.first is None or self.full is None:
            return ""
        if self.fraction >= self.full:
            return f"all points, from {self.full:.2f} on"
        if self.fraction > self.first:
            return f"some points: none up to {self.first:.2f}, all from {self.full:.2f} on"
        return f"no points up to {self.first:.2f}, all from {self.full:.2f} on"

    @property
    def line(self) -> str:
        """What matters most, for one line of text."""
        share = self.share
        if share and self.full is not None:
            share += f" (all from {self.full:.2f})"
        reads = "" if self.reads is None else _counted(self.reads, "read")
        registers = self.registers and f"{self.registers} registers"
        spilled = "" if self.spilled in ("", "0") else f"{self.spilled} bytes spilled"
        figures = ", ".join(filter(None, (self.rate, share, reads, registers, spilled)))
        return plain(f"{self.name}: {figures or 'no figures'}", limit=400)

    @property
    def bound(self) -> str:
        """What the walks allow; empty where they allow everything or say nothing."""
        if self.reads is None or self.of != COPY:
            return ""
        # A copy reads once and writes once.
        most = 2 / (self.reads + self.writes)
        if most > 0.995:
            return ""
        walks = f"{_counted(self.reads, 'read')} and {_counted(self.writes, 'write')}"
        if self.fraction is not None and self.fraction > most + 0.005:
            return f"{walks}: at most {most:.2f} of copy, but for what the cache still had"
        return f"{walks}: at most {most:.2f} of copy"


@dataclass(frozen=True)
class Speed:
    """All that was measured of one task on one card.

    Attributes
    ----------
    why
        Sentences that explain the figures, each with the names of its shapes.
    """

    card: Card
    shapes: tuple[Shape, ...]
    why: tuple[str, ...]


def speed(measurements: Mapping[str, Any]) -> Speed | None:
    """Read what a task's measurements say of a card; None if nothing was timed."""
    timed = measurements.get("speed")
    items = timed if isinstance(timed, list | tuple) else ()
    shapes = tuple(_shape(item) for item in items if isinstance(item, Mapping))
    if not shapes:
        return None
    return Speed(_card(measurements.get("card")), shapes, tuple(_why(shapes)))


def _card(given: Any) -> Card:
    found: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    return Card(
        name=_text(found, "name") or "a card",
        copy_gbps=_number(found, "copy_gbps") or None,
        matmul_tflops=_number(found, "matmul_tflops") or None,
    )


def _shape(item: Mapping[str, Any]) -> Shape:
    of = _text(item, "of") or COPY
    gbps, tflops = _number(item, "gbps"), _number(item, "tflops")
    flops, nbytes, ms = (_number(item, name) for name in ("flops", "bytes", "milliseconds"))
    intensity = flops / nbytes if flops and nbytes else None
    if tflops is None and flops and ms:
        tflops = flops / ms / 1e9
    if gbps is None and nbytes and ms:
        gbps = nbytes / ms / 1e6
    rates = [("GB/s", gbps), ("TFLOP/s", tflops)]
    if of != COPY:
        rates.reverse()
    spread, occupancy = _number(item, "spread"), _number(item, "occupancy")
    return Shape(
        name=_text(item, "name") or "unnamed",
        about=_text(item, "about"),
        rate=next((f"{_short(value)} {unit}" for unit, value in rates if value is not None), ""),
        fraction=_number(item, "fraction"),
        of=of,
        first=_number(item, "first"),
        full=_number(item, "full"),
        intensity=intensity,
        tflops=tflops,
        reads=_number(item, "walks_read"),
        writes=_number(item, "walks_written") or 1.0,
        spread="" if spread is None else f"{100 * spread:.1f} %",
        registers=_count(item, "registers"),
        spilled=_count(item, "spilled_bytes"),
        occupancy="" if occupancy is None else f"{100 * occupancy:.0f} %",
    )


def _why(shapes: Sequence[Shape]) -> Iterable[str]:
    """Each explanation once, for all shapes that it is about."""
    about: dict[str, list[str]] = {}
    for shape in shapes:
        if shape.bound:
            about.setdefault(shape.bound, []).append(shape.name)
    for bound, names in about.items():
        yield plain(f"{', '.join(names)}: {bound}.", limit=400)


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    return plain(value, limit=_WORDS) if isinstance(value, str) else ""


def _number(found: Mapping[str, Any], name: str) -> float | None:
    """A number that is finite, at least 0, and no truth value."""
    value = found.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= _LARGEST else None


def _count(found: Mapping[str, Any], name: str) -> str:
    value = _number(found, name)
    return "" if value is None else f"{value:,.0f}"


def _short(value: float) -> str:
    """Three digits at least, and none after the point that nobody measured."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _times(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _counted(value: float, noun: str) -> str:
    times = _times(value)
    return f"{times} {noun}" if times == "1" else f"{times} {noun}s"
