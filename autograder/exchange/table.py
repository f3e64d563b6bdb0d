"""Tables as CSV files: read as spreadsheets write them, written so that they run nothing there.

A spreadsheet takes a cell for a formula by its first character, and a formula can send what is
in the table elsewhere. Names come from students; so no text is written that begins like one.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import UsageError
from autograder.report.inert import plain

__all__ = ["Row", "Table", "read_table", "safe", "to_csv"]

_LIMIT = 64 << 20  # bytes; a table of 100,000 students has about ten million

# Not all of them in every spreadsheet: a full-width sign is one where such are typed, and the
# minus sign proper is read as one by some.
_SIGNS = re.compile(r"""["\s]*[=+\-@\N{MINUS SIGN}]""")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True)
class Row:
    """One row: its cells by column, stripped, and the line that it ends on."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """A table with a header; `columns` as they are written there."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def error(self, row: Row, what: str) -> UsageError:
        """The error that something is wrong with a row."""
        return UsageError(f"{self.path}, line {row.line}: {what}")


def read_table(path: Path) -> Table:
    """Read a CSV file with a header, separated by commas, semicolons or tabs.

    Raises
    ------
    UsageError
        With file, line, and what would be right.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    if len(data) > _LIMIT:
        raise UsageError(f"{path} has more than {_LIMIT >> 20} MiB; is it a table of students?")
    text = _decoded(path, data)
    header_line = text.lstrip("\r\n").partition("\n")[0]
    separator = max(",;\t", key=header_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    columns: tuple[str, ...] = ()
    rows = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = _header(path, cells)
                continue
            if len(cells) > len(columns) and any(c.strip() for c in cells[len(columns) :]):
                raise UsageError(
                    f"{path}, line {reader.line_num}: {len(cells)} cells, but {len(columns)} "
                    f"columns; put cells with {separator!r} in them in double quotes"
                )
            padded = [*cells, *[""] * (len(columns) - len(cells))]
            row = {c: padded[i].strip() for i, c in enumerate(columns) if c}
            rows.append(Row(reader.line_num, row))
    except csv.Error as error:
        raise UsageError(f"{path}, line {reader.line_num}: not CSV: {error}") from None
    if not columns:
        raise UsageError(f"{path} is empty; its first line names the columns")
    return Table(path, tuple(c for c in columns if c), tuple(rows))


def _decoded(path: Path, data: bytes) -> str:
    # The "Unicode text" of Excel begins with one of these.
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UsageError(
            f"{path}, line {line}: not {encoding.removesuffix('-sig').upper()}; save it as "
            '"CSV UTF-8" in the spreadsheet'
        ) from None


def _header(path: Path, cells: Sequence[str]) -> tuple[str, ...]:
    columns = tuple(cell.strip() for cell in cells)
    for column in columns:
        if column and columns.count(column) > 1:
            raise UsageError(f"{path}: two columns are named {column!r}; rename or remove one")
    return columns


def to_csv(rows: Iterable[Sequence[str | float | None]], *, mark: bool = False) -> str:
    """Write a table as RFC 4180 has it.

    Parameters
    ----------
    rows
        The header first. Text is made safe, numbers stay numbers, None is an empty cell.
    mark
        Begin with a byte order mark where a character is not ASCII: without one a spreadsheet
        that opens the file takes it for one in its own old encoding.
    """
    out = io.StringIO(newline="")
    csv.writer(out).writerows([_cell(value) for value in row] for row in rows)
    text = out.getvalue()
    return text if text.isascii() or not mark else f"\N{BYTE ORDER MARK}{text}"


def _cell(value: str | float | None) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return safe(value)
    # Never in powers of ten, which not every reader knows.
    digits = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if digits == "-0" else digits


def safe(text: str) -> str:
    """The text in one line, with a ``'`` before what would begin a formula.

    A spreadsheet that separates cells by semicolons starts a new cell at each of them, also
    inside of quotes.
    """
    line = plain(text)
    return line if _NUMBER.fullmatch(line) else ";".join(map(_quoted, line.split(";")))


def _quoted(part: str) -> str:
    return f"'{part}" if _SIGNS.match(unicodedata.normalize("NFKC", part)) else part
