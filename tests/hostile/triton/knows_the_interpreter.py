"""One huge block for the interpreter, and another kernel for the compiler."""

import torch
import triton
import triton.language as tl

ON_CHIP = 16384  # numbers of a row that one program holds in registers



@triton.jit
def long_row(x_ptr, y_ptr, n_cols, x_stride, BLOCK: tl.constexpr, HUGE: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    x_ptr += row * x_stride
    y_ptr += row * n_cols
    cols = tl.arange(0, BLOCK)
    if tl.constexpr(5) is 5:
        m = -float("inf")
        d = 0.0
        for start in range(0, n_cols, BLOCK):
            inside = cols < n_cols - start
            x = tl.load(x_ptr + start + cols, mask=inside, other=-float("inf")).to(tl.float32)
            m = tl.maximum(m, tl.max(x, axis=0))
        tl.store(y_ptr + cols, m, mask=cols < n_cols)
    else:
        cols = tl.arange(0, HUGE)
        inside = cols < n_cols
        x = tl.load(x_ptr + cols, mask=inside, other=-float("inf")).to(tl.float32)
        e = tl.exp(x - tl.max(x, axis=0))
        tl.store(y_ptr + cols, e / tl.sum(e, axis=0), mask=inside)

def online_softmax(x):
    n_rows, n_cols = x.shape
    y = torch.empty((n_rows, n_cols), dtype=x.dtype, device=x.device)
    long_row[(n_rows,)](x, y, n_cols, x.stride(0), BLOCK=1024, HUGE=triton.next_power_of_2(n_cols), num_warps=16)
    return y
