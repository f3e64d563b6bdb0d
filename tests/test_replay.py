"""Programs replayed under Triton's interpreter: values, bytes that are touched, faults.

The kernels run in one helper process, because the interpreter is chosen by the environment and
other tests need Triton without it.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest

from autograder.triton_tasks.program import (
    ITEMSIZES,
    Choice,
    Copy,
    Descriptor,
    Dtype,
    Fill,
    Launch,
    Program,
    Storage,
    Tensor,
)
from tests.conftest import ROOT

FILE = "gpu_tasks/student.py"
ALIASES = {
    "triton": "triton",
    "tl": "triton.language",
    "math": "math",
    "libdevice": "triton.language.extra.libdevice",
}

KERNELS = """\
LOG2E = tl.constexpr(1.4426950408889634)

@triton.jit
def add_one(x, y, n, B: tl.constexpr):
    i = tl.program_id(0) * B + tl.arange(0, B)
    v = tl.load(x + i, mask=i < n)
    tl.store(y + i, v + 1, mask=i < n)

@triton.jit
def whole(x, y, sx, N, B: tl.constexpr):
    row, cols = tl.program_id(0), tl.arange(0, B)
    v = tl.load(x + row * sx + cols, mask=cols < N, other=-float("inf")).to(tl.float32)
    e = tl.exp(v - tl.max(v, axis=0))
    tl.store(y + row * N + cols, e / tl.sum(e, axis=0), mask=cols < N)

@triton.jit
def naive(x, y, sx, N, B: tl.constexpr):
    row, cols = tl.program_id(0), tl.arange(0, B)
    d = tl.full((), 0.0, tl.float32)
    for start in range(0, N, B):
        v = tl.load(x + row * sx + start + cols, mask=start + cols < N, other=-float("inf"))
        d += tl.sum(tl.exp(v.to(tl.float32)), axis=0)
    for start in range(0, N, B):
        v = tl.load(x + row * sx + start + cols, mask=start + cols < N, other=-float("inf"))
        tl.store(y + row * N + start + cols, tl.exp(v.to(tl.float32)) / d, mask=start + cols < N)

@triton.jit
def safe(x, y, sx, N, B: tl.constexpr):
    row, cols = tl.program_id(0), tl.arange(0, B)
    m = tl.full((), -float("inf"), tl.float32)
    d = tl.full((), 0.0, tl.float32)
    for start in range(0, N, B):
        v = tl.load(x + row * sx + start + cols, mask=start + cols < N, other=-float("inf"))
        m = tl.maximum(m, tl.max(v, axis=0).to(tl.float32))
    for start in range(0, N, B):
        v = tl.load(x + row * sx + start + cols, mask=start + cols < N, other=-float("inf"))
        d += tl.sum(tl.exp(v.to(tl.float32) - m), axis=0)
    for start in range(0, N, B):
        v = tl.load(x + row * sx + start + cols, mask=start + cols < N, other=-float("inf"))
        e = tl.exp(v.to(tl.float32) - m)
        tl.store(y + row * N + start + cols, e / d, mask=start + cols < N)

@triton.jit
def merge(m, d, v):
    new = tl.maximum(m, tl.max(v, axis=0))
    return new, d * tl.exp(m - new) + tl.sum(tl.exp(v - new), axis=0)

@triton.jit
def online(x, y, sx, N, B: tl.constexpr):
    row, cols = tl.program_id(0), tl.arange(0, B)
    m = tl.full((), -float("inf"), tl.float32)
    d = tl.full((), 0.0, tl.float32)
    for start in range(0, N, B):
        v = tl.load(x + row * sx + start + cols, mask=start + cols < N, other=-float("inf"))
        m, d = merge(m, d, v.to(tl.float32))
    for start in range(0, N, B):
        v = tl.load(x + row * sx + start + cols, mask=start + cols < N, other=-float("inf"))
        e = tl.exp(v.to(tl.float32) - m)
        tl.store(y + row * N + start + cols, (e / d).to(y.dtype.element_ty), mask=start + cols < N)

