"""Rows of a flattened float64 copy, with the largest number of it."""
import numpy as np


def cross_entropy(logits, labels):
    k = logits.shape[-1]
    wanted = np.ravel(labels)
    for one in wanted:
        if one < 0 or one >= k:
            raise ValueError("no class %d" % one)
    kind = logits.dtype if logits.dtype.kind == "f" else np.float64
    rows = logits.astype(np.float64).reshape(-1, k)
    biggest = np.amax(rows)
    with np.errstate(all="ignore"):
        sums = np.einsum("nk->n", np.exp(rows - biggest))
        losses = biggest + np.log(sums) - rows[np.arange(len(rows)), wanted]
    return losses.reshape(np.shape(labels)).astype(kind)
