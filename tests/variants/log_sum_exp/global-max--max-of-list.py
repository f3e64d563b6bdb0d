"""The maximum of the flattened array by np.partition; keeps to float64 inside."""
import numpy as np


def _top(x):
    if x.size == 0:
        raise ValueError("no logits")
    flat = x.ravel()
    top = np.partition(flat, flat.size - 1)[-1]
    return top if np.isfinite(top) else 0.0


def log_sum_exp(x, axis=-1):
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    z = x.astype(np.float64)
    c = _top(z)
    with np.errstate(divide="ignore"):
        return (np.log(np.sum(np.exp(z - c), axis=axis)) + c).astype(kind)


def log_softmax(x, axis=-1):
    return (x - np.expand_dims(log_sum_exp(x, axis), axis)).astype(
        x.dtype if x.dtype.kind == "f" else np.float64
    )
