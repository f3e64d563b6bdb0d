"""taking exp without a shift

These are the answers of the naive recipe. Large logits overflow to infinity, very negative
ones all become 0, and both end in NaN. The stub says what may be subtracted from every
logit without changing the answer. Which choice leaves no exponent above 0?
"""

import numpy as np

CHECKS_LENGTH = False  # or True


def softmax_stable(x: np.ndarray, axis: int = -1) -> np.ndarray:
    if CHECKS_LENGTH and x.shape[axis] == 0:
        raise ValueError("nothing along the axis")
    e = np.exp(x)
    return e / e.sum(axis=axis, keepdims=True)
