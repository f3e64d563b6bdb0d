"""The class's ranking of GPU tasks: who opted in, by nickname, and how near each came to the bound.

Only what a student has chosen to show gets here. Which submission a nickname stands for does not,
so no page can tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from autograder.report.engine import template
from autograder.report.inert import plain
from autograder.report.speed import Shape, Speed, speed
from autograder.result import Result

__all__ = ["Board", "Entry", "Place", "Ranking", "leaderboard", "to_html"]

_NICKNAME = 24


@dataclass(frozen=True)
class Place:
    """One student's place in one ranking.

    Attributes
    ----------
    rank
        From 1. Who has the same share, as it is shown, has the same rank, and the next ones are
        counted on from there: 1, 1, 3.
    share
        Of the bound, in hundredths.
    rate
        Such as "1,234 GB/s"; empty if it is not known.
    """

    rank: int
    nickname: str
    share: int
    rate: str
    card: str

    @property
    def written(self) -> str:
        return f"{self.share / 100:.2f}"


@dataclass(frozen=True)
class Ranking:
    """Everybody who was timed with one shape of inputs.

    Attributes
    ----------
    bounds
        What was measured beside it, which shares are of; more than one where cards differ.
    """

    shape: str
    about: str
    bounds: tuple[str, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Board:
    """One task: a ranking for each shape, in the order in which the task has them."""

    task: str
    rankings: tuple[Ranking, ...]

    @property
    def cards(self) -> tuple[str, ...]:
        """All that anything was measured on."""
        return tuple(sorted({place.card for r in self.rankings for place in r.places}))


@dataclass(frozen=True)
class Entry:
    """What a student showed of one task."""

    nickname: str
    speed: Speed

    def shape(self, name: str) -> Shape | None:
        """Timed with this shape; None if it has no share of its bound."""
        shapes = (s for s in self.speed.shapes if s.name == name and s.fraction is not None)
        return next(shapes, None)


def leaderboard(results: Sequence[Result]) -> tuple[Board, ...]:
    """Rank all who opted in and were measured, for each GPU task and shape.

    Parameters
    ----------
    results
        Of a class.
    """
    tasks: dict[str, list[Entry]] = {}
    for result in results:
        for exercise in result.exercises:
            nickname = plain(exercise.nickname or "", limit=_NICKNAME)
            timed = speed(exercise.measurements)
            if nickname and timed:
                tasks.setdefault(plain(exercise.name), []).append(Entry(nickname, timed))
    boards = (Board(task, tuple(_rankings(entries))) for task, entries in tasks.items())
    return tuple(board for board in boards if board.rankings)


def to_html(results: Sequence[Result]) -> str:
    """Write the ranking as a page that needs nothing else, runs nothing and names nobody."""
    return template("leaderboard.html").render(boards=leaderboard(results))


def _rankings(entries: Sequence[Entry]) -> Iterator[Ranking]:
    # In the order of the tests, which whoever was timed with most shapes knows best.
    longest = sorted(entries, key=lambda e: len(e.speed.shapes), reverse=True)
    names = dict.fromkeys(s.name for e in longest for s in e.speed.shapes)
    for name in names:
        timed = [(e, shape) for e in entries if (shape := e.shape(name))]
        if timed:
            shapes = [shape for _, shape in timed]
            bounds = tuple(sorted({s.of for s in shapes}))
            yield Ranking(name, shapes[0].about, bounds, tuple(_places(timed)))


def _places(timed: Iterable[tuple[Entry, Shape]]) -> Iterator[Place]:
    # Two measurements of one kernel differ by a percent or two: there is no more to rank by.
    rows = [
        (round(100 * (shape.fraction or 0.0)), entry.nickname, shape.rate, entry.speed.card.name)
        for entry, shape in timed
    ]
    rows.sort(key=lambda row: (-row[0], row[1].casefold(), row[1:]))
    ranks: dict[int, int] = {}
    for number, (share, nickname, rate, card) in enumerate(rows, start=1):
        yield Place(ranks.setdefault(share, number), nickname, share, rate, card)
