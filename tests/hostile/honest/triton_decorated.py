"""Helpers and decorators around the host function."""

import contextlib
import functools

import torch
import triton
import triton.language as tl


def checked(function):
    @functools.wraps(function)
    def inner(x, *args, **kwargs):
        assert x.dim() == 2 and x.is_cuda and x.stride(1) == 1
        return function(x, *args, **kwargs)

    return inner


@functools.lru_cache
def warps_of(block):
    return max(4, block // 1024)


@triton.jit
def whole_rows(x_ptr, y_ptr, n, stride, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    cols = tl.arange(0, BLOCK)
    inside = cols < n
    x = tl.load(x_ptr + row * stride + cols, mask=inside, other=-float("inf")).to(tl.float32)
    e = tl.exp(x - tl.max(x, axis=0))
    tl.store(y_ptr + row * n + cols, e / tl.sum(e, axis=0), mask=inside)


@triton.jit
def long_rows(x_ptr, y_ptr, n, stride, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    x_ptr += row * stride
    cols = tl.arange(0, BLOCK)
    m = -float("inf")
    d = 0.0
    for start in range(0, n, BLOCK):
        x = tl.load(x_ptr + start + cols, mask=cols < n - start, other=-float("inf"))
        x = x.to(tl.float32)
        top = tl.maximum(m, tl.max(x, axis=0))
        shift = tl.where(top == -float("inf"), 0.0, top)
        d = d * tl.exp(m - shift) + tl.sum(tl.exp(x - shift), axis=0)
        m = top
    for start in range(0, n, BLOCK):
        inside = cols < n - start
        x = tl.load(x_ptr + start + cols, mask=inside, other=0.0).to(tl.float32)
        tl.store(y_ptr + row * n + start + cols, tl.exp(x - m) / d, mask=inside)


@checked
@torch.no_grad()
def online_softmax(x):
    with contextlib.suppress(ZeroDivisionError):
        1 / 0
    n_rows, n = x.shape
    y = torch.empty((n_rows, n), dtype=x.dtype, device=x.device)
    if n > 16384:
        long_rows[(n_rows,)](x, y, n, x.stride(0), BLOCK=16384, num_warps=16)
    else:
        block = triton.next_power_of_2(n)
        whole_rows[(n_rows,)](x, y, n, x.stride(0), BLOCK=block, num_warps=warps_of(block))
    return y
