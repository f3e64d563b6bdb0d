"""Launches that need the same code share it, and no others do."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.process import Clock, Work
from autograder.sandbox.confine import Limits
from autograder.sandbox.loader import Source, StudentCode
from autograder.sandbox.servers import Servers
from autograder.triton_tasks.binary import Binary
from autograder.triton_tasks.program import Choice, Launch, Program, Storage, Tensor
from autograder.triton_tasks.workers import Compiler

pytest.importorskip("triton")

TEXT = """
import triton
import triton.language as tl

@triton.jit
def first(x, n, N: tl.constexpr):
    at = tl.arange(0, N) + n
    tl.store(x + at, tl.load(x + at) + 1)

@triton.jit
def second(x, n, N: tl.constexpr):
    at = tl.arange(0, N) + n
    tl.store(x + at, tl.load(x + at) + 2)
"""
X = Tensor(0, "float32", (4096,), (1,))


def compiler(servers: Servers) -> Compiler:
    code = StudentCode([Source("gpu_tasks/t.py", TEXT, False)], {"t": 0}, ["t"])
    work = Work(
        *("t", "gpu_tasks/t.py", {"t": "array"}, {}, code, servers["compile"]),
        *(Clock(60, left=60), Limits(1 << 30, 60)),
    )
    return Compiler(work, servers, "compile")


def launch(n: int = 32, block: int = 512, kernel: str = "first", **more: Any) -> Launch:
    x = more.pop("x", X)
    return Launch(kernel, (Choice((1, 1, 1), {"x": x, "n": n, "N": block}, more),))


LAUNCHES = {
    "as it is": (launch(), 90),
    "another number that 16 divides": (launch(n=64), 90),
    "one that it does not": (launch(n=7), 90),
    "a one, which is a constant": (launch(n=1), 90),
    "one of 64 bits": (launch(n=1 << 40), 90),
    "another block": (launch(block=1024), 90),
    "other warps": (launch(num_warps=8), 90),
    "another kernel": (launch(kernel="second"), 90),
    "memory that begins elsewhere": (launch(x=Tensor(0, "float32", (4000,), (1,), 1)), 90),
    "another type": (launch(x=Tensor(0, "float16", (4096,), (1,))), 90),
    "another card": (launch(), 80),
}


def built(by: Compiler, step: Launch, capability: int) -> Binary:
    program = Program((Storage(1 << 14, 0),), (step,), X)
    (((_, binary),),) = by.build(program, [1 << 14], 1 << 14, capability)
    return binary


def test_code_that_is_kept_is_what_would_be_made_anew(servers: Servers):
    keeps = compiler(servers)
    kept = {name: built(keeps, *asked) for name, asked in LAUNCHES.items()}
    again = {name: built(keeps, *asked) for name, asked in reversed(LAUNCHES.items())}
    keeps.close()
    for name, asked in LAUNCHES.items():
        alone = compiler(servers)
        assert kept[name] == again[name] == built(alone, *asked), name
        alone.close()
    first, like_it, *others = (binary.code for binary in kept.values())
    assert first == like_it
    assert first not in others
