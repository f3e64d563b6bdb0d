"""Scores with keys down and queries across, powers of two, a while loop."""
import torch
import triton
import triton.language as tl

LOG2E = tl.constexpr(1.4426950408889634)


@triton.jit
def attend(qp, kp, vp, yp, nq, nk, factor, ONLY_PAST: tl.constexpr, WIDTH: tl.constexpr, QS: tl.constexpr, KS: tl.constexpr):
    head = tl.program_id(0).to(tl.int64)
    mine = tl.program_id(1) * QS + tl.arange(0, QS)
    dims = tl.arange(0, WIDTH)
    qp += head * nq * WIDTH
    kp += head * nk * WIDTH
    vp += head * nk * WIDTH
    yp += head * nq * WIDTH
    qt = tl.load(qp + dims[:, None] + mine[None, :] * WIDTH, mask=mine[None, :] < nq, other=0.0)
    top = tl.full([QS], -float("inf"), tl.float32)
    weight = tl.zeros([QS], tl.float32)
    total = tl.zeros([WIDTH, QS], tl.float32)
    at = 0
    while at < nk:
        keys = at + tl.arange(0, KS)
        k = tl.load(kp + keys[:, None] * WIDTH + dims[None, :], mask=keys[:, None] < nk, other=0.0)
        vt = tl.load(vp + keys[None, :] * WIDTH + dims[:, None], mask=keys[None, :] < nk, other=0.0)
        st = tl.dot(k, qt) * (factor * LOG2E)
        st = tl.where(keys[:, None] < nk, st, -float("inf"))
        if ONLY_PAST:
            st = tl.where(keys[:, None] - nk - 1 <= mine[None, :] - nq, st, -float("inf"))
        higher = tl.maximum(top, tl.max(st, axis=0))
        ref = tl.where(higher == -float("inf"), 0.0, higher)
        pt = tl.exp2(st - ref[None, :])
        factor_old = tl.exp2(top - ref)
        weight = weight * factor_old + tl.sum(pt, axis=0)
        total = total * factor_old[None, :] + tl.dot(vt, pt.to(vt.dtype))
        top = higher
        at += KS
    total = total / tl.where(weight > 0, weight, 1.0)[None, :]
    tl.store(yp + dims[:, None] + mine[None, :] * WIDTH, total, mask=mine[None, :] < nq)


def flash_attention(q, k, v, causal=False, scale=None):
    b, h, nq, width = q.shape
    nk = k.shape[2]
    y = torch.empty((b, h, nq, width), dtype=q.dtype, device=q.device)
    factor = width ** -0.5 if scale is None else scale
    attend[(b * h, triton.cdiv(nq, 16))](
        q, k, v, y, nq, nk, factor, ONLY_PAST=causal, WIDTH=width, QS=16, KS=64
    )
    return y
