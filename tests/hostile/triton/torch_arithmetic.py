"""Softmax by tensors' own arithmetic, in place where it can be."""

import torch  # noqa: F401


def online_softmax(x):
    y = x - x.max(dim=1, keepdim=True).values
    y.exp_()
    y /= y.sum(1, keepdim=True)
    return y
