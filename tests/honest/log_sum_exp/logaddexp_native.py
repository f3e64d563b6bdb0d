"""np.logaddexp.reduce in the dtype itself (only float16 is lifted to float32); log_softmax by subtraction."""
import numpy as np


def log_sum_exp(x, axis=-1):
    x = np.asarray(x)
    if x.shape[axis] == 0:
        raise ValueError("zero length along axis")
    if x.dtype == np.float16:
        return np.logaddexp.reduce(x.astype(np.float32), axis=axis).astype(np.float16)
    if x.dtype.kind in "iu":
        x = x.astype(float)
    return np.logaddexp.reduce(x, axis=axis)


def log_softmax(x, axis=-1):
    x = np.asarray(x)
    if x.dtype.kind in "iu":
        x = x.astype(float)
    work = x.astype(np.float32) if x.dtype == np.float16 else x
    work = work - work.max(axis=axis, keepdims=True)
    work = work - np.logaddexp.reduce(work, axis=axis, keepdims=True)
    return work.astype(x.dtype)
