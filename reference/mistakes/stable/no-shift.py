"""No shift at all

These are the answers of the naive recipe. Large logits overflow to infinity, very negative
ones all become 0, and both end in NaN. Subtract the maximum along `axis` before exp.
"""

import numpy as np


def softmax_stable(x: np.ndarray, axis: int = -1) -> np.ndarray:
    e = np.exp(x)
    return e / e.sum(axis=axis, keepdims=True)
