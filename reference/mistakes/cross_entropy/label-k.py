"""letting the label K pass

The labels are checked, but the bound is off by one: the first class is number 0, so the
last of K classes is number K - 1. A label of K gets through, and NumPy stumbles over it
with an error of its own.
"""

import numpy as np

from exercises.log_sum_exp import log_softmax


def cross_entropy(logits: np.ndarray, labels: np.ndarray | int) -> np.ndarray | float:
    labels = np.asarray(labels)
    if np.any(labels < 0) or np.any(labels > logits.shape[-1]):
        raise ValueError("a label is not one of the classes")
    return -np.take_along_axis(log_softmax(logits), labels[..., None], axis=-1)[..., 0]
