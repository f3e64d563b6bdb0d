"""What ``autograder bench`` measured: on a terminal, and as one self-contained page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.report.chart import Chart, chart, short
from autograder.report.engine import template

__all__ = ["print_bench", "to_html"]

_MEASURES = {"copy": "share of the card's own copy", "arithmetic": "TFLOP/s"}


@dataclass(frozen=True)
class _Panel:
    """One chart and the table that says the same.

    Attributes
    ----------
    rows
        Each a length, and a cell for each name.
    notes
        Why cells are empty.
    """

    title: str
    measure: str
    unit: str
    names: list[str]
    rows: list[tuple[str, list[str]]]
    notes: list[str]
    chart: Chart | None


@dataclass(frozen=True)
class _Built:
    """What a reference takes of cards: rows of cells, and why some are missing."""

    title: str
    rows: list[list[str]]
    notes: list[str]


_BUILT_HEAD = (
    "card", "length", "kernel", "registers", "spilled bytes", "shared bytes", "occupancy",
)  # fmt: skip


_FIRST = "* the first of several configurations; which is fastest, a card decides"


def print_bench(document: Mapping[str, Any], console: Console) -> None:
    """Print every table of a bench."""
    console.print(Text(_heading(document)), soft_wrap=True)
    for panel in _panels(document):
        console.print()
        console.print(Text(f"{panel.title}: {panel.measure}", "bold"), soft_wrap=True)
        table = _table([panel.unit, *panel.names])
        for length, cells in panel.rows:
            table.add_row(length, *cells)
        console.print(table)
        for note in panel.notes:
            console.print(Text(f"  {note}"), soft_wrap=True)
    for built in _built(document):
        console.print()
        console.print(Text(f"{built.title}: as compiled", "bold"), soft_wrap=True)
        table = _table(_BUILT_HEAD)
        for cells in built.rows:
            table.add_row(*cells)
        console.print(table)
        for note in built.notes:
            console.print(Text(f"  {note}"), soft_wrap=True)


def to_html(document: Mapping[str, Any]) -> str:
    """The same as a page that needs nothing else, with a chart for each table."""
    return template("bench.html").render(
        heading=_heading(document),
        facts=_facts(document),
        panels=_panels(document),
        built=_built(document),
        built_head=_BUILT_HEAD,
    )


def _table(head: Sequence[str]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in head:
        is_word = name in (head[0], "length", "kernel")
        table.add_column(Text(name), justify="left" if is_word else "right", max_width=18)
    return table


def _heading(document: Mapping[str, Any]) -> str:
    card = document["card"]
    if card is None:
        return "There is no card here: this is what the compiler says of the reference kernels."
    return f"The reference kernels on {card['name']}"


def _facts(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    facts = [("measured" if document["card"] else "compiled", document["measured_at"])]
    facts += [(name, str(v)) for name, v in document["versions"].items() if v is not None]
    if card := document["card"]:
        facts.append(("driver", card["driver"]))
        copies = sorted(f["copy_gbps"] for f in document["figures"] if f["copy_gbps"])
        if copies:
            facts.append(("its own copy", f"{copies[len(copies) // 2]:,.0f} GB/s"))
        if matmul := document["matmul_tflops"]:
            facts.append(("its own matrix product", f"{matmul:,.0f} TFLOP/s"))
    return facts


def _panels(document: Mapping[str, Any]) -> list[_Panel]:
    panels = []
    for _, of_task in groupby(document["figures"], lambda f: f["task"]):
        figures = list(of_task)
        names = dict.fromkeys(f["implementation"] for f in figures)
        numbers = {name: number for number, name in enumerate(names)}
        for _, of_panel in groupby(figures, lambda f: f["panel"]):
            panels.append(_panel(list(of_panel), numbers, document["matmul_tflops"]))
    return panels


def _panel(
    figures: Sequence[Mapping[str, Any]], numbers: Mapping[str, int], matmul: float | None
) -> _Panel:
    first = figures[0]
    is_copy = first["bound"] == "copy"
    key = "fraction" if is_copy else "tflops"
    names = [n for n in numbers if any(f["implementation"] == n for f in figures)]
    by_place = {(f["length"], f["implementation"]): f for f in figures}
    lengths = sorted({f["length"] for f in figures})
    rows = [(short(n), [_cell(by_place.get((n, name)), key) for name in names]) for n in lengths]
    values = {
        name: {n: by_place[n, name][key] for n in lengths if by_place.get((n, name), {}).get(key)}
        for name in names
    }
    bound = (1.0, "") if is_copy else (matmul or 0.0, "the card's matrix product")
    return _Panel(
        title=f"{first['task']}, {first['panel']}",
        measure=_MEASURES[first["bound"]],
        unit=first["unit"],
        names=names,
        rows=rows,
        notes=_notes(figures),
        chart=chart(values, numbers, bound) if any(values.values()) else None,
    )


def _cell(figure: Mapping[str, Any] | None, key: str) -> str:
    if figure is None or figure[key] is None:
        return "-"
    return f"{figure[key]:.3f}" if key == "fraction" else f"{figure[key]:,.0f}"


def _notes(figures: Sequence[Mapping[str, Any]]) -> list[str]:
    """Why there is no figure, said once for all lengths that have the same reason."""
    lengths: dict[tuple[str, str], list[int]] = {}
    for f in figures:
        if f["why"]:
            lengths.setdefault((f["implementation"], f["why"]), []).append(f["length"])
    every = sorted({f["length"] for f in figures})
    return [f"{name}, {_span(at, every)}: {why}" for (name, why), at in lengths.items()]


def _built(document: Mapping[str, Any]) -> list[_Built]:
    panels: dict[str, list[Mapping[str, Any]]] = {}
    for build in document["builds"]:
        panels.setdefault(f"{build['task']}, {build['panel']}", []).append(build)
    found = []
    for title, builds in panels.items():
        # Lengths for which a kernel takes the same share a row.
        rows: dict[tuple[str, ...], list[int]] = {}
        notes: dict[str, list[int]] = {}
        for build in builds:
            if build["why"]:
                notes.setdefault(build["why"], []).append(build["length"])
            else:
                rows.setdefault(_built_cells(build), []).append(build["length"])
        every = sorted({build["length"] for build in builds})
        found.append(
            _Built(
                title,
                [[cells[0], _span(lengths, every), *cells[1:]] for cells, lengths in rows.items()],
                [
                    *(f"{_span(lengths, every)}: {why}" for why, lengths in notes.items()),
                    *([_FIRST] if any(cells[1].endswith("*") for cells in rows) else []),
                ],
            )
        )
    return found


def _span(lengths: Sequence[int], every: Sequence[int]) -> str:
    """Some of all lengths: those that follow each other as a range."""
    first = every.index(lengths[0])
    if len(lengths) > 1 and list(lengths) == every[first : first + len(lengths)]:
        return f"{short(lengths[0])} to {short(lengths[-1])}"
    return ", ".join(map(short, lengths))


def _built_cells(build: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        f"sm_{build['capability']}",
        build["kernel"] if build["configurations"] == 1 else f"{build['kernel']} *",
        str(build["registers"]),
        f"{build['spilled_bytes']:,}",
        f"{build['shared_bytes']:,}",
        f"{build['occupancy']:.2f}",
    )
