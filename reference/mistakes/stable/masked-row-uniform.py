"""equal probabilities for a row with nothing to choose from

Where all logits are -inf, each class would get 1/K here, although every one of them was
masked. There is no distribution, and NaN says so, as in SciPy and PyTorch.
"""

import numpy as np


def softmax_stable(x: np.ndarray, axis: int = -1) -> np.ndarray:
    top = x.max(axis=axis, keepdims=True)
    e = np.exp(np.where(top == -np.inf, 0, x - top))
    return (e / e.sum(axis=axis, keepdims=True)).astype(x.dtype if x.dtype.kind == "f" else float)
