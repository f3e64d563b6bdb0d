"""Tables are read as spreadsheets write them, and written so that nothing in them runs."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.errors import UsageError
from autograder.exchange.table import read_table, safe, to_csv


@pytest.fixture
def table(tmp_path: Path):
    def read(data: str | bytes):
        path = tmp_path / "table.csv"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return read_table(path)

    return read


ROWS = [{"name": "Zoë, Dr.", "points": "1,5"}, {"name": "Bob", "points": ""}]


@pytest.mark.parametrize(
    "data",
    [
        'name,points\n"Zoë, Dr.","1,5"\nBob,\n'.encode(),
        'name,points\r\n"Zoë, Dr.","1,5"\r\nBob,\r\n'.encode("utf-8-sig"),
        "name;points\r\nZoë, Dr.;1,5\r\nBob;\r\n".encode("utf-8-sig"),  # Excel, in Europe
        "name\tpoints\r\nZoë, Dr.\t1,5\r\nBob\t\r\n".encode("utf-16"),  # its "Unicode text"
        '\n name , points,\n"Zoë, Dr.","1,5",\n,,\nBob\n'.encode(),
        'name,points\r"Zoë, Dr.","1,5"\rBob,\r'.encode(),
    ],
    ids=["plain", "marked", "semicolons", "tabs", "ragged", "old"],
)
def test_what_spreadsheets_write_is_read(table, data):
    assert [row.cells for row in table(data).rows] == ROWS


def test_a_row_knows_its_line(table):
    read = table('name\n"two\nlines"\n\nthird\n')
    assert [row.line for row in read.rows] == [3, 5]
    assert str(read.error(read.rows[1], "no")).endswith("table.csv, line 5: no")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"\n , \n", "is empty"),
        ("name\nZoë\n".encode("latin-1"), "line 2: not UTF-8; save it as"),
        (b"name,name\n", "two columns are named 'name'"),
        (b"name,points\na,b,c\n", "line 2: 3 cells, but 2 columns"),
        (b'name\n"open', "line 2: not CSV"),
        (b"name\n" + b"x" * 200_000, "line 2: not CSV"),
    ],
)
def test_what_cannot_be_read_is_told(table, data, said):
    with pytest.raises(UsageError) as error:
        table(data)
    assert "table.csv" in str(error.value)
    assert said in str(error.value)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(UsageError, match=r"none\.csv cannot be read: No such file"):
        read_table(tmp_path / "none.csv")


FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\xa0=1",
    "\u200b=1",
    "\ufeff=1",
    "\uff1d1",
    "\uff0b1+1",
    "\uff0d1+1",
    "\uff20SUM(A1)",
    "\ufe66=1",
    "\u22121+1",
    '"=1"',
    "'=1",
    "=cmd|' /C calc'!A0",
    "Bob;=1+1",
    'Bob;"=1+1"',
    "Bob; @SUM(A1);x",
    "-",
    "-5;=1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_is_a_formula(text):
    written = to_csv([["name", "x"], [text, "y"]])
    # As a spreadsheet splits it, by commas or, where commas are for decimals, by semicolons.
    for separator in ",;":
        for row in csv.reader(io.StringIO(written, newline=""), delimiter=separator):
            for cell in row:
                assert cell.strip(" \"'")[:1] not in set(
                    "=+-@\uff1d\uff0b\uff0d\uff20\u2212"
                ) or cell.startswith("'")


@given(st.text())
@example("a\r\n=1")
def test_text_stays_one_cell_in_one_line(text):
    written = to_csv([[text, 1.5]])
    (row,) = csv.reader(io.StringIO(written, newline=""))
    assert row == [safe(text), "1.5"]
    assert written.count("\n") == 1
    assert safe(safe(text)) == safe(text)


@pytest.mark.parametrize(
    "text", ["Ada", "O'Brien", "Zoë-Marie", "a=b", "x@y.org", "Doe, Jane", "-5", "007", "+1.5"]
)
def test_harmless_text_is_left_alone(text):
    assert safe(text) == text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (-4.1, "-4.1"),
        (0.0, "0"),
        (-0.0, "0"),
        (10.0, "10"),
        (1e-7, "0"),
        (1e9, "1000000000"),
        (1 / 3, "0.333333"),
        (None, ""),
    ],
)
def test_numbers_stay_numbers(value, written):
    assert to_csv([[value, "x"]]) == f"{written},x\r\n"


def test_a_mark_only_where_it_matters():
    assert to_csv([["Zoë"]], mark=True) == "\ufeffZoë\r\n"
    assert to_csv([["Zoe"]], mark=True) == "Zoe\r\n"
    assert to_csv([["Zoë"]]) == "Zoë\r\n"