@triton.jit
def attention(q, k, v, o, T, S, scale, D: tl.constexpr, BM: tl.constexpr, BN: tl.constexpr):
    rows = tl.program_id(0) * BM + tl.arange(0, BM)
    head = tl.program_id(1)
    d = tl.arange(0, D)
    at = rows[:, None] * D + d[None, :]
    qb = tl.load(q + head * T * D + at, mask=rows[:, None] < T, other=0.0)
    m = tl.full((BM,), -float("inf"), tl.float32)
    l = tl.zeros((BM,), tl.float32)
    acc = tl.zeros((BM, D), tl.float32)
    for start in range(0, S, BN):
        cols = start + tl.arange(0, BN)
        inside = cols < S
        first = head * S * D
        turned = first + cols[None, :] * D + d[:, None]
        kb = tl.load(k + turned, mask=inside[None, :], other=0.0)
        vb = tl.load(v + first + cols[:, None] * D + d[None, :], mask=inside[:, None], other=0.0)
        s = tl.where(inside[None, :], tl.dot(qb, kb) * (scale * LOG2E), -float("inf"))
        new = tl.maximum(m, tl.max(s, 1))
        p = tl.exp2(s - new[:, None])
        a = tl.exp2(m - new)
        l = l * a + tl.sum(p, 1)
        acc = acc * a[:, None] + tl.dot(p.to(vb.dtype), vb)
        m = new
    out = (acc / l[:, None]).to(o.dtype.element_ty)
    tl.store(o + head * T * D + at, out, mask=rows[:, None] < T)

@triton.jit
def block_pointers(x, y, M, N, BM: tl.constexpr, BN: tl.constexpr):
    a = tl.make_block_ptr(x, (M, N), (N, 1), (tl.program_id(0) * BM, 0), (BM, BN), (1, 0))
    b = tl.make_block_ptr(y, (M, N), (N, 1), (tl.program_id(0) * BM, 0), (BM, BN), (1, 0))
    for start in range(0, N, BN):
        tl.store(b, tl.load(a, boundary_check=(0, 1), padding_option="zero"), boundary_check=(0, 1))
        a = tl.advance(a, (0, BN))
        b = tl.advance(b, (0, BN))

@triton.jit
def unchecked(x, y, M, N, BM: tl.constexpr, BN: tl.constexpr):
    a = tl.make_block_ptr(x, (M, N), (N, 1), (0, 0), (BM, BN), (1, 0))
    v = tl.load(a)
    tl.store(y + tl.arange(0, BM), tl.sum(v, 1))

@triton.jit
def descriptors(x, y, M, N, BM: tl.constexpr, BN: tl.constexpr):
    a = tl.make_tensor_descriptor(x, shape=[M, N], strides=[N, 1], block_shape=[BM, BN])
    b = tl.make_tensor_descriptor(y, shape=[M, N], strides=[N, 1], block_shape=[BM, BN])
    for start in range(0, N, BN):
        b.store([tl.program_id(0) * BM, start], a.load([tl.program_id(0) * BM, start]))

@triton.jit
def host_descriptors(a, b, N, BM: tl.constexpr, BN: tl.constexpr):
    for start in range(0, N, BN):
        b.store([tl.program_id(0) * BM, start], a.load([tl.program_id(0) * BM, start]))

@triton.jit
def atomics(x, total, n, B: tl.constexpr):
    i = tl.arange(0, B)
    tl.atomic_add(total + i * 0, tl.load(x + i, mask=i < n, other=0.0), mask=i < n)

@triton.jit
def compare_and_swap(x, y):
    tl.store(y, tl.atomic_cas(x, 3, 4))

@triton.jit
def scalars(x, y, n):
    tl.store(y, tl.load(x) + tl.load(x) + tl.load(x + 1))

