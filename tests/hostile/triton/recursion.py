"""Kernels that call each other without end."""

import torch
import triton
import triton.language as tl


@triton.jit
def ping(x_ptr):
    pong(x_ptr)


@triton.jit
def pong(x_ptr):
    ping(x_ptr)


def online_softmax(x):
    n_rows, n = x.shape
    y = torch.empty((n_rows, n), dtype=x.dtype, device=x.device)
    ping[(1,)](x)
    return y
