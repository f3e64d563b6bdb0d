"""Tests and a timing of one's own under `if __name__ == "__main__"`."""

import numpy as np


def softmax_stable(x, axis=-1):
    """Softmax.

    >>> softmax_stable(np.array([0.0, 0.0])).tolist()
    [0.5, 0.5]
    """
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


if __name__ == "__main__":
    import doctest
    import sys

    import torch

    assert np.allclose(softmax_stable(np.zeros(3)), torch.zeros(3).softmax(0))
    sys.exit(doctest.testmod()[0])
