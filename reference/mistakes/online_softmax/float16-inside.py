"""computing in float16

The numbers are kept in the type of x. In float16 an exponential has 3 digits, and a long sum loses
whatever is small beside it; above 65504 it is infinite. Bring each block to float32 right after the
load; the store brings it back.
"""

import torch
import triton
import triton.language as tl


@triton.jit
def short_row(x_ptr, y_ptr, n_cols, x_stride, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    cols = tl.arange(0, BLOCK)
    inside = cols < n_cols
    x = tl.load(x_ptr + row * x_stride + cols, mask=inside, other=-float("inf"))
    e = tl.exp((x - tl.max(x, axis=0)).to(tl.float32)).to(x.dtype)
    y = e.to(tl.float32) / tl.sum(e, axis=0).to(tl.float32)
    tl.store(y_ptr + row * n_cols + cols, y, mask=inside)


@triton.jit
def long_row(x_ptr, y_ptr, n_cols, x_stride, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    x_ptr += row * x_stride
    y_ptr += row * n_cols
    cols = tl.arange(0, BLOCK)
    m = tl.full((), -float("inf"), x_ptr.dtype.element_ty)
    d = tl.full((), 0.0, x_ptr.dtype.element_ty)
    for start in range(0, n_cols, BLOCK):
        inside = cols < n_cols - start
        x = tl.load(x_ptr + start + cols, mask=inside, other=-float("inf"))
        top = tl.maximum(m, tl.max(x, axis=0))
        shift = tl.where(top == -float("inf"), 0.0, top).to(x.dtype)
        rescale = tl.exp((m - shift).to(tl.float32)).to(x.dtype)
        e = tl.exp((x - shift).to(tl.float32)).to(x.dtype)
        d = d * rescale + tl.sum(e, axis=0)
        m = top
    for start in range(0, n_cols, BLOCK):
        inside = cols < n_cols - start
        x = tl.load(x_ptr + start + cols, mask=inside, other=0.0)
        tl.store(y_ptr + start + cols, tl.exp((x - m).to(tl.float32)) / d, mask=inside)


def online_softmax(x: torch.Tensor) -> torch.Tensor:
    n_rows, n_cols = x.shape
    y = torch.empty((n_rows, n_cols), dtype=x.dtype, device=x.device)
    if n_cols <= 16384:
        block = triton.next_power_of_2(n_cols)
        warps = max(4, block // 1024)
        short_row[(n_rows,)](x, y, n_cols, x.stride(0), BLOCK=block, num_warps=warps)
    else:
        long_row[(n_rows,)](x, y, n_cols, x.stride(0), BLOCK=8192, num_warps=8)
    return y
