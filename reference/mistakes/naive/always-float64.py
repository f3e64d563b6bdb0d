"""an answer that is always float64

The values are right, but float16 and float32 logits must give answers in their own type. A
conversion to float64 at the start has to be undone at the end, or left out.
"""

import numpy as np


def softmax_naive(x: np.ndarray) -> np.ndarray:
    e = np.exp(x.astype(np.float64))
    return e / e.sum(axis=-1, keepdims=True)
