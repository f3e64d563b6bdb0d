# Style: long rows are split over programs; (m, d) of the parts in a scratch tensor, merged by a second kernel
import torch
import triton
import triton.language as tl

LIMIT = 16384
NEG_INF = tl.constexpr(float("-inf"))


@triton.jit
def small(x_ptr, y_ptr, stride, n, BLOCK: tl.constexpr):
    r = tl.program_id(0).to(tl.int64)
    c = tl.arange(0, BLOCK)
    v = tl.load(x_ptr + r * stride + c, mask=c < n, other=NEG_INF).to(tl.float32)
    v = tl.exp(v - tl.max(v, axis=0))
    tl.store(y_ptr + r * n + c, v / tl.sum(v, axis=0), mask=c < n)


@triton.jit
def partial_stats(x_ptr, md_ptr, stride, n, parts, BLOCK: tl.constexpr):
    r = tl.program_id(0).to(tl.int64)
    part = tl.program_id(1)
    c = part * BLOCK + tl.arange(0, BLOCK)
    v = tl.load(x_ptr + r * stride + c, mask=c < n, other=NEG_INF).to(tl.float32)
    m = tl.max(v, axis=0)
    s = tl.where(m == NEG_INF, 0.0, m)
    d = tl.sum(tl.exp(v - s), axis=0)
    tl.store(md_ptr + (r * parts + part) * 2, m)
    tl.store(md_ptr + (r * parts + part) * 2 + 1, d)


@triton.jit
def merge_and_write(x_ptr, y_ptr, md_ptr, stride, n, parts, PARTS: tl.constexpr, BLOCK: tl.constexpr):
    r = tl.program_id(0).to(tl.int64)
    part = tl.program_id(1)
    p = tl.arange(0, PARTS)
    m = tl.load(md_ptr + (r * parts + p) * 2, mask=p < parts, other=NEG_INF)
    d = tl.load(md_ptr + (r * parts + p) * 2 + 1, mask=p < parts, other=0.0)
    top = tl.max(m, axis=0)
    # a part of nothing but -inf has d = 0, and exp(-inf) = 0
    total = tl.sum(d * tl.exp(m - tl.where(top == NEG_INF, 0.0, top)), axis=0)
    c = part * BLOCK + tl.arange(0, BLOCK)
    v = tl.load(x_ptr + r * stride + c, mask=c < n, other=0.0).to(tl.float32)
    tl.store(y_ptr + r * n + c, tl.exp(v - top) / total, mask=c < n)


def online_softmax(x):
    rows, n = x.shape
    y = torch.empty((rows, n), device=x.device, dtype=x.dtype)
    if n <= LIMIT:
        block = triton.next_power_of_2(n)
        small[(rows,)](x, y, x.stride(0), n, BLOCK=block, num_warps=max(1, min(16, block // 512)))
        return y
    block = 8192
    parts = triton.cdiv(n, block)
    md = torch.empty((rows, parts, 2), device=x.device, dtype=torch.float32)
    partial_stats[(rows, parts)](x, md, x.stride(0), n, parts, BLOCK=block, num_warps=8)
    merge_and_write[(rows, parts)](
        x, y, md, x.stride(0), n, parts, PARTS=triton.next_power_of_2(parts), BLOCK=block, num_warps=8
    )
    return y
