"""Draws the figures of the lesson: python docs/figures.py

Every mark is placed by the numbers it stands for, worked out here. The same Python writes the
same bytes, so a test can hold the committed files to this script. Their background is white, since
a picture in a README does not learn whether the page around it is light or dark.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape

FOLDER = Path(__file__).parent.parent / "exercises/figures"

WIDTH = 720
INK, SOFT, LINE, WHITE = "#1f2328", "#57606a", "#d0d7de", "#ffffff"
BLUE, BLUE_TINT, BLUE_PALE = "#2456a6", "#a9c5ea", "#dfe9f8"
ORANGE, ORANGE_TINT = "#9a4a00", "#f6c990"
RED, RED_TINT, GREY_TINT, AMBER_TINT = "#a40e26", "#ffe3e0", "#e9ecf0", "#fff4ce"

LARGEST = (2 - 2**-23) * 2.0**127  # of float32
SMALLEST_NORMAL, SMALLEST = 2.0**-126, 2.0**-149

Point = tuple[float, float]
Tally = tuple[float, float]


@dataclass
class Drawing:
    """SVG in the making; places are in pixels from the upper left."""

    title: str
    height: int
    marks: list[str] = field(default_factory=list)

    def rect(self, x: float, y: float, w: float, h: float, fill: str, **style: object) -> None:
        self.marks.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" fill="{fill}"'
            f"{_attributes(style)}/>"
        )

    def line(self, points: Sequence[Point], stroke: str = INK, **style: object) -> None:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.marks.append(
            f'<polyline points="{path}" fill="none" stroke="{stroke}"{_attributes(style)}/>'
        )

    def curve(self, start: Point, bend: Point, end: Point, stroke: str) -> None:
        """An arrow that leaves towards `bend` and arrives from there."""
        path = f"M{start[0]:.1f},{start[1]:.1f} Q{bend[0]:.1f},{bend[1]:.1f} "
        path += f"{end[0]:.1f},{end[1]:.1f}"
        self.marks.append(f'<path d="{path}" fill="none" stroke="{stroke}" stroke-width="2"/>')
        self._head(end, math.atan2(end[1] - bend[1], end[0] - bend[0]), stroke)

    def arrow(self, start: Point, end: Point, stroke: str, **style: object) -> None:
        self.line([start, end], stroke, **{"stroke_width": 2, **style})
        self._head(end, math.atan2(end[1] - start[1], end[0] - start[0]), stroke)

    def dot(self, x: float, y: float, fill: str, stroke: str) -> None:
        self.marks.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{fill}" stroke="{stroke}"'
            ' stroke-width="2"/>'
        )

    def text(self, x: float, y: float, words: str, fill: str = INK, **style: object) -> None:
        self.marks.append(
            f'<text x="{x:.1f}" y="{y:.1f}" fill="{fill}"{_attributes(style)}>'
            f"{escape(words)}</text>"
        )

    def middle(self, x: float, y: float, words: str, fill: str = INK, **style: object) -> None:
        self.text(x, y, words, fill, text_anchor="middle", **style)

    def svg(self) -> str:
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.height}"'
            f' width="{WIDTH}" height="{self.height}" role="img" font-size="15"'
            " font-family=\"system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif\">"
        )
        page = (
            f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{self.height - 1}" rx="6"'
            f' fill="{WHITE}" stroke="{LINE}"/>'
        )
        lines = [head, f"<title>{escape(self.title)}</title>", page, *self.marks, "</svg>"]
        return "\n".join(lines) + "\n"

    def _head(self, end: Point, angle: float, fill: str) -> None:
        corners = [end]
        for turn in (-0.4, 0.4):
            back = angle + math.pi + turn
            corners.append((end[0] + 11 * math.cos(back), end[1] + 11 * math.sin(back)))
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
        self.marks.append(f'<polygon points="{path}" fill="{fill}"/>')


def _attributes(style: dict[str, object]) -> str:
    return "".join(f' {name.replace("_", "-")}="{value}"' for name, value in style.items())


# ------------------------------------------------------------------ exp and its borders


def exp_ceiling() -> Drawing:
    """e^x from end to end of float32, and three logits that a shift brings back."""
    drawing = Drawing("e to the x between the borders of float32", 440)
    left, right, top, base = 78.0, 700.0, 20.0, 390.0
    widest = 115.0
    tallest = widest / math.log(10)  # in powers of ten, at x = widest

    def across(x: float) -> float:
        return left + (right - left) * (x + widest) / (2 * widest)

    def up(value: float) -> float:
        return base - (base - top) * (math.log10(value) + tallest) / (2 * tallest)

    ceiling, normal, floor = up(LARGEST), up(SMALLEST_NORMAL), up(SMALLEST)
    drawing.rect(left, top, right - left, ceiling - top, RED_TINT)
    drawing.rect(left, normal, right - left, floor - normal, AMBER_TINT)
    drawing.rect(left, floor, right - left, base - floor, GREY_TINT)
    for ten in (-40, -20, 0, 20, 40):
        y = up(10.0**ten)
        drawing.line([(left, y), (right, y)], LINE)
        words = "1" if ten == 0 else f"1e{ten}"
        drawing.text(left - 8, y + 5, words, SOFT, text_anchor="end")
    for x in (-100, -50, 0, 50, 100):
        drawing.line([(across(x), base), (across(x), base + 5)], SOFT)
        drawing.middle(across(x), base + 21, str(x).replace("-", "\u2212"), SOFT)
    drawing.text(right, base + 40, "x", SOFT, text_anchor="end", font_style="italic")
    drawing.text(16, top + 14, "e^x", SOFT, font_style="italic")
    drawing.line([(left, top), (left, base), (right, base)], SOFT)

    drawing.line([(left, ceiling), (right, ceiling)], RED, stroke_width=2)
    drawing.text(left + 10, ceiling - 12, "infinite: above 3.4e38, where x is 88.72", RED)
    drawing.text(
        right - 10, normal + 18, "subnormal: fewer and fewer digits", ORANGE, text_anchor="end"
    )
    drawing.text(right - 10, base - 4, "0: where x is below \u2212103.97", SOFT, text_anchor="end")

    def at(x: float) -> Point:
        return across(x), up(math.exp(x))

    edges = [-widest, math.log(SMALLEST / 2), math.log(LARGEST), widest]
    inside = edges[1:3]
    drawing.line([at(x) for x in edges], SOFT, stroke_width=2, stroke_dasharray="3 4")
    drawing.line([at(x) for x in inside], BLUE, stroke_width=3)
    drawing.curve((across(84), up(1e41)), (across(-32), up(1e30)), (across(-8), up(10.0)), INK)
    drawing.text(across(-18), up(1e23), "subtract the maximum, 100", text_anchor="end")
    for x in (90, 95, 100):
        drawing.dot(*at(x), WHITE, RED)
        drawing.dot(*at(x - 100), BLUE, WHITE)
    drawing.text(right - 4, ceiling + 24, "90, 95, 100", RED, text_anchor="end")
    drawing.text(across(4), up(1.0) + 22, "\u221210, \u22125, 0", BLUE)
    return drawing


# ------------------------------------------------------------------ walks over memory


@dataclass(frozen=True)
class Way:
    """A way to a softmax: its name, and of each walk what it is for and whether it writes."""

    name: str
    summary: str
    walks: tuple[tuple[str, bool], ...]
    reads: str = "x"


NAIVE = Way("naive", "2 reads, 1 write", (("the sum", False), ("the answer", True)))
STABLE = Way(
    "stable",
    "3 reads, 1 write",
    (("the maximum", False), ("the sum", False), ("the answer", True)),
)
ONLINE = Way("online", "2 reads, 1 write", (("maximum and sum", False), ("the answer", True)))
FUSED = Way("attention", "1 read", (("maximum, sum and weighted sum", False),), "keys and values")


def walks(title: str, ways: Sequence[Way]) -> Drawing:
    """Each way's walks as arrows over a strip of memory."""
    left, right, cells, lane = 170.0, 700.0, 32, 36.0
    heights = [58 + lane * len(way.walks) for way in ways]
    drawing = Drawing(title, round(sum(heights)) + 34)
    cell = (right - left) / cells
    drawing.text(left, 29, "slow memory, from one end to the other:", SOFT)
    y = 44.0
    for number, (way, height) in enumerate(zip(ways, heights, strict=True)):
        if number:
            drawing.line([(20, y - 12), (right, y - 12)], LINE)
        drawing.text(20, y + 15, way.name, font_weight=600, font_size=17)
        drawing.text(20, y + 36, way.summary, SOFT)
        for n in range(cells):
            drawing.rect(left + n * cell, y, cell, 20, BLUE_PALE, stroke=BLUE_TINT)
        for n, (purpose, writes) in enumerate(way.walks):
            at = y + 32 + lane * (n + 0.5)
            drawing.arrow((left, at), (right, at), BLUE)
            if writes:
                drawing.arrow((left, at + 9), (right, at + 9), ORANGE, stroke_dasharray="7 5")
            read = f"walk {n + 1} reads {way.reads}, for {purpose}"
            drawing.text(left, at - 7, read, BLUE)
            if writes:
                drawing.text(right - 16, at - 7, "and writes it", ORANGE, text_anchor="end")
        y += height
    return drawing


