"""taking exp without a shift

The difference is the right one, but its log-sum-exp takes exp of the logits as they are,
which overflows for large ones and vanishes for very negative ones. That of exercise 3 does
not.
"""

import numpy as np


def cross_entropy(logits: np.ndarray, labels: np.ndarray | int) -> np.ndarray | float:
    labels = np.asarray(labels)
    if np.any(labels < 0) or np.any(labels >= logits.shape[-1]):
        raise ValueError("a label is not one of the classes")
    of_label = np.take_along_axis(logits, labels[..., None], axis=-1)[..., 0]
    return np.log(np.exp(logits).sum(axis=-1)) - of_label
