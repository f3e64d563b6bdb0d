# Style: tensor descriptors made in the kernel, one for each head, with an allocator for them
import math
import torch
import triton
import triton.language as tl


@triton.jit
def attention_fwd(Q, K, V, Out, Tq, Tk, scale,
                  CAUSAL: tl.constexpr, D: tl.constexpr, BM: tl.constexpr, BN: tl.constexpr):
    first_row = tl.program_id(0) * BM
    head = tl.program_id(1).to(tl.int64)
    q_desc = tl.make_tensor_descriptor(Q + head * Tq * D, shape=[Tq, D], strides=[D, 1], block_shape=[BM, D])
    k_desc = tl.make_tensor_descriptor(K + head * Tk * D, shape=[Tk, D], strides=[D, 1], block_shape=[BN, D])
    v_desc = tl.make_tensor_descriptor(V + head * Tk * D, shape=[Tk, D], strides=[D, 1], block_shape=[BN, D])
    o_desc = tl.make_tensor_descriptor(Out + head * Tq * D, shape=[Tq, D], strides=[D, 1], block_shape=[BM, D])
    q = q_desc.load([first_row, 0])
    limit = first_row + tl.arange(0, BM) + Tk - Tq if CAUSAL else tl.full([BM], 0, tl.int32) + Tk - 1
    limit = tl.minimum(limit, Tk - 1)
    m = tl.full([BM], float("-inf"), tl.float32)
    d = tl.zeros([BM], tl.float32)
    o = tl.zeros([BM, D], tl.float32)
    end = tl.minimum(Tk, first_row + BM + Tk - Tq) if CAUSAL else Tk
    for start in range(0, end, BN):
        s = tl.dot(q, tl.trans(k_desc.load([start, 0]))) * scale
        s = tl.where(start + tl.arange(0, BN)[None, :] <= limit[:, None], s, float("-inf"))
        top = tl.maximum(m, tl.max(s, 1))
        z = tl.where(top == float("-inf"), 0.0, top)
        w = tl.exp2(s - z[:, None])
        r = tl.exp2(m - z)
        d = d * r + tl.sum(w, 1)
        v = v_desc.load([start, 0])
        o = o * r[:, None] + tl.dot(w.to(v.dtype), v)
        m = top
    o = o / tl.maximum(d, 1e-30)[:, None]
    o_desc.store([first_row, 0], o.to(Out.dtype.element_ty))


def alloc_fn(size: int, align: int, stream):
    return torch.empty(size, dtype=torch.int8, device="cuda")


def flash_attention(q, k, v, causal=False, scale=None):
    triton.set_allocator(alloc_fn)
    B, H, Tq, D = q.shape
    scale = (1 / math.sqrt(D) if scale is None else scale) * math.log2(math.e)
    out = torch.empty((B, H, Tq, D), device=q.device, dtype=q.dtype)
    attention_fwd[(triton.cdiv(Tq, 64), B * H)](
        q, k, v, out, Tq, k.shape[2], scale, CAUSAL=causal, D=D, BM=64, BN=32, num_warps=4, num_stages=2
    )
    return out
