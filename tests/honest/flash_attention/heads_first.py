# Style: heads in the first axis of the grid, tensors viewed as (B*H, T, D), the causal loop ends early
import math
import torch
import triton
import triton.language as tl

LOG2E = 1.4426950408889634


@triton.jit
def update(m, l, acc, s, v):
    m2 = tl.maximum(m, tl.max(s, 1))
    base = tl.where(m2 == float("-inf"), 0.0, m2)
    a = tl.math.exp2(m - base)
    p = tl.math.exp2(s - base[:, None])
    l = l * a + tl.sum(p, 1)
    acc = tl.dot(p.to(v.dtype), v, acc * a[:, None])
    return m2, l, acc


@triton.jit
def kernel(q_ptr, k_ptr, v_ptr, o_ptr, Tq, Tk, qk_scale,
           CAUSAL: tl.constexpr, D: tl.constexpr, BM: tl.constexpr, BN: tl.constexpr):
    bh = tl.program_id(0).to(tl.int64)
    block = tl.program_id(1)
    i = block * BM + tl.arange(0, BM)
    d = tl.arange(0, D)
    q = tl.load(q_ptr + (bh * Tq + i[:, None]) * D + d[None, :], mask=(i < Tq)[:, None], other=0)
    m = tl.zeros([BM], tl.float32) - float("inf")
    l = tl.zeros([BM], tl.float32)
    acc = tl.zeros([BM, D], tl.float32)
    last = Tk
    if CAUSAL:
        last = tl.minimum(Tk, (block + 1) * BM + Tk - Tq)
    for start in range(0, last, BN):
        j = start + tl.arange(0, BN)
        kt = tl.load(k_ptr + (bh * Tk + j[None, :]) * D + d[:, None], mask=(j < Tk)[None, :], other=0)
        v = tl.load(v_ptr + (bh * Tk + j[:, None]) * D + d[None, :], mask=(j < Tk)[:, None], other=0)
        s = tl.dot(q, kt) * qk_scale
        if CAUSAL:
            s = tl.where(j[None, :] - i[:, None] <= Tk - Tq, s, float("-inf"))
        s = tl.where((j < Tk)[None, :], s, float("-inf"))
        m, l, acc = update(m, l, acc, s, v)
    l = tl.where(l > 0, l, 1)
    tl.store(o_ptr + (bh * Tq + i[:, None]) * D + d[None, :], acc / l[:, None], mask=(i < Tq)[:, None])


def flash_attention(q, k, v, causal=False, scale=None):
    B, H, Tq, D = q.shape
    Tk = k.size(2)
    q3, k3, v3 = q.view(B * H, Tq, D), k.reshape(B * H, Tk, D), v.flatten(0, 1)
    o3 = torch.empty_like(q3)
    scale = 1.0 / math.sqrt(D) if scale is None else scale
    BM, BN = (128, 64) if q.element_size() == 2 else (64, 32)
    kernel[(B * H, triton.cdiv(Tq, BM))](
        q3, k3, v3, o3, Tq, Tk, scale * LOG2E, causal, D, BM, BN, num_warps=8, num_stages=2
    )
    return o3.view(B, H, Tq, D)
