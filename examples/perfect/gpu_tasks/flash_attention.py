"""A block of queries walks once over the keys; m, d and the weighted sum stay on the chip."""

import math

import torch
import triton
import triton.language as tl


@triton.jit
def walk(
    out, m, d, q, k_ptr, v_ptr, begin, end, last_seen, n_keys, scale,
    BLOCK: tl.constexpr, D: tl.constexpr, NEGATIVE: tl.constexpr, MASKED: tl.constexpr,
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
        else:
            k = tl.load(k_ptrs)
            v = tl.load(v_ptrs)
        scores = tl.dot(q, k)
        if NEGATIVE:
            scores = -scores
        if MASKED:
            seen = start + cols[None, :] <= last_seen[:, None]
            scores = tl.where(seen, scores * scale, -float("inf"))
            top = tl.maximum(m, tl.max(scores, axis=1))
            # A query that has seen no key yet: -inf - (-inf) is NaN.
            shift = tl.where(top == -float("inf"), 0.0, top)
            weights = tl.exp2(scores - shift[:, None])
        else:
            # As above, but scaled after the maximum: times and minus are one instruction then.
            top = tl.maximum(m, tl.max(scores, axis=1) * scale)
            shift = top
            weights = tl.exp2(scores * scale - shift[:, None])
        rescale = tl.exp2(m - shift)
        d = d * rescale + tl.sum(weights, axis=1)
        out = tl.dot(weights.to(v.dtype), v, out * rescale[:, None])
        m = top
        k_ptrs += BLOCK * D
        v_ptrs += BLOCK * D
    return out, m, d


def config(block_m: int, block_n: int, warps: int, stages: int) -> triton.Config:
    blocks = {"BLOCK_M": block_m, "BLOCK_N": block_n}
    return triton.Config(blocks, num_warps=warps, num_stages=stages)


WIDE = [config(64, 32, 8, 2), config(64, 32, 4, 2)]  # float32: twice the bytes
LONG = [config(128, 64, 8, 3), config(128, 128, 8, 2)]
SHORT = [config(128, 64, 4, 3)]  # for a D of 128 its registers do not suffice
OLD = [config(32, 32, 8, 1)]  # before sm_80 Triton has no tensor cores to offer


def fitting(_: list[triton.Config], arguments: dict, **constants: int) -> list[triton.Config]:
    if torch.cuda.get_device_capability() < (8, 0):
        return OLD
    if arguments["q_ptr"].dtype == torch.float32:
        return WIDE
    return LONG if constants["D"] > 64 else LONG + SHORT


@triton.autotune(
    WIDE + LONG + SHORT + OLD, key=["D", "CAUSAL"], prune_configs_by={"early_config_prune": fitting}
)
@triton.jit
def attention(
    q_ptr, k_ptr, v_ptr, out_ptr, n_queries, n_keys, scale,
    CAUSAL: tl.constexpr, NEGATIVE: tl.constexpr, D: tl.constexpr,
    BLOCK_M: tl.constexpr, BLOCK_N: tl.constexpr,
):  # fmt: skip
    block = tl.program_id(0)
    if CAUSAL:  # the last queries see the most keys: begin with them, and the short ones fill up
        block = tl.num_programs(0) - 1 - block
    first = block * BLOCK_M
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
        out, m, d, q, k_ptr, v_ptr, 0, shared, last_seen, n_keys, scale,
        BLOCK_N, D, NEGATIVE, False,
    )  # fmt: skip
    out, m, d = walk(
        out, m, d, q, k_ptr, v_ptr, shared, end, last_seen, n_keys, scale,
        BLOCK_N, D, NEGATIVE, True,
    )  # fmt: skip
    d = tl.where(d == 0.0, 1.0, d)  # a query that saw no key: zeros
    out *= (1.0 / d)[:, None]
    tl.store(out_ptr + head * n_queries * D + tile, out, mask=inside)


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
    scale *= math.log2(math.e)

    def grid(chosen: dict) -> tuple[int, int]:
        return triton.cdiv(n_queries, chosen["BLOCK_M"]), batch * heads

    # The largest product has the largest score, if the scale is not negative.
    attention[grid](
        q, k, v, out, n_queries, n_keys, abs(scale), CAUSAL=causal, NEGATIVE=scale < 0, D=dim
    )
    return out
