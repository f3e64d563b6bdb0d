"""The exponentials are divided by N, not by their sum."""
import torch
import triton
import triton.language as tl


@triton.jit
def k1(x, y, n, s, B: tl.constexpr):
    row = tl.program_id(0)
    c = tl.arange(0, B)
    v = tl.load(x + row * s + c, mask=c < n, other=-float("inf")).to(tl.float32)
    tl.store(y + row * n + c, tl.exp(v - tl.max(v, axis=0)) / n, mask=c < n)


@triton.jit
def k2(x, y, n, s, B: tl.constexpr):
    row = tl.program_id(0)
    c = tl.arange(0, B)
    m = -float("inf")
    for i in range(0, n, B):
        v = tl.load(x + row * s + i + c, mask=i + c < n, other=-float("inf")).to(tl.float32)
        m = tl.maximum(m, tl.max(v, axis=0))
    for i in range(0, n, B):
        v = tl.load(x + row * s + i + c, mask=i + c < n, other=-float("inf")).to(tl.float32)
        tl.store(y + row * n + i + c, tl.exp(v - m) / n, mask=i + c < n)


def online_softmax(x):
    M, N = x.shape
    y = torch.empty((M, N), dtype=x.dtype, device=x.device)
    if N <= 16384:
        k1[(M,)](x, y, N, x.stride(0), B=triton.next_power_of_2(N), num_warps=8)
    else:
        k2[(M,)](x, y, N, x.stride(0), B=4096)
    return y