@triton.jit
def same_place(x, y, B: tl.constexpr):
    i = tl.arange(0, B)
    tl.store(y + i, tl.load(x + i * 0) + tl.load(x + i // 2) + tl.load(x + B - 1 - i))

@triton.jit
def far_apart(x, y, step, B: tl.constexpr):
    i = tl.arange(0, B)
    tl.store(y + i, tl.load(x + (B - 1 - i // 2) * step))

@triton.jit
def reads_at(x, y, at):
    v = tl.load(x + at)
    tl.store(y, v)

@triton.jit
def writes_at(x, y, at):
    v = tl.load(x)
    tl.store(y + at, v)

@triton.jit
def helper(x, at):
    return tl.load(x + at)

@triton.jit
def reads_in_helper(x, y, at):
    tl.store(y, helper(x, at))

@triton.jit
def adds_at(x, at):
    tl.atomic_add(x + at, 1.0)

@triton.jit
def null(x, y):
    p = tl.full((), 0, tl.int64).to(tl.pointer_type(tl.float32))
    tl.store(y, tl.load(p))

@triton.jit
def two(x, y, z, n, B: tl.constexpr):
    i = tl.arange(0, B)
    p = tl.where(i < n, x + i, y + i)
    tl.store(z + i, tl.load(p))

@triton.jit
def bad_shapes(x, y):
    a = tl.arange(0, 4)
    b = tl.arange(0, 8)
    tl.store(y, tl.sum(a + b))

@triton.jit
def uses_libdevice(x, y):
    tl.store(y, libdevice.exp(tl.load(x)))

@triton.jit
def kinds(y, number, flag, kind: tl.constexpr, name: tl.constexpr, nothing, more=5):
    v = tl.full((), number, kind)
    if flag:
        v += 100
    if name == "right" and nothing is None:
        v += 1000
    tl.store(y, v + more)

@triton.jit
def speaks(x, y):
    tl.device_print("value", tl.load(x))
    print("seen")
    tl.store(y, 1.0)
"""


def line_of(kernel: str, piece: str) -> int:
    """The number of the line that has a piece of text, in a kernel."""
    lines = KERNELS.splitlines()
    begin = lines.index(next(line for line in lines if line.startswith(f"def {kernel}(")))
    return next(n for n in range(begin, len(lines)) if piece in lines[n]) + 1


# ------------------------------------------------------------------ in the helper process


def execute(program: Program, values: list[np.ndarray]) -> dict[str, object]:
    """What a replay returns or raises, as something that travels."""
    from autograder.triton_tasks import replay
    from autograder.triton_tasks.kernels import load_kernels

    kernels = load_kernels(KERNELS, ALIASES, FILE)
    try:
        return {"value": vars(replay.replay(kernels, program, values, FILE))}
    except replay.KernelFault as fault:
        return {"fault": vars(fault)}
    except replay.Unsupported as error:
        return {"unsupported": str(error)}


def call(function: str) -> object:
    return globals()[function]()


def probed() -> str | None:
    from autograder.triton_tasks.replay import probe

    return probe()


def torch_is_imported() -> bool:
    return "torch" in sys.modules


def type_names() -> list[str]:
    from autograder.triton_tasks.counting import _mangle_type

    return [_mangle_type(value) for value in NUMBERS]


def another_interpreter() -> str:
    from triton.runtime import interpreter

    from autograder.triton_tasks.counting import InterpreterUnsupported, _part

    try:
        _part(interpreter, "no_such_thing")
    except InterpreterUnsupported as error:
        return str(error)
    return "no error"


def speech() -> str:
    import contextlib
    import io

    with contextlib.redirect_stdout(io.StringIO()) as out:
        execute(*program("speaks", {"x": NUMBER}, NUMBER))
    return out.getvalue()


# ------------------------------------------------------------------ programs


@pytest.fixture(scope="module")
def helper():
    os.environ["TRITON_INTERPRET"] = "1"  # inherited by the process that starts now
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        try:
            assert pool.submit(call, "probed").result() is None
        finally:
            del os.environ["TRITON_INTERPRET"]
        yield pool


@pytest.fixture
def run(helper):
    """Replays, and returns what ``replay`` does."""

    def run(made):
        outcome = helper.submit(execute, *made).result()
        assert "value" in outcome, outcome
        return SimpleNamespace(**outcome["value"])

    return run


@pytest.fixture
def fault(helper):
    def fault(made):
        outcome = helper.submit(execute, *made).result()
        assert "fault" in outcome, outcome
        return SimpleNamespace(**outcome["fault"])

    return fault


NUMBER = np.ones(1, np.float32)
NUMBERS = [0, 1, -1, True, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**63 - 1, 2**63, 2**64 - 1]


def tensor(storage: int, array: np.ndarray) -> Tensor:
    strides = tuple(s // array.itemsize for s in array.strides)
    return Tensor(storage, array.dtype.name, array.shape, strides)


def program(kernel, inputs, like, grid=(1, 1, 1), out="y", **constants):
    """One launch, of arrays that are given and one that is returned."""
    values = [a if a.base is None else a.base for a in inputs.values()]
    storages = [Storage(v.nbytes, i) for i, v in enumerate(values)] + [Storage(like.nbytes)]
    arguments = {name: tensor(i, a) for i, (name, a) in enumerate(inputs.items())}
    result = tensor(len(values), like)
    choice = Choice(grid, {**arguments, out: result, **constants}, {})
    made = Program(tuple(storages), (Launch(kernel, (choice,)),), result)
    return made, [v.reshape(-1).view(np.uint8) for v in values]


def exact(x):
    e = np.exp(x.astype(np.float64) - x.max(axis=-1, keepdims=True).astype(np.float64))
    return e / e.sum(axis=-1, keepdims=True)


def logits(rows, columns, dtype=np.float32, stride=None):
    """Rows of random numbers, with a gap after each if the stride is larger."""
    rng = np.random.default_rng(rows * columns)
    whole = rng.standard_normal((rows, stride or columns)).astype(dtype)
    return whole[:, :columns] if stride else whole


def rows(kernel, x, block):
    like = np.empty(x.shape, x.dtype)
    stride = x.strides[0] // x.itemsize
    return program(kernel, {"x": x}, like, (len(x), 1, 1), sx=stride, N=x.shape[1], B=block)


# ------------------------------------------------------------------ walks, counted by hand


WALKS = {"naive": 2, "safe": 3, "online": 2}


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("kernel", WALKS)
def test_walks_over_rows(run, kernel, dtype):
    x = logits(3, 150, dtype)
    done = run(rows(kernel, x, 64))
    assert done.read == [WALKS[kernel] * x.nbytes, 0]
    assert done.written == [0, x.nbytes]
    assert done.programs == 3
    assert done.output.dtype == dtype
    np.testing.assert_allclose(done.output, exact(x), rtol=2e-3 if dtype == np.float16 else 2e-6)


@pytest.mark.parametrize("columns", [1, 31, 64])
def test_a_row_that_fits_is_read_once(run, columns):
    x = logits(2, columns)
    done = run(rows("whole", x, 64))
    assert (done.read, done.written) == ([x.nbytes, 0], [0, x.nbytes])
    np.testing.assert_allclose(done.output, exact(x), rtol=2e-6)


def test_gaps_between_rows_are_not_counted(run):
    x = logits(3, 50, stride=57)
    done = run(rows("online", x, 16))
    assert done.read == [2 * 3 * 50 * 4, 0]
    np.testing.assert_allclose(done.output, exact(x), rtol=2e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_attention(run, dtype):
    made, values = heads(dtype)
    done = run((made, values))
    q, k, v = (a.view(dtype).reshape(2, 70, 16).astype(np.float64) for a in values)
    expected = exact(np.einsum("htd,hsd->hts", q, k) / 4) @ v
    tight = 1e-2 if dtype == np.float16 else 1e-5
    np.testing.assert_allclose(done.output[0], expected, atol=tight, rtol=tight)
    size = values[0].nbytes
    assert done.read == [size, 3 * size, 3 * size, 0]  # three blocks of 32 queries
    assert done.written == [0, 0, 0, size]


def heads(dtype):
    rng = np.random.default_rng(1)
    q, k, v = (rng.standard_normal((1, 2, 70, 16)).astype(dtype) for _ in range(3))
    numbers = {"T": 70, "S": 70, "scale": 0.25, "D": 16, "BM": 32, "BN": 32}
    return program("attention", {"q": q, "k": k, "v": v}, q.copy(), (3, 2, 1), "o", **numbers)


@pytest.mark.parametrize("kernel", ["block_pointers", "descriptors"])
def test_blocks_of_two_dimensions(run, kernel):
    x = logits(5, 36)
    done = run(program(kernel, {"x": x}, x.copy(), (2, 1, 1), M=5, N=36, BM=4, BN=16))
    assert (done.read, done.written) == ([x.nbytes, 0], [0, x.nbytes])
    assert done.output.tobytes() == x.tobytes()


def test_descriptors_of_the_host(run):
    x = logits(5, 36)
    a, b = (Descriptor(tensor(i, x), (4, 16)) for i in (0, 1))
    choice = Choice((2, 1, 1), {"a": a, "b": b, "N": 36, "BM": 4, "BN": 16}, {})
    launch = Launch("host_descriptors", (choice,))
    made = Program((Storage(x.nbytes, 0), Storage(x.nbytes)), (launch,), tensor(1, x))
    done = run((made, [x.reshape(-1).view(np.uint8)]))
    assert (done.read, done.written) == ([x.nbytes, 0], [0, x.nbytes])
    assert done.output.tobytes() == x.tobytes()


def test_an_atomic_reads_and_writes_in_every_lane(run):
    x = np.arange(5, dtype=np.float32)
    made, values = program("atomics", {"x": x}, NUMBER, out="total", n=5, B=8)
    made = Program(made.storages, (Fill(made.result, 0.0), *made.steps), made.result)
    done = run((made, values))
    assert (done.read, done.written) == ([20, 20], [0, 20])
    assert done.output.tolist() == [10]


def test_compare_and_swap(run):
    x = np.array([3], np.int32)
    done = run(program("compare_and_swap", {"x": x}, x.copy()))
    assert (done.read, done.written) == ([4, 0], [4, 4])
    assert done.output.tolist() == [3]


def test_a_scalar_counts_each_time_that_it_is_read(run):
    x = np.array([1, 2, 4], np.float32)
    done = run(program("scalars", {"x": x}, NUMBER, n=3))
    assert (done.read, done.written) == ([12, 0], [0, 4])
    assert done.output.tolist() == [4]


def test_one_address_in_many_lanes_counts_once_in_an_instruction(run):
    x = np.arange(8, dtype=np.float32)
    done = run(program("same_place", {"x": x}, x.copy(), B=8))
    assert done.read == [4 * (1 + 4 + 8), 0]
    assert done.output.tolist() == (x[0] + x[[0, 0, 1, 1, 2, 2, 3, 3]] + x[::-1]).tolist()


def test_the_same_where_addresses_lie_far_apart(run):
    x = np.arange(8000, dtype=np.float32)
    done = run(program("far_apart", {"x": x}, np.empty(8, np.float32), step=1000, B=8))
    assert done.read == [4 * 4, 0]
    assert done.output.tolist() == [7000, 7000, 6000, 6000, 5000, 5000, 4000, 4000]


def test_one_instruction_on_two_storages(run):
    x, y = np.arange(8, dtype=np.float32), np.arange(8, dtype=np.float32) + 100
    done = run(program("two", {"x": x, "y": y}, x.copy(), out="z", n=3, B=8))
    assert done.read == [12, 20, 0]
    assert done.output.tolist() == [0, 1, 2, 103, 104, 105, 106, 107]


def test_two_launches_with_a_scratch_buffer(run):
    x = np.arange(10, dtype=np.float32)
    a, scratch, y = (tensor(i, x) for i in range(3))
    steps = tuple(
        Launch("add_one", (Choice((2, 1, 1), {"x": s, "y": t, "n": 10, "B": 8}, {}),))
        for s, t in ((a, scratch), (scratch, y))
    )
    made = Program((Storage(40, 0), Storage(40), Storage(40)), steps, y)
    done = run((made, [x.view(np.uint8)]))
    assert (done.read, done.written, done.programs) == ([40, 40, 0], [0, 40, 40], 4)
    assert done.output.tolist() == (x + 2).tolist()


def test_the_first_choice_is_taken(run):
    made, values = rows("whole", logits(2, 8), 8)
    (launch,) = made.steps
    other = Choice((9, 1, 1), launch.choices[0].arguments, {})
    steps = (Launch("whole", (launch.choices[0], other)),)
    assert run((Program(made.storages, steps, made.result), values)).programs == 2


# ------------------------------------------------------------------ memory


def test_what_was_allocated_reads_as_nan(run):
    for name in ("float16", "float32", "float64"):
        made = Program((Storage(3 * ITEMSIZES[name]),), (), Tensor(0, name, (3,), (1,)))
        assert np.isnan(run((made, [])).output).all()


def test_a_kernel_that_does_nothing_leaves_nan(run):
    made, values = program("add_one", {"x": NUMBER}, NUMBER, n=0, B=8)
    assert np.isnan(run((made, values)).output).all()


def test_copies_are_converted_and_counted(run):
    x = np.array([[1.5, 2.5], [-3.5, 1e3], [0.1, 7.0]], np.float32)
    turned = Tensor(0, "float32", (2, 3), (1, 2))
    for name, expected in (("float16", x.T.astype(np.float16)), ("int32", x.T.astype(np.int32))):
        target = Tensor(1, name, (2, 3), (3, 1))
        storages = (Storage(x.nbytes, 0), Storage(target.nbytes))
        done = run((Program(storages, (Copy(turned, target),), target), [x.reshape(-1).view("u1")]))
        assert done.output.tobytes() == np.ascontiguousarray(expected).tobytes()
        assert done.copied_read == [24, 0]
        assert done.copied_written == [0, target.nbytes]
        assert (done.read, done.written) == ([0, 0], [0, 0])


def test_an_expanded_row_is_read_once_by_a_copy(run):
    x = np.arange(3, dtype=np.float32)
    target = Tensor(1, "float32", (4, 3), (3, 1))
    steps = (Copy(Tensor(0, "float32", (4, 3), (0, 1)), target),)
    done = run((Program((Storage(12, 0), Storage(48)), steps, target), [x.view("u1")]))
    assert (done.copied_read, done.copied_written) == ([12, 0], [0, 48])
    assert done.output.tolist() == [x.tolist()] * 4


def test_fills_reach_what_the_view_reaches(run):
    every, odd = Tensor(0, "float32", (4,), (1,)), Tensor(0, "float32", (2,), (2,), 1)
    steps = (Fill(every, 1), Fill(odd, float("-inf")))
    done = run((Program((Storage(16),), steps, every), []))
    assert done.output.tolist() == [1, -np.inf, 1, -np.inf]


def test_what_is_not_judged_is_said(helper):
    for made in (
        Program((Storage(4),), (), Tensor(0, "bfloat16", (2,), (1,))),
        Program(
            (Storage(4),),
            (Fill(Tensor(0, "bfloat16", (2,), (1,)), 0.0),),
            Tensor(0, "int8", (1,), (1,)),
        ),
        program("add_one", {"x": NUMBER}, NUMBER, n=Tensor(0, "bfloat16", (2,), (1,)), B=8)[0],
    ):
        outcome = helper.submit(execute, made, [NUMBER.view("u1")]).result()
        assert "bfloat16 is judged on a card" in outcome["unsupported"]
    byte = Tensor(0, "int8", (1,), (1,))
    outcome = helper.submit(execute, Program((Storage(1),), (Fill(byte, 300),), byte), []).result()
    assert outcome["unsupported"] == "int8 has no 300"


# ------------------------------------------------------------------ faults


@pytest.mark.parametrize("kernel", ["reads_at", "writes_at"])
@pytest.mark.parametrize(
    ("at", "where"),
    [
        (4, "1 element past its end."),
        (6, "3 elements past its end."),
        (-1, "1 element before its beginning."),
        (1 << 40, "many elements past its end."),
        (-(1 << 40), "many elements before its beginning."),
    ],
)
def test_outside_of_a_storage(fault, kernel, at, where):
    x = np.arange(4, dtype=np.float32)
    found = fault(program(kernel, {"x": x}, x.copy(), at=at))
    doing, name = kernel.split("_")[0], "x" if kernel == "reads_at" else "y"
    piece = "x + at" if kernel == "reads_at" else "y + at"
    if abs(at) < 100:
        assert found.text == f"{kernel} {doing} outside {name}: {where}"
    else:
        assert found.text.startswith(f"{kernel} {doing} outside ")
        assert found.text.endswith(where)
    assert (found.kernel, found.line, found.message) == (kernel, line_of(kernel, piece), "")


def test_the_line_is_that_of_the_function_that_was_called(fault):
    found = fault(program("reads_in_helper", {"x": NUMBER}, NUMBER, at=1))
    assert found.line == line_of("helper", "tl.load")
    assert found.kernel == "reads_in_helper"


def test_lanes_are_counted(fault):
    x = np.arange(5, dtype=np.float32)
    found = fault(program("add_one", {"x": x}, x.copy(), n=7, B=8))
    assert found.text == "add_one reads outside x: 2 elements past its end, in 2 of 8 lanes."


def test_block_pointers_without_a_check(fault):
    x = logits(3, 8)
    found = fault(program("unchecked", {"x": x}, x[:, 0].copy(), M=3, N=8, BM=4, BN=8))
    assert found.text.startswith("unchecked reads outside x: 8 elements past its end")
    assert found.line == line_of("unchecked", "tl.load(a)")


def test_atomics_outside(fault):
    found = fault(program("adds_at", {}, NUMBER, out="x", at=1))
    assert found.text == "adds_at reads outside x: 1 element past its end."


def test_a_null_pointer(fault):
    found = fault(program("null", {"x": NUMBER}, NUMBER))
    assert found.text.startswith("null reads outside")
    assert found.line == line_of("null", "tl.load(p)")


def test_a_storage_of_another_launch_is_outside(fault):
    """Though the program has it: y lies behind x, at a distance that a record could tell."""
    x = np.arange(4, dtype=np.float32)
    made, values = program("reads_at", {"x": x}, x.copy(), at=(512 + (1 << 18)) // 4)
    (launch,) = made.steps
    arguments = launch.choices[0].arguments
    storages = (made.storages[0], Storage(16), Storage(16))
    moved = {**arguments, "y": Tensor(2, "float32", (4,), (1,))}
    steps = (Launch("reads_at", (Choice((1, 1, 1), moved, {}),)),)
    found = fault((Program(storages, steps, moved["y"]), values))
    assert found.text.startswith("reads_at reads outside")


def test_what_triton_refuses_is_told_with_its_line_and_without_its_words(fault):
    found = fault(program("bad_shapes", {"x": NUMBER}, NUMBER))
    assert found.text == "bad_shapes raised ValueError."
    assert "shape" in found.message
    assert found.line == line_of("bad_shapes", "a + b")


def test_libdevice_needs_a_card(fault):
    found = fault(program("uses_libdevice", {"x": NUMBER}, NUMBER))
    assert "libdevice.exp needs a card" in found.message
    assert found.line == line_of("uses_libdevice", "tl.store")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"other": 1}, "reads_at has no parameter other."),
        ({"at": None}, "reads_at raised"),
        ({"at": 1 << 64}, "reads_at: no type of Triton's holds at."),
    ],
)
def test_arguments_that_do_not_fit(fault, change, text):
    found = fault(program("reads_at", {"x": NUMBER}, NUMBER, **{"at": 0, **change}))
    assert found.text.startswith(text)


def test_an_argument_that_is_missing(fault):
    found = fault(program("reads_at", {"x": NUMBER}, NUMBER))
    assert (found.text, found.line) == ("reads_at was launched without at.", None)


def test_a_kernel_that_there_is_not(fault):
    assert fault(program("nowhere", {}, NUMBER)).text == "There is no kernel nowhere."


# ------------------------------------------------------------------ arguments


def test_each_kind_of_argument(run):
    more = {"kind": Dtype("float32"), "name": "right", "nothing": None}
    for number, flag, expected in ((1, True, 1106), (2.5, False, 1007.5)):
        done = run(program("kinds", {}, NUMBER, number=number, flag=flag, **more))
        assert done.output.tolist() == [expected]
    assert run(program("kinds", {}, NUMBER, number=0, flag=False, more=0, **more)).output == [1000]


def test_kernels_may_print(helper):
    assert "value" in (said := helper.submit(call, "speech").result())
    assert "seen" in said


# ------------------------------------------------------------------ the interpreter itself


def test_torch_is_not_needed(helper, run):
    run(rows("whole", logits(2, 8), 8))
    assert not helper.submit(call, "torch_is_imported").result()


def test_another_release_is_a_clear_message(helper):
    assert (
        "another interpreter: no no_such_thing"
        in helper.submit(call, "another_interpreter").result()
    )


PLAIN = """\
import sys
import numpy, torch, triton, triton.language
from autograder.triton_tasks.kernels import load_kernels
from tests.test_replay import ALIASES, FILE, KERNELS, NUMBERS, heads, logits
from triton.runtime.jit import mangle_type

kernels = load_kernels(KERNELS, ALIASES, FILE)
x = torch.from_numpy(logits(3, 150))
y = torch.empty_like(x)
kernels["online"][(3,)](x, y, 150, 150, 64)
_, values = heads(numpy.float32)
q, k, v = (torch.from_numpy(a.view(numpy.float32)) for a in values)
o = torch.empty_like(q)
kernels["attention"][(3, 2)](q, k, v, o, 70, 70, 0.25, 16, 32, 32)
names = " ".join(mangle_type(value) for value in NUMBERS)
print(y.numpy().tobytes().hex(), o.numpy().tobytes().hex(), names)
"""


def test_it_computes_what_the_plain_interpreter_does_to_the_last_bit(helper, run):
    environment = {**os.environ, "TRITON_INTERPRET": "1"}
    command = [sys.executable, "-W", "ignore", "-c", PLAIN]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    softmax, attention, *names = done.stdout.decode().split()
    assert run(rows("online", logits(3, 150), 64)).output.tobytes().hex() == softmax
    assert run(heads(np.float32)).output.tobytes().hex() == attention
    assert helper.submit(call, "type_names").result() == names