# ------------------------------------------------------------------ the rescale


def tally(numbers: Sequence[float]) -> Tally:
    m = max(numbers)
    return m, sum(math.exp(x - m) for x in numbers)


def rescale(stream: Sequence[float] = (1, 3, 2)) -> Drawing:
    """D after each number, as a pile of what each number has added to it."""
    drawing = Drawing("The rescale on the stream " + ", ".join(map(str, stream)), 396)
    base, unit, wide = 312.0, 150.0, 92.0
    fills = [BLUE_TINT, BLUE_PALE, "#c8e6d0"]
    panel = (WIDTH - 40) / len(stream)
    for n, x in enumerate(stream):
        m, d = tally(stream[: n + 1])
        rises = n > 0 and m > max(stream[:n])
        centre = 20 + panel * (n + 0.5) + 20
        column = centre - wide / 2
        drawing.middle(centre, 32, f"{x} arrives", font_weight=600, font_size=17)
        note = "a new maximum: rescale" if rises else "the first" if n == 0 else "no new maximum"
        drawing.middle(centre, 53, note, ORANGE if rises else SOFT)
        y = base
        for earlier, fill in zip(stream[: n + 1], fills, strict=False):
            share = math.exp(earlier - m)
            y -= unit * share
            drawing.rect(column, y, wide, unit * share, fill, stroke=BLUE)
            words = "1" if share == 1 else f"{share:.3f}"
            drawing.text(column + wide + 8, y + unit * share / 2 + 5, words)
            if unit * share > 40:
                drawing.middle(centre, y + unit * share / 2 + 5, f"from {earlier}", SOFT)
        if rises:
            old, before = tally(stream[:n])
            ghost = column - 66
            drawing.rect(
                ghost,
                base - unit * before,
                40,
                unit * before,
                WHITE,
                stroke=ORANGE,
                stroke_dasharray="4 4",
            )
            drawing.curve(
                (ghost + 20, base - unit * before + 14),
                (ghost + 28, base - 26),
                (column - 3, base - 10),
                ORANGE,
            )
            drawing.middle(
                ghost + 6, base - unit * before - 10, f"\u00d7 e^({old:g}\u2212{m:g})", ORANGE
            )
        drawing.line([(column - 14, base), (column + wide + 14, base)], SOFT)
        drawing.middle(centre, base + 28, f"m = {m:g}", font_size=17)
        words = f"d = {d:g}" if d == round(d) else f"d = {d:.6f}"
        drawing.middle(centre, base + 54, words, font_size=17, font_weight=600)
    return drawing


