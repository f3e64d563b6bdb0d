"""The computation runs in float16

float16 has three digits. Converting back to float32 or float64 at the end restores the
type, not the digits. Compute in the type of the logits, or in a wider one.
"""

import numpy as np


def softmax_stable(x: np.ndarray, axis: int = -1) -> np.ndarray:
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    x = x.astype(np.float16)
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return (e / e.sum(axis=axis, keepdims=True)).astype(kind)
