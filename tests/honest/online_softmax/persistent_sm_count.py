# Style: one persistent kernel for all N, a multiple of the multiprocessors that torch.cuda tells
# Needs: model card
import torch
import triton
import triton.language as tl


@triton.jit
def persistent_softmax(
    x_ptr, y_ptr, n_rows, n_cols, stride_x, stride_y,
    BLOCK: tl.constexpr, SINGLE: tl.constexpr,
):
    cols = tl.arange(0, BLOCK)
    for r in range(tl.program_id(0), n_rows, tl.num_programs(0)):
        x_row = x_ptr + tl.cast(r, tl.int64) * stride_x
        y_row = y_ptr + tl.cast(r, tl.int64) * stride_y
        if SINGLE:
            x = tl.load(x_row + cols, cols < n_cols, -float("inf")).to(tl.float32)
            e = tl.exp(x - tl.max(x, axis=0))
            tl.store(y_row + cols, e / tl.sum(e, axis=0), cols < n_cols)
        else:
            m = -float("inf")
            d = 0.0
            for s in range(0, n_cols, BLOCK):
                x = tl.load(x_row + s + cols, s + cols < n_cols, -float("inf")).to(tl.float32)
                m_old = m
                m = tl.maximum(m, tl.max(x, axis=0))
                # exp(-inf - (-inf)) is not wanted: compare first
                p = tl.where(x == -float("inf"), 0.0, tl.exp(x - m))
                c = tl.where(m_old == -float("inf"), 0.0, tl.exp(m_old - m))
                # where() above must not swallow what d already is
                d = tl.where(m_old == -float("inf"), d, d * c) + tl.sum(p, axis=0)
            for s in range(0, n_cols, BLOCK):
                x = tl.load(x_row + s + cols, s + cols < n_cols, -float("inf")).to(tl.float32)
                tl.store(y_row + s + cols, tl.exp(x - m) / d, s + cols < n_cols)


def online_softmax(x: torch.Tensor) -> torch.Tensor:
    rows, n = x.shape
    out = torch.empty(rows, n, device=x.device, dtype=x.dtype)
    sms = torch.cuda.get_device_properties(torch.cuda.current_device()).multi_processor_count
    single = n <= 16384
    block = triton.next_power_of_2(n) if single else 8192
    warps = min(max(block // 1024, 1), 16)
    with torch.cuda.device(x.device):
        persistent_softmax[(min(rows, 4 * sms),)](
            x, out, rows, n, x.stride(0), out.stride(0), BLOCK=block, SINGLE=single, num_warps=warps
        )
    return out
