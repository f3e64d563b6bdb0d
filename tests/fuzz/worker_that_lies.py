"""A worker that says whatever it likes, and all that the grader does with what it hears.

Nothing here draws by itself: ``pick(n)`` gives a number below n, of hypothesis or of atheris.
"""

from __future__ import annotations

import contextlib
import json
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.expect import Tolerance, Verdict, expect_close, oracle, set_tolerances
from autograder.parsing import Parser, Unparsable, members, without_outputs
from autograder.process import Clock, Work
from autograder.sandbox import wire
from autograder.sandbox.archive import BadArchive, BadMember
from autograder.sandbox.client import WorkerDied
from autograder.sandbox.confine import Limits
from autograder.sandbox.loader import Source, StudentCode
from autograder.sheet import Sheet
from autograder.student import Student

Pick = Callable[[int], int]

CODE = StudentCode([Source("exercises/f.py", "def f(x): return g(x)\n", notebook=False)], {"f": 0})
NOTEBOOK = StudentCode([Source("f.ipynb", "{}", notebook=True)], {"f": 0})

# ------------------------------------------------------------------ what it says

ODD = [
    *(None, True, False, 0, 1, -1, 3, 255, 1 << 31, 1 << 63, -(1 << 70), 0.5, 1e308, "", "x"),
    *(
        "nan",
        "0x1p-3",
        "0x1p99999",
        "9" * 50,
        "9" * 30,
        "cell 3",
        "exercises/f.py",
        "f",
        [],
        [[]],
        {},
        {"a": []},
    ),
    *("ValueError", "MemoryError", "SyntaxError", "ModuleNotFoundError", "OSError", "max", "sum"),
]
TAGS = [
    *("array", "scalar", "float", "int", "bool", "none", "tuple", "list", "opaque"),
    *("text", "strided", "handle", "?"),
]
DTYPES = [*wire.DTYPES, "<f2", ">f8", "|O", "|S9", "<U4", "", "f8", "<m8[s]"]
OPS = ["returned", "raised", "loaded", "missing", "ask", "answers", "archive", "member", "cells"]
FIELDS = [
    *("values", "value", "type", "bases", "where", "own", "unfit", "errno", "module", "message"),
    *("found", "handle", "reduce", "notes", "printed", "line", "names", "regular", "problem"),
    "left_out",
]


def odd(pick: Pick, depth: int = 0) -> Any:
    """Any JSON."""
    if depth < 3 and pick(4) == 0:
        return [odd(pick, depth + 1) for _ in range(pick(4))]
    return ODD[pick(len(ODD))]


def value(pick: Pick, body: bytearray, depth: int = 0) -> Any:
    """A description of a value, right or nearly so, and bytes for it."""
    if pick(8) == 0:
        return odd(pick)
    tag = TAGS[pick(len(TAGS))]
    if tag in ("tuple", "list"):
        count = pick(4) if depth < 12 else 0
        return [tag, [value(pick, body, depth + 1) for _ in range(count)]]
    if tag in ("array", "scalar", "strided"):
        dtype = DTYPES[pick(len(DTYPES))]
        shape: list[Any] = [pick(4) for _ in range(pick(4))]
        size = 1
        for n in shape:
            size *= n
        body += bytes(pick(256) for _ in range(min(64, size * 8 + pick(3) - 1)))
        if shape and pick(6) == 0:
            shape[pick(len(shape))] = odd(pick)
        return [tag, dtype, shape] if tag == "array" else [tag, dtype, shape][: 2 + pick(2)]
    if tag == "float":
        return [tag, odd(pick) if pick(3) == 0 else float(pick(1000) - 500).hex()]
    if tag == "int":
        return [tag, odd(pick) if pick(3) == 0 else str(pick(1000) - 500)]
    return [tag, *(odd(pick) for _ in range(pick(4)))]


