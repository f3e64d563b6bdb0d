"""Exponentials by way of float64, cast back at the end."""
import numpy as np


class Softmax:
    def __init__(self, logits):
        self.logits = logits
        self.kind = logits.dtype if np.issubdtype(logits.dtype, np.floating) else float

    def __call__(self):
        numbers = self.logits.astype(float)
        return np.exp(numbers).astype(self.kind)


def softmax_naive(x):
    return Softmax(x)()
