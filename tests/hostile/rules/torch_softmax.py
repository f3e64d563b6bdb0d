"""PyTorch does the work."""

def softmax_stable(x, axis=-1):
    import torch

    return torch.softmax(torch.from_numpy(x), axis).numpy()
