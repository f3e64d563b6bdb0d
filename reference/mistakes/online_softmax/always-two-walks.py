"""reading short rows twice

The answer is right, and for long rows two walks are what it takes. But a row of up to 16384
numbers fits into the registers of one program: load it once, as one block, and take the
maximum, the sum and the answer from what is there.
"""

import torch
import triton
import triton.language as tl


@triton.jit
def long_row(x_ptr, y_ptr, n_cols, x_stride, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    x_ptr += row * x_stride
    y_ptr += row * n_cols
    cols = tl.arange(0, BLOCK)
    m = -float("inf")
    d = 0.0
    for start in range(0, n_cols, BLOCK):
        inside = cols < n_cols - start
        x = tl.load(x_ptr + start + cols, mask=inside, other=-float("inf")).to(tl.float32)
        top = tl.maximum(m, tl.max(x, axis=0))
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
    block = min(triton.next_power_of_2(n_cols), 1024)
    long_row[(n_rows,)](x, y, n_cols, x.stride(0), BLOCK=block)
    return y
