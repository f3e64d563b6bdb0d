# Style: each lane keeps m and d of its own, merged once at the end; small helper kernels; a callable object
import torch
import triton
import triton.language as tl


@triton.jit
def finite_or_zero(m):
    return tl.where(m == float("-inf"), 0.0, m)


@triton.jit
def push(m, d, x):
    """one more number for every lane"""
    new_m = tl.maximum(m, x)
    ref = finite_or_zero(new_m)
    return new_m, d * tl.exp(m - ref) + tl.exp(x - ref)


@triton.jit
def fold(m, d):
    """all lanes together"""
    top = tl.max(m, axis=0)
    return top, tl.sum(d * tl.exp(m - finite_or_zero(top)), axis=0)


@triton.jit
def kernel_short(x_ptr, y_ptr, n, stride_x, stride_y, LANES: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    lane = tl.arange(0, LANES)
    x = tl.load(x_ptr + row * stride_x + lane, mask=lane < n, other=float("-inf")).to(tl.float32)
    m, d = fold(x, tl.full([LANES], 1.0, tl.float32))
    tl.store(y_ptr + row * stride_y + lane, tl.exp(x - m) / d, mask=lane < n)


@triton.jit
def kernel_long(x_ptr, y_ptr, n, stride_x, stride_y, LANES: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    lane = tl.arange(0, LANES)
    x_ptrs = x_ptr + row * stride_x + lane
    y_ptrs = y_ptr + row * stride_y + lane
    m = tl.full([LANES], float("-inf"), tl.float32)
    d = tl.zeros([LANES], tl.float32)
    for left in range(n, 0, -LANES):
        x = tl.load(x_ptrs, mask=lane < left, other=float("-inf"), eviction_policy="evict_last")
        m, d = push(m, d, x.to(tl.float32))
        x_ptrs += LANES
    m, d = fold(m, d)
    x_ptrs = x_ptr + row * stride_x + lane
    for left in range(n, 0, -LANES):
        x = tl.load(x_ptrs, mask=lane < left, other=float("-inf"), eviction_policy="evict_first")
        tl.store(y_ptrs, tl.exp(x.to(tl.float32) - m) / d, mask=lane < left)
        x_ptrs += LANES
        y_ptrs += LANES


class OnlineSoftmax:
    def __init__(self, limit, lanes):
        self.limit, self.lanes = limit, lanes

    def __call__(self, x):
        y = torch.empty_like(x, memory_format=torch.contiguous_format)
        n = x.shape[-1]
        fits = n <= self.limit
        kernel = kernel_short if fits else kernel_long
        lanes = triton.next_power_of_2(n) if fits else self.lanes
        kernel[x.shape[0], 1, 1](x, y, n, *x.stride()[:1], *y.stride()[:1], lanes, num_warps=16 if lanes > 4096 else 8)
        return y


online_softmax = OnlineSoftmax(limit=16384, lanes=8192)
