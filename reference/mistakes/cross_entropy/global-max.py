"""one maximum for the whole array

`logits.max()` without an axis is the largest logit of all examples. An example that lies far
below it loses all its exponentials, and the logarithm of their sum is -inf. Each example has a
maximum of its own.
"""

import numpy as np


def cross_entropy(logits: np.ndarray, labels: np.ndarray | int) -> np.ndarray | float:
    labels = np.asarray(labels)
    if np.any(labels < 0) or np.any(labels >= logits.shape[-1]):
        raise ValueError("a label is not one of the classes")
    c = logits.max()
    of_label = np.take_along_axis(logits, labels[..., None], axis=-1)[..., 0]
    return np.log(np.exp(logits - c).sum(axis=-1)) + c - of_label
