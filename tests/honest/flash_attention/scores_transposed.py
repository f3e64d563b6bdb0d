# Style: scores transposed, keys down and queries across; a large negative number for -inf
import math
from dataclasses import dataclass

import torch
import triton
import triton.language as tl

LOWEST: tl.constexpr = tl.constexpr(-1.0e30)


@triton.jit
def transposed_kernel(q_ptr, k_ptr, v_ptr, o_ptr, n_q, n_k, scale,
                      CAUSAL: tl.constexpr, D: tl.constexpr, QUERIES: tl.constexpr, KEYS: tl.constexpr):
    b = tl.program_id(1).to(tl.int64)
    i = tl.program_id(0) * QUERIES + tl.arange(0, QUERIES)
    c = tl.arange(0, D)
    # q transposed: D x QUERIES
    qt = tl.load(q_ptr + b * n_q * D + i[None, :] * D + c[:, None], mask=(i < n_q)[None, :], other=0.0)
    top = tl.full([QUERIES], LOWEST, tl.float32)
    den = tl.zeros([QUERIES], tl.float32)
    num = tl.zeros([D, QUERIES], tl.float32)
    for at in range(0, n_k, KEYS):
        j = at + tl.arange(0, KEYS)
        k = tl.load(k_ptr + b * n_k * D + j[:, None] * D + c[None, :], mask=(j < n_k)[:, None], other=0.0)
        vt = tl.load(v_ptr + b * n_k * D + j[None, :] * D + c[:, None], mask=(j < n_k)[None, :], other=0.0)
        if CAUSAL:
            seen = (j[:, None] < n_k) & (j[:, None] + n_q <= i[None, :] + n_k)
        else:
            seen = (j[:, None] < n_k) & (i[None, :] >= 0)
        s = tl.where(seen, tl.dot(k, qt) * scale, LOWEST)
        new = tl.maximum(top, tl.max(s, axis=0))
        w = tl.where(seen, tl.exp2(s - new[None, :]), 0.0)
        fade = tl.exp2(top - new)
        den = den * fade + tl.sum(w, axis=0)
        num = num * fade[None, :] + tl.dot(vt, w.to(vt.dtype))
        top = new
    num = num / tl.where(den == 0.0, 1.0, den)[None, :]
    tl.store(o_ptr + b * n_q * D + i[None, :] * D + c[:, None], num, mask=(i < n_q)[None, :])


@dataclass(frozen=True)
class Plan:
    queries: int
    keys: int
    warps: int


def plan(dim: int) -> Plan:
    return Plan(64, 32, 4) if dim > 64 else Plan(64, 64, 4)


def flash_attention(q, k, v, causal=False, scale=None):
    batch, heads, n_q, dim = q.shape
    p = plan(dim)
    o = torch.empty(batch, heads, n_q, dim, dtype=q.dtype, device=q.device)
    if scale is None:
        scale = 1 / math.sqrt(dim)
    transposed_kernel[triton.cdiv(n_q, p.queries), batch * heads](
        q, k, v, o, n_q, k.shape[2], scale / math.log(2.0),
        bool(causal), dim, p.queries, p.keys, num_warps=p.warps, num_stages=1,
    )
    return o
