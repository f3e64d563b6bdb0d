"""computing in float16

float16 has three digits. Converting back to float32 or float64 at the end restores the
type, not the digits. Compute in the type of the logits, or in a wider one.
"""

import numpy as np

BY_ROWS = False  # or True


def softmax_stable(x: np.ndarray, axis: int = -1) -> np.ndarray:
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    x = x.astype(np.float16)
    if BY_ROWS:  # in which order NumPy sums depends on how the numbers lie in memory
        rows = np.ascontiguousarray(np.moveaxis(x, axis, -1))
        e = np.exp(rows - rows.max(axis=-1, keepdims=True))
        return np.moveaxis(e / e.sum(axis=-1, keepdims=True), -1, axis).astype(kind)
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return (e / e.sum(axis=axis, keepdims=True)).astype(kind)
