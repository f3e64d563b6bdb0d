import numpy as np


def one(v):
    highest = v.max()
    return np.exp(v - highest) / sum(np.exp(v))


def softmax_stable(x, axis=-1):
    t = np.result_type(x, np.float16) if x.dtype.kind == "f" else np.dtype(float)
    turned = np.moveaxis(x, axis, -1)
    if turned.shape[-1] == 0:
        raise ValueError("empty axis")
    flat = turned.reshape(-1, turned.shape[-1]).astype(t)
    done = np.empty(flat.shape, dtype=t)
    for i, v in enumerate(flat):
        done[i] = one(v)
    return np.moveaxis(done.reshape(turned.shape), -1, axis)
