"""The reference kernels: right however a row is cut, never waiting in vain, and without spills."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeAlias

import ml_dtypes
import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

from autograder.kit import Kit
from autograder.process import Clock, Work
from autograder.sandbox.confine import Limits
from autograder.sandbox.loader import Source, StudentCode
from autograder.sandbox.servers import Servers
from autograder.triton_tasks.program import Choice, Launch, Program
from autograder.triton_tasks.task import TritonTask
from autograder.triton_tasks.workers import Compiler, Recorder, span
from tests.conftest import ROOT

Array: TypeAlias = np.ndarray[Any, Any]

ANY = 1 << 50  # bytes: nothing is allocated where a call is only recorded
HOPPER = 90
REGISTERS = 65_536  # of a multiprocessor, from a T4 to an H200
IN_FLIGHT = 40 << 10  # bytes that a multiprocessor of an H200 must have asked for, or it idles


@pytest.fixture(scope="module")
def work(whole_kit: Kit, servers: Servers) -> Callable[..., Work]:
    """A reference as if it were handed in, with some of its text exchanged."""

    def made(name: str, **instead: str) -> Work:
        known = whole_kit.exercises[name]
        text = (ROOT / f"reference/gpu/{name}.py").read_text()
        for constant, value in instead.items():
            before = next(line for line in text.splitlines() if line.startswith(f"{constant} ="))
            text = text.replace(before, f"{constant} = {value}")
        return Work(
            name=name,
            path=known.path,
            functions=known.functions,
            signatures=known.signatures,
            code=StudentCode([Source(known.path, text)], {name: 0}, [name]),
            server=servers["record"],
            clock=Clock(60.0),
            limits=Limits(1 << 30, 600),
        )

    return made


@pytest.fixture(scope="module")
def cut_small(work: Callable[..., Work], servers: Servers) -> Iterator[TritonTask]:
    """``online_softmax`` that cuts rows of more than 32 numbers into chunks of 16."""
    small = work("online_softmax", ON_CHIP="32", CHUNK="16")
    task = TritonTask(small, servers, {}, {}, (), ROOT)
    task.begin_test()
    yield task
    task.close()


def exact(x: Array) -> Array:
    e = np.exp(np.float64(x) - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("rows", "lengths"),
    [(1, (33, 48, 65, 300)), (2, (33, 64, 300)), (5, (48, 65, 300)), (30, (33, 65))],
)
def test_rows_in_any_number_of_chunks(cut_small: TritonTask, rows: int, lengths: tuple[int, ...]):
    """Fewer rows and more than a row is written behind; a last chunk of one number, and a full one.

    The interpreter runs one program after the other, so one that waited for a later one would
    never end.
    """
    random = np.random.default_rng(rows)
    for cols in lengths:
        x = random.normal(0, 4, (rows, cols)).astype(np.float32)
        run = cut_small.run(x)
        np.testing.assert_allclose(run.output, exact(x), rtol=1e-5, atol=1e-7)
        assert run.walks_read(0) == 2


def test_rows_of_several_chunks_that_have_no_answer_spoil_no_other(cut_small: TritonTask):
    random = np.random.default_rng(0)
    wide = random.normal(0, 4, (6, 128)).astype(np.float32)
    x = wide[:, :100]  # rows that lie apart
    x[1] = -np.inf
    x[2, 40] = np.nan
    x[3, 99] = np.inf
    x[4, :48] = -np.inf  # three whole chunks
    output = cut_small.run(x).output
    assert np.isnan(output[1:4]).all()
    assert not output[4, :48].any()
    right = [0, 4, 5]
    np.testing.assert_allclose(output[right], exact(x[right]), rtol=1e-5, atol=1e-7)


@pytest.fixture(scope="module")
def recorded(work: Callable[..., Work], servers: Servers) -> Callable[..., Program]:
    """What a reference does with arrays of these shapes."""

    def program(name: str, *arrays: Array, **named: Any) -> Program:
        with closing(Recorder(work(name), servers)) as recorder:
            return recorder.record(name, arrays, named, ANY)

    return program


@contextmanager
def closing(worker: Any) -> Iterator[Any]:
    worker._work.clock.restart()
    try:
        yield worker
    finally:
        worker.close()


def empty(*shape: int, dtype: Any = np.float32) -> Array:
    """An array that says it is this large and takes no memory."""
    strides = [int(np.prod(shape[i + 1 :])) * np.dtype(dtype).itemsize for i in range(len(shape))]
    return as_strided(np.zeros(1, dtype), shape, strides)


def launches(program: Program) -> Iterator[tuple[Launch, Choice]]:
    """Each launch, and each way to make it."""
    for step in program.steps:
        if isinstance(step, Launch):
            for choice in step.choices:
                yield step, choice


@pytest.mark.parametrize(
    ("rows", "cols"),
    [(1, 16_385), (1, 1 << 20), (7, 20_000), (2_000, 32_768), (700, 131_072), (3, 1 << 24)],
)
def test_no_program_waits_for_one_with_a_higher_number(
    recorded: Callable[..., Program], rows: int, cols: int
):
    """By what the kernel does with its number, for launches too large to run here."""
    ((launch, choice),) = launches(recorded("online_softmax", empty(rows, cols)))
    assert launch.kernel == "long_rows"
    chunks, behind = choice.arguments["n_chunks"], choice.arguments["behind"]
    assert isinstance(chunks, int)
    assert isinstance(behind, int)
    number = np.arange(choice.grid[0])
    row, chunk = np.divmod(number, chunks)
    takes_in = row < rows
    assert takes_in.sum() == rows * chunks
    writes = row >= behind
    written = (row[writes] - behind) * chunks + chunk[writes]
    assert np.array_equal(written, np.arange(rows * chunks))  # each once
    last_that_is_waited_for = (row[writes] - behind) * chunks + chunks - 1
    assert (last_that_is_waited_for < number[writes]).all()
    assert behind * chunks <= 64 + chunks  # the cache still has it


@pytest.fixture(scope="module")
def compiled(
    work: Callable[..., Work], recorded: Callable[..., Program], servers: Servers
) -> Callable[..., Iterator[tuple[Choice, int, int]]]:
    """Registers and spilled bytes of each way to launch a reference's kernels on an H100."""

    def figures(name: str, *arrays: Array, **named: Any) -> Iterator[tuple[Choice, int, int]]:
        program = recorded(name, *arrays, **named)
        with closing(Compiler(work(name), servers, "compile")) as compiler:
            for launch, choice in launches(program):
                alone = replace(program, steps=(replace(launch, choices=(choice,)),))
                spans = [span(a) for a in arrays]
                ((_, _, registers, spilled, _),) = compiler.compile(alone, spans, ANY, [HOPPER])
                yield choice, registers, spilled

    return figures


