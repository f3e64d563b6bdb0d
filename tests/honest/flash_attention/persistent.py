# Style: as many programs as multiprocessors, each takes one tile after the other; last tiles first
# Needs: model card
import torch
import triton
import triton.language as tl


@triton.jit
def tiles_kernel(q_ptr, k_ptr, v_ptr, o_ptr, n_heads, Tq, Tk, scale,
                 CAUSAL: tl.constexpr, D: tl.constexpr, BM: tl.constexpr, BN: tl.constexpr):
    blocks = tl.cdiv(Tq, BM)
    d = tl.arange(0, D)
    for tile in range(tl.program_id(0), blocks * n_heads, tl.num_programs(0)):
        head = tl.cast(tile % n_heads, tl.int64)
        block = blocks - 1 - tile // n_heads
        i = block * BM + tl.arange(0, BM)
        q = tl.load(q_ptr + (head * Tq + i[:, None]) * D + d[None, :], mask=i[:, None] < Tq, other=0.0)
        m = tl.full([BM], float("-inf"), tl.float32)
        s = tl.zeros([BM], tl.float32)
        acc = tl.zeros([BM, D], tl.float32)
        sees = tl.minimum(i + Tk - Tq, Tk - 1) if CAUSAL else tl.zeros_like(i) + (Tk - 1)
        for start in range(0, tl.max(sees, 0) + 1, BN):
            j = start + tl.arange(0, BN)
            k = tl.load(k_ptr + (head * Tk + j[None, :]) * D + d[:, None], mask=j[None, :] < Tk, other=0.0)
            v = tl.load(v_ptr + (head * Tk + j[:, None]) * D + d[None, :], mask=j[:, None] < Tk, other=0.0)
            x = tl.where(j[None, :] <= sees[:, None], tl.dot(q, k) * scale, float("-inf"))
            new = tl.maximum(m, tl.max(x, 1))
            z = tl.where(new == float("-inf"), 0.0, new)
            p = tl.exp(x - z[:, None])
            c = tl.exp(m - z)
            s = s * c + tl.sum(p, 1)
            acc = acc * c[:, None] + tl.dot(p.to(v.dtype), v)
            m = new
        acc = acc / tl.where(s == 0.0, 1.0, s)[:, None]
        tl.store(o_ptr + (head * Tq + i[:, None]) * D + d[None, :], acc, mask=i[:, None] < Tq)


def flash_attention(q, k, v, causal=False, scale=None):
    B, H, Tq, D = q.shape
    out = torch.empty_strided(q.size(), q.stride(), dtype=q.dtype, device=q.device)
    BM, BN = 64, 32
    n_tiles = triton.cdiv(Tq, BM) * B * H
    n_sm = torch.cuda.get_device_properties(q.device).multi_processor_count
    tiles_kernel[(min(n_tiles, 2 * n_sm),)](
        q, k, v, out, B * H, Tq, k.shape[-2], D ** -0.5 if scale is None else scale,
        CAUSAL=causal, D=D, BM=BM, BN=BN, num_warps=4, num_stages=2,
    )
    return out
