"""storing the scores

The answer is right. But the first kernel writes all of q kᵀ into memory, Tq x Tk numbers for
each head, and the others read it again. A block of scores is needed only for as long as it takes
to add its weights to d and its values to the sum.
"""

import math

import torch
import triton
import triton.language as tl


@triton.jit
def score_blocks(
    q_ptr, k_ptr, s_ptr, n_queries, n_keys, scale,
    CAUSAL: tl.constexpr, D: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    head = tl.program_id(2).to(tl.int64)
    rows = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    keys = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    dims = tl.arange(0, D)
    q_block = q_ptr + (head * n_queries + rows[:, None]) * D + dims[None, :]
    k_block = k_ptr + (head * n_keys + keys[None, :]) * D + dims[:, None]
    q = tl.load(q_block, mask=rows[:, None] < n_queries, other=0.0)
    k = tl.load(k_block, mask=keys[None, :] < n_keys, other=0.0)
    scores = tl.dot(q, k) * scale
    if CAUSAL:
        seen = keys[None, :] <= rows[:, None] + n_keys - n_queries
        scores = tl.where(seen, scores, -float("inf"))
    inside = (rows[:, None] < n_queries) & (keys[None, :] < n_keys)
    tl.store(s_ptr + (head * n_queries + rows[:, None]) * n_keys + keys[None, :], scores, inside)


@triton.jit
def softmax_rows(s_ptr, n_keys, BLOCK: tl.constexpr):
    s_ptr += tl.program_id(0).to(tl.int64) * n_keys
    keys = tl.arange(0, BLOCK)
    scores = tl.load(s_ptr + keys, mask=keys < n_keys, other=-float("inf"))
    m = tl.max(scores, axis=0)
    weights = tl.exp(scores - tl.where(m == -float("inf"), 0.0, m))
    d = tl.sum(weights, axis=0)
    tl.store(s_ptr + keys, weights / tl.where(d == 0.0, 1.0, d), mask=keys < n_keys)


@triton.jit
def weighted_values(s_ptr, v_ptr, out_ptr, n_queries, n_keys, D: tl.constexpr, BLOCK: tl.constexpr):
    head = tl.program_id(1).to(tl.int64)
    rows = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    dims = tl.arange(0, D)
    out = tl.zeros([BLOCK, D], tl.float32)
    for start in range(0, n_keys, BLOCK):
        keys = start + tl.arange(0, BLOCK)
        inside = (rows[:, None] < n_queries) & (keys[None, :] < n_keys)
        s_block = s_ptr + (head * n_queries + rows[:, None]) * n_keys + keys[None, :]
        weights = tl.load(s_block, mask=inside, other=0.0)
        v_block = v_ptr + (head * n_keys + keys[:, None]) * D + dims[None, :]
        v = tl.load(v_block, mask=keys[:, None] < n_keys, other=0.0)
        out += tl.dot(weights.to(v.dtype), v)
    out_block = out_ptr + (head * n_queries + rows[:, None]) * D + dims[None, :]
    tl.store(out_block, out, mask=rows[:, None] < n_queries)


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
    size = (batch, heads, n_queries, n_keys)
    scores = torch.empty(size, dtype=torch.float32, device=q.device)
    rows, cols = triton.cdiv(n_queries, 32), triton.cdiv(n_keys, 32)
    score_blocks[rows, cols, batch * heads](
        q, k, scores, n_queries, n_keys, scale, CAUSAL=causal, D=dim, BLOCK=32
    )
    block = triton.next_power_of_2(n_keys)
    softmax_rows[(batch * heads * n_queries,)](scores, n_keys, BLOCK=block)
    weighted_values[rows, batch * heads](scores, v, out, n_queries, n_keys, D=dim, BLOCK=32)
    return out
