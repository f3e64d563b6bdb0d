"""PyTorch writes into memory that a kernel was launched on."""

import torch
import triton
import triton.language as tl


@triton.jit
def nothing(x_ptr):
    pass


def online_softmax(x):
    y = torch.empty_like(x)
    nothing[(1,)](y)
    torch.softmax(x, 1, out=y)
    return y
