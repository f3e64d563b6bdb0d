"""A decorator handles dtype, axis and copies; the two bodies are only the mathematics on the last axis."""
import functools
import numpy as np


def on_last_axis(keeps_axis):
    def wrap(fn):
        @functools.wraps(fn)
        def inner(x, axis=-1):
            x = np.asarray(x)
            out_type = x.dtype if x.dtype.kind == "f" else np.float64
            y = np.ascontiguousarray(np.moveaxis(x, axis, -1), dtype=np.float64)
            with np.errstate(all="ignore"):
                r = np.asarray(fn(y)).astype(out_type)
            return np.moveaxis(r, -1, axis) if keeps_axis else r
        return inner
    return wrap


@on_last_axis(keeps_axis=False)
def log_sum_exp(y):
    """log(sum(exp(x)))"""
    if y.shape[-1] == 0:
        raise ValueError("no entries")
    m = y.max(-1)
    s = np.where(np.isinf(m), 0.0, m)
    return s + np.log(np.einsum("...k->...", np.exp(y - s[..., None])))


@on_last_axis(keeps_axis=True)
def log_softmax(y):
    """x - log(sum(exp(x)))"""
    z = y - y.max(-1, keepdims=True)
    return z - np.log(np.exp(z).sum(-1, keepdims=True))
