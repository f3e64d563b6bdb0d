# Style: one kernel whose constants are heuristics of its arguments; a while loop
import torch
import triton
import triton.language as tl


@triton.heuristics({"ONE_BLOCK": lambda args: args["n"] <= 16384})
@triton.heuristics({
    "BLOCK": lambda args: triton.next_power_of_2(args["n"]) if args["n"] <= 16384 else 8192,
    "num_warps": lambda args: 4 if args["n"] <= 2048 else 16,
})
@triton.jit
def softmax_rows(y, y_stride, x, x_stride, n, BLOCK: tl.constexpr, ONE_BLOCK: tl.constexpr):
    pid = tl.program_id(0)
    x += pid.to(tl.int64) * x_stride
    y += pid.to(tl.int64) * y_stride
    o = tl.arange(0, BLOCK)
    if ONE_BLOCK:
        a = tl.load(x + o, mask=o < n, other=-float("inf")).to(tl.float32)
        a = tl.math.exp(a - tl.max(a))
        tl.store(y + o, tl.fdiv(a, tl.sum(a)), mask=o < n)
    else:
        m = tl.full((), -float("inf"), tl.float32)
        d = tl.full((), 0.0, tl.float32)
        i = 0
        while i < n:
            a = tl.load(x + i + o, mask=i + o < n, other=-float("inf")).to(tl.float32)
            top = tl.maximum(m, tl.max(a))
            z = tl.where(top == -float("inf"), 0.0, top)
            d = d * tl.math.exp(m - z) + tl.sum(tl.math.exp(a - z))
            m = top
            i += BLOCK
        i = 0
        while i < n:
            a = tl.load(x + i + o, mask=i + o < n, other=0.0).to(tl.float32)
            tl.store(y + i + o, tl.math.exp(a - m) / d, mask=i + o < n)
            i += BLOCK


def online_softmax(x):
    y = torch.empty_strided(x.shape, (x.shape[1], 1), dtype=x.dtype, device=x.device)
    softmax_rows[(x.size(0),)](y, y.stride(0), x, x.stride(0), x.size(1))
    return y
