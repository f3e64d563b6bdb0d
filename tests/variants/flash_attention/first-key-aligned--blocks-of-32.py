"""Square blocks of 32, every block masked."""
import math

import torch
import triton
import triton.language as tl


@triton.jit
def flash(Q, K, V, O, Tq, Tk, scale, CAUSAL: tl.constexpr, D: tl.constexpr, M: tl.constexpr, N: tl.constexpr):
    i = tl.program_id(0) * M + tl.arange(0, M)
    bh = tl.program_id(1)
    c = tl.arange(0, D)
    q = tl.load(Q + bh * Tq * D + i[:, None] * D + c[None, :], mask=i[:, None] < Tq, other=0.0)
    m = tl.full([M], -float("inf"), tl.float32)
    l = tl.zeros([M], tl.float32)
    o = tl.zeros([M, D], tl.float32)
    for start in range(0, Tk, N):
        j = start + tl.arange(0, N)
        inside = j[:, None] < Tk
        k = tl.load(K + bh * Tk * D + j[:, None] * D + c[None, :], mask=inside, other=0.0)
        v = tl.load(V + bh * Tk * D + j[:, None] * D + c[None, :], mask=inside, other=0.0)
        s = tl.dot(q, tl.trans(k)) * scale
        seen = j[None, :] < Tk
        if CAUSAL:
            seen = seen & (j[None, :] <= i[:, None])
        s = tl.where(seen, s, -float("inf"))
        new = tl.maximum(m, tl.max(s, axis=1))
        base = tl.where(new == -float("inf"), 0.0, new)
        p = tl.exp(s - base[:, None])
        shrink = tl.exp(m - base)
        l = l * shrink + tl.sum(p, axis=1)
        o = o * shrink[:, None] + tl.dot(p.to(v.dtype), v)
        m = new
    o = o / tl.where(l == 0, 1.0, l)[:, None]
    tl.store(O + bh * Tq * D + i[:, None] * D + c[None, :], o, mask=i[:, None] < Tq)


def flash_attention(q, k, v, causal=False, scale=None):
    B, H, Tq, D = q.shape
    Tk = k.shape[2]
    if scale is None:
        scale = 1 / math.sqrt(D)
    out = torch.empty((B, H, Tq, D), dtype=q.dtype, device=q.device)
    grid = (triton.cdiv(Tq, 32), B * H)
    flash[grid](q, k, v, out, Tq, Tk, scale, CAUSAL=causal, D=D, M=32, N=32)
    return out
