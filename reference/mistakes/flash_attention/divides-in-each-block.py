"""dividing by d in each block

After the first block the weighted sum is already divided by d. The next block adds to it
something that is not, and then all of it is divided again, so that the earlier blocks count for
too little. When is d known in full?
"""

import math

import torch
import triton
import triton.language as tl

KEYS = 32  # or 16, 64, 128


@triton.jit
def attention(
    q_ptr, k_ptr, v_ptr, out_ptr, n_queries, n_keys, scale,
    CAUSAL: tl.constexpr, D: tl.constexpr, BLOCK_M: tl.constexpr, BLOCK_N: tl.constexpr,
):  # fmt: skip
    head = tl.program_id(1).to(tl.int64)
    rows = tl.program_id(0) * BLOCK_M + tl.arange(0, BLOCK_M)
    cols = tl.arange(0, BLOCK_N)
    dims = tl.arange(0, D)
    tile = head * n_queries * D + rows[:, None] * D + dims[None, :]
    q = tl.load(q_ptr + tile, mask=rows[:, None] < n_queries, other=0.0)
    k_ptr += head * n_keys * D
    v_ptr += head * n_keys * D
    m = tl.full([BLOCK_M], -float("inf"), tl.float32)
    d = tl.zeros([BLOCK_M], tl.float32)
    out = tl.zeros([BLOCK_M, D], tl.float32)
    for start in range(0, n_keys, BLOCK_N):
        keys = start + cols
        inside = keys < n_keys
        k_block = k_ptr + keys[None, :] * D + dims[:, None]
        v_block = v_ptr + keys[:, None] * D + dims[None, :]
        k = tl.load(k_block, mask=inside[None, :], other=0.0)
        v = tl.load(v_block, mask=inside[:, None], other=0.0)
        scores = tl.dot(q, k) * scale
        scores = tl.where(inside[None, :], scores, -float("inf"))
        if CAUSAL:
            seen = keys[None, :] <= rows[:, None] + n_keys - n_queries
            scores = tl.where(seen, scores, -float("inf"))
        top = tl.maximum(m, tl.max(scores, axis=1))
        shift = tl.where(top == -float("inf"), 0.0, top)
        weights = tl.exp(scores - shift[:, None])
        rescale = tl.exp(m - shift)
        d = d * rescale + tl.sum(weights, axis=1)
        out = out * rescale[:, None] + tl.dot(weights.to(v.dtype), v)
        out = out / tl.where(d == 0.0, 1.0, d)[:, None]
        m = top
    tl.store(out_ptr + tile, out, mask=rows[:, None] < n_queries)


def flash_attention(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    causal: bool = False,
    scale: float | None = None,
) -> torch.Tensor:
    batch, heads, n_queries, dim = q.shape
    n_keys = k.shape[2]
    if scale is None:
        scale = 1 / math.sqrt(dim)
    out = torch.empty(q.shape, dtype=q.dtype, device=q.device)
    grid = (triton.cdiv(n_queries, 64), batch * heads)
    attention[grid](
        q, k, v, out, n_queries, n_keys, scale,
        CAUSAL=causal, D=dim, BLOCK_M=64, BLOCK_N=KEYS, num_warps=4, num_stages=2,
    )  # fmt: skip
    return out