# ------------------------------------------------------------------ merging


def merge_tree() -> Drawing:
    """Four chunks of two numbers each, merged two by two."""
    chunks = ((1, 3), (4, 4), (6, 5), (2, 5))
    drawing = Drawing("Chunks merging as a tree", 400)
    left, right = 104.0, 704.0
    span = (right - left) / len(chunks)
    centres = [left + span * (n + 0.5) for n in range(len(chunks))]
    rows = [Row([tally(chunk) for chunk in chunks], centres, 118.0)]
    while len(rows[-1].tallies) > 1:
        rows.append(rows[-1].merged(118.0))

    for centre, chunk in zip(centres, chunks, strict=True):
        for place, number in zip((-34, 0), chunk, strict=True):
            drawing.rect(centre + place, 20, 34, 34, BLUE_PALE, stroke=BLUE_TINT)
            drawing.middle(centre + place + 17, 42, f"{number}", font_size=17)
        drawing.arrow((centre, 58), (centre, 90), SOFT)
    drawing.text(16, 42, "chunks", SOFT)
    drawing.text(16, 122, "reduce", SOFT)
    for round_number, (upper, lower) in enumerate(pairwise(rows), start=1):
        drawing.text(16, lower.y + 4, f"round {round_number}", SOFT)
        for start, end, factor in upper.edges(lower):
            tone = ORANGE if factor else SOFT
            drawing.arrow((start, upper.y + 27), (end, lower.y - 29), tone)
            if factor:
                aside = 20 if start > end else -20
                drawing.text(
                    (start + end) / 2 + aside,
                    (upper.y + lower.y) / 2 + 6,
                    f"\u00d7 {factor}",
                    ORANGE,
                    text_anchor="start" if start > end else "end",
                )
    for row in rows:
        for (m, d), x in zip(row.tallies, row.centres, strict=True):
            drawing.rect(x - 61, row.y - 26, 122, 52, WHITE, stroke=BLUE, rx=6)
            drawing.middle(x, row.y - 5, f"m = {m:g}")
            drawing.middle(x, row.y + 16, f"d = {d:g}" if d == round(d) else f"d = {d:.6f}")
    return drawing


