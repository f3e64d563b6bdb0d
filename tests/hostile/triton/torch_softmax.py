"""PyTorch's softmax, and no kernel."""

import torch


def online_softmax(x):
    return torch.softmax(x, dim=1)
