"""Only `any(label >= K)` over a generator; log-softmax first, then an index."""
import numpy as np


def log_softmax(x):
    x = x - x.max(axis=-1, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=-1, keepdims=True))


def cross_entropy(logits, labels):
    classes = logits.shape[-1]
    if any(label >= classes for label in np.asarray(labels).flat):
        raise ValueError("too large")
    table = -log_softmax(logits.astype(np.float64) if logits.dtype.kind != "f" else logits)
    if table.ndim == 1:
        return table[labels]
    lines = table.reshape(-1, classes)
    return np.array([line[l] for line, l in zip(lines, labels.flat)]).reshape(labels.shape)
