import numpy as np


def softmax_naive(x):
    kind = x.dtype if np.issubdtype(x.dtype, np.floating) else np.dtype("float64")
    weights = np.exp(x.astype(kind))
    total = np.add.reduce(weights, axis=-1, keepdims=True)
    fine = np.isfinite(total) & (total > 0)
    result = np.zeros(weights.shape, dtype=kind)
    np.divide(weights, total, out=result, where=fine)
    return result
