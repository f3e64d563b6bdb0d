# Style: one loop over all blocks of keys, masked everywhere; exp; every stride is passed
import torch
import triton
import triton.language as tl


@triton.jit
def attn_kernel(
    Q, K, V, O,
    sqb, sqh, sqm, sqd, skb, skh, skn, skd, svb, svh, svn, svd, sob, soh, som, sod,
    H, Tq, Tk, scale,
    CAUSAL: tl.constexpr, D: tl.constexpr, BLOCK_M: tl.constexpr, BLOCK_N: tl.constexpr,
):
    pid_m = tl.program_id(0)
    pid_bh = tl.program_id(1)
    b = (pid_bh // H).to(tl.int64)
    h = (pid_bh % H).to(tl.int64)
    Q += b * sqb + h * sqh
    K += b * skb + h * skh
    V += b * svb + h * svh
    O += b * sob + h * soh

    offs_m = pid_m * BLOCK_M + tl.arange(0, BLOCK_M)
    offs_n = tl.arange(0, BLOCK_N)
    offs_d = tl.arange(0, D)
    q = tl.load(Q + offs_m[:, None] * sqm + offs_d[None, :] * sqd, mask=offs_m[:, None] < Tq, other=0.0)

    m_i = tl.full([BLOCK_M], float("-inf"), dtype=tl.float32)
    l_i = tl.zeros([BLOCK_M], dtype=tl.float32)
    acc = tl.zeros([BLOCK_M, D], dtype=tl.float32)
    for start_n in range(0, Tk, BLOCK_N):
        n = start_n + offs_n
        k = tl.load(K + n[:, None] * skn + offs_d[None, :] * skd, mask=n[:, None] < Tk, other=0.0)
        v = tl.load(V + n[:, None] * svn + offs_d[None, :] * svd, mask=n[:, None] < Tk, other=0.0)
        qk = tl.dot(q, tl.trans(k)) * scale
        mask = n[None, :] < Tk
        if CAUSAL:
            mask = mask & (n[None, :] <= offs_m[:, None] + (Tk - Tq))
        qk = tl.where(mask, qk, float("-inf"))
        m_new = tl.maximum(m_i, tl.max(qk, axis=1))
        m_safe = tl.where(m_new == float("-inf"), 0.0, m_new)
        alpha = tl.exp(m_i - m_safe)
        p = tl.exp(qk - m_safe[:, None])
        l_i = l_i * alpha + tl.sum(p, axis=1)
        acc = acc * alpha[:, None]
        acc += tl.dot(p.to(v.dtype), v)
        m_i = m_new
    acc = acc / tl.where(l_i == 0.0, 1.0, l_i)[:, None]
    tl.store(O + offs_m[:, None] * som + offs_d[None, :] * sod, acc.to(O.dtype.element_ty), mask=offs_m[:, None] < Tq)


def flash_attention(q, k, v, causal=False, scale=None):
    B, H, Tq, D = q.shape
    Tk = k.shape[2]
    o = torch.empty_like(q)
    if scale is None:
        scale = D**-0.5
    BLOCK_M, BLOCK_N = 64, 32
    grid = (triton.cdiv(Tq, BLOCK_M), B * H)
    attn_kernel[grid](
        q, k, v, o,
        *q.stride(), *k.stride(), *v.stride(), *o.stride(),
        H, Tq, Tk, scale,
        CAUSAL=causal, D=D, BLOCK_M=BLOCK_M, BLOCK_N=BLOCK_N, num_warps=4, num_stages=2,
    )
    return o
