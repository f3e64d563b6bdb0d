import numpy as np


def softmax(z):
    z = np.exp(z - np.max(z, axis=-1, keepdims=True))
    z /= np.sum(z, axis=-1, keepdims=True)
    return z


def one_hot(labels, k):
    return np.arange(k) == labels[..., None]


def cross_entropy(logits, labels):
    labels = np.asarray(labels)
    k = logits.shape[-1]
    if not np.logical_and(0 <= labels, labels < k).all():
        raise ValueError("bad label")
    t = logits.dtype if logits.dtype.kind == "f" else np.dtype("f8")
    p = softmax(logits.astype("f8"))
    right = np.sum(np.where(one_hot(labels, k), p, 0), axis=-1)
    loss = np.negative(np.log(right)) + 0.0
    return np.where(np.isnan(logits).any(axis=-1), np.nan, loss).astype(t)
