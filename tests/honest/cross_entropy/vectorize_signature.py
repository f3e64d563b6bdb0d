"""One example at a time, lifted to batches by np.vectorize with a signature."""
import numpy as np


def _single(row, label):
    top = row.max()
    return np.log(np.sum(np.exp(row - top))) - (row[label] - top)


_many = np.vectorize(_single, signature="(k),()->()", otypes=[np.float64])


def cross_entropy(logits, labels):
    labels = np.asarray(labels)
    if any(not 0 <= y < logits.shape[-1] for y in labels.ravel().tolist()):
        raise ValueError("label outside [0, K)")
    dtype = logits.dtype if logits.dtype.kind == "f" else np.float64
    if labels.size == 0:
        return np.zeros(labels.shape, dtype)
    return np.asarray(_many(logits.astype(np.float64), labels)).astype(dtype)
