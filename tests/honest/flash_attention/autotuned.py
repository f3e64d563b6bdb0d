# Style: autotuned over blocks, warps and stages, with configurations pruned by the head's size
# Needs: model card
import torch
import triton
import triton.language as tl

configs = [
    triton.Config({"BLOCK_M": BM, "BLOCK_N": BN}, num_stages=s, num_warps=w)
    for BM, BN, s, w in [(64, 32, 2, 4), (64, 64, 2, 4), (128, 64, 2, 8), (128, 64, 3, 8)]
]


def prune(configs, named_args, **kwargs):
    big = kwargs["D"] * named_args["q"].element_size() >= 256
    return [c for c in configs if not (big and c.kwargs["BLOCK_M"] * c.kwargs["BLOCK_N"] > 64 * 32)]


@triton.autotune(configs=configs, key=["Tq", "Tk", "D", "CAUSAL"], prune_configs_by={"early_config_prune": prune})
@triton.jit
def attn(q, k, v, o, Tq, Tk, qk_scale, D: tl.constexpr, CAUSAL: tl.constexpr,
         BLOCK_M: tl.constexpr, BLOCK_N: tl.constexpr):
    pid = tl.program_id(0)
    bh = tl.program_id(1).to(tl.int64)
    rows = pid * BLOCK_M + tl.arange(0, BLOCK_M)
    dims = tl.arange(0, D)
    cols = tl.arange(0, BLOCK_N)
    qo = (bh * Tq + rows)[:, None] * D + dims[None, :]
    qv = tl.load(q + qo, mask=rows[:, None] < Tq, other=0.0)
    m = tl.full([BLOCK_M], -float("inf"), tl.float32)
    l = tl.full([BLOCK_M], 0.0, tl.float32)
    acc = tl.zeros([BLOCK_M, D], tl.float32)
    hi = Tk
    if CAUSAL:
        hi = min(Tk, max(0, (pid + 1) * BLOCK_M + Tk - Tq))
    for lo in tl.range(0, hi, BLOCK_N):
        kv = tl.load(k + (bh * Tk + lo + cols)[None, :] * D + dims[:, None], mask=lo + cols[None, :] < Tk, other=0.0)
        s = tl.dot(qv, kv) * qk_scale
        bias = tl.where(lo + cols < Tk, 0.0, -float("inf"))
        s += bias[None, :]
        if CAUSAL:
            s = tl.where(lo + cols[None, :] <= rows[:, None] + Tk - Tq, s, -float("inf"))
        m2 = tl.maximum(m, tl.max(s, axis=1))
        safe = tl.where(m2 == -float("inf"), 0.0, m2)
        p = tl.exp2(s - safe[:, None])
        a = tl.exp2(m - safe)
        l = l * a + tl.sum(p, axis=1)
        vv = tl.load(v + (bh * Tk + lo + cols)[:, None] * D + dims[None, :], mask=lo + cols[:, None] < Tk, other=0.0)
        acc = tl.dot(p.to(vv.dtype), vv, acc * a[:, None])
        m = m2
    l = tl.where(l == 0.0, 1.0, l)
    tl.store(o + qo, (acc / l[:, None]).to(o.dtype.element_ty), mask=rows[:, None] < Tq)


def flash_attention(q, k, v, causal=False, scale=None):
    B, H, Tq, D = q.shape
    Tk = k.shape[2]
    o = q.new_empty(q.shape)
    qk_scale = (D ** -0.5 if scale is None else scale) * 1.4426950408889634
    attn[lambda META: (triton.cdiv(Tq, META["BLOCK_M"]), B * H)](q, k, v, o, Tq, Tk, qk_scale, D=D, CAUSAL=causal)
    return o
