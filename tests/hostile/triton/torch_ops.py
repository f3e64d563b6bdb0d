"""The same, straight from the dispatcher."""

import torch


def online_softmax(x):
    return torch.ops.aten._softmax.default(x, 1, False)
