"""A block of queries walks once over the keys; m, d and the weighted sum stay on the chip."""

import math

import torch
import triton
import triton.language as tl


@triton.jit
def walk(
    out, m, d, q, k_ptr, v_ptr, begin, end, last_seen, n_keys, scale,
    BLOCK: tl.constexpr, D: tl.constexpr, MASKED: tl.constexpr,
):  # fmt: skip
    """Take in the keys from begin to end, a block at a time."""
    dims = tl.arange(0, D)
    cols = tl.arange(0, BLOCK)
    k_ptrs = k_ptr + begin * D + cols[None, :] * D + dims[:, None]  # transposed
    v_ptrs = v_ptr + begin * D + cols[:, None] * D + dims[None, :]
    for start in range(begin, end, BLOCK):
        if MASKED:
            inside = cols < n_keys - start
            k = tl.load(k_ptrs, mask=inside[None, :], other=0.0)
            v = tl.load(v_ptrs, mask=inside[:, None], other=0.0)
            seen = start + cols[None, :] <= last_seen[:, None]
            scores = tl.where(seen, tl.dot(q, k) * scale, -float("inf"))
        else:
            k = tl.load(k_ptrs)
            v = tl.load(v_ptrs)
            scores = tl.dot(q, k) * scale
        top = tl.maximum(m, tl.max(scores, axis=1))
        shift = top
        if MASKED:  # a query that has seen no key yet: -inf - (-inf) is NaN
            shift = tl.where(top == -float("inf"), 0.0, top)
        weights = tl.exp2(scores - shift[:, None])
        rescale = tl.exp2(m - shift)
        d = d * rescale + tl.sum(weights, axis=1)
        out = out * rescale[:, None] + tl.dot(weights.to(v.dtype), v)
        m = top
        k_ptrs += BLOCK * D
        v_ptrs += BLOCK * D
    return out, m, d


@triton.jit
def attention(
    q_ptr, k_ptr, v_ptr, out_ptr, n_queries, n_keys, scale,
    CAUSAL: tl.constexpr, D: tl.constexpr, BLOCK_M: tl.constexpr, BLOCK_N: tl.constexpr,
):  # fmt: skip
    first = tl.program_id(0) * BLOCK_M
    head = tl.program_id(1).to(tl.int64)  # 64 bits: large tensors reach beyond 2^31
    rows = first + tl.arange(0, BLOCK_M)
    tile = rows[:, None] * D + tl.arange(0, D)[None, :]
    q_ptrs = q_ptr + head * n_queries * D + tile
    inside = (rows < n_queries)[:, None]
    q = tl.load(q_ptrs, mask=inside, other=0.0)
    k_ptr += head * n_keys * D
    v_ptr += head * n_keys * D

    # Keys that all of these queries see, and the end of those that any of them sees.
    if CAUSAL:
        ahead = n_keys - n_queries  # the last query sees the last key
        last_seen = tl.minimum(rows + ahead, n_keys - 1)
        shared = tl.minimum(tl.maximum(first + ahead + 1, 0), n_keys)
        end = tl.minimum(tl.maximum(first + BLOCK_M + ahead, 0), n_keys)
    else:
        last_seen = tl.full([BLOCK_M], n_keys - 1, tl.int32)
        shared = n_keys
        end = n_keys
    shared = shared // BLOCK_N * BLOCK_N

    m = tl.full([BLOCK_M], -float("inf"), tl.float32)
    d = tl.zeros([BLOCK_M], tl.float32)
    out = tl.zeros([BLOCK_M, D], tl.float32)
    out, m, d = walk(
        out, m, d, q, k_ptr, v_ptr, 0, shared, last_seen, n_keys, scale, BLOCK_N, D, False
    )
    out, m, d = walk(
        out, m, d, q, k_ptr, v_ptr, shared, end, last_seen, n_keys, scale, BLOCK_N, D, True
    )
    d = tl.where(d == 0.0, 1.0, d)  # a query that saw no key: zeros
    tl.store(out_ptr + head * n_queries * D + tile, out / d[:, None], mask=inside)


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
    out = torch.empty((batch, heads, n_queries, dim), dtype=q.dtype, device=q.device)
    wide = q.dtype == torch.float32  # twice the bytes: smaller blocks, or they spill
    block_m, block_n = (64, 32) if wide else (128, 64)
    grid = (triton.cdiv(n_queries, block_m), batch * heads)
    attention[grid](
        q, k, v, out, n_queries, n_keys, scale * math.log2(math.e),
        CAUSAL=causal, D=dim, BLOCK_M=block_m, BLOCK_N=block_n,
        num_warps=4 if dim < 64 else 8, num_stages=2 if wide else 3,
    )  # fmt: skip
    return out
