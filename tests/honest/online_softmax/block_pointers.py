# Style: block pointers, advanced along the row
import torch
import triton
import triton.language as tl


@triton.jit
def softmax_block_ptr(x_ptr, y_ptr, M, N, stride_x, stride_y, BLOCK_N: tl.constexpr):
    row = tl.program_id(0)
    x_block = tl.make_block_ptr(
        base=x_ptr, shape=(M, N), strides=(stride_x, 1), offsets=(row, 0), block_shape=(1, BLOCK_N), order=(1, 0)
    )
    y_block = tl.make_block_ptr(
        base=y_ptr, shape=(M, N), strides=(stride_y, 1), offsets=(row, 0), block_shape=(1, BLOCK_N), order=(1, 0)
    )
    cols = tl.arange(0, BLOCK_N)[None, :]
    x = tl.load(x_block, boundary_check=(1,), padding_option="zero").to(tl.float32)
    x = tl.where(cols < N, x, -float("inf"))
    e = tl.exp(x - tl.max(x, axis=1)[:, None])
    y = e / tl.sum(e, axis=1)[:, None]
    tl.store(y_block, y.to(y_ptr.dtype.element_ty), boundary_check=(1,))


@triton.jit
def softmax_block_ptr_online(x_ptr, y_ptr, M, N, stride_x, stride_y, BLOCK_N: tl.constexpr):
    row = tl.program_id(0)
    x_start = tl.make_block_ptr(
        base=x_ptr, shape=(M, N), strides=(stride_x, 1), offsets=(row, 0), block_shape=(1, BLOCK_N), order=(1, 0)
    )
    y_block = tl.make_block_ptr(
        base=y_ptr, shape=(M, N), strides=(stride_y, 1), offsets=(row, 0), block_shape=(1, BLOCK_N), order=(1, 0)
    )
    cols = tl.arange(0, BLOCK_N)[None, :]
    m = tl.full([1], -float("inf"), dtype=tl.float32)
    d = tl.zeros([1], dtype=tl.float32)
    x_block = x_start
    for start in range(0, N, BLOCK_N):
        x = tl.load(x_block, boundary_check=(1,), padding_option="zero").to(tl.float32)
        x = tl.where(start + cols < N, x, -float("inf"))
        m_new = tl.maximum(m, tl.max(x, axis=1))
        shift = tl.where(m_new == -float("inf"), 0.0, m_new)
        d = d * tl.exp(m - shift) + tl.sum(tl.exp(x - shift[:, None]), axis=1)
        m = m_new
        x_block = tl.advance(x_block, (0, BLOCK_N))
    x_block = x_start
    for start in range(0, N, BLOCK_N):
        x = tl.load(x_block, boundary_check=(1,), padding_option="zero").to(tl.float32)
        y = tl.exp(x - m[:, None]) / d[:, None]
        tl.store(y_block, y.to(y_ptr.dtype.element_ty), boundary_check=(1,))
        x_block = tl.advance(x_block, (0, BLOCK_N))
        y_block = tl.advance(y_block, (0, BLOCK_N))


def online_softmax(x):
    M, N = x.shape
    y = torch.empty((M, N), dtype=x.dtype, device=x.device)
    if N <= 16384:
        block = triton.next_power_of_2(N)
        softmax_block_ptr[(M,)](x, y, M, N, x.stride(0), y.stride(0), BLOCK_N=block, num_warps=16 if block > 4096 else 4)
    else:
        softmax_block_ptr_online[(M,)](x, y, M, N, x.stride(0), y.stride(0), BLOCK_N=8192, num_warps=16)
    return y
