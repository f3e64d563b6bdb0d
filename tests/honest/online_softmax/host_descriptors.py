# Style: tensor descriptors from the host where the rows are aligned for them, else pointers
import torch
import triton
import triton.language as tl
from triton.tools.tensor_descriptor import TensorDescriptor


@triton.jit
def load_row(src, row, start, stride, n, BLOCK: tl.constexpr, USE_DESC: tl.constexpr):
    cols = start + tl.arange(0, BLOCK)
    if USE_DESC:
        x = tl.reshape(src.load([row, start]), [BLOCK])
    else:
        x = tl.load(src + row.to(tl.int64) * stride + cols, mask=cols < n, other=0.0)
    return tl.where(cols < n, x.to(tl.float32), float("-inf"))


@triton.jit
def softmax_desc_kernel(
    src, dst, stride, n, BLOCK: tl.constexpr, SHORT: tl.constexpr, USE_DESC: tl.constexpr
):
    row = tl.program_id(0)
    out = dst + row.to(tl.int64) * n
    cols = tl.arange(0, BLOCK)
    if SHORT:
        x = load_row(src, row, 0, stride, n, BLOCK, USE_DESC)
        p = tl.exp(x - tl.max(x, 0))
        tl.store(out + cols, p / tl.sum(p, 0), mask=cols < n)
    else:
        m = float("-inf")
        d = 0.0
        for start in range(0, n, BLOCK):
            x = load_row(src, row, start, stride, n, BLOCK, USE_DESC)
            m_new = tl.maximum(m, tl.max(x, 0))
            safe = tl.where(m_new == float("-inf"), 0.0, m_new)
            d = d * tl.exp(m - safe) + tl.sum(tl.exp(x - safe), 0)
            m = m_new
        for start in range(0, n, BLOCK):
            x = load_row(src, row, start, stride, n, BLOCK, USE_DESC)
            tl.store(out + start + cols, tl.exp(x - m) / d, mask=start + cols < n)


def online_softmax(x):
    m, n = x.shape
    y = torch.empty((m, n), device=x.device, dtype=x.dtype)
    short = n <= 16384
    block = max(16, triton.next_power_of_2(n)) if short else 4096
    # TMA wants rows that start at multiples of 16 bytes
    use_desc = x.stride(0) * x.element_size() % 16 == 0
    src = TensorDescriptor(x, [m, n], [x.stride(0), 1], [1, block]) if use_desc else x
    warps = 4 if block <= 2048 else 8 if block <= 8192 else 16
    softmax_desc_kernel[(m,)](
        src, y, x.stride(0), n, BLOCK=block, SHORT=short, USE_DESC=use_desc, num_warps=warps
    )
    return y
