"""zeros for a row with nothing to choose from

Where all logits are -inf, or one is +inf or NaN, there is no distribution, and NaN says so
(SciPy and PyTorch do the same). Zeros do not sum to 1 and let the error pass unseen.
"""

import numpy as np

ONLY_MASKED = False  # or True


def softmax_stable(x: np.ndarray, axis: int = -1) -> np.ndarray:
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    answer = e / e.sum(axis=axis, keepdims=True)
    hidden = np.isnan(answer)
    if ONLY_MASKED:
        hidden &= np.all(x == -np.inf, axis=axis, keepdims=True)
    return np.where(hidden, 0, answer).astype(answer.dtype)