@pytest.mark.parametrize("dtype", [np.float32, ml_dtypes.bfloat16])
@pytest.mark.parametrize("cols", [1024, 16_384, 50_257, 131_072, 1 << 20])
def test_softmax_keeps_the_memory_busy(compiled: Callable[..., Any], cols: int, dtype: Any):
    """No spills, and enough programs on a multiprocessor at a time, each with its block."""
    x = empty(4096, cols, dtype=dtype)
    ((choice, registers, spilled),) = compiled("online_softmax", x)
    assert spilled == 0
    of_program = -(-registers // 8) * 8 * 32 * choice.options["num_warps"]
    blocks = [choice.arguments.get(name, 1) for name in ("ROWS", "BLOCK", "CHUNK")]
    held = int(np.prod(blocks)) * x.itemsize  # type: ignore[arg-type]
    assert REGISTERS // of_program * held >= IN_FLIGHT


@pytest.mark.parametrize("dim", [64, 128])
def test_attention_does_not_spill_whichever_way_it_is_launched(
    compiled: Callable[..., Any], dim: int
):
    q = empty(2, 16, 8192, dim, dtype=ml_dtypes.bfloat16)
    figures = list(compiled("flash_attention", q, q, q, causal=True))
    assert len(figures) > 1
    assert [spilled for _, _, spilled in figures] == [0] * len(figures)
