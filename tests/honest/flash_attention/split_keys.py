# Style: the keys are split in two halves for different programs; a second kernel merges (m, d, sum)
import torch
import triton
import triton.language as tl

SPLITS = 2


@triton.jit
def part_kernel(q_ptr, k_ptr, v_ptr, acc_ptr, md_ptr, Tq, Tk, n_rows, per_split, scale,
                CAUSAL: tl.constexpr, D: tl.constexpr, BM: tl.constexpr, BN: tl.constexpr):
    head = tl.program_id(1).to(tl.int64)
    split = tl.program_id(2)
    i = tl.program_id(0) * BM + tl.arange(0, BM)
    d = tl.arange(0, D)
    row = head * Tq + i
    q = tl.load(q_ptr + row[:, None] * D + d[None, :], mask=i[:, None] < Tq, other=0.0)
    m = tl.full([BM], float("-inf"), tl.float32)
    s = tl.zeros([BM], tl.float32)
    acc = tl.zeros([BM, D], tl.float32)
    begin = split * per_split
    end = tl.minimum(Tk, begin + per_split)
    if CAUSAL:
        end = tl.minimum(end, tl.program_id(0) * BM + BM + Tk - Tq)
    for start in range(begin, end, BN):
        j = start + tl.arange(0, BN)
        seen = (j < end)[None, :] & (i >= 0)[:, None]
        if CAUSAL:
            seen = seen & (j[None, :] <= i[:, None] + Tk - Tq)
        k = tl.load(k_ptr + (head * Tk + j[None, :]) * D + d[:, None], mask=j[None, :] < end, other=0.0)
        v = tl.load(v_ptr + (head * Tk + j[:, None]) * D + d[None, :], mask=j[:, None] < end, other=0.0)
        x = tl.where(seen, tl.dot(q, k) * scale, float("-inf"))
        new = tl.maximum(m, tl.max(x, 1))
        z = tl.where(new == float("-inf"), 0.0, new)
        p = tl.exp(x - z[:, None])
        c = tl.exp(m - z)
        s = s * c + tl.sum(p, 1)
        acc = acc * c[:, None] + tl.dot(p.to(v.dtype), v)
        m = new
    out_row = split.to(tl.int64) * n_rows + row
    tl.store(acc_ptr + out_row[:, None] * D + d[None, :], acc, mask=i[:, None] < Tq)
    tl.store(md_ptr + out_row * 2, m, mask=i < Tq)
    tl.store(md_ptr + out_row * 2 + 1, s, mask=i < Tq)


@triton.jit
def merge_kernel(acc_ptr, md_ptr, o_ptr, n_rows, SPLITS: tl.constexpr, D: tl.constexpr, ROWS: tl.constexpr):
    r = tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS)
    d = tl.arange(0, D)
    ok = r < n_rows
    top = tl.full([ROWS], float("-inf"), tl.float32)
    for p in tl.static_range(SPLITS):
        top = tl.maximum(top, tl.load(md_ptr + (p * n_rows + r) * 2, mask=ok, other=0.0))
    top = tl.where(top == float("-inf"), 0.0, top)
    total = tl.zeros([ROWS], tl.float32)
    acc = tl.zeros([ROWS, D], tl.float32)
    for p in tl.static_range(SPLITS):
        m = tl.load(md_ptr + (p * n_rows + r) * 2, mask=ok, other=0.0)
        w = tl.exp(m - top)
        total += w * tl.load(md_ptr + (p * n_rows + r) * 2 + 1, mask=ok, other=0.0)
        acc += w[:, None] * tl.load(acc_ptr + (p * n_rows + r)[:, None] * D + d[None, :], mask=ok[:, None], other=0.0)
    acc = acc / tl.where(total == 0.0, 1.0, total)[:, None]
    tl.store(o_ptr + r[:, None] * D + d[None, :], acc.to(o_ptr.dtype.element_ty), mask=ok[:, None])


def flash_attention(q, k, v, causal=False, scale=None):
    B, H, Tq, D = q.shape
    Tk = k.shape[2]
    BM, BN = 64, 32
    rows = B * H * Tq
    per_split = triton.cdiv(triton.cdiv(Tk, SPLITS), BN) * BN
    out = torch.empty_like(q)
    acc = torch.empty((SPLITS, B, H, Tq, D), device=q.device, dtype=torch.float32)
    md = torch.empty((SPLITS, B, H, Tq, 2), device=q.device, dtype=torch.float32)
    part_kernel[(triton.cdiv(Tq, BM), B * H, SPLITS)](
        q, k, v, acc, md, Tq, Tk, rows, per_split, D**-0.5 if scale is None else scale,
        CAUSAL=causal, D=D, BM=BM, BN=BN, num_warps=4, num_stages=2,
    )
    merge_kernel[(triton.cdiv(rows, 32),)](acc, md, out, rows, SPLITS=SPLITS, D=D, ROWS=32)
    return out
