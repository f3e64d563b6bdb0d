"""an answer that is always float64

The values are right, and computing in float64 is allowed. But float16 and float32 logits
must give answers in their own type, so convert back at the end.
"""

import numpy as np


def softmax_stable(x: np.ndarray, axis: int = -1) -> np.ndarray:
    x = np.asarray(x, dtype=np.float64)
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)
