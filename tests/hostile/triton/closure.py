"""A kernel in a function, which closes over a tensor."""

import torch
import triton
import triton.language as tl


def online_softmax(x):
    y = torch.empty_like(x)

    @triton.jit
    def softmax_row(y_ptr, BLOCK: tl.constexpr):
        tl.store(y_ptr + tl.arange(0, BLOCK), x)

    softmax_row[(1,)](y, BLOCK=16)
    return y
