# Style: tensor descriptors made by the host, three-dimensional so that a block never leaves its head
import torch
import triton
import triton.language as tl
from triton.tools.tensor_descriptor import TensorDescriptor


@triton.jit
def _attn_inner(acc, l_i, m_i, q, desc_k, desc_v, bh, lo, hi, offs_m, delta, n_ctx, qk_scale,
                BLOCK_N: tl.constexpr, HEAD_DIM: tl.constexpr, MASK: tl.constexpr, CAUSAL: tl.constexpr):
    offs_n = tl.arange(0, BLOCK_N)
    for start_n in tl.range(lo, hi, BLOCK_N):
        k = desc_k.load([bh, start_n, 0]).reshape(BLOCK_N, HEAD_DIM).T
        qk = tl.dot(q, k) * qk_scale
        if MASK:
            qk = tl.where((start_n + offs_n)[None, :] < n_ctx, qk, float("-inf"))
            if CAUSAL:
                qk = tl.where((start_n + offs_n)[None, :] <= offs_m[:, None] + delta, qk, float("-inf"))
        m_ij = tl.maximum(m_i, tl.max(qk, 1))
        m_use = tl.where(m_ij == float("-inf"), 0.0, m_ij)
        p = tl.math.exp2(qk - m_use[:, None])
        alpha = tl.math.exp2(m_i - m_use)
        l_i = l_i * alpha + tl.sum(p, 1)
        acc = acc * alpha[:, None]
        v = desc_v.load([bh, start_n, 0]).reshape(BLOCK_N, HEAD_DIM)
        acc = tl.dot(p.to(v.dtype), v, acc)
        m_i = m_ij
    return acc, l_i, m_i


@triton.jit
def _attn_fwd(desc_q, desc_k, desc_v, desc_o, Tq, Tk, qk_scale,
              HEAD_DIM: tl.constexpr, BLOCK_M: tl.constexpr, BLOCK_N: tl.constexpr, CAUSAL: tl.constexpr):
    start_m = tl.program_id(0)
    bh = tl.program_id(1)
    offs_m = start_m * BLOCK_M + tl.arange(0, BLOCK_M)
    delta = Tk - Tq
    q = desc_q.load([bh, start_m * BLOCK_M, 0]).reshape(BLOCK_M, HEAD_DIM)
    m_i = tl.zeros([BLOCK_M], dtype=tl.float32) - float("inf")
    l_i = tl.zeros([BLOCK_M], dtype=tl.float32)
    acc = tl.zeros([BLOCK_M, HEAD_DIM], dtype=tl.float32)
    if CAUSAL:
        mid = tl.maximum(tl.minimum(start_m * BLOCK_M + delta + 1, Tk), 0) // BLOCK_N * BLOCK_N
        hi = tl.minimum((start_m + 1) * BLOCK_M + delta, Tk)
    else:
        mid = Tk // BLOCK_N * BLOCK_N
        hi = Tk
    acc, l_i, m_i = _attn_inner(acc, l_i, m_i, q, desc_k, desc_v, bh, 0, mid, offs_m, delta, Tk, qk_scale,
                                BLOCK_N, HEAD_DIM, False, CAUSAL)
    acc, l_i, m_i = _attn_inner(acc, l_i, m_i, q, desc_k, desc_v, bh, mid, hi, offs_m, delta, Tk, qk_scale,
                                BLOCK_N, HEAD_DIM, True, CAUSAL)
    acc = acc / tl.where(l_i == 0, 1.0, l_i)[:, None]
    desc_o.store([bh, start_m * BLOCK_M, 0], acc.to(desc_o.dtype).reshape(1, BLOCK_M, HEAD_DIM))


def flash_attention(q, k, v, causal=False, scale=None):
    B, H, Tq, D = q.shape
    Tk = k.shape[2]
    o = torch.empty_like(q)
    BLOCK_M, BLOCK_N = (64, 32) if q.dtype is torch.float32 else (128, 64)

    def desc(t, rows):
        T = t.shape[2]
        return TensorDescriptor(t, shape=[B * H, T, D], strides=[T * D, D, 1], block_shape=[1, rows, D])

    qk_scale = (scale if scale is not None else D ** -0.5) * 1.44269504
    grid = lambda META: (triton.cdiv(Tq, META["BLOCK_M"]), B * H, 1)
    _attn_fwd[grid](desc(q, BLOCK_M), desc(k, BLOCK_N), desc(v, BLOCK_N), desc(o, BLOCK_M), Tq, Tk, qk_scale,
                    HEAD_DIM=D, BLOCK_M=BLOCK_M, BLOCK_N=BLOCK_N, CAUSAL=causal, num_warps=8, num_stages=2)
    return o
