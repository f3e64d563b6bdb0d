"""Several short rows in a program, lanes of running maxima for long ones."""
import torch
import triton
import triton.language as tl


@triton.jit
def many(x, y, n_rows, n, R: tl.constexpr, C: tl.constexpr):
    rows = tl.program_id(0) * R + tl.arange(0, R)
    cols = tl.arange(0, C)
    at = rows[:, None] * n + cols[None, :]
    ok = (rows[:, None] < n_rows) & (cols[None, :] < n)
    v = tl.load(x + at, mask=ok, other=-float("inf")).to(tl.float32)
    e = tl.exp(v - tl.max(v, axis=1)[:, None])
    tl.store(y + at, e / tl.sum(e, axis=1)[:, None], mask=ok)


@triton.jit
def long(x, y, n, C: tl.constexpr):
    start = tl.program_id(0) * n
    cols = tl.arange(0, C)
    m = tl.full([C], -float("inf"), tl.float32)
    d = tl.zeros([C], tl.float32)
    for i in range(0, n, C):
        v = tl.load(x + start + i + cols, mask=i + cols < n, other=-float("inf")).to(tl.float32)
        new = tl.maximum(m, v)
        ref = tl.where(new == -float("inf"), 0.0, new)
        d = d * tl.exp(m - ref) + tl.exp(v - ref)
        m = new
    top = tl.max(m, axis=0)
    ref = tl.where(top == -float("inf"), 0.0, top)
    total = tl.sum(d * tl.exp(m - ref), axis=0)
    for i in range(0, n, C):
        v = tl.load(x + start + i + cols, mask=i + cols < n, other=-float("inf")).to(tl.float32)
        tl.store(y + start + i + cols, tl.exp(v - top) / total, mask=i + cols < n)


def online_softmax(x):
    n_rows, n = x.shape
    y = torch.empty((n_rows, n), dtype=x.dtype, device=x.device)
    if n <= 16384:
        C = triton.next_power_of_2(n)
        R = max(1, 2048 // C)
        many[(triton.cdiv(n_rows, R),)](x, y, n_rows, n, R=R, C=C, num_warps=8)
    else:
        long[(n_rows,)](x, y, n, C=1024)
    return y
