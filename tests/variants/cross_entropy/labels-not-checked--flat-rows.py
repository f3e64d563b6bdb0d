"""Flattened rows and a list comprehension, in the type of the logits."""
import numpy as np


def cross_entropy(logits, labels):
    x = logits if logits.dtype.kind == "f" else logits.astype(float)
    flat = x.reshape(-1, x.shape[-1])
    c = flat.max(axis=1)
    lse = c + np.log(np.sum(np.exp(flat - c[:, None]), axis=1))
    right = np.array([flat[n][i] for n, i in enumerate(np.ravel(labels))], dtype=x.dtype)
    return (lse - right).reshape(np.shape(labels))