@dataclass(frozen=True)
class Row:
    """Tallies side by side, and the height they stand at."""

    tallies: list[Tally]
    centres: list[float]
    y: float

    def merged(self, below: float) -> Row:
        tallies, centres = [], []
        for n in range(0, len(self.tallies), 2):
            (ma, da), (mb, db) = self.tallies[n : n + 2]
            m = max(ma, mb)
            tallies.append((m, da * math.exp(ma - m) + db * math.exp(mb - m)))
            centres.append(sum(self.centres[n : n + 2]) / 2)
        return Row(tallies, centres, self.y + below)

    def edges(self, lower: Row) -> Iterator[tuple[float, float, str]]:
        """From where to where, and the factor of d unless that is 1."""
        for n, ((old, _), start) in enumerate(zip(self.tallies, self.centres, strict=True)):
            m, _ = lower.tallies[n // 2]
            end = lower.centres[n // 2] + (-24 if n % 2 == 0 else 24)
            yield start, end, f"e^({old:g}\u2212{m:g})" if old < m else ""


# ------------------------------------------------------------------ all of them


def figures() -> dict[str, str]:
    """Each file's name and text."""
    drawings = {
        "exp-ceiling": exp_ceiling(),
        "walks-counted": walks("Walks of the naive and the stable softmax", [NAIVE, STABLE]),
        "rescale": rescale(),
        "merge-tree": merge_tree(),
        "walks-three-two-one": walks("Three walks, two, one", [STABLE, ONLINE, FUSED]),
    }
    return {f"{name}.svg": drawing.svg() for name, drawing in drawings.items()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in figures().items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")
