"""A row that fits on the chip is read once; a longer one twice, once for m and d together."""

import torch
import triton
import triton.language as tl

ON_CHIP = 16384  # numbers of a row that one program holds in registers


@triton.jit
def short_rows(x_ptr, y_ptr, n_rows, n_cols, x_stride, ROWS: tl.constexpr, BLOCK: tl.constexpr):
    # 64 bits: the last row of a large tensor starts beyond 2^31.
    rows = tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS)[:, None]
    cols = tl.arange(0, BLOCK)[None, :]
    inside = (rows < n_rows) & (cols < n_cols)
    x = tl.load(x_ptr + rows * x_stride + cols, mask=inside, other=-float("inf")).to(tl.float32)
    # -inf - (-inf) and inf - inf are NaN: as they should be, for rows that have no answer.
    e = tl.exp(x - tl.max(x, axis=1, keep_dims=True))
    y = e / tl.sum(e, axis=1, keep_dims=True)
    tl.store(y_ptr + rows * n_cols + cols, y, mask=inside)


@triton.jit
def long_row(x_ptr, y_ptr, n_cols, x_stride, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    x_ptr += row * x_stride
    y_ptr += row * n_cols
    cols = tl.arange(0, BLOCK)

    m = -float("inf")
    d = 0.0
    for start in range(0, n_cols, BLOCK):
        inside = cols < n_cols - start
        x = tl.load(x_ptr + start + cols, mask=inside, other=-float("inf")).to(tl.float32)
        top = tl.maximum(m, tl.max(x, axis=0))
        # So far nothing but -inf: there is nothing to add yet, and -inf - (-inf) is NaN.
        shift = tl.where(top == -float("inf"), 0.0, top)
        d = d * tl.exp(m - shift) + tl.sum(tl.exp(x - shift), axis=0)
        m = top

    for start in range(0, n_cols, BLOCK):
        inside = cols < n_cols - start
        x = tl.load(x_ptr + start + cols, mask=inside, other=0.0).to(tl.float32)
        tl.store(y_ptr + start + cols, tl.exp(x - m) / d, mask=inside)


def online_softmax(x: torch.Tensor) -> torch.Tensor:
    n_rows, n_cols = x.shape
    y = torch.empty((n_rows, n_cols), dtype=x.dtype, device=x.device)
    if n_cols > ON_CHIP:
        long_row[(n_rows,)](x, y, n_cols, x.stride(0), BLOCK=ON_CHIP, num_warps=16)
        return y
    block = triton.next_power_of_2(n_cols)
    rows = max(1, 4096 // block)  # of a program, so that short rows keep it busy too
    warps = max(4, block // 1024)  # 32 numbers a thread
    grid = (triton.cdiv(n_rows, rows),)
    short_rows[grid](x, y, n_rows, n_cols, x.stride(0), ROWS=rows, BLOCK=block, num_warps=warps)
    return y
