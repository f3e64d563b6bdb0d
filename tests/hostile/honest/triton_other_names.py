"""Modules under names of their own, imported in other ways."""

import torch as t
import triton as tri
from triton import language as lang
from triton import next_power_of_2


@tri.jit
def whole_rows(x_ptr, y_ptr, n, stride, BLOCK: lang.constexpr):
    row = lang.program_id(0).to(lang.int64)
    cols = lang.arange(0, BLOCK)
    inside = cols < n
    x = lang.load(x_ptr + row * stride + cols, mask=inside, other=-float("inf")).to(lang.float32)
    e = lang.exp(x - lang.max(x, axis=0))
    lang.store(y_ptr + row * n + cols, e / lang.sum(e, axis=0), mask=inside)


@tri.jit
def long_rows(x_ptr, y_ptr, n, stride, BLOCK: lang.constexpr):
    row = lang.program_id(0).to(lang.int64)
    x_ptr += row * stride
    cols = lang.arange(0, BLOCK)
    m = -float("inf")
    d = 0.0
    for start in range(0, n, BLOCK):
        x = lang.load(x_ptr + start + cols, mask=cols < n - start, other=-float("inf"))
        x = x.to(lang.float32)
        top = lang.maximum(m, lang.max(x, axis=0))
        shift = lang.where(top == -float("inf"), 0.0, top)
        d = d * lang.exp(m - shift) + lang.sum(lang.exp(x - shift), axis=0)
        m = top
    for start in range(0, n, BLOCK):
        inside = cols < n - start
        x = lang.load(x_ptr + start + cols, mask=inside, other=0.0).to(lang.float32)
        lang.store(y_ptr + row * n + start + cols, lang.exp(x - m) / d, mask=inside)


def online_softmax(x):
    n_rows, n = x.shape
    y = t.empty((n_rows, n), dtype=x.dtype, device=x.device)
    if n > 16384:
        long_rows[(n_rows,)](x, y, n, x.stride(0), BLOCK=16384, num_warps=16)
    else:
        block = next_power_of_2(n)
        whole_rows[(n_rows,)](x, y, n, x.stride(0), BLOCK=block, num_warps=max(4, block // 1024))
    return y
