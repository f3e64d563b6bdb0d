# Style: block pointers, q scaled once in front of the loop
import math
import torch
import triton
import triton.language as tl


@triton.jit
def fwd(q_ptr, k_ptr, v_ptr, o_ptr, n_q, n_k, scale_log2,
        IS_CAUSAL: tl.constexpr, HEAD_DIM: tl.constexpr, BLOCK_Q: tl.constexpr, BLOCK_K: tl.constexpr):
    start_q = tl.program_id(0) * BLOCK_Q
    head = tl.program_id(1).to(tl.int64)
    q_block = tl.make_block_ptr(q_ptr + head * n_q * HEAD_DIM, (n_q, HEAD_DIM), (HEAD_DIM, 1),
                                (start_q, 0), (BLOCK_Q, HEAD_DIM), (1, 0))
    k_block = tl.make_block_ptr(k_ptr + head * n_k * HEAD_DIM, (HEAD_DIM, n_k), (1, HEAD_DIM),
                                (0, 0), (HEAD_DIM, BLOCK_K), (0, 1))
    v_block = tl.make_block_ptr(v_ptr + head * n_k * HEAD_DIM, (n_k, HEAD_DIM), (HEAD_DIM, 1),
                                (0, 0), (BLOCK_K, HEAD_DIM), (1, 0))
    o_block = tl.make_block_ptr(o_ptr + head * n_q * HEAD_DIM, (n_q, HEAD_DIM), (HEAD_DIM, 1),
                                (start_q, 0), (BLOCK_Q, HEAD_DIM), (1, 0))
    q = tl.load(q_block, boundary_check=(0,), padding_option="zero")
    q = (q.to(tl.float32) * scale_log2).to(q_ptr.dtype.element_ty)

    row_max = tl.full((BLOCK_Q,), float("-inf"), tl.float32)
    row_sum = tl.full((BLOCK_Q,), 0.0, tl.float32)
    acc = tl.full((BLOCK_Q, HEAD_DIM), 0.0, tl.float32)
    rows = start_q + tl.arange(0, BLOCK_Q)[:, None] + (n_k - n_q)
    cols = tl.arange(0, BLOCK_K)[None, :]
    stop = n_k
    if IS_CAUSAL:
        stop = tl.minimum(stop, start_q + BLOCK_Q + n_k - n_q)
    for start_k in range(0, stop, BLOCK_K):
        k = tl.load(k_block, boundary_check=(1,), padding_option="zero")
        v = tl.load(v_block, boundary_check=(0,), padding_option="zero")
        s = tl.dot(q, k)
        ok = start_k + cols < n_k
        if IS_CAUSAL:
            ok = ok & (start_k + cols <= rows)
        s = tl.where(ok, s, float("-inf"))
        new_max = tl.maximum(row_max, tl.max(s, axis=1))
        ref = tl.where(new_max == float("-inf"), 0.0, new_max)
        corr = tl.exp2(row_max - ref)
        p = tl.exp2(s - ref[:, None])
        row_sum = row_sum * corr + tl.sum(p, axis=1)
        acc = acc * corr[:, None] + tl.dot(p.to(v_ptr.dtype.element_ty), v)
        row_max = new_max
        k_block = tl.advance(k_block, (0, BLOCK_K))
        v_block = tl.advance(v_block, (BLOCK_K, 0))
    acc = tl.where(row_sum[:, None] > 0, acc / row_sum[:, None], 0.0)
    tl.store(o_block, acc.to(o_ptr.dtype.element_ty), boundary_check=(0,))


def flash_attention(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, causal: bool = False,
                    scale: float | None = None) -> torch.Tensor:
    b, h, n_q, dim = q.shape
    n_k = k.shape[-2]
    out = torch.empty(q.shape, dtype=q.dtype, device=q.device)
    scale_log2 = (scale if scale is not None else dim**-0.5) / math.log(2)
    fwd[(triton.cdiv(n_q, 64), b * h, 1)](q, k, v, out, n_q, n_k, scale_log2, IS_CAUSAL=causal, HEAD_DIM=dim,
                                          BLOCK_Q=64, BLOCK_K=32, num_stages=2)
    return out
