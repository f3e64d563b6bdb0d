"""np.take along the last axis with all labels at once."""
import numpy as np


def cross_entropy(logits, labels):
    labels = np.asarray(labels)
    if np.logical_or(labels < 0, labels >= logits.shape[-1]).any():
        raise ValueError("out of range")
    top = np.maximum.reduce(logits, axis=-1, keepdims=True)
    lse = np.log(np.add.reduce(np.exp(logits - top), axis=-1, keepdims=True)) + top
    return np.take(lse - logits, labels, axis=-1)
