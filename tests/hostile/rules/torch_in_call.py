"""Takes the answer from PyTorch, imported only when it is called."""

import numpy as np


def softmax_stable(x, axis=-1):
    import torch

    return torch.softmax(torch.from_numpy(np.ascontiguousarray(x)), axis).numpy()
