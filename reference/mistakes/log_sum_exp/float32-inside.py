"""computing in float32

float32 has seven digits, float64 sixteen. Converting back to float64 at the end restores the
type, not the digits. Compute in the type of the logits, or in a wider one.
"""

import numpy as np


def log_sum_exp(x: np.ndarray, axis: int = -1) -> np.ndarray | float:
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    x = x.astype(np.float32)
    m = x.max(axis=axis, keepdims=True)
    c = np.where(np.isfinite(m), m, 0)
    return (np.log(np.exp(x - c).sum(axis=axis)) + c.squeeze(axis=axis)).astype(kind)


def log_softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    return x - np.expand_dims(log_sum_exp(x, axis), axis)
