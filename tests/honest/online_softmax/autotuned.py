# Style: autotuned by N, grids as functions of META
# Needs: model card
import torch
import triton
import triton.language as tl


@triton.autotune(
    configs=[triton.Config({}, num_warps=w) for w in (16, 32)],
    key=["n_cols"],
)
@triton.jit
def whole_row(x_ptr, y_ptr, n_rows, n_cols, x_stride, BLOCK: tl.constexpr):
    row = tl.program_id(axis=0).to(tl.int64)
    offs = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + row * x_stride + offs, mask=offs < n_cols, other=-float("inf"))
    z = x.to(tl.float32) - tl.max(x.to(tl.float32), axis=0)
    num = tl.exp(z)
    y = num / tl.sum(num, axis=0)
    tl.store(y_ptr + row * n_cols + offs, y.to(y_ptr.dtype.element_ty), mask=offs < n_cols)


@triton.autotune(
    configs=[
        triton.Config({"ROWS": 1}, num_warps=4),
        triton.Config({"ROWS": 4}, num_warps=4),
        triton.Config({"ROWS": 16}, num_warps=8),
    ],
    key=["n_cols"],
)
@triton.jit
def few_columns(x_ptr, y_ptr, n_rows, n_cols, x_stride, ROWS: tl.constexpr, BLOCK: tl.constexpr):
    rows = tl.program_id(0) * ROWS + tl.arange(0, ROWS)
    offs = tl.arange(0, BLOCK)
    mask = (rows < n_rows)[:, None] & (offs < n_cols)[None, :]
    rows = rows.to(tl.int64)[:, None]
    x = tl.load(x_ptr + rows * x_stride + offs[None, :], mask=mask, other=-float("inf")).to(tl.float32)
    num = tl.exp(x - tl.max(x, axis=1)[:, None])
    y = num / tl.sum(num, axis=1)[:, None]
    tl.store(y_ptr + rows * n_cols + offs[None, :], y.to(y_ptr.dtype.element_ty), mask=mask)


@triton.autotune(
    configs=[
        triton.Config({"BLOCK": 8192}, num_warps=8),
        triton.Config({"BLOCK": 4096}, num_warps=8),
        triton.Config({"BLOCK": 16384}, num_warps=16),
    ],
    key=["n_cols"],
)
@triton.jit
def long_row(x_ptr, y_ptr, n_rows, n_cols, x_stride, BLOCK: tl.constexpr):
    row = tl.program_id(axis=0).to(tl.int64)
    offs = tl.arange(0, BLOCK)
    m = -float("inf")
    d = 0.0
    for start in range(0, n_cols, BLOCK):
        x = tl.load(x_ptr + row * x_stride + start + offs, mask=start + offs < n_cols, other=-float("inf"))
        x = x.to(tl.float32)
        new = tl.maximum(m, tl.max(x, axis=0))
        ref = tl.where(new == -float("inf"), 0.0, new)
        d = d * tl.exp(m - ref) + tl.sum(tl.exp(x - ref), axis=0)
        m = new
    for start in range(0, n_cols, BLOCK):
        x = tl.load(x_ptr + row * x_stride + start + offs, mask=start + offs < n_cols, other=-float("inf"))
        y = tl.exp(x.to(tl.float32) - m) / d
        tl.store(y_ptr + row * n_cols + start + offs, y.to(y_ptr.dtype.element_ty), mask=start + offs < n_cols)


def online_softmax(x):
    n_rows, n_cols = x.shape
    y = x.new_empty((n_rows, n_cols))
    block = triton.next_power_of_2(n_cols)
    if n_cols <= 1024:
        grid = lambda META: (triton.cdiv(n_rows, META["ROWS"]),)
        few_columns[grid](x, y, n_rows, n_cols, x.stride(0), BLOCK=block)
    elif n_cols <= 16384:
        whole_row[(n_rows,)](x, y, n_rows, n_cols, x.stride(0), BLOCK=block)
    else:
        long_row[(n_rows,)](x, y, n_rows, n_cols, x.stride(0))
    return y