def frame(pick: Pick) -> bytes:
    """One frame, or what might be taken for one."""
    body = bytearray()
    header: dict[str, Any] = {"op": OPS[pick(len(OPS))]}
    for _ in range(pick(5)):
        header[FIELDS[pick(len(FIELDS))]] = odd(pick)
    if pick(4):
        header["values"] = [value(pick, body) for _ in range(pick(4))]
    if pick(3) == 0:
        header["value"] = value(pick, body)
    text = json.dumps(header).encode()
    lengths = [len(text), len(body)]
    if pick(10) == 0:
        lengths[pick(2)] = [0, 1, 1 << 20, 1 << 31, len(text) - 1][pick(5)]
    made = bytearray(struct.pack("<IQ", *(n % (1 << 32) for n in lengths)) + text + body)
    for _ in range(pick(3) if pick(6) == 0 else 0):
        made[pick(len(made))] = pick(256)
    return bytes(made[: pick(len(made))] if pick(12) == 0 else made)


# ------------------------------------------------------------------ who hears it


class Said(wire.Pipe):
    """A pipe on which all has been said."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._data = data

    def read_some(self, buffer: memoryview) -> int:
        part = self._data[: len(buffer)]
        self._data = self._data[len(part) :]
        buffer[: len(part)] = part
        return len(part)


class LyingWorker:
    """Stands in for ``sandbox.client.WorkerProcess``."""

    alive = True
    grown = 0

    def __init__(self, said: bytes) -> None:
        self._pipe = Said(said)

    def greet(self) -> None:
        pass

    def tell(self, header: dict[str, Any], body: list[memoryview], deadline: float) -> None:
        pass

    def hear(self, deadline: float, size_cap: int) -> tuple[dict[str, Any], wire.Unpacker]:
        try:
            header, body = wire.receive(self._pipe, size_cap)
        except EOFError:
            raise WorkerDied(0) from None
        return header, wire.Unpacker(body)

    def end(self) -> None:
        self.alive = False


class LyingServer:
    """Stands in for ``sandbox.client.ForkServer``: each worker says the same."""

    def __init__(self, said: bytes) -> None:
        self._said = said

    def spawn(self, limits: Limits) -> LyingWorker:
        return LyingWorker(self._said)


LIMITS = Limits(1 << 20, 1)
LOADED = struct.pack("<IQ", 15, 0) + b'{"op":"loaded"}'
KINDS = {"f": "array", "g": "pair", "h": "number", "k": "array or number"}


@oracle
def same(x: np.ndarray) -> np.ndarray:
    return x


def believe(said: bytes, kind: int) -> None:
    """Let each part of the grader hear it; only what is theirs to raise may come of it."""
    set_tolerances({"float64": Tolerance(relative=1e-9, scale=8)})
    server: Any = LyingServer(said if kind % 2 else LOADED + said)
    x = np.ones(3)
    work = Work(
        "f",
        "exercises/f.py",
        KINDS,
        {},
        NOTEBOOK if kind == 6 else CODE,
        server,
        Clock(60.0),
        LIMITS,
    )
    student = Student(work)
    student.begin_test()
    with contextlib.suppress(Verdict, Unparsable, BadArchive, BadMember):
        if kind in (0, 1, 6):
            expect_close(student.f(x), same(x), about="three numbers")
        elif kind == 2:
            student.g.each(([x], {}), ([student.stream([1.0, 2.0])], {}))
            student.g(student.stream(np.ones(20_000)))
        elif kind == 3:
            sheet = Sheet("f", CODE.sources[0], server, Clock(60.0), LIMITS)
            sheet.number("x")
        elif kind == 4:
            student.f.on_ranks([x, x])
        elif kind == 5:
            with contextlib.closing(Parser(server)) as parser:
                for member in members(parser, b"", ".zip")[0]:
                    member.read(10)
        elif kind == 7:
            without_outputs(NOTEBOOK, server)
        elif kind == 8:
            student.k.with_inputs(x, axis=0)
        else:
            student.h(x)
    student.close()


CONVERSATIONS = 10
