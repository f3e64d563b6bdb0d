"""Softmax of each row in a class, in float64, then math.log with -inf for 0."""
import math

import numpy as np


class Classifier:
    def __init__(self, row):
        self.row = row.astype(np.float64)

    def probability(self, k):
        e = np.exp(self.row - np.amax(self.row))
        return float(e[k] / np.sum(e))

    def loss(self, k):
        p = self.probability(k)
        return math.inf if p == 0 else -math.log(p)


def cross_entropy(logits, labels):
    n = logits.shape[-1]
    labels = np.asarray(labels)
    if not np.all((0 <= labels) & (labels < n)):
        raise ValueError("label")
    kind = logits.dtype if logits.dtype.kind == "f" else np.float64
    out = np.empty(labels.shape, dtype=kind)
    for i in np.ndindex(labels.shape):
        out[i] = Classifier(logits[i]).loss(labels[i])
    return out
